"""A lattice over the standard deviations that covers where their posterior is not negligible.

The lattice starts at a moment estimate, climbs to a high point and floods outwards from there
until the density has fallen by e^−DEPTH, so that skewed posteriors are covered as well as normal
ones. Coordinates that are even functions are anchored at 0.
"""

import math

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.engines.kernels.arrays import Components, Lattice, Prior, TrialSums, Work
from planner.engines.kernels.conditional import eliminate, normal_equations, update
from planner.engines.kernels.sd_prior import (
    FIXED,
    is_even,
    log_prior,
    prior_guess,
    prior_width,
    sd_of,
    straight,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

DEPTH = 10.5
"""Points whose density is e^−DEPTH of the highest one are left out."""
CUT = 5.3
"""Points whose density is e^−CUT of the highest one, 0.005, must not lie at an edge that only the
precision of the arithmetic sets."""
LARGEST_CLIMB = 200
LARGEST_STEP = 0.36
"""Largest step in log σ_w. A trapezoidal rule of spacing h errs by about e^−2πa/h where a = π/4 is
the distance of the complex σ at which exp(−s/2σ²) grows (Trefethen & Weideman 2014, §5)."""
EPSILON = 2.2e-16
LARGEST_NOISE = 0.1
"""Largest rounding error of a log density that is used."""
SUSPECT = 1e6
"""Σ yᵀV⁻¹y below which rounding is not looked at."""


@kernel
def evaluate(
    lattice: Lattice, first: int, last: int, sums: TrialSums, prior: Prior,
    components: Components, work: Work,
) -> None:  # fmt: skip
    """Fill information, score and value of the points numbered first … last − 1.

    Values are log posterior densities; −∞ where data and priors do not determine the means to
    the precision of the arithmetic.
    """
    place, origin, spacing, bend = lattice.place, lattice.origin, lattice.spacing, lattice.bend
    information, score, value = lattice.information, lattice.score, lattice.value
    multiplier, a, b, squares, freedom = sums.multiplier, sums.a, sums.b, sums.squares, sums.freedom
    kind, setting, nuisance_mean, nuisance_precision = (
        prior.kind, prior.setting, prior.mean, prior.precision,
    )  # fmt: skip
    log_weight, precision, shift = components.log_weight, components.precision, components.shift
    point, variance, m, z, start = work.point, work.variance, work.m, work.z, work.start
    covariance, mean, scratch = work.covariance, work.mean, work.scratch
    offset, p, n_dims = nuisance_mean.shape[0], score.shape[1], kind.shape[0]
    for node in range(first, last):
        stretched = 0.0
        for d in range(n_dims):
            value_here = origin[d] + spacing[d] * place[node, d]
            point[d] = straight(value_here, bend[d])
            if bend[d] < np.inf:
                stretched += math.log(math.cosh(value_here / bend[d]))
            sd = sd_of(d, kind[d], point[d])
            variance[d // 2, d % 2] = sd * sd
        total = normal_equations(variance, multiplier, a, b, squares, freedom, m, z)
        base = total + eliminate(nuisance_mean, nuisance_precision, m, z, start)
        base = log_prior(point, kind, setting) + stretched - 0.5 * base
        for i in range(p):
            score[node, i] = z[offset + i]
            for j in range(i + 1):
                information[node, i, j] = m[offset + i, offset + j]
        good = update(
            information[node], score[node], precision, shift, covariance, mean, scratch,
            value[node],
        )  # fmt: skip
        if good and total > SUSPECT:
            noise = _noise(
                total, information[node], score[node], precision, shift, covariance, mean, m, start
            )
            good = noise <= LARGEST_NOISE
        for j in range(value.shape[1]):
            value[node, j] += base + log_weight[j]
            if not (good and np.isfinite(value[node, j])):
                value[node, j] = -np.inf


@kernel
def _noise(
    total: float,
    information: FloatArray,
    score: FloatArray,
    precision: FloatArray,
    shift: FloatArray,
    covariance: FloatArray,
    mean: FloatArray,
    m: FloatArray,
    start: FloatArray,
) -> float:
    """Rounding error of a log density, roughly: of what is subtracted, ε / (1 − R²) is lost.

    R² is that of a column, or an effect, on the others; `total` is Σ yᵀV⁻¹y, the other arguments
    are those of `eliminate` and `update`. Where the people observed fit exactly, σ_w → 0 has such
    points: what is left of their density is noise, which a climb would take for a top.
    """
    p, lost = score.shape[0], 1.0
    for j in range(m.shape[0] - p):
        lost = max(lost, start[j] / m[j, j])
    noise = total * lost
    for j in range(precision.shape[0]):
        here = 0.0
        for i in range(p):
            lost = abs((information[i, i] + precision[j, i, i]) * covariance[j, i, i])
            here += abs((score[i] + shift[j, i]) * mean[j, i]) * lost
        noise = max(noise, here)
    return EPSILON * noise


@kernel
def highest(value: FloatArray) -> float:
    """Largest entry."""
    best: float = value[0]
    for j in range(1, value.shape[0]):
        best = max(best, value[j])
    return best


@kernel
def starting_point(sums: TrialSums, prior: Prior, work: Work, point: FloatArray) -> None:
    """Moment estimates of the variances in ``work.variance``, and their coordinates [D].

    Prior guesses count as one observation each, so that a trial with hardly any data starts there.
    """
    a, b, squares, freedom = sums.a, sums.b, sums.squares, sums.freedom
    kind, setting, variance, m, z = prior.kind, prior.setting, work.variance, work.m, work.z
    n_columns, n_groups, n_strata = z.shape[0], squares.shape[0], squares.shape[1]
    none, ridge, beta = np.zeros(n_columns), np.full(n_columns, 1e-9), np.zeros(n_columns)
    overall = max(np.sum(squares) / max(np.sum(freedom), 1.0), 1e-200)
    for d in range(kind.shape[0]):
        variance[d // 2, d % 2] = setting[d, 0] ** 2 if kind[d] == FIXED else overall
    for i in range(n_columns):
        for v in range(n_groups):
            for k in range(n_strata):
                ridge[i] += 1e-9 * a[v, k, i, i] / variance[v, 0]
    for _ in range(4):
        normal_equations(variance, sums.multiplier, a, b, squares, freedom, m, z)
        if np.isnan(eliminate(none, ridge, m, z, work.start)):
            break
        for i in range(n_columns - 1, -1, -1):
            value = z[i]
            for j in range(i + 1, n_columns):
                value -= m[j, i] * beta[j]
            beta[i] = value / m[i, i]
        for v in range(n_groups):
            _moment_estimates(v, beta, sums, prior, variance)
    for d in range(kind.shape[0]):
        within, sd = np.sqrt(variance[d // 2, 0]), np.sqrt(variance[d // 2, d % 2])
        if kind[d] == FIXED:
            point[d] = setting[d, 0]
        else:
            point[d] = sd if is_even(d, kind[d]) else np.log(max(sd, 0.1 * within, 1e-100))


@kernel
def _moment_estimates(
    v: int, beta: FloatArray, sums: TrialSums, prior: Prior, variance: FloatArray
) -> None:
    """Variances of group v from its residual sums of squares, shrunken to their prior guesses.

    Where σ_b is 0 and nobody is observed twice, σ_w is seen between people.
    """
    kind, setting, n_columns = prior.kind, prior.setting, beta.shape[0]
    w, e = 2 * v, 2 * v + 1
    alone = kind[e] == FIXED and setting[e, 0] == 0.0 and sums.freedom[v, 0] == 0.0
    inside, across, freedom, people, weight = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(sums.squares.shape[1]):
        residual = sums.squares[v, k]
        for i in range(n_columns):
            residual -= 2.0 * beta[i] * sums.b[v, k, i]
            for j in range(n_columns):
                residual += beta[i] * sums.a[v, k, i, j] * beta[j]
        if k == 0 or alone:
            inside += residual
            freedom += sums.freedom[v, k]
        else:
            across += residual
        if k > 0:
            people += sums.freedom[v, k]
            weight += sums.freedom[v, k] * sums.multiplier[k]
    if kind[w] != FIXED:
        guess = prior_guess(w, kind[w], setting[w], 0.0) ** 2
        degrees = max(freedom - 0.5 * n_columns, 0.0) + (1.0 if guess > 0.0 else 0.0)
        floor = 1e-12 * (inside + across) / max(people, 1.0) + 1e-200
        variance[v, 0] = max((inside + guess) / max(degrees, 0.5), floor)
    if kind[e] != FIXED:
        guess = prior_guess(e, kind[e], setting[e], np.sqrt(variance[v, 0])) ** 2
        excess = across * people / max(people - 0.5 * n_columns, 1.0) - variance[v, 0] * people
        variance[v, 1] = (max(excess, 0.0) + guess) / (weight + 1.0)


@kernel
def set_steps(
    sums: TrialSums, prior: Prior, work: Work, point: FloatArray, step: FloatArray
) -> None:
    """Roughly one posterior SD of every coordinate around a point, [D].

    log σ_w has the variance 1/2ν; σ_w² + m σ_b² is known to √(2/ν) of itself.
    """
    kind, setting, variance = prior.kind, prior.setting, work.variance
    n_columns, n_strata = work.z.shape[0], sums.squares.shape[1]
    for d in range(kind.shape[0]):
        variance[d // 2, d % 2] = sd_of(d, kind[d], point[d]) ** 2
    for v in range(variance.shape[0]):
        people, size = 0.0, 1.0
        for k in range(1, n_strata):
            people += sums.freedom[v, k]
            size = max(size, sums.multiplier[k] if sums.freedom[v, k] > 0.0 else 1.0)
        w, e = 2 * v, 2 * v + 1
        within, between = np.sqrt(variance[v, 0]), np.sqrt(variance[v, 1])
        degrees = sums.freedom[v, 0] + (people if variance[v, 1] == 0.0 else 0.0)
        spread = min(1.0 / np.sqrt(2.0 * max(degrees - 0.5 * n_columns, 1.0)), LARGEST_STEP)
        step[w] = _combined(spread, prior_width(w, kind[w], setting[w], within))
        total = variance[v, 0] + size * variance[v, 1]
        reach = total * np.sqrt(2.0 / max(people - 0.5 * n_columns, 1.0)) / size
        spread = np.sqrt(variance[v, 1] + reach) - between
        if not is_even(e, kind[e]):
            spread = min(spread / max(between, 0.5 * np.sqrt(reach)), 1.0)
        step[e] = _combined(spread, prior_width(e, kind[e], setting[e], within))


@kernel
def _combined(one: float, other: float) -> float:
    """Width of the product of two bells."""
    width: float = 1.0 / np.sqrt(one**-2.0 + other**-2.0)
    return width


@kernel
def climb(
    lattice: Lattice, sums: TrialSums, prior: Prior, components: Components, work: Work,
    drop: FloatArray,
) -> float:  # fmt: skip
    """Move ``lattice.start`` to a point higher than its neighbours; returns its height.

    Fills drop [D] with how far below it the higher neighbour lies in every coordinate: a lattice
    that is much too coarse sees nothing but its top.
    """
    start, place, value = lattice.start, lattice.place, lattice.value
    place[0] = start
    evaluate(lattice, 0, 1, sums, prior, components, work)
    best = highest(value[0])
    stride = np.full(start.shape[0], 2)
    for _ in range(LARGEST_CLIMB):
        moved = False
        for d in range(start.shape[0]):
            here = start[d]
            for side in range(2):
                goal = here + (2 * side - 1) * stride[d]
                if prior.kind[d] == FIXED or (is_even(d, prior.kind[d]) and goal < 0):
                    continue
                start[d] = goal
                place[0] = start
                evaluate(lattice, 0, 1, sums, prior, components, work)
                if highest(value[0]) > best:
                    best = highest(value[0])
                    break
                start[d] = here
            if start[d] != here:
                stride[d] = min(2 * stride[d], 64)
                moved = True
            elif stride[d] > 1:
                stride[d] = max(1, stride[d] // 4)
                moved = True
        if not moved:
            break
    drop[:] = 0.0
    for d in range(start.shape[0]):
        if prior.kind[d] == FIXED:
            continue
        beside = -np.inf
        for side in range(2):
            place[0] = start
            place[0, d] += 2 * side - 1
            if is_even(d, prior.kind[d]):
                place[0, d] = abs(place[0, d])
            evaluate(lattice, 0, 1, sums, prior, components, work)
            beside = max(beside, highest(value[0]))
        drop[d] = best - beside
    return best


@kernel
def flood(
    lattice: Lattice, reach: int, best: float, other: IntArray, sums: TrialSums, prior: Prior,
    components: Components, work: Work,
) -> int:  # fmt: skip
    """Evaluate points from the start and `other` outwards, until the density is negligible.

    Returns their number; −1 if they are too many, −2 − d if they reach the edge of the box in
    coordinate d.
    """
    start, place, seen, value = lattice.start, lattice.place, lattice.seen, lattice.value
    n_dims = start.shape[0]
    seen[:] = 0
    place[0] = start
    seen[_flat(start, start, reach)] = 1
    count, head, apart = 1, 0, False
    for d in range(n_dims):
        apart = apart or other[d] != start[d]
        if abs(other[d] - start[d]) > reach:
            return -2 - d
    if apart:
        place[1] = other
        seen[_flat(other, start, reach)] = 1
        count = 2
    while head < count:
        ring = count
        evaluate(lattice, head, ring, sums, prior, components, work)
        for node in range(head, ring):
            best = max(best, highest(value[node]))
        for node in range(head, ring):
            if not highest(value[node]) > best - DEPTH:
                continue
            for d in range(n_dims):
                for side in range(2):
                    goal = place[node, d] + 2 * side - 1
                    if prior.kind[d] == FIXED or (is_even(d, prior.kind[d]) and goal < 0):
                        continue
                    if abs(goal - start[d]) > reach:
                        return -2 - d
                    if count == place.shape[0]:
                        return -1
                    for e in range(n_dims):
                        place[count, e] = place[node, e]
                    place[count, d] = goal
                    flat = _flat(place[count], start, reach)
                    if not seen[flat]:
                        seen[flat] = 1
                        count += 1
        head = ring
    return count


@kernel
def is_cut_off(lattice: Lattice, count: int, best: float) -> bool:
    """Whether a point that cannot be computed lies beside one whose density counts."""
    place, value = lattice.place, lattice.value
    for node in range(count):
        if value[node, 0] > -np.inf:
            continue
        for other in range(node):
            apart = 0
            for d in range(place.shape[1]):
                apart += abs(place[node, d] - place[other, d])
            if apart == 1 and highest(value[other]) > best - CUT:
                return True
    return False


@kernel
def _flat(index: IntArray, start: IntArray, reach: int) -> int:
    """Place of a lattice index in the box around the start."""
    flat = 0
    for d in range(index.shape[0]):
        flat = flat * (2 * reach + 1) + index[d] - start[d] + reach
    return flat
