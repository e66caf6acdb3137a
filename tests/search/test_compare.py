"""Plans side by side: sizes, arithmetic, stress, and what an ignored carry-over costs."""

from functools import cache

import numpy as np
import pytest

import planner as pl
from planner.errors import InvalidInput, NotEstimable, TooManyFailures
from planner.operating.evaluate import Case, evaluate
from planner.operating.stress import ADVERSE, stressed
from planner.plan.costs import Costs
from planner.scenario import Scenario, load_scenario
from planner.search.carryover_price import (
    CarryoverPrice,
    carryover_price,
    variance_of_protection,
    with_residual,
)
from planner.search.compare import (
    DESIGNS,
    WEIGHTS,
    Comparison,
    compare,
    estimable,
    left_out,
    vary_design,
)
from planner.search.sample_size import sample_size
from tests.monte_carlo import assert_within_mcse, mean_and_mcse
from tests.planning import of_difference, one_sided, plan, power_at, smallest, within
from tests.reference import published

FEW = {"monte_carlo": {"n_trials": 2000, "seed": 7}}
COSTS = Costs(per_subject=1000.0, per_visit=300.0, period_weeks=1.0, washout_weeks=2.0)


@cache
def confirmatory() -> Scenario:
    return load_scenario("confirmatory").with_changes(FEW)


@cache
def compared() -> Comparison:
    return compare(vary_design(confirmatory()), COSTS, workers=1)


def test_reference_visits_weeks_and_cost_by_hand() -> None:
    """40 people in three periods: 120 visits, 3 + 2 × 2 weeks, 40 × 1000 + 120 × 300."""
    assert COSTS.visits(40, 3) == 120
    assert COSTS.weeks(3) == 7.0
    assert COSTS.total(40, 3) == 76_000.0
    assert COSTS.weeks(1) == 1.0
    assert Costs().total(40, 3) is None
    assert Costs().weeks(3) is None
    assert Costs(per_visit=300.0).total(40, 3) == 36_000.0
    assert Costs(washout_weeks=2.0).weeks(2) is None


def test_scenarios_have_their_own_prices_unless_some_are_given() -> None:
    """Also none at all; of several currencies no cost can be compared."""
    euros = confirmatory().with_changes({"protocol.costs": {"per_visit": 3.0, "currency": "EUR"}})
    plain = confirmatory()
    own = compare({"a": euros, "b": plain}, workers=1)
    assert [plan.costs for plan in own.plans] == [euros.protocol.costs, Costs()]
    assert [plan.cost for plan in own.plans] == [3.0 * own["a"].visits, None]
    for given in (COSTS, Costs()):
        found = compare({"a": euros}, given, workers=1)["a"]
        assert found.costs == given
        assert found.cost == given.total(found.n_randomised, 2)
    pounds = confirmatory().with_changes({"protocol.costs": {"per_visit": 3.0, "currency": "GBP"}})
    with pytest.raises(InvalidInput, match="its prices are in GBP and those of a in EUR; state"):
        compare({"a": euros, "b": pounds})


def test_property_rows_are_the_sizes_of_the_search_digit_for_digit() -> None:
    """Same scenario, same seed: size, power and type I error of `sample_size`."""
    found = sample_size(confirmatory(), workers=1)
    row = compared()["AB/BA"]
    assert row.size == found[0]
    assert row.fingerprint == confirmatory().fingerprint()
    assert (row.n_evaluable, row.n_randomised) == (found[0].n_evaluable, found[0].n_randomised)
    assert row.power == found[0].power
    assert row.type_i_error == found[0].type_i_error
    female = compare({"it": confirmatory()}, hypothesis="female", target=0.9, workers=1)["it"]
    assert female.size == next(
        f for f in found if f.hypothesis == "female" and f.power_target == 0.9
    )


def test_property_every_row_adds_up() -> None:
    """Visits, cost, worst and weighted power follow from size and simulated powers."""
    for plan_ in compared().plans:
        n, periods = plan_.n_randomised, plan_.visits_per_person
        assert periods == len(plan_.sequences[0])
        assert plan_.visits == n * periods
        assert plan_.cost == n * (1000 + 300 * periods)
        assert plan_.weeks == periods + 2 * (periods - 1)
        assert plan_.stressed["realistic"] == plan_.power
        assert plan_.worst == min(plan_.stressed.items(), key=lambda item: item[1].value)
        total = sum(WEIGHTS[name] * power.value for name, power in plan_.stressed.items())
        assert plan_.weighted_power.value == pytest.approx(total, rel=1e-12)
        assert plan_.weighted_power.mcse < max(p.mcse for p in plan_.stressed.values()) + 1e-12
        adverse = stressed(vary_design(confirmatory())[plan_.name], ADVERSE)
        case = Case(adverse, n, "adverse")
        again = evaluate([case], adverse.monte_carlo, workers=1)[0]
        assert plan_.stressed["adverse"] == again["overall"].success
    frame = compared().to_frame()
    assert list(frame["name"]) == list(DESIGNS)
    assert list(frame["n_randomised"]) == [p.n_randomised for p in compared().plans]
    assert (frame["power_mcse"] > 0).all()


def test_property_trials_that_fail_under_stress_count_as_no_success() -> None:
    """So many leave that hardly a trial can be analysed: no error, and hardly any power."""
    scenario = plan(
        ["AB", "BA"], one_sided(), 6.0, within(5.0),
        truth__attrition={"kind": "mcar", "after_period_1": 0.6},
        monte_carlo={"n_trials": 1000, "max_failures": 0.1},
    )  # fmt: skip
    found = compare({"it": scenario}, workers=1)["it"]
    assert found.worst[0] == "adverse"
    harsh = Case(stressed(scenario, ADVERSE), found.n_randomised, "adverse")
    with pytest.raises(TooManyFailures):
        evaluate([harsh], scenario.monte_carlo, workers=1)
    lenient = scenario.monte_carlo.model_copy(update={"max_failures": 1.0})
    (again,) = evaluate([harsh], lenient, workers=1)
    assert found.worst[1] == again["overall"].success
    assert again["overall"].success.n == 1000


def test_property_workers_do_not_matter() -> None:
    """Digit for digit."""
    one = compare({"it": confirmatory()}, workers=1)
    assert compare({"it": confirmatory()}, workers=2) == one


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.5, 0.7])
def test_reference_parallel_against_crossover(correlation: float) -> None:
    """N of parallel groups is 2 / (1 − ρ) that of AB/BA, but for degrees of freedom.

    Both are sized by the closed form for a small effect, where these hardly matter.
    """
    covariance = {**of_difference(1.0), "correlation": correlation}
    varied = vary_design(plan(["AB", "BA"], one_sided(), 0.1, covariance))

    def size(name: str) -> int:
        return smallest(lambda n: power_at(varied[name], n), 0.8, 2, start=3)

    parallel, crossover = size("parallel"), size("AB/BA")
    # 1.92 people: z²/2 of either; and 2 of rounding either size up to a balanced one.
    assert parallel / crossover == pytest.approx(2 / (1 - correlation), rel=8 / crossover)


@pytest.mark.parametrize("case", ["CO-04", "CO-05", "CO-06", "CO-07", "CO-09"])
def test_reference_variance_of_protection(case: str) -> None:
    """The inverse of lrstat's relative efficiency (`getDesignMeanDiffCarryover`)."""
    inputs, expected, _ = published(case)
    sequences = ["".join("AB"[int(k) - 1] for k in s) for s in inputs["design"]]
    scenario = plan(sequences, one_sided(), 0.5, within(1.0))
    factor = variance_of_protection(scenario, "overall", 10 * len(sequences))
    assert factor == pytest.approx(1 / expected["rel_eff"], rel=1e-7)


def test_reference_protection_is_not_to_be_had_in_two_periods_and_two_sequences() -> None:
    """CO-11: AB/BA with carry-over is refused; one period has none."""
    varied = vary_design(plan(["AB", "BA"], one_sided(), 0.5, within(1.0)))
    assert variance_of_protection(varied["AB/BA"], "overall", 20) is None
    assert variance_of_protection(varied["parallel"], "overall", 20) == 1.0
    assert variance_of_protection(varied["Balaam"], "overall", 20) == pytest.approx(2, rel=1e-7)


def complete() -> Scenario:
    """AB/BA, nobody leaves, effect 2.5 and a period effect."""
    scenario = plan(
        ["AB", "BA"],
        one_sided(),
        2.5,
        within(5.3, 5.3),
        truth__period_effects=[0.0, -1.5],
        truth__sex_difference=1.0,
        truth__female_share=0.6,
    )
    return scenario.with_changes({"monte_carlo": {"n_trials": 10_000, "seed": 11}})


SHARES = (0.0, 0.05, 0.1, 0.2, 0.5)


@cache
def prices() -> tuple[CarryoverPrice, ...]:
    return carryover_price(complete(), SHARES, n_subjects=80, workers=1)


def test_reference_bias_under_carryover() -> None:
    """−λ/2 in AB/BA, as half of (π + τ) − (π + λ − τ) is τ − λ/2; closed form and simulation."""
    found = prices()
    expected = [-share * 2.5 / 2 for share in SHARES]
    assert [p.carryover for p in found] == pytest.approx([share * 2.5 for share in SHARES])
    assert [p.expected_bias for p in found] == pytest.approx(expected, abs=1e-12)
    assert_within_mcse([p.bias.value for p in found], expected, [p.bias.mcse for p in found])
    for price in found:
        assert price.n_subjects == 80
        assert price.oracle is not None
        assert abs(price.oracle.z) < 4.5


def test_twin_bias_under_carryover() -> None:
    """Person by person in plain numpy: outcomes with a residual effect, then Hills and Armitage."""
    rng, lasting, trials, per_sequence = np.random.default_rng(5), 0.5 * 2.5, 20_000, 40
    shape = (trials, per_sequence, 2)
    person = rng.normal(0, 5.3, (2, *shape[:2], 1))
    noise = rng.normal(0, 5.3, (2, *shape))
    period = np.array([0.0, -1.5])
    first_a = person[0] + noise[0] + period + np.array([0.0, 2.5])
    first_b = person[1] + noise[1] + period + np.array([2.5, lasting])
    rise = [np.diff(y, axis=2)[..., 0].mean(axis=1) for y in (first_a, first_b)]
    mean, mcse = mean_and_mcse((rise[0] - rise[1]) / 2 - 2.5)
    price = prices()[-1]
    assert_within_mcse(price.bias.value, mean, np.hypot(mcse, price.bias.mcse))
    assert_within_mcse(mean, -lasting / 2, mcse)


@pytest.mark.parametrize("design", ["ABB/BAA", "ABA/BAB", "ABBA/BAAB", "AABB/BBAA", "Balaam"])
def test_twin_expected_bias_of_other_designs(design: str) -> None:
    """Least squares with a column per sequence, period and treatment on the expected outcomes."""
    scenario = with_residual(vary_design(complete(), [design])[design], 0.2)
    rows, outcome = [], []
    sequences = scenario.plan.design.sequences
    n_periods = scenario.plan.design.n_periods
    for s, sequence in enumerate(sequences):
        for p, letter in enumerate(sequence):
            rows.append([*np.eye(len(sequences))[s], *np.eye(n_periods)[p], letter == "B"])
            carried = p > 0 and sequence[p - 1] == "B"
            outcome.append(2.5 * (letter == "B") + 0.2 * 2.5 * carried)
    fitted = np.linalg.lstsq(np.array(rows, float), np.array(outcome), rcond=None)[0][-1]
    price = carryover_price(scenario, [0.2], n_subjects=80, workers=1)[0]
    assert price.expected_bias == pytest.approx(fitted - 2.5, abs=1e-10)


def test_property_people_win_back_the_power() -> None:
    """The size found has the power without carry-over, and one step less has not."""
    plain = with_residual(complete(), 0.0)
    goal = power_at(plain, 80)
    sizes = [price.n_recovered for price in prices()]
    assert sizes[0] == 80
    assert sizes == sorted(sizes, key=lambda n: n or 0)
    for share, n in zip(SHARES[1:], sizes[1:], strict=True):
        assert n is not None
        assert power_at(with_residual(complete(), share), n) >= goal
        assert power_at(with_residual(complete(), share), n - 2) < goal
    power = [price.power.value for price in prices()]
    assert power == sorted(power, reverse=True)


def test_property_carryover_has_no_price_in_parallel_groups() -> None:
    """Nor in ABB/BAA with everybody complete."""
    varied = vary_design(complete(), ["parallel", "ABB/BAA"])
    for scenario in varied.values():
        price = carryover_price(scenario, [0.3], n_subjects=80, workers=1)[0]
        assert price.expected_bias == pytest.approx(0, abs=1e-10)
        assert price.n_recovered == 80


def test_property_carryover_on_a_log_scale_is_a_power_of_the_ratio() -> None:
    """A share of the logarithm; the default size is that of the search."""
    scenario = plan(
        ["AB", "BA"], one_sided(), 1.25,
        {"kind": "compound-symmetry", "cv_within": 0.3}, scale="log",
    ).with_changes(FEW)  # fmt: skip
    (price,) = carryover_price(scenario, [0.2], workers=1)
    assert price.carryover == pytest.approx(1.25**0.2, rel=1e-12)
    assert price.expected_bias == pytest.approx(-0.1 * np.log(1.25), rel=1e-9)
    assert price.n_subjects == sample_size(scenario, workers=1)[0].n_randomised


def test_property_same_truth_under_other_designs() -> None:
    """The own design is untouched; further periods go on as the last, and one period has none."""
    base = confirmatory().with_changes(
        {
            "truth.period_effects": [0.0, 1.0],
            "truth.carryover": 0.2,
            "plan.sequence_weights": [2, 1],
            "truth_prior.carryover": {"kind": "normal", "mean": 0.0, "sd": 1.0},
        }
    )
    varied = vary_design(base)
    assert tuple(varied) == DESIGNS
    assert varied["AB/BA"] is base
    longest, shortest = varied["ABBA/BAAB"], varied["parallel"]
    assert longest.truth.period_effects == (0.0, 1.0, 1.0, 1.0)
    leaving = longest.truth.attrition.plain()
    assert {leaving[f"after_period_{p}"] for p in (1, 2, 3)} == {0.12}
    assert longest.truth.effect == base.truth.effect
    assert longest.plan.weights == (1, 1)
    assert shortest.truth.period_effects == (0.0,)
    assert shortest.truth.attrition.kind == "none"
    assert shortest.truth_prior is not None
    assert base.truth_prior is not None
    assert shortest.truth_prior.carryover is shortest.truth_prior.correlation is None
    assert shortest.truth_prior.effect == base.truth_prior.effect
    back = vary_design(shortest, ["AB/BA", "2x2"])
    assert tuple(back) == ("AB/BA",)
    adjusted = base.with_changes({"plan.design": "ABB/BAA", "truth.period_effects": [0.0] * 3,
                                  "plan.sequence_weights": [1, 1],
                                  "plan.analysis.carryover": True})  # fmt: skip
    assert set(left_out(vary_design(adjusted))) == {"AB/BA"}
    possible, missing = estimable(vary_design(adjusted, ["AB/BA", "ABB/BAA"]))
    assert (set(possible), set(missing)) == ({"ABB/BAA"}, {"AB/BA"})
    with pytest.raises(NotEstimable, match=r"^none of the designs can be compared; AB/BA: 'over"):
        estimable(vary_design(adjusted, ["AB/BA"]))
    assert vary_design(adjusted)["parallel"].plan.analysis.carryover is False


def test_property_bad_questions_are_refused_in_one_sentence() -> None:
    """What is in hand, the rule, and what to do."""
    with pytest.raises(InvalidInput, match="no scenario is given; give one"):
        compare({})
    with pytest.raises(InvalidInput, match="kcl: hypothesis: 'female' is not a hypothesis"):
        compare({"kcl": load_scenario("kcl-2025")}, hypothesis="female")
    with pytest.raises(InvalidInput, match="2 is not a power to be reached"):
        compare({"it": confirmatory()}, target=2.0)
    with pytest.raises(InvalidInput, match=r"1.5 is not a share of the effect"):
        carryover_price(confirmatory(), [1.5], n_subjects=80)
    with pytest.raises(InvalidInput, match="Williams 3 has treatments A, B, C"):
        vary_design(confirmatory(), ["Williams 3"])
    with pytest.raises(InvalidInput, match="costs: currency: 'a very long label'"):
        Costs.parse({"currency": "a very long label"}, "costs")
    with pytest.raises(InvalidInput, match="per_visit"):
        Costs.parse({"per_visit": -1.0})


def test_example_public_names() -> None:
    """Reachable from the package."""
    assert pl.compare is compare
    assert pl.Costs is Costs
    assert pl.vary_design is vary_design
    assert pl.carryover_price is carryover_price
