"""Sizes by the width of an interval: the closed form, the search, and what is refused."""

import numpy as np
import pytest
from scipy import integrate, stats

from planner.engines.closed_form import ClosedForm
from planner.errors import InvalidInput, UnknownName
from planner.operating.evaluate import Case, evaluate
from planner.scenario import Scenario
from planner.search.precision_size import WidthCurve, mean_width, precision_size
from tests.crossovers import by_sex, leaving
from tests.monte_carlo import assert_within_mcse
from tests.planning import equivalent, of_difference, one_sided, plan, two_sided, within

QUICK = {"n_trials": 2_000, "seed": 7}


def least_squares(level: float = 0.05, sd: float = 7.5) -> Scenario:
    """A 2 × 2 crossover analysed by least squares."""
    return plan("2x2", two_sided(level), 2.5, of_difference(sd), monte_carlo=QUICK)


def mixed() -> Scenario:
    """A mixed model by sex with dropout, tested one-sided."""
    truth = {"effect": 2.5, "attrition": leaving(0.15)}
    return by_sex(objective=one_sided(), truth=truth, monte_carlo=QUICK)


@pytest.mark.parametrize("n", [4, 6, 12, 40, 400])
def test_twin_geometric_mean_width(n: int) -> None:
    """exp E log(2 t ŝe) by integration over the sample variance."""
    precision = ClosedForm(least_squares()).precision(n)
    assert precision is not None
    df = n - 2
    low, high = stats.chi2.ppf([1e-14, 1 - 1e-14], df)
    mean_log = integrate.quad(
        lambda u: u / 2 * stats.chi2.pdf(df * np.exp(u), df) * df * np.exp(u),
        np.log(low / df), np.log(high / df), epsabs=1e-12, limit=200,
    )[0]  # fmt: skip
    expected = 2 * stats.t.ppf(0.975, df) * 7.5 / np.sqrt(n) * np.exp(mean_log)
    assert mean_width(precision, 0, 0.025) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("n", [8, 30])
def test_twin_simulated_widths_are_the_closed_form(n: int) -> None:
    """Exactly for least squares, closely for the mixed model with dropout."""
    for scenario in (least_squares(), mixed()):
        settings = scenario.monte_carlo.model_copy(update={"n_trials": 10_000})
        result = evaluate([Case(scenario, 2 * n)], settings)[0]
        for h, found in enumerate(result.hypotheses):
            formula = WidthCurve(scenario, h).closed_form(2 * n)
            slack = 0.0 if len(result.hypotheses) == 1 else 0.01 * formula
            spread = np.hypot(found.width.mcse, slack / 3)
            assert_within_mcse(found.width.value, formula, spread, comparisons=10)


@pytest.mark.parametrize("width", [2.0, 3.0, 6.0, 15.0])
def test_reference_smallest_size_by_hand(width: float) -> None:
    """The first balanced N whose closed-form width is at most the target."""
    scenario = least_squares()
    curve = WidthCurve(scenario, 0)
    expected = next(n for n in range(4, 1_000, 2) if curve.closed_form(n) <= width)
    found = precision_size(scenario, width)
    assert found.status == "found"
    assert found.n_evaluable == found.n_randomised == expected
    assert found.closed_form <= width < curve.closed_form(expected - 2)
    assert_within_mcse(found.width.value, found.closed_form, found.width.mcse)
    steps = [s.n for s in found.trace]
    assert steps == ([expected, expected - 2] if expected > 4 else [4])


def test_reference_known_variance() -> None:
    """Many people: the width is 2 · 1.96 · SD/√n, so n = (2 · 1.96 · 7.5 / 0.3)²."""
    found = precision_size(least_squares(), 0.3, "overall")
    assert found.n_evaluable == pytest.approx((2 * 1.959964 * 7.5 / 0.3) ** 2, rel=3e-4)


def test_property_dropout_and_contrasts_of_sexes() -> None:
    """Randomised people leave the evaluable ones on average and keep the width."""
    scenario = mixed()
    sizes = {}
    for name in ("overall", "female", "male", "interaction"):
        found = precision_size(scenario, 4.0, name)
        sizes[name] = found.n_evaluable
        assert found.status == "found"
        assert found.n_randomised * 0.85 >= found.n_evaluable
        assert found.width.value <= 4.0 + 3 * found.width.mcse
        assert found.width_evaluable.value <= 4.0 + 3 * found.width_evaluable.mcse
        assert sum(found.per_sequence.values()) == sum(found.per_sex.values())
        assert found.trial[name].width == found.width
        assert found.closed_form_evaluable == pytest.approx(found.width_evaluable.value, rel=0.02)
    assert sizes["overall"] < sizes["female"] < sizes["male"] < sizes["interaction"]


def test_property_the_level_is_that_of_the_test() -> None:
    """Two one-sided tests at 5 % have a 90 % interval, which is narrower."""
    ninety = plan("2x2", equivalent(-5.0, 5.0), 0.0, of_difference(7.5), monte_carlo=QUICK)
    assert precision_size(ninety, 3.0).n_evaluable == precision_size(
        least_squares(0.1), 3.0
    ).n_evaluable < precision_size(least_squares(), 3.0).n_evaluable  # fmt: skip


def test_property_ratios() -> None:
    """With a log-scale endpoint the width is the ratio of the limits."""
    scenario = plan("2x2", equivalent(0.8, 1.25), 0.95, {"kind": "compound-symmetry",
                    "cv_within": 0.3}, scale="log", monte_carlo=QUICK)  # fmt: skip
    logs = plan("2x2", equivalent(-0.2, 0.2), 0.0, within(float(np.sqrt(np.log1p(0.09)))),
                monte_carlo=QUICK)  # fmt: skip
    found, same = precision_size(scenario, 1.25), precision_size(logs, float(np.log(1.25)))
    assert found.n_evaluable == same.n_evaluable
    assert found.target == pytest.approx(np.log(1.25))
    assert found.width.value == pytest.approx(same.width.value, rel=1e-9)


def test_reference_width_beyond_the_limit() -> None:
    """The sizes are the limit, and the status says so."""
    found = precision_size(least_squares().with_changes({"plan.n_limit": 60}), 1.0)
    assert found.status == "not_reached"
    assert found.n_evaluable == found.n_randomised == 60
    assert found.width.value > 1.0


def test_property_workers_do_not_matter() -> None:
    """Nor does running it again."""
    one, two = (precision_size(mixed(), 4.0, workers=w) for w in (1, 2))
    assert one == two


@pytest.mark.parametrize(
    ("width", "name", "part"),
    [
        (0.0, None, "above 0"),
        (-2.0, None, "above 0"),
        (3.0, "nobody", "not a hypothesis"),
    ],
)
def test_malformed_questions_are_one_sentence(width: float, name: str | None, part: str) -> None:
    """A width of nothing, or of a hypothesis that is not there."""
    with pytest.raises((InvalidInput, UnknownName), match=part):
        precision_size(least_squares(), width, name)


def test_malformed_ratio() -> None:
    """A ratio of limits is above 1."""
    scenario = plan("2x2", equivalent(0.8, 1.25), 0.95, {"kind": "compound-symmetry",
                    "cv_within": 0.3}, scale="log")  # fmt: skip
    with pytest.raises(InvalidInput, match="above 1"):
        precision_size(scenario, 0.9)
