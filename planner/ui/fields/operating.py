"""Controls of the Operating characteristics page."""

from typing import TYPE_CHECKING

from planner.charts.style import thousands
from planner.ui.fields.field import Field
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from planner.scenario import Scenario

N, RUN, SHOWN, TRIAL = "n_subjects", "run.n_trials", "shown.hypothesis", "replay.trial"
LONG_RUNS = (10_000, 100_000, 1_000_000)
"""Numbers of trials of a job."""


def people(scenario: "Scenario", name: str, found: int) -> Field:
    """People randomised; it follows the number found whenever that changes.

    Parameters
    ----------
    name : of the starter scenario, which keeps its own values.
    found : people to randomise by the search.
    """
    return Field(
        path=N,
        slot=f"{name} {found}",
        label="People randomised",
        start=min(found, scenario.plan.n_limit),
        kind="number",
        bounds=(2, scenario.plan.n_limit, sum(scenario.plan.weights)),
        help="People randomised, all sequences together, before any dropout. Unit: people. "
        "Typical: 20 to 300. Source: it starts at the number found, shown beside the page.",
    )


def long_run() -> Field:
    """How many trials a job simulates."""
    return Field(
        path=RUN,
        label="Trials of a long run",
        start=LONG_RUNS[0],
        kind="choice",
        options=LONG_RUNS,
        show=thousands,
        help="Simulated trials under the planned truth, and as many without an effect. Unit: "
        "trials. Typical: 10 000 to report power to ± 0.4 points, 100 000 or more for a type I "
        "error. Source: chosen here.",
    )


def hypothesis(scenario: "Scenario", name: str, planned: str) -> Field:
    """Which hypothesis the page is about."""
    return Field(
        path=SHOWN,
        slot=f"{name} {planned}",
        label="Hypothesis",
        start=planned,
        kind="switch",
        options=scenario.plan.hypothesis_names,
        show=hypothesis_label,
        help="Which hypothesis the tabs are about; every one is tested in the same trials. Unit: "
        "none. Typical: the primary one. Source: the plan.",
    )


def trial(n_trials: int) -> Field:
    """Which of the simulated trials is shown."""
    return Field(
        path=TRIAL,
        label="Trial number",
        start=0,
        kind="number",
        bounds=(0, n_trials - 1, 1),
        help="Place of the trial among the simulated ones, counted from 0 as on the command line. "
        f"Unit: none. Typical: any from 0 to {thousands(n_trials - 1)}. Source: chosen here; it "
        "changes no result.",
    )
