"""The search by assurance ends at the exact number where expected power is exact."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from planner.errors import InvalidInput
from planner.operating.expected_power import expected_power
from planner.scenario import Scenario
from planner.search.assurance_size import AssuranceSize, assurance_size, without_dropout
from tests.crossovers import Table, by_sex, leaving
from tests.planning import equivalent, non_inferior, of_difference, one_sided, plan, two_sided
from tests.reference import published

QUICK = {"n_trials": 2_000, "seed": 7}
NORMAL: Table = {"kind": "normal", "mean": 2.5, "sd": 1.2}


def search(scenario: Scenario, target: float) -> AssuranceSize:
    """Size of the first hypothesis from few simulated trials."""
    return assurance_size(scenario, [target], workers=1)[0]


def average(scenario: Scenario, n: int) -> float:
    """Expected power of the first hypothesis; 0 where too few."""
    result = expected_power(scenario, n)
    return 0.0 if result is None else float(result.power[0])


def check(found: AssuranceSize, n: int, scenario: Scenario, target: float) -> None:
    """The size is right, without uncertainty, and simulation agrees with the closed form."""
    assert found.status == "found"
    assert found.n_evaluable == found.n_randomised == n
    assert found.n_interval == (n, n)
    assert sum(found.per_sequence.values()) == n
    assert average(scenario, n) >= target > average(scenario, n - 2)
    assert found.oracle is not None
    assert found.oracle.exact
    assert found.oracle.value == pytest.approx(average(scenario, n), abs=1e-12)
    assert abs(found.oracle.z) < 4
    assert [s.n for s in found.trace][-1] == n - 2
    assert f"with {n} people" in found.sentence


def known_from(df: float, cv: float) -> Table:
    """An SD of log differences known from `df` degrees of freedom."""
    return {"kind": "scaled-inverse-chi", "value": float(np.sqrt(2 * np.log1p(cv**2))), "df": df}


def ratio(objective: Table, theta0: float, cv: float, prior: Table) -> Scenario:
    """A 2 × 2 crossover with a log-scale endpoint."""
    covariance = {"kind": "compound-symmetry", "cv_within": cv}
    return plan("2x2", objective, theta0, covariance, scale="log", truth_prior=prior,
                monte_carlo=QUICK)  # fmt: skip


PILOT = {"kind": "pilot", "mean": float(np.log(0.92)), "n_subjects": 16}
PRIORS: dict[str, Table] = {
    "CV": {"sd_difference": known_from(14.0, 0.2)},
    "theta0": {"effect": PILOT},
    "both": {"effect": PILOT, "sd_difference": known_from(14.0, 0.2)},
}


@pytest.mark.parametrize("what", PRIORS)
def test_reference_equivalence_by_expected_power(what: str) -> None:
    """EP-05: PowerTOST's vignette; 30, 46 and 54 where 28 would do if all were known."""
    inputs, expected, _ = published("EP-05")
    scenario = ratio(equivalent(0.8, 1.25), inputs["theta0"], inputs["CV"], PRIORS[what])
    check(search(scenario, 0.8), expected["n"][what], scenario, 0.8)


@pytest.mark.parametrize("case", ["EP-06", "EP-07", "EP-08"])
def test_reference_sizes_by_expected_power_from_pilots(case: str) -> None:
    """PowerTOST, expsampleN.noninf and expsampleN.TOST, one pilot or two pooled."""
    inputs, expected, _ = published(case)
    cv, df = inputs.get("CV"), inputs.get("m_pilot", 0) - 2
    if cv is None:
        df = sum(inputs["dfs"])
        cv = float(np.sqrt(np.expm1(np.average(np.log1p(np.square(inputs["CVs"])),
                                               weights=inputs["dfs"]))))  # fmt: skip
    objective = non_inferior(0.8) if "margin" in inputs else equivalent(0.8, 1.25)
    prior = {"sd_difference": known_from(float(df), cv)}
    scenario = ratio(objective, inputs["theta0"], cv, prior)
    check(search(scenario, inputs["target_power"]), expected["n_total"], scenario, 0.8)


def test_reference_target_beyond_the_probability_of_the_right_side() -> None:
    """No N exceeds P(effect > 0), and the sentence says so; just below it there is a size."""
    prior = {"effect": {**NORMAL, "sd": 2.5}}
    scenario = plan("2x2", one_sided(), 2.5, of_difference(7.5), truth_prior=prior,
                    monte_carlo=QUICK, plan__n_limit=4_000)  # fmt: skip
    limit = float(stats.norm(2.5, 2.5).sf(0.0))
    found = search(scenario, 0.85)
    assert limit < 0.85
    assert found.status == "not_reached"
    assert found.n_evaluable == found.n_randomised == 4_000
    assert found.limit == pytest.approx(limit, abs=1e-6)
    assert f"no size can exceed {limit:.4f}" in found.sentence
    assert found.assurance.value < 0.85
    assert not found.trace
    reachable = search(scenario, 0.8)
    check(reachable, reachable.n_evaluable, scenario, 0.8)
    hard = search(scenario, 0.838)
    assert hard.status == "not_reached"
    assert hard.limit is not None
    assert hard.limit > 0.838
    assert hard.n_interval[1] is None


def test_reference_vague_priors_need_more_people_than_power_says() -> None:
    """86 pairs have 86 % power at d_z = 1/3; assurance of 80 % needs more, of 60 % fewer."""
    scenario = plan("2x2", one_sided(), 2.5, of_difference(7.5), truth_prior={"effect": NORMAL},
                    monte_carlo=QUICK)  # fmt: skip
    sizes = [found.n_evaluable for found in assurance_size(scenario, [0.6, 0.8, 0.9])]
    assert sizes == sorted(sizes)
    power = plan("2x2", one_sided(), 2.5, of_difference(7.5))
    needed = next(n for n in range(4, 400, 2) if average(power, n) >= 0.8)
    assert sizes[0] < needed < sizes[1]


def mixed(**more: Any) -> Scenario:
    """A mixed model by sex under a full prior with dropout."""
    prior = {
        "effect": NORMAL,
        "sex_difference": {"kind": "normal", "mean": 1.0, "sd": 1.5},
        "sd_difference": {"kind": "scaled-inverse-chi", "value": 7.5, "df": 17.0},
        "dropout": {"kind": "beta", "a": 9.0, "b": 66.0},
    }
    base = by_sex(
        objective=one_sided(),
        plan={"success": "overall and (female or male)", **more},
        truth={"effect": {"female": 2.1, "male": 3.1}, "attrition": leaving(0.12)},
        monte_carlo=QUICK,
    )
    return base.with_changes({"truth_prior": prior})


def test_property_evaluable_and_randomised_sizes() -> None:
    """Randomised people leave the evaluable ones on average; both reach the target."""
    scenario = mixed()
    found = assurance_size(scenario, [0.6])
    assert [r.aim for r in found] == ["overall", "female", "male", "interaction", "success"]
    for r in found:
        assert r.status == "found"
        assert r.n_evaluable % 2 == r.n_randomised % 2 == 0
        assert r.n_randomised * 0.88 >= r.n_evaluable - 1e-9
        assert r.n_randomised >= r.n_evaluable / 0.88
        assert sum(r.per_sex.values()) == r.n_randomised
        for simulated in (r.assurance, r.assurance_evaluable):
            assert simulated.value >= 0.6 - 3 * simulated.mcse
        assert r.n_interval[0] <= r.n_evaluable
        if r.oracle is not None:
            assert abs(r.oracle.z) < 4.5
            assert r.limit is not None
    success = found[-1]
    assert success.oracle is None
    assert success.limit is None
    assert success.n_evaluable >= found[0].n_evaluable


def test_property_the_size_found_depends_on_neither_workers_nor_company() -> None:
    """Nor does the way to it."""
    scenario = mixed()
    one, two = (assurance_size(scenario, [0.7], workers=w)[0] for w in (1, 2))
    assert one == two
    alone = scenario.with_changes(
        {"plan.hypotheses": [{"name": "overall", "objective": one_sided()}], "plan.success": None}
    )
    same = assurance_size(alone, [0.7])[0]
    assert same.trace == two.trace
    assert same.n_randomised == two.n_randomised


def test_property_without_dropout_everybody_completes() -> None:
    """Neither the scenario's own hazard nor a varied one is left."""
    complete = without_dropout(mixed())
    assert complete.truth.attrition.kind == "none"
    assert complete.truth_prior is not None
    assert complete.truth_prior.dropout is None
    assert complete.truth_prior.effect is not None


def test_property_targets_are_the_plans_by_default() -> None:
    """And every hypothesis is searched for, the success rule only if it is stated."""
    scenario = plan("2x2", two_sided(), 2.5, of_difference(7.5), truth_prior={"effect": NORMAL},
                    monte_carlo=QUICK, plan__power_targets=[0.5, 0.6])  # fmt: skip
    assert [(r.aim, r.target) for r in assurance_size(scenario)] == [
        ("overall", 0.5),
        ("overall", 0.6),
    ]


@pytest.mark.parametrize(
    ("prior", "target", "part"),
    [(None, 0.8, "no design prior"), ({"effect": NORMAL}, 1.0, "not between 0 and 1")],
)
def test_malformed_searches_are_one_sentence(prior: Table | None, target: float, part: str) -> None:
    """Nothing to average over, or no probability."""
    scenario = plan("2x2", one_sided(), 2.5, of_difference(7.5)).with_changes(
        {"truth_prior": prior}
    )
    with pytest.raises(InvalidInput, match=part):
        search(scenario, target)
