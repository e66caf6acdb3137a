"""Variance with people leaving, against lrstat and against dense generalised least squares."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from planner.engines.closed_form import ClosedForm
from planner.engines.student import power_above
from planner.scenario import Scenario
from planner.trials.layout import lay_out
from tests.engines.test_closed_form_carryover import lettered
from tests.planning import one_sided, plan, precision_at, within
from tests.reference import published
from tests.twins.design_constants import Layout, gls_variance

IDS = ("DO-06", "DO-07")


def scenario(inputs: dict[str, Any], *, carryover: bool) -> Scenario:
    """Random intercept, fixed sequence effects, cumulative dropout as hazards."""
    staying = 1 - np.array(inputs["cumdrop"])
    hazards = {
        f"after_period_{p + 1}": float(1 - after / before)
        for p, (before, after) in enumerate(pairwise(staying))
        if after < before
    }
    sd = inputs["sd_within"]
    return plan(
        lettered(inputs["design"]),
        one_sided(inputs["alpha_one_sided"]),
        inputs["mean_diff"],
        within(sd, between=sd * math.sqrt(inputs["corr"] / (1 - inputs["corr"]))),
        analysis={"kind": "mixed-model", "sequence_effect": True, "carryover": carryover},
        truth__attrition={"kind": "mcar", **hazards} if hazards else {"kind": "none"},
    )


def plain_variance(planned: Scenario, n: int) -> float:
    """Variance of generalised least squares at known variances.

    `Precision.se` has Kenward & Roger's correction; lrstat plans without it. The inverse of the
    information Σ_k A_k / λ_k over the strata is that uncorrected variance.
    """
    form, layout = ClosedForm(planned), lay_out(planned, n)
    sigma = layout.covariance[0]
    between = float(sigma[0, 1])
    spectrum = float(sigma[0, 0]) - between + form.strata.multiplier * between
    information = form.strata.information(layout.expected_counts) / spectrum[:, None, None]
    contrast = form.model.contrasts[0]
    return float(contrast @ np.linalg.solve(information.sum(axis=0), contrast))


def fixed_subject_df(planned: Scenario, n: int) -> float:
    """Expected observations − people − period − treatment − carry-over effects."""
    layout = lay_out(planned, n)
    counts, design = layout.expected_counts, planned.plan.design
    effects = design.n_periods - 1 + (2 if planned.plan.analysis.carryover else 1)
    return float(counts @ (layout.n_observed - 1)) - effects


@pytest.mark.parametrize("case", IDS)
def test_reference_dropout_by_period(case: str) -> None:
    """Expected information of the mixed model, with the df of a fixed-subjects analysis."""
    inputs, expected, tolerance = published(case)
    planned = scenario(inputs, carryover=case == "DO-06")
    variance, df = plain_variance(planned, inputs["n"]), fixed_subject_df(planned, inputs["n"])
    assert df == pytest.approx(expected["df"], abs=1e-9)
    if "var_direct" in expected:
        assert variance == pytest.approx(expected["var_direct"], abs=1e-12)
    power = power_above(inputs["mean_diff"], 0, math.sqrt(variance), df, inputs["alpha_one_sided"])
    assert float(power) == pytest.approx(expected["power"], abs=tolerance["power"])


def test_reference_power_without_dropout() -> None:
    """DO-06 with everybody complete: sequence effects leave only within-person information."""
    inputs, expected, tolerance = published("DO-06")
    planned = scenario({**inputs, "cumdrop": [0, 0, 0]}, carryover=True)
    variance, df = plain_variance(planned, inputs["n"]), fixed_subject_df(planned, inputs["n"])
    power = power_above(inputs["mean_diff"], 0, math.sqrt(variance), df, inputs["alpha_one_sided"])
    assert float(power) == pytest.approx(expected["power_no_dropout"], abs=tolerance["power"])
    own = precision_at(planned, inputs["n"])
    assert own.se[0] ** 2 == pytest.approx(variance, rel=1e-10)
    assert own.df[0] == pytest.approx(df, rel=1e-10)


@pytest.mark.parametrize("case", IDS)
def test_reference_small_sample_correction_is_small_and_cautious(case: str) -> None:
    """The program's own variance is larger than the uncorrected one, by a few percent."""
    inputs, _, _ = published(case)
    planned = scenario(inputs, carryover=case == "DO-06")
    plain, own = plain_variance(planned, inputs["n"]), precision_at(planned, inputs["n"])
    assert plain < own.se[0] ** 2 < 1.03 * plain
    assert own.df[0] < 3 * inputs["n"]


@pytest.mark.parametrize("sequence_effect", [False, True])
@pytest.mark.parametrize("carryover", [False, True])
def test_twin_variance_of_generalised_least_squares(sequence_effect: bool, carryover: bool) -> None:
    """The strata give the variance of a dense N × N covariance matrix."""
    inputs, _, _ = published("DO-06")
    planned = scenario({**inputs, "corr": 0.3}, carryover=carryover).with_changes(
        {"plan.analysis.sequence_effect": sequence_effect}
    )
    people = Layout(["ABB", "BAA"] * 3, [16, 16, 2, 2, 2, 2], [3, 3, 2, 2, 1, 1])
    expected = gls_variance(
        people, {"B": 1.0, "A": -1.0}, 1.0, math.sqrt(3 / 7), carryover, sequence_effect
    )
    assert plain_variance(planned, 40) == pytest.approx(expected, rel=1e-10)
