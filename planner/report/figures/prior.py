"""Prior, likelihood and posterior of an example trial."""

from typing import TYPE_CHECKING

from planner.report.figures.page import effect_title, figure, on_paper
from planner.report.model import Figure
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import people

if TYPE_CHECKING:
    from planner.report.results import Results
    from planner.scenario import Scenario


def prior_figure(results: "Results") -> Figure | None:
    """Prior, likelihood and posterior of the effect in an example trial.

    By the planned analysis if that is Bayesian, else by its Bayesian counterpart; None where the
    trial has no posterior.
    """
    from planner.charts.prior_update import takeaway, update_chart, update_table
    from planner.errors import NotEstimable
    from planner.operating.effect_update import effect_update

    scenario, planned = _bayesian(results.scenario)
    try:
        found = effect_update(scenario, results.n, results.hypothesis, _trial(results))
    except NotEstimable:
        return None
    table = update_table(found)
    chart = update_chart(
        table, effect_title(scenario, log=True), found.region, _truth(results), "light"
    )
    whose = "planned Bayesian analysis" if planned else "Bayesian counterpart of the planned test"
    design = (
        "The design prior is what the planners believe of nature; no analysis sees it. "
        if found.design is not None
        else ""
    )
    shown = hypothesis_label(found.hypothesis)
    caption = (
        f"What simulated trial {people(found.trial)} says of the effect ({shown}) by the {whose}: "
        f"densities with everything else integrated out. {design}Shaded: what the hypothesis is "
        "to show. Dashed rule: the true value of the simulation, assumed."
    )
    alt = takeaway(found)
    if scenario.truth.endpoint.scale == "log":
        alt = f"{alt} Effects are logarithms of ratios."
    return figure("prior-likelihood-posterior", caption, alt, on_paper(chart, 320))


def _bayesian(scenario: "Scenario") -> tuple["Scenario", bool]:
    """The scenario under its Bayesian analysis, and whether that is the planned one."""
    from planner.operating.both_schools import with_both_schools
    from planner.plan.analysis import Posterior

    both = with_both_schools(scenario)
    cases = (both, *both.variants())
    place = [isinstance(case.plan.analysis, Posterior) for case in cases].index(True)
    return cases[place], place == 0


def _trial(results: "Results") -> int:
    """Number of the borderline example, else of the last there is, else 0."""
    examples = sorted(results.examples, key=lambda example: example.kind == "borderline")
    return examples[-1].trial.trial if examples else 0


def _truth(results: "Results") -> float:
    """True value of the hypothesis, on the scale of the analysis."""
    return results.power[results.hypothesis].effect
