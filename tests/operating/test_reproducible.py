"""Same seed, same numbers: for any number of workers, run length and company."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from planner.engines.prepare import prepare
from planner.operating.characteristics import OperatingCharacteristics
from planner.operating.evaluate import Case, Simulation, evaluate, evaluate_blocks
from planner.operating.power import power
from planner.operating.tally import Tally
from planner.rng import block_sizes
from planner.scenario import MonteCarlo, Scenario
from planner.search.sample_size import SizeSearch
from planner.trials.draw import draw_moments
from planner.trials.layout import lay_out
from planner.trials.subjects import draw_subjects, subject_moments
from tests.crossovers import by_sex, contrasts_of, leaving

DRAWS = ["moments", "subjects"]


def planned(draw: str = "moments") -> Scenario:
    """AB/BA by sex with dropout and a random sex mix, so that every stream is used."""
    truth = {
        "effect": {"female": 2.0, "male": 3.0},
        "attrition": leaving(0.15),
        "sex_mix": "random",
    }
    return by_sex(truth=truth, monte_carlo={"n_trials": 2_500, "draw": draw})


def same(first: OperatingCharacteristics, second: OperatingCharacteristics) -> bool:
    """Bit for bit."""
    return repr(dataclasses.asdict(first)) == repr(dataclasses.asdict(second))


@pytest.mark.parametrize("draw", DRAWS)
def test_property_workers_do_not_matter(draw: str) -> None:
    scenario = planned(draw)
    assert same(power(scenario, 24, workers=1), power(scenario, 24, workers=2))
    assert same(power(scenario, 24, workers=2), power(scenario, 24, workers=5))


@pytest.mark.parametrize("draw", DRAWS)
def test_property_a_short_run_is_a_prefix_of_a_longer_one(draw: str) -> None:
    """Trial by trial for 2 500 of 10 000, and through the tallies."""
    scenario = planned(draw)
    layout = lay_out(scenario, 24)
    engine = prepare(scenario, layout)

    def estimates(n_trials: int) -> np.ndarray:
        parts = []
        for block, size in enumerate(block_sizes(n_trials)):
            moments = (
                draw_moments(layout, 3, block, size)
                if draw == "moments"
                else subject_moments(layout, draw_subjects(layout, 3, block, size))
            )
            parts.append(engine.fit(moments).estimate)
        return np.concatenate(parts)

    short, long = estimates(2_500), estimates(10_000)
    assert short.shape[0] == 2_500
    assert np.array_equal(short, long[:2_500], equal_nan=True)
    tallies = {
        n: [part for _, part in evaluate_blocks([Simulation(Case(scenario, 24))], n, 2)]
        for n in (2_000, 10_000)
    }
    for ours, theirs in zip(tallies[2_000], tallies[10_000], strict=False):
        assert _equal(ours, theirs)


def _equal(first: Tally, second: Tally) -> bool:
    return all(
        np.array_equal(getattr(first, f.name), getattr(second, f.name))
        for f in dataclasses.fields(Tally)
    )


def test_property_other_hypotheses_do_not_matter() -> None:
    scenario = planned()
    alone = scenario.with_changes({"plan.hypotheses": contrasts_of("overall")})
    together, single = power(scenario, 24), power(alone, 24)
    assert together["overall"] == single["overall"]
    assert together.null["overall"] == single.null["overall"]
    backwards = scenario.with_changes(
        {"plan.hypotheses": contrasts_of("interaction", "male", "female", "overall")}
    )
    for name in ("overall", "female", "male", "interaction"):
        assert power(backwards, 24)[name] == together[name]


def test_property_the_size_found_does_not_depend_on_workers_or_company() -> None:
    scenario = planned().with_changes({"monte_carlo.n_trials": 1_000})
    alone = scenario.with_changes({"plan.hypotheses": contrasts_of("male")})
    found = [
        SizeSearch(plan, workers).find("male", 0.8)
        for plan, workers in ((scenario, 1), (scenario, 2), (alone, 2))
    ]
    for first, second in pairwise(found):
        assert first.power == second.power
        assert first.trace == second.trace
        assert first.n_randomised == second.n_randomised


def test_property_different_seeds_differ() -> None:
    scenario = planned()
    other = scenario.with_changes({"monte_carlo.seed": 2})
    assert power(scenario, 24)["overall"].bias != power(other, 24)["overall"].bias


def test_property_cases_do_not_disturb_each_other() -> None:
    scenario = planned()
    settings = MonteCarlo(n_trials=2_000, max_failures=1.0)
    alone = evaluate([Case(scenario, 24)], settings)[0]
    crowd = evaluate([Case(scenario, 36), Case(scenario, 24), Case(scenario, 60)], settings)
    assert same(alone, crowd[1])


def test_property_closing_the_generator_stops_the_run() -> None:
    blocks = evaluate_blocks([Simulation(Case(planned(), 24))], 1_000_000, 2)
    assert next(blocks)[0] == 0
    blocks.close()
    assert list(blocks) == []
