"""Sizes and operating characteristics as plain data: what ``--json`` prints and bundles keep."""

import json
import math
from collections.abc import Sequence
from typing import Any

from planner import __version__
from planner.operating.characteristics import (
    HypothesisCharacteristics,
    MonteCarloEstimate,
    OperatingCharacteristics,
    Oracle,
)
from planner.scenario import Scenario
from planner.search.result import SampleSize
from planner.search.sensitivity import AlternativeSizes


def dump(data: dict[str, Any]) -> str:
    """One JSON object; numbers that are not finite become null."""
    return json.dumps(_finite(data), indent=2, ensure_ascii=False)


def _finite(value: Any) -> Any:
    match value:
        case dict():
            return {str(k): _finite(v) for k, v in value.items()}
        case list() | tuple():
            return [_finite(v) for v in value]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


def heading(scenario: Scenario) -> dict[str, Any]:
    """What every result says about where it comes from."""
    settings = scenario.monte_carlo
    return {
        "scenario": scenario.label,
        "fingerprint": scenario.fingerprint(),
        "version": __version__,
        "seed": settings.seed,
        "n_trials": settings.n_trials,
        "unit": scenario.truth.endpoint.unit,
        "scale": scenario.truth.endpoint.scale,
    }


def estimate(value: MonteCarloEstimate | None) -> dict[str, Any] | None:
    """A simulated number with its MCSE and Monte-Carlo interval."""
    if value is None:
        return None
    return {
        "value": value.value,
        "mcse": value.mcse,
        "lower": value.lower,
        "upper": value.upper,
        "n": value.n,
    }


def oracle(value: Oracle | None) -> dict[str, Any] | None:
    """The closed form beside a simulated number."""
    return None if value is None else {"value": value.value, "z": value.z, "exact": value.exact}


def sizes(
    results: Sequence[SampleSize], alternatives: Sequence[AlternativeSizes]
) -> dict[str, Any]:
    """The numbers of ``planner size``."""
    return {
        "results": [size_result(r) for r in results],
        "alternatives": [
            {"name": a.name, "note": a.note, "results": [size_result(r) for r in a.sizes]}
            for a in alternatives
        ],
    }


def powers(curve: Sequence[OperatingCharacteristics], scenario: Scenario) -> dict[str, Any]:
    """The numbers of ``planner power``."""
    return {
        "results": [row for r in curve for row in power_rows(r, scenario)],
        "trial": [trial_row(r) for point in curve for r in (point, *point.others)],
    }


def size_result(r: SampleSize) -> dict[str, Any]:
    """One row of ``planner size``."""
    ledger = r.ledger
    return {
        "hypothesis": r.hypothesis,
        "effect": r.effect,
        "power_target": r.power_target,
        "status": r.status,
        "n_evaluable": r.n_evaluable,
        "n_randomised": r.n_randomised,
        "per_sequence": r.per_sequence,
        "per_sex": r.per_sex,
        "n_interval": list(r.n_interval),
        "power": estimate(r.power),
        "closed_form": oracle(r.oracle),
        "power_evaluable": estimate(r.power_evaluable),
        "closed_form_evaluable": oracle(r.oracle_evaluable),
        "type_i_error": estimate(r.type_i_error),
        "completers": estimate(r.trial.completers),
        "failures": r.trial.failures,
        "rounding": {
            "formula": ledger.formula,
            "whole": ledger.whole,
            "balanced": ledger.balanced,
            "inflated": ledger.inflated,
            "with_partial_data": ledger.with_partial_data,
        },
        "trace": [
            {
                "n": s.n,
                "power": s.power,
                "mcse": s.mcse,
                "n_trials": s.n_trials,
                "purpose": s.purpose,
            }
            for s in r.trace
        ],
    }


def power_rows(result: OperatingCharacteristics, scenario: Scenario) -> list[dict[str, Any]]:
    """Rows of ``planner power`` at one N: every hypothesis under planning truth and its null.

    The plan's other analyses of the same trials follow.
    """
    pairs = [(result.truth, h) for h in result.hypotheses]
    pairs += [("null", h) for h in result.null.values()]
    return [
        {
            "n": result.n_subjects,
            "hypothesis": h.hypothesis,
            "truth": truth,
            "analysis": result.analysis,
            "effect": scenario.truth.endpoint.to_natural(h.effect),
            **_characteristics(h),
            "failures": round((h.best - h.worst) * result.n_trials),
        }
        for truth, h in pairs
    ] + [row for other in result.others for row in power_rows(other, scenario)]


def _characteristics(h: HypothesisCharacteristics) -> dict[str, Any]:
    names = ("success", "bias", "empirical_se", "model_se", "rmse", "coverage", "width", "type_s",
             "type_m", "stop", "consider")  # fmt: skip
    return {
        **{name: estimate(getattr(h, name)) for name in names},
        "closed_form": oracle(h.oracle),
        "worst_case": h.worst,
        "best_case": h.best,
    }


def trial_row(result: OperatingCharacteristics) -> dict[str, Any]:
    """What concerns the trial as a whole at one N."""
    return {
        "n": result.n_subjects,
        "analysis": result.analysis,
        "success": estimate(result.trial_success),
        "any_rejected": estimate(result.any_rejected),
        "all_rejected": estimate(result.all_rejected),
        "familywise_error": estimate(result.familywise_error),
        "same_sign_in_both_sexes": estimate(result.same_sign),
        "consistent_across_sexes": estimate(result.consistent),
        "completers": estimate(result.completers),
        "ledger": result.ledger,
        "boundary_fits": result.boundary_fits,
    }
