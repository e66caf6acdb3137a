"""The posterior of every trial of a block, by quadrature over the variances.

The trapezoidal rule over the SDs, nested: the same sums over every second point, as on the black
fields of a chessboard, and over the embedded Gauss nodes of τ give a second, coarser answer at no
cost. The numerical error that is reported is the difference of the two halves, or what the sums
over single lines of points tell if that is more (see `integrate`); the error of the finer answer
is about the square of the coarser one's (Trefethen & Weideman 2014, SIAM Rev 56:385). Where it is
too large the lattice is refined; with few degrees of freedom it is refined once in any case.
"""

import math

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel
from planner.engines.kernels.arrays import (
    Answers,
    Components,
    EffectPrior,
    Lattice,
    Prior,
    Questions,
    Terms,
    TrialSums,
    Work,
)
from planner.engines.kernels.conditional import effect_prior, eliminate, normal_equations
from planner.engines.kernels.integrate import integrate, intervals, room, sharpen
from planner.engines.kernels.lattice import (
    DEPTH,
    climb,
    flood,
    is_cut_off,
    set_steps,
    starting_point,
)
from planner.engines.kernels.sd_prior import (
    FIXED,
    JEFFREYS,
    LOG_NORMAL,
    bent,
    is_even,
    straight,
)
from planner.engines.kernels.tau import tau_nodes

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

OK, NOT_CONVERGED, NOT_ESTIMABLE, IMPRECISE = 0, 2, 3, 4
LARGEST_ERROR = 0.005
FINER = (1.0, 1.0, 0.6, 0.36)
"""Spacings that are tried, in units of the first; from the second on with more nodes of τ."""
BOX = 24.0
"""Half the width of the box that a lattice may fill at first, in posterior SDs."""
FAR = 3
"""Lattice steps from the start to the top beyond which the lattice is laid anew at the top."""
STEEPEST = 1.0
"""Largest fall of the log density from the top of the lattice to the next point."""
COARSER = 1.6
"""Factor on the spacing of a coordinate in which the box was too small."""
FIRST_BEND, LEAST_BEND = 4.0, 1.5
"""Steps beyond the top at which a σ_b that takes too much room becomes logarithmic."""
FEW = 8
"""Degrees of freedom up to which it is so from the start: the mass in the tails of both SDs falls
more slowly than the density, as a line of points over σ_b becomes longer with σ_w. Such a trial
is integrated on two lattices at least, as a narrow spike on a broad bell shows on neither alone."""
LEAST_KNOWN = 1.0
"""Error of a probability of which nothing is known yet."""
MOST_ATTEMPTS = 16


@kernel
def fit_posterior(
    multiplier: FloatArray,
    a: FloatArray,
    b: FloatArray,
    squares: FloatArray,
    freedom: FloatArray,
    prior: Prior,
    effects: EffectPrior,
    questions: Questions,
    spacing: float,
    capacity: IntArray,
    answers: Answers,
    error: FloatArray,
    status: NDArray[np.int8],
) -> None:
    """Fit all trials; answers, error and status have a leading axis T.

    Parameters
    ----------
    a, b, squares, freedom : sums of the block, axes [T, V, K, …] (see `planner.engines.sums`).
    spacing : of the lattice, in posterior SDs.
    capacity : largest reach of the lattice, most points, most nodes of τ.
    """
    q, p, n_dims = b.shape[3], questions.contrasts.shape[1], len(prior.kind)
    most, width = capacity[1], 2 * capacity[0] + 1
    most_components = len(effects.log_mixture) * capacity[2]
    components = Components(
        np.zeros(most_components),
        np.zeros((most_components, p, p)),
        np.zeros((most_components, p)),
    )
    work = Work(
        np.zeros(n_dims), np.zeros((n_dims // 2, 2)), np.zeros((q, q)), np.zeros(q), np.zeros(q),
        np.zeros((most_components, p, p)), np.zeros((most_components, p)), np.zeros((2, p, p)),
    )  # fmt: skip
    lattice = Lattice(
        np.zeros(n_dims, dtype=np.int64), np.zeros(n_dims), np.zeros(n_dims), np.zeros(n_dims),
        np.zeros(width**n_dims, dtype=np.int8), np.zeros((most, n_dims), dtype=np.int64),
        np.zeros((most, p, p)), np.zeros((most, p)), np.zeros((most, most_components)),
    )  # fmt: skip
    n_slots = width ** (n_dims // 2) * most_components
    heap = np.zeros((n_slots, 1 + 2 * len(questions.contrasts)))
    nodes = np.zeros((3, capacity[2]))
    for t in range(len(a)):
        sums = TrialSums(multiplier, a[t], b[t], squares[t], freedom[t])
        mine = Answers(
            answers.probability[t], answers.mean[t], answers.sd[t], answers.ends[t],
            answers.variance[t],
        )  # fmt: skip
        error[t] = np.nan
        status[t] = _estimable(sums, prior)
        if status[t] == OK:
            status[t], error[t] = _fit_trial(
                sums, prior, effects, components, work, lattice, questions, spacing, capacity[0],
                nodes, heap, mine,
            )  # fmt: skip
        if status[t] != OK:
            mine.probability[:], mine.mean[:], mine.sd[:] = np.nan, np.nan, np.nan
            mine.ends[:], mine.variance[:] = np.nan, np.nan


@kernel
def _fit_trial(
    sums: TrialSums,
    prior: Prior,
    effects: EffectPrior,
    components: Components,
    work: Work,
    lattice: Lattice,
    questions: Questions,
    spacing: float,
    largest_reach: int,
    nodes: FloatArray,
    heap: FloatArray,
    answers: Answers,
) -> tuple[int, float]:
    """Status and numerical error of one trial, on lattices as fine as needed."""
    n_dims = len(prior.kind)
    centre, step = np.zeros(n_dims), np.zeros(n_dims)
    starting_point(sums, prior, work, centre)
    set_steps(sums, prior, work, centre, step)
    freedom = np.sum(sums.freedom) - len(work.z)
    few = freedom <= FEW
    first = 0 if not few else (1 if freedom > 0 else 2)
    lattice.bend[:] = np.inf
    for d in range(n_dims):
        if few and is_even(d, prior.kind[d]):
            lattice.bend[d] = centre[d] + FIRST_BEND * spacing * step[d]
    unit = _unit(sums, prior, work)
    people = _shares(sums.freedom)
    before, other = np.zeros(n_dims, dtype=np.int64), np.zeros(n_dims, dtype=np.int64)
    drop, width = np.zeros(n_dims), np.ones(n_dims)
    coarser = np.full(len(answers.probability), np.nan)
    error, level, attempt, stretch, box = np.nan, first, 0, 1.0, BOX
    while level < len(FINER) and attempt < MOST_ATTEMPTS:
        attempt += 1
        n_tau = _set_components(effects, unit, level, stretch, nodes, components)
        n = len(effects.log_mixture) * n_tau
        used = Components(components.log_weight[:n], components.precision[:n], components.shift[:n])
        fine = spacing * FINER[level]
        reach = min(largest_reach, int(box / fine))
        grid = Lattice(
            lattice.start, lattice.origin, lattice.spacing, lattice.bend, lattice.seen,
            lattice.place, lattice.information, lattice.score, lattice.value[:, :n],
        )  # fmt: skip
        set_steps(sums, prior, work, centre, step)
        far = True
        best = np.nan
        while far:
            _lay(grid, prior, centre, fine * width * step)
            before[:] = grid.start
            best = climb(grid, sums, prior, used, work, drop)
            if best == -np.inf:
                return NOT_ESTIMABLE, error
            far = False
            for d in range(n_dims):
                far = far or (abs(grid.start[d] - before[d]) > FAR and attempt < MOST_ATTEMPTS)
            if far:
                attempt += 1
                for d in range(n_dims):
                    there = grid.origin[d] + grid.spacing[d] * grid.start[d]
                    centre[d] = straight(there, grid.bend[d])
                set_steps(sums, prior, work, centre, step)
        if np.max(drop) > STEEPEST:
            width[:] = np.where(drop > STEEPEST, 0.6 * width, width)
            continue
        best = _second_top(grid, best, other, sums, prior, used, work)
        count = flood(grid, reach, best, other, sums, prior, used, work)
        if count < 0:
            if reach == largest_reach:
                _make_room(count, grid, prior.kind, centre, width)
            box *= 2.0
            continue
        if is_cut_off(grid, count, best):
            return IMPRECISE, error
        terms = heap[: (2 * reach + 1) ** (n_dims // 2) * n]
        terms[:] = 0.0
        n_terms, n_contrasts = room(count, grid) if questions.exact else 0, len(questions.contrasts)
        mixture = Terms(
            np.empty(n_terms), np.empty((n_contrasts, n_terms)), np.empty((n_contrasts, n_terms))
        )
        error = integrate(
            count, reach, nodes[2, :n_tau], people, grid, prior, used, work, questions, terms,
            mixture, answers,
        )  # fmt: skip
        if error < np.inf and level >= 1:
            change = 2.0 * np.max(np.abs(answers.probability - coarser))
            if few:
                error = max(error, 0.5 * change) if level > first else LEAST_KNOWN
            elif change < error:
                error = change
            coarser[:] = answers.probability
        if error <= LARGEST_ERROR:
            intervals(terms, questions.tail, 1e-3 if questions.exact else 1e-7, answers)
            if questions.exact:
                sharpen(mixture, questions.tail, answers)
            return OK, error
        if error == np.inf:
            stretch *= 2.5
        else:
            level += 2 if level == 0 and n_tau == 1 else 1
    return IMPRECISE, error


@kernel
def _make_room(
    count: int, lattice: Lattice, kind: IntArray, centre: FloatArray, width: FloatArray
) -> None:
    """Let the lattice reach further: bend an even coordinate, or else widen its spacing.

    `count` tells in which coordinate there was no room, or −1 if there were too many points. With
    few degrees of freedom the tail of a σ_b that is not bounded is longer by orders of magnitude
    than the bulk, where the points would be too few.
    """
    bending = False
    for d in range(len(kind)):
        least = abs(centre[d]) + LEAST_BEND * lattice.spacing[d]
        if is_even(d, kind[d]) and count in (-1, -2 - d) and lattice.bend[d] > least:
            first = abs(centre[d]) + FIRST_BEND * lattice.spacing[d]
            lattice.bend[d] = max(min(first, lattice.bend[d] / COARSER), least)
            bending = True
    for d in range(len(kind)):
        if not bending and count in (-1, -2 - d):
            width[d] *= COARSER


@kernel
def _second_top(
    lattice: Lattice,
    best: float,
    other: IntArray,
    sums: TrialSums,
    prior: Prior,
    components: Components,
    work: Work,
) -> float:
    """Look for another top from the medians of log-normal priors; returns the higher height.

    In `other` is its place, or the start's if there is none that counts. A log-normal prior keeps
    away from where the data are, so that both may have a top of their own.
    """
    other[:] = lattice.start
    far = False
    for d in range(len(other)):
        if prior.kind[d] == LOG_NORMAL:
            median = np.log(prior.setting[d, 0])
            lattice.start[d] = round((median - lattice.origin[d]) / lattice.spacing[d])
            far = far or abs(lattice.start[d] - other[d]) > FAR
    height = -np.inf
    if far:
        height = climb(lattice, sums, prior, components, work, np.zeros(len(other)))
    for d in range(len(other)):
        place = lattice.start[d]
        lattice.start[d] = other[d]
        other[d] = place if height > best - DEPTH else other[d]
    return max(best, height)


@kernel
def _shares(freedom: FloatArray) -> FloatArray:
    """Share of the people in each variance group, [V]; freedom is [V, K]."""
    people, total = np.zeros(len(freedom)), 0.0
    for v in range(len(freedom)):
        for k in range(1, freedom.shape[1]):
            people[v] += freedom[v, k]
            total += freedom[v, k]
    for v in range(len(freedom)):
        people[v] /= max(total, 1.0)
    return people


@kernel
def _lay(lattice: Lattice, prior: Prior, centre: FloatArray, spacing: FloatArray) -> None:
    """Lay the lattice so that it starts near `centre`; even coordinates are anchored at 0."""
    for d in range(len(centre)):
        slope = math.sqrt(1.0 + (centre[d] / lattice.bend[d]) ** 2)
        lattice.spacing[d] = spacing[d] / slope if lattice.bend[d] < np.inf else spacing[d]
        lattice.origin[d] = 0.0 if is_even(d, prior.kind[d]) else centre[d]
        offset = (bent(centre[d], lattice.bend[d]) - lattice.origin[d]) / lattice.spacing[d]
        lattice.start[d] = 0 if prior.kind[d] == FIXED else round(offset)


@kernel
def _set_components(
    effects: EffectPrior, unit: float, level: int, stretch: float, nodes: FloatArray,
    components: Components,
) -> int:  # fmt: skip
    """Prior of the effects at every node of τ and component; returns the number of nodes.

    nodes [3, …] are τ, its log weight and its factor in the nested rule.
    """
    n_tau = 1
    nodes[0, 0], nodes[1, 0], nodes[2, 0] = np.inf, 0.0, 1.0
    if effects.n_sexes > 1 and effects.tau_kind >= 0:
        n_tau = tau_nodes(
            effects.tau_kind,
            effects.tau_scale,
            unit,
            level,
            stretch,
            nodes[0],
            nodes[1],
            nodes[2],
        )
    for c in range(len(effects.log_mixture)):
        for i in range(n_tau):
            j = c * n_tau + i
            components.log_weight[j] = effects.log_mixture[c] + nodes[1, i]
            components.log_weight[j] += effect_prior(
                effects.n_sexes, nodes[0, i], effects.sds[c], effects.locations[c],
                components.precision[j], components.shift[j],
            )  # fmt: skip
    return n_tau


@kernel
def _estimable(sums: TrialSums, prior: Prior) -> int:
    """Status of a trial before it is fitted: whether a 1/σ prior leaves it a proper posterior.

    It learns from the within-person stratum, or from all of them where σ_b is 0.
    """
    for v in range(len(sums.squares)):
        if prior.kind[2 * v] != JEFFREYS:
            continue
        alone = prior.kind[2 * v + 1] == FIXED and prior.setting[2 * v + 1, 0] == 0.0
        freedom, squares = 0.0, 0.0
        for k in range(len(sums.multiplier) if alone else 1):
            freedom += sums.freedom[v, k]
            squares += sums.squares[v, k]
        for i in range(sums.b.shape[2]):
            seen = 0.0
            for k in range(len(sums.multiplier) if alone else 1):
                seen += sums.a[v, k, i, i]
            freedom -= 1.0 if seen > 0.0 else 0.0
        if freedom < 0.5:
            return NOT_ESTIMABLE
        if not squares > 0.0:
            return NOT_CONVERGED
    return OK


@kernel
def _unit(sums: TrialSums, prior: Prior, work: Work) -> float:
    """Smallest standard error of an effect, roughly: the scale on which τ matters."""
    normal_equations(
        work.variance, sums.multiplier, sums.a, sums.b, sums.squares, sums.freedom, work.m, work.z
    )
    if np.isnan(eliminate(prior.mean, prior.precision, work.m, work.z, work.start)):
        return 1.0
    most = 0.0
    for i in range(len(prior.mean), len(work.z)):
        most = max(most, work.m[i, i])
    return 1.0 / math.sqrt(most) if most > 0.0 else 1.0
