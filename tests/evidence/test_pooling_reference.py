"""Pooled priors and pilots' CVs against what RBesT and PowerTOST print."""

import pytest

from planner.evidence.mixture_fit import fit_normal_mixture
from planner.validation import rbest
from planner.validation.pooling import CASES, GROUP
from planner.validation.rbest import pooled_counts, pooled_estimates, vignette_checks
from tests.reference import reference, reference_case
from tests.validation.passing import assert_passes, reference_of


@pytest.mark.parametrize("case", rbest.CASES)
def test_reference_vignettes_of_rbest(case: str) -> None:
    """MAP priors within the error of RBesT's samples; mixtures, sizes, posteriors to the digit."""
    assert_passes(vignette_checks(reference_of("rbest", GROUP, case)))


@pytest.mark.parametrize("case", CASES)
def test_reference_published(case: str) -> None:
    """Mixtures of shares, effective sizes, decisions, operating characteristics, pilots' CVs."""
    assert_passes(CASES[case](reference_of("published", GROUP, case)))


def test_reference_vignettes_are_all_compared() -> None:
    """Every case of the file has its checks, and nothing else does."""
    assert list(rbest.CASES) == [case["id"] for case in reference("rbest")]


def test_property_pooled_priors_are_integrated_closely() -> None:
    """Halving the quadrature changes no probability of the examples by 1e-7; mixtures are close."""
    normal = pooled_estimates(reference_case("rbest", "crohn-mixture")["inputs"])
    assert normal.error < 1e-8
    fit = fit_normal_mixture(normal.predictive)
    assert fit.divergence < 5e-4
    assert fit.largest_difference < 0.002
    share = pooled_counts(reference_case("rbest", "spondylitis-map")["inputs"])
    assert share.error < 1e-7
