"""Posterior probabilities, moments and intervals of contrasts, integrated over the variances.

The trapezoidal rule over the SDs, nested: the same sums over every second point, as on the black
fields of a chessboard, and over the embedded Gauss nodes of τ give a second, coarser answer at no
cost. Their difference is the numerical error that is reported; the error of the finer answer is
about its square (Trefethen & Weideman 2014, SIAM Rev 56:385).
"""

import math

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.engines.kernels.arrays import Components, Lattice, Prior, TrialSums, Work
from planner.engines.kernels.conditional import (
    effect_prior,
    eliminate,
    normal_equations,
    update,
)
from planner.engines.kernels.lattice import climb, flood, starting_point
from planner.engines.kernels.normal_mixture import mixture_quantile, normal_between
from planner.engines.kernels.sd_prior import FIXED, JEFFREYS, is_even, sd_of
from planner.engines.kernels.tau import tau_nodes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

OK, NOT_CONVERGED, NOT_ESTIMABLE, IMPRECISE = 0, 2, 3, 4
NEGLIGIBLE = 1e-6
"""Share of the largest weight below which a component at a point is left out."""
LARGEST_ERROR = 0.005
BOX = 24.0
"""Half the width of the box that a lattice may fill, in posterior SDs."""
REFINEMENTS = 3


@kernel
def fit_posterior(
    multiplier: FloatArray,
    a: FloatArray,
    b: FloatArray,
    squares: FloatArray,
    freedom: FloatArray,
    prior: Prior,
    n_sexes: int,
    log_mixture: FloatArray,
    locations: FloatArray,
    sds: FloatArray,
    tau_kind: int,
    tau_scale: float,
    contrasts: FloatArray,
    row: IntArray,
    lower: FloatArray,
    upper: FloatArray,
    tail: FloatArray,
    spacing: float,
    capacity: IntArray,
    probability: FloatArray,
    error: FloatArray,
    estimate: FloatArray,
    se: FloatArray,
    ends: FloatArray,
    variance: FloatArray,
    status: NDArray[np.int8],
) -> None:
    """Posterior of every trial of a block; results [T, …], ends [T, H, 2].

    Parameters
    ----------
    a, b, squares, freedom : sums of the block, axes [T, V, K, …].
    log_mixture, locations, sds : components of the effect prior, [J0], [J0, K − 1] twice.
    spacing : of the lattice, in posterior SDs.
    capacity : largest reach of the lattice, most points, most nodes of τ.
    """
    q, p, n_dims = b.shape[3], contrasts.shape[1], prior.kind.shape[0]
    most = capacity[1]
    tau, tau_weight = np.zeros(capacity[2]), np.zeros(capacity[2])
    nested = np.ones(capacity[2])
    most_components = len(log_mixture) * capacity[2]
    log_weight = np.zeros(most_components)
    precision, shift = np.zeros((most_components, p, p)), np.zeros((most_components, p))
    value = np.zeros((most, most_components))
    information, score = np.zeros((most, p, p)), np.zeros((most, p))
    width = 2 * capacity[0] + 1
    heap = np.zeros((width ** (n_dims // 2) * most_components, 1 + 2 * len(contrasts)))
    work = Work(
        np.zeros(n_dims), np.zeros((n_dims // 2, 2)), np.zeros((q, q)), np.zeros(q), np.zeros(q),
        np.zeros((most_components, p, p)), np.zeros((most_components, p)), np.zeros((2, p, p)),
    )  # fmt: skip
    origin, step, centre = np.zeros(n_dims), np.zeros(n_dims), np.zeros(n_dims)
    seen = np.zeros(width**n_dims, dtype=np.int8)
    start, place = np.zeros(n_dims, dtype=np.int64), np.zeros((most, n_dims), dtype=np.int64)
    for t in range(len(a)):
        sums = TrialSums(multiplier, a[t], b[t], squares[t], freedom[t])
        status[t] = _estimable(sums, prior, p)
        error[t] = np.nan
        if status[t] == OK:
            starting_point(sums, prior, work, centre, step)
            unit = _unit(sums, prior, work, p)
            fineness = 1.0
            for level in range(REFINEMENTS):
                reach = min(capacity[0], int(BOX / (spacing * fineness)))
                n_slots = (2 * reach + 1) ** (n_dims // 2)
                n_tau = 1
                if n_sexes > 1 and tau_kind >= 0:
                    n_tau = tau_nodes(tau_kind, tau_scale, unit, level, tau, tau_weight, nested)
                else:
                    tau[0], tau_weight[0] = np.inf, 0.0
                n = len(log_mixture) * n_tau
                for j in range(n):
                    i, c = j % n_tau, j // n_tau
                    log_weight[j] = (
                        log_mixture[c]
                        + tau_weight[i]
                        + effect_prior(
                            n_sexes, tau[i], sds[c], locations[c], precision[j], shift[j]
                        )
                    )
                components = Components(log_weight[:n], precision[:n], shift[:n])
                for d in range(n_dims):
                    origin[d] = 0.0 if is_even(d, prior.kind[d]) else centre[d]
                    start[d] = round((centre[d] - origin[d]) / (spacing * fineness * step[d]))
                    if prior.kind[d] == FIXED:
                        start[d] = 0
                lattice = Lattice(
                    start,
                    origin,
                    spacing * fineness * step,
                    seen,
                    place,
                    information,
                    score,
                    value[:, :n],
                )
                best = climb(lattice, sums, prior, components, work)
                count = -1
                if not np.isnan(best):
                    count = flood(lattice, reach, best, sums, prior, components, work)
                if count < 0:
                    status[t] = NOT_ESTIMABLE if np.isnan(best) else IMPRECISE
                    break
                heap[: n_slots * n] = 0.0
                error[t] = _integrate(
                    count, nested[:n_tau], reach, lattice, sums, prior, components, work, contrasts, row,
                    lower, upper, heap, probability[t], estimate[t], se[t], variance[t],
                )  # fmt: skip
                if error[t] <= LARGEST_ERROR:
                    break
                fineness *= 0.6
            if status[t] == OK and not error[t] <= LARGEST_ERROR:
                status[t] = IMPRECISE
        if status[t] != OK:
            probability[t], estimate[t], se[t] = np.nan, np.nan, np.nan
            ends[t], variance[t] = np.nan, np.nan
        else:
            _intervals(heap[: n_slots * n], tail, estimate[t], se[t], ends[t])


@kernel
def _estimable(sums: TrialSums, prior: Prior, p: int) -> int:
    """Status of a trial before it is fitted: whether flat and 1/σ priors leave it determined."""
    n_columns = len(sums.b[0, 0])
    for v in range(len(sums.squares)):
        if prior.kind[2 * v] != JEFFREYS:
            continue
        used = 0
        for i in range(n_columns):
            used += sums.a[v, 0, i, i] > 0.0
        if sums.freedom[v, 0] - used < 0.5:
            return NOT_ESTIMABLE
        if not sums.squares[v, 0] > 0.0:
            return NOT_CONVERGED
    return OK


@kernel
def _unit(sums: TrialSums, prior: Prior, work: Work, p: int) -> float:
    """Smallest standard error of an effect, roughly: the scale on which τ matters."""
    normal_equations(
        work.variance, sums.multiplier, sums.a, sums.b, sums.squares, sums.freedom, work.m, work.z
    )
    if np.isnan(eliminate(prior.mean, prior.precision, work.m, work.z, work.start)):
        return 1.0
    offset, most = len(prior.mean), 0.0
    for i in range(p):
        most = max(most, work.m[offset + i, offset + i])
    return 1.0 / math.sqrt(most) if most > 0.0 else 1.0


@kernel
def _integrate(
    count: int,
    nested: FloatArray,
    reach: int,
    lattice: Lattice,
    sums: TrialSums,
    prior: Prior,
    components: Components,
    work: Work,
    contrasts: FloatArray,
    row: IntArray,
    lower: FloatArray,
    upper: FloatArray,
    heap: FloatArray,
    probability: FloatArray,
    estimate: FloatArray,
    se: FloatArray,
    variance: FloatArray,
) -> float:
    """Sum over the points of the lattice; returns the numerical error of the probabilities."""
    n, n_dims, p = len(components.log_weight), len(lattice.start), contrasts.shape[1]
    n_contrasts, n_regions, n_tau = len(contrasts), len(row), len(nested)
    value, information, score = lattice.value, lattice.information, lattice.score
    precision, shift = components.precision, components.shift
    place, origin, spacing, kind = lattice.place, lattice.origin, lattice.spacing, prior.kind
    start, mean, covariance = lattice.start, work.mean, work.covariance
    coarse, scratch = np.zeros(n_regions), np.zeros(n)
    total, rough_total = 0.0, 0.0
    people = sums.freedom[:, 1:].sum(axis=1) / sums.freedom[:, 1:].sum()
    centre, spread = np.zeros(n_contrasts), np.zeros(n_contrasts)
    probability[:], estimate[:], se[:], variance[:] = 0.0, 0.0, 0.0, 0.0
    best = value[:count].max()
    least = math.log(NEGLIGIBLE)
    for node in range(count):
        edge, parity, key, highest = 1.0, 0, 0, -np.inf
        for d in range(n_dims):
            index = place[node, d]
            if is_even(d, kind[d]) and index == 0:
                edge *= 0.5
            parity += index
            if d % 2 == 0:
                key = key * (2 * reach + 1) + index - start[d] + reach
        for j in range(n):
            highest = max(highest, value[node, j])
        if highest < best + least:
            continue
        update(
            information[node], score[node], precision, shift, covariance, mean, work.scratch,
            scratch,
        )  # fmt: skip
        point_weight = 0.0
        for j in range(n):
            weight = edge * math.exp(value[node, j] - best)
            if weight < NEGLIGIBLE:
                continue
            rough = weight * nested[j % n_tau] if parity % 2 == 0 else 0.0
            total += weight
            rough_total += rough
            point_weight += weight
            slot = key * n + j
            heap[slot, 0] += weight
            for h in range(n_contrasts):
                middle, square = 0.0, 0.0
                for i in range(p):
                    middle += contrasts[h, i] * mean[j, i]
                    across = 0.0
                    for k in range(p):
                        across += covariance[j, i, k] * contrasts[h, k]
                    square += contrasts[h, i] * across
                centre[h], spread[h] = middle, math.sqrt(max(square, 1e-300))
                second = square + middle * middle
                estimate[h] += weight * middle
                se[h] += weight * second
                heap[slot, 1 + 2 * h] += weight * middle
                heap[slot, 2 + 2 * h] += weight * second
            for r in range(n_regions):
                inside = normal_between(lower[r], upper[r], centre[row[r]], spread[row[r]])
                probability[r] += weight * inside
                coarse[r] += rough * inside
        for d in range(n_dims):
            sd = sd_of(d, kind[d], origin[d] + spacing[d] * place[node, d])
            variance[d % 2] += point_weight * people[d // 2] * sd * sd
    probability /= total
    estimate /= total
    variance /= total
    se[:] = np.sqrt(np.maximum(se / total - estimate**2, 0.0))
    error: float = np.abs(coarse / rough_total - probability).max()
    return error


@kernel
def _intervals(
    heap: FloatArray, tail: FloatArray, estimate: FloatArray, se: FloatArray, ends: FloatArray
) -> None:
    """Equal-tailed intervals from the terms merged by component and within-person SD."""
    n = 0
    total = heap[:, 0].sum()
    for i in range(len(heap)):
        if heap[i, 0] > 1e-7 * total:
            heap[n] = heap[i]
            n += 1
    weight = heap[:n, 0] / heap[:n, 0].sum()
    mean, sd = np.zeros(n), np.zeros(n)
    for h in range(len(tail)):
        for i in range(n):
            mean[i] = heap[i, 1 + 2 * h] / heap[i, 0]
            sd[i] = math.sqrt(max(heap[i, 2 + 2 * h] / heap[i, 0] - mean[i] ** 2, 1e-300))
        for side in range(2):
            goal = tail[h] if side == 0 else 1.0 - tail[h]
            guess = estimate[h] + se[h] * _normal_quantile(goal)
            ends[h, side] = mixture_quantile(goal, guess, se[h], n, weight, mean, sd)


@kernel
def _normal_quantile(p: float) -> float:
    """Standard normal quantile to 5e-4 (Abramowitz & Stegun 1964, 26.2.23): a starting guess."""
    small = min(p, 1.0 - p)
    t = math.sqrt(-2.0 * math.log(max(small, 1e-300)))
    top = 2.515517 + t * (0.802853 + t * 0.010328)
    x = t - top / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    return -x if p < 0.5 else x
