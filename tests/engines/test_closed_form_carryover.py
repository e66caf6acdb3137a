"""Variance and power with first-order carry-over in the analysis model."""

from collections import Counter

import numpy as np
import pytest

from planner.design.matrices import Column
from planner.engines.closed_form import ClosedForm
from planner.errors import NotEstimable
from planner.scenario import Scenario
from planner.trials.layout import lay_out
from tests.planning import one_sided, plan, power_at, precision_at, smallest, spread, within
from tests.reference import published

POWER = ("CO-03", "CO-04", "CO-05", "CO-06", "CO-07", "CO-09")
JONES_KENWARD = ("HO-11", "HO-12", "HO-13", "HO-14")
IDS = (*POWER, *JONES_KENWARD, "HO-10", "HO-16", "CO-11")


def lettered(sequences: list[list[int]] | list[str]) -> list[str]:
    """Sequences written with numbers, in letters."""
    return ["".join("ABC"[int(k) - 1] for k in sequence) for sequence in sequences]


def last_against_first(sequences: list[str], effect: float, *, carryover: bool) -> Scenario:
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


@pytest.mark.parametrize("case", POWER)
def test_reference_power_with_carryover_in_the_model(case: str) -> None:
    """lrstat spreads people over the sequences in equal fractions, and N in steps of 1."""
    inputs, expected, tolerance = published(case)
    sequences = lettered(inputs["design"])
    planned = last_against_first(sequences, inputs["mean_diff"], carryover=True)
    plain = last_against_first(sequences, inputs["mean_diff"], carryover=False)

    def power(n: int) -> float:
        return power_at(planned, spread(n, len(sequences)))

    n = smallest(power, inputs["target_power"], start=8)
    assert n == expected["n_total"]
    assert power(n) == pytest.approx(expected["power"], abs=tolerance["power"])
    precision = precision_at(planned, spread(n, len(sequences)))
    without = precision_at(plain, spread(n, len(sequences)))
    assert precision.df[0] == pytest.approx(expected["df"], abs=1e-9)
    assert precision.se[0] ** 2 == pytest.approx(expected["var_direct"], rel=2e-8)
    efficiency = (without.se[0] / precision.se[0]) ** 2
    assert efficiency == pytest.approx(expected["rel_eff"], rel=1e-7)


@pytest.mark.parametrize("case", JONES_KENWARD)
def test_reference_four_period_designs(case: str) -> None:
    """Var(τ_A − τ_B) of six people; the book prints a quarter of it."""
    inputs, expected, tolerance = published(case)
    people = Counter(lettered(inputs["sequences"]))
    planned = last_against_first(list(people), 0.0, carryover=True)
    variance = precision_at(planned, list(people.values())).se[0] ** 2
    assert variance == pytest.approx(expected["var_tau1_minus_tau2"], abs=tolerance["var"])
    assert variance / 4 == pytest.approx(expected["table_value"], abs=tolerance["table"])


def test_reference_williams_design_with_three_treatments() -> None:
    """HO-10: variances of treatment and carry-over differences; 1/3 without carry-over."""
    inputs, expected, tolerance = published("HO-10")
    planned = plan(
        inputs["design"].removesuffix("t"), one_sided(), 0.0, within(1.0),
        analysis={"carryover": True},
    )  # fmt: skip
    n = inputs["n_subjects"]
    variance = precision_at(planned, n).se[0] ** 2
    assert variance == pytest.approx(expected["var_trt_pair"], abs=tolerance["abs"])
    form = ClosedForm(planned)
    inverse = np.linalg.inv(form.strata.information(lay_out(planned, n).expected_counts)[0])
    b, c = (form.model.columns.index(Column("carryover", k)) for k in "BC")
    assert inverse[b, b] == pytest.approx(expected["var_carry_pair"], abs=tolerance["abs"])
    between = inverse[b, b] + inverse[c, c] - 2 * inverse[b, c]
    assert between == pytest.approx(expected["var_carry_pair"], abs=tolerance["abs"])
    plain = planned.with_changes({"plan.analysis.carryover": False})
    assert precision_at(plain, n).se[0] ** 2 == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("sequences", "key"),
    [(["ABBA", "BAAB"], "bk_carry"), (["AABB", "BBAA"], "bk_carry"), (["ABAB", "BABA"], "")],
)
def test_reference_design_constant_of_four_period_designs(sequences: list[str], key: str) -> None:
    """HO-16: N Var / σ_w² is 1 without and 1.1 with carry-over, but 5.5 for ABAB/BABA."""
    _, expected, tolerance = published("HO-16")
    for carryover, constant in ((False, expected["bk_no_carry"]), (True, expected.get(key, 5.5))):
        planned = last_against_first(sequences, 0.0, carryover=carryover)
        variance = precision_at(planned, 20).se[0] ** 2
        assert 20 * variance == pytest.approx(constant, abs=tolerance["abs"])


@pytest.mark.parametrize(
    "analysis",
    [
        {"kind": "within-subject-t"},
        {"kind": "mixed-model"},
        {"kind": "mixed-model", "sequence_effect": True},
    ],
)
def test_reference_two_by_two_with_carryover_is_refused(analysis: dict[str, object]) -> None:
    """CO-11: the direct effect is confounded; no pseudo-inverse hides that.

    Nor does a mixed model fall back on comparing people in period 1.
    """
    inputs, _, _ = published("CO-11")
    options = {**analysis, "carryover": True}
    planned = plan(lettered(inputs["design"]), one_sided(), 1.0, within(1.0), analysis=options)
    with pytest.raises(NotEstimable, match="confounded"):
        ClosedForm(planned)
