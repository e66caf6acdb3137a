"""Figures of a report: they hold their data, fit the page and say the results' numbers."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from planner.charts.style import percent
from planner.report import figures
from planner.report.model import Figure
from planner.report.results import Results

MAKERS = [name for name in figures.__all__ if name != "example_figures"]
WIDEST = 620


def drawn(results: Results) -> list[Figure]:
    """Every figure that the results have."""
    found = [getattr(figures, name)(results) for name in MAKERS]
    return [f for f in (*found, *figures.example_figures(results)) if f is not None]


@pytest.fixture(scope="module")
def every(results: Results) -> list[Figure]:
    return drawn(results)


def test_every_figure_of_the_confirmatory_scenario_is_there(every: list[Figure]) -> None:
    names = [figure.name for figure in every]
    assert len(set(names)) == len(names)
    assert {"power", "type-i-error", "tornado", "sex-forest", "flow", "convergence"} <= {*names}
    assert "prior-likelihood-posterior" in names
    assert sum(name.startswith("example-") for name in names) >= 2


def test_figures_are_drawn_within_the_width_of_the_page(every: list[Figure]) -> None:
    from xml.etree import ElementTree as ET

    import vl_convert

    for figure in every:
        svg = vl_convert.vegalite_to_svg(figure.chart)
        width = float(ET.fromstring(svg).attrib["width"])
        assert 300 < width <= WIDEST, figure.name


def test_figures_hold_their_data_and_are_white(every: list[Figure]) -> None:
    for figure in every:
        text = json.dumps(figure.chart, allow_nan=False)
        assert figure.chart["config"]["background"] == "white"
        assert figure.chart["datasets"]
        assert "url" not in text.replace("$schema", "")


def test_property_same_results_give_the_same_figures(results: Results, every: list[Figure]) -> None:
    assert [f.model_dump_json() for f in drawn(results)] == [f.model_dump_json() for f in every]


def test_power_figure_marks_the_size_found(results: Results) -> None:
    text = json.dumps(figures.power_figure(results).chart)
    assert f"N = {results.n}" in text
    assert "men \\u2212 women" in text


def test_type_i_figure_names_the_largest_and_its_confirmation(results: Results) -> None:
    figure, most = figures.type_i_figure(results), results.null_grid.maxima[results.hypothesis]
    assert percent(most.found.value) in figure.alt
    assert percent(most.confirmed.value) in figure.alt
    rows = [row for table in figure.chart["datasets"].values() for row in table]
    shown = [row["type_i"] for row in rows if "type_i" in row]
    assert max(shown) == pytest.approx(100 * most.found.value, abs=1e-9)
    assert len(shown) == len(results.null_grid.cells) + 2


def test_prior_figure_shows_a_trial_of_the_simulation(results: Results) -> None:
    figure = figures.prior_figure(results)
    assert figure is not None
    borderline = next(e for e in results.examples if e.kind == "borderline")
    assert f"simulated trial {borderline.trial.trial} " in figure.alt
    rows = [row for table in figure.chart["datasets"].values() for row in table]
    x = {
        line: np.array([(r["x"], r["density"]) for r in rows if r.get("line") == line])
        for line in {r["line"] for r in rows if "line" in r}
    }
    assert "design prior" in x
    for line in x.values():
        values = line[np.unique(line[:, 0], return_index=True)[1]]
        step = np.diff(values[:, 0]).mean()
        assert values[:, 1].sum() * step == pytest.approx(1, abs=0.012)


def test_trials_of_thousands_are_not_drawn_person_by_person(results: Results) -> None:
    answer = replace(results.found.answer, n_randomised=6000)
    assert figures.example_figures(results)
    many = replace(results, found=replace(results.found, answer=answer))
    assert figures.example_figures(many) == ()


def test_figures_are_quick_to_import() -> None:
    code = "import planner.report.figures, sys; print('altair' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
