"""The vocabulary of the evidence library: what a number can be about."""

import math
from collections.abc import Mapping
from difflib import get_close_matches

from planner.errors import UnknownName

Bounds = tuple[float, float]
ANY: Bounds = (-math.inf, math.inf)
POSITIVE: Bounds = (math.ulp(0.0), math.inf)
SHARE: Bounds = (0.0, 1.0)
CORRELATION: Bounds = (-1.0, 1.0)
QUANTITIES: Mapping[str, tuple[str, Bounds]] = {
    "effect": ("difference between treatments, in the unit of the endpoint", ANY),
    "standardised_effect": ("difference divided by an SD; the unit says by which", ANY),
    "effect_share": ("share of an effect that is lost", SHARE),
    "odds_ratio": ("ratio of odds between treatments", POSITIVE),
    "test_statistic": ("F or t as printed, the unit gives its degrees of freedom", ANY),
    "p_value": ("p-value, or the bound that was printed", SHARE),
    "variance_explained": ("partial η²", SHARE),
    "power": ("probability of a significant result", SHARE),
    "mean": ("mean of a score or characteristic", ANY),
    "mean_change": ("mean change from before the dose", ANY),
    "sd": ("SD between people of one score", POSITIVE),
    "sd_change": ("SD between people of a change from before the dose", POSITIVE),
    "sd_difference": ("SD of the within-person difference between two periods", POSITIVE),
    "sd_within": ("within-person SD of one period", POSITIVE),
    "sd_prior": ("SD of a prior distribution", POSITIVE),
    "cv_within": ("coefficient of variation within a person", POSITIVE),
    "cv_between": ("coefficient of variation between people", POSITIVE),
    "measurement_error": ("fitting error of one measurement", POSITIVE),
    "detectable_change": ("smallest change of one person beyond measurement error", POSITIVE),
    "correlation": ("correlation, of what the endpoint says", CORRELATION),
    "reliability": ("intraclass correlation or coefficient α of a rating scale", SHARE),
    "response": ("share of people who respond", SHARE),
    "remission": ("share of people in remission", SHARE),
    "relapse": ("share of responders or remitters who have relapsed", SHARE),
    "still_responding": ("share of responders who have not relapsed", SHARE),
    "relapse_time": ("time until relapse", POSITIVE),
    "relapse_rate": ("hazard of relapse", POSITIVE),
    "carryover": ("effect of one period left in the next, in the unit of the endpoint", ANY),
    "carryover_share": ("share of everybody still responding at the next period", SHARE),
    "residual_blockade": ("share of the receptor blockade left", SHARE),
    "blockade_half_time": ("half-time of the receptor blockade", POSITIVE),
    "occupancy": ("share of receptors occupied", SHARE),
    "period_effect": ("later minus earlier period, in the unit of the endpoint", ANY),
    "dropout": ("share of people who leave before they complete", SHARE),
    "not_requalified": ("share not eligible for a further dose", SHARE),
    "usable_share": ("share of measurements that can be used", SHARE),
    "female_share": ("share of women", SHARE),
    "sex_difference": ("difference between the sexes in an outcome", ANY),
    "sex_interaction": ("difference between the sexes in a treatment effect", ANY),
    "adverse_event": ("share of people with the adverse event", SHARE),
    "mcid": ("smallest difference that matters", ANY),
    "masking": ("share of people who guess their treatment", SHARE),
    "eligibility": ("lowest score that was admitted", ANY),
    "sample_size": ("number of people, or of reports", POSITIVE),
    "share_of_reports": ("share of the reports of a review", SHARE),
    "recruitment_rate": ("people enrolled per time", POSITIVE),
    "washout": ("time between the doses of two periods", POSITIVE),
    "timing": ("any other time", POSITIVE),
}
"""What an entry may be about: meaning, and the smallest and largest value it can have."""


def check_quantity(name: str) -> str:
    """The name, if it belongs to the vocabulary.

    Raises
    ------
    UnknownName : with the closest names.
    """
    if name not in QUANTITIES:
        close = get_close_matches(name, QUANTITIES, n=3, cutoff=0.5) or list(QUANTITIES)[:3]
        raise UnknownName(
            f"{name!r} is not a quantity of the library; the closest are {', '.join(close)}"
        )
    return name
