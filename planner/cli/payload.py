"""Results as plain data for ``--json``."""

import math
from dataclasses import asdict
from typing import Any

from planner.operating.data_analysis import DataAnalysis
from planner.report.payload import dump as dump
from planner.report.payload import estimate as estimate
from planner.report.payload import heading as heading
from planner.report.payload import oracle as oracle
from planner.report.payload import power_rows as power_rows
from planner.report.payload import powers as powers
from planner.report.payload import size_result as size_result
from planner.report.payload import sizes as sizes
from planner.report.payload import trial_row as trial_row
from planner.search.detect import Detectable


def detect_result(r: Detectable) -> dict[str, Any]:
    """One row of ``planner detect``."""
    return {
        "hypothesis": r.hypothesis,
        "power_target": r.power_target,
        "n": r.n_subjects,
        "effect": r.effect,
        "interval": list(r.interval),
        "planned_effect": r.planned,
        "power": estimate(r.power.success),
        "closed_form": oracle(r.power.oracle),
    }


def analysis_result(r: DataAnalysis) -> dict[str, Any]:
    """The object of ``planner analyse``."""

    def rows(results: Any) -> list[dict[str, Any]]:
        names = ("estimate", "se", "df", "statistic", "p_value", "lower", "upper")
        return [
            {
                "hypothesis": x.name,
                **{k: getattr(x, k) for k in names},
                "posterior_prob": x.probability,
                "ratio": [math.exp(v) for v in (x.estimate, x.lower, x.upper)] if r.log else None,
                "verdict": asdict(x.verdict) if x.verdict else None,
            }
            for x in results
        ]

    return {
        "n_subjects": r.n_subjects,
        "n_observations": r.n_observations,
        "analysis": r.analysis,
        "status": r.status.name.lower(),
        "female_share": r.female_share,
        "variance": {"sd_between": r.sd_between, "sd_within": r.sd_within},
        "numerical_error": r.numerical_error,
        "results": rows(r.results),
        "terms": [
            {
                "term": row.pop("hypothesis"),
                **{
                    k: row[k]
                    for k in ("estimate", "se", "df", "statistic", "p_value", "lower", "upper")
                },
            }
            for row in rows(r.terms)
        ],
    }
