"""Integration over the between-study standard deviation τ.

Written in u with τ = a · sinh(u), a the smallest standard error of a study or the scale of the
prior if that is smaller, the posterior of τ is an even function of u, analytic in the strip
|Im u| < π/2 whatever the number and size of the studies, so the trapezoidal rule over u ≥ 0
converges exponentially. The step is halved, keeping all earlier nodes, until evidence and moments
of τ stay the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.interpolate import CubicSpline

from planner.errors import PlannerError
from planner.evidence.distribution import Fixed, HalfNormal
from planner.evidence.tabulated import (
    SUMMARY_PROBABILITIES,
    FloatArray,
    Summary,
    Tabulated,
    tabulate,
)

WIDEST_STEP, HALVINGS, AGREEMENT = 0.1, 7, 1e-9
NEGLIGIBLE = 40.0
"""Fall of a log density below its maximum beyond which it is not integrated."""


class HasEvidence(Protocol):
    """What is known about a meta-analysis at one τ."""

    @property
    def log_evidence(self) -> float:
        """Logarithm of the likelihood of τ, all other parameters integrated out."""


@dataclass(frozen=True, slots=True, eq=False)
class TauPosterior[Given: HasEvidence]:
    """Posterior of τ at nodes of a quadrature rule.

    Parameters
    ----------
    tau, weights : nodes and their posterior probabilities, [K] each.
    coarse : probabilities by the rule with twice the step, 0 at the nodes it lacks, [K].
    given : results of the meta-analysis at each node.
    summary, table : of the posterior of τ; no table where τ is fixed.
    """

    tau: FloatArray
    weights: FloatArray
    coarse: FloatArray
    given: tuple[Given, ...]
    summary: Summary
    table: Tabulated | None = None


def integrate_tau[Given: HasEvidence](
    condition: Callable[[float], Given], prior: HalfNormal | Fixed, smallest: float
) -> TauPosterior[Given]:
    """Posterior of τ from the evidence at any τ.

    Parameters
    ----------
    condition : the meta-analysis at a given τ.
    prior : of τ.
    smallest : smallest standard error of a study.

    Raises
    ------
    PlannerError : the integral does not settle.
    """
    if isinstance(prior, Fixed):
        one, value = np.ones(1), prior.value
        summary = Summary(value, 0.0, (value,) * len(SUMMARY_PROBABILITIES))
        return TauPosterior(np.array([value]), one, one, (condition(value),), summary)
    rule = _Rule(condition, prior, smallest)
    size = rule.size(WIDEST_STEP)
    step = WIDEST_STEP
    before = rule.moments(step, size)
    for _ in range(HALVINGS):
        step, size = step / 2, 2 * size
        now = rule.moments(step, size)
        if np.all(np.abs(now - before) <= AGREEMENT * np.maximum(np.abs(now), 1)):
            return rule.posterior(step, size)
        before = now
    raise PlannerError(
        f"the posterior of the between-study SD is too narrow to integrate in {size} steps; "
        "widen its prior if the studies contradict it, pool fewer studies at once, or fix it"
    )


class _Rule[Given: HasEvidence]:
    """Trapezoidal rule at u = 0, step, …, size · step; every node is evaluated once."""

    def __init__(
        self, condition: Callable[[float], Given], prior: HalfNormal, smallest: float
    ) -> None:
        self.condition, self.prior = condition, prior
        self.unit = min(smallest, prior.scale)
        self.known: dict[float, Given] = {}

    def log_density(self, u: float) -> float:
        """Posterior density of u, up to a constant."""
        tau = self.unit * float(np.sinh(u))
        if u not in self.known:
            self.known[u] = self.condition(tau)
        penalty = (tau / self.prior.scale) ** 2 / 2
        value = self.known[u].log_evidence - penalty + float(np.log(np.cosh(u)))
        if not np.isfinite(value):
            raise PlannerError(
                f"the likelihood at a between-study SD of {tau:g} is not a finite number; "
                "the studies are out of proportion with each other, check their units"
            )
        return value

    def size(self, step: float) -> int:
        """Number of steps until the density is negligible, for good, beyond the prior's bulk."""
        bulk = float(np.arcsinh(3 * self.prior.scale / self.unit))
        highest, n = -np.inf, 0
        while True:
            value = self.log_density(n * step)
            highest = max(highest, value)
            if n * step > bulk and value < highest - NEGLIGIBLE:
                return n
            n += 1

    def densities(self, step: float, size: int) -> FloatArray:
        """Density at the nodes relative to the highest, [size + 1]; half of it at u = 0."""
        logs = np.array([self.log_density(k * step) for k in range(size + 1)])
        density = np.exp(logs - logs.max())
        density[0] /= 2
        return np.asarray(density, dtype=np.float64)

    def moments(self, step: float, size: int) -> FloatArray:
        """Logarithms of the evidence, of E τ² and of E 1/(1 + τ²/a²) by the rule, [3].

        All are integrals of even functions, which converge exponentially.
        """
        logs = np.array([self.log_density(k * step) for k in range(size + 1)])
        density = self.densities(step, size)
        square = np.sinh(step * np.arange(size + 1)) ** 2
        total = density.sum()
        means = density @ np.column_stack([square, 1 / (1 + square)]) / total
        return np.array([logs.max() + np.log(total * step), *np.log(means)])

    def posterior(self, step: float, size: int) -> TauPosterior[Given]:
        """Nodes and weights of the rule, beside those of the rule with twice the step."""
        density = self.densities(step, size)
        every_second = np.where(np.arange(size + 1) % 2 == 0, density, 0.0)
        u = step * np.arange(size + 1, dtype=np.float64)
        table = self.table(u)
        return TauPosterior(
            tau=self.unit * np.sinh(u),
            weights=density / density.sum(),
            coarse=every_second / every_second.sum(),
            given=tuple(self.known[k * step] for k in range(size + 1)),
            summary=table.summary(),
            table=table,
        )

    def table(self, u: FloatArray) -> Tabulated:
        """Posterior of τ on nodes ten times as dense, log-cubic between those of the rule.

        Masses are by Simpson's rule, for the sake of odd functions such as τ itself.
        """
        logs = np.array([self.log_density(float(node)) for node in u])
        curve = CubicSpline(u, logs - logs.max(), bc_type=("clamped", "not-a-knot"))
        half = np.linspace(0, u[-1], 10 * len(u) - 9)
        both = np.concatenate([-half[:0:-1], half])
        width = self.unit * np.cosh(both) * (half[1] - half[0])
        even = tabulate(self.unit * np.sinh(both), width, np.exp(curve(np.abs(both))) / width)
        simpson = np.where(np.arange(len(half)) % 2 == 1, 4 / 3, 2 / 3)
        simpson[[0, -1]] = 1 / 3
        mass = 2 * even.mass[len(half) - 1 :] * simpson
        cumulative = np.clip(2 * even.cumulative[len(half) - 1 :] - 1, 0.0, 1.0)
        positive = slice(len(half) - 1, None)
        return Tabulated(even.x[positive], 2 * even.density[positive], cumulative, mass)
