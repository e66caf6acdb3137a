"""Simulated operating characteristics against levels, coverage and exact powers.

Seeds are fixed, so the simulated numbers are the same at every run on one kind of processor.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from planner.errors import PlannerError
from planner.operating.characteristics import HypothesisCharacteristics
from planner.operating.power import power
from planner.scenario import Scenario, scenario_from
from planner.validation.check import Check
from planner.validation.planned_trials import (
    Table,
    equivalent,
    non_inferior,
    of_difference,
    one_sided,
    plan,
    two_sided,
    within,
)
from planner.validation.prior_trials import STANDARD_ERRORS, ranks, uniformity

GROUP = "calibration"
TRIALS, SEED = 20_000, 20_250
ALPHA, SD_DIFFERENCE = 0.05, 7.5
CONTRASTS = ("overall", "female", "male", "interaction")
LEAST_SQUARES: Table = {"kind": "within-subject-t"}
KENWARD_ROGER: Table = {"kind": "mixed-model"}
LEVEL = "level of the test, 5 %"
CONFIDENCE = "level of the confidence interval, 95 %"
CLOSED_FORM = "closed form of the program, exact for this plan"


def checks(workers: int | None = None) -> Iterator[Check]:
    """Type I error and coverage, power by simulation and in closed form, and posteriors."""
    for name, (scenario, n_subjects) in trials_by_sex().items():
        yield from error_and_coverage(name, scenario, n_subjects, workers)
    for name, (scenario, n_subjects) in exact_trials().items():
        yield from closed_form(name, scenario, n_subjects, workers)
    yield from uniformity(GROUP, ranks())


def trials_by_sex() -> Mapping[str, tuple[Scenario, int]]:
    """AB/BA with effects in women and men, all four contrasts two-sided, and people."""
    return {
        "Kenward-Roger, N = 24, 20 % leave": (by_sex(KENWARD_ROGER, 0.2), 24),
        "Kenward-Roger, N = 60": (by_sex(KENWARD_ROGER, 0.0), 60),
        "least squares, N = 12, 20 % leave": (by_sex(LEAST_SQUARES, 0.2), 12),
    }


def by_sex(analysis: Table, dropout: float) -> Scenario:
    """60 % women; effects differ between the sexes."""
    objective = two_sided(ALPHA)
    truth: dict[str, Any] = {
        "effect": {"female": 2.0, "male": 4.0},
        "female_share": 0.6,
        "covariance": of_difference(SD_DIFFERENCE),
    }
    if dropout:
        truth["attrition"] = {"kind": "mcar", "after_period_1": dropout}
    return scenario_from(
        {
            "plan": {
                "design": "AB/BA",
                "analysis": analysis,
                "hypotheses": [
                    {"name": c, "contrast": c, "objective": objective} for c in CONTRASTS
                ],
            },
            "truth": truth,
            "monte_carlo": {"seed": SEED, "n_trials": TRIALS},
        }
    )


def exact_trials() -> Mapping[str, tuple[Scenario, int]]:
    """Plans whose closed form is exact, and people."""
    settings: dict[str, Any] = {"monte_carlo__seed": SEED, "monte_carlo__n_trials": TRIALS}
    paired = of_difference(SD_DIFFERENCE)
    cv: Table = {"kind": "compound-symmetry", "cv_within": 0.3}
    people: dict[str, Any] = {**settings, "monte_carlo__draw": "subjects"}
    williams = ("ABC", "BCA", "CAB", "CBA", "ACB", "BAC")
    carryover = {"carryover": True}
    return {
        "AB/BA, superiority": (plan("2x2", one_sided(), 4.0, paired, **settings), 30),
        "AB/BA, person by person": (plan("2x2", two_sided(), 5.0, paired, **people), 16),
        "ABBA/BAAB, two-sided": (plan(("ABBA", "BAAB"), two_sided(), 3.0, paired, **settings), 16),
        "ABA/BAB, non-inferiority": (
            plan(("ABA", "BAB"), non_inferior(-4.0), -1.0, paired, **settings),
            24,
        ),
        "Williams, carry-over in the model": (
            plan(williams, two_sided(), 5.0, paired, analysis=carryover, **settings),
            24,
        ),
        "AB/BA, ratio, equivalence": (
            plan("2x2", equivalent(0.8, 1.25), 0.95, cv, scale="log", **settings),
            40,
        ),
        "AB/BA, difference, equivalence": (
            plan("2x2", equivalent(-6.0, 6.0), 1.0, paired, **settings),
            16,
        ),
        "parallel groups": (plan("parallel", two_sided(), 6.0, within(7.5, 0.0), **settings), 50),
    }


def error_and_coverage(
    name: str, scenario: Scenario, n_subjects: int, workers: int | None
) -> Iterator[Check]:
    """Type I error of every hypothesis at its null, and coverage where there are effects.

    Both are of the trials with a result. They see the same random numbers, so they err together.
    """
    found = power(scenario, n_subjects, workers=workers)
    for h in found.hypotheses:
        null, covered = found.null[h.hypothesis], h.coverage
        analysed = null.coverage.n
        error = null.success.value * null.success.n / analysed
        for quantity, value, n, expected, source in (
            ("type I error", error, analysed, ALPHA, LEVEL),
            ("coverage", covered.value, covered.n, 1 - ALPHA, CONFIDENCE),
        ):
            yield _proportion(name, f"{h.hypothesis}: {quantity}", (value, n), expected, source)


def closed_form(
    name: str, scenario: Scenario, n_subjects: int, workers: int | None
) -> Iterator[Check]:
    """Power, and type I error at the edge of the null, by simulation and in closed form."""
    found = power(scenario, n_subjects, workers=workers)
    pairs: list[tuple[str, HypothesisCharacteristics]] = [
        *(("power", h) for h in found.hypotheses),
        *(("type I error", h) for h in found.null.values()),
    ]
    for quantity, h in pairs:
        if h.oracle is None or not h.oracle.exact:
            raise PlannerError(f"the closed form of {name!r} is not exact; choose another plan")
        yield _proportion(
            name, quantity, (h.success.value, h.success.n), h.oracle.value, CLOSED_FORM
        )


def _proportion(
    case: str, quantity: str, found: tuple[float, int], expected: float, source: str
) -> Check:
    """A share of n trials, which may lie four standard errors from what is expected."""
    value, n = found
    mcse = (expected * (1 - expected) / n) ** 0.5
    allowed = STANDARD_ERRORS * mcse
    return Check(GROUP, case, quantity, value, expected, allowed, source, mcse)
