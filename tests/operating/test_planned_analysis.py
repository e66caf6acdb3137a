"""A plan's own hypotheses on real data: estimates, objectives and verdicts."""

import math
from typing import Any

import pandas as pd
import pytest
from scipy import stats

import planner as pl
from planner.errors import InvalidInput
from planner.operating.analyse import Comparison, analyse
from planner.scenario import scenario_from
from tests.reference import reference_case

DATA = reference_case("mixed_model_lme4", "lmm02")["data"]
WILLIAMS = reference_case("mixed_model_lme4", "lmm08")["data"]


def planned(*hypotheses: dict[str, Any], design: str = "AB/BA") -> pl.Plan:
    """A plan with the given hypotheses."""
    raw = {
        "plan": {"design": design, "hypotheses": hypotheses},
        "truth": {
            "effect": {"B": 1.0, "C": 2.0} if "illiams" in design else 1.0,
            "covariance": {"kind": "paired-difference", "sd_difference": 7.0},
            "female_share": 0.5,
        },
    }
    return scenario_from(raw).plan


def test_property_a_data_frame_in_any_order_gives_the_same() -> None:
    plan = pl.load_scenario("confirmatory").plan
    frame = pd.DataFrame(DATA)
    first = pl.analyse(frame, plan)
    second = pl.analyse(frame.sample(frac=1.0, random_state=3), plan)
    for one, two in zip(first.results, second.results, strict=True):
        assert one.estimate == pytest.approx(two.estimate, rel=1e-10)
        assert one.p_value == pytest.approx(two.p_value, rel=1e-8)


def test_twin_verdicts_follow_from_estimate_and_se() -> None:
    plan = planned(
        {"name": "above"},
        {"name": "below", "objective": {"kind": "superiority", "direction": "less"}},
        {"name": "margin", "objective": {"kind": "non-inferiority", "margin": -2.0}},
        {"name": "between", "objective": {"kind": "equivalence", "lower": -4.0, "upper": 5.0}},
        {"name": "either", "contrast": "male", "objective": {"kind": "two-sided", "alpha": 0.1}},
    )
    found = {r.name: r for r in analyse(DATA, plan).results}

    def tail(name: str, edge: float, sign: float) -> float:
        r = found[name]
        return float(stats.t.sf(sign * (r.estimate - edge) / r.se, r.df))

    expected = {
        "above": tail("above", 0.0, 1),
        "below": tail("below", 0.0, -1),
        "margin": tail("margin", -2.0, 1),
        "between": max(tail("between", -4.0, 1), tail("between", 5.0, -1)),
        "either": found["either"].p_value,
    }
    for name, p_value in expected.items():
        verdict = found[name].verdict
        assert verdict is not None
        assert verdict.p_value == pytest.approx(p_value, rel=1e-9)
        assert verdict.rejected == (p_value <= verdict.level)
    assert {r.verdict.level for r in found.values() if r.verdict} == {0.025, 0.05, 0.1}


def test_property_free_contrasts_are_differences_of_named_ones() -> None:
    weights = {"weights": {"B": -1.0, "C": 1.0}}
    plan = planned(
        {"name": "b", "test": "B"},
        {"name": "c", "test": "C"},
        {"name": "difference", "contrast": weights},
        {"name": "men", "contrast": {**weights, "sex": "male"}},
        {"name": "women", "contrast": {**weights, "sex": "female"}},
        design="Williams 3",
    )
    found = {r.name: r.estimate for r in analyse(WILLIAMS, plan).results}
    share = analyse(WILLIAMS, plan).female_share or 0.0
    assert found["difference"] == pytest.approx(found["c"] - found["b"], rel=1e-9)
    mixed = share * found["women"] + (1 - share) * found["men"]
    assert found["difference"] == pytest.approx(mixed, rel=1e-9)


def test_property_the_log_scale_takes_logarithms() -> None:
    skewed = {**DATA, "y": [math.exp(v / 10) for v in DATA["y"]]}
    scaled = {**DATA, "y": [v / 10 for v in DATA["y"]]}
    plan = pl.load_scenario("confirmatory").plan
    logged = analyse(skewed, plan.analysis, Comparison(log=True)).results[0]
    plain = analyse(scaled, plan.analysis).results[0]
    assert logged.estimate == pytest.approx(plain.estimate, rel=1e-9)
    with pytest.raises(InvalidInput, match="above 0"):
        analyse(DATA, plan.analysis, Comparison(log=True))
