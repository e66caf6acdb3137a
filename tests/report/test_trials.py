"""Trials as a table: every reported power can be counted from it again."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import planner as pl
from planner.operating.evaluate import Case, Simulation
from planner.operating.replay import replay
from planner.operating.trial_table import described, read, trial_table, written
from planner.report.random_numbers import random_numbers
from planner.report.trials import recounted
from planner.rng import Stream, generator
from planner.scenario import Scenario

N = 60
CONFIRMATORY = pl.load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 1200})
CHANGES: dict[str, dict[str, Any]] = {
    "test": {},
    "posterior": {"plan.analysis": {"kind": "posterior"}, "monte_carlo.n_trials": 200},
    "several nulls": {
        "plan.hypotheses.overall.objective": {"kind": "non-inferiority", "margin": -1.0},
        "monte_carlo.n_trials": 200,
    },
    "persons": {"monte_carlo.draw": "subjects", "monte_carlo.n_trials": 200},
}


def changed(name: str) -> Scenario:
    return CONFIRMATORY.with_changes(CHANGES[name])


@pytest.fixture(scope="module", params=CHANGES)
def case(request: pytest.FixtureRequest) -> tuple[Scenario, pa.Table]:
    scenario = changed(request.param)
    return scenario, trial_table(scenario, N)


def test_every_power_and_type_i_error_is_counted_again(case: tuple[Scenario, pa.Table]) -> None:
    scenario, table = case
    power, found = pl.power(scenario, N), recounted(table)
    for name in scenario.plan.hypothesis_names:
        for truth, h in (("planning", power[name]), ("null", power.null[name])):
            counted = found["success"][name][truth]
            assert counted["value"] == h.success.value
            assert counted["mcse"] == h.success.mcse
            assert counted["n"] == scenario.monte_carlo.n_trials
    assert found["trial_success"]["value"] == power.trial_success.value
    assert found["completers"]["value"] == power.completers.value
    assert found["completers"]["mcse"] == power.completers.mcse


def test_bias_can_be_counted_too(case: tuple[Scenario, pa.Table]) -> None:
    scenario, table = case
    power = pl.power(scenario, N)
    rows = np.array(table.column("truth").to_pylist()) == "planning"
    for name in scenario.plan.hypothesis_names:
        h = power[name]
        mean = table.column(f"{name}_estimate").to_numpy()[rows].mean()
        if "overall_lower" in table.column_names:
            ends = [table.column(f"{name}_{end}").to_numpy()[rows] for end in ("lower", "upper")]
            covered = np.mean((ends[0] < h.effect) & (h.effect < ends[1]))
            assert covered == pytest.approx(h.coverage.value)
        assert mean - h.effect == pytest.approx(h.bias.value, abs=1e-9)


def test_a_row_is_the_trial_that_replay_shows(case: tuple[Scenario, pa.Table]) -> None:
    scenario, table = case
    rows = table.to_pylist()
    for trial in (0, 7, scenario.monte_carlo.n_trials - 1):
        row, shown = rows[trial], replay(scenario, N, trial)
        assert (row["truth"], row["trial"]) == ("planning", trial)
        for reading in shown.readings:
            name = reading.hypothesis
            assert row[f"{name}_estimate"] == pytest.approx(reading.estimate, rel=1e-9)
            p = 1 - row[f"{name}_probability"] if f"{name}_probability" in row else row[f"{name}_p"]
            two_sided = name == "interaction" and f"{name}_probability" in row
            expected = 2 * min(p, 1 - p) if two_sided else p
            assert expected == pytest.approx(reading.p_value, rel=1e-7, abs=1e-12)
            assert row[f"{name}_shown"] == reading.shown


def test_bytes_do_not_depend_on_threads_and_come_back(case: tuple[Scenario, pa.Table]) -> None:
    scenario, table = case
    content = written(table)
    assert written(trial_table(scenario, N, workers=1)) == content
    assert read(content).equals(table, check_metadata=True)
    assert written(read(content)) == content


def test_columns_have_unit_and_meaning(case: tuple[Scenario, pa.Table]) -> None:
    scenario, table = case
    assert [name for name, _, _ in described(scenario)] == table.column_names
    assert len(set(table.column_names)) == len(table.column_names)
    for field in table.schema:
        assert field.metadata[b"description"]
    assert table.schema.field("overall_estimate").metadata[b"unit"] == b"MADRS points"
    assert table.schema.metadata[b"fingerprint"].decode() == scenario.fingerprint()
    assert set(json.loads(table.schema.metadata[b"nulls"])) == set(scenario.plan.hypothesis_names)


def test_a_trial_without_a_result_has_no_estimate() -> None:
    scenario = pl.load_scenario("kcl-2025").with_changes(
        {
            "truth.attrition": {"kind": "mcar", "after_period_1": 0.9},
            "monte_carlo.n_trials": 300,
            "monte_carlo.max_failures": 1.0,
        }
    )
    table = trial_table(scenario, 12)
    failed = [row for row in table.to_pylist() if row["status"] not in {"ok", "boundary"}]
    assert failed
    for row in failed:
        assert row["overall_estimate"] is row["overall_se"] is row["overall_p"] is None
        assert not row["overall_shown"]
    power = pl.power(scenario, 12)
    assert len([r for r in failed if r["truth"] == "planning"]) == power.failures
    assert recounted(table)["success"]["overall"]["planning"]["value"] == (
        power["overall"].success.value
    )


def test_stored_states_redraw_what_the_simulation_drew() -> None:
    stored = random_numbers(CONFIRMATORY.monte_carlo)
    assert [b["trials"] for b in stored["blocks"]] == [1000, 200]
    assert [b["first_trial"] for b in stored["blocks"]] == [0, 1000]
    for block in stored["blocks"]:
        for stream in Stream:
            state = {k: int(v) for k, v in block["states"][stream.name.lower()].items()}
            bits = np.random.PCG64DXSM()
            bits.state = bits.state | {"state": state}
            expected = generator(stored["seed"], stream, block["block"]).standard_normal(5)
            assert np.array_equal(np.random.Generator(bits).standard_normal(5), expected)


def test_the_derivation_written_down_is_the_one_used() -> None:
    stored = random_numbers(CONFIRMATORY.monte_carlo)
    number = stored["streams"]["outcome"]["number"]
    made = eval(  # the text that a reader is told to run
        stored["derivation"], {"numpy": np, "seed": stored["seed"], "stream": number, "block": 1}
    )
    assert np.array_equal(made.random(3), generator(1, Stream.OUTCOME, 1).random(3))


def test_the_same_blocks_serve_every_truth() -> None:
    table = trial_table(CONFIRMATORY, N)
    moments, _ = Simulation(Case(CONFIRMATORY, N)).simulate(1, 200)
    completers = np.array(table.column("completers").to_pylist()).reshape(2, -1)
    assert np.array_equal(completers[0], completers[1])
    whole = Simulation(Case(CONFIRMATORY, N)).complete
    assert np.array_equal(completers[0, 1000:], moments.n[:, whole].sum(axis=1))
