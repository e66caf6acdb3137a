"""Trials by sex with a Bayesian analysis, in few words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.engines.model import Model, planned_model
from planner.engines.posterior_model import PosteriorModel, Regions, posterior_model
from planner.plan.analysis import Nuts, Posterior
from planner.plan.priors import Priors
from planner.scenario import Scenario
from planner.trials.draw import draw_moments
from planner.trials.layout import Layout, lay_out
from planner.trials.moments import Moments
from tests.crossovers import SEX_CONTRASTS, contrasts_of, crossover, leaving

TAIL = 0.025
EFFECTS: Mapping[str, Any] = {"female": 2.1, "male": 3.1}


@dataclass(frozen=True)
class BayesianTrial:
    """A scenario by sex at one size, and its model: P(contrast > 0) of all four contrasts.

    The last, the sex difference, is left out where the prior says that both sexes have one effect.
    """

    scenario: Scenario
    layout: Layout
    planned: Model
    model: PosteriorModel

    def moments(self, n_trials: int, seed: int = 7) -> Moments:
        """Simulated trials."""
        return draw_moments(self.layout, seed, 0, n_trials)


def bayesian_trial(
    priors: Priors,
    n_subjects: int,
    *,
    design: str = "AB/BA",
    effect: Mapping[str, Any] = EFFECTS,
    dropout: float = 0.0,
    sd_by_sex: bool = False,
    nuts: Nuts | None = None,
) -> BayesianTrial:
    """Correlation ½, SD of differences 7.5 and 60 % women."""
    truth: dict[str, Any] = {"effect": dict(effect), "female_share": 0.6}
    if dropout:
        truth["attrition"] = leaving(*[dropout] * (len(design.split("/")[0]) - 1))
    asked = SEX_CONTRASTS[:3] if priors.one_effect else SEX_CONTRASTS
    scenario = crossover(design, hypotheses=contrasts_of(*asked), truth=truth)
    planned, layout = planned_model(scenario), lay_out(scenario, n_subjects)
    n_contrasts = len(planned.contrasts)
    regions = Regions(
        row=np.arange(n_contrasts),
        lower=np.zeros(n_contrasts),
        upper=np.full(n_contrasts, np.inf),
        tail=np.full(n_contrasts, TAIL),
    )
    analysis = Posterior(
        engine="nuts", priors=priors, sd_by_sex=sd_by_sex, nuts=Nuts() if nuts is None else nuts
    )
    model = posterior_model(analysis, planned.columns, layout.cells, planned.contrasts, regions)
    return BayesianTrial(scenario, layout, planned, model)


def some_trials(batch: Moments, first: int) -> Moments:
    """The first trials of a block."""
    return Moments(batch.n[:first], batch.mean[:first], batch.scatter[:first])
