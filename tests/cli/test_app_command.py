"""``planner app``, from the source tree and from a wheel."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from planner.cli import app
from planner.errors import InvalidInput
from planner.ui import link
from tests.browser.server import ADDRESS, HOME, free_port, serving
from tests.cli.running import run
from tests.wheel import serving_site, unpacked

FRONT_END = "planner/front_end"


def test_it_runs_the_script_of_the_source_tree_on_this_machine_only() -> None:
    words = app.server_command(8765, no_browser=True)
    assert Path(words[words.index("run") + 1]) == HOME / "app.py"
    assert words[words.index("--server.address") + 1] == ADDRESS
    assert words[words.index("--server.port") + 1] == "8765"


def test_a_scenario_is_named_where_the_front_end_looks_for_it() -> None:
    assert app.SCENARIO == link.AT_START


def test_a_built_in_scenario_keeps_its_name_and_a_file_gets_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.scenario import scenario_text

    (tmp_path / "ours.toml").write_text(scenario_text("kcl-2025"), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert app.checked("kcl-2025") == "kcl-2025"
    assert app.checked("ours.toml") == str(tmp_path / "ours.toml")


@pytest.mark.parametrize(
    ("content", "words"), [(None, "no such file"), ("plan = [[", "not valid TOML")]
)
def test_a_scenario_that_cannot_be_opened_is_refused_before_the_start(
    content: str | None,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "ours.toml"
    if content is not None:
        file.write_text(content, "utf-8")
    done = run(capsys, monkeypatch, "app", str(file), "--no-browser")
    assert done.code == InvalidInput.exit_code
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_port_that_cannot_be_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(capsys, monkeypatch, "app", "--port", "70000")
    assert done.code == 2
    assert "70000" in done.err


def test_the_server_is_well_in_any_folder_and_ends_with_the_command(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "planner", "app", "kcl-2025", "--no-browser", "--port"]
    with serving([*command, str(port)], port, log, cwd=tmp_path) as started:
        os.kill(started.pid, signal.SIGTERM)
        started.wait(15)
        with pytest.raises(ProcessLookupError):
            os.killpg(started.pid, 0)
    assert f"{ADDRESS}:{port}" in log.read_text()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, unpacked."""
    return unpacked(tmp_path_factory.mktemp("wheel"))


@pytest.mark.slow
@pytest.mark.parametrize("file", ["app.py", ".streamlit/config.toml"])
def test_the_wheel_holds_the_front_end_and_its_settings(site: Path, file: str) -> None:
    assert (site / FRONT_END / file).read_bytes() == (HOME / file).read_bytes()


@pytest.mark.slow
def test_the_wheel_holds_every_page(site: Path) -> None:
    here, there = (
        {page.name for page in (root / "planner/ui/pages").glob("*.py")} for root in (HOME, site)
    )
    assert here == there


@pytest.mark.slow
def test_an_installed_wheel_runs_with_its_settings(site: Path, tmp_path: Path) -> None:
    """The settings are asked of Streamlit as it starts, in a folder that has none."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    code = (
        "from planner.cli.app import front_end; from streamlit import config; "
        "config._main_script_path = str(front_end()); "
        "config.get_config_options(force_reparse=True); "
        "print(front_end(), *(config.get_option(name) for name in ("
        "'browser.gatherUsageStats', 'server.enableXsrfProtection', 'server.maxUploadSize', "
        "'client.showErrorDetails', 'client.toolbarMode', 'theme.dark.primaryColor')))"
    )
    asked = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    place, *settings = asked.stdout.split()
    assert Path(place) == site / FRONT_END / "app.py"
    assert settings == ["False", "True", "5", "none", "viewer", "#56B4E9"]
    with serving_site(site, tmp_path):
        pass
