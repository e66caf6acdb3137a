"""Pooled priors, their mixtures and effective sample sizes against the vignettes of RBesT."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from planner.evidence import normal_mixture
from planner.evidence.distribution import HalfNormal, Normal, NormalMixture
from planner.evidence.effective_size import effective_size
from planner.evidence.pooling import PooledPrior, StudyEstimate, pool_estimates
from planner.evidence.pooling_shares import StudyCount, pool_counts
from planner.evidence.tabulated import FloatArray, Summary, Tabulated, share_summary
from planner.validation.check import Check
from planner.validation.reference_values import Case, Reference

DRAWS = 1_000
"""Independent draws that RBesT's samples are worth at least: it warns below that."""
STANDARD_ERRORS = 4
PROBABILITIES = (0.025, 0.5, 0.975)
KOLMOGOROV = 2.2 / DRAWS**0.5
"""Largest difference of cumulative probabilities from a sample, with probability 0.9999."""


def vignette_checks(case: Reference) -> Iterator[Check]:
    """One case of `reference/rbest.json`."""
    return CASES[case.id](case)


def study_estimates(inputs: Case) -> tuple[StudyEstimate, ...]:
    """Studies of a normal endpoint, standard errors σ/√n."""
    return tuple(
        StudyEstimate(study=s["study"], estimate=s["estimate"], se=inputs["sigma"] / s["n"] ** 0.5)
        for s in inputs["studies"]
    )


def study_counts(inputs: Case) -> tuple[StudyCount, ...]:
    """Studies of a share."""
    return tuple(StudyCount.parse(study) for study in inputs["studies"])


def pooled_estimates(inputs: Case) -> PooledPrior:
    """MAP prior of the mean of a normal endpoint."""
    tau, mean = HalfNormal(scale=inputs["tau_scale"]), Normal(sd=inputs["mean_sd"])
    return pool_estimates(study_estimates(inputs), tau=tau, mean=mean)


def pooled_counts(inputs: Case) -> PooledPrior:
    """MAP prior of a share."""
    return pool_counts(study_counts(inputs), tau=HalfNormal(scale=inputs["tau_scale"]))


def printed_mixture(printed: Case) -> NormalMixture:
    """A mixture as RBesT prints it."""
    return NormalMixture.parse(
        {"weights": printed["w"], "means": printed["mean"], "sds": printed["sd"]}
    )


def _normal_map(case: Reference) -> Iterator[Check]:
    found = pooled_estimates(case.inputs)
    new = found.predictive
    yield from _like_sample(case, "predictive", new.summary(), new.density_at)
    yield from _like_sample(case, "tau", found.tau, _table(found).density_at)


def _share_map(case: Reference) -> Iterator[Check]:
    found = pooled_counts(case.inputs)

    def density(share: FloatArray) -> FloatArray:
        logit = np.log(share) - np.log1p(-share)
        return found.predictive.density_at(logit) / (share * (1 - share))

    yield from _like_sample(case, "share", share_summary(found.predictive), density)
    yield from _like_sample(case, "tau", found.tau, _table(found).density_at)


def _table(found: PooledPrior) -> Tabulated:
    assert found.tau_table is not None
    return found.tau_table


def _like_sample(
    case: Reference, name: str, found: Summary, density: Callable[[FloatArray], FloatArray]
) -> Iterator[Check]:
    """Printed mean, SD and quantiles lie within the Monte-Carlo error of RBesT's sample.

    The standard error of a quantile is √(p(1 − p)/n) / density; of an SD, with the kurtosis of a
    heavy tail, at most sd · √(6/n).
    """
    printed, p = case.expected[name], np.array(PROBABILITIES)
    places = np.array([found.quantiles[0], found.median, found.quantiles[-1]])
    errors = np.sqrt(p * (1 - p) / DRAWS) / density(places)
    exact = (found.mean, found.sd, *places.tolist())
    spread = (found.sd / DRAWS**0.5, found.sd * (6 / DRAWS) ** 0.5, *errors.tolist())
    for key, value, error in zip(
        ("mean", "sd", "lower", "median", "upper"), exact, spread, strict=True
    ):
        yield case.check(f"{name}: {key}", value, printed[key], STANDARD_ERRORS * error)


def _normal_mixture(case: Reference) -> Iterator[Check]:
    from scipy import special

    found = pooled_estimates(case.inputs)
    x, printed = np.linspace(-150.0, 50.0, 101), printed_mixture(case.expected)
    z = (x[:, None] - np.array(printed.means)) / np.array(printed.sds)
    cumulative = special.ndtr(z) @ np.array(printed.weights)
    apart = float(np.abs(cumulative - found.predictive.cdf(x)).max())
    yield case.check("distance from the printed mixture", apart, 0.0, KOLMOGOROV)


def _effective_size(case: Reference) -> Iterator[Check]:
    inputs, expected = case.inputs, case.expected
    printed = printed_mixture(inputs)
    found = effective_size(printed, inputs["sigma"])
    robust = effective_size(_robust(inputs), inputs["sigma"])
    sizes = {
        "elir": found.elir,
        "moment": found.moment,
        "morita": found.morita,
        "robust_elir": robust.elir,
    }
    for name, size in sizes.items():
        yield case.check(f"size: {name}", size, expected[name], case.tolerance["abs"])


def _robust(inputs: Case) -> NormalMixture:
    return normal_mixture.robustify(
        printed_mixture(inputs), inputs["robust_w"], inputs["robust_mean"], inputs["sigma"]
    )


def _posterior(case: Reference) -> Iterator[Check]:
    inputs, expected, tolerance = case.inputs, case.expected, case.tolerance
    prior = _robust(inputs)
    for i, (found, printed) in enumerate(zip(prior.weights, expected["robust_w"], strict=True), 1):
        yield case.check(f"robust weight {i}", found, printed, tolerance["robust_w"])
    vague = Normal(mean=inputs["robust_mean"], sd=inputs["sigma"])
    active = normal_mixture.posterior(vague, inputs["active"]["mean"], inputs["active"]["se"])
    placebo = normal_mixture.posterior(prior, inputs["placebo"]["mean"], inputs["placebo"]["se"])
    for name, above in (("below_0", 0.0), ("below_minus_50", -50.0)):
        found = 1 - normal_mixture.probability_difference(active, placebo, above)
        quantity = f"P(difference < {above:g})"
        yield case.check(quantity, found, expected[name], tolerance[name])


CASES: Mapping[str, Callable[[Reference], Iterator[Check]]] = {
    "crohn-map-1.2-0": _normal_map,
    "crohn-map-1.9-0": _normal_map,
    "crohn-mixture": _normal_mixture,
    "crohn-ess": _effective_size,
    "crohn-posterior": _posterior,
    "spondylitis-map": _share_map,
}
"""Case of `reference/rbest.json` → its checks."""
