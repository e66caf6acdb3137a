"""Which treatments of a trial's data are compared, and for what."""

from dataclasses import dataclass

from planner.plan.hypothesis import Hypothesis


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which treatments are compared.

    Parameters
    ----------
    reference : reference treatment; default the first in alphabetical order.
    test : test treatment; default every other one in turn.
    by_sex : fit one treatment effect per sex.
    female_share : weight of women in the overall effect; default their share in the data.
    level : confidence level of the intervals.
    hypotheses : planned hypotheses to test; default no effect of every test treatment, overall
        and, by sex, in women, men and their difference.
    log : analyse the logarithm of the outcome; estimates are logarithms of ratios.
    """

    reference: str | None = None
    test: str | None = None
    by_sex: bool = False
    female_share: float | None = None
    level: float = 0.95
    hypotheses: tuple[Hypothesis, ...] = ()
    log: bool = False
