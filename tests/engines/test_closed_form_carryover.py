"""Variance and power with first-order carry-over in the analysis model."""

import pytest

from planner.engines.closed_form import ClosedForm
from planner.errors import NotEstimable
from planner.validation.published.carryover import CASES, REFUSING, lettered
from tests.planning import one_sided, plan, within
from tests.reference import published
from tests.validation.passing import assert_passes, published_case


@pytest.mark.parametrize("case", CASES)
def test_reference_published(case: str) -> None:
    """lrstat, Jones & Kenward, Chow & Liu: sizes, variances, efficiencies, design constants."""
    assert_passes(CASES[case](published_case(case)))


@pytest.mark.parametrize("analysis", REFUSING)
def test_reference_refusal_names_the_reason(analysis: str) -> None:
    """CO-11: the direct effect is confounded."""
    inputs, _, _ = published("CO-11")
    options = {**REFUSING[analysis], "carryover": True}
    planned = plan(lettered(inputs["design"]), one_sided(), 1.0, within(1.0), analysis=options)
    with pytest.raises(NotEstimable, match="confounded"):
        ClosedForm(planned)
