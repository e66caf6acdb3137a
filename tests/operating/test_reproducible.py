"""The same scenario and seed give the same numbers, to the last bit."""

from dataclasses import fields, replace
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import numpy as np
import pytest

from planner.engines.prepare import prepare
from planner.operating.evaluate import Case, Simulation, evaluate, evaluate_blocks
from planner.operating.nulls import null_scenarios
from planner.operating.power import power, power_curve
from planner.operating.tally import Tally
from planner.rng import EXPLORATION_BLOCK, Stream, block_sizes, generator
from planner.scenario import MonteCarlo, Scenario
from planner.search.sample_size import SizeSearch
from planner.trials.draw import draw_moments
from planner.trials.layout import lay_out
from planner.trials.moments import Moments
from planner.trials.subjects import draw_subjects, subject_moments
from tests.crossovers import SEX_CONTRASTS, by_sex, contrasts_of, crossover, leaving, paired

TRUTH = {
    "effect": {"female": 2.0, "male": 4.0},
    "attrition": leaving({"female": 0.1, "male": 0.25}),
    "covariance": paired(0.4, sd_multiplier={"female": 1.0, "male": 1.2}),
}
WAYS = ("moments", "subjects")
ANALYSES = ("mixed-model", "within-subject-t")


def scenario(
    way: str = "moments", analysis: str = "mixed-model", n_trials: int = 2_500
) -> Scenario:
    """AB/BA by sex, with everything that is random."""
    return by_sex(
        plan={"analysis": {"kind": analysis}},
        truth={**TRUTH, "sex_mix": "random"},
        monte_carlo={"draw": way, "n_trials": n_trials},
    )


def moments(given: Scenario, n: int, block: int, size: int) -> Moments:
    """A block's first trials, drawn in the scenario's way."""
    layout, seed = lay_out(given, n), given.monte_carlo.seed
    if given.monte_carlo.draw == "subjects":
        return subject_moments(layout, draw_subjects(layout, seed, block, size))
    return draw_moments(layout, seed, block, size)


def equal(first: Any, second: Any) -> bool:
    """All fields of two records are equal bit by bit (NaN equals NaN)."""
    return all(
        np.array_equal(getattr(first, f.name), getattr(second, f.name), equal_nan=True)
        if isinstance(getattr(first, f.name), np.ndarray)
        else getattr(first, f.name) == getattr(second, f.name)
        for f in fields(first)
    )


@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("way", WAYS)
def test_property_results_do_not_depend_on_the_number_of_workers(way: str, analysis: str) -> None:
    """Bit for bit, under the planning truth and under the null, also with a partial block."""
    given = scenario(way, analysis, 7_400)
    one, two, three = (power(given, 20, workers=w) for w in (1, 2, 3))
    assert one == two == three
    assert repr(one) == repr(two)
    assert one.null["overall"] == two.null["overall"]


def test_property_the_seed_is_all_there_is() -> None:
    """Another run repeats it; another seed does not."""
    given = scenario()
    assert power(given, 20) == power(given, 20)
    other = power(given.with_changes({"monte_carlo.seed": 2}), 20)
    assert other["overall"].bias != power(given, 20)["overall"].bias


@pytest.mark.parametrize("size", [1, 137, 500, 999])
@pytest.mark.parametrize("way", WAYS)
def test_property_a_partial_block_begins_the_whole_one(way: str, size: int) -> None:
    """Draws and fits of the first trials do not know how many follow."""
    given = scenario(way)
    part, whole = moments(given, 18, 2, size), moments(given, 18, 2, 1_000)
    engine = prepare(given, lay_out(given, 18))
    few, many = engine.fit(part), engine.fit(whole)
    for short, long in ((part, whole), (few, many)):
        for f in fields(short):
            if f.name == "posterior":
                assert short.posterior is None
                continue
            beginning = getattr(long, f.name)[:size]
            assert np.array_equal(getattr(short, f.name), beginning, equal_nan=True), f.name


@pytest.mark.parametrize("way", WAYS)
def test_property_a_short_run_begins_a_long_one(way: str) -> None:
    """2 500 trials are two blocks of the 10 000 and half of the third, added in order."""
    given = scenario(way)
    simulation = Simulation(Case(given, 18))
    assert block_sizes(2_500) == [1_000, 1_000, 500]
    parts = [simulation.run(block, size) for block, size in enumerate(block_sizes(2_500))]
    total: Tally = reduce(add, parts)
    result = evaluate([Case(given, 18)], given.monte_carlo, workers=2)[0]
    assert simulation.characteristics(total) == result
    assert total.n == 2_500
    last = moments(given, 18, 2, 500)
    errors = simulation.engine.fit(last).estimate - simulation.effects
    np.testing.assert_allclose(parts[2].error, np.nansum(errors, axis=0), rtol=1e-11)
    assert parts[2].completers == last.n[:, simulation.complete].sum()
    again = Simulation(Case(given, 18))
    assert equal(parts[2], again.run(2, 500))
    assert equal(parts[0], again.run(0, 1_000))


def test_property_merging_tallies_is_tallying_both() -> None:
    """Counts add exactly in any grouping, sums to rounding."""
    simulation = Simulation(Case(scenario(), 18))
    a, b, c = (simulation.run(block, 1_000) for block in range(3))
    left, right = (a + b) + c, a + (b + c)
    for f in fields(Tally):
        first, second = getattr(left, f.name), getattr(right, f.name)
        np.testing.assert_allclose(first, second, rtol=1e-12)
        if np.asarray(first).dtype.kind == "i":
            assert np.array_equal(first, second)


@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "contrasts", [("overall", "male"), ("interaction", "overall"), SEX_CONTRASTS]
)
def test_property_other_hypotheses_move_nothing(
    way: str, analysis: str, contrasts: tuple[str, ...]
) -> None:
    """Everything about 'overall' is the same alone and in company."""
    given = scenario(way, analysis)
    alone, company = (
        given.with_changes({"plan.hypotheses": contrasts_of(*names)})
        for names in (("overall",), contrasts)
    )
    results = [
        evaluate([Case(s, 18)], given.monte_carlo, workers=2)[0]["overall"]
        for s in (alone, company)
    ]
    assert results[0] == results[1]


def test_property_neither_order_nor_company_of_hypotheses_matters() -> None:
    """Every hypothesis, and its type I error, whatever stands beside or before it."""
    given = scenario()
    together = power(given, 24)
    backwards = power(
        given.with_changes({"plan.hypotheses": contrasts_of(*reversed(SEX_CONTRASTS))}), 24
    )
    for name in SEX_CONTRASTS:
        alone = power(given.with_changes({"plan.hypotheses": contrasts_of(name)}), 24)
        assert together[name] == backwards[name] == alone[name]
        assert together.null[name] == backwards.null[name] == alone.null[name]


def test_property_the_size_found_depends_on_neither_workers_nor_company() -> None:
    """Nor does the way to it."""
    given = scenario(n_trials=1_000)
    alone = given.with_changes({"plan.hypotheses": contrasts_of("male")})
    found = [
        SizeSearch(plan, workers).find("male", 0.8)
        for plan, workers in ((given, 1), (given, 2), (alone, 2))
    ]
    for first, second in pairwise(found):
        assert first.power == second.power
        assert first.trace == second.trace
        assert first.n_randomised == second.n_randomised


def test_property_closing_the_generator_stops_the_run() -> None:
    """What has not started never will."""
    blocks: Any = evaluate_blocks([Simulation(Case(scenario(), 24))], 1_000_000, 2)
    assert next(blocks)[0] == 0
    blocks.close()
    assert list(blocks) == []


def test_property_other_sizes_truths_and_searches_move_nothing() -> None:
    """A point of a curve is the point alone; the null's type I error comes beside, not before."""
    given = scenario()
    curve = power_curve(given, [12, 18, 30], workers=2)
    for n, point in zip((12, 18, 30), curve, strict=True):
        assert point == power(given, n)
    without = power_curve(given, [18], nulls=False)[0]
    assert without == replace(curve[1], null={}, familywise_error=None)
    assert not without.null
    null, _ = null_scenarios(given)[0]
    both = evaluate([Case(null, 18, "null"), Case(given, 18)], given.monte_carlo)
    assert both[1] == without


def test_property_exploration_sees_other_trials() -> None:
    """Blocks for searching are not those of the results."""
    given = scenario()
    here, there = (Simulation(Case(given, 18, first_block=b)) for b in (0, EXPLORATION_BLOCK))
    assert here.run(0, 1_000).error[0] != there.run(0, 1_000).error[0]


def test_property_streams_and_blocks_are_independent() -> None:
    """No two generators start alike, and a generator can be made again."""
    keys = [(seed, s, b) for seed in (1, 2) for s in Stream for b in (0, 1, EXPLORATION_BLOCK)]
    first = {key: generator(*key).random() for key in keys}
    assert len(set(first.values())) == len(keys)
    assert all(generator(*key).random() == value for key, value in first.items())


def test_reference_the_numbers_of_a_seed() -> None:
    """What a seed means does not change from version to version unnoticed."""
    first = [int(generator(20_250, stream, 3).integers(2**32)) for stream in Stream]
    assert first == [
        4_100_962_263, 4_181_584_529, 1_170_517_347, 1_710_495_797, 3_960_799_164,
    ]  # fmt: skip
    given = crossover(truth={"effect": 3.0, "attrition": leaving(0.1)})
    result = evaluate([Case(given, 24)], MonteCarlo(n_trials=2_000))[0]["overall"]
    assert round(result.success.value * 2_000) == 846
