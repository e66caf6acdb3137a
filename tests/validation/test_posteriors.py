"""The stored posteriors: sound draws, of the data and plans that they are said to be of."""

import json
from importlib import resources
from typing import Any

import pytest

from planner.plan.analysis import Nuts
from planner.validation.posteriors import FILE, SAMPLED_NOW, integrated, sampled
from tests.reference import Case, case_id, reference, reference_case
from tests.validation.make_nuts_posteriors import LARGEST_RHAT, data_of
from tests.validation.passing import assert_passes
from tests.validation.posterior_cases import CASES

STORED = reference(FILE)
SMALLEST_ESS = 40_000


@pytest.mark.parametrize("case", STORED, ids=case_id)
def test_reference_quadrature_agrees_with_stored_draws(case: Case) -> None:
    """Means, SDs, intervals, probabilities and standard deviations."""
    assert len(assert_passes(integrated(case))) == len(case["expected"])


@pytest.mark.slow
@pytest.mark.parametrize("case", STORED, ids=case_id)
def test_reference_sampling_agrees_with_stored_draws(case: Case) -> None:
    """Probabilities from draws made now."""
    assert_passes(sampled(case))


@pytest.mark.parametrize("case", STORED, ids=case_id)
def test_stored_draws_are_sound(case: Case) -> None:
    """R̂, effective sample size, no divergence; every number has a Monte-Carlo standard error."""
    assert case["rhat"] < LARGEST_RHAT
    assert case["ess"] > SMALLEST_ESS
    assert case["divergent"] == 0
    assert list(case["mcse"]) == list(case["expected"])
    assert all(error > 0 for error in case["mcse"].values())


def test_stored_draws_say_how_they_were_made() -> None:
    """Four chains of 40 000 draws, seed and versions."""
    file = resources.files("planner.validation") / "reference" / f"{FILE}.json"
    made: dict[str, Any] = json.loads(file.read_text("utf-8"))["made"]
    assert Nuts.parse({k: made[k] for k in ("chains", "draws", "tune")}).draws == 40_000
    assert made["chains"] == 4
    assert {"on", "seed", "target_accept", "pymc", "nutpie", "arviz"} <= set(made)


def test_stored_posteriors_are_of_the_listed_cases() -> None:
    """Same plans and data, simulated anew or read from the files of lme4."""
    results = {"data", "expected", "mcse", "rhat", "ess", "divergent"}
    assert [case["id"] for case in STORED] == [case["id"] for case in CASES]
    for stored, listed in zip(STORED, CASES, strict=True):
        plan = {name: value for name, value in stored.items() if name not in results}
        assert plan == json.loads(json.dumps(listed))
        assert stored["data"] == data_of(listed)


@pytest.mark.parametrize("scale", [5.0, 20.0])
def test_property_another_prior_is_noticed(scale: float) -> None:
    """Of the between-person SD: half or twice as wide."""
    case = reference_case(FILE, SAMPLED_NOW)
    priors = case["analysis"]["priors"]
    changed = priors | {"sd_between": priors["sd_between"] | {"scale": scale}}
    wrong = case | {"analysis": case["analysis"] | {"priors": changed}}
    failed = {check.quantity for check in integrated(wrong) if not check.passed}
    assert "sd_between" in failed
