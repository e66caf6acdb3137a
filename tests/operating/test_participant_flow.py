"""Expected participant flow, and power under two scenarios on the same random numbers."""

import numpy as np
import pytest

from planner.errors import InvalidInput
from planner.operating.evaluate import Case, Simulation, expected_completers
from planner.operating.participant_flow import FlowCell, participant_flow
from planner.operating.power import power
from planner.operating.power_difference import power_difference
from planner.scenario import Scenario, load_scenario
from planner.trials.moments import FloatArray
from tests.crossovers import by_sex, crossover, leaving
from tests.monte_carlo import assert_within_mcse

FEW = {"monte_carlo.n_trials": 1_000}


def three_periods(mix: str = "quota") -> Scenario:
    """ABB/BAA, women and men leaving at different rates."""
    hazards = leaving({"female": 0.1, "male": 0.3}, {"female": 0.2, "male": 0.0})
    base = by_sex("ABB/BAA").with_changes({"truth.attrition": hazards, **FEW})
    return base.with_changes({"truth.sex_mix": mix})


def expected(flow: tuple[FlowCell, ...], sequence: str, sex: str) -> list[float]:
    return [c.expected for c in flow if (c.sequence, c.sex) == (sequence, sex)]


def test_reference_people_left_by_hand() -> None:
    """100 people, 60 % women: 30 women and 20 men in ABB; 30 × 0.9 × 0.8, 20 × 0.7 × 1."""
    flow = participant_flow(three_periods(), 100)
    assert expected(flow, "ABB", "female") == pytest.approx([30, 27, 21.6])
    assert expected(flow, "ABB", "male") == pytest.approx([20, 14, 14])
    assert [c.treatment for c in flow[:3]] == ["A", "B", "B"]
    last = next(c for c in flow if (c.sequence, c.sex, c.period) == ("BAA", "female", 3))
    assert last.sd == pytest.approx(np.sqrt(30 * 0.72 * 0.28))


@pytest.mark.parametrize("mix", ["quota", "random"])
def test_twin_flow_is_the_mean_and_spread_of_simulated_trials(mix: str) -> None:
    """Counted from the people of 1 000 simulated trials, sexes by quota or as they come."""
    scenario = three_periods(mix)
    simulation, flow = Simulation(Case(scenario, 60)), participant_flow(scenario, 60)
    counts = simulation.simulate(0, 1_000)[0].n
    found: FloatArray = np.array([_counted(simulation, counts, cell) for cell in flow])
    spread, mean = (np.array([getattr(c, part) for c in flow]) for part in ("sd", "expected"))
    varied = spread > 1e-6
    moving, sd = found[varied], spread[varied]
    assert_within_mcse(moving.mean(axis=1), mean[varied], sd / np.sqrt(1_000), what="people")
    # A binomial count is nearly normal: its sample SD has standard error σ/√(2T).
    assert_within_mcse(moving.std(axis=1, ddof=1), sd, sd / np.sqrt(2_000), what="SD")
    assert np.allclose(found[~varied].T, mean[~varied])


def _counted(simulation: Simulation, counts: "np.ndarray", cell: FlowCell) -> "np.ndarray":
    scenario = simulation.case.scenario
    place = (
        scenario.plan.design.sequences.index(cell.sequence),
        scenario.truth.strata.index(cell.sex),
    )
    inside = [
        (c.sequence, c.stratum) == place and c.n_observed >= cell.period
        for c in simulation.layout.cells
    ]
    return np.asarray(counts[:, inside].sum(axis=1), dtype=float)


@pytest.mark.parametrize("name", ["confirmatory", "replicate", "parallel", "stanford-2018"])
def test_property_flow_begins_with_everybody_and_ends_with_the_completers(name: str) -> None:
    scenario = load_scenario(name)
    flow, last = participant_flow(scenario, 60), scenario.plan.design.n_periods
    by_period = [sum(c.expected for c in flow if c.period == p) for p in range(1, last + 1)]
    assert by_period[0] == pytest.approx(60)
    assert by_period == sorted(by_period, reverse=True)
    assert by_period[-1] == pytest.approx(expected_completers(scenario, 60))


def test_reference_powers_are_those_of_power() -> None:
    """Digit for digit what `planner power` says of each scenario alone."""
    planned = load_scenario("confirmatory").with_changes(FEW)
    changed = planned.with_changes({"truth.covariance.sd_difference": 9.0})
    both = power_difference(planned, changed, 86, "overall", workers=2)
    assert both.planned == power(planned, 86)["overall"].success
    assert both.changed == power(changed, 86)["overall"].success
    assert both.difference.value == pytest.approx(both.changed.value - both.planned.value)
    assert both == power_difference(planned, changed, 86, "overall", workers=1)


def test_property_the_paired_error_is_smaller_than_that_of_independent_runs() -> None:
    planned = load_scenario("confirmatory").with_changes(FEW)
    changed = planned.with_changes({"truth.effect.female": 1.8})
    both = power_difference(planned, changed, 86, "overall")
    apart = float(np.hypot(both.planned.mcse, both.changed.mcse))
    assert 0 < both.difference.mcse < 0.6 * apart


def test_calibration_the_paired_error_covers_the_true_difference() -> None:
    """Over 40 seeds the z-scores about the closed-form difference have mean 0 and SD 1."""
    plan = {"analysis": {"kind": "within-subject-t"}}
    planned = crossover(plan=plan, truth={"effect": 3.0}, monte_carlo={"n_trials": 500})
    changed = planned.with_changes({"truth.effect": 3.6})
    scores = []
    for seed in range(40):
        seeded = {"monte_carlo.seed": seed}
        a, b = planned.with_changes(seeded), changed.with_changes(seeded)
        both = power_difference(a, b, 50, "overall")
        exact = [_formula(s) for s in (a, b)]
        scores.append((both.difference.value - exact[1] + exact[0]) / both.difference.mcse)
    n = len(scores)
    assert_within_mcse(np.mean(scores), 0.0, 1 / np.sqrt(n), comparisons=2, what="mean of z")
    assert_within_mcse(
        np.std(scores, ddof=1), 1.0, 1 / np.sqrt(2 * (n - 1)), comparisons=2, what="SD of z"
    )


def _formula(scenario: Scenario) -> float:
    oracle = power(scenario, 50)["overall"].oracle
    assert oracle is not None
    assert oracle.exact
    return oracle.value


def test_property_the_same_scenario_differs_by_nothing() -> None:
    scenario = load_scenario("kcl-2025").with_changes(FEW)
    both = power_difference(scenario, scenario, 26, "overall")
    assert (both.difference.value, both.difference.mcse) == (0.0, 0.0)


def test_different_seeds_are_refused_in_a_sentence() -> None:
    planned = load_scenario("confirmatory").with_changes(FEW)
    changed = planned.with_changes({"monte_carlo.seed": 2})
    with pytest.raises(InvalidInput, match="both the same"):
        power_difference(planned, changed, 86, "overall")
