"""The Batch page as tests open it."""

import time
from typing import Any

from streamlit.testing.v1 import AppTest

from planner.batch.points import NULL, PLANNING
from planner.scenario import load_scenario
from planner.ui.batch.asked import Asked, asked
from planner.ui.batch.controls import chosen
from planner.ui.batch.settings import PEOPLE, settings
from planner.ui.jobs import batch_jobs
from tests.ui.pages import APP, PAGES, named, sound

BATCH = f"{PAGES}/batch.py"
SD, DROPOUT = "truth.covariance.sd_difference", "truth.attrition.after_period_1"


def page(starter: str = "confirmatory", **controls: Any) -> AppTest:
    """The page with few simulated trials and controls as set."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = starter
    app.session_state[f"{starter}:monte_carlo.n_trials"] = 500
    for path, value in controls.items():
        app.session_state[f"batch:{starter}:{path}"] = value
    return app.switch_page(BATCH).run()


def small_page(**controls: Any) -> AppTest:
    """Two sizes and two rates of dropout."""
    few = {"varied": [PEOPLE, DROPOUT], PEOPLE: "24, 40", DROPOUT: "0, 20"}
    return sound(page(**few | controls))


def until_over(app: AppTest) -> AppTest:
    """The page once its run is over."""
    until = time.monotonic() + 100
    while any(job.active for job in batch_jobs()._jobs.values()):
        assert time.monotonic() < until, "the run hangs"
        time.sleep(0.1)
    return sound(app.run())


def finished(app: AppTest) -> AppTest:
    """The page with the results of its batch."""
    named(app.button, "Run the batch").click().run()
    return until_over(app)


def batch_of(**grid: Any) -> Asked:
    """A batch around the main scenario."""
    scenario = load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 2_000})
    found = settings(scenario, 86)
    pairs = [(found[path], chosen(found[path], value)) for path, value in grid.items()]
    return asked(scenario, "confirmatory", 86, pairs, [PLANNING, NULL], 2_000)
