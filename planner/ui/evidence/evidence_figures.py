"""The figures of a pooled prior and of what a trial adds to it, and charts in a sentence."""

import math
from typing import TYPE_CHECKING, Any

from planner.charts.style import percent, signed

if TYPE_CHECKING:
    from planner.evidence.derive_prior import DerivedPrior
    from planner.evidence.effective_size import EffectiveSize
    from planner.ui.evidence.trial import Update

Figure = dict[str, Any]


def of_pooling(result: "DerivedPrior") -> list[Figure]:
    """Expected value in a new study, heterogeneity, and what the prior is worth."""
    new, tau = result.predictive, result.pooled.tau
    return [
        {
            "label": "In a new study · derived",
            "value": signed(new.mean),
            "delta": _interval(new.interval),
            "help": "Mean and 95 % interval of the pooled (MAP) prior: what the studies let expect "
            "of a new one.",
        },
        {
            "label": "τ · derived",
            "value": signed(tau.mean),
            "delta": _interval(tau.interval),
            "help": "Posterior mean and 95 % interval of the SD of true values between studies; "
            "with few studies it is mostly its prior.",
        },
        {
            "label": "Worth · derived",
            "value": _people(result.size),
            "delta": "pooled prior, ELIR",
            "help": "Effective sample size of the pooled prior: expected local-information ratio "
            "(Neuenschwander et al. 2020, 10.1111/biom.13252).",
        },
        {
            "label": "Worth, robust · derived",
            "value": _people(result.robust_size),
            "delta": "robust prior, ELIR",
            "help": "The same after the robust component is added.",
        },
    ]


def of_update(update: "Update", unit: str) -> list[Figure]:
    """What the posterior says after the trial."""
    return [
        {
            "label": "Posterior mean · derived",
            "value": signed(update.mean),
            "delta": _interval(update.interval),
            "help": f"Mean and central 95 % of the posterior, in {unit}.",
        },
        {
            "label": f"P({region_in_words(update.region)} | data) · derived",
            "value": _chance(update.success),
            "delta": "prior and trial together",
            "help": "Posterior probability of what the hypothesis is to show; compare it with the "
            "required posterior probability on the Design page.",
        },
        {
            "label": "Standard error · formula",
            "value": signed(update.likelihood.sd),
            "delta": "of the trial's estimate",
            "help": f"In {unit}, with these people and the assumed SD and dropout, taken as known.",
        },
    ]


def pooling_takeaway(result: "DerivedPrior", title: str) -> str:
    """The chart of the pooled prior in two sentences."""
    new = result.predictive
    return (
        f"Densities of the pooled prior of {title} and of its mixture, which hardly differ. A new "
        f"study is expected at {signed(new.mean)} ({_interval(new.interval)}); the pooled prior is "
        f"worth {_people(result.size)}, with its robust component {_people(result.robust_size)}."
    )


def update_takeaway(update: "Update", unit: str) -> str:
    """The chart of prior, likelihood and posterior in a sentence."""
    return (
        f"Prior, likelihood of the trial and posterior in {unit}: the posterior has mean "
        f"{signed(update.mean)} ({_interval(update.interval)}) and "
        f"P({region_in_words(update.region)} | data) is {_chance(update.success)}."
    )


def region_in_words(region: tuple[float, float]) -> str:
    """The effects that a hypothesis is to show, e.g. ``effect > 0``."""
    low, high = (f"{end:g}".replace("-", "−") for end in region)
    if math.isinf(region[1]):
        return f"effect > {low}"
    return f"effect < {high}" if math.isinf(region[0]) else f"{low} < effect < {high}"


def _people(size: "EffectiveSize | None") -> str:
    if size is None:
        return "–"
    return f"{signed(size.elir, 1)} people"


def _chance(probability: float) -> str:
    """A probability in %, never rounded to certainty."""
    if probability > 0.9995:
        return "> 99.9 %"
    return "< 0.1 %" if probability < 0.0005 else percent(probability)


def _interval(ends: tuple[float, float]) -> str:
    return f"95 % {signed(ends[0])} to {signed(ends[1])}"
