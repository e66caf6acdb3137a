"""Pooled priors, effective sample sizes and pilots' CVs against RBesT and PowerTOST."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from planner.evidence import beta_mixture
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.effective_size import effective_size_of_share
from planner.evidence.mixture_fit import fit_beta_mixture
from planner.evidence.pilot_variance import cv_upper_limit, pooled_cv
from planner.evidence.tabulated import FloatArray
from planner.validation.check import Check
from planner.validation.rbest import KOLMOGOROV, pooled_counts, vignette_checks
from planner.validation.reference_values import Case, Reference, reference_case, references

GROUP = "pooling"
ACTIVE_PEOPLE = 24
"""People with the active treatment in RBesT's example."""
POWER, SUCCESS = 0.8, 0.95
"""Power planned for, and probability of a difference above 0 that is a success, there."""
TREATMENT = BetaMixture(weights=(1.0,), a=(0.5,), b=(1.0,))
UNIFORM = BetaMixture(weights=(1.0,), a=(1.0,), b=(1.0,))


def checks() -> Iterator[Check]:
    """Vignettes of RBesT, then the published cases."""
    for case in references("rbest", GROUP):
        yield from vignette_checks(case)
    for case in references("published", GROUP):
        if case.id in CASES:
            yield from CASES[case.id](case)


def printed_mixture(inputs: Case) -> BetaMixture:
    """A mixture as RBesT prints it."""
    return BetaMixture.parse({"weights": inputs["w"], "a": inputs["a"], "b": inputs["b"]})


def _summary(case: Reference) -> Iterator[Check]:
    """MAP-03: the printed mixture, and the one found here for the same studies.

    RBesT's is fitted to a sample, so the cumulative probabilities differ by its error.
    """
    printed, allowed = printed_mixture(case.inputs), case.tolerance["abs"]
    mean, sd = beta_mixture.mean_and_sd(printed)
    yield case.check("mean", mean, case.expected["mean"], allowed)
    yield case.check("sd", sd, case.expected["sd"], allowed)
    studies = reference_case("rbest", "spondylitis-map")["inputs"]
    fit = fit_beta_mixture(pooled_counts(studies).predictive)
    x = np.linspace(0.01, 0.9, 90)
    apart = np.abs(beta_mixture.cdf(printed, x) - beta_mixture.cdf(fit.mixture, x))
    yield case.check("distance from the fitted mixture", float(apart.max()), 0.0, KOLMOGOROV)


def _effective_size(case: Reference) -> Iterator[Check]:
    """MAP-04: three methods."""
    found = effective_size_of_share(printed_mixture(case.inputs))
    for method, size in case.expected.items():
        computed = getattr(found, method)
        yield case.check(f"size: {method}", computed, size, case.tolerance["abs"])


def _robust_size(case: Reference) -> Iterator[Check]:
    """MAP-05: with a uniform component."""
    robust = beta_mixture.robustify(printed_mixture(case.inputs), case.inputs["robust_w"])
    found = effective_size_of_share(robust).elir
    yield case.check("size: elir", found, case.expected["elir"], case.tolerance["abs"])


def _difference(case: Reference) -> Iterator[Check]:
    """MAP-06: 14/24 with Beta(½, 1) against 1/6 with the robust prior."""
    robust = beta_mixture.robustify(printed_mixture(case.inputs), case.inputs["robust_w"])
    found = _probability(robust, (14, ACTIVE_PEOPLE), (1, 6))
    yield case.check("P(difference > 0)", found, case.expected["prob"], case.tolerance["abs"])


def _decisions(case: Reference) -> Iterator[Check]:
    """MAP-07: on either side of the boundary."""
    prior = printed_mixture(case.inputs)
    for text, decision in case.expected["decision"].items():
        active, control = (tuple(map(int, part.split("/"))) for part in text.split(" vs "))
        found = _probability(prior, (active[0], active[1]), (control[0], control[1]))
        yield case.check(f"success with {text}", float(found > SUCCESS), decision, 0.0)


def _probability(
    control: BetaMixture,
    active_events: tuple[int, int],
    control_events: tuple[int, int],
    active: BetaMixture = TREATMENT,
) -> float:
    """P(difference > 0) after events of people with the active treatment and under control."""
    return beta_mixture.probability_difference(
        beta_mixture.posterior(active, *active_events),
        beta_mixture.posterior(control, *control_events),
    )


def _effect_with_power(case: Reference) -> Iterator[Check]:
    """MAP-08: the difference of shares with 80 % power of four designs."""
    from scipy import optimize, stats

    prior = printed_mixture(case.inputs)
    share = beta_mixture.mean_and_sd(prior)[0]
    designs = {
        "nonrobust": (TREATMENT, prior, 6),
        "robust": (TREATMENT, beta_mixture.robustify(prior, 0.2), 6),
        "uniform": (UNIFORM, UNIFORM, 6),
        "uniform_24_24": (UNIFORM, UNIFORM, 24),
    }
    for name, (active, control, n) in designs.items():
        fewest = np.array(_success_bound(active, control, n))
        weights = stats.binom.pmf(np.arange(n + 1), n, share)
        missing = partial(_missing_power, fewest, weights, share)
        found = float(optimize.brentq(missing, 0.05, 0.7))
        quantity = f"difference with 80 % power, {name}"
        yield case.check(quantity, found, case.expected[name], case.tolerance["abs"])


def _missing_power(
    fewest: NDArray[np.int64], weights: FloatArray, share: float, difference: float
) -> float:
    """Power less what is planned for, averaged over the responders under control."""
    from scipy import stats

    success = stats.binom.sf(fewest - 1, ACTIVE_PEOPLE, share + difference)
    return float(weights @ success) - POWER


def _success_bound(active: BetaMixture, control: BetaMixture, n_control: int) -> list[int]:
    """Fewest responders that succeed, for every number of responders under control."""
    bounds: list[int] = []
    for events in range(n_control + 1):
        fewest = bounds[-1] if bounds else 0  # success never gets easier as the control improves
        while fewest <= ACTIVE_PEOPLE:
            observed = (fewest, ACTIVE_PEOPLE), (events, n_control)
            if _probability(control, *observed, active) > SUCCESS:
                break
            fewest += 1
        bounds.append(fewest)
    return bounds


def _upper_limit(case: Reference) -> Iterator[Check]:
    """EP-11: upper confidence limit of a pilot's CV."""
    for (cv, df, alpha), upper in zip(case.inputs["cases"], case.expected["upper_CL"], strict=True):
        found = cv_upper_limit(cv, df, 1 - alpha)
        quantity = f"{1 - alpha:.0%} limit of CV {cv:g} with {df:g} df"
        yield case.check(quantity, found, upper, case.tolerance["abs"])


def _pooled_cv(case: Reference) -> Iterator[Check]:
    """EP-12: two 2×2 crossovers with n − 2 degrees of freedom."""
    inputs, expected, allowed = case.inputs, case.expected, case.tolerance["abs"]
    pooled = pooled_cv(inputs["CVs"], [n - 2 for n in inputs["ns"]])
    yield case.check("df", pooled.df, expected["df"], 0.0)
    yield case.check("pooled CV", pooled.value, expected["pooled"], allowed)
    upper = cv_upper_limit(pooled.value, pooled.df, 1 - inputs["alpha"])
    yield case.check("upper limit", upper, expected["upper80"], allowed)


CASES: Mapping[str, Callable[[Reference], Iterator[Check]]] = {
    "EP-11": _upper_limit,
    "EP-12": _pooled_cv,
    "MAP-03": _summary,
    "MAP-04": _effective_size,
    "MAP-05": _robust_size,
    "MAP-06": _difference,
    "MAP-07": _decisions,
    "MAP-08": _effect_with_power,
}
"""Published case → its checks."""
