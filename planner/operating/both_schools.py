"""A test and a Bayesian analysis beside each other on the same simulated trials."""

from planner.plan.analysis import Analysis, Posterior, frequentist_counterpart
from planner.scenario import Scenario


def with_both_schools(scenario: Scenario) -> Scenario:
    """The scenario with an analysis of the other school among its other analyses.

    Beside a test comes the posterior with its terms under the default priors, which say as little
    as possible; beside a posterior the mixed model with its likelihood. A scenario that has both
    is returned as it is.
    """
    plan = scenario.plan
    bayesian = {isinstance(a, Posterior) for a in (plan.analysis, *plan.other_analyses)}
    if len(bayesian) == 2:
        return scenario
    others = (_counterpart(plan.analysis), *plan.other_analyses)
    return scenario.with_changes({"plan.other_analyses": [other.plain() for other in others]})


def _counterpart(analysis: Analysis) -> Analysis:
    if isinstance(analysis, Posterior):
        return frequentist_counterpart(analysis)
    return Posterior(
        sequence_effect=getattr(analysis, "sequence_effect", False),
        carryover=analysis.carryover,
        by_sex=analysis.by_sex,
    )
