"""Operating characteristics of all analyses of the same simulated trials, beside each other."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planner.charts.style import NONE, share, signed, thousands
from planner.ui import state
from planner.ui.fields.truth import effect_unit
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import escaped

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.delta_generator import DeltaGenerator

    from planner.operating.assurance_result import Assurance
    from planner.operating.characteristics import MonteCarloEstimate as Estimate
    from planner.operating.characteristics import OperatingCharacteristics as Trial
    from planner.scenario import Scenario

READING = (
    "All columns analyse the same simulated trials; their intervals are confidence or credible "
    "ones. Type I error is not power: it is the share of trials that claim an effect where there "
    "is none. Consistency of the sexes as in ICH E17. MCSE is the simulation's own error and "
    "shrinks with more trials; it says nothing of whether the assumptions are right."
)


def show(
    tab: "DeltaGenerator",
    trial: "Trial",
    hypothesis: str,
    scenario: "Scenario",
    assurance: "Assurance | None",
) -> None:
    """The hypothesis in a table, the trial as a whole in another, and all data.

    Parameters
    ----------
    assurance : of the same analyses, if the scenario has a design prior.
    """
    results = [trial, *trial.others]
    about = of_hypothesis(results, hypothesis, scenario)
    averaged = [assurance, *assurance.others] if assurance else []
    if averaged:
        values = [share(a[hypothesis].success) for a in averaged]
        about["Assurance"] = [*values, "Success averaged over the design prior"]
    tab.table(_framed(about, results, hypothesis_label(hypothesis).capitalize()))
    words = f" Assurance: {thousands(averaged[0].n_trials)} trials." if averaged else ""
    tab.caption(
        f"Simulated, {thousands(trial.n_trials)} trials per truth, ± MCSE.{words} {READING}"
    )
    tab.header("The trial as a whole", anchor=False)
    tab.table(_framed(of_trial(results, scenario), results, "Every trial"))
    with tab.expander("Show data"):
        st.dataframe(data_shown(results), hide_index=True, key="operating data")


def number(estimate: "Estimate | None") -> str:
    """A number with its MCSE, as the command line writes it."""
    return NONE if estimate is None else str(estimate).replace("-", "−")


def of_hypothesis(results: "list[Trial]", name: str, scenario: "Scenario") -> dict[str, list[str]]:
    """Measure → one value per analysis and what it means."""
    unit = escaped(effect_unit(scenario))
    intervals = f"{100 * state.interval_level(scenario, name):g} % intervals"
    planned, null = [r[name] for r in results], [r.null[name] for r in results]
    oracles = [h.oracle for h in planned]
    rows = {
        "Power": [*(share(h.success) for h in planned), "Trials that show the assumed effect"],
        "Power, formula": [
            *(f"{100 * o.value:.1f} % (z = {signed(o.z, 1)})" if o else NONE for o in oracles),
            "Closed form; z: simulated less formula, in MCSE",
        ],
        "Type I error": [
            *(share(h.success) for h in null),
            "Trials that claim it at the edge of its null",
        ],
        f"Bias ({unit})": [*(number(h.bias) for h in planned), "Mean of estimate − truth"],
        "Coverage": [
            *(share(h.coverage) for h in planned),
            f"{intervals} that hold the truth",
        ],
        f"Interval width ({unit})": [
            *(number(h.width) for h in planned),
            f"Of {intervals}, geometric mean",
        ],
        "Type M": [
            *(number(h.type_m) for h in planned),
            "Times too large, in trials that show it",
        ],
        "Type S": [*(share(h.type_s) for h in planned), "Wrong sign, in trials that show it"],
        "Consider": [*(share(h.consider) for h in planned), "Neither go nor stop"],
        "Stop": [*(share(h.stop) for h in planned), "The stop rule holds and go does not"],
    }
    return {label: row for label, row in rows.items() if set(row[:-1]) != {NONE}}


def of_trial(results: "list[Trial]", scenario: "Scenario") -> dict[str, list[str]]:
    """The same for what is said of trials rather than of hypotheses."""
    rule = scenario.plan.success_rule
    several = len(results[0].hypotheses) > 1

    def row(value: "Callable[[Trial], Estimate | None]", words: str) -> list[str]:
        return [*(share(value(r)) for r in results), words]

    rows = {
        "Success rule": row(lambda r: r.trial_success, f"Trials in which {rule} is shown"),
        "Any hypothesis shown": row(lambda r: r.any_rejected, "At least one")
        if several
        else [NONE, ""],
        "Familywise error": row(lambda r: r.familywise_error, "At least one, without any effect")
        if several
        else [NONE, ""],
        "Both sexes, right sign": row(
            lambda r: r.same_sign, "Both estimates on the side of the overall effect"
        ),
        "Both sexes, half of overall": row(
            lambda r: r.consistent, "Both at least half of the overall estimate"
        ),
        "People in every period": [*(number(r.completers) for r in results), "Mean per trial"],
        "Trials not analysed": [
            *(f"{r.failures} of {thousands(r.n_trials)}" for r in results),
            "They count as not shown",
        ],
    }
    return {label: row for label, row in rows.items() if set(row[:-1]) != {NONE}}


def data_shown(results: "list[Trial]") -> pd.DataFrame:
    """All hypotheses, truths and analyses with unrounded numbers."""
    frames = [r.to_frame().assign(analysis=r.analysis) for r in results]
    full = pd.concat(frames).dropna(axis="columns", how="all")
    first = ["analysis", "truth", "hypothesis"]
    return full[[*first, *(c for c in full.columns if c not in first)]]


def _framed(rows: dict[str, list[str]], results: "list[Trial]", index: str) -> pd.DataFrame:
    columns = [r.analysis[:1].upper() + r.analysis[1:] for r in results]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=[*columns, "Meaning"])
    return frame.rename_axis(index)
