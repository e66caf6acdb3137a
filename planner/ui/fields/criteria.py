"""A decision rule with more than one threshold: a second go criterion, and a stop rule."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.evidence.library import load_library
from planner.plan.hypothesis import Equivalence, NonInferiority, PosteriorRule, Superiority
from planner.ui.fields.field import Changes, Field
from planner.ui.fields.names import HYPOTHESIS, LEVEL
from planner.ui.fields.panel import Panel
from planner.ui.fields.truth import magnitude
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from planner.scenario import Scenario

DUAL, STOP, RELEVANT = "dual criterion", "stop rule", "relevant effect"
DUAL_SHARE, STOP_SHARE = "dual criterion.probability", "stop rule.probability"
_MCID = "planning.mcid"


def criteria(base: "Scenario", panel: Panel) -> Iterator[Field]:
    """The controls in their order, for the hypothesis that is shown."""
    sense = _sense(base, panel.values[HYPOTHESIS])
    if sense is None:
        return
    beyond, short = (">", "<") if sense == "above" else ("<", ">")
    name = hypothesis_label(panel.values[HYPOTHESIS])
    yield _switch(
        DUAL,
        "Second go criterion",
        f"Dual criterion for “{name}”: beside the required probability of an effect, the effect "
        "must be relevant with the probability below. Asks for effects in one direction. Unit: "
        "none. Typical: off; on where significance alone is too little. Source: Roychoudhury, "
        "Scheuer & Neuenschwander 2018, Clin Trials 15:452.",
    )
    if panel.values[DUAL]:
        yield _probability(
            DUAL_SHARE,
            f"P(effect {beyond} relevant) at least",
            0.5,
            "Probability that the effect is relevant, given the data. Unit: probability. Typical: "
            "0.5: the estimate is about relevant. Source: Roychoudhury et al. 2018.",
        )
    yield _switch(
        STOP,
        "Stop rule",
        f"Stop for “{name}” if a relevant effect is improbable and the go rule does not hold; "
        "what is neither go nor stop is consider. Unit: none. Typical: on in early phases. "
        "Source: chosen by the sponsor.",
    )
    if panel.values[STOP]:
        yield _probability(
            STOP_SHARE,
            f"P(effect {short} relevant) at least",
            0.9,
            "Probability that the effect falls short of the relevant one, given the data. Unit: "
            "probability. Typical: 0.8 to 0.95. Source: chosen by the sponsor.",
        )
    if panel.values[DUAL] or panel.values[STOP]:
        yield _relevant(base, sense)


def _switch(path: str, label: str, meaning: str) -> Field:
    return Field(path=path, label=label, start=False, kind="toggle", help=meaning)


def _probability(path: str, label: str, start: float, meaning: str) -> Field:
    return Field(
        path=path, label=label, start=start, bounds=(0.05, 0.99, 0.01), format="%.2f", help=meaning
    )


def _relevant(base: "Scenario", sense: str) -> Field:
    """The smallest relevant effect; that of the library where it has the endpoint's unit."""
    digits, step, shape = magnitude(base)
    endpoint, spread = base.truth.endpoint, base.truth.sd_difference
    known = endpoint.unit == "MADRS points"
    size = load_library().exact[_MCID] if known else round(spread / 4, digits)
    direction = 1 if sense == "above" else -1
    start, near = (endpoint.to_natural(direction * value) for value in (size, step))
    far = endpoint.to_natural(direction * 4 * spread)
    unit = "ratio" if endpoint.scale == "log" else endpoint.unit or "units of the outcome"
    return Field(
        path=RELEVANT,
        slot=sense,
        label=f"Relevant effect ({unit})",
        start=start,
        basis="assumed",
        kind="decimal",
        bounds=(min(near, far), max(near, far), step),
        format=shape,
        help=f"Smallest difference between the treatments that matters. Unit: {unit}. Typical: 2 "
        "MADRS points. Source: "
        + (f"assumed; {_MCID} of the library." if known else "assumed; a quarter of the SD."),
    )


def _sense(base: "Scenario", name: str) -> str | None:
    """Which end the first go criterion has; None if it has both."""
    ends = [end for end in ("above", "below") if end in _first(base, name, 0.5)]
    return ends[0] if len(ends) == 1 else None


def _first(base: "Scenario", name: str, threshold: float) -> dict[str, float]:
    """The first go criterion of a hypothesis: what its own objective wants to show."""
    neutral = base.truth.endpoint.neutral
    ends: dict[str, float | None]
    match next(h.objective for h in base.plan.hypotheses if h.name == name):
        case Superiority(direction="less"):
            ends = {"below": neutral}
        case NonInferiority(margin=margin):
            ends = {"above" if margin < neutral else "below": margin}
        case Equivalence(lower=lower, upper=upper):
            ends = {"above": lower, "below": upper}
        case PosteriorRule(go=go):
            ends = {"above": go[0].above, "below": go[0].below}
        case _:
            ends = {"above": neutral}
    return {k: v for k, v in ends.items() if v is not None} | {"probability": threshold}


def criteria_changes(base: "Scenario", values: Mapping[str, Any]) -> Changes:
    """The objective of the hypothesis shown, if more is asked than the plain threshold."""
    if not (values.get(DUAL) or values.get(STOP)):
        return {}
    name = values[HYPOTHESIS]
    sense, relevant = _sense(base, name), values[RELEVANT]
    assert sense is not None
    short = "below" if sense == "above" else "above"
    rule: dict[str, Any] = {"kind": "posterior", "go": [_first(base, name, values[LEVEL])]}
    if values.get(DUAL):
        rule["go"].append({sense: relevant, "probability": values[DUAL_SHARE]})
    if values.get(STOP):
        rule["stop"] = [{short: relevant, "probability": values[STOP_SHARE]}]
    return {f"{LEVEL}.{name}.objective": rule}
