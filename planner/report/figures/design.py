"""The design at a glance."""

from typing import TYPE_CHECKING

from planner.report.figures.page import figure, on_paper
from planner.report.model import Figure
from planner.words.prose import one_line, people

if TYPE_CHECKING:
    from planner.report.results import Results


def schedule_figure(results: "Results") -> Figure:
    """Who gets what when: a row per sequence, a box per period."""
    from planner.charts.schedule import schedule_chart, schedule_table

    plan, groups = results.scenario.plan, results.found.answer.per_sequence
    letters = [f"{k}: {one_line(plan.label(k))}" for k in plan.design.treatments]
    named = f" {'; '.join(letters)}." if plan.treatments else ""
    said = "; ".join(f"{people(n)} people get {' then '.join(name)}" for name, n in groups.items())
    caption = f"Sequences of treatments by period, with the people randomised to each.{named}"
    chart = schedule_chart(schedule_table(groups, plan.treatments), "light")
    return figure("schedule", caption, f"By sequence, {said}.", on_paper(chart))
