"""Open the pages of the front end without a browser, and find what is on them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "app.py")
PAGES = "planner/ui/pages"
EVIDENCE, DESIGN = f"{PAGES}/evidence.py", f"{PAGES}/design.py"


def opened(starter: str = "confirmatory") -> AppTest:
    """The Design page with a starter scenario."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = starter
    return sound(app.switch_page(DESIGN).run())


def bayesian(starter: str = "confirmatory", n_trials: int = 500, **controls: object) -> AppTest:
    """The Design page under the Bayesian rule, with few simulated trials and controls as set."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = starter
    app.session_state[f"{starter}:plan.analysis.kind"] = "posterior"
    app.session_state[f"{starter}:posterior:monte_carlo.n_trials"] = n_trials
    for path, value in controls.items():
        app.session_state[f"{starter}:{path}"] = value
    return sound(app.switch_page(DESIGN).run())


def evidence(app: AppTest | None = None) -> AppTest:
    """The Evidence page, of a session or of a new one."""
    session = app or AppTest.from_file(APP, default_timeout=120)
    return sound(session.switch_page(EVIDENCE).run())


def sound(app: AppTest) -> AppTest:
    """The page, after a check that nothing on it went wrong."""
    assert not app.exception, [e.message for e in app.exception]
    assert not app.error, [e.value for e in app.error]
    return app


def named(widgets: Iterable[Any], label: str) -> Any:
    """The first widget whose label begins so."""
    return next(widget for widget in widgets if widget.label.startswith(label))


def figure(app: AppTest, label: str) -> str:
    """Value of a figure."""
    return str(named(app.metric, label).value)


def people(app: AppTest) -> int:
    """The people to randomise in the sidebar."""
    return int(figure(app, "People to randomise"))


def controls(app: AppTest) -> list[Any]:
    """Everything that can be set on the page."""
    return [
        *app.slider,
        *app.select_slider,
        *app.selectbox,
        *app.number_input,
        *app.toggle,
        *app.button_group,
    ]


def command(app: AppTest) -> str:
    """The command line shown at the foot of the Design page."""
    return str(app.code[0].value)
