"""Type S and M errors against published ones and simulation; shrinkage against Bayes' theorem."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from planner.errors import InvalidInput
from planner.evidence import distribution
from planner.evidence.distribution import Normal, NormalMixture
from planner.evidence.library import load_library
from planner.evidence.pilot_variance import (
    cv_upper_limit,
    pooled_cv,
    pooled_sd,
    sd_upper_limit,
)
from planner.evidence.pilots import PLANNING_PRIORS, named_pilot, planning_effect
from planner.evidence.retrodesign import retrodesign
from planner.evidence.shrinkage import (
    Pilot,
    conditional_estimate,
    conditional_likelihood,
    posterior_of_effect,
    shrunken_effect,
)
from tests.monte_carlo import assert_uniform, assert_within_mcse, mean_and_mcse, proportion_mcse
from tests.twins.pooling import power, simulate_statistics, statistic_density

JELEN = Pilot(float(np.sqrt(5.39 / 26)), float(26**-0.5), 74)


def test_reference_closed_form_of_retrodesign_package() -> None:
    """Vignette of the R package retrodesign 0.1.0: retro_design(list(.1, .3, 1), 3.3), (.5, 1)."""
    found = retrodesign([0.1, 0.3, 1], 3.3)
    np.testing.assert_allclose(found.power, [0.0501052, 0.05094724, 0.06058446], atol=5e-9)
    np.testing.assert_allclose(found.type_s, [0.4646377, 0.3953041, 0.1950669], atol=5e-8)
    np.testing.assert_allclose(found.type_m, [77.15667, 25.74305, 7.795564], rtol=1e-7)
    half = retrodesign([0.5], 1)
    assert half.power[0] == pytest.approx(0.07909753, abs=5e-9)
    assert half.type_s[0] == pytest.approx(0.0878352, abs=5e-8)
    assert half.type_m[0] == pytest.approx(4.788594, abs=5e-7)


def test_reference_gelman_and_carlin() -> None:
    """Gelman & Carlin 2014: beauty and sex ratios, voting and menstrual cycle, 80 % power.

    Exaggerations there are means of 10 000 simulated estimates, of which the share `power` is
    significant; the voting example prints 9.7 for 9.54.
    """
    beauty = retrodesign([0.1, 0.3, 1.0], 3.3)
    np.testing.assert_allclose(beauty.type_s, [0.46, 0.40, 0.19], atol=0.0055)
    np.testing.assert_allclose(beauty.type_m, [77, 25, 8], rtol=0.035)
    right, wrong = beauty.power * (1 - beauty.type_s), beauty.power * beauty.type_s
    np.testing.assert_allclose(right[[0, 2]], [0.027, 0.049], atol=5e-4)
    np.testing.assert_allclose(wrong[[0, 2]], [0.023, 0.011], atol=1e-3)
    voting = retrodesign([2.0], 8.1)
    assert voting.power[0] == pytest.approx(0.06, abs=0.005)
    assert voting.type_s[0] == pytest.approx(0.24, abs=0.005)
    spread = 0.17 * voting.type_m[0] / np.sqrt(10_000 * voting.power[0])
    assert_within_mcse(9.7, voting.type_m, spread, what="exaggeration")
    target = retrodesign([2.8], 1)
    assert target.power[0] == pytest.approx(0.80, abs=0.005)
    assert target.type_s[0] == pytest.approx(1.2e-6, abs=5e-8)
    assert target.type_m[0] == pytest.approx(1.12, abs=0.0055)


def test_reference_power_of_the_pilot() -> None:
    """61 % at N = 26 if d_z were 0.455, by the paired t test; and its t gives p = 0.023."""
    found = retrodesign([JELEN.estimate], JELEN.se, 25).power[0]
    assert found == pytest.approx(load_library().exact["jelen-2025.retrospective_power"], abs=1e-6)
    assert 2 * stats.t.sf(JELEN.statistic, 74) == pytest.approx(0.023, abs=5e-4)


@pytest.mark.parametrize("df", [1, 3, 11, 40, 41, 74, 1000])
def test_twin_power_is_noncentral_t(df: float) -> None:
    """Both tails, by scipy's noncentral t."""
    critical = stats.t.isf(0.025, df)
    for shift in (0.0, 0.3, 1.0, 2.5, 5.0):
        found = retrodesign([2 * shift], 2.0, df)
        wrong = stats.nct.cdf(-critical, df, shift)
        either = stats.nct.sf(critical, df, shift) + wrong
        assert found.power[0] == pytest.approx(either, abs=2e-9)
        assert found.type_s[0] == pytest.approx(wrong / either, abs=2e-9)


@pytest.mark.parametrize(("shift", "df"), [(0.5, 11.0), (1.7, 74.0), (2.3, 4.0), (1.0, np.inf)])
def test_twin_errors_by_simulation(shift: float, df: float) -> None:
    """400 000 studies: power, wrong signs and sizes of the significant ones."""
    rng = np.random.default_rng(2)
    estimate, statistic = simulate_statistics(shift, df, 400_000, rng)
    found = retrodesign([shift * 0.2], 0.2, df, alpha=0.1)
    critical = stats.t.isf(0.05, df) if np.isfinite(df) else stats.norm.isf(0.05)
    significant = np.abs(statistic) > critical
    share, errors = [significant.mean()], [proportion_mcse(found.power[0], len(estimate))]
    kept = estimate[significant]
    share.append((kept < 0).mean())
    errors.append(proportion_mcse(found.type_s[0], len(kept)))
    size, error = mean_and_mcse(np.abs(kept) / shift)
    expected = [found.power[0], found.type_s[0], found.type_m[0]]
    assert_within_mcse([*share, size], expected, [*errors, error], what="power, S, M")


def test_property_no_true_effect() -> None:
    """Power is the level, signs are even, any estimate is infinitely too large."""
    found = retrodesign([0.0, 1e-9], 1.0, 20, alpha=0.01)
    np.testing.assert_allclose(found.power, 0.01, rtol=1e-9)
    np.testing.assert_allclose(found.type_s, 0.5, atol=1e-8)
    assert found.type_m[0] == np.inf
    assert found.type_m[1] > 1e6


@given(st.floats(0.01, 6), st.floats(1, 500), st.floats(0.01, 100))
def test_property_sign_and_unit_do_not_matter(shift: float, df: float, unit: float) -> None:
    """An effect and its opposite, in any unit; exaggeration is above 1 and falls with power."""
    one = retrodesign([shift, 1.5 * shift], 1.0, df)
    other = retrodesign([-unit * shift, -1.5 * unit * shift], unit, df)
    for name in ("power", "type_s", "type_m"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9)
    assert one.type_m[0] > one.type_m[1] > 1
    assert one.power[0] < one.power[1]
    assert one.threshold * unit == pytest.approx(other.threshold)


@pytest.mark.parametrize("df", [np.inf, 74.0, 11.0, 3.0])
def test_twin_posterior_by_integration(df: float) -> None:
    """Prior × density of the statistic, summed on a dense grid, for a normal and a mixture."""
    pilot = Pilot(0.455, 0.196, df)
    priors = (
        Normal(mean=0.1, sd=0.3),
        NormalMixture(weights=(0.6, 0.4), means=(0.0, 0.4), sds=(0.1, 0.5)),
    )
    effects = np.linspace(-3, 4, 7001)
    density = statistic_density(pilot.statistic, df, effects / pilot.se)
    for prior in priors:
        found = posterior_of_effect(pilot, prior)
        mass = density * distribution.density(prior, effects)
        mass /= mass.sum()
        assert found.mean == pytest.approx(float(mass @ effects), abs=2e-6)
        np.testing.assert_allclose(
            found.cdf(effects[3000:4000:100] + 5e-4), np.cumsum(mass)[3000:4000:100], atol=2e-6
        )


def test_property_known_standard_error_is_conjugate() -> None:
    """Normal prior, infinite df: precision-weighted mean."""
    found = posterior_of_effect(Pilot(0.455, 0.196), Normal(sd=0.3))
    share = 0.3**2 / (0.3**2 + 0.196**2)
    assert found.mean == pytest.approx(share * 0.455, abs=1e-10)
    assert found.sd == pytest.approx(0.196 * share**0.5, abs=1e-10)


def test_calibration_of_the_posterior() -> None:
    """Over the prior, the posterior probability below the true effect is uniform."""
    rng = np.random.default_rng(8)
    ranks = []
    for _ in range(200):
        effect = rng.normal(0, 0.3)
        _, statistic = simulate_statistics(effect / 0.25, 15, 1, rng)
        pilot = Pilot(float(statistic[0]) * 0.25, 0.25, 15)
        ranks.append(float(posterior_of_effect(pilot, Normal(sd=0.3)).cdf(effect)))
    assert_uniform(np.array(ranks), what="posterior probability of the true effect")


@pytest.mark.parametrize(("z", "df"), [(2.05, np.inf), (2.32, 74.0), (3.5, 25.0), (-2.6, 11.0)])
def test_twin_conditional_likelihood(z: float, df: float) -> None:
    """Mode and mean of the density of the statistic over power, on a dense grid."""
    pilot = Pilot(z * 0.3, 0.3, df)
    critical = stats.t.isf(0.025, df) if np.isfinite(df) else stats.norm.isf(0.025)
    shifts = np.linspace(-9, 12, 2801) * np.sign(z)
    relative = statistic_density(z, df, shifts) / power(critical, df, shifts)
    best = 0.3 * float(shifts[np.argmax(relative)])
    assert conditional_estimate(pilot) == pytest.approx(best, abs=0.3 * 21 / 2800)
    mean = 0.3 * float(relative @ shifts / relative.sum())
    assert conditional_likelihood(pilot).mean == pytest.approx(mean, abs=2e-6)


@given(st.floats(1.97, 8))
def test_property_conditioning_shrinks_and_fades(z: float) -> None:
    """Towards no effect, the less the larger the statistic; opposite for opposite estimates."""
    estimate = conditional_estimate(Pilot(z, 1.0))
    assert 0 < estimate <= z
    assert conditional_estimate(Pilot(-z, 1.0)) == pytest.approx(-estimate, abs=1e-9)
    assert conditional_estimate(Pilot(z + 0.5, 1.0)) / (z + 0.5) > estimate / z


def test_example_planning_effect() -> None:
    """Jelen 2025: what each reading gives, and where the planned d_z of 2.5 / 7.5 lies.

    The planned value is not one of the readings; four of six lie below it.
    """
    found = planning_effect(load_library())
    assert found.face_value == pytest.approx(0.4553, abs=5e-5)
    effects = {reading.name: reading.effect for reading in found.readings}
    expected = {
        "conditional likelihood, mode": 0.143,
        "conditional likelihood, mean": 0.286,
        "less a third": 0.304,
        "posterior, N(0, 0.3)": 0.317,
        "posterior, N(0, 0.5)": 0.394,
        "face value": 0.455,
    }
    assert list(effects) == list(expected)
    assert list(effects.values()) == pytest.approx(list(expected.values()), abs=6e-4)
    assert found.planned == pytest.approx(2.5 / 7.5)
    assert found.retained == pytest.approx(0.732, abs=5e-4)
    assert found.smaller == tuple(expected)[:4]
    assert found.larger == tuple(expected)[4:]


def test_property_planning_priors_bound_ketamine_itself() -> None:
    """Two SDs of each prior are about ketamine's own effect, as their reasons say."""
    exact = load_library().exact
    own = (-exact["dean-2021.smd_midazolam"], exact["lapidus-2014.d_z"])
    for (reason, prior), effect in zip(PLANNING_PRIORS.items(), own, strict=True):
        assert isinstance(prior, Normal)
        assert prior.mean == 0
        assert f"±{1.96 * prior.sd:.2f}" in reason
        assert f"{effect:.2f}" in reason
        assert 1.96 * prior.sd == pytest.approx(effect, rel=0.25)


def test_example_pilots_of_the_library() -> None:
    """Statistics, people and degrees of freedom come from the entries."""
    library = load_library()
    jelen, williams = (named_pilot(name, library) for name in ("jelen-2025", "williams-2018"))
    assert (jelen.n, jelen.df, williams.n, williams.df) == (26, 74, 12, 11)
    assert jelen.pilot is not None
    assert jelen.pilot.estimate == pytest.approx(library.exact["jelen-2025.d_z"])
    assert williams.pilot is None
    with pytest.raises(InvalidInput, match="'yoon-2025' is not a pilot; choose jelen-2025 or"):
        named_pilot("yoon-2025", library)


def test_twin_pooled_sd_is_that_of_the_centred_data() -> None:
    """Raw data of three pilots: pooled SD within them; a single one is itself."""
    rng = np.random.default_rng(3)
    samples = [rng.normal(m, 2.0, n) for m, n in ((0, 5), (3, 12), (-2, 8))]
    centred = np.concatenate([sample - sample.mean() for sample in samples])
    pooled = pooled_sd([float(s.std(ddof=1)) for s in samples], [len(s) - 1 for s in samples])
    assert pooled.df == len(centred) - 3
    assert pooled.value == pytest.approx(float(np.sqrt(centred @ centred / pooled.df)))
    assert pooled_cv([0.3], [10]).value == pytest.approx(0.3)


def test_calibration_of_the_upper_limit() -> None:
    """It covers the true SD with its level."""
    rng = np.random.default_rng(4)
    sds = 3.0 * np.sqrt(rng.chisquare(11, 20_000) / 11)
    factor = sd_upper_limit(1.0, 11, 0.9)
    covered = float(np.mean(sds * factor >= 3.0))
    assert_within_mcse(covered, 0.9, proportion_mcse(0.9, 20_000))
    assert cv_upper_limit(0.01, 11, 0.9) == pytest.approx(0.01 * factor, rel=1e-3)


MALFORMED = {
    "standard error -1 is not above 0; correct it": lambda: retrodesign([0.1], -1),
    "0.5 degrees of freedom are too few; give at least 1": lambda: retrodesign([0.1], 1, 0.5),
    "level 2 is not between 0 and 1; 0.05 is usual": lambda: retrodesign([0.1], 1, alpha=2),
    "no finite true effect is given; give at least one": lambda: retrodesign([], 1),
    "estimate nan is not a finite number; give one": lambda: Pilot(float("nan"), 1),
    "the estimate is 1.00 standard errors from 0 and so not significant at 0.05 (limit 1.96); "
    "there is no selection to allow for": lambda: conditional_likelihood(Pilot(1, 1)),
    "planned effect -0.3 does not have the sign of the estimate 0.5; give both in one direction": (
        lambda: shrunken_effect(Pilot(0.5, 0.2), {}, -0.3)
    ),
    "the estimate is 0; there is nothing to shrink": lambda: shrunken_effect(Pilot(0, 0.2), {}, 1),
    "2 values and 1 degrees of freedom are given; give one of each per pilot, for at least one "
    "pilot": lambda: pooled_sd([1, 2], [3]),
    "-0.2 is not above 0 and finite; correct it": lambda: pooled_cv([-0.2], [3]),
    "level 1 is not between 0 and 1; 0.8 is usual for planning": lambda: sd_upper_limit(1, 5, 1),
}


@pytest.mark.parametrize("message", MALFORMED)
def test_malformed_input_gives_one_sentence(message: str) -> None:
    """What is wrong, the rule, and what to do."""
    with pytest.raises(InvalidInput) as caught:
        MALFORMED[message]()
    assert caught.value.message == message
