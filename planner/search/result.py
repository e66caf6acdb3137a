"""What a search for the sample size returns."""

from dataclasses import dataclass
from typing import Literal

from planner.operating.characteristics import MonteCarloEstimate, OperatingCharacteristics, Oracle


@dataclass(frozen=True, slots=True)
class Step:
    """One simulated size of a search."""

    n: int
    power: float
    mcse: float
    n_trials: int
    purpose: str


@dataclass(frozen=True, slots=True)
class RoundingLedger:
    """How the number came about.

    Parameters
    ----------
    formula : closed-form size before rounding (interpolated between whole people).
    whole : smallest whole number by the closed form.
    balanced : smallest balanced number, confirmed by simulation: the evaluable size.
    inflated : balanced number that leaves `balanced` completers on average.
    with_partial_data : smallest balanced number by the closed form when people who leave still
        contribute what was observed; None where nobody leaves.

    `formula`, `whole` and `with_partial_data` are None where no closed form applies (a success
    rule, or a multiplicity procedure).
    """

    formula: float | None
    whole: int | None
    balanced: int
    inflated: int
    with_partial_data: int | None


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Sample size of one hypothesis, or of the success rule, at one power target.

    Parameters
    ----------
    hypothesis : its name, or ``success`` for the plan's success rule.
    effect : true value on the natural scale; None for the success rule.
    status : ``found``, or ``not_reached`` when the sizes are the limit of the search.
    n_evaluable, n_randomised : people, all sequences together.
    per_sequence, per_sex : randomised people.
    n_interval : 95 % interval of the evaluable size, from the error of simulation and closed
        form; its upper end is None beyond the limit of the search.
    power, oracle : simulated power of the randomised trial with its dropout, and its closed form.
    power_evaluable, oracle_evaluable : likewise when all evaluable people complete.
    type_i_error : probability of a rejection (or success) at the edge of the null, randomised
        trial; None where the success rule's nulls cannot hold together.
    trial : all characteristics of the randomised trial.
    """

    hypothesis: str
    effect: float | None
    power_target: float
    status: Literal["found", "not_reached"]
    n_evaluable: int
    n_randomised: int
    per_sequence: dict[str, int]
    per_sex: dict[str, int]
    n_interval: tuple[int, int | None]
    power: MonteCarloEstimate
    oracle: Oracle | None
    power_evaluable: MonteCarloEstimate
    oracle_evaluable: Oracle | None
    type_i_error: MonteCarloEstimate | None
    ledger: RoundingLedger
    trace: tuple[Step, ...]
    trial: OperatingCharacteristics
