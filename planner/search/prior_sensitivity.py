"""Success and type I error of a Bayesian analysis under other analysis priors.

Every analysis sees the same simulated trials. The sceptical and the enthusiastic prior are those
of Spiegelhalter, Freedman & Parmar 1994 (J R Stat Soc A 157:357, 10.2307/2983527): as narrow as
leaves 5 % beyond the planned effect, and 5 % beyond the edge of the null. The robust prior moves
half of the planned one's weight to a normal prior at the edge of the null that is worth one
person's difference (Schmidli et al. 2014, Biometrics 70:1023, 10.1111/biom.12242).
"""

from dataclasses import dataclass
from typing import assert_never

from planner.evidence.distribution import (
    EffectDistribution,
    Flat,
    HalfNormal,
    Normal,
    NormalMixture,
    StudentT,
)
from planner.operating.characteristics import MonteCarloEstimate
from planner.operating.evaluate import Case, evaluate
from planner.operating.nulls import null_scenarios, null_values
from planner.plan.analysis import Posterior
from planner.plan.priors import ExchangeableSexes, Priors
from planner.scenario import Scenario
from planner.search.quick_power import column_of
from planner.trials.varied import planned_effect

PRIOR_TRIALS = 1_000
"""Most simulated trials per prior and truth."""
Z95_ONE_SIDED = 1.6448536269514722
"""Normal deviate that 5 % exceed."""
ROBUST_WEIGHT = 0.5
"""Weight of the vague component of the robust prior."""


@dataclass(frozen=True, slots=True)
class PriorRow:
    """A Bayesian analysis with one set of priors, everything else as planned.

    Parameters
    ----------
    label : the prior in a few words.
    why : what it stands for.
    priors : all of them.
    success : probability of success of the hypothesis under the planning truth.
    type_i_error : at the edge of its null.
    failures : trials without a result, under both; they are no success.
    """

    label: str
    why: str
    priors: Priors
    success: MonteCarloEstimate
    type_i_error: MonteCarloEstimate
    failures: int


@dataclass(frozen=True, slots=True)
class PriorSensitivity:
    """How much the operating characteristics depend on the analysis priors.

    Parameters
    ----------
    rows : the planned priors first.
    left_out : label → why it is not among them.
    n_trials : simulated trials per prior and truth.
    """

    hypothesis: str
    n_subjects: int
    rows: tuple[PriorRow, ...]
    left_out: dict[str, str]
    n_trials: int


@dataclass(frozen=True, slots=True)
class _Variant:
    label: str
    why: str
    priors: Priors


def by_quadrature(scenario: Scenario) -> Scenario:
    """The scenario with a Bayesian analysis computed by quadrature instead of sampling."""
    if getattr(scenario.plan.analysis, "engine", "quadrature") == "quadrature":
        return scenario
    return scenario.with_changes({"plan.analysis.engine": "quadrature"})


def prior_sensitivity(
    scenario: Scenario, hypothesis: str, n_subjects: int, *, workers: int | None = None
) -> PriorSensitivity | None:
    """Success and type I error of `hypothesis` under other priors; None of a test.

    Posteriors are computed by quadrature, whatever the engine of the plan.

    Raises
    ------
    UnknownName : the plan has no such hypothesis.
    """
    column_of(scenario, hypothesis)
    scenario = by_quadrature(scenario)
    if not isinstance(scenario.plan.analysis, Posterior):
        return None
    variants, left_out = _variants(scenario, scenario.plan.analysis.priors, hypothesis)
    null = next(null for null, names in null_scenarios(scenario) if hypothesis in names)
    cases = [
        case
        for variant in variants
        for case in (
            Case(_with_priors(scenario, variant.priors), n_subjects),
            Case(_with_priors(null, variant.priors), n_subjects, "null"),
        )
    ]
    n_trials = min(scenario.monte_carlo.n_trials, PRIOR_TRIALS)
    settings = scenario.monte_carlo.model_copy(update={"n_trials": n_trials, "max_failures": 1.0})
    results = evaluate(cases, settings, workers=workers)
    rows = [
        PriorRow(
            label=variant.label,
            why=variant.why,
            priors=variant.priors,
            success=planned[hypothesis].success,
            type_i_error=at_null[hypothesis].success,
            failures=planned.failures + at_null.failures,
        )
        for variant, planned, at_null in zip(variants, results[::2], results[1::2], strict=True)
    ]
    return PriorSensitivity(hypothesis, n_subjects, tuple(rows), left_out, n_trials)


def _with_priors(scenario: Scenario, priors: Priors) -> Scenario:
    """The scenario with other analysis priors."""
    analysis = scenario.plan.analysis.model_copy(update={"priors": priors})
    plan = scenario.plan.model_copy(update={"analysis": analysis})
    return scenario.model_copy(update={"plan": plan})


def _variants(
    scenario: Scenario, planned: Priors, hypothesis: str
) -> tuple[list[_Variant], dict[str, str]]:
    """Priors to compare, the planned ones first; label → why one is left out."""
    edge, effect = _edge(scenario, hypothesis), planned_effect(scenario)
    variants, left_out = [_Variant("planned", "as planned", planned)], dict[str, str]()

    def add(label: str, why: str, prior: EffectDistribution | None, reason: str) -> None:
        if prior is None or prior == planned.effect:
            left_out[label] = reason if prior is None else "it is the planned prior"
        else:
            variants.append(_Variant(label, why, planned.model_copy(update={"effect": prior})))

    unscaled = "the planned effect prior is flat and has no SD"
    add("flat", "the data alone speak of the effect", Flat(), "")
    add("half the SD", "a stronger prior", _scaled(planned.effect, 0.5), unscaled)
    add("twice the SD", "a weaker prior", _scaled(planned.effect, 2.0), unscaled)
    sd = abs(effect - edge) / Z95_ONE_SIDED
    sceptical = Normal(mean=edge, sd=sd) if sd > 0 else None
    at_edge = "the planned effect is the edge of the null"
    add("sceptical", "centred at the null, 5 % beyond the planned effect", sceptical, at_edge)
    keen = Normal(mean=effect, sd=sd) if sd > 0 else None
    add("enthusiastic", "centred at the planned effect, 5 % beyond the null", keen, at_edge)
    add(
        "robust",
        "half of the weight on a prior at the null that is worth one person's difference",
        _robust(planned.effect, edge, scenario.truth.sd_difference),
        "the planned effect prior is not a normal one or a mixture of few",
    )
    for factor, words in ((0.5, "half"), (2.0, "twice")):
        sexes = planned.sexes
        if isinstance(sexes, ExchangeableSexes) and isinstance(sexes.tau, HalfNormal):
            tau = HalfNormal(scale=factor * sexes.tau.scale)
            changed = planned.model_copy(update={"sexes": ExchangeableSexes(tau=tau)})
            why = f"sexes that borrow {'more' if factor < 1 else 'less'} from each other"
            variants.append(_Variant(f"{words} the scale of τ", why, changed))
    return variants, left_out


def _edge(scenario: Scenario, hypothesis: str) -> float:
    """Edge of the null on the scale of the effect prior; 0 of what is no treatment effect."""
    chosen = scenario.plan.hypotheses[column_of(scenario, hypothesis)]
    treatments = scenario.plan.design.treatments
    weights = chosen.treatment_weights(treatments)
    against_reference = weights[0] == -1.0 and sorted(weights[1:])[-1] == 1.0
    is_effect = chosen.sex != "interaction" and against_reference
    return null_values(scenario)[hypothesis] if is_effect else 0.0


def _scaled(prior: EffectDistribution, factor: float) -> EffectDistribution | None:
    """The prior with another spread around the same centre; None of a flat one."""
    match prior:
        case Normal():
            return prior.model_copy(update={"sd": factor * prior.sd})
        case StudentT():
            return prior.model_copy(update={"scale": factor * prior.scale})
        case NormalMixture():
            return prior.model_copy(update={"sds": tuple(factor * sd for sd in prior.sds)})
        case Flat():
            return None
        case _:
            assert_never(prior)


def _robust(prior: EffectDistribution, edge: float, unit_sd: float) -> NormalMixture | None:
    """A mixture of the prior and of a normal one at the edge of the null."""
    match prior:
        case Normal(mean=mean, sd=sd):
            weights, means, sds = (1.0,), (mean,), (sd,)
        case NormalMixture(weights=weights, means=means, sds=sds) if len(weights) < 12:
            pass
        case _:
            return None
    kept = tuple((1 - ROBUST_WEIGHT) * weight for weight in weights)
    return NormalMixture(weights=(*kept, ROBUST_WEIGHT), means=(*means, edge), sds=(*sds, unit_sd))
