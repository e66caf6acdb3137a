"""Data sets of the R package RBesT (Weber et al. 2021, J Stat Softw 100:19), as they ship with the
package."""

from planner.validation.rbest import study_counts, study_estimates
from tests.reference import reference_case

_CROHN = reference_case("rbest", "crohn-mixture")["inputs"]
SIGMA: float = _CROHN["sigma"]
CROHN = study_estimates(_CROHN)
"""Change of the Crohn's disease activity index under placebo (Hueber et al. 2012)."""

SPONDYLITIS = study_counts(reference_case("rbest", "spondylitis-map")["inputs"])
"""ASAS20 responders under placebo in ankylosing spondylitis (Baeten et al. 2013)."""
