"""Crossover scenarios with several hypotheses, in few words."""

from collections.abc import Mapping, Sequence
from typing import Any

from planner.scenario import Scenario, scenario_from

Table = Mapping[str, Any]
TWO_SIDED: Table = {"kind": "two-sided", "alpha": 0.05}
SEX_CONTRASTS = ("overall", "female", "male", "interaction")


def contrasts_of(*contrasts: str, objective: Table = TWO_SIDED) -> list[Table]:
    """One hypothesis per named contrast, called like its contrast."""
    return [{"name": c, "contrast": c, "objective": dict(objective)} for c in contrasts]


def paired(correlation: float = 0.5, sd_difference: float = 7.5, **more: Any) -> Table:
    """Covariance given by the SD of the within-person difference and the correlation."""
    table = {"sd_difference": sd_difference, "correlation": correlation}
    return {"kind": "paired-difference", **table, **more}


def leaving(*hazards: float | Table) -> Table:
    """Hazard of leaving after period 1, 2, …"""
    return {"kind": "mcar", **{f"after_period_{p}": h for p, h in enumerate(hazards, start=1)}}


def crossover(
    design: str = "AB/BA",
    *,
    hypotheses: Sequence[Table] | None = None,
    plan: Table | None = None,
    truth: Table | None = None,
    monte_carlo: Table | None = None,
) -> Scenario:
    """A scenario; without further ado AB/BA without effect, tested two-sidedly by mixed model.

    Parameters
    ----------
    plan, truth, monte_carlo : entries of these tables, in place of the defaults.
    """
    return scenario_from(
        {
            "plan": {
                "design": design,
                "hypotheses": list(hypotheses or contrasts_of("overall")),
                **(plan or {}),
            },
            "truth": {"effect": 0.0, "covariance": paired(), **(truth or {})},
            "monte_carlo": {"seed": 20_250, "max_failures": 1.0, **(monte_carlo or {})},
        }
    )


def by_sex(
    design: str = "AB/BA",
    *,
    plan: Table | None = None,
    truth: Table | None = None,
    monte_carlo: Table | None = None,
    objective: Table = TWO_SIDED,
) -> Scenario:
    """A `crossover` with 60 % women and all four contrasts of the sexes."""
    return crossover(
        design,
        hypotheses=contrasts_of(*SEX_CONTRASTS, objective=objective),
        plan=plan,
        truth={"female_share": 0.6, **(truth or {})},
        monte_carlo=monte_carlo,
    )
