"""The engines against the dense, textbook implementations: trial by trial, and in distribution."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy import stats

from planner.engines.prepare import prepare
from planner.engines.protocol import Status
from planner.operating.analyse import Comparison, DataAnalysis, analyse
from planner.plan.analysis import MixedModel, WithinSubjectT
from planner.scenario import Scenario
from planner.trials.draw import draw_moments
from planner.trials.layout import lay_out
from tests.crossovers import by_sex, crossover, leaving, paired
from tests.monte_carlo import assert_same_distribution, assert_within_mcse, difference_mcse
from tests.twin_fits import BY_SEX_TERMS, SEX_ROWS, FloatArray, Row, rejections, twin_fit
from tests.twins.mixed_model import analyse as twin_analyse
from tests.twins.mixed_model import design_matrix, fit_reml
from tests.twins.simulate import NaiveTruth, Trial, fixed_subject_fit, simulate_trial

CARRYOVER_DESIGNS = ("ABB BAA", "ABBA BAAB", "ABC BCA CAB CBA ACB BAC", "AB BA AA BB")
DESIGNS = ("AB BA", "ABA BAB", *CARRYOVER_DESIGNS)
SD_WITHIN = 3.0


def analysed(
    data: Trial, model: MixedModel | WithinSubjectT, comparison: Comparison | None = None
) -> DataAnalysis:
    """The package's analysis of a long table."""
    return analyse({k: v.tolist() for k, v in data.items()}, model, comparison)


@dataclass(frozen=True)
class RandomTrial:
    """A trial and the model to fit to it, all chosen at random."""

    data: Trial
    by_sex: bool
    carryover: bool
    sequence: bool

    @property
    def terms(self) -> list[str]:
        """Terms of the dense design matrix."""
        terms = ["period"] + ["sequence"] * self.sequence
        return [*terms, "treatment*sex" if self.by_sex else "treatment"] + [
            "carry"
        ] * self.carryover


def random_trial(seed: int) -> RandomTrial:
    """Any design, with or without sexes, carry-over, dropout and between-person variation."""
    rng = np.random.default_rng([seed, 77])
    sequences = str(rng.choice(DESIGNS)).split()
    sexed, letters = bool(rng.integers(2)), sorted(set("".join(sequences)))
    carryover = " ".join(sequences) in CARRYOVER_DESIGNS and bool(rng.integers(2))
    sexes = ("female", "male") if sexed else ("any",)
    truth = NaiveTruth(
        {g: {k: float(rng.normal(0, 3)) * (k != "A") for k in letters} for g in sexes},
        sd_between=float(rng.choice([0.0, 0.5, 3.0, 12.0])),
        sd_within={g: SD_WITHIN * float(rng.choice([1.0, 1.5])) for g in sexes},
        period_effects=rng.normal(50, 3, len(sequences[0])).tolist(),
        carryover={"B": float(rng.normal())},
        dropout_hazard=float(rng.choice([0.0, 0.1, 0.25])),
    )
    people = {
        (s, g): int(rng.integers(2, 4) + 8 // (len(sequences) * len(sexes)))
        for s in sequences
        for g in sexes
    }
    data = simulate_trial(rng, sequences, people, truth)
    if not sexed:
        del data["sex"]
    return RandomTrial(data, sexed, carryover, bool(rng.integers(2)))


@pytest.mark.parametrize("seed", range(36))
def test_twin_mixed_model_agrees_on_random_trials(seed: int) -> None:
    """Every fixed effect: estimate, Kenward–Roger SE and df, p-value; both variances."""
    trial = random_trial(seed)
    model = MixedModel(carryover=trial.carryover, sequence_effect=trial.sequence)
    ours = analysed(trial.data, model, Comparison(by_sex=trial.by_sex))
    x, names = design_matrix(trial.data, trial.terms)
    fit = fit_reml(x, trial.data["subject"], trial.data["y"])
    table = twin_analyse(fit, np.eye(len(names)))
    terms = {r.name: r for r in ours.terms}
    assert sorted(terms) == sorted(names)
    found = np.array([[getattr(terms[n], a) for n in names] for a in ("estimate", "se", "df")])
    np.testing.assert_allclose(found[0], table.estimate, rtol=1e-6, atol=1e-7 * SD_WITHIN)
    np.testing.assert_allclose(found[1], table.se_kr, rtol=1e-6)
    np.testing.assert_allclose(found[2], table.df_kr, rtol=1e-6)
    np.testing.assert_allclose([terms[n].p_value for n in names], table.p_kr, rtol=1e-5, atol=1e-12)
    assert ours.sd_within == pytest.approx(fit.sd_within, rel=1e-7)
    assert ours.sd_between == pytest.approx(fit.sd_between, rel=1e-6, abs=1e-9)
    assert (ours.status == Status.BOUNDARY) == (fit.sd_between == 0.0)


def test_property_the_random_trials_reach_the_boundary() -> None:
    """Among the random trials are fits with and without between-person variance."""
    at_boundary = 0
    for seed in range(36):
        trial = random_trial(seed)
        x, _ = design_matrix(trial.data, trial.terms)
        at_boundary += fit_reml(x, trial.data["subject"], trial.data["y"]).sd_between == 0.0
    assert 5 <= at_boundary <= 20


@pytest.mark.parametrize("seed", range(36))
def test_twin_satterthwaite_agrees_inside_the_parameter_space(seed: int) -> None:
    """Degrees of freedom from the observed information; the twin differentiates numerically."""
    trial = random_trial(seed)
    model = MixedModel(
        df="satterthwaite", carryover=trial.carryover, sequence_effect=trial.sequence
    )
    ours = analysed(trial.data, model, Comparison(by_sex=trial.by_sex))
    if ours.status == Status.BOUNDARY:
        return
    x, names = design_matrix(trial.data, trial.terms)
    table = twin_analyse(fit_reml(x, trial.data["subject"], trial.data["y"]), np.eye(len(names)))
    terms = {r.name: r for r in ours.terms}
    np.testing.assert_allclose([terms[n].se for n in names], table.se_model, rtol=1e-6)
    np.testing.assert_allclose([terms[n].df for n in names], table.df_satterthwaite, rtol=1e-4)


@pytest.mark.parametrize("seed", range(36))
def test_twin_least_squares_agrees_on_random_trials(seed: int) -> None:
    """Every treatment against A by y ~ person + period + treatment (+ previous treatment)."""
    trial = random_trial(seed)
    ours = analysed(trial.data, WithinSubjectT(carryover=trial.carryover))
    letters = sorted(set(trial.data["treatment"].tolist()))
    for letter, result in zip(letters[1:], ours.results, strict=True):
        found = (result.estimate, result.se, result.df)
        expected = fixed_subject_fit(trial.data, letter, "A", trial.carryover)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        p_value = 2 * stats.t.sf(abs(expected[0] / expected[1]), expected[2])
        assert result.p_value == pytest.approx(p_value, rel=1e-8)


SD = 7.5 / np.sqrt(2)


@dataclass(frozen=True)
class Population:
    """One trial design twice: as a scenario, and for the naive simulation."""

    scenario: Scenario
    n_subjects: int
    truth: NaiveTruth
    people: int | Mapping[tuple[str, str], int]
    terms: tuple[str, ...] = ("period", "treatment")
    rows: tuple[Row, ...] = field(default=({"treatmentB": 1.0},))


def four_and_two(*sequences: str) -> dict[tuple[str, str], int]:
    """Four women and two men in every sequence."""
    return {(s, g): n for s in sequences for g, n in (("female", 4), ("male", 2))}


POPULATIONS = {
    "by sex, no effect, dropout": Population(
        by_sex(truth={"attrition": leaving(0.2)}),
        12,
        NaiveTruth(
            {g: {"A": 0.0, "B": 0.0} for g in ("female", "male")}, SD, SD, dropout_hazard=0.2
        ),
        four_and_two("AB", "BA"),
        BY_SEX_TERMS,
        SEX_ROWS,
    ),
    "by sex, effects and SDs by sex, correlation 0.1": Population(
        by_sex(
            truth={
                "effect": {"female": 6.0, "male": 12.0},
                "covariance": paired(0.1, sd_multiplier={"female": 1.0, "male": 1.5}),
                "sex_difference": 4.0,
            }
        ),
        12,
        NaiveTruth(
            {"female": {"A": 0.0, "B": 6.0}, "male": {"A": 0.0, "B": 12.0}},
            sd_between={"female": SD / 3, "male": SD / 2},
            sd_within={"female": SD, "male": 1.5 * SD},
            sex_means={"male": 4.0},
        ),
        four_and_two("AB", "BA"),
        BY_SEX_TERMS,
        SEX_ROWS,
    ),
    "four periods, carry-over in truth and model": Population(
        crossover(
            "ABBA/BAAB",
            plan={"analysis": {"kind": "mixed-model", "carryover": True}},
            truth={"effect": 8.0, "carryover": 3.0, "attrition": leaving(0.1, 0.1, 0.1)},
        ),
        8,
        NaiveTruth({"": {"A": 0.0, "B": 8.0}}, SD, SD, None, {"B": 3.0}, {}, 0.1),
        4,
        ("period", "treatment", "carry"),
    ),
    "Williams, carry-over in truth alone": Population(
        crossover(
            "Williams 3",
            truth={"effect": {"B": 9.0, "C": 4.0}, "carryover": {"B": 5.0},
                   "period_effects": [0.0, 2.0, -3.0]},
        ),
        12,
        NaiveTruth({"": {"A": 0.0, "B": 9.0, "C": 4.0}}, SD, SD, [0.0, 2.0, -3.0], {"B": 5.0}),
        2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", POPULATIONS)
def test_twin_simulated_trials_have_the_distribution_of_naive_ones(name: str) -> None:
    """Power or type I error, estimates, standard errors and degrees of freedom."""
    population = POPULATIONS[name]
    ours = planned_results(population, 20)
    rng = np.random.default_rng(5)
    sequences = population.scenario.plan.design.sequences
    trials = [
        simulate_trial(rng, sequences, population.people, population.truth) for _ in range(800)
    ]
    naive = np.array([twin_fit(trial, population.terms, population.rows) for trial in trials])
    shares = rejections(ours).mean(axis=0), rejections(naive).mean(axis=0)
    spread = difference_mcse(shares[0], len(ours), shares[1], len(naive))
    assert_within_mcse(*shares, spread, what="power")
    for h in range(ours.shape[1]):
        for i, what in enumerate(("estimate", "se", "df")):
            first, second = ours[:, h, i], naive[:, h, i]
            assert_same_distribution(
                first.round(9), second.round(9), comparisons=3 * ours.shape[1], what=what
            )


def planned_results(population: Population, blocks: int) -> FloatArray:
    """Estimate, SE and df of the package's trials, axes [T, H, 3]."""
    layout = lay_out(population.scenario, population.n_subjects)
    engine = prepare(population.scenario, layout)
    batches = [engine.fit(draw_moments(layout, 9, block, 1_000)) for block in range(blocks)]
    return np.concatenate([np.stack([b.estimate, b.se, b.df], axis=2)[~b.failed] for b in batches])
