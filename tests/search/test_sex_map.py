"""The sex decision map against simulations that know nothing of it."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from planner.errors import InvalidInput
from planner.operating.evaluate import Case, Simulation
from planner.operating.sex_questions import (
    SexQuestions,
    count_conclusions,
    sex_conclusions,
    sex_questions,
)
from planner.rng import block_sizes
from planner.scenario import load_scenario
from planner.search.sex_map import (
    CONCLUSIONS,
    SexMap,
    conclusion,
    effects_around,
    sex_map,
    six_conclusions,
    with_sex_effects,
)
from tests.monte_carlo import assert_within_mcse, difference_mcse, proportion_mcse

N = 86


def questions(**changes: Any) -> SexQuestions:
    """The built-in questions with dotted changes (``__``)."""
    dotted = {path.replace("__", "."): value for path, value in changes.items()}
    plain = {"monte_carlo.n_trials": 2500, **dotted}
    return sex_questions(load_scenario("confirmatory").with_changes(plain), "overall")


def direct(asked: SexQuestions, female: float, male: float, **settings: Any) -> NDArray[Any]:
    """Counts of a simulation under these effects and no others, [4, 3]."""
    there = with_sex_effects(asked, female, male)
    there = there.with_changes({f"monte_carlo.{k}": v for k, v in settings.items()})
    simulation = Simulation(Case(there, N))
    counts = np.zeros((4, 3), dtype=np.int64)
    for block, size in enumerate(block_sizes(there.monte_carlo.n_trials)):
        batch = simulation.simulate(block, size)[1]
        counts += count_conclusions(asked, batch, simulation.rule.decide(batch))
    return counts


ANALYSES = {
    "mixed model": {},
    "within-subject t": {"plan__analysis": {"kind": "within-subject-t"}},
    "satterthwaite, sequence": {
        "plan__analysis": {"kind": "mixed-model", "df": "satterthwaite", "sequence_effect": True}
    },
    "holm": {"plan__multiplicity": {"kind": "holm"}},
    "unmodelled carry-over": {"truth__carryover": 1.0},
    "dual criterion": {
        "plan__hypotheses__male__objective": {
            "kind": "posterior",
            "go": [{"above": 0.0, "probability": 0.975}, {"above": 2.0, "probability": 0.5}],
        }
    },
}


@pytest.mark.parametrize("changes", ANALYSES.values(), ids=ANALYSES)
def test_twin_a_point_is_a_simulation_of_its_own(changes: dict[str, Any]) -> None:
    """The same random numbers under other effects: trial by trial the same conclusion."""
    asked = questions(**changes)
    found = sex_map(asked, N, (0.0, 1.7, 4.0), n_trials=1300)
    for f, female in enumerate(found.effects):
        for m, male in enumerate(found.effects):
            expected = direct(asked, female, male, n_trials=1300)
            np.testing.assert_array_equal(found.counts[f, m], expected)


def test_twin_other_people_come_to_the_same_probabilities() -> None:
    """Every person drawn, with another seed: all twelve shares at four points."""
    asked = questions()
    found = sex_map(asked, N, (0.5, 4.0), n_trials=2500)
    m = 4000
    for f, female in enumerate(found.effects):
        for k, male in enumerate(found.effects):
            counts = direct(asked, female, male, n_trials=m, seed=77, draw="subjects")
            p, r = found.counts[f, k] / found.n_trials, counts / m
            assert_within_mcse(
                p, r, difference_mcse(p, found.n_trials, r, m), comparisons=48, what="shares"
            )


def test_twin_of_two_paired_t_tests() -> None:
    """Plain NumPy: differences of complete people, one pooled variance, three t tests."""
    sd, n, m = 7.5, 80, 20_000
    asked = questions(
        plan__analysis={"kind": "within-subject-t", "adjust_period": False},
        truth__attrition={"kind": "none"},
        truth_prior=None,
    )
    found = sex_map(asked, n, (1.0, 3.0), n_trials=2500)
    women, men = 48, 32
    rng = np.random.default_rng(20)
    z = rng.normal(0, sd, (m, n))
    for f, female in enumerate(found.effects):
        for k, male in enumerate(found.effects):
            in_women, in_men = z[:, :women] + female, z[:, women:] + male
            a, b = in_women.mean(axis=1), in_men.mean(axis=1)
            rest = ((in_women - a[:, None]) ** 2).sum(axis=1)
            rest += ((in_men - b[:, None]) ** 2).sum(axis=1)
            s, limit = np.sqrt(rest / (n - 2)), stats.t.ppf(0.975, n - 2)
            shown = 1 * (a / s * np.sqrt(women) > limit) + 2 * (b / s * np.sqrt(men) > limit)
            t = (b - a) / s / np.sqrt(1 / women + 1 / men)
            differ = np.where(np.abs(t) > limit, np.where(t < 0, 1, 2), 0)
            share = np.bincount(3 * shown + differ, minlength=12).reshape(4, 3) / m
            p = found.counts[f, k] / found.n_trials
            spread = difference_mcse(p, found.n_trials, share, m)
            assert_within_mcse(p, share, spread, comparisons=48, what="shares")


def test_reference_success_in_one_sex_only_at_equal_effects() -> None:
    """Two independent tests of power π succeed in one sex only with probability 2 π (1 − π).

    At 50 % power each that is one half (Gelman & Stern 2006, Am Stat 60:328,
    10.1198/000313006X152649, on comparing significance levels). The tests share one variance,
    whose estimate has a hundred degrees of freedom and more, so they are all but independent.
    """
    sd, n = 7.5, 200
    effect = float(stats.norm.ppf(0.975)) * sd / np.sqrt(n / 2)
    asked = questions(
        truth__effect=effect,
        truth__female_share=0.5,
        truth__attrition={"kind": "none"},
        truth_prior=None,
        monte_carlo__n_trials=10_000,
    )
    one = sex_map(asked, n, (0.0, effect), n_trials=10_000).at_equal.only_one_sex
    assert_within_mcse(one.value, 0.5, proportion_mcse(0.5, 10_000), what="one sex only")


def test_calibration_of_the_corner_without_effects() -> None:
    """Without effects each test errs at its level: 2.5 % one-sided, 5 % two-sided."""
    asked = questions(
        monte_carlo__n_trials=10_000, truth__attrition={"kind": "none"}, truth_prior=None
    )
    table = direct(asked, 0.0, 0.0)
    found = sex_map(asked, N, (0.0, 1.0), n_trials=10_000)
    np.testing.assert_array_equal(found.counts[0, 0], table)
    share = table / 10_000
    rates = np.array([share[[1, 3]].sum(), share[[2, 3]].sum(), share[:, 1:].sum()])
    level = np.array([0.025, 0.025, 0.05])
    assert_within_mcse(rates, level, proportion_mcse(level, 10_000), what="type I error")


@pytest.fixture(scope="module")
def built_in() -> SexMap:
    """The map of the built-in scenario."""
    asked = questions()
    return sex_map(asked, N, effects_around(asked, 17))


def test_the_truth_in_hand_is_a_point_like_any_other() -> None:
    asked = questions()
    here = sex_conclusions(asked, N)
    found = sex_map(asked, N, (2.1, 3.1), n_trials=2500)
    assert found.truth == pytest.approx((2.1, 3.1))
    np.testing.assert_array_equal(found.counts[0, 1], here.counts)


def test_equal_effects_are_on_the_grid(built_in: SexMap) -> None:
    place = int(np.argmin(np.abs(np.array(built_in.effects) - built_in.equal)))
    assert built_in.effects[place] == pytest.approx(built_in.equal)
    np.testing.assert_array_equal(built_in.counts[place, place], built_in.at_equal.counts)
    assert 0.0 in built_in.effects


def test_conclusions_are_exclusive_and_complete(built_in: SexMap) -> None:
    np.testing.assert_allclose(built_in.probability.sum(axis=2), 1)
    six = six_conclusions(built_in.at_equal.counts)
    values = [conclusion(built_in.at_equal, name).value for name in CONCLUSIONS]
    assert values == pytest.approx((six / built_in.n_trials).tolist())


def test_property_corners_say_what_is_true(built_in: SexMap) -> None:
    """No effect: neither. Large ones: both. Large in one sex alone: a difference."""
    most = np.array(CONCLUSIONS)[built_in.most_probable]
    zero = built_in.effects.index(0.0)
    assert most[zero, zero] == "neither"
    assert most[-1, -1] == "both"
    assert most[-1, zero] == "female above male"
    assert most[zero, -1] == "male above female"


def test_a_bayesian_plan_is_simulated_point_by_point() -> None:
    prior = {"kind": "normal", "mean": 0.0, "sd": 3.8}
    asked = questions(plan__analysis={"kind": "posterior", "priors": {"effect": prior}})
    found = sex_map(asked, N, (0.0, 3.0))
    assert found.n_trials == 200
    np.testing.assert_array_equal(found.counts[0, 1], direct(asked, 0.0, 3.0, n_trials=200))


def test_ratios_are_mapped_on_their_own_scale() -> None:
    asked = questions(
        truth__endpoint={"name": "AUC", "scale": "log"},
        truth__effect={"female": 1.1, "male": 1.3},
        truth__covariance={"kind": "paired-difference", "sd_difference": 0.5, "correlation": 0.5},
        truth_prior=None,
        alternatives=[],
    )
    found = sex_map(asked, N, (0.9, 1.0, 1.3), n_trials=500)
    assert found.truth == pytest.approx((1.1, 1.3))
    log = direct(asked, 0.0, float(np.log(1.3)), n_trials=500)
    np.testing.assert_array_equal(found.counts[1, 2], log)
    with pytest.raises(InvalidInput, match="not a ratio"):
        sex_map(asked, N, (0.0, 1.0))


@pytest.mark.parametrize(
    "effect",
    [{"female": 3.0, "male": -1.0}, {"female": -3.0, "male": -2.0}, {"female": 0.0, "male": 0.0},
     {"female": 2.0, "male": -3.0}],
)  # fmt: skip
def test_the_grid_holds_no_effect_and_the_truth(effect: dict[str, float]) -> None:
    grid = effects_around(questions(truth__effect=effect, truth_prior=None), 17)
    assert len(set(grid)) == 17
    assert list(grid) == sorted(grid)
    assert 0.0 in grid
    assert min(grid) <= min(effect.values())
    assert max(grid) >= max(effect.values())
