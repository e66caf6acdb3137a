"""The Design page under the user's hands."""

import json
import re
import shlex
import subprocess
import sys
from typing import Any

from playwright.sync_api import expect

from tests.browser.visitor import DRAWN_WITHIN, Visitor


def by_command_line(shown: str) -> dict[str, Any]:
    """First result of ``planner size`` for the scenario of a ``planner power`` command."""
    words = shlex.split(shown)
    grid = words.index("--n")
    options = [*words[2:grid], *words[grid + 2 :]]
    done = subprocess.run(
        [sys.executable, "-m", "planner", "size", *options, "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    data: dict[str, Any] = json.loads(done.stdout)
    return data


def plain(text: str) -> str:
    """Text with one kind of space."""
    return re.sub(r"\s+", " ", text).strip()


def estimate(value: dict[str, float]) -> tuple[str, str]:
    """A simulated share and its error, in percent, as a reader writes them."""
    return f"{100 * value['value']:.1f} %", f"± {100 * value['mcse']:.1f} MCSE"


def test_a_slider_changes_the_size_and_the_simulated_curve(visitor: Visitor) -> None:
    visitor.start("design")
    people = visitor.figure("People to randomise")
    visitor.redrawn("")
    before, curve, command = people.inner_text(), visitor.drawing(), visitor.command().inner_text()
    visitor.move("Effect in women", "ArrowRight", "truth.effect.female=2.4", times=3)
    assert visitor.command().inner_text() != command
    assert int(people.inner_text()) < int(before), "a larger effect needs fewer people"
    visitor.redrawn(curve)


def test_numbers_are_those_of_the_command_line(visitor: Visitor) -> None:
    visitor.start("design")
    visitor.move("SD of within-person difference", "ArrowLeft")
    data = by_command_line(visitor.command().inner_text())
    assert data["fingerprint"].startswith(visitor.fingerprint().inner_text())
    result, sidebar = data["results"][0], plain(visitor.sidebar.inner_text())
    power, error = estimate(result["power"])
    assert visitor.figure("People to randomise").inner_text() == str(result["n_randomised"])
    assert f"power {power} {error}" in sidebar
    assert f"{result['n_evaluable']} evaluable → {result['n_randomised']} randomised" in sidebar
    assert plain(visitor.figure("Power · simulated").inner_text()) == power
    formula = f"{100 * result['closed_form']['value']:.1f} %"
    assert plain(visitor.figure("Power · formula").inner_text()) == formula
    mistake, _ = estimate(result["type_i_error"])
    assert plain(visitor.figure("Type I error · simulated").inner_text()) == mistake


def test_the_bayesian_rule_is_shown_beside_the_test(visitor: Visitor) -> None:
    visitor.start("design")
    visitor.main.get_by_role("radio", name="Posterior probability").click()
    for label in ("Posterior · power", "Test · power", "Posterior · type I error"):
        expect(visitor.figure(label), f"{label} is not shown").to_have_text(
            re.compile(r"^\d+\.\d.%$"), timeout=DRAWN_WITHIN
        )
    expect(visitor.command()).to_contain_text("posterior", timeout=DRAWN_WITHIN)
    visitor.drawn()
    assert visitor.wrong() == []
    visitor.main.get_by_role("radio", name="Test", exact=True).click()
    expect(visitor.figure("Power · formula")).to_be_visible(timeout=DRAWN_WITHIN)


def test_a_reload_keeps_the_scenario(visitor: Visitor) -> None:
    visitor.start("design")
    visitor.move("Share of women", "ArrowLeft", "truth.female_share")
    command, people = visitor.command().inner_text(), visitor.figure("People to randomise")
    fingerprint, before = visitor.fingerprint().inner_text(), people.inner_text()
    visitor.page.reload()
    expect(visitor.command(), "the scenario is lost").to_have_text(command, timeout=DRAWN_WITHIN)
    visitor.drawn()
    assert visitor.fingerprint().inner_text() == fingerprint
    assert people.inner_text() == before


def test_reset_brings_the_scenario_back(visitor: Visitor) -> None:
    visitor.start("design")
    command = visitor.command().inner_text()
    visitor.move("Effect in men", "ArrowRight", "truth.effect.male=3.2")
    visitor.sidebar.get_by_role("button", name="Reset").click()
    expect(visitor.command(), "Reset did not reset").to_have_text(command, timeout=DRAWN_WITHIN)
