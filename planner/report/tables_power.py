"""Tables of what the trial does at its size: level, power, estimates, harsher truths, failures."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.operating.characteristics import MonteCarloEstimate
from planner.operating.stress import REALISTIC, STRESSES
from planner.plan.hypothesis import Equivalence, NonInferiority
from planner.report.hypotheses import effect_number
from planner.report.model import Table
from planner.report.tables import (
    NONE,
    exact,
    formula,
    headed,
    measure,
    scale,
    share,
    simulated,
    table,
)
from planner.words.hypotheses import hypothesis_label, planned_level
from planner.words.prose import given, joined, one_line, people, planned_percent

if TYPE_CHECKING:
    from planner.operating.characteristics import (
        HypothesisCharacteristics,
        OperatingCharacteristics,
    )
    from planner.plan.hypothesis import Objective
    from planner.report.results import Results

    Rows = list[tuple[OperatingCharacteristics, HypothesisCharacteristics]]

PLANNED = "as planned"


def analyses(found: "OperatingCharacteristics") -> "tuple[OperatingCharacteristics, ...]":
    """The planned analysis, then the others of the same trials."""
    return (found, *found.others)


def analysis_name(found: "OperatingCharacteristics") -> str:
    """How trials were analysed, as a cell."""
    return found.analysis or "planned"


def by_hypothesis(found: "OperatingCharacteristics") -> "Rows":
    """Every hypothesis under every analysis, hypothesis by hypothesis."""
    return [(one, one[h.hypothesis]) for h in found.hypotheses for one in analyses(found)]


def type_i_table(results: "Results") -> Table:
    """Type I error of every hypothesis at the nuisance values of the plan."""
    scenario = results.scenario
    rows = by_hypothesis(results.power)
    nulls = [one.null[h.hypothesis] for one, h in rows]
    natural = scenario.truth.endpoint.to_natural
    return table(
        f"Type I error with {people(results.n)} randomised, everything but the effect as planned",
        {
            "Hypothesis": [hypothesis_label(h.hypothesis) for _, h in rows],
            "Analysis": [analysis_name(one) for one, _ in rows],
            headed("Edge of null", scenario): [given(natural(n.effect)) for n in nulls],
            "Planned level": [
                planned_percent(planned_level(scenario, h.hypothesis)) for _, h in rows
            ],
            "Type I error": [share(n.success) for n in nulls],
            "Closed form": [formula(n.oracle) for n in nulls],
        },
        left=("Analysis",),
        note=f"{simulated(scenario)} Each row is at the edge of its own null. Of a posterior rule "
        "the planned level is 1 − its threshold, which an informative prior need not hold.",
    )


def power_table(results: "Results") -> Table:
    """Power of every hypothesis at the size found."""
    scenario, rows = results.scenario, by_hypothesis(results.power)
    natural = scenario.truth.endpoint.to_natural
    return table(
        f"Power with {people(results.n)} randomised, under the planned truth",
        {
            "Hypothesis": [hypothesis_label(h.hypothesis) for _, h in rows],
            "Analysis": [analysis_name(one) for one, _ in rows],
            headed("True effect", scenario): [
                effect_number(scenario, natural(h.effect)) for _, h in rows
            ],
            "Power": [share(h.success) for _, h in rows],
            "Closed form": [formula(h.oracle) for _, h in rows],
        },
        left=("Analysis",),
        note=f"{simulated(scenario)} Closed form: a formula; ≈ where it approximates, – where "
        "there is none. The analyses see the same simulated trials.",
    )


def zones_table(results: "Results") -> Table | None:
    """Shares of the zones of rules that have a stop criterion; None if none has."""
    rows = [(one, h) for one, h in by_hypothesis(results.power) if h.stop is not None]
    if not rows:
        return None
    pairs = [
        (one, h, truth)
        for one, planned in rows
        for h, truth in ((planned, PLANNED), (one.null[planned.hypothesis], "edge of null"))
    ]
    return table(
        f"Go, consider and stop with {people(results.n)} randomised",
        {
            "Hypothesis": [hypothesis_label(h.hypothesis) for _, h, _ in pairs],
            "Analysis": [analysis_name(one) for one, _, _ in pairs],
            "Truth": [truth for _, _, truth in pairs],
            "Go": [share(h.success) for _, h, _ in pairs],
            "Consider": [share(h.consider) for _, h, _ in pairs],
            "Stop": [share(h.stop) for _, h, _ in pairs],
        },
        left=("Analysis", "Truth"),
        note=simulated(results.scenario),
    )


def curve_table(results: "Results") -> Table:
    """Power by people randomised, of the hypothesis that the report is about."""
    rows = [(point, point[results.hypothesis]) for point in results.curve]
    return table(
        f"Power for {hypothesis_label(results.hypothesis)} by people randomised",
        {
            "Randomised": [people(point.n_subjects) for point, _ in rows],
            "Complete on average": [measure(point.completers) for point, _ in rows],
            "Power": [share(h.success) for _, h in rows],
            "Closed form": [formula(h.oracle) for _, h in rows],
        },
        note=f"{simulated(results.scenario, 'per size')} Closed form: a formula; ≈ where it "
        "approximates, – where there is none. All sizes see the same random numbers, so the "
        "curve is smoother than its errors suggest.",
    )


def estimates_table(results: "Results") -> Table:
    """Bias and errors of the estimates."""
    rows = by_hypothesis(results.power)
    return table(
        f"Estimates with {people(results.n)} randomised: bias and errors",
        {
            "Hypothesis": [hypothesis_label(h.hypothesis) for _, h in rows],
            "Analysis": [analysis_name(one) for one, _ in rows],
            "Bias": [measure(h.bias, sign=True) for _, h in rows],
            "Empirical SE": [measure(h.empirical_se) for _, h in rows],
            "Model SE": [measure(h.model_se) for _, h in rows],
            "RMSE": [measure(h.rmse) for _, h in rows],
            "MSE": [_squared(h.rmse) for _, h in rows],
        },
        left=("Analysis",),
        note=f"{simulated(results.scenario)} Effects {scale(results.scenario)}; MSE, the square "
        "of RMSE, in its square. Empirical SE: SD of the estimates; model SE: root of the mean "
        "variance that the analysis reports; the two agree where the analysis knows its "
        "precision. Of a Bayesian analysis estimates are posterior means.",
    )


def _squared(rmse: MonteCarloEstimate) -> str:
    """The mean squared error; its MCSE is 2 RMSE times that of RMSE (delta method)."""
    value, mcse = rmse.value**2, 2 * rmse.value * rmse.mcse
    return measure(MonteCarloEstimate(value, mcse, rmse.n, rmse.lower**2, rmse.upper**2))


def intervals_table(results: "Results") -> Table:
    """Coverage and width of the intervals, and what significant estimates exaggerate."""
    rows = by_hypothesis(results.power)
    away = {h.name for h in results.scenario.plan.hypotheses if not _at_limits(h.objective)}
    return table(
        f"Intervals with {people(results.n)} randomised, and estimates of trials that succeed",
        {
            "Hypothesis": [hypothesis_label(h.hypothesis) for _, h in rows],
            "Analysis": [analysis_name(one) for one, _ in rows],
            "Coverage": [share(h.coverage) for _, h in rows],
            "Width": [measure(h.width) for _, h in rows],
            "Wrong sign": [share(h.type_s if h.hypothesis in away else None) for _, h in rows],
            "Exaggeration": [measure(h.type_m if h.hypothesis in away else None) for _, h in rows],
        },
        left=("Analysis",),
        note=f"{simulated(results.scenario)} Intervals are those that match the decision; width: "
        f"geometric mean, {scale(results.scenario)}. Wrong sign and exaggeration (mean size over "
        "the true effect): among trials that succeed; – where there is no true effect, where "
        "hardly any succeeds, and where no effect would be a success.",
    )


def _at_limits(objective: "Objective") -> bool:
    """Whether a claim is about limits and not about an effect: no effect would satisfy it."""
    return isinstance(objective, Equivalence | NonInferiority)


def stress_table(results: "Results") -> Table:
    """The hypothesis of the report under every stress scenario and analysis."""
    rows = _stressed(results)
    name, n = results.hypothesis, people(results.n)
    return table(
        f"{hypothesis_label(name).capitalize()} with {n} randomised, if the truth is kinder or "
        "harsher",
        {
            "Scenario": [stress for stress, _ in rows],
            "Analysis": [analysis_name(one) for _, one in rows],
            "Power": [share(one[name].success) for _, one in rows],
            "Type I error": [share(one.null[name].success) for _, one in rows],
            "Bias": [measure(one[name].bias, sign=True) for _, one in rows],
            "Coverage": [share(one[name].coverage) for _, one in rows],
            "Complete": [measure(one.completers) for _, one in rows],
        },
        left=("Analysis",),
        note=f"{simulated(results.scenario)} Bias {scale(results.scenario)}. Complete: people on "
        "average. The scenarios are assumed, with the factors below; they have no probability.",
    )


def _stressed(results: "Results") -> "list[tuple[str, OperatingCharacteristics]]":
    return [(name, one) for name, found in results.stressed.items() for one in analyses(found)]


def stressed_hypotheses_table(results: "Results") -> Table | None:
    """Power of every hypothesis under every stress; None where there is one hypothesis."""
    names = results.scenario.plan.hypothesis_names
    if len(names) == 1:
        return None
    cells = {
        stress.capitalize(): [share(found[name].success) for name in names]
        for stress, found in results.stressed.items()
    }
    return table(
        "Power of every hypothesis under the same scenarios, planned analysis",
        {"Hypothesis": list(map(hypothesis_label, names)), **cells},
        note=simulated(results.scenario, "per cell"),
    )


def factors_table() -> Table:
    """What every stress scenario assumes."""

    def factors(attribute: str) -> list[str]:
        return [f"× {given(getattr(s, attribute))}" for s in STRESSES]

    return table(
        "Factors of the stress scenarios on what is planned",
        {
            "Scenario": [f"{s.name} ({PLANNED})" if s == REALISTIC else s.name for s in STRESSES],
            "Effect": factors("effect"),
            "SD": factors("sd"),
            "Correlation": factors("correlation"),
            "Dropout": factors("dropout"),
            "Carry-over": factors("carryover"),
        },
        note="Assumed, not estimated. Effect: on the scale of the analysis, or on the distance "
        "from the margin where no effect would satisfy the hypothesis. SD: of one outcome. "
        "Correlation: between periods, if positive. Dropout: every chance of leaving. "
        "Carry-over: where the plan assumes one.",
    )


def failures_table(results: "Results") -> Table:
    """How simulated trials ended, by truth and analysis."""
    ended = [(name if name != REALISTIC.name else PLANNED, one) for name, one in _stressed(results)]
    rows = [_planned_ending(truth, one) for truth, one in ended]
    rows += [_null_ending(one, h) for one, h in by_hypothesis(results.power)]
    headings = ("Truth", "Analysis", "Analysed", "Without result", "Why", "σ_b = 0")
    return table(
        f"How the simulated trials with {people(results.n)} randomised ended",
        dict(zip(headings, zip(*rows, strict=True), strict=True)),
        left=("Analysis", "Why"),
        note=f"Counts of {people(results.scenario.monte_carlo.n_trials)} simulated trials per "
        "row. A trial without a result counts as no success. σ_b = 0: analysed with a "
        "between-person variance estimated as 0, at the boundary; – where it is not counted.",
    )


_WHY = {
    "not_converged": "did not converge",
    "not_estimable": "not estimable",
    "imprecise": "posterior too imprecise to decide",
}


def _planned_ending(truth: str, one: "OperatingCharacteristics") -> tuple[str, ...]:
    why = [f"{people(one.ledger[key])} {words}" for key, words in _WHY.items() if one.ledger[key]]
    analysed = people(one.n_trials - one.failures)
    ended = (people(one.failures), joined(why) if why else NONE, people(one.boundary_fits))
    return (truth, analysis_name(one), analysed, *ended)


def _null_ending(
    one: "OperatingCharacteristics", h: "HypothesisCharacteristics"
) -> tuple[str, ...]:
    null = one.null[h.hypothesis]
    failed = null.success.n - null.bias.n
    ended = (people(null.bias.n), people(failed), "not told apart" if failed else NONE, NONE)
    return (f"null of {hypothesis_label(h.hypothesis)}", analysis_name(one), *ended)


def unanalysed(results: "Results") -> tuple[str, ...]:
    """Power between the worst and the best case, where planned trials were not analysed."""
    return tuple(_cases(results))


def _cases(results: "Results") -> Iterator[str]:
    for one in analyses(results.power):
        if one.failures:
            h = one[results.hypothesis]
            ends = f"{exact(100 * h.worst, 1)} or {exact(100 * h.best, 1)} %"
            yield (
                f"{one_line(analysis_name(one))}: {people(one.failures)} trials of the planned "
                f"truth were not analysed; if all had missed or reached their aim, power for "
                f"{hypothesis_label(h.hypothesis)} would be {ends}."
            )
