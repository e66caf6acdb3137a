"""Chapter on the simulation plan: aims, truths, methods, measures, random numbers, computation."""

import numpy as np
import pytest

from planner.engines.kernels.posterior import LARGEST_ERROR
from planner.engines.posterior_draws import LARGEST_RHAT, SMALLEST_ESS
from planner.operating.characteristics import mean_of
from planner.report.author import Author
from planner.report.chapters import simulation
from planner.report.model import Section, Table
from planner.report.random_numbers import DERIVATION
from planner.report.results import Results
from planner.rng import Stream, generator
from tests.report.varied_results import text_of, with_changes


def written(results: Results, changes: dict[str, object] | None = None) -> dict[str, Section]:
    author = Author(with_changes(results, changes or {}))
    return {section.id: section for section in simulation.sections(author)}


def table_of(section: Section, caption: str) -> Table:
    return next(b for b in section.blocks if isinstance(b, Table) and caption in b.caption)


def test_property_every_section_is_there_and_nothing_is_missing(results: Results) -> None:
    sections = written(results)
    assert list(sections) == [f"R{k}" for k in range(50, 60)]
    assert not [gap for section in sections.values() for gap in section.gaps]


def test_property_tables_fit_a_page_and_are_rectangular(results: Results) -> None:
    for section in written(results).values():
        for block in section.blocks:
            if isinstance(block, Table):
                assert len(block.columns) <= 7
                assert {len(row) for row in block.rows} == {len(block.columns)}


def test_property_means_of_the_truth_stand_in_the_table(results: Results) -> None:
    """By hand: B adds 2.1 in women and 3.1 in men, period 2 adds 1, carry-over of B 0.5."""
    section = written(results, {"truth.period_effects": [0.0, 1.0], "truth.carryover": 0.5})["R51"]
    rows = table_of(section, "Expected outcomes").rows
    assert rows == (
        ("AB", "women", "0", "3.1"),
        ("AB", "men", "0", "4.1"),
        ("BA", "women", "2.1", "1.5"),
        ("BA", "men", "3.1", "1.5"),
    )


def test_property_hazards_are_those_given(results: Results) -> None:
    section = written(
        results,
        {"plan.design": "ABB/BAA",
         "truth.attrition": {"kind": "mcar", "after_period_1": 0.12,
                             "after_period_2": {"female": 0.05, "male": 0.2}}},
    )["R51"]  # fmt: skip
    rows = dict(table_of(section, "Variation").rows)
    assert rows["Hazard h of leaving after period 1"] == "12 %"
    assert rows["Hazard h of leaving after period 2"] == "5 % of women and 20 % of men"


def test_property_true_values_are_computed_from_the_effects(results: Results) -> None:
    rows = table_of(written(results)["R53"], "True value").rows
    assert [row[2] for row in rows] == ["2.5", "2.1", "3.1", "1"]
    assert [row[3] for row in rows] == ["0"] * 4


def test_property_ratios_are_shown_as_ratios(results: Results) -> None:
    changes = {
        "truth.endpoint": {"name": "AUC", "scale": "log"},
        "truth.effect": 1.25,
        "truth.covariance": {"kind": "compound-symmetry", "cv_within": 0.3},
        "truth_prior": None,
        "alternatives": [],
    }
    rows = table_of(written(results, changes)["R53"], "True value").rows
    assert [row[2] for row in rows] == ["1.25", "1.25", "1.25", "1"]
    assert "logarithm" in text_of(written(results, changes)["R51"])


def test_property_a_value_without_source_is_a_gap(results: Results) -> None:
    section = written(results, {"citations": {}})["R52"]
    assert [gap.what for gap in section.gaps] == [
        f"the source of {what}"
        for what in ("the effect", "the SD", "the correlation between periods", "the loss",
                     "the share of women")
    ]  # fmt: skip


def test_property_the_error_reached_is_that_of_the_results(results: Results) -> None:
    rows = table_of(written(results)["R56"], "reached").rows
    power = results.power["overall"].success
    assert rows[0][3] == f"{100 * power.mcse:.2f}"
    due = (0.025 * 0.975 / results.scenario.monte_carlo.n_trials) ** 0.5
    assert rows[1][4] == f"{100 * due:.2f} at 2.5 %"


def test_property_the_written_rule_makes_the_generators_that_are_used() -> None:
    """The code that the report prints, run as it stands."""
    names = {"numpy": np, "seed": 7, "stream": 1, "block": 3}
    written_down = eval(DERIVATION, names)
    assert written_down.random(5).tolist() == generator(7, Stream.ATTRITION, 3).random(5).tolist()


def test_twin_the_mcse_formulae_are_those_that_are_computed() -> None:
    """S/√n of the bias formula against the program's sums over trials."""
    errors = np.random.default_rng(1).normal(0.3, 2.0, 500)
    found = mean_of(float(errors.sum()), float((errors**2).sum()), errors.size)
    assert found.mcse == pytest.approx(errors.std(ddof=1) / errors.size**0.5, rel=1e-12)


def test_property_gates_of_the_engines_are_written_as_coded(results: Results) -> None:
    sampled = text_of(
        written(results, {"plan.analysis": {"kind": "posterior", "engine": "nuts"}})["R59"]
    )
    assert f"R̂ is at most {LARGEST_RHAT:g}" in sampled
    assert f"at least {SMALLEST_ESS}" in sampled
    integrated = text_of(written(results, {"plan.analysis": {"kind": "posterior"}})["R59"])
    assert f"{LARGEST_ERROR:g} the lattice is refined" in integrated
    tested = text_of(written(results)["R59"])
    assert "profiled over the fixed effects" in tested


def test_property_people_drawn_one_by_one_are_said_to_be(results: Results) -> None:
    section = written(results, {"monte_carlo.draw": "subjects"})["R51"]
    assert "Every person is drawn" in text_of(section)
    assert "Wishart" not in text_of(section)
