"""The calibration that ships with the package: it passes, repeats itself, and can fail."""

import pytest

from planner.errors import PlannerError
from planner.validation import calibration
from planner.validation.check import Check
from planner.validation.prior_trials import CONTRASTS
from tests.validation.passing import assert_passes


def by_name(checks: list[Check]) -> dict[tuple[str, str], float]:
    """Computed numbers."""
    return {(check.case, check.quantity): check.computed for check in checks}


def test_calibration_of_what_ships_with_the_package() -> None:
    """Error and coverage of four contrasts in three trials, powers and errors, and ranks."""
    found = assert_passes(calibration.checks())
    by_sex, exact = calibration.trials_by_sex(), calibration.exact_trials()
    assert len(by_name(found)) == len(found)
    assert len(found) == 8 * len(by_sex) + 2 * len(exact) + 1 + 3 * len(CONTRASTS)
    simulated = [check for check in found if check.mcse is not None]
    assert all(check.tolerance == pytest.approx(4 * (check.mcse or 0.0)) for check in simulated)


def test_property_numbers_do_not_depend_on_the_number_of_threads() -> None:
    """Seeds are fixed."""
    name, (scenario, n) = next(iter(calibration.trials_by_sex().items()))
    one, two = (
        list(calibration.error_and_coverage(name, scenario, n, workers)) for workers in (1, 2)
    )
    assert by_name(one) == by_name(two)


def test_property_a_test_at_another_level_is_noticed() -> None:
    """6 % in place of 5 %."""
    scenario = calibration.trials_by_sex()["Kenward-Roger, N = 60"][0]
    liberal = scenario.with_changes({"plan.hypotheses.overall.objective.alpha": 0.06})
    found = list(calibration.error_and_coverage("liberal", liberal, 60, 2))
    failed = {check.quantity for check in found if not check.passed}
    assert failed == {"overall: type I error", "overall: coverage"}


def test_property_an_inexact_closed_form_is_refused() -> None:
    """The comparison would be with an approximation."""
    scenario = calibration.trials_by_sex()["Kenward-Roger, N = 60"][0]
    with pytest.raises(PlannerError, match="not exact"):
        list(calibration.closed_form("mixed model", scenario, 60, 2))
