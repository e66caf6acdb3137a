"""How charts are handed to the browser: names of data that do not change with their values."""

from typing import Any

import altair as alt
import pandas as pd
import pytest
import streamlit as st
from altair.utils import schemapi

from planner.charts.convergence import convergence_chart, convergence_table
from planner.charts.power import power_chart
from planner.charts.power_table import power_table
from planner.operating.convergence import PLANNING
from planner.operating.power import power_curve
from planner.scenario import Scenario, load_scenario
from planner.ui.drawing import draw_chart
from planner.ui.operating_answers import trace_at

SIZES = (20, 60)


class Place:
    """A place on a page that takes down what is drawn there."""

    def vega_lite_chart(self, *, spec: dict[str, Any], key: str, alt: str) -> None:
        self.spec, self.key, self.alt = spec, key, alt


def drawn(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The specification as it is handed over."""
    place: Any = Place()
    draw_chart(place, chart, key="k", alt="words")
    assert (place.key, place.alt) == ("k", "words")
    spec: dict[str, Any] = place.spec
    return spec


def split(spec: dict[str, Any]) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """What stays, and the values by name."""
    return {k: v for k, v in spec.items() if k != "datasets"}, spec["datasets"]


def points(values: list[float]) -> alt.Chart:
    """A chart of points."""
    chart: alt.Chart = alt.Chart(pd.DataFrame({"x": values})).mark_point().encode(alt.X("x:Q"))
    return chart


def data_named(spec: Any) -> list[str]:
    """Names of data in the order in which a specification asks for them."""
    if isinstance(spec, list):
        return [name for item in spec for name in data_named(item)]
    if not isinstance(spec, dict):
        return []
    own = [spec["data"]["name"]] if "data" in spec else []
    inside = [item for key, item in spec.items() if key not in {"data", "datasets"}]
    return own + data_named(inside)


def nested(values: list[float]) -> dict[str, alt.TopLevelMixin]:
    """Charts made of charts."""
    one, two, three = (points([v + k for v in values]) for k in range(3))
    frame = pd.DataFrame({"x": values, "g": ["a", "b"]})
    layers = alt.layer(alt.Chart().mark_point(), alt.Chart().mark_line(), data=frame).encode(
        x="x:Q"
    )
    return {
        "single": one,
        "layer": alt.layer(one, two),
        "hconcat": alt.hconcat(one, alt.layer(two, three)),
        "vconcat": alt.vconcat(alt.hconcat(one, two), three),
        "concat": alt.concat(one, two, columns=1),
        "facet": layers.facet("g:N"),
        "facets beside each other": alt.hconcat(layers.facet("g:N"), one),
        "repeat": points(values).repeat(["x"]),
    }


@pytest.mark.parametrize("kind", nested([1.0, 2.0]))
def test_property_only_values_differ_between_two_charts_of_a_kind(kind: str) -> None:
    first, held = split(drawn(nested([1.0, 2.0])[kind]))
    second, others = split(drawn(nested([5.0, 7.5])[kind]))
    assert first == second
    assert list(held) == list(others)
    assert all(not held[name].equals(others[name]) for name in held)


@pytest.mark.parametrize("kind", nested([1.0, 2.0]))
def test_property_every_name_that_is_asked_for_has_its_values(kind: str) -> None:
    spec = drawn(nested([1.0, 2.0])[kind])
    asked = data_named(spec)
    assert asked
    assert set(asked) == set(spec["datasets"])


def test_values_reach_the_layer_that_they_belong_to() -> None:
    spec = drawn(alt.hconcat(points([1.0]), alt.layer(points([2.0]), points([3.0]))))
    held = [spec["datasets"][name]["x"].tolist() for name in data_named(spec)]
    assert held == [[1.0], [2.0], [3.0]]


def test_a_table_used_twice_is_handed_over_once_and_an_equal_one_is_not_confused() -> None:
    table = pd.DataFrame({"x": [1.0]})
    twice = [alt.Chart(table).mark_point(), alt.Chart(table).mark_line()]
    spec = drawn(alt.layer(*twice, alt.Chart(table.copy()).mark_bar()).encode(x="x:Q"))
    assert len(spec["datasets"]) == 2


def simulated(seed: int) -> Scenario:
    """A scenario with few trials."""
    changes = {"monte_carlo.n_trials": 200, "monte_carlo.seed": seed}
    return load_scenario("confirmatory").with_changes(changes)


def test_the_power_chart_of_another_simulation_has_the_same_specification() -> None:
    specs = []
    for seed in (1, 2):
        curve = power_curve(simulated(seed), SIZES, nulls=False)
        table = power_table(curve, str, both=False)
        specs.append(split(drawn(power_chart(table, "overall", 80.0, 40, "light"))))
    (first, held), (second, others) = specs
    assert first == second
    assert any(not held[name].equals(others[name]) for name in held)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_convergence_chart_numbers_its_tables_alike(theme: str) -> None:
    names = []
    for seed in (1, 2):
        trace = trace_at(simulated(seed), 40)
        table = convergence_table(trace, "overall", PLANNING)
        spec = drawn(convergence_chart(table, "Power (%)", (80.0, "target"), theme))
        names.append((data_named(spec), list(spec["datasets"])))
    assert names[0] == names[1]


def test_a_chart_that_breaks_its_schema_is_refused_in_tests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def wrong() -> alt.Chart:
        chart = points([1.0])
        chart._kwds["height"] = {"no": "height"}
        return chart

    assert schemapi.DEBUG_MODE, "tests must check every chart"
    with pytest.raises(schemapi.SchemaValidationError):
        drawn(wrong())
    monkeypatch.setattr(schemapi, "DEBUG_MODE", False)
    assert "height" in drawn(wrong())


def test_streamlit_takes_what_is_drawn() -> None:
    draw_chart(st.container(), points([1.0]), key="drawn", alt="A point.")
