"""What must hold for the closed form of any planned trial."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.engines.closed_form import ClosedForm
from planner.errors import InvalidInput, NotEstimable
from planner.operating.evaluate import minimum_size
from planner.trials.layout import lay_out
from tests.planning import (
    Table,
    equivalent,
    non_inferior,
    of_difference,
    one_sided,
    plan,
    power_at,
    precision_at,
    two_sided,
    within,
)
from tests.twins.design_constants import Layout, variance_factor

TWO_TREATMENTS = ["AB/BA", "ABB/BAA", "2x2x3", "2x2x4", "ABBA/BAAB", "2x3x3", "Balaam", "parallel"]
LEAST_SQUARES = {"kind": "within-subject-t"}
MIXED = {"kind": "mixed-model"}

designs = st.sampled_from(TWO_TREATMENTS)
analyses = st.sampled_from([LEAST_SQUARES, MIXED, {**MIXED, "sequence_effect": True}])
effects = st.floats(0.2, 3)
sds = st.floats(1, 8)
people = st.integers(2, 30)
objectives = st.one_of(
    st.floats(0.005, 0.1).map(one_sided),
    st.floats(0.01, 0.2).map(two_sided),
    st.tuples(st.floats(-3, -0.3), st.floats(0.005, 0.1)).map(lambda t: non_inferior(*t)),
    st.floats(3.5, 9).map(lambda width: equivalent(-0.8 * width, width)),
)


def scaled(objective: Table, factor: float) -> dict[str, Any]:
    """The objective with its limits in another unit; a negative factor mirrors it."""
    table = dict(objective)
    for key in {"margin", "lower", "upper"} & set(table):
        table[key] = factor * objective[key]
    if factor < 0 and "lower" in table:
        table["lower"], table["upper"] = table["upper"], table["lower"]
    if factor < 0 and table["kind"] == "superiority":
        table["direction"] = "less"
    return table


@given(designs, analyses, objectives, effects, sds, people)
def test_property_power_rises_with_people(
    design: str, analysis: Table, objective: Table, effect: float, sd: float, sets: int
) -> None:
    """From one balanced size to the next."""
    planned = plan(design, objective, effect, within(sd), analysis=analysis)
    step = planned.plan.design.n_sequences
    assume(design != "parallel" or analysis is LEAST_SQUARES)
    small, large = (power_at(planned, step * k) for k in (sets + 1, sets + 2))
    assert 0 <= small <= large + 1e-9 <= 1 + 2e-9


@given(designs, analyses, objectives, effects, sds, people, st.floats(0.01, 1000))
def test_property_unit_of_the_outcome_does_not_matter(
    design: str,
    analysis: Table,
    objective: Table,
    effect: float,
    sd: float,
    sets: int,
    factor: float,
) -> None:
    """Effect, SD and limits in another unit give the same power."""
    planned = plan(design, objective, effect, within(sd), analysis=analysis)
    changed = plan(
        design,
        scaled(objective, factor),
        factor * effect,
        within(factor * sd),
        analysis=analysis,
    )
    n = planned.plan.design.n_sequences * (sets + 1)
    assert power_at(changed, n) == pytest.approx(power_at(planned, n), abs=1e-9)


@given(designs, analyses, objectives, effects, sds, people)
def test_property_labels_of_the_treatments_do_not_matter(
    design: str, analysis: Table, objective: Table, effect: float, sd: float, sets: int
) -> None:
    """A for B, the effect and its limits mirrored."""
    planned = plan(design, objective, effect, within(sd), analysis=analysis)
    swapped = [s.translate(str.maketrans("AB", "BA")) for s in planned.plan.design.sequences]
    changed = plan(swapped, scaled(objective, -1.0), -effect, within(sd), analysis=analysis)
    n = len(swapped) * (sets + 1)
    assert power_at(changed, n) == pytest.approx(power_at(planned, n), abs=1e-9)
    reverse = plan(swapped[::-1], scaled(objective, -1.0), -effect, within(sd), analysis=analysis)
    assert power_at(reverse, n) == pytest.approx(power_at(planned, n), abs=1e-9)


@given(designs, analyses, st.lists(st.floats(-50, 50), min_size=5, max_size=5), people)
def test_property_period_effects_and_level_do_not_matter(
    design: str, analysis: Table, shifts: list[float], sets: int
) -> None:
    """A constant added to all outcomes, and one to each period, leave the closed form alone."""
    planned = plan(design, two_sided(), 1.0, within(2.0), analysis=analysis)
    n_periods, step = planned.plan.design.n_periods, planned.plan.design.n_sequences
    n = step * (sets + 1)
    before = precision_at(planned, n)
    for values in (shifts[:n_periods], [shifts[0]] * n_periods):
        changed = planned.with_changes({"truth.period_effects": values})
        after = precision_at(changed, n)
        for field in ("estimate", "se", "df", "inflation"):
            np.testing.assert_allclose(
                getattr(after, field), getattr(before, field), rtol=1e-7, atol=1e-9
            )
        assert after.exact == before.exact
        assert after.error == before.error
        assert power_at(changed, n) == pytest.approx(power_at(planned, n), abs=1e-8)


@given(st.floats(0.5, 3), st.floats(0.1, 20), people)
def test_property_ignored_period_effects_are_not_called_exact(
    effect: float, shift: float, pairs: int
) -> None:
    """The paired t test has the period effect in its residuals."""
    planned = plan(
        "paired",
        two_sided(),
        effect,
        of_difference(1.0),
        analysis={"adjust_period": False},
        truth__period_effects=[0.0, shift],
    )
    precision = precision_at(planned, 2 * pairs)
    assert precision.estimate[0] == pytest.approx(effect)
    assert not precision.exact
    assert precision.error == math.inf


@given(st.floats(0.5, 2), st.floats(0.05, 1.5), people, st.floats(0.1, 0.9))
def test_property_ratios_are_differences_of_logarithms(
    ratio: float, cv: float, sets: int, margin: float
) -> None:
    """σ² = log(1 + CV²)."""
    natural = plan(
        "AB/BA",
        non_inferior(margin),
        ratio,
        {"kind": "compound-symmetry", "cv_within": cv},
        scale="log",
    )
    sd = math.sqrt(math.log1p(cv**2))
    raw = plan("AB/BA", non_inferior(math.log(margin)), math.log(ratio), within(sd))
    n = 2 * (sets + 1)
    assert power_at(natural, n) == pytest.approx(power_at(raw, n), abs=1e-12)


@given(designs, effects, sds, people, st.floats(0, 30))
def test_property_variance_between_people_does_not_matter_within_them(
    design: str, effect: float, sd: float, sets: int, between: float
) -> None:
    """Least squares within people; and SD of a difference is √2 σ_w at any correlation."""
    assume(design != "parallel")
    planned = plan(design, one_sided(), effect, within(sd, between))
    n = planned.plan.design.n_sequences * (sets + 1)
    assert power_at(planned, n) == pytest.approx(
        power_at(plan(design, one_sided(), effect, within(sd, 0.0)), n), abs=1e-12
    )
    difference = plan(design, one_sided(), effect, of_difference(math.sqrt(2) * sd))
    assert power_at(difference, n) == pytest.approx(power_at(planned, n), abs=1e-9)


@st.composite
def any_design(draw: st.DrawFn) -> tuple[list[str], list[int]]:
    """Sequences of two or three treatments over one to four periods, and people in each."""
    letters = "AB" if draw(st.booleans()) else "ABC"
    n_periods = draw(st.integers(2, 4))
    sequence = st.text(letters, min_size=n_periods, max_size=n_periods)
    sequences = draw(st.lists(sequence, min_size=2, max_size=4, unique=True))
    assume(set("".join(sequences)) == set(letters))
    counts = draw(st.lists(st.integers(2, 4), min_size=len(sequences), max_size=len(sequences)))
    return sequences, counts


@given(any_design(), st.booleans(), st.booleans())
def test_twin_variance_and_df_of_any_design(
    design: tuple[list[str], list[int]], carryover: bool, adjust_period: bool
) -> None:
    """Variance, df and estimability by brute force, in rational arithmetic.

    What cannot be estimated never has a number. A design that estimates the contrast but not
    every other effect of the model may have none either.
    """
    assume(adjust_period or not carryover)
    sequences, counts = design
    analysis = {"carryover": carryover, "adjust_period": adjust_period}
    planned = plan(sequences, one_sided(), 1.0, within(1.0), analysis=analysis)
    contrast = {"B": 1.0, "A": -1.0}
    try:
        factor, df = variance_factor(Layout(sequences, counts), contrast, carryover, adjust_period)
    except ValueError:
        with pytest.raises(InvalidInput):
            minimum_size(planned)
        return
    form = ClosedForm(planned)
    precision = form.precision_of(lay_out(planned, sum(counts)), np.array(counts, float))
    if precision is None:
        within_people = form.strata.information(np.array(counts, float))[0]
        assert np.linalg.matrix_rank(within_people, hermitian=True) < len(within_people)
        return
    assert precision.se[0] ** 2 == pytest.approx(factor, rel=1e-9)
    assert precision.df[0] == pytest.approx(df)
    assert precision.estimate[0] == pytest.approx(1.0)


@given(st.integers(1, 40), effects)
def test_property_two_by_two_with_carryover_is_always_refused(weight: int, effect: float) -> None:
    """Whatever the allocation (CO-11)."""
    planned = plan(
        "AB/BA",
        one_sided(),
        effect,
        within(1.0),
        analysis={"carryover": True},
        plan__sequence_weights=[1, weight],
    )
    with pytest.raises(NotEstimable, match="confounded"):
        ClosedForm(planned)
