"""The sexes of one simulated trial: estimates by themselves, and each drawn towards the other.

Separate estimates are those of the test. Shrunken ones are posterior means under exchangeable
sexes, δ_g ~ N(δ, τ²), where the data say how alike the sexes are (Dixon & Simon 1991, Biometrics
47:871, 10.2307/2532645; Jones et al. 2011, Clin Trials 8:129, 10.1177/1740774510396933).
"""

import math
from dataclasses import dataclass

import numpy as np

from planner.engines.model import true_values
from planner.engines.prepare import prepare
from planner.errors import InvalidInput, NotEstimable
from planner.evidence.distribution import HalfNormal
from planner.operating.decide import decision_rule
from planner.operating.evaluate import Case, Simulation, place_of_trial
from planner.operating.sex_questions import SexQuestions
from planner.plan.analysis import Posterior, frequentist_counterpart
from planner.plan.priors import ExchangeableSexes
from planner.scenario import Scenario
from planner.trials.moments import FloatArray, Moments

TAU_SHARE = 0.15
"""Scale of τ where none is given, in SDs of the within-person difference."""


def usual_tau_scale(scenario: Scenario) -> float:
    """Scale of τ where none is given, rounded to a tenth of the leading digit of that SD."""
    sd = scenario.truth.sd_difference
    return round(TAU_SHARE * sd, 1 - math.floor(math.log10(sd)))


@dataclass(frozen=True, slots=True, eq=False)
class SexEstimates:
    """Estimates of the four questions in one simulated trial, on the scale of the analysis.

    Parameters
    ----------
    trial : its number among those that a simulation sees, from 0.
    truth : true values, [4].
    separate, shrunken : estimate and ends of its interval, confidence and credible, axes [4, 3].
    shown : whether the test shows each of them, [4].
    women, men : people with any outcome.
    """

    trial: int
    truth: FloatArray
    separate: FloatArray
    shrunken: FloatArray
    shown: tuple[bool, bool, bool, bool]
    women: int
    men: int


def sex_estimates(
    questions: SexQuestions, n_subjects: int, trial: int, tau_scale: float
) -> SexEstimates:
    """Trial number `trial` of those that a simulation of the scenario sees, analysed twice.

    Parameters
    ----------
    tau_scale : scale of the half-normal prior of τ, the SD of effects between the sexes.

    Raises
    ------
    InvalidInput : a design of one period, or a trial that the scenario does not simulate.
    NotEstimable : the trial cannot be analysed.
    """
    scenario = questions.scenario
    if scenario.plan.design.n_periods == 1:
        raise InvalidInput(
            f"design {scenario.plan.design.name} has one period, which does not tell the SDs "
            "within and between persons apart, so there are no shrunken estimates with the plan's "
            "priors; choose a crossover design",
            key="plan.design",
        )
    block, place = place_of_trial(scenario.monte_carlo, trial)
    tested = _analysed_by(scenario, frequentist_counterpart(scenario.plan.analysis).plain())
    shrinking = _analysed_by(scenario, exchangeable(scenario, tau_scale).plain(full=True))
    simulation = Simulation(Case(tested, n_subjects))
    drawn, _ = simulation.simulate(block, place + 1)
    one = Moments(drawn.n[place:], drawn.mean[place:], drawn.scatter[place:])
    women = np.array([cell.stratum == 0 for cell in simulation.layout.cells])
    columns = list(questions.columns)
    separate, shown = _intervals(tested, simulation, one)
    shrunken, _ = _intervals(shrinking, simulation, one)
    overall, female, male, interaction = shown[columns].tolist()
    return SexEstimates(
        trial=trial,
        truth=true_values(scenario)[columns],
        separate=separate[columns],
        shrunken=shrunken[columns],
        shown=(overall, female, male, interaction),
        women=int(one.n[0, women].sum()),
        men=int(one.n[0, ~women].sum()),
    )


def exchangeable(scenario: Scenario, tau_scale: float) -> Posterior:
    """The Bayesian analysis with exchangeable sexes and otherwise the priors of the plan."""
    analysis = scenario.plan.analysis
    sexes = ExchangeableSexes(tau=HalfNormal(scale=tau_scale))
    if isinstance(analysis, Posterior):
        priors = analysis.priors.model_copy(update={"sexes": sexes})
        return analysis.model_copy(update={"priors": priors, "engine": "quadrature"})
    return Posterior.parse(
        {
            "sequence_effect": getattr(analysis, "sequence_effect", False),
            "carryover": analysis.carryover,
            "by_sex": analysis.by_sex,
            "priors": {"sexes": sexes.plain()},
        }
    )


def _analysed_by(scenario: Scenario, analysis: dict[str, object]) -> Scenario:
    return scenario.with_changes({"plan.analysis": analysis, "plan.other_analyses": []})


def _intervals(
    scenario: Scenario, simulation: Simulation, one: Moments
) -> tuple[FloatArray, FloatArray]:
    """Estimates with their intervals [H, 3] of a single trial, and what it shows, [H]."""
    batch = prepare(scenario, simulation.layout).fit(one)
    if batch.failed[0]:
        raise NotEstimable("this simulated trial cannot be analysed; choose another one")
    decided = decision_rule(scenario).decide(batch)
    centre, half = decided.centre[0], decided.half_width[0]
    values = np.stack([batch.estimate[0], centre - half, centre + half], axis=1)
    return values, decided.rejected[0]
