"""Expected power: the closed-form power averaged over a design prior, by quadrature.

Given the standard deviation, an estimate with standard error s around an effect that is itself
normal with SD t is normal with SD √(s² + t²), so the average over effects is the same noncentral
t (or Owen's Q) with another standard error and needs no quadrature; mixtures are weighted sums.
The SD is integrated by the trapezoidal rule on its logarithm, whose error falls exponentially,
correlation and dropout by Gauss' rule for their densities. For complete-data least squares only
these rules are approximate, by less than 1e-6.

With an uncertain SD, effect, or both it is the expected power of PowerTOST's ``exppower.noninf``
and ``exppower.TOST`` (Julious & Owen 2006, Pharm Stat 5:29; Held & Sabanés Bové 2014, example
6.26).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from planner.engines.closed_form import ClosedForm, Precision, power_of
from planner.engines.model import bounds_of
from planner.operating.evaluate import expected_completers
from planner.operating.prior_nodes import FINE_STEP, STEP, normals_of, sd_nodes, share_nodes
from planner.plan.analysis import Posterior
from planner.plan.decision import NoMultiplicity
from planner.plan.hypothesis import PosteriorRule, TwoSided
from planner.plan.priors import IndependentSexes
from planner.scenario import Scenario
from planner.trials.layout import Layout, lay_out
from planner.trials.moments import FloatArray
from planner.trials.varied import Truths, vary, with_every_cell
from planner.truth.truth_prior import EffectPrior

LOCATIONS = ("effect", "sex_difference", "carryover")
"""Varied quantities in which every expected estimate is linear."""


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedPower:
    """Expected power of every hypothesis, [H]; `exact` and `error` as in `Precision`."""

    power: FloatArray
    exact: bool
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """Precision at one correlation and dropout, with the weight of that node.

    Parameters
    ----------
    precision : where every varied location is 0.
    slopes : change of every expected estimate per unit of a varied location, axes [V, H].
    """

    weight: float
    precision: Precision
    slopes: FloatArray


class ExpectedPowerForm:
    """Expected power of one scenario at any sample size; without a design prior, its power.

    Raises
    ------
    NotEstimable : the design cannot estimate a hypothesis.
    """

    def __init__(self, scenario: Scenario) -> None:
        prior = scenario.truth_prior
        self.scenario = with_every_cell(scenario)
        self.planned_sd = scenario.truth.sd_difference
        self.locations: dict[str, EffectPrior] = {
            name: getattr(prior, name) for name in LOCATIONS if getattr(prior, name, None)
        }
        step = FINE_STEP if _has_kink(scenario) else STEP
        self.sds = sd_nodes(prior.sd_difference if prior else None, self.planned_sd, step)
        self.correlations = share_nodes(prior.correlation if prior else None)
        self.dropouts = share_nodes(prior.dropout if prior else None)
        self.form = ClosedForm(self.scenario)

    def at(self, n_subjects: int) -> ExpectedPower | None:
        """Expected power with `n_subjects`; None if that is too few to estimate.

        A correlation or dropout at which they are too few adds no success, and leaves the error
        of the result unknown.
        """
        nodes = self._nodes(n_subjects)
        if not nodes:
            return None
        trusted = [node.precision for node in nodes]
        complete = len(nodes) == len(self.correlations) * len(self.dropouts)
        return ExpectedPower(
            power=self._average(nodes),
            exact=complete and all(p.exact for p in trusted),
            error=max(p.error for p in trusted) if complete else np.inf,
        )

    def limit(self) -> FloatArray:
        """Assurance as N → ∞, [H]: the probability of a truth that endless data would prove.

        If the analysis is unbiased, that of an effect on the right side of the null.
        """
        certain = []
        for node in self._nodes(1000 * sum(self.scenario.plan.weights)):
            p = node.precision
            sure = replace(p, se=1e-9 * p.se, df=np.full(len(p.df), 1e6))
            certain.append(replace(node, precision=sure))
        return self._average(certain) / sum(node.weight for node in certain)

    def _nodes(self, n_subjects: int) -> list[_Node]:
        """Precision at every node of correlation and dropout where it exists."""
        layout = lay_out(self.scenario, n_subjects)
        nodes = []
        for (correlation, v), (dropout, w) in product(self.correlations, self.dropouts):
            precisions = self._precisions(layout, self._points(correlation, dropout))
            if precisions is None:
                continue
            base, *moved = precisions
            slopes = [(p.estimate - base.estimate) / self.planned_sd for p in moved]
            trusted = replace(
                base,
                exact=all(p.exact for p in precisions),
                error=max(p.error for p in precisions),
            )
            shape = (len(moved), len(base.estimate))
            nodes.append(_Node(v * w, trusted, np.reshape(slopes, shape)))
        return nodes

    def _points(self, correlation: float | None, dropout: float | None) -> Truths:
        """One truth with every varied location at 0, and one per location with it moved."""
        n_points = 1 + len(self.locations)
        moves = self.planned_sd * np.eye(n_points)
        shares = [
            None if share is None else np.full(n_points, share) for share in (correlation, dropout)
        ]
        points = {name: moves[i] for i, name in enumerate(self.locations, start=1)}
        return Truths(**points, correlation=shares[0], dropout=shares[1])

    def _precisions(self, layout: Layout, points: Truths) -> list[Precision] | None:
        varied = vary(self.scenario, layout, points)
        result = []
        for i in range(1 + len(self.locations)):
            mean, covariance, probability = (
                values[i if len(values) > 1 else 0]
                for values in (varied.mean, varied.covariance, varied.probability)
            )
            precision = self.form.precision_of(
                replace(layout, mean=mean, covariance=covariance, probability=probability)
            )
            if precision is None:
                return None
            result.append(precision)
        return result

    def _average(self, nodes: list[_Node]) -> FloatArray:
        """Power averaged over SD, locations, and nodes, [H]."""
        power = np.zeros(len(self.scenario.plan.hypotheses))
        for sd, v in self.sds:
            components = list(self._components(sd))
            for node, (w, means, variances) in product(nodes, components):
                p = node.precision
                se = sd / self.planned_sd * p.se
                spread = np.sqrt(se**2 + variances @ node.slopes**2)
                blurred = replace(
                    p,
                    estimate=p.estimate + means @ node.slopes,
                    se=spread,
                    inflation=p.inflation * se / spread,
                )
                power += v * w * node.weight * power_of(self.scenario, blurred)
        return power

    def _components(self, sd: float) -> Iterator[tuple[float, FloatArray, FloatArray]]:
        """Weight, means [V] and variances [V] of every normal that locations are a mixture of."""
        parts = [normals_of(distribution, sd) for distribution in self.locations.values()]
        for chosen in product(*(range(len(part.weights)) for part in parts)):
            own = [
                (part.weights[j], part.means[j], part.sds[j])
                for part, j in zip(parts, chosen, strict=True)
            ]
            weights, means, sds = np.reshape(own, (len(parts), 3)).T
            yield float(weights.prod()), means, sds**2


def expected_power(scenario: Scenario, n_subjects: int) -> ExpectedPower | None:
    """Closed-form power averaged over the design prior; None if too few to estimate."""
    return ExpectedPowerForm(scenario).at(n_subjects)


def has_expected_power(scenario: Scenario) -> bool:
    """Whether the closed form is that of the planned decisions, and not only like it."""
    plan = scenario.plan
    plain = isinstance(plan.multiplicity, NoMultiplicity)
    return plain and not isinstance(plan.analysis, Posterior)


def has_limit(scenario: Scenario) -> bool:
    """Whether the assurance of every hypothesis tends to `ExpectedPowerForm.limit`.

    That of a Bayesian analysis does, too: data outweigh its prior, unless that ties the sexes.
    """
    plan = scenario.plan
    free = not isinstance(plan.analysis, Posterior) or isinstance(
        plan.analysis.priors.sexes, IndependentSexes
    )
    return isinstance(plan.multiplicity, NoMultiplicity) and free


def expected_completing_share(scenario: Scenario) -> float:
    """Expected share of people observed in every period, over a varied dropout."""
    prior, n_periods = scenario.truth_prior, scenario.plan.design.n_periods
    if prior is None or prior.dropout is None:
        many = 1000 * sum(scenario.plan.weights)
        return expected_completers(scenario, many) / many
    nodes = share_nodes(prior.dropout)
    return sum(w * (1 - hazard) ** (n_periods - 1) for hazard, w in nodes if hazard is not None)


def _has_kink(scenario: Scenario) -> bool:
    """Whether power as a function of the SD bends: limits on both sides, or several criteria."""
    limited = np.isfinite(bounds_of(scenario)).all(axis=0)
    for ends, hypothesis in zip(limited, scenario.plan.hypotheses, strict=True):
        objective = hypothesis.objective
        if isinstance(objective, PosteriorRule) and len(objective.go) > 1:
            return True
        if ends and not isinstance(objective, TwoSided):
            return True
    return False
