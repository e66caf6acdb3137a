"""What the planning trial would add to a prior, and the priors of a plan kept apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planner.engines.closed_form import ClosedForm
from planner.engines.model import criteria_for, true_values
from planner.errors import InvalidInput
from planner.evidence import distribution, normal_mixture
from planner.evidence.distribution import Flat, Normal, NormalMixture, ProperEffect
from planner.operating.evaluate import minimum_size
from planner.operating.prior_nodes import normals_of
from planner.plan.analysis import Posterior
from planner.truth.truth_prior import PilotEstimate

if TYPE_CHECKING:
    from planner.scenario import Scenario

TAILS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Update:
    """A prior, what a trial says, and the posterior, in the unit of the endpoint.

    Parameters
    ----------
    likelihood : normal with the trial's estimate and standard error.
    mean, interval : posterior mean and central 95 %.
    region : ends of what the first hypothesis is to show, e.g. 0 and ∞.
    success : P(effect within the region | data).
    """

    prior: NormalMixture
    likelihood: Normal
    posterior: NormalMixture
    mean: float
    interval: tuple[float, float]
    region: tuple[float, float]
    success: float


def update(prior: NormalMixture, scenario: "Scenario", n: int, estimate: float) -> Update:
    """The posterior after a trial of `n` people that finds `estimate` for its first hypothesis.

    The likelihood is normal with the standard error of the closed form, as if it were known.

    Raises
    ------
    InvalidInput : too few people.
    """
    se = standard_error(scenario.fingerprint(), n, scenario)
    after = normal_mixture.posterior(prior, estimate, se)
    low, high = (distribution.quantile(after, p) for p in TAILS)
    region = to_show(scenario)
    below, inside = (float(distribution.cdf(after, end)) for end in region)
    return Update(
        prior=prior,
        likelihood=Normal(mean=estimate, sd=se),
        posterior=after,
        mean=distribution.mean_and_sd(after)[0],
        interval=(low, high),
        region=region,
        success=inside - below,
    )


def to_show(scenario: "Scenario") -> tuple[float, float]:
    """Ends of the region that the first hypothesis asks for first, on the scale of the analysis."""
    criteria = criteria_for(scenario)
    primary = criteria.primary[0]
    return float(criteria.lower[primary]), float(criteria.upper[primary])


@st.cache_data(max_entries=256, show_spinner=False)
def standard_error(fingerprint: str, n: int, _scenario: "Scenario") -> float:
    """Standard error of the first hypothesis with `n` randomised and the assumed dropout."""
    precision = ClosedForm(_scenario).precision(n)
    if precision is None:
        raise InvalidInput(
            f"{n} people are too few to estimate every hypothesis; give at least "
            f"{minimum_size(_scenario)}",
            key="trial.n",
        )
    return float(precision.se[0])


def planned_effect(scenario: "Scenario") -> float:
    """Assumed value of the first hypothesis, on the scale of the analysis."""
    return float(true_values(scenario)[0])


def design_prior(scenario: "Scenario") -> ProperEffect | None:
    """What the planners believe of the effect; None if the scenario varies no effect."""
    prior = scenario.truth_prior.effect if scenario.truth_prior else None
    if not isinstance(prior, PilotEstimate):
        return prior
    pilot = normals_of(prior, scenario.truth.sd_difference)
    return Normal(mean=float(pilot.means[0]), sd=float(pilot.sds[0]))


def design_prior_basis(scenario: "Scenario") -> str:
    """Where the scenario has its design prior of the effect from."""
    cited = scenario.citations.get("truth_prior.effect.mean")
    return (cited.flag if cited else "") or "assumed"


def analysis_prior(scenario: "Scenario") -> ProperEffect | Flat | None:
    """What the Bayesian analysis assumes of the effect; None if the plan's rule is a test."""
    analysis = scenario.plan.analysis
    return analysis.priors.effect if isinstance(analysis, Posterior) else None


def in_words(prior: ProperEffect | Flat) -> str:
    """A distribution in a few words."""
    match prior:
        case Flat():
            return "flat"
        case Normal():
            return f"normal, mean {prior.mean:g}, SD {prior.sd:g}"
        case NormalMixture():
            mean, sd = distribution.mean_and_sd(prior)
            return f"mixture of {len(prior.weights)} normals, mean {mean:.3g}, SD {sd:.3g}"
        case _:
            return f"Student t with {prior.df:g} df, mean {prior.mean:g}, scale {prior.scale:g}"
