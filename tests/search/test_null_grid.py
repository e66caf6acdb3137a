"""Type I error over nuisance parameters, and the confirmation of its maximum."""

import numpy as np
import pytest
from scipy import stats

import planner as pl
from planner.operating.characteristics import proportion
from planner.operating.evaluate import Case, evaluate
from planner.operating.nulls import null_scenarios
from planner.scenario import Scenario
from planner.search.null_grid import FRESH_BLOCK, NullGrid, chance_of, null_grid
from tests.monte_carlo import assert_within_mcse, proportion_mcse
from tests.planning import of_difference, one_sided, plan, within

CONFIRMATORY = pl.load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 400})


def simple(n_trials: int, seed: int = 1) -> Scenario:
    return plan(
        "AB/BA",
        one_sided(),
        2.5,
        of_difference(7.5),
        monte_carlo__n_trials=n_trials,
        monte_carlo__seed=seed,
    )


@pytest.fixture(scope="module")
def confirmatory() -> NullGrid:
    return null_grid(CONFIRMATORY, 84)


def test_planned_cell_is_the_type_i_error_of_power_bit_for_bit(confirmatory: NullGrid) -> None:
    null = pl.power(CONFIRMATORY, 84).null
    assert confirmatory.cells[0].planned
    assert sum(cell.planned for cell in confirmatory.cells) == 1
    assert confirmatory.cells[0].type_i_error == {name: h.success for name, h in null.items()}


def test_factorial_of_three_and_the_rest_one_at_a_time(confirmatory: NullGrid) -> None:
    axes = {axis.name: axis for axis in confirmatory.axes}
    assert axes["sd_difference"].values == pytest.approx((5.625, 7.5, 9.375))
    assert axes["correlation"].values == pytest.approx((0.25, 0.5, 0.75))
    assert axes["dropout"].values == pytest.approx((0.06, 0.12, 0.24))
    assert axes["female_share"].values == pytest.approx((0.45, 0.6, 0.75))
    assert axes["n_subjects"].values == (42, 64, 84, 104)
    assert {a.name for a in confirmatory.axes if a.together} == {
        "sd_difference",
        "correlation",
        "dropout",
    }
    assert len(confirmatory.cells) == 27 + 2 + 3
    states = {
        (c.sd_difference, c.correlation, round(c.leaving, 9), c.female_share, c.n_subjects)
        for c in confirmatory.cells
    }
    assert len(states) == len(confirmatory.cells)


def test_maximum_is_the_largest_and_confirmed_on_fresh_trials(confirmatory: NullGrid) -> None:
    for name, found in confirmatory.maxima.items():
        values = [cell.type_i_error[name].value for cell in confirmatory.cells]
        assert found.found.value == max(values)
        assert found.cell.type_i_error[name] == found.found
    cell = confirmatory.maxima["overall"].cell
    assert not cell.planned, "the twin below moves an unplanned cell"
    truth = CONFIRMATORY.with_changes(
        {
            "truth.covariance.sd_difference": cell.sd_difference,
            "truth.covariance.correlation": cell.correlation,
            "truth.attrition.after_period_1": round(cell.leaving, 9),
            "truth.female_share": cell.female_share,
        }
    )
    null = next(null for null, names in null_scenarios(truth) if "overall" in names)
    case = Case(null, cell.n_subjects, "null", FRESH_BLOCK)
    fresh = evaluate([case], CONFIRMATORY.monte_carlo)[0]["overall"].success
    assert confirmatory.maxima["overall"].confirmed == fresh


def test_reference_t_test_of_complete_pairs_holds_its_level_in_every_cell() -> None:
    """The two-sample t test on period differences is exact (Hills & Armitage 1979)."""
    found = null_grid(simple(4000), 40)
    complete = [c.type_i_error["overall"] for c in found.cells if c.leaving == 0]
    assert len(complete) == 9 + 3
    assert_within_mcse(
        [e.value for e in complete], 0.025, proportion_mcse(0.025, 4000), what="type I error"
    )


def test_property_a_test_of_no_effect_does_not_notice_the_unit() -> None:
    found = null_grid(simple(500), 40)
    by_state: dict[tuple[float, ...], set[float]] = {}
    for c in found.cells:
        key = (c.correlation or 0.0, round(c.leaving, 9), c.n_subjects)
        by_state.setdefault(key, set()).add(c.type_i_error["overall"].value)
    assert len(by_state) < len(found.cells)
    assert all(len(errors) == 1 for errors in by_state.values())


def test_calibration_the_maximum_is_biased_and_the_fresh_one_is_not() -> None:
    n_trials, seeds = 300, range(1, 25)
    grids = [null_grid(simple(n_trials, seed), 40).maxima["overall"] for seed in seeds]
    mcse = proportion_mcse(0.025, n_trials * len(grids))
    fresh = np.mean([g.confirmed.value for g in grids])
    assert_within_mcse(fresh, 0.025, mcse, what="type I error on fresh trials")
    assert np.mean([g.found.value for g in grids]) > 0.025 + 4 * mcse


def test_reference_chance_is_the_binomial_tail() -> None:
    for count in (0, 1, 25, 40, 1000):
        expected = stats.binom.sf(count - 1, 1000, 0.025)
        assert chance_of(proportion(count, 1000), 0.025) == pytest.approx(expected, rel=1e-10)


def test_chance_of_the_maximum_counts_every_cell(confirmatory: NullGrid) -> None:
    for found in confirmatory.maxima.values():
        one = chance_of(found.found, found.level)
        assert found.chance_found == min(1.0, len(confirmatory.cells) * one)
        assert found.chance_confirmed == chance_of(found.confirmed, found.level)


def test_one_period_has_neither_correlation_nor_dropout() -> None:
    found = null_grid(
        plan(("A", "B"), one_sided(), 2.5, within(7.5, 0.0), monte_carlo__n_trials=200), 40
    )
    assert {axis.name for axis in found.axes} == {"sd_difference", "n_subjects"}
    assert all(cell.correlation is None for cell in found.cells)


def test_cells_with_too_few_people_are_left_out_and_counted() -> None:
    found = null_grid(simple(200), 4)
    assert found.left_out == 1
    assert all(cell.n_subjects >= 4 for cell in found.cells)


def test_property_an_informative_prior_at_the_null_lowers_the_error_as_the_sd_grows() -> None:
    prior = {"kind": "normal", "mean": 0.0, "sd": 1.0}
    scenario = plan(
        "AB/BA",
        one_sided(),
        2.5,
        of_difference(7.5),
        analysis={"kind": "posterior", "priors": {"effect": prior}},
        monte_carlo__n_trials=400,
    )
    found = null_grid(scenario, 40)
    planned = found.cells[0]
    by_sd = {
        c.sd_difference: c.type_i_error["overall"].value
        for c in found.cells
        if (c.correlation, c.leaving, c.n_subjects)
        == (planned.correlation, planned.leaving, planned.n_subjects)
    }
    errors = [by_sd[sd] for sd in sorted(by_sd)]
    assert len(errors) == 3
    assert errors == sorted(errors, reverse=True)
    assert errors[0] < 0.025
