"""What the analysis of a trial's data says."""

from dataclasses import dataclass

from planner.engines.protocol import Status


@dataclass(frozen=True, slots=True)
class Verdict:
    """Test of a planned objective: its p value, level, and whether the null is rejected.

    Of a Bayesian analysis: 1 − P(region | data) of its first criterion, what that may be at
    most, whether every criterion holds, and the zone, *go*, *consider* or *stop*.
    """

    objective: str
    p_value: float
    level: float
    rejected: bool
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One estimate with its t test of no effect (two-sided) and confidence interval.

    `verdict` is that of the planned objective by itself, before any multiplicity procedure.
    Of a Bayesian analysis posterior mean and SD, credible interval, and P(effect > 0 | data) as
    `probability`; statistic and p value are NaN.
    """

    name: str
    estimate: float
    se: float
    df: float
    statistic: float
    p_value: float
    lower: float
    upper: float
    verdict: Verdict | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class DataAnalysis:
    """Analysis of one trial: hypotheses, all fixed effects, and variance components.

    Of a Bayesian analysis `numerical_error` is that of its probabilities (a Monte-Carlo standard
    error where it samples), and there are no terms.
    """

    n_subjects: int
    n_observations: int
    analysis: str
    status: Status
    sd_within: float
    sd_between: float | None
    female_share: float | None
    log: bool
    level: float
    results: tuple[Result, ...]
    terms: tuple[Result, ...]
    numerical_error: float | None = None
