"""Report: what a protocol needs, what is missing, and files that recompute it."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import PlannerError
from planner.report.basis import recited
from planner.scenario import scenario_toml
from planner.ui import report_answers
from planner.ui.fields.panel import Panel
from planner.ui.in_hand import in_hand
from planner.ui.sections import (
    completeness,
    full_report,
    installation_check,
    protocol_texts,
    statement,
)

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario
    from planner.ui.in_hand import InHand

TABS = (
    "Full report", "Statement", "Completeness", "Protocol texts", "Bundle and files",
    "Installation check",
)  # fmt: skip
REPRODUCIBLE = (
    "A zip archive that holds the scenario, its numbers for every hypothesis, every simulated "
    "trial, the report, the long statement, the versions, a SHA-256 of every file, and "
    "reproduce.py, which recomputes the numbers and says which differ. The same scenario gives the "
    "same bytes. It is made when you press the button, from the numbers of the full report if that "
    "has been computed; else everything is simulated first, which takes some ten seconds to a "
    "minute. Nothing leaves this machine."
)


def main() -> None:
    """Statement, list of items, and files."""
    held, panel = in_hand(), Panel("report")
    scenario = recited(held.scenario, held.draft.changes)
    st.title("What will the protocol say, and what is missing?", anchor=False)
    whole, text, items, words, saved, checked = st.tabs(TABS)
    full_report.show(whole, panel, scenario, held.hypothesis)
    try:
        found = report_answers.found(scenario, held.hypothesis)
    except PlannerError as problem:
        text.error(f"The statement cannot be written: {problem}")
    else:
        statement.show(text, panel, found)
        command_line(text, held, "statement")
    completeness.show(items, panel, scenario)
    command_line(items, held, "statement", "--json")
    protocol_texts.show(words, held.panel, held.draft.base)
    files(saved, held, scenario)
    installation_check.show(checked)


def files(place: "DeltaGenerator", held: "InHand", scenario: "Scenario") -> None:
    """Downloads of the bundle and of the scenario."""
    name = f"{held.name}-{scenario.short_fingerprint}"
    place.header("Reproducible bundle", anchor=False)
    place.markdown(REPRODUCIBLE)
    place.download_button(
        "Reproducible bundle (zip)",
        partial(report_answers.bundle, scenario, held.hypothesis),
        file_name=f"{name}.zip",
        mime="application/zip",
        on_click="ignore",
        help="Scenario, numbers, statement, versions, hashes and a script that recomputes them.",
    )
    command_line(place, held, "bundle", "--out", f"{name}.zip")
    place.header("Scenario", anchor=False)
    place.markdown("The scenario with your changes; both files load to the same fingerprint.")
    row = place.container(horizontal=True)
    for label, write, mime in (
        ("TOML", scenario_toml, "application/toml"),
        ("JSON", report_answers.scenario_json, "application/json"),
    ):
        row.download_button(
            f"Scenario ({label})",
            partial(write, scenario),
            file_name=f"{name}.{label.lower()}",
            mime=mime,
            on_click="ignore",
            help="For the command line, or to open again in the sidebar.",
        )


def command_line(place: "DeltaGenerator", held: "InHand", name: str, *options: str) -> None:
    """The command that gives the same."""
    place.caption("The same from the command line:")
    line = held.draft.command(name, "--hypothesis", held.hypothesis, *options)
    place.code(line, language=None, wrap_lines=True)


main()
