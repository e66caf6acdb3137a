"""Naive simulation of crossover trials, one subject and one period at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Trial = dict[str, NDArray[Any]]
LongTrial = Mapping[str, NDArray[Any]]


def _by_sex(value: float | Mapping[str, float], sex: str) -> float:
    """A value that is either common or given per sex."""
    return float(value[sex]) if isinstance(value, Mapping) else float(value)


def _simulate_subject(
    rng: np.random.Generator,
    means: Sequence[float],
    sd_between: float,
    sd_within: float,
    hazards: Sequence[float],
) -> list[float]:
    """Outcomes of one subject up to dropout."""
    subject_effect = rng.normal(0.0, sd_between)
    outcomes = []
    for period, mean in enumerate(means):
        if period > 0 and rng.random() < hazards[period - 1]:
            break
        outcomes.append(mean + subject_effect + rng.normal(0.0, sd_within))
    return outcomes


@dataclass(frozen=True)
class NaiveTruth:
    """How the data of a simulated trial arise.

    Attributes
    ----------
    effects : mapping of sex to mapping of treatment to float
        Treatment effects; its keys are the sexes.
    sd_between, sd_within : float or mapping of sex to float
        Standard deviations of the subject effect and of the residual.
    period_effects : sequence of float, optional
        One per period, zero by default.
    carryover : mapping of treatment to float
        Effect on the next period, zero for treatments not named.
    sex_means : mapping of sex to float
        Mean level per sex, zero for sexes not named.
    dropout_hazard : float or sequence of float
        Probability of leaving after period 1, 2, ..., completely at random.
    """

    effects: Mapping[str, Mapping[str, float]]
    sd_between: float | Mapping[str, float]
    sd_within: float | Mapping[str, float]
    period_effects: Sequence[float] | None = None
    carryover: Mapping[str, float] = field(default_factory=dict)
    sex_means: Mapping[str, float] = field(default_factory=dict)
    dropout_hazard: float | Sequence[float] = 0.0

    def means(self, sequence: str, sex: str) -> list[float]:
        """Expected outcome of one sequence and sex in every period."""
        means = []
        for p, treatment in enumerate(sequence):
            mean = self.sex_means.get(sex, 0.0) + self.effects[sex][treatment]
            if self.period_effects is not None:
                mean += self.period_effects[p]
            if p > 0:
                mean += self.carryover.get(sequence[p - 1], 0.0)
            means.append(mean)
        return means

    def hazards(self, periods: int) -> list[float]:
        """Dropout probability after each period but the last."""
        if isinstance(self.dropout_hazard, int | float):
            return [float(self.dropout_hazard)] * (periods - 1)
        return list(self.dropout_hazard)


def simulate_trial(
    rng: np.random.Generator,
    sequences: Sequence[str],
    n_per_cell: int | Mapping[tuple[str, str], int],
    truth: NaiveTruth,
) -> Trial:
    """Draw one trial from mu_gsp = alpha_g + pi_p + tau_gk + lambda_prev (Senn 2002, ch. 3).

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    sequences : sequence of str
        One letter per period, such as ``["AB", "BA"]``.
    n_per_cell : int or mapping of (sequence, sex) to int
        Subjects per sequence and sex.
    truth : NaiveTruth
        Means, standard deviations and dropout.

    Returns
    -------
    dict of ndarray
        Long columns ``subject``, ``sequence``, ``period``, ``treatment``, ``sex``, ``y``.
    """
    rows: list[tuple[int, str, int, str, str, float]] = []
    subject = 0
    for sequence in sequences:
        for sex in truth.effects:
            count = n_per_cell if isinstance(n_per_cell, int) else n_per_cell[sequence, sex]
            means, hazards = truth.means(sequence, sex), truth.hazards(len(sequence))
            spreads = _by_sex(truth.sd_between, sex), _by_sex(truth.sd_within, sex)
            for _ in range(count):
                subject += 1
                for p, y in enumerate(_simulate_subject(rng, means, *spreads, hazards)):
                    rows.append((subject, sequence, p + 1, sequence[p], sex, y))
    names = ("subject", "sequence", "period", "treatment", "sex", "y")
    return {name: np.array(col) for name, col in zip(names, zip(*rows, strict=True), strict=True)}


def _fixed_subject_matrix(trial: LongTrial, carryover: bool) -> tuple[FloatArray, int]:
    """Subject, period, treatment (and previous treatment) indicators; first treatment column."""
    subject, period, treatment = trial["subject"], trial["period"], trial["treatment"]
    columns = [subject == value for value in np.unique(subject)]
    columns += [period == value for value in np.unique(period)]
    start = len(columns)
    columns += [treatment == label for label in np.unique(treatment)]
    if carryover:
        keys = list(zip(subject.tolist(), period.tolist(), strict=True))
        given = dict(zip(keys, treatment.tolist(), strict=True))
        before = np.array([given.get((s, p - 1), "") for s, p in keys])
        columns += [before == label for label in np.unique(treatment)]
    return np.column_stack(columns).astype(float), start


def fixed_subject_fit(
    trial: LongTrial,
    test: str = "B",
    reference: str = "A",
    carryover: bool = False,
) -> tuple[float, float, int]:
    """Least squares of y on subject, period and treatment (Senn 2002, sec. 3.5).

    Parameters
    ----------
    trial : mapping of columns
        As returned by `simulate_trial`.
    test, reference : str
        The estimate is test minus reference.
    carryover : bool
        Whether the previous treatment is also in the model.

    Returns
    -------
    estimate, se : float
        Estimated difference and standard error.
    df : int
        Residual degrees of freedom.

    Raises
    ------
    ValueError
        If the difference is not estimable.
    """
    y = np.asarray(trial["y"], dtype=float)
    x, start = _fixed_subject_matrix(trial, carryover)
    labels = np.unique(trial["treatment"])
    contrast = np.zeros(x.shape[1])
    contrast[start + np.flatnonzero(labels == test)] = 1.0
    contrast[start + np.flatnonzero(labels == reference)] = -1.0
    weights = np.linalg.lstsq(x.T, contrast, rcond=1e-10)[0]
    if not np.allclose(x.T @ weights, contrast, atol=1e-8):
        raise ValueError("the treatment difference is not estimable")
    beta, _, rank, _ = np.linalg.lstsq(x, y, rcond=1e-10)
    df = len(y) - int(rank)
    residual = y - x @ beta
    se = np.sqrt((weights @ weights) * (residual @ residual) / df)
    return float(contrast @ beta), float(se), df


def fixed_subject_fits(
    trials: Sequence[LongTrial],
    test: str = "B",
    reference: str = "A",
    carryover: bool = False,
) -> FloatArray:
    """`fixed_subject_fit` of every trial.

    Parameters
    ----------
    trials : sequence of mappings
        Simulated trials.
    test, reference, carryover
        As in `fixed_subject_fit`.

    Returns
    -------
    ndarray of shape (T, 3)
        Columns estimate, standard error, df.
    """
    return np.array([fixed_subject_fit(trial, test, reference, carryover) for trial in trials])
