"""Bundles of arrays that the posterior kernels hand to each other."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class TrialSums(NamedTuple):
    """Sums of one trial (see `planner.engines.sums`): a [V, K, q, q], b [V, K, q], others [V, K]
    and, the same for all trials, the multipliers m_k [K]."""

    multiplier: FloatArray
    a: FloatArray
    b: FloatArray
    squares: FloatArray
    freedom: FloatArray


class Prior(NamedTuple):
    """Kinds [D] and settings [D, 2] of the SD priors, two coordinates per variance group; mean
    and precision of the nuisance means [q_n]."""

    kind: IntArray
    setting: FloatArray
    mean: FloatArray
    precision: FloatArray


class EffectPrior(NamedTuple):
    """Prior of the effects: sexes that share a component, log weights [J0], locations and SDs
    [J0, K − 1] of its components, kind and scale of the prior of τ (a negative kind: infinite)."""

    n_sexes: int
    log_mixture: FloatArray
    locations: FloatArray
    sds: FloatArray
    tau_kind: int
    tau_scale: float


class Questions(NamedTuple):
    """What is asked: contrasts [H, p], regions (row, lower, upper) [R], tails of intervals [H],
    and whether the intervals depend on the between-person SD and are sharpened."""

    contrasts: FloatArray
    row: IntArray
    lower: FloatArray
    upper: FloatArray
    tail: FloatArray
    exact: bool


class Answers(NamedTuple):
    """What is answered of one trial: probability [R], mean and SD [H], ends of intervals [H, 2]
    and mean variances within and between persons [2]."""

    probability: FloatArray
    mean: FloatArray
    sd: FloatArray
    ends: FloatArray
    variance: FloatArray


class Components(NamedTuple):
    """Normal components of the prior of the effects: log weight with log|P|^½ − ½ mᵀPm [J],
    precision P [J, p, p] and P·m [J, p]."""

    log_weight: FloatArray
    precision: FloatArray
    shift: FloatArray


class Work(NamedTuple):
    """Work arrays: point [D], variance [V, 2], m [q, q], z and start [q], covariance [J, p, p],
    mean [J, p] and scratch [2, p, p]."""

    point: FloatArray
    variance: FloatArray
    m: FloatArray
    z: FloatArray
    start: FloatArray
    covariance: FloatArray
    mean: FloatArray
    scratch: FloatArray


class Lattice(NamedTuple):
    """A lattice over the SDs and its points: start [D], origin, spacing and bend [D], seen
    [(2·reach + 1)^D], place [M, D], information S [M, p, p], score r [M, p] and log density per
    component value [M, J]."""

    start: IntArray
    origin: FloatArray
    spacing: FloatArray
    bend: FloatArray
    seen: NDArray[np.int8]
    place: IntArray
    information: FloatArray
    score: FloatArray
    value: FloatArray


class Terms(NamedTuple):
    """Terms of a normal mixture for several contrasts: weight [T], mean and SD [H, T]."""

    weight: FloatArray
    mean: FloatArray
    sd: FloatArray
