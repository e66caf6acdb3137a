"""Effective sample size of a prior: how many people it is worth.

- ELIR, the expected local-information ratio E[i_p(θ) / i_F(θ)] of the prior's information
  i_p = −(log p)″ to one person's Fisher information, is predictively consistent: on average it
  grows by n with n people's data (Neuenschwander et al. 2020, Biometrics 76:578,
  10.1111/biom.13252).
- The moment method takes the single normal or beta with the prior's mean and SD; it is low for
  heavy-tailed priors.
- Morita's takes the information at the prior's mode against a vague prior's (Morita, Thall &
  Müller 2008, Biometrics 64:595, 10.1111/j.1541-0420.2007.00888.x, eq. 9 of Neuenschwander et
  al.); it is high for heavy-tailed priors.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from planner.errors import InvalidInput
from planner.evidence import beta_mixture, distribution
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.distribution import Normal, NormalMixture, normal_components
from planner.evidence.tabulated import FloatArray

VAGUE = 100.0
"""How much more spread the vague prior of Morita's method has, as in RBesT."""
_GAUSS_NODES, _GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(12)


@dataclass(frozen=True, slots=True)
class EffectiveSize:
    """Effective sample size of a prior by three methods, in people.

    Morita's is NaN for a prior whose mode is at an end of its range.
    """

    elir: float
    moment: float
    morita: float


def effective_size(prior: Normal | NormalMixture, sigma: float) -> EffectiveSize:
    """Effective sample size of a prior of a mean or effect.

    Parameters
    ----------
    prior : normal or mixture of normals.
    sigma : SD of one person's contribution, in the unit of the effect: for an effect within
        persons the SD of the difference between periods.

    Raises
    ------
    InvalidInput : sigma is not above 0.
    """
    if not sigma > 0:
        raise InvalidInput(
            f"sigma {sigma:g} is not above 0; give the SD of one person", key="sigma"
        )
    c = normal_components(prior)
    _, sd = distribution.mean_and_sd(prior)

    def density_and_information(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        z = (x[:, None] - c.means) / c.sds
        logs = np.log(c.weights / c.sds) - z**2 / 2 - np.log(2 * np.pi) / 2
        slopes, curves = -z / c.sds, np.broadcast_to(-1 / c.sds**2, z.shape)
        return _information(logs, slopes, curves)

    x, weights = _pieces((c.means[:, None] + c.sds[:, None] * np.arange(-10, 11)).ravel())
    density, information = density_and_information(x)
    mode = _mode(lambda at: density_and_information(at)[0], x)
    at_mode = float(density_and_information(np.array([mode]))[1][0])
    return EffectiveSize(
        elir=sigma**2 * float(weights @ (density * information)),
        moment=(sigma / sd) ** 2,
        morita=sigma**2 * (at_mode - 1 / (VAGUE * float(c.sds.max()) ** 2)),
    )


def effective_size_of_share(prior: BetaMixture) -> EffectiveSize:
    """Effective sample size of a prior of a share.

    Raises
    ------
    InvalidInput : a component has a or b below 1, where the information has no expectation.
    """
    weights, a, b = beta_mixture.parameters(prior)
    if min(a.min(), b.min()) < 1:
        raise InvalidInput(
            f"Beta({a[np.argmin(a)]:g}, {b[np.argmin(b)]:g}) or another component has a parameter "
            "below 1, where the expected local-information ratio does not exist; use components "
            "with a and b of at least 1",
            key="a",
        )
    mean, sd = beta_mixture.mean_and_sd(prior)

    def density_and_information(logit: FloatArray) -> tuple[FloatArray, FloatArray]:
        at, rest = special.expit(logit)[:, None], special.expit(-logit)[:, None]
        logs = (a - 1) * special.log_expit(logit)[:, None]
        logs = logs + (b - 1) * special.log_expit(-logit)[:, None] - special.betaln(a, b)
        slopes = (a - 1) / at - (b - 1) / rest
        curves = -(a - 1) / at**2 - (b - 1) / rest**2
        return _information(logs + np.log(weights), slopes, curves)

    logit, quadrature = _share_nodes(a, b)
    density, information = density_and_information(logit)
    place = _mode(lambda at: density_and_information(at)[0], logit)
    at_mode = float(density_and_information(np.array([place]))[1][0])
    mode, other = float(special.expit(place)), float(special.expit(-place))
    vague = (mode / VAGUE - 1) / mode**2 + (other / VAGUE - 1) / other**2
    person = mean / mode**2 + (1 - mean) / other**2
    return EffectiveSize(
        elir=float(
            quadrature @ (density * information * special.expit(logit) * special.expit(-logit))
        ),
        moment=mean * (1 - mean) / sd**2 - 1,
        morita=(at_mode - vague) / person,
    )


def _information(
    logs: FloatArray, slopes: FloatArray, curves: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Density and information −(log p)″ of a mixture, [G] each.

    Parameters
    ----------
    logs : log of weight times density of the components, [G, J].
    slopes, curves : first and second derivative of their log densities, [G, J].
    """
    total = special.logsumexp(logs, axis=1)
    share = np.exp(logs - total[:, None])
    slope = (share * slopes).sum(axis=1)
    return np.exp(total), slope**2 - (share * (curves + slopes**2)).sum(axis=1)


def _pieces(knots: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gauss–Legendre nodes and weights between successive knots."""
    ends = np.unique(knots)
    half = np.diff(ends)[:, None] / 2
    x = ends[:-1, None] + half * (_GAUSS_NODES + 1)
    return x.ravel(), (half * _GAUSS_WEIGHTS).ravel()


def _share_nodes(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Nodes on the logit scale and weights of the share, dense around every component.

    A component with a or b little above 1 has tails that fall as slowly as exp(−(b − 1) |logit|).
    """
    centre = special.digamma(a) - special.digamma(b)
    spread = np.sqrt(special.polygamma(1, a) + special.polygamma(1, b))
    around = (centre[:, None] + spread[:, None] * np.arange(-10, 11)).ravel()
    above = min(float(np.min(a)), float(np.min(b))) - 1
    reach = int(np.clip(34 / above, 34, 300)) if above > 0 else 34
    logit, weights = _pieces(
        np.clip(np.concatenate([around, np.arange(-reach, reach + 1)]), -reach, reach)
    )
    return logit, weights * special.expit(logit) * special.expit(-logit)


def _mode(density: Callable[[FloatArray], FloatArray], x: FloatArray) -> float:
    """Place of the highest density; NaN if that is at an end."""
    height = density(x)
    best = int(np.argmax(height))
    if best in (0, len(x) - 1):
        return float("nan")
    found = optimize.minimize_scalar(
        lambda at: -float(density(np.array([at]))[0]),
        bounds=(x[best - 1], x[best + 1]),
        method="bounded",
        options={"xatol": 1e-10 * (x[best + 1] - x[best - 1])},
    )
    return float(found.x)
