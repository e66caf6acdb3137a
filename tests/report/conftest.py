"""Results of a report, computed once for all its tests."""

import pytest

from planner.report.results import Results, compute
from planner.scenario import built_in_names, load_scenario


@pytest.fixture(scope="session")
def results() -> Results:
    """Of the confirmatory scenario, with few trials."""
    return compute(load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 1000}))


@pytest.fixture(scope="session")
def built_in(results: Results) -> dict[str, Results]:
    """Of every built-in scenario, with few trials."""
    others = [name for name in built_in_names() if name != "confirmatory"]
    few = {"monte_carlo.n_trials": 200}
    found = {name: compute(load_scenario(name).with_changes(few)) for name in others}
    return {"confirmatory": results} | found
