"""The winner's curse undone: what a pilot's estimate becomes when its selection is allowed for.

A pilot that is followed up because it was significant overestimates its effect. There is no single
correction; each rests on what is believed of effects of this kind, or of how pilots are chosen.
The statistic is T = estimate / standard error ~ noncentral t(df, effect / se), as in
`retrodesign`. Its density at the value seen is a mixture of normals in the effect,

    f(T | effect) ∝ Σ_k w_k s_k φ(T s_k − effect / se),   s = estimated / true standard error,

so that the posterior under a normal or mixture prior is a mixture of normals as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from planner.errors import InvalidInput
from planner.evidence.distribution import Normal, ProperEffect, normal_components
from planner.evidence.pooling import tabulate_normals
from planner.evidence.retrodesign import critical_value, standard_error_ratio
from planner.evidence.tabulated import FloatArray, Summary, Tabulated, sinh_nodes, tabulate

NODES = 801


@dataclass(frozen=True, slots=True)
class Pilot:
    """A study's estimate, with the standard error and degrees of freedom of its test.

    Parameters
    ----------
    estimate, se : in one unit. For an effect in SDs of the difference between periods (d_z),
        d_z = t / √n and se = 1/√n, whatever the unit of the outcome.
    df : degrees of freedom of the standard error; infinite if it is known.

    Raises
    ------
    InvalidInput : a number that cannot be.
    """

    estimate: float
    se: float
    df: float = np.inf

    def __post_init__(self) -> None:
        if not np.isfinite(self.estimate):
            raise InvalidInput(
                f"estimate {self.estimate:g} is not a finite number; give one", key="estimate"
            )
        critical_value(self.se, self.df, 0.05)

    @property
    def statistic(self) -> float:
        return self.estimate / self.se


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a pilot.

    Parameters
    ----------
    name : in a few words.
    basis : the assumption it rests on.
    effect : the resulting effect.
    interval : central 95 % of its distribution, where there is one.
    """

    name: str
    basis: str
    effect: float
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ShrunkenEffect:
    """Readings of a pilot, and the effect that a trial is planned with among them.

    Parameters
    ----------
    face_value : the estimate as published.
    readings : from the one nearest to no effect, or beyond it, upwards.
    planned : effect assumed by the trial.
    """

    face_value: float
    readings: tuple[Reading, ...]
    planned: float

    @property
    def retained(self) -> float:
        """Planned effect as a share of the face value."""
        return self.planned / self.face_value

    @property
    def smaller(self) -> tuple[str, ...]:
        """Readings by which the effect is smaller than planned."""
        return tuple(r.name for r in self.readings if r.effect / self.planned < 1)

    @property
    def larger(self) -> tuple[str, ...]:
        """Readings by which it is at least as planned."""
        return tuple(r.name for r in self.readings if r.effect / self.planned >= 1)


def posterior_of_effect(pilot: Pilot, prior: ProperEffect) -> Tabulated:
    """Posterior of the true effect under a prior, all selection ignored."""
    s, weights = standard_error_ratio(pilot.df)
    c = normal_components(prior)
    marginal = np.hypot(c.sds, pilot.se)
    centre = pilot.estimate * s[:, None]
    logs = np.log(c.weights / marginal) - ((centre - c.means) / marginal) ** 2 / 2
    density = (weights * s)[:, None] * np.exp(logs - logs.max())
    share = pilot.se**2 / marginal**2
    means = share * c.means + (1 - share) * centre
    sds = np.broadcast_to(c.sds * pilot.se / marginal, means.shape)
    return tabulate_normals((density / density.sum()).ravel(), means.ravel(), sds.ravel())


def conditional_likelihood(pilot: Pilot, alpha: float = 0.05) -> Tabulated:
    """Likelihood of the effect given that the estimate is significant, normalised.

    f(T | effect) / P(significant | effect): only significant pilots are looked at (Zhong &
    Prentice 2008, Biostatistics 9:621, 10.1093/biostatistics/kxn001; Ghosh, Zou & Wright 2008,
    Am J Hum Genet 82:1064, 10.1016/j.ajhg.2008.03.002).

    Raises
    ------
    InvalidInput : the estimate is not significant.
    """
    critical = critical_value(pilot.se, pilot.df, alpha)
    if abs(pilot.statistic) <= critical:
        raise InvalidInput(
            f"the estimate is {abs(pilot.statistic):.2f} standard errors from 0 and so not "
            f"significant at {alpha:g} (limit {critical:.2f}); there is no selection to allow for",
            key="estimate",
        )
    s, weights = standard_error_ratio(pilot.df)
    reach = 10 + abs(pilot.statistic) * (1 + float(s.max()))
    shift, width = sinh_nodes(pilot.statistic, 0.5, reach, NODES)
    logs = _log_conditional(shift, pilot.statistic, critical, (s, weights))
    table = tabulate(shift, width, np.exp(logs - logs.max()))
    return Tabulated(table.x * pilot.se, table.density / pilot.se, table.cumulative, table.mass)


def conditional_estimate(pilot: Pilot, alpha: float = 0.05) -> float:
    """The effect at which the conditional likelihood is highest.

    Raises
    ------
    InvalidInput : the estimate is not significant.
    """
    table = conditional_likelihood(pilot, alpha)
    best = int(np.clip(np.argmax(table.density), 1, len(table.x) - 2))
    x, y = table.x[best - 1 : best + 2], np.log(table.density[best - 1 : best + 2])
    curve = np.polynomial.Polynomial.fit(x, y, 2)
    return float(curve.deriv().roots()[0].real)


def shrunken_effect(
    pilot: Pilot,
    priors: Mapping[str, ProperEffect],
    planned: float,
    alpha: float = 0.05,
) -> ShrunkenEffect:
    """What several defensible readings make of a pilot.

    Parameters
    ----------
    priors : by the assumption that each stands for, in the unit of the pilot; chosen before the
        result is seen, never to meet a number.
    planned : effect that the trial is planned with, same unit.

    Raises
    ------
    InvalidInput : an estimate of 0, or a planned effect that is 0 or of the other sign.
    """
    if pilot.estimate == 0:
        raise InvalidInput("the estimate is 0; there is nothing to shrink", key="estimate")
    if not (np.isfinite(planned) and planned * pilot.estimate > 0):
        raise InvalidInput(
            f"planned effect {planned:g} does not have the sign of the estimate "
            f"{pilot.estimate:g}; give both in one direction",
            key="planned",
        )
    readings = [
        Reading("face value", "unbiased if the pilot had been published anyway", pilot.estimate),
        Reading("less a third", "rule of thumb for the winner's curse", pilot.estimate * 2 / 3),
    ]
    for basis, prior in priors.items():
        found = posterior_of_effect(pilot, prior).summary()
        name = f"N(0, {prior.sd:g})" if isinstance(prior, Normal) and prior.mean == 0 else "prior"
        readings.append(Reading(f"posterior, {name}", basis, found.mean, found.interval))
    if abs(pilot.statistic) > critical_value(pilot.se, pilot.df, alpha):
        readings += _conditional_readings(pilot, alpha)
    ordered = tuple(sorted(readings, key=lambda reading: reading.effect / pilot.estimate))
    return ShrunkenEffect(pilot.estimate, ordered, planned)


def _conditional_readings(pilot: Pilot, alpha: float) -> list[Reading]:
    found: Summary = conditional_likelihood(pilot, alpha).summary()
    basis = f"only pilots with p < {alpha:g} are followed up"
    return [
        Reading("conditional likelihood, mode", basis, conditional_estimate(pilot, alpha)),
        Reading("conditional likelihood, mean", basis, found.mean, found.interval),
    ]


def _log_conditional(
    shift: FloatArray,
    statistic: float,
    critical: float,
    ratio: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """log f(T | δ) − log P(|T| > critical | δ) at noncentralities δ, [G]."""
    s, weights = ratio
    logs = np.log(weights * s) - (statistic * s - shift[:, None]) ** 2 / 2
    power = special.ndtr(shift[:, None] - critical * s) + special.ndtr(
        -shift[:, None] - critical * s
    )
    return np.asarray(special.logsumexp(logs, axis=1) - np.log(power @ weights))
