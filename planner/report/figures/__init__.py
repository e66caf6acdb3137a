"""Figures of a report: the charts of the app on paper, with their data and their words.

Each function takes the results and returns a figure, or None where it does not apply.
"""

from planner.report.figures.design import schedule_figure
from planner.report.figures.examples import example_figures
from planner.report.figures.flow import flow_figure
from planner.report.figures.power import convergence_figure, power_figure
from planner.report.figures.prior import prior_figure
from planner.report.figures.sensitivity import heat_map_figure, tornado_figure
from planner.report.figures.sexes import sex_forest_figure
from planner.report.figures.type_i import type_i_figure

__all__ = [
    "convergence_figure",
    "example_figures",
    "flow_figure",
    "heat_map_figure",
    "power_figure",
    "prior_figure",
    "schedule_figure",
    "sex_forest_figure",
    "tornado_figure",
    "type_i_figure",
]
