"""The table of a run has the numbers that the other commands print."""

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from planner.batch.backends import Threads
from planner.batch.batch import Batch, batch_from
from planner.batch.results import ENDINGS
from planner.batch.run_folder import RESULTS
from planner.batch.runner import run_batch
from planner.batch.table import columns, read_table
from planner.batch.task import decoded, encoded
from planner.errors import InvalidInput
from planner.operating.evaluate import Case, Simulation
from planner.operating.power import power
from planner.scenario import load_scenario

BATCH = {
    "base": "confirmatory",
    "monte_carlo": {"n_trials": 2_300, "seed": 7},
    "changes": {"plan.other_analyses": [{"kind": "within-subject-t"}]},
    "grid": {"plan.design": ["AB/BA", "ABBA/BAAB"], "plan.n_subjects": [24, 41]},
}


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Two designs, two sizes, two analyses."""
    return batch_from(BATCH)


@pytest.fixture(scope="module")
def folder(batch: Batch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its finished run."""
    place = tmp_path_factory.mktemp("batch") / "run"
    run_batch(batch, place, backend=Threads(2))
    return place


def test_twin_rows_are_those_of_power(batch: Batch, folder: Path) -> None:
    """Every number of the table is that of `power` for the same scenario, to the last bit."""
    rows = read_table(folder / RESULTS).to_pylist()
    assert len(rows) == 4 * 2 * 2 * 4
    for row in rows:
        scenario = batch.scenario.with_changes(
            {path: row[path] for path in ("plan.design", "plan.n_subjects")}
        )
        at_n = power(scenario, row["n_subjects"])
        own = next(a for a in (at_n, *at_n.others) if a.analysis == row["analysis"])
        found = (
            own[row["hypothesis"]] if row["truth"] == "planning" else own.null[row["hypothesis"]]
        )
        assert (row["success"], row["success_mcse"]) == (found.success.value, found.success.mcse)
        assert (row["bias"], row["bias_mcse"]) == (found.bias.value, found.bias.mcse)
        assert row["coverage"] == found.coverage.value
        if row["truth"] == "planning":
            assert row["trial_success"] == own.trial_success.value
        elif own.familywise_error is not None:
            assert row["any_rejected"] == own.familywise_error.value


SD = {"kind": "paired-difference", "sd_difference": 7.5}
RULE = {"kind": "posterior", "go": [{"above": 0.0, "probability": 0.975}],
        "stop": [{"below": 1.0, "probability": 0.8}]}  # fmt: skip
PAIRS = [{"name": x.lower(), "contrast": {"weights": {"A": -1, x: 1}}} for x in "BC"]


def inline(objective: dict[str, Any], **truth: Any) -> dict[str, Any]:
    """A base with one hypothesis, in full."""
    plan = {"design": "AB/BA", "hypotheses": [{"name": "overall", "objective": objective}]}
    return {"scenario": {"plan": plan, "truth": {"covariance": SD, **truth}}}


TWINS: dict[str, dict[str, Any]] = {
    "flat posterior": {"changes": {"plan.analysis": {"kind": "posterior"}}},
    "informative posterior": {
        "changes": {
            "plan.analysis": {
                "kind": "posterior",
                "priors": {"effect": {"kind": "normal", "mean": 2.0, "sd": 2.0}},
            }
        }
    },
    "go and stop": {
        "changes": {
            "plan.analysis": {"kind": "posterior"},
            "plan.hypotheses.overall.objective": RULE,
        }
    },
    "equivalence of ratios": inline(
        {"kind": "equivalence", "lower": 0.8, "upper": 1.25},
        effect=1.05,
        endpoint={"name": "AUC", "scale": "log"},
        covariance={"kind": "compound-symmetry", "cv_within": 0.3, "cv_between": 0.5},
    ),
    "non-inferiority": inline({"kind": "non-inferiority", "margin": -4.0}, effect=0.5),
    "three treatments": {
        "scenario": {
            "plan": {"design": "Williams 3", "hypotheses": PAIRS},
            "truth": {"covariance": SD, "effect": {"B": 2.0, "C": 3.0}},
        }
    },
    "sexes at random": {"changes": {"truth.sex_mix": "random"}},
    "Balaam": {"changes": {"plan.design": "Balaam"}},
    "SD by sex": {"changes": {"truth.covariance.sd_multiplier": {"female": 1.0, "male": 1.5}}},
    "Holm": {"changes": {"plan.multiplicity": {"kind": "holm"}, "plan.success": "overall or male"}},
    "every person": {"changes": {"monte_carlo.draw": "subjects"}},
}


@pytest.mark.parametrize("name", TWINS)
def test_twin_rows_are_those_of_power_for_every_kind_of_trial(name: str, tmp_path: Path) -> None:
    """Every column that `power` has too, bit for bit; a number that is not there is empty."""
    raw = TWINS[name]
    settings = {"n_trials": 200, "seed": 4, "max_failures": 1.0}
    base = {} if "scenario" in raw else {"base": "confirmatory"}
    batch = batch_from({**base, **raw, "monte_carlo": settings, "grid": {"plan.n_subjects": [18]}})
    run_batch(batch, tmp_path, backend=Threads(1))
    rows = read_table(tmp_path / RESULTS).to_pylist()
    at = power(batch.scenario, 18, workers=1)
    wanted = {(row["hypothesis"], row["truth"]): row for row in at.rows()}
    assert len(rows) == len(wanted)
    for row in rows:
        for column, value in wanted[row["hypothesis"], row["truth"]].items():
            missing = value is None or (isinstance(value, float) and math.isnan(value))
            found = row["n_subjects" if column == "n" else column]
            assert found == (None if missing else value), column
        if row["truth"] == "planning":
            assert row["completers"] == at.completers.value
            assert all(row[ending] == at.ledger[ending] for ending in ENDINGS)


def test_a_trial_without_an_analysis_is_counted_in_its_row(tmp_path: Path) -> None:
    """With few people and sexes at random some trials lack a sex; they are no successes."""
    raw = {"base": "confirmatory", "monte_carlo": {"n_trials": 2_000, "max_failures": 1.0},
           "changes": {"truth.sex_mix": "random"}, "grid": {"plan.n_subjects": [8]}}  # fmt: skip
    outcome = run_batch(batch_from(raw), tmp_path, backend=Threads(1))
    rows = read_table(tmp_path / RESULTS).to_pylist()
    assert not outcome.too_many_failures
    assert all(0 < row["not_estimable"] < 2_000 for row in rows)
    raw["monte_carlo"] = {"n_trials": 2_000, "max_failures": 0.001}
    outcome = run_batch(batch_from(raw), tmp_path, backend=Threads(1), resume=True)
    (told,) = outcome.too_many_failures
    most = max(sum(row[ending] for ending in ENDINGS) for row in rows)
    share = most / 2_000
    mcse = math.sqrt(share * (1 - share) / 2_000)
    assert told == f"point 0 (plan.n_subjects = 8): {100 * share:.1f} ± {100 * mcse:.1f} %"


def test_settings_have_the_narrowest_type_that_holds_them(tmp_path: Path) -> None:
    """Whole numbers, real ones, true or false, text; tables are JSON, a source is left out."""
    cited = {"value": 7.5, "evidence": "lapidus-2014.sd_difference"}
    grid = {"plan.n_subjects": [24, 40], "truth.carryover": [0, 0.5],
            "truth.covariance.sd_difference": [cited, 9],
            "plan.analysis": [{"kind": "mixed-model"}, {"kind": "within-subject-t"}],
            "plan.analysis.by_sex": [True], "truth.sex_mix": ["quota"]}  # fmt: skip
    cases = [{"name": "as it is"}, {"name": "lasting", "changes": {"truth.period_effects": [0, 1]}}]
    raw = {"base": "confirmatory", "monte_carlo": {"n_trials": 100}, "grid": grid, "cases": cases}
    run_batch(batch_from(raw), tmp_path, backend=Threads(1))
    frame = pd.read_parquet(tmp_path / RESULTS)
    kinds = {"plan.n_subjects": "int64", "truth.carryover": "float64", "point": "int64",
             "truth.covariance.sd_difference": "float64", "plan.analysis.by_sex": "bool",
             "bayesian": "bool", "n_trials": "int64", "not_estimable": "int64"}  # fmt: skip
    assert {path: str(frame[path].dtype) for path in kinds} == kinds
    assert set(frame["truth.covariance.sd_difference"]) == {7.5, 9.0}
    assert {json.loads(text)["kind"] for text in frame["plan.analysis"]} == {
        "mixed-model",
        "within-subject-t",
    }
    lasting = frame[frame["case"] == "lasting"]
    assert {tuple(json.loads(text)) for text in lasting["truth.period_effects"]} == {(0, 1)}
    assert frame[frame["case"] == "as it is"]["truth.period_effects"].isna().all()
    assert list(frame["point"]) == sorted(frame["point"])
    assert frame["point"].nunique() == len(frame) / 8 == 32
    metadata = pq.read_schema(tmp_path / RESULTS).metadata
    assert json.loads(metadata[b"settings"]) == [*grid, "truth.period_effects"]


def test_points_with_the_same_numbers_share_their_case(tmp_path: Path) -> None:
    """Two names of one setting: simulated once, and a row for each."""
    cases = [{"name": "planned"},
             {"name": "again", "changes": {"truth.covariance.sd_difference": 7.5}}]  # fmt: skip
    raw = {"base": "confirmatory", "monte_carlo": {"n_trials": 100}, "cases": cases,
           "changes": {"plan.n_subjects": 24}}  # fmt: skip
    outcome = run_batch(batch_from(raw), tmp_path, backend=Threads(1))
    assert (outcome.n_points, outcome.n_cases) == (2, 2)
    frame = pd.read_parquet(tmp_path / RESULTS)
    named = ["point", "case", "truth.covariance.sd_difference"]
    first, second = (
        frame[frame["case"] == name].drop(columns=named).reset_index(drop=True)
        for name in ("planned", "again")
    )
    pd.testing.assert_frame_equal(first, second)


def test_every_column_is_described(batch: Batch, folder: Path) -> None:
    """Its name, and in the metadata what it means."""
    table = read_table(folder / RESULTS)
    assert table.column_names == [name for name, _, _ in columns(batch)]
    for field in table.schema:
        assert field.metadata[b"description"]


@pytest.mark.parametrize("design", ["AB/BA", "ABB/BAA"])
def test_tallies_survive_their_bytes(design: str) -> None:
    """Decoded and encoded again they have the same bytes and the same sums."""
    scenario = load_scenario("confirmatory").with_changes({"plan.design": design})
    tally = Simulation(Case(scenario, 24)).run(3, 400)
    content = encoded(tally)
    assert encoded(decoded(content)) == content
    assert encoded(decoded(content) + tally) == encoded(tally + tally)


@pytest.mark.parametrize("cut", [0, 3, 40, -1])
def test_cut_tallies_are_refused(cut: int) -> None:
    """Bytes of another length are no tally."""
    content = encoded(Simulation(Case(load_scenario("confirmatory"), 24)).run(0, 100))
    with pytest.raises(InvalidInput, match="are not a tally"):
        decoded(content[:cut])
