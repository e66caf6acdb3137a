"""From studies to a prior that can be written into a plan: discount, pool, fit, make robust."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.errors import InvalidInput
from planner.evidence import beta_mixture, normal_mixture
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.distribution import Flat, HalfNormal, NormalMixture
from planner.evidence.effective_size import (
    EffectiveSize,
    effective_size,
    effective_size_of_share,
)
from planner.evidence.mixture_fit import MixtureFit, fit_beta_mixture, fit_normal_mixture
from planner.evidence.pooling import (
    MeanPrior,
    PooledPrior,
    StudyEstimate,
    TauPrior,
    discount_estimate,
    pool_estimates,
)
from planner.evidence.pooling_shares import (
    MEAN_PRIOR,
    StudyCount,
    discount_count,
    pool_counts,
)
from planner.evidence.tabulated import Summary, share_summary
from planner.spec import LARGEST

Studies = Sequence[StudyEstimate] | Sequence[StudyCount]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What pooling assumes beyond the studies; None stands for the default in brackets.

    Parameters
    ----------
    tau : prior of the between-study SD [half-normal: σ/2 for effects, 1 for logits of shares].
    mean : prior of the mean [effects: flat; logits: N(0, 2²)].
    discount : weight a₀ of every study (power prior).
    robust_weight, robust_mean : weight and place of a robust component [place: no effect, ½].
    sigma : SD of one person's contribution to an effect, for effective sample sizes and the width
        of the robust component.
    """

    tau: TauPrior | None = None
    mean: MeanPrior | None = None
    discount: float = 1.0
    robust_weight: float = 0.0
    robust_mean: float | None = None
    sigma: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DerivedPrior:
    """A pooled prior with its short form.

    Parameters
    ----------
    studies : after discounting.
    tau, mean : priors used.
    pooled : exact result; its effects are logits for shares.
    predictive : summary of the effect, or share, in a new study.
    fit : mixture that approximates it, before a robust component is added.
    prior : the mixture with the robust component.
    size, robust_size : effective sample sizes before and after; None where σ is not known.
    """

    studies: Studies
    tau: TauPrior
    mean: MeanPrior
    pooled: PooledPrior
    predictive: Summary
    fit: MixtureFit[NormalMixture] | MixtureFit[BetaMixture]
    prior: NormalMixture | BetaMixture
    size: EffectiveSize | None
    robust_size: EffectiveSize | None


def derive_effect_prior(studies: Sequence[StudyEstimate], assumptions: Assumptions) -> DerivedPrior:
    """Prior of an effect from estimates and standard errors.

    Raises
    ------
    InvalidInput : a number that cannot be; no scale for τ; or a robust component without σ.
    """
    sigma, tau = assumptions.sigma, assumptions.tau
    if sigma is not None and not 0 < sigma < LARGEST:
        raise InvalidInput(
            f"sigma is {sigma:g}; it must be above 0 and below {LARGEST:g}, give an SD", key="sigma"
        )
    if tau is None and sigma is None:
        raise InvalidInput(
            "the scale of the between-study SD has no default without a unit; give it in the unit "
            "of the effect, or give sigma to take sigma / 2",
            key="tau_scale",
        )
    tau = tau or HalfNormal(scale=(sigma or 0.0) / 2)
    mean = assumptions.mean or Flat()
    weight = assumptions.robust_weight
    if weight > 0 and sigma is None:
        raise InvalidInput(
            "the robust component is as wide as one person's contribution; give sigma, its SD",
            key="sigma",
        )
    discounted = tuple(discount_estimate(study, assumptions.discount) for study in studies)
    pooled = pool_estimates(discounted, tau=tau, mean=mean)
    fit = fit_normal_mixture(pooled.predictive)
    place = assumptions.robust_mean or 0.0
    prior = normal_mixture.robustify(fit.mixture, weight, place, sigma or 1.0)
    sizes = [None if sigma is None else effective_size(m, sigma) for m in (fit.mixture, prior)]
    summary = pooled.predictive.summary()
    return DerivedPrior(discounted, tau, mean, pooled, summary, fit, prior, sizes[0], sizes[1])


def derive_share_prior(studies: Sequence[StudyCount], assumptions: Assumptions) -> DerivedPrior:
    """Prior of a share from events and totals.

    Raises
    ------
    InvalidInput : a number that cannot be.
    """
    tau = assumptions.tau or HalfNormal(scale=1.0)
    mean = assumptions.mean or MEAN_PRIOR
    discounted = tuple(discount_count(study, assumptions.discount) for study in studies)
    pooled = pool_counts(discounted, tau=tau, mean=mean)
    fit = fit_beta_mixture(pooled.predictive)
    place = 0.5 if assumptions.robust_mean is None else assumptions.robust_mean
    prior = beta_mixture.robustify(fit.mixture, assumptions.robust_weight, place)
    sizes = [effective_size_of_share(mixture) for mixture in (fit.mixture, prior)]
    summary = share_summary(pooled.predictive)
    return DerivedPrior(discounted, tau, mean, pooled, summary, fit, prior, sizes[0], sizes[1])
