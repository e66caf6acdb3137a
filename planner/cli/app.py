"""``planner app``: the Streamlit front end, from a source tree or an installed package.

Streamlit reads ``.streamlit/config.toml`` beside the script that it runs, so that the settings
hold from any working directory.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import subprocess

ADDRESS = "127.0.0.1"
SCENARIO = "PLANNER_SCENARIO"
"""Environment variable: name or file of the scenario that the front end opens with."""


@click.command()
@click.argument("scenario", required=False)
@click.option(
    "--port", type=click.IntRange(1, 65_535), default=8501, show_default=True, help="On 127.0.0.1."
)
@click.option("--no-browser", is_flag=True, help="Open no browser window.")
def app(scenario: str | None, port: int, no_browser: bool) -> None:
    """The Streamlit front end, on this machine only; opens SCENARIO if it is given."""
    import signal
    import subprocess

    environment = dict(os.environ)
    if scenario is not None:
        environment[SCENARIO] = checked(scenario)
    command = server_command(port, no_browser=no_browser)
    with subprocess.Popen(command, env=environment) as server:  # noqa: S603 - fixed words, a number
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        code = _wait(server)
    raise SystemExit(code)


def checked(scenario: str) -> str:
    """Name of a built-in scenario, or absolute path of a file, after a look into it.

    Raises
    ------
    PlannerError : there is no such scenario, or it breaks a rule.
    """
    from planner.scenario import load_scenario

    load_scenario(scenario)
    path = Path(scenario)
    return str(path.resolve()) if path.exists() else scenario


def server_command(port: int, *, no_browser: bool) -> list[str]:
    """The words that start the server."""
    import sys

    return [
        sys.executable, "-P", "-m", "streamlit", "run", str(front_end()),
        "--server.address", ADDRESS, "--server.port", str(port),
        "--server.headless", str(no_browser).lower(), "--server.showEmailPrompt", "false",
        "--server.fileWatcherType", "none",
    ]  # fmt: skip


def front_end() -> Path:
    """The script of the front end: packed with the package, or above it in a source tree.

    Raises
    ------
    PlannerError : neither is there.
    """
    import planner
    from planner.errors import PlannerError

    package = Path(planner.__file__).parent
    places = (package / "front_end" / "app.py", package.parent / "app.py")
    for place in places:
        if place.is_file():
            return place
    raise PlannerError(f"{places[0]}: the front end is missing; install planner again")


def _wait(server: "subprocess.Popen[bytes]") -> int:
    """Exit code of the server; an interrupt reaches it too, which ends it in good order."""
    try:
        return server.wait()
    except KeyboardInterrupt:
        server.wait()
        raise
