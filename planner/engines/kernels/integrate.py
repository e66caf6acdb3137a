"""Sums over the lattice: posterior probabilities, moments and intervals of contrasts."""

import math

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.engines.kernels.arrays import (
    Answers,
    Components,
    Lattice,
    Prior,
    Questions,
    Terms,
    Work,
)
from planner.engines.kernels.conditional import update
from planner.engines.kernels.lattice import highest
from planner.engines.kernels.normal_mixture import (
    mixture_quantile,
    normal_between,
    normal_both,
)
from planner.engines.kernels.sd_prior import FIXED, is_even, sd_of, straight

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NEGLIGIBLE = 1e-5
"""Share of the largest weight below which a component at a point is left out."""
SLIGHT = 1e-4
"""The same for terms on which the ends of intervals are sharpened: at most 1e-5 of a tail."""
ALIAS = 2.0
"""Factor on the share of the mass that may be missed, for the 1 % of tiny trials where 1 is not
enough."""
LARGEST_TAIL = 1e-3
"""Largest share of the posterior at the last node of τ."""


@kernel
def integrate(
    count: int,
    reach: int,
    nested: FloatArray,
    people: FloatArray,
    lattice: Lattice,
    prior: Prior,
    components: Components,
    work: Work,
    questions: Questions,
    heap: FloatArray,
    terms: Terms,
    answers: Answers,
) -> float:
    """Fill probabilities, means, SDs and variances; returns the error of the probabilities.

    The error is the difference between the nested rule and the rest of the points, so twice that
    to all of them, or what `_missed` tells if that is more; infinite if the posterior of τ is not
    negligible where its nodes end.

    Parameters
    ----------
    count, reach : points of the lattice and half the width of its box.
    nested : factor of every node of τ in the nested rule.
    people : share of the people in each variance group, [V].
    heap : weight, and weighted mean and square of every contrast, of the terms with the same
        within-person SDs and component, axes [slots · J, 1 + 2H].
    terms : filled with the terms that are not `SLIGHT`; none if it has no room.
    """
    value, information, score = lattice.value, lattice.information, lattice.score
    precision, shift, mean, covariance = (
        components.precision, components.shift, work.mean, work.covariance,
    )  # fmt: skip
    place, origin, spacing, bend, kind = (
        lattice.place, lattice.origin, lattice.spacing, lattice.bend, prior.kind,
    )  # fmt: skip
    contrasts, row, lower, upper = (
        questions.contrasts, questions.row, questions.lower, questions.upper,
    )  # fmt: skip
    probability, estimate, second, variance = (
        answers.probability, answers.mean, answers.sd, answers.variance,
    )  # fmt: skip
    n, n_dims, n_tau = len(components.log_weight), len(kind), len(nested)
    n_contrasts, p, n_regions = len(contrasts), contrasts.shape[1], len(row)
    weights, centres, spreads, kept = terms.weight, terms.mean, terms.sd, 0
    coarse, scratch = np.zeros(n_regions), np.zeros(n)
    local, square_sum, n_groups = np.zeros(n_regions), np.zeros(n_regions), n_dims // 2
    slices = np.zeros((2, (2 * reach + 1) ** n_groups, n_groups, 7))
    inside_slice = np.zeros((2, slices.shape[1], n_regions))
    centre, spread = np.zeros(n_contrasts), np.zeros(n_contrasts)
    probability[:], estimate[:], second[:], variance[:] = 0.0, 0.0, 0.0, 0.0
    total, rough_total, best, last = 0.0, 0.0, -np.inf, 0.0
    for node in range(count):
        best = max(best, highest(value[node]))
    for node in range(count):
        edge, even, key, other_key = _place(node, reach, lattice, kind)
        if edge * math.exp(highest(value[node]) - best) < NEGLIGIBLE:
            continue
        update(
            information[node], score[node], precision, shift, covariance, mean, work.scratch,
            scratch,
        )  # fmt: skip
        here = 0.0
        local[:] = 0.0
        for j in range(n):
            weight = edge * math.exp(value[node, j] - best)
            if weight < NEGLIGIBLE:
                continue
            rough = weight * nested[j % n_tau] if even else 0.0
            here += weight
            rough_total += rough
            if n_tau > 1 and j % n_tau == n_tau - 1:
                last += weight
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
                heap[slot, 1 + 2 * h] += weight * middle
                heap[slot, 2 + 2 * h] += weight * (square + middle * middle)
            if kept < len(weights) and weight >= SLIGHT:
                weights[kept] = weight
                for h in range(n_contrasts):
                    centres[h, kept], spreads[h, kept] = centre[h], spread[h]
                kept += 1
            for r in range(n_regions):
                inside = normal_between(lower[r], upper[r], centre[row[r]], spread[row[r]])
                local[r] += weight * inside
                if even:
                    coarse[r] += rough * inside
        total += here
        for r in range(n_regions):
            probability[r] += local[r]
            square_sum[r] += local[r] * local[r] / here if here > 0.0 else 0.0
            inside_slice[0, other_key, r] += local[r]
            inside_slice[1, key, r] += local[r]
        for d in range(n_dims):
            if kind[d] != FIXED:
                ripple = slices[d % 2, other_key if d % 2 == 0 else key, d // 2]
                _add_ripple(place[node, d], lattice.start[d], is_even(d, kind[d]), here, ripple)
        for d in range(n_dims):
            value_here = origin[d] + spacing[d] * place[node, d]
            sd = sd_of(d, kind[d], straight(value_here, bend[d]))
            variance[d % 2] += here * people[d // 2] * sd * sd
    for i in range(len(heap)):
        for h in range(n_contrasts):
            estimate[h] += heap[i, 1 + 2 * h]
            second[h] += heap[i, 2 + 2 * h]
    error = 0.0
    for r in range(n_regions):
        probability[r] /= total
        error = max(error, 2.0 * abs(coarse[r] / rough_total - probability[r]))
        square_sum[r] = max(square_sum[r] / total - probability[r] ** 2, 0.0)
    error = max(error, _missed(slices, inside_slice, probability, square_sum, total))
    for h in range(n_contrasts):
        estimate[h] /= total
        second[h] = math.sqrt(max(second[h] / total - estimate[h] ** 2, 0.0))
    variance[0] /= total
    variance[1] /= total
    weights[kept:] = 0.0
    if last > LARGEST_TAIL * total:
        return np.inf
    return error


@kernel
def _add_ripple(index: int, origin: int, even: bool, weight: float, ripple: FloatArray) -> None:
    """Add a point to the sums that `_alias` needs, [7].

    g is the index of the point from `origin`, or its square where the coordinate is even.
    """
    x = float(index if even else index - origin)
    g = x * x if even else x
    signed = weight if index % 2 == 0 else -weight
    ripple[0] += signed
    ripple[1] += signed * g
    ripple[2] += weight * x
    ripple[3] += weight * x * x
    ripple[4] += weight * g
    ripple[5] += weight * g * g
    ripple[6] += weight


@kernel
def _alias(ripple: FloatArray) -> float:
    """Share of the mass of a profile that its spacing may miss or count twice.

    Sums with alternating signs are the Fourier transform of the density at half the frequency of
    the lattice: that of 1 has the cosine of its phase, that of g its sine. At the frequency of the
    lattice, where it is the error, the transform is at most about the square.
    """
    total = ripple[6]
    mean, middle = ripple[2] / total, ripple[4] / total
    width = math.sqrt(max(ripple[3] / total - mean * mean, 1e-6))
    unit = math.sqrt(max(ripple[5] / total - middle * middle, 1e-6))
    cosine = ripple[0] / total
    sine = (ripple[1] / total - middle * cosine) / (unit * math.pi * width)
    result: float = cosine * cosine + sine * sine
    return result


@kernel
def _missed(
    slices: FloatArray,
    inside_slice: FloatArray,
    probability: FloatArray,
    square: FloatArray,
    total: float,
) -> float:
    """Largest error of a probability that the spacing may have caused in any coordinate.

    A difference of two halves of the lattice does not tell: it is small where one coordinate is
    resolved and the other is not. So every line of points is looked at by itself, as few that are
    narrow hide among many that are not; its share of the mass counts by how far the probability
    varies from line to line.

    Parameters
    ----------
    slices : sums of `_add_ripple` of every line and variance group along SDs within and between
        persons, axes [2, lines, V, 7].
    inside_slice : weight inside every region, axes [2, lines, R].
    probability, square : of every region, its mean and its variance between points, [R].
    """
    missed = np.zeros(len(probability))
    for side in range(2):
        for line in range(slices.shape[1]):
            for v in range(slices.shape[2]):
                weight = slices[side, line, v, 6]
                if not weight > 0.0:
                    continue
                share = _alias(slices[side, line, v]) / total
                for r in range(len(missed)):
                    off = inside_slice[side, line, r] - probability[r] * weight
                    missed[r] += share * math.sqrt(off * off + square[r] * weight * weight)
    largest: float = np.max(missed)
    return ALIAS * largest


@kernel
def _place(node: int, reach: int, lattice: Lattice, kind: IntArray) -> tuple[float, bool, int, int]:
    """Weight of a point, whether it is in the nested rule, its place by SDs within and between.

    An even coordinate counts half at 0; the nested rule has the points whose indices have an even
    sum in every variance group.
    """
    edge, even, parity, key, other_key = 1.0, True, 0, 0, 0
    for d in range(len(kind)):
        index = lattice.place[node, d]
        parity += index
        if d % 2 == 1:
            even = even and parity % 2 == 0
        if index == 0 and is_even(d, kind[d]):
            edge *= 0.5
        if d % 2 == 0:
            key = key * (2 * reach + 1) + index - lattice.start[d] + reach
        else:
            other_key = other_key * (2 * reach + 1) + index - lattice.start[d] + reach
    return edge, even, key, other_key


@kernel
def intervals(heap: FloatArray, tail: FloatArray, tolerance: float, answers: Answers) -> None:
    """Equal-tailed intervals from the heap, whose terms are taken as normal."""
    n = 0
    total, kept = 0.0, 0.0
    for i in range(len(heap)):
        total += heap[i, 0]
    for i in range(len(heap)):
        if heap[i, 0] > 1e-7 * total:
            heap[n] = heap[i]
            kept += heap[i, 0]
            n += 1
    weight, mean, sd = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(n):
        weight[i] = heap[i, 0] / kept
    for h in range(len(tail)):
        for i in range(n):
            mean[i] = heap[i, 1 + 2 * h] / heap[i, 0]
            sd[i] = math.sqrt(max(heap[i, 2 + 2 * h] / heap[i, 0] - mean[i] ** 2, 1e-300))
        for side in range(2):
            goal = tail[h] if side == 0 else 1.0 - tail[h]
            guess = answers.mean[h] + answers.sd[h] * _normal_quantile(goal)
            answers.ends[h, side] = mixture_quantile(
                goal, guess, answers.sd[h], tolerance, n, weight, mean, sd
            )


@kernel
def room(count: int, lattice: Lattice) -> int:
    """Number of terms of the mixture that are not `SLIGHT`, or a few more."""
    value, best, n = lattice.value, -np.inf, 0
    for node in range(count):
        best = max(best, highest(value[node]))
    least = best + math.log(SLIGHT)
    for node in range(count):
        for j in range(value.shape[1]):
            n += 1 if value[node, j] >= least else 0
    return n


@kernel
def sharpen(terms: Terms, tail: FloatArray, answers: Answers) -> None:
    """One Newton step of every end on the whole mixture, of which the heap is a summary."""
    weight, mean, sd, ends, scale = terms.weight, terms.mean, terms.sd, answers.ends, answers.sd
    n_contrasts, total = mean.shape[0], np.sum(weight)
    for h in range(n_contrasts):
        for side in range(2):
            end, below, slope = ends[h, side], 0.0, 0.0
            for i in range(len(weight)):
                if weight[i] == 0.0:
                    break
                narrow = 1.0 / sd[h, i]
                low, density = normal_both((end - mean[h, i]) * narrow)
                below += weight[i] * low
                slope += weight[i] * narrow * density
            goal = tail[h] if side == 0 else 1.0 - tail[h]
            if slope > 0.0:
                step = (below - goal * total) / slope
                ends[h, side] = end - min(max(step, -scale[h]), scale[h])


@kernel
def _normal_quantile(p: float) -> float:
    """Standard normal quantile to 5e-4 (Abramowitz & Stegun 1964, 26.2.23): a starting guess."""
    small = min(p, 1.0 - p)
    t = math.sqrt(-2.0 * math.log(max(small, 1e-300)))
    top = 2.515517 + t * (0.802853 + t * 0.010328)
    x = t - top / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    return -x if p < 0.5 else x
