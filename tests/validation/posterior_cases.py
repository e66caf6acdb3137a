"""The data sets and analyses of `planner/validation/reference/nuts_posteriors.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.reference import Case

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Simulated:
    """How data were simulated: naively, visit by visit."""

    seed: int
    sequences: tuple[str, ...]
    people: Mapping[tuple[str, str], int]
    truth: Table
    log: bool = False


def normal(mean: float, sd: float) -> Table:
    return {"kind": "normal", "mean": mean, "sd": sd}


def half_normal(scale: float) -> Table:
    return {"kind": "half-normal", "scale": scale}


def exchangeable(scale: float) -> Table:
    return {"kind": "exchangeable", "tau": half_normal(scale)}


ROBUST = {"kind": "mixture", "weights": [0.8, 0.2], "means": [2.5, 0.0], "sds": [1.5, 5.0]}
HEAVY = {"kind": "student-t", "mean": 1.0, "scale": 2.0, "df": 4.0}
WEAK = {
    "intercept": normal(-14.0, 20.0),
    "nuisance": normal(0.0, 20.0),
    "sd_within": half_normal(10.0),
    "sd_between": half_normal(10.0),
}
SEXES = ("overall", "female", "male", "interaction")


def asked(above: float, *contrasts: str, **more: Any) -> list[Table]:
    """The probability that each contrast is above a value (or, with `below`, between two)."""
    region = {"above": above, "probability": 0.5, **more}
    return [
        {"name": c, "contrast": c, "objective": {"kind": "posterior", "go": [region]}}
        for c in contrasts
    ]


def against_a(above: float, letters: str, *contrasts: str) -> list[Table]:
    """The same for several treatments, each against A."""
    return [
        h | {"name": f"{h['name']}_{letter}", "test": letter, "reference": "A"}
        for letter in letters
        for h in asked(above, *contrasts)
    ]


def case(name: str, about: str, priors: Table, hypotheses: list[Table], **more: Any) -> Case:
    """One case; `more` are entries of the analysis, `source` and `log`."""
    source, log = more.pop("source", None), more.pop("log", False)
    by_sex = any(not h["contrast"].startswith("overall") for h in hypotheses)
    return {
        "id": name,
        "about": about,
        "data_from": list(source) if source else "simulated",
        "by_sex": by_sex,
        "female_share": 0.6 if by_sex else None,
        "log": log,
        "analysis": {"kind": "posterior", "priors": dict(priors), **more},
        "hypotheses": hypotheses,
    }


def of_lme4(case_id: str) -> tuple[str, str]:
    return "mixed_model_lme4", case_id


CASES = (
    case(
        "small-defaults",
        "8 people, flat effects and means, 1/σ within persons, half-normal ratio between",
        {}, asked(2.0, "overall"),
    ),
    case(
        "boundary-robust-mixture",
        "REML between-person SD 0; robust mixture prior of the effect",
        {"effect": ROBUST, **WEAK}, asked(2.0, "overall"), source=of_lme4("lmm_boundary01"),
    ),
    case(
        "boundary-student-t",
        "REML between-person SD 0; Student t prior of the effect, log-normal between-person SD",
        {
            "effect": HEAVY,
            **WEAK,
            "sd_between": {"kind": "log-normal", "median": 4.0, "sd_log": 0.7},
        },
        asked(2.0, "overall"), source=of_lme4("lmm_boundary03"),
    ),
    case(
        "dropout-12-exchangeable-sexes",
        "12 people of whom 4 leave; robust mixture, exchangeable sexes with unknown τ",
        {"effect": ROBUST, "sexes": exchangeable(2.0), **WEAK},
        asked(2.0, *SEXES), source=of_lme4("lmm04"),
    ),
    case(
        "dropout-40-exchangeable-sexes",
        "40 people of whom 5 leave; the same priors, and a region with two ends",
        {"effect": ROBUST, "sexes": exchangeable(2.0), **WEAK},
        asked(0.0, *SEXES, below=4.0), source=of_lme4("lmm10"),
    ),
    case(
        "independent-sexes-mixture",
        "24 people of whom 4 leave; each sex has the robust mixture by itself",
        {"effect": ROBUST, **WEAK}, asked(2.0, *SEXES), source=of_lme4("lmm02"),
    ),
    case(
        "williams-exchangeable-sexes",
        "three treatments, 25 people of whom 12 leave; sexes share one τ over the treatments",
        {"effect": normal(0.0, 4.0), "sexes": exchangeable(2.0), **WEAK},
        against_a(2.0, "BC", "overall", "interaction"), source=of_lme4("lmm12"),
    ),
    case(
        "balaam-dropout",
        "Balaam's design, 40 people of whom 5 leave; sequence in the model",
        {"effect": ROBUST, **WEAK}, asked(2.0, "overall"),
        source=of_lme4("lmm07"), sequence_effect=True,
    ),
    case(
        "carryover-student-t",
        "ABBA/BAAB with dropout and carry-over in the model; Student t prior",
        {"effect": HEAVY, **WEAK}, asked(2.0, "overall"),
        source=("carryover_lme4", "carry03"), carryover=True,
    ),
    case(
        "log-scale-replicate",
        "ABB/BAA, log scale, 14 people; ratio between 0.8 and 1.25",
        {
            "effect": normal(0.0, 0.5),
            "intercept": normal(4.0, 2.0),
            "nuisance": normal(0.0, 0.5),
            "sd_within": half_normal(0.5),
            "sd_between": half_normal(1.0),
        },
        asked(0.8, "overall", below=1.25), log=True,
    ),
    case(
        "sds-by-sex-exchangeable",
        "20 people, dropout, SDs of each sex; Student t, log-normal SD, half-normal ratio",
        {
            "effect": HEAVY,
            "sexes": exchangeable(2.0),
            "intercept": normal(0.0, 20.0),
            "nuisance": normal(0.0, 10.0),
            "sd_within": {"kind": "log-normal", "median": 5.0, "sd_log": 0.4},
            "sd_between": {"kind": "half-normal-ratio", "scale": 1.5},
        },
        asked(2.0, *SEXES), sd_by_sex=True,
    ),
    case(
        "parallel-groups",
        "24 people observed once: no between-person SD; default priors of means and SD",
        {"effect": ROBUST}, asked(2.0, "overall"),
    ),
)  # fmt: skip

BOTH = {"A": 0.0, "B": 3.0}
SIMULATED = {
    "small-defaults": Simulated(
        11, ("AB", "BA"), {("AB", "female"): 4, ("BA", "female"): 4},
        {"effects": {"female": BOTH}, "sd_between": 5.0, "sd_within": 4.0},
    ),
    "log-scale-replicate": Simulated(
        12, ("ABB", "BAA"), {("ABB", "female"): 7, ("BAA", "female"): 7},
        {"effects": {"female": {"A": 4.0, "B": 4.08}}, "sd_between": 0.5, "sd_within": 0.25},
        log=True,
    ),
    "sds-by-sex-exchangeable": Simulated(
        13, ("AB", "BA"),
        {(s, g): n for s in ("AB", "BA") for g, n in (("female", 6), ("male", 4))},
        {
            "effects": {"female": BOTH, "male": {"A": 0.0, "B": 5.0}},
            "sd_between": {"female": 4.0, "male": 6.0},
            "sd_within": {"female": 4.0, "male": 6.0},
            "dropout_hazard": 0.15,
        },
    ),
    "parallel-groups": Simulated(
        14, ("A", "B"), {("A", "female"): 12, ("B", "female"): 12},
        {"effects": {"female": BOTH}, "sd_between": 3.0, "sd_within": 4.0},
    ),
}  # fmt: skip
