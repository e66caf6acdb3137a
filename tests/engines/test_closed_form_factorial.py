"""Interactions: of sex and treatment, and of two factors given to every person."""

import pytest

from planner.validation.published.factors import CASES, by_sex
from tests.planning import of_difference, precision_at
from tests.validation.passing import assert_passes, published_case


@pytest.mark.parametrize("case", CASES)
def test_reference_published(case: str) -> None:
    """G*Power, pwrss and pwr4exp."""
    assert_passes(CASES[case](published_case(case)))


def test_reference_interaction_is_men_minus_women() -> None:
    """INT-01: 0.5 in women and −0.5 in men."""
    effects = {"female": 0.5, "male": -0.5}
    planned = by_sex("AB/BA", effects, of_difference(1.0), 0.05)
    assert precision_at(planned, [12, 11, 11, 12]).estimate[0] == pytest.approx(-1.0)
