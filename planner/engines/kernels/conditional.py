"""The posterior of the effects given the variances: a normal mixture, in closed form.

Nuisance means are eliminated from the normal equations, which leaves information S [p, p] and
score r [p] of the effects; every component of their prior is then updated by itself, and its
weight multiplied by its marginal likelihood (Bernardo & Smith 2000, §5.2).

These functions run for every point of a lattice; they take arrays one by one, as bundles cost
more than the arithmetic.
"""

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.engines.kernels.linear import invert_spd

FloatArray = NDArray[np.float64]
SMALLEST_PIVOT = 1e-13
SMALLEST_DETERMINANT = 1e-14


@kernel
def normal_equations(
    variance: FloatArray,
    multiplier: FloatArray,
    a: FloatArray,
    b: FloatArray,
    squares: FloatArray,
    freedom: FloatArray,
    m: FloatArray,
    z: FloatArray,
) -> float:
    """Σ XᵀV⁻¹X in m (lower triangle) and Σ XᵀV⁻¹y in z at variances [V, 2] (σ_w², σ_b²).

    Returns Σ log|V| + Σ yᵀV⁻¹y; sums as in `TrialSums`.
    """
    q = z.shape[0]
    for i in range(q):
        z[i] = 0.0
        for j in range(i + 1):
            m[i, j] = 0.0
    value = 0.0
    for v in range(variance.shape[0]):
        for k in range(multiplier.shape[0]):
            if freedom[v, k] == 0.0:
                continue
            spread = variance[v, 0] + multiplier[k] * variance[v, 1]
            u = 1.0 / spread
            value += freedom[v, k] * np.log(spread) + squares[v, k] * u
            for i in range(q):
                z[i] += u * b[v, k, i]
                for j in range(i + 1):
                    m[i, j] += u * a[v, k, i, j]
    return value


@kernel
def eliminate(
    prior_mean: FloatArray,
    prior_precision: FloatArray,
    m: FloatArray,
    z: FloatArray,
    start: FloatArray,
) -> float:
    """Integrate the nuisance means, the first columns, out of the normal equations in m and z.

    Returns log|M| − zᵀM⁻¹z + μᵀΩμ of them, so that −½ of this and of `normal_equations` is the
    log likelihood; NaN if they are not determined. S and r stand in the rest of m and z.
    """
    q, n_nuisance = z.shape[0], prior_mean.shape[0]
    value = 0.0
    for i in range(n_nuisance):
        value += prior_precision[i] * prior_mean[i] * prior_mean[i]
        z[i] += prior_precision[i] * prior_mean[i]
        m[i, i] += prior_precision[i]
        start[i] = m[i, i]
    pivots = 1.0
    for j in range(n_nuisance):
        pivot = m[j, j]
        if not pivot > SMALLEST_PIVOT * start[j]:
            return np.nan
        inverse = 1.0 / pivot
        pivots *= pivot
        value -= z[j] * z[j] * inverse
        for i in range(j + 1, q):
            factor = m[i, j] * inverse
            z[i] -= factor * z[j]
            for k in range(j + 1, i + 1):
                m[i, k] -= factor * m[k, j]
    result: float = value + np.log(pivots)
    return result


@kernel
def effect_prior(
    n_sexes: int, tau: float, sds: FloatArray, locations: FloatArray, precision: FloatArray,
    shift: FloatArray,
) -> float:  # fmt: skip
    """Precision P [p, p] and P·m [p] of one component; returns log|P|^½ − ½ mᵀPm.

    δ_kg ~ N(δ_k, τ²), δ_k ~ N(location_k, sd_k²): the G effects of a treatment have variance
    G·sd² + τ² along their mean and τ² across. With τ infinite every effect has the component's
    normal by itself. A flat direction (infinite sd) is left out of the determinant.
    """
    precision[:] = 0.0
    value = 0.0
    for k in range(sds.shape[0]):
        alone = 0.0 if np.isinf(sds[k]) else sds[k] ** -2.0
        along, across = alone, alone
        if n_sexes > 1 and not np.isinf(tau):
            across = tau**-2.0
            along = 0.0 if np.isinf(sds[k]) else 1.0 / (n_sexes * sds[k] ** 2.0 + tau**2.0)
        if along > 0.0:
            value += 0.5 * np.log(along) - 0.5 * n_sexes * along * locations[k] ** 2.0
        if across > 0.0:
            value += 0.5 * (n_sexes - 1) * np.log(across)
        for g in range(n_sexes):
            i = k * n_sexes + g
            shift[i] = along * locations[k]
            for h in range(n_sexes):
                precision[i, k * n_sexes + h] = (along - across) / n_sexes
            precision[i, i] += across
    return value


@kernel
def update(
    information: FloatArray,
    score: FloatArray,
    precision: FloatArray,
    shift: FloatArray,
    covariance: FloatArray,
    mean: FloatArray,
    scratch: FloatArray,
    value: FloatArray,
) -> bool:
    """Posterior mean [J, p] and covariance [J, p, p] of the effects under every component.

    Fills value [J] with −½ log|S + P| + ½ (r + Pm)ᵀ(S + P)⁻¹(r + Pm), the part of the log
    marginal likelihood that `effect_prior` does not give. False if the effects are not determined.
    """
    p = score.shape[0]
    if p != 2:
        return _update_many(information, score, precision, shift, covariance, mean, scratch, value)
    s11, s21, s22 = information[0, 0], information[1, 0], information[1, 1]
    r1, r2 = score[0], score[1]
    for j in range(value.shape[0]):
        first, second = s11 + precision[j, 0, 0], s22 + precision[j, 1, 1]
        cross = s21 + precision[j, 1, 0]
        determinant = first * second - cross * cross
        if not determinant > SMALLEST_DETERMINANT * first * second:
            return False
        inverse = 1.0 / determinant
        one, two = r1 + shift[j, 0], r2 + shift[j, 1]
        covariance[j, 0, 0] = second * inverse
        covariance[j, 1, 1] = first * inverse
        covariance[j, 1, 0] = -cross * inverse
        covariance[j, 0, 1] = -cross * inverse
        mean[j, 0] = (second * one - cross * two) * inverse
        mean[j, 1] = (first * two - cross * one) * inverse
        value[j] = 0.5 * (one * mean[j, 0] + two * mean[j, 1] - np.log(determinant))
    return True


@kernel
def _update_many(
    information: FloatArray,
    score: FloatArray,
    precision: FloatArray,
    shift: FloatArray,
    covariance: FloatArray,
    mean: FloatArray,
    scratch: FloatArray,
    value: FloatArray,
) -> bool:
    """`update` for any number of effects, by Cholesky's decomposition."""
    p = score.shape[0]
    total = scratch[0]
    for j in range(value.shape[0]):
        for i in range(p):
            for h in range(i + 1):
                total[i, h] = information[i, h] + precision[j, i, h]
        log_determinant = invert_spd(total, covariance[j], scratch[1])
        if np.isnan(log_determinant):
            return False
        value[j] = -log_determinant
        for i in range(p):
            mean[j, i] = 0.0
            for h in range(p):
                mean[j, i] += covariance[j, i, h] * (score[h] + shift[j, h])
            value[j] += mean[j, i] * (score[i] + shift[j, i])
        value[j] *= 0.5
    return True
