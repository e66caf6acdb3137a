"""Results of a report, computed once for all its tests."""

import pytest

from planner.report.results import Results, compute
from planner.scenario import load_scenario


@pytest.fixture(scope="session")
def results() -> Results:
    """Of the confirmatory scenario, with few trials."""
    return compute(load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 1000}))
