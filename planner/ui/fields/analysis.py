"""The planned analysis that the controls describe, as changes of the scenario."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.plan.analysis import MixedModel, Posterior, frequentist_counterpart
from planner.ui.fields.field import Changes
from planner.ui.fields.forms import GIVEN
from planner.ui.fields.names import HYPOTHESIS, LEVEL, POSTERIOR, RULE
from planner.ui.fields.prior import (
    EFFECT,
    MEAN,
    POOLED,
    SCALE,
    SD,
    SD_SCALE,
    SDS,
    SEXES,
    TAU,
    WEIGHT,
)

if TYPE_CHECKING:
    from planner.scenario import Scenario


def analysis_changes(
    base: "Scenario", values: Mapping[str, Any], pooled: Mapping[str, Any] | None
) -> Changes:
    """The planned analysis and, beside a Bayesian one, the test with its likelihood."""
    planned = base.plan.analysis
    if values[RULE] != POSTERIOR:
        given = isinstance(planned, Posterior)
        return {"plan.analysis": frequentist_counterpart(planned).plain()} if given else {}
    posterior = (
        planned
        if isinstance(planned, Posterior)
        else Posterior(
            sequence_effect=getattr(planned, "sequence_effect", False),
            carryover=planned.carryover,
            by_sex=planned.by_sex,
        )
    )
    test = planned if isinstance(planned, MixedModel) else frequentist_counterpart(posterior)
    table = posterior.plain()
    priors = table.pop("priors", {}) | _priors(base, values, pooled)
    priors = {name: prior for name, prior in priors.items() if prior is not None}
    if priors:
        table["priors"] = priors
    return {"plan.analysis": table, "plan.other_analyses": [test.plain()]}


def hypotheses_left(base: "Scenario", values: Mapping[str, Any]) -> Changes:
    """The hypotheses without the difference between the sexes, where one effect is assumed.

    It stays if it is the one shown, so that the engine can say why it cannot.
    """
    common = values[RULE] == POSTERIOR and values.get(SEXES) == "common"
    left = [h for h in base.plan.hypotheses if h.sex != "interaction"]
    fewer = len(left) < len(base.plan.hypotheses)
    if not (common and fewer and values[HYPOTHESIS] in {h.name for h in left}):
        return {}
    return {LEVEL: [h.plain(full=True) for h in left]}


def _priors(
    base: "Scenario", values: Mapping[str, Any], pooled: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The priors that differ from the analysis' own; None for one that is back to the default."""
    found: dict[str, Any] = {}
    if values[EFFECT] != GIVEN:
        found["effect"] = _effect_prior(base, values, pooled)
    match values.get(SEXES, GIVEN):
        case "exchangeable":
            tau = {"kind": "half-normal", "scale": values[TAU]}
            found["sexes"] = {"kind": "exchangeable", "tau": tau}
        case "common":
            found["sexes"] = {"kind": "common"}
        case "independent":
            found["sexes"] = None
    if values[SDS] != GIVEN:
        half = {"kind": "half-normal", "scale": values.get(SD_SCALE)}
        found["sd_within"] = found["sd_between"] = half if values[SDS] == "half-normal" else None
    return found


def _effect_prior(
    base: "Scenario", values: Mapping[str, Any], pooled: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    match values[EFFECT]:
        case "normal":
            return {"kind": "normal", "mean": values[MEAN], "sd": values[SD]}
        case "student-t":
            return {"kind": "student-t", "mean": values[MEAN], "scale": values[SCALE]}
        case "robust":
            weight = values[WEIGHT]
            return {
                "kind": "mixture",
                "weights": [round(1 - weight, 6), weight],
                "means": [values[MEAN], 0.0],
                "sds": [values[SD], round(base.truth.sd_difference, 6)],
            }
        case kind if kind == POOLED:
            return pooled
        case _:
            return None
