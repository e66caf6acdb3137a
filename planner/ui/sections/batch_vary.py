"""What varies in a batch, how many points that makes, and its file."""

from typing import TYPE_CHECKING

from planner.charts.style import thousands
from planner.errors import PlannerError
from planner.operating.evaluate import available_workers
from planner.ui import state
from planner.ui.batch import asked as answers
from planner.ui.batch import controls
from planner.ui.batch import counted as counting
from planner.ui.batch.settings import PEOPLE, Setting, settings
from planner.ui.fields.panel import Panel
from planner.ui.sections import figures
from planner.words.prose import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from streamlit.delta_generator import DeltaGenerator

    from planner.ui.batch.asked import Asked
    from planner.ui.batch.counted import Counted
    from planner.ui.in_hand import InHand

READING = (
    "Around the scenario in hand, every combination of the values below is simulated: a point. "
    "All points use the same seed. A point that breaks a rule is left out, with the reason. The "
    "whole batch is a file, which the command line runs the same way, to the same numbers."
)
MOST_REASONS = 5


def show(tab: "DeltaGenerator", held: "InHand") -> "Asked | None":
    """The batch that is asked for; None while the controls make none, which is said."""
    panel = Panel(controls.PANEL)
    tab.markdown(READING)
    n = held.scenario.plan.n_subjects or _size(held)
    known = settings(held.scenario, n)
    paths = controls.draw(tab, panel, controls.varied(known, held.name))
    if len(paths) > controls.MOST_VARIED:
        tab.error(
            f"{len(paths)} things vary at once; take away all but {controls.MOST_VARIED}, or write "
            "the file by hand."
        )
        return None
    varied = [known[path] for path in known if path in paths]
    given = {s.path: _values(tab, panel, s, held.name) for s in varied}
    if PEOPLE not in given:
        tab.caption(f"People randomised: {thousands(n)}, as planned, at every point.")
    row = tab.container(horizontal=True, vertical_alignment="bottom")
    truths = controls.draw(row.container(width="content"), panel, controls.truths(held.name))
    n_trials = controls.draw(row.container(width=220), panel,
                             controls.trials(held.scenario, held.name))  # fmt: skip
    names = ("planning", "null") if truths == controls.BOTH else (truths,)
    try:
        found = [(setting, controls.chosen(setting, given[setting.path])) for setting in varied]
        batch = answers.asked(held.scenario, held.name, n, found, names, n_trials)
        counted = counting.counted(batch.text)
    except PlannerError as problem:
        panel.report(problem, tab)
        return None
    _count(tab, batch, counted)
    _file(tab, batch)
    return batch


def _size(held: "InHand") -> int:
    return state.sample_size(held.scenario, held.hypothesis).n_randomised


def _values(tab: "DeltaGenerator", panel: Panel, setting: Setting, name: str) -> "Any":
    """A row: the values, and beside them the path in the scenario."""
    left, right = tab.columns([0.55, 0.45], gap="medium", vertical_alignment="center")
    value = controls.draw(left, panel, controls.values(setting, name))
    unit = f" {setting.unit}" if setting.unit else ""
    in_hand = escaped(f"In hand: {setting.planned}{unit}.")
    right.markdown(f":small[`{setting.path}`]  \n:small[{in_hand}]")
    return value


def _count(tab: "DeltaGenerator", batch: "Asked", counted: "Counted") -> None:
    """Points, cases, trials and time, and the points that are left out."""
    pace = counting.pace()[batch.bayesian]
    sides = [len(values) for values in batch.batch.grid.values()]
    figures.show(tab, [_figure(*row) for row in (
        ("Points", counted.points, " × ".join(map(str, sides)) or "as in hand",
         "Combinations that can be simulated."),
        ("Cases", counted.cases, "different" if counted.exact else "at most",
         "A point under one truth and analysis; equal ones are simulated once. Hypotheses with the "
         "same null share it."),
        ("Simulated trials", counted.trials,
         f"{thousands(batch.batch.scenario.monte_carlo.n_trials)} per case", "Of all cases."),
        ("Time", counting.in_words(counted.trials / pace), "about, in one thread",
         f"At {thousands(round(pace))} trials a second, as measured here or, before a run, "
         "assumed. It depends on analysis and size."),
    )])  # fmt: skip
    left_out = counted.impossible
    if left_out:
        told = [f"- {escaped(said)}" for said in counting.reasons_in_words(left_out)]
        head = f"{counting.points_in_words(len(left_out))} left out, which cannot be simulated:"
        tab.warning("\n".join([head, "", *told[:MOST_REASONS]]))
    if not counted.exact:
        tab.caption(
            f"More than {thousands(counting.MOST_LOOKED_AT)} points are not looked at one by one "
            "here; `planner batch check` with the file says which of them cannot be simulated."
        )


def _figure(label: str, value: int | str, delta: str, words: str) -> "Mapping[str, Any]":
    shown = value if isinstance(value, str) else thousands(value)
    return {"label": label, "value": shown, "delta": delta, "help": words}


def _file(tab: "DeltaGenerator", batch: "Asked") -> None:
    """The file of the batch, and the command lines that run it."""
    tab.download_button(
        "Batch file (TOML)",
        batch.text,
        file_name=batch.file,
        mime="application/toml",
        on_click="ignore",
        help="Settings, values, Monte-Carlo settings and the scenario in full; it needs no other "
        "file.",
    )
    tab.caption("The file from the command line:")
    tab.code(batch.commands(available_workers()), language=None, wrap_lines=True)
