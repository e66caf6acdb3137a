"""Profile REML deviance of a random-intercept model, and its minimum.

The deviance in γ = σ_b²/σ_w² is minimised over t = log(1 + m̄γ) ≥ 0 by a bracketed Newton method
(for balanced data it is convex in t). With h_k = 1 + m_kγ, M = Σ A_k/h_k and R the weighted
residual sum of squares (Patterson & Thompson 1971),

    D(γ) = Σ ν_k log h_k + log|M| + (N − q) log R.

Arrays are passed one by one: bundled in tuples they cost a third of the speed. Names are those of
`planner.engines.strata`: multiplier m_k [K], a, b, squares, freedom per stratum, Φ = M⁻¹; `score`
is b_k − A_kβ and `residual` the residual sum of squares per stratum.
"""

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.engines.kernels.linear import invert_spd, multiply, trace_product

FloatArray = NDArray[np.float64]

OK, BOUNDARY, NOT_CONVERGED, NOT_ESTIMABLE = 0, 1, 2, 3
MAX_ITERATIONS = 60
STEP_TOLERANCE = 1e-7
LAST_STEP = 1e-5
"""A Newton step below this leaves an error of the order of its square."""
FLAT = 1e-10
LARGEST_T = 18.0
"""Beyond it the variance within persons is 0 for all purposes and the fit is not used."""
LARGEST_START = 6.0
"""A few people who happen to vary little must not start the search where nothing is found."""
SCAN = (0.25, 0.5, 1.0, 1.5, 2.5, 4.0)
"""Where a second minimum is looked for when the deviance rises from 0."""


@kernel
def _solve(
    gamma: float,
    multiplier: FloatArray,
    a: FloatArray,
    b: FloatArray,
    squares: FloatArray,
    weighted: FloatArray,
    phi: FloatArray,
    work: FloatArray,
    beta: FloatArray,
    score: FloatArray,
    residual: FloatArray,
) -> tuple[float, float]:
    """β, Φ = M⁻¹, b_k − A_kβ [K, q] and residual squares per stratum [K] at γ.

    Returns R and log|M|; NaN when M is singular.
    """
    n_strata, q = b.shape
    weighted[:] = 0.0
    for i in range(q):
        score[0, i] = 0.0
    for k in range(n_strata):
        weight = 1.0 / (1.0 + multiplier[k] * gamma)
        for i in range(q):
            score[0, i] += weight * b[k, i]
            for j in range(i + 1):
                weighted[i, j] += weight * a[k, i, j]
    log_determinant = invert_spd(weighted, phi, work)
    if not np.isfinite(log_determinant):
        return np.nan, np.nan
    multiply(phi, score[0], beta)
    total = 0.0
    for k in range(n_strata):
        value = squares[k]
        for i in range(q):
            fitted = 0.0
            for j in range(q):
                fitted += (a[k, i, j] if j <= i else a[k, j, i]) * beta[j]
            score[k, i] = b[k, i] - fitted
            value -= beta[i] * (b[k, i] + score[k, i])
        residual[k] = value
        total += value / (1.0 + multiplier[k] * gamma)
    return total, log_determinant


@kernel
def _derivatives(
    gamma: float,
    r: float,
    n_free: float,
    multiplier: FloatArray,
    a: FloatArray,
    freedom: FloatArray,
    phi: FloatArray,
    score: FloatArray,
    residual: FloatArray,
    slope: FloatArray,
    product: FloatArray,
    g: FloatArray,
) -> tuple[float, float]:
    """First and second derivative of the profile deviance with respect to γ."""
    n_strata, q = score.shape
    first = 0.0
    second = 0.0
    r1 = 0.0
    r2 = 0.0
    slope[:] = 0.0
    g[:] = 0.0
    for k in range(1, n_strata):
        m = multiplier[k]
        h = 1.0 + m * gamma
        u = m / h
        trace = trace_product(phi, a[k])
        first += u * (freedom[k] - trace / h)
        second += u * u * (2.0 * trace / h - freedom[k])
        r1 -= u * residual[k] / h
        r2 += 2.0 * u * u * residual[k] / h
        for i in range(q):
            g[i] += u / h * score[k, i]
            for j in range(i + 1):
                slope[i, j] += u / h * a[k, i, j]
    for i in range(q):
        for j in range(i):
            slope[j, i] = slope[i, j]
    for i in range(q):
        for j in range(q):
            value = 0.0
            for k in range(q):
                value += phi[i, k] * slope[k, j]
            product[i, j] = value
    for i in range(q):
        gi = 0.0
        for j in range(q):
            second -= product[i, j] * product[j, i]
            gi += phi[i, j] * g[j]
        r2 -= 2.0 * g[i] * gi
    first += n_free * r1 / r
    second += n_free * (r2 / r - (r1 / r) ** 2)
    return first, second


@kernel
def _evaluate(
    t: float,
    n_free: float,
    multiplier: FloatArray,
    a: FloatArray,
    b: FloatArray,
    squares: FloatArray,
    freedom: FloatArray,
    weighted: FloatArray,
    phi: FloatArray,
    work: FloatArray,
    beta: FloatArray,
    score: FloatArray,
    residual: FloatArray,
    g: FloatArray,
    slope: FloatArray,
) -> tuple[float, float, float, float]:
    """R, profile deviance and its first two derivatives in t; work arrays are left at t."""
    scale = multiplier[multiplier.shape[0] - 1]
    gamma = np.expm1(t) / scale
    r, deviance = _solve(
        gamma, multiplier, a, b, squares, weighted, phi, work, beta, score, residual
    )
    if not r > 1e-13 * np.sum(squares):
        return r, np.nan, np.nan, np.nan
    d1, d2 = _derivatives(
        gamma, r, n_free, multiplier, a, freedom, phi, score, residual, slope, weighted, g
    )
    deviance += n_free * np.log(r)
    for k in range(1, multiplier.shape[0]):
        deviance += freedom[k] * np.log1p(multiplier[k] * gamma)
    pace = (1.0 + scale * gamma) / scale
    return r, deviance, d1 * pace, d2 * pace * pace + d1 * pace


@kernel
def minimise(
    start: float,
    n_free: float,
    multiplier: FloatArray,
    a: FloatArray,
    b: FloatArray,
    squares: FloatArray,
    freedom: FloatArray,
    weighted: FloatArray,
    phi: FloatArray,
    work: FloatArray,
    beta: FloatArray,
    score: FloatArray,
    residual: FloatArray,
    g: FloatArray,
    slope: FloatArray,
) -> tuple[int, float, float]:
    """Status, γ̂ and R(γ̂); all work arrays are left at γ̂.

    With people lost the deviance can have a minimum at 0 and another inside; the lower is taken.
    """
    scale = multiplier[multiplier.shape[0] - 1]
    r0, edge, first, second = _evaluate(
        0.0, n_free, multiplier, a, b, squares, freedom,
        weighted, phi, work, beta, score, residual, g, slope,
    )  # fmt: skip
    if np.isnan(r0):
        return NOT_ESTIMABLE, 0.0, r0
    if np.isnan(edge):
        return NOT_CONVERGED, 0.0, r0
    at_edge = first >= 0.0
    t, low, high = min(np.log1p(scale * max(start, 0.0)), LARGEST_START), 0.0, np.inf
    if at_edge:
        t = -1.0
        for place in SCAN:
            r, deviance, first, second = _evaluate(
                place, n_free, multiplier, a, b, squares, freedom,
                weighted, phi, work, beta, score, residual, g, slope,
            )  # fmt: skip
            if first < 0.0:
                t, low = place, place
                break
    r, deviance = r0, edge
    converged = t < 0.0
    for _ in range(MAX_ITERATIONS):
        if converged:
            break
        r, deviance, first, second = _evaluate(
            t, n_free, multiplier, a, b, squares, freedom,
            weighted, phi, work, beta, score, residual, g, slope,
        )  # fmt: skip
        if np.isnan(deviance) or t > LARGEST_T:
            if not (at_edge and edge <= deviance):
                return NOT_CONVERGED, np.expm1(t) / scale, r
            converged = True  # levels off above the minimum at 0
            break
        if first < 0.0:
            low = max(low, t)
        else:
            high = min(high, t)
        step = -first / second if second > FLAT else (1.0 if first < 0.0 else -1.0)
        goal = t + min(max(step, -2.0), 2.0)
        if goal <= low or goal >= high:
            goal = 0.5 * (low + high) if np.isfinite(high) else t + 2.0
        newton = second > FLAT and goal == t + step
        converged = abs(goal - t) < (LAST_STEP if newton else STEP_TOLERANCE)
        t = goal
    if not converged:
        return NOT_CONVERGED, np.expm1(t) / scale, np.nan
    if t < 0.0 or (at_edge and edge <= deviance):
        gamma, code = 0.0, BOUNDARY
    else:
        gamma, code = np.expm1(t) / scale, OK
    r, _ = _solve(gamma, multiplier, a, b, squares, weighted, phi, work, beta, score, residual)
    return code, gamma, r
