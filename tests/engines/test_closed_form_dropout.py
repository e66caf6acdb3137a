"""Variance with people leaving, against lrstat and against dense generalised least squares."""

import math

import pytest

from planner.validation.published.dropout import (
    CASES,
    WITH_CARRYOVER,
    dropout_trial,
    fixed_subject_df,
    plain_variance,
)
from tests.planning import precision_at
from tests.reference import published
from tests.twins.design_constants import Layout, gls_variance
from tests.validation.passing import assert_passes, published_case


@pytest.mark.parametrize("case", CASES)
def test_reference_published(case: str) -> None:
    """Expected information of the mixed model, with the df of a fixed-subjects analysis."""
    assert_passes(CASES[case](published_case(case)))


def test_reference_variance_without_dropout_is_the_own_one() -> None:
    """DO-06 with everybody complete: sequence effects leave only within-person information."""
    inputs, _, _ = published("DO-06")
    planned = dropout_trial({**inputs, "cumdrop": [0, 0, 0]}, carryover=True)
    own = precision_at(planned, inputs["n"])
    assert own.se[0] ** 2 == pytest.approx(plain_variance(planned, inputs["n"]), rel=1e-10)
    assert own.df[0] == pytest.approx(fixed_subject_df(planned, inputs["n"]), rel=1e-10)


@pytest.mark.parametrize("case", CASES)
def test_reference_small_sample_correction_is_small_and_cautious(case: str) -> None:
    """The program's own variance is larger than the uncorrected one, by a few percent."""
    inputs, _, _ = published(case)
    planned = dropout_trial(inputs, carryover=WITH_CARRYOVER[case])
    plain, own = plain_variance(planned, inputs["n"]), precision_at(planned, inputs["n"])
    assert plain < own.se[0] ** 2 < 1.03 * plain
    assert own.df[0] < 3 * inputs["n"]


@pytest.mark.parametrize("sequence_effect", [False, True])
@pytest.mark.parametrize("carryover", [False, True])
def test_twin_variance_of_generalised_least_squares(sequence_effect: bool, carryover: bool) -> None:
    """The strata give the variance of a dense N × N covariance matrix."""
    inputs, _, _ = published("DO-06")
    planned = dropout_trial({**inputs, "corr": 0.3}, carryover=carryover).with_changes(
        {"plan.analysis.sequence_effect": sequence_effect}
    )
    people = Layout(["ABB", "BAA"] * 3, [16, 16, 2, 2, 2, 2], [3, 3, 2, 2, 1, 1])
    expected = gls_variance(
        people, {"B": 1.0, "A": -1.0}, 1.0, math.sqrt(3 / 7), carryover, sequence_effect
    )
    assert plain_variance(planned, 40) == pytest.approx(expected, rel=1e-10)
