"""What the controls make of scenarios that no starter scenario is like."""

import subprocess
import sys

import pytest

from planner.scenario import Scenario, load_scenario
from planner.ui.fields.analysis import analysis_changes
from planner.ui.fields.criteria import (
    DUAL,
    DUAL_SHARE,
    RELEVANT,
    STOP,
    STOP_SHARE,
    criteria_changes,
)
from planner.ui.fields.forms import GIVEN
from planner.ui.fields.level import level_changes
from planner.ui.fields.names import HYPOTHESIS, LEVEL, POSTERIOR, RULE, TEST
from planner.ui.fields.prior import EFFECT, SDS, SEXES

PRIORS = {
    "effect": {"kind": "student-t", "mean": 1.0, "scale": 2.0, "df": 3.0},
    "sd_within": {"kind": "fixed", "value": 5.0},
}
AS_GIVEN = {RULE: POSTERIOR, EFFECT: GIVEN, SEXES: GIVEN, SDS: GIVEN}


def bayesian() -> Scenario:
    """The main scenario with a Bayesian analysis that the controls could not describe."""
    analysis = {"kind": "posterior", "priors": PRIORS, "sd_by_sex": True}
    return load_scenario("confirmatory").with_changes({"plan.analysis": analysis})


def with_objective(objective: dict[str, object]) -> Scenario:
    return load_scenario("kcl-2025").with_changes({"plan.hypotheses.overall.objective": objective})


def test_a_bayesian_scenario_keeps_its_own_priors() -> None:
    base = bayesian()
    changed = base.with_changes(analysis_changes(base, AS_GIVEN, None))
    assert changed.plan.analysis == base.plan.analysis
    assert [a.kind for a in changed.plan.other_analyses] == ["mixed-model"]


def test_a_prior_of_a_bayesian_scenario_is_replaced_alone() -> None:
    base = bayesian()
    changes = analysis_changes(base, AS_GIVEN | {EFFECT: "flat"}, None)
    assert changes["plan.analysis"] == {
        "kind": "posterior",
        "sd_by_sex": True,
        "priors": {"sd_within": PRIORS["sd_within"]},
    }


def test_a_bayesian_scenario_can_be_tested() -> None:
    base = bayesian()
    assert analysis_changes(base, {RULE: TEST}, None) == {"plan.analysis": {"kind": "mixed-model"}}


def test_the_posterior_has_the_terms_of_the_planned_test() -> None:
    base = load_scenario("stanford-2018")
    changes = analysis_changes(base, AS_GIVEN | {EFFECT: "flat", SDS: "weak"}, None)
    assert changes["plan.analysis"] == {"kind": "posterior", "sequence_effect": True}
    assert changes["plan.other_analyses"] == [{"kind": "mixed-model", "sequence_effect": True}]


@pytest.mark.parametrize(
    ("objective", "go", "stop"),
    [
        ({"kind": "superiority"}, [{"above": 0.0}, {"above": 2.0}], {"below": 2.0}),
        (
            {"kind": "superiority", "direction": "less"},
            [{"below": 0.0}, {"below": 2.0}],
            {"above": 2.0},
        ),
        (
            {"kind": "non-inferiority", "margin": -1.0},
            [{"above": -1.0}, {"above": 2.0}],
            {"below": 2.0},
        ),
        (
            {"kind": "posterior", "go": [{"below": 0.5, "probability": 0.9}]},
            [{"below": 0.5}, {"below": 2.0}],
            {"above": 2.0},
        ),
    ],
)
def test_the_rule_points_where_its_objective_does(
    objective: dict[str, object], go: list[dict[str, float]], stop: dict[str, float]
) -> None:
    values = {HYPOTHESIS: "overall", LEVEL: 0.975, RELEVANT: 2.0}
    values |= {DUAL: True, DUAL_SHARE: 0.5, STOP: True, STOP_SHARE: 0.9}
    base = with_objective(objective)
    changes = criteria_changes(base, values)
    assert changes == {
        "plan.hypotheses.overall.objective": {
            "kind": "posterior",
            "go": [go[0] | {"probability": 0.975}, go[1] | {"probability": 0.5}],
            "stop": [stop | {"probability": 0.9}],
        }
    }
    base.with_changes(changes)


def test_the_plain_threshold_changes_no_objective() -> None:
    assert criteria_changes(load_scenario("confirmatory"), {DUAL: False, STOP: False}) == {}


def test_a_level_is_written_in_the_terms_of_each_objective() -> None:
    rule = {"kind": "posterior", "go": [{"above": 0.0, "probability": 0.9}]}
    base = load_scenario("confirmatory").with_changes({"plan.hypotheses.male.objective": rule})
    changed = base.with_changes(level_changes(base, 0.05))
    assert [h.objective.plain() for h in changed.plan.hypotheses] == [
        {"kind": "superiority", "one_sided_alpha": 0.05},
        {"kind": "superiority", "one_sided_alpha": 0.05},
        {"kind": "posterior", "go": [{"above": 0.0, "probability": 0.95}]},
        {"kind": "two-sided", "alpha": 0.1},
    ]


def test_the_front_end_loads_no_sampler() -> None:
    code = (
        "import sys; from planner.ui import sidebar, state; "
        "from planner.ui.sections import library, numbers, pilots, pooling, two_priors; "
        "from planner.operating.power import power_curve; "
        "print(sorted({'pymc', 'arviz', 'nutpie', 'pytensor'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
