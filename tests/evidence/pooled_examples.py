"""Data sets of the R package RBesT (Weber et al. 2021, J Stat Softw 100:19), as its vignettes
print them."""

from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.distribution import NormalMixture
from planner.evidence.pooling import StudyEstimate
from planner.evidence.pooling_shares import StudyCount
from tests.reference import published

SIGMA = 88.0
CROHN = tuple(
    StudyEstimate(study=name, estimate=y, se=SIGMA / n**0.5)
    for name, n, y in [
        ("Gastr06", 74, -51.0),
        ("AIMed07", 166, -49.0),
        ("NEJM07", 328, -36.0),
        ("Gastr01a", 20, -47.0),
        ("APhTh04", 25, -90.0),
        ("Gastr01b", 58, -54.0),
    ]
)
"""Change of the Crohn's disease activity index under placebo (Hueber et al. 2012)."""

SPONDYLITIS = tuple(
    StudyCount(study=f"Study {i}", events=r, total=n)
    for i, (r, n) in enumerate(
        [(23, 107), (12, 44), (19, 51), (9, 39), (39, 139), (6, 20), (9, 78), (10, 35)], 1
    )
)
"""ASAS20 responders under placebo in ankylosing spondylitis (Baeten et al. 2013)."""

CROHN_MIXTURE = NormalMixture(
    weights=(0.50104846, 0.41871594, 0.08023561),
    means=(-51.42408665, -47.25917128, -55.07086416),
    sds=(19.04525409, 7.85193726, 44.57325000),
)
"""Mixture that RBesT 1.9-0 prints for the Crohn data."""


def spondylitis_mixture() -> BetaMixture:
    """Mixture that RBesT 1.8-2 prints for the spondylitis data."""
    inputs, _, _ = published("MAP-04")
    return BetaMixture(weights=tuple(inputs["w"]), a=tuple(inputs["a"]), b=tuple(inputs["b"]))
