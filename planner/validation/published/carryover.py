"""Published variances and sizes with first-order carry-over in the analysis model."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from planner.design.matrices import Column
from planner.engines.closed_form import ClosedForm
from planner.errors import NotEstimable
from planner.scenario import Scenario
from planner.trials.layout import lay_out
from planner.validation.check import Check
from planner.validation.planned_trials import (
    one_sided,
    plan,
    power_at,
    precision_at,
    smallest,
    spread,
    within,
)
from planner.validation.published.traps import trap
from planner.validation.reference_values import Reference


def lettered(sequences: Sequence[Sequence[int] | str]) -> list[str]:
    """Sequences written with numbers, in letters."""
    return ["".join("ABC"[int(k) - 1] for k in sequence) for sequence in sequences]


def last_against_first(sequences: Sequence[str], effect: float, *, carryover: bool) -> Scenario:
    """The contrast of the last treatment letter with A, σ_w = 1, one-sided level 0.025."""
    last = max("".join(sequences))
    letters = sorted(set("".join(sequences)) - {"A"})
    scenario = plan(
        sequences,
        one_sided(),
        {letter: effect if letter == last else 0.0 for letter in letters},
        within(1.0),
        analysis={"carryover": carryover},
    )
    return scenario.with_changes({"plan.hypotheses.overall.test": last})


def power_and_efficiency(case: Reference) -> Iterator[Check]:
    """lrstat spreads people over the sequences in equal fractions, and N in steps of 1."""
    inputs, expected = case.inputs, case.expected
    sequences = lettered(inputs["design"])
    adjusted = last_against_first(sequences, inputs["mean_diff"], carryover=True)
    plain = last_against_first(sequences, inputs["mean_diff"], carryover=False)

    def power(n: int) -> float:
        return power_at(adjusted, spread(n, len(sequences)))

    n = smallest(power, inputs["target_power"], start=8)
    precision = precision_at(adjusted, spread(n, len(sequences)))
    without = precision_at(plain, spread(n, len(sequences)))
    variance, efficiency = precision.se[0] ** 2, (without.se[0] / precision.se[0]) ** 2
    printed, relative = expected["var_direct"], expected["rel_eff"]
    yield case.check("n", n, expected["n_total"], 0)
    yield case.check("power", power(n), expected["power"], case.tolerance["power"])
    yield case.check("df", precision.df[0], expected["df"], 1e-9)
    yield case.check("variance", variance, printed, 2e-8 * printed)
    yield case.check("relative efficiency", efficiency, relative, 1e-7 * relative)


def four_periods(case: Reference) -> Iterator[Check]:
    """Var(τ_A − τ_B) of six people; the book prints a quarter of it."""
    expected, tolerance = case.expected, case.tolerance
    people = Counter(lettered(case.inputs["sequences"]))
    planned = last_against_first(list(people), 0.0, carryover=True)
    variance = precision_at(planned, list(people.values())).se[0] ** 2
    yield case.check("variance", variance, expected["var_tau1_minus_tau2"], tolerance["var"])
    quarter, printed = variance / 4, expected["table_value"]
    yield case.check("quarter of the variance", quarter, printed, tolerance["table"])


def williams(case: Reference) -> Iterator[Check]:
    """HO-10: variances of treatment and carry-over differences; 1/3 without carry-over."""
    inputs, expected, tolerance = case.inputs, case.expected, case.tolerance["abs"]
    name, n = inputs["design"].removesuffix("t"), inputs["n_subjects"]
    adjusted = {"carryover": True}
    planned = plan(name, one_sided(), 0.0, within(1.0), analysis=adjusted)
    variance = precision_at(planned, n).se[0] ** 2
    yield case.check("variance of a treatment pair", variance, expected["var_trt_pair"], tolerance)
    form = ClosedForm(planned)
    inverse = np.linalg.inv(form.strata.information(lay_out(planned, n).expected_counts)[0])
    b, c = (form.model.columns.index(Column("carryover", k)) for k in "BC")
    between = inverse[b, b] + inverse[c, c] - 2 * inverse[b, c]
    for pair, value in (("AB", inverse[b, b]), ("BC", between)):
        quantity = f"variance of the carry-over pair {pair}"
        yield case.check(quantity, value, expected["var_carry_pair"], tolerance)
    plain = precision_at(planned.with_changes({"plan.analysis.carryover": False}), n).se[0] ** 2
    yield case.check("variance without carry-over", plain, 1 / 3, 1e-9)


def design_constants(case: Reference) -> Iterator[Check]:
    """HO-16: N Var / σ_w² is 1 without and 1.1 with carry-over, but 5.5 for ABAB/BABA."""
    expected, tolerance = case.expected, case.tolerance["abs"]
    adjusted = {"ABBA/BAAB": expected["bk_carry"], "AABB/BBAA": expected["bk_carry"],
                "ABAB/BABA": 5.5}  # fmt: skip
    for name, with_carryover in adjusted.items():
        for carryover, constant in ((False, expected["bk_no_carry"]), (True, with_carryover)):
            planned = last_against_first(name.split("/"), 0.0, carryover=carryover)
            found = 20 * precision_at(planned, 20).se[0] ** 2
            words = "with" if carryover else "without"
            yield case.check(f"{name} {words} carry-over", found, constant, tolerance)


REFUSING: Mapping[str, Mapping[str, object]] = {
    "t test": {"kind": "within-subject-t"},
    "mixed model": {"kind": "mixed-model"},
    "mixed model with sequence effect": {"kind": "mixed-model", "sequence_effect": True},
}
"""Analyses that must refuse carry-over in AB/BA."""


def refused(case: Reference) -> Iterator[Check]:
    """CO-11: the direct effect is confounded; no pseudo-inverse hides that.

    Nor does a mixed model fall back on comparing people in period 1.
    """
    sequences = lettered(case.inputs["design"])
    for name, options in REFUSING.items():
        planned = plan(
            sequences, one_sided(), 1.0, within(1.0), analysis={**options, "carryover": True}
        )
        try:
            ClosedForm(planned)
            refusals = 0
        except NotEstimable:
            refusals = 1
        yield trap(case.check(f"{name} refused (1 yes, 0 no)", refusals, 1, 0), 0)


CASES: Mapping[str, Callable[[Reference], Iterator[Check]]] = {
    **dict.fromkeys(("CO-03", "CO-04", "CO-05", "CO-06", "CO-07", "CO-09"), power_and_efficiency),
    **dict.fromkeys(("HO-11", "HO-12", "HO-13", "HO-14"), four_periods),
    "HO-10": williams,
    "HO-16": design_constants,
    "CO-11": refused,
}
"""Published case → its checks."""
