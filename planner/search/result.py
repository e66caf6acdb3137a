"""What a search for the sample size returns."""

from dataclasses import dataclass
from typing import Literal

from planner.operating.characteristics import HypothesisCharacteristics, OperatingCharacteristics


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
    """

    formula: float
    whole: int
    balanced: int
    inflated: int
    with_partial_data: int | None


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Sample size of one hypothesis at one power target.

    Parameters
    ----------
    status : ``found``, or ``not_reached`` when the sizes are the limit of the search.
    n_evaluable, n_randomised : people, all sequences together.
    per_sequence, per_sex : randomised people.
    n_interval : 95 % interval of the evaluable size, from the error of simulation and closed
        form; its upper end is None beyond the limit of the search.
    power : characteristics of the hypothesis for the randomised trial with its dropout.
    power_evaluable : likewise when all evaluable people complete.
    type_i_error : likewise at the edge of its null, randomised trial.
    trial : all characteristics of the randomised trial.
    """

    hypothesis: str
    power_target: float
    status: Literal["found", "not_reached"]
    n_evaluable: int
    n_randomised: int
    per_sequence: dict[str, int]
    per_sex: dict[str, int]
    n_interval: tuple[int, int | None]
    power: HypothesisCharacteristics
    power_evaluable: HypothesisCharacteristics
    type_i_error: HypothesisCharacteristics
    ledger: RoundingLedger
    trace: tuple[Step, ...]
    trial: OperatingCharacteristics
