"""Bias, standard errors and coverage over the points of a run, and agreement with closed forms."""

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.batch.results import ENDINGS, MEASURES, TRIAL
from planner.report.batch_run.chance import BEYOND, expected_farthest, from_level
from planner.report.batch_run.stored_run import SAME_TRIALS, estimate, row_with_largest
from planner.report.batch_run.writing import counted, section, simulated, under
from planner.report.model import Block, Paragraph, Points, Section, Table
from planner.report.tables import NONE, exact, formula_share, measure, scale, share, table
from planner.words.prose import number, people, planned_percent

if TYPE_CHECKING:
    import pandas as pd

    from planner.report.batch_run.stored_run import StoredRun


def estimates_section(run: "StoredRun") -> Section:
    """The worst bias and coverage of every hypothesis."""
    found = [(line, run.different(run.truth, line)) for line in run.lines]
    worst = [_largest(rows, rows["bias"].abs() / rows["bias_mcse"]) for _, rows in found]
    covers = [_largest(rows, _from_nominal(rows).abs()) for _, rows in found]
    blocks: list[Block] = [
        _bias_table(run, found, worst),
        Points(items=tuple(f"{n}: {_at(run, r)}" for (n, _), r in zip(found, worst, strict=True))),
        _coverage_table(run, found, covers),
        Points(items=tuple(f"{n}: {_at(run, r)}" for (n, _), r in zip(found, covers, strict=True))),
    ]
    return section("B22", "Bias, standard errors and coverage over the points", "ADEMP", blocks)


def findings(run: "StoredRun") -> list[str]:
    """Sentences on the bias and the coverage that are farthest off, of all hypotheses."""
    rows = run.rows(run.truth).drop_duplicates(SAME_TRIALS)
    bias = _largest(rows, rows["bias"].abs() / rows["bias_mcse"])
    cover = _largest(rows, _from_nominal(rows).abs())
    if bias is None or cover is None:
        return []
    told = (
        (
            bias,
            f"The bias farthest from 0 is {measure(estimate(bias, 'bias'), sign=True)} MCSE "
            f"({scale(run.batch.scenario)}), {_signed(bias['bias'] / bias['bias_mcse'])} MCSE away",
        ),
        (
            cover,
            f"The coverage farthest from its level is {share(estimate(cover, 'coverage'))} MCSE of "
            f"{planned_percent(cover['nominal'])}, "
            f"{_signed(float(_from_nominal(cover.to_frame().T).iloc[0]))} MCSE away",
        ),
    )
    return [
        f"{words}: {row['line']}, {under(run)} at {run.place(row)}{_chance(len(rows))}."
        for row, words in told
    ]


def _chance(n: int) -> str:
    if n == 1:
        return ""
    return (
        f"; the farthest of {people(n)} independent values would be "
        f"{exact(expected_farthest(n), 1)} MCSE away by chance"
    )


def _largest(rows: "pd.DataFrame", size: "pd.Series[Any]") -> "pd.Series[Any] | None":
    """The row with the largest size; None where there is none."""
    return None if size.isna().all() else row_with_largest(rows, size)


def _from_nominal(rows: "pd.DataFrame") -> "pd.Series[Any]":
    """Coverage minus its nominal level, in MCSE under the level."""
    import pandas as pd

    analysed = (rows["n_trials"] - rows[list(ENDINGS)].sum(axis=1)).to_numpy(np.float64)
    coverage, level = (rows[name].to_numpy(np.float64) for name in ("coverage", "nominal"))
    return pd.Series(from_level(coverage, level, analysed), index=rows.index)


def _at(run: "StoredRun", row: "pd.Series[Any] | None") -> str:
    return NONE if row is None else run.place(row)


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def _bias_table(run: "StoredRun", found: Any, worst: Any) -> Table:
    ratios = [rows["model_se"] / rows["empirical_se"] for _, rows in found]
    return table(
        "The bias farthest from 0, in MCSEs, over the points",
        {
            "Hypothesis": [line for line, _ in found],
            "Bias": [NONE if r is None else measure(estimate(r, "bias"), sign=True) for r in worst],
            "RMSE there": [NONE if r is None else measure(estimate(r, "rmse")) for r in worst],
            "In MCSEs": [
                NONE if r is None else _signed(float(r["bias"] / r["bias_mcse"])) for r in worst
            ],
            "Different": [people(len(rows)) for _, rows in found],
            "Expected farthest": [exact(expected_farthest(len(rows)), 1) for _, rows in found],
            "Model SE / empirical SE": [f"{exact(r.min())} to {exact(r.max())}" for r in ratios],
        },
        note=f"{simulated(run)} Estimates {under(run)}, {scale(run.batch.scenario)}. Expected: "
        "by chance if there is no bias and values are independent (formula). The ratio of standard "
        "errors is near 1 where the analysis knows its precision; its relative MCSE is at most "
        f"{_ratio_error(found)} %. The points:",
    )


def _ratio_error(found: Any) -> str:
    """Largest relative MCSE of model SE over empirical SE, in % (independent errors)."""
    largest = [
        np.hypot(r["model_se_mcse"] / r["model_se"], r["empirical_se_mcse"] / r["empirical_se"])
        for _, r in found
    ]
    return exact(100 * max(float(values.max()) for values in largest), 1)


def _coverage_table(run: "StoredRun", found: Any, worst: Any) -> Table:
    far = [_from_nominal(rows) for _, rows in found]
    return table(
        "The coverage farthest from its level, in MCSEs, over the points",
        {
            "Hypothesis": [line for line, _ in found],
            "Level": [NONE if r is None else planned_percent(r["nominal"]) for r in worst],
            "Coverage": [NONE if r is None else share(estimate(r, "coverage")) for r in worst],
            "In MCSEs": [
                NONE if r is None else _signed(float(_from_nominal(r.to_frame().T).iloc[0]))
                for r in worst
            ],
            "Different": [people(len(rows)) for _, rows in found],
            "Beyond 2.58": [people(int((z.abs() > BEYOND).sum())) for z in far],
            "By chance": [number(len(rows) / 100) for _, rows in found],
        },
        note=f"{simulated(run)} Intervals are those that match the decision. Of a Bayesian "
        "analysis the coverage of one true value need not be the level. The points:",
    )


def closed_form_section(run: "StoredRun") -> Section:
    """The largest differences between simulation and closed form."""
    rows = _with_form(run)
    if rows.empty:
        text = "No closed form stands beside the simulated numbers of this run."
        return section("B23", "Agreement with closed forms", "ICH E20", [Paragraph(text=text)])
    groups = [
        (line, truth, own)
        for line in run.lines
        for truth, own in rows[rows["line"] == line].groupby("truth", sort=False)
    ]
    farthest = [row_with_largest(own, own["z"].abs()) for _, _, own in groups]
    shown = table(
        "The largest difference between simulation and closed form over the points",
        {
            "Hypothesis": [line for line, _, _ in groups],
            "Truth": [str(truth) for _, truth, _ in groups],
            "Simulated": [share(estimate(row, "success")) for row in farthest],
            "Closed form": [formula_share(float(row["closed_form"])) for row in farthest],
            "z": [_signed(float(row["z"])) for row in farthest],
            "Different": [people(len(own)) for _, _, own in groups],
            "Beyond 2.58": [people(int((own["z"].abs() > BEYOND).sum())) for _, _, own in groups],
            "Expected |z|": [exact(expected_farthest(len(own)), 1) for _, _, own in groups],
        },
        left=("Truth",),
        note=f"{simulated(run)} z = (simulated − closed form) / MCSE under the closed form. "
        "Expected: the largest |z| of so many independent values, by formula. Where the closed "
        "form approximates, for instance by the expected number of completers, z also measures "
        "the approximation. The points:",
    )
    places = tuple(
        f"{line}, {truth}: {run.place(row)}"
        for (line, truth, _), row in zip(groups, farthest, strict=True)
    )
    return section("B23", "Agreement with closed forms", "ICH E20", [shown, Points(items=places)])


def _with_form(run: "StoredRun") -> "pd.DataFrame":
    rows = run.table[run.table["z"].notna()]
    return rows.drop_duplicates([*SAME_TRIALS, "truth"])


def closed_form_finding(run: "StoredRun") -> list[str]:
    """A sentence on the largest z."""
    rows = _with_form(run)
    if rows.empty:
        return []
    row, n = row_with_largest(rows, rows["z"].abs()), len(rows)
    beyond = int((rows["z"].abs() > BEYOND).sum())
    return [
        f"Closed forms stand beside {counted(n, 'simulated proportion')}: "
        f"{counted(beyond, 'differs', 'differ')} by more than 2.58 MCSE (by chance about "
        f"{number(n / 100)}), the largest z is "
        f"{_signed(float(row['z']))} ({row['line']}, {row['truth']}, {run.place(row)}; of so many "
        f"independent values about {exact(expected_farthest(n), 1)} by chance)."
    ]


def precision_table(run: "StoredRun") -> Block:
    """The largest MCSE of every measure over all points and truths."""
    found = []
    for name, meaning in {**MEASURES, **TRIAL}.items():
        errors = run.table[f"{name}_mcse"]
        if errors.notna().any():
            row = row_with_largest(run.table, errors)
            number_ = estimate(row, name)
            shown = share(number_) if name in SHARES else measure(number_)
            found.append((name.replace("_", " "), meaning, shown))
    return table(
        "The least precise number of every measure",
        {
            "Measure": [name for name, _, _ in found],
            "Meaning": [meaning for _, meaning, _ in found],
            "Number ± largest MCSE": [shown for _, _, shown in found],
        },
        left=("Meaning",),
        note=f"{simulated(run)} Over all points and truths.",
    )


SHARES = frozenset(
    {"success", "coverage", "type_s", "stop", "consider", "trial_success", "any_rejected",
     "all_rejected", "same_sign", "consistent"}
)  # fmt: skip
"""Measures that are proportions."""
