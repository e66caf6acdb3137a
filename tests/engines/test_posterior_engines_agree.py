"""Quadrature against NUTS, 4 chains of 40 000 draws, on the reference data sets of lme4.

PyMC has the priors as they are (mixtures, τ), the quadrature as sums of normals. With 10 000 draws
a chain the Monte-Carlo standard error of a sex difference is up to 0.0027. More data sets and
priors are stored with their draws (`tests/validation/test_posteriors.py`).
"""

from typing import Any

import numpy as np
import pytest

from planner.evidence.distribution import (
    HalfNormal,
    Normal,
    NormalMixture,
)
from planner.operating.analyse import analyse
from planner.operating.comparison import Comparison
from planner.operating.data_analysis import DataAnalysis
from planner.plan.analysis import Nuts, Posterior
from planner.plan.hypothesis import Criterion, Hypothesis, PosteriorRule
from planner.plan.priors import ExchangeableSexes, Priors
from tests.reference import reference_case

ROBUST = NormalMixture(weights=(0.8, 0.2), means=(2.5, 0.0), sds=(1.5, 5.0))
WEAK: dict[str, Any] = {
    "intercept": Normal(mean=-14.0, sd=20.0),
    "nuisance": Normal(mean=0.0, sd=20.0),
    "sd_within": HalfNormal(scale=10.0),
    "sd_between": HalfNormal(scale=10.0),
}
SEXES = ExchangeableSexes(tau=HalfNormal(scale=2.0))
MIXTURE = Priors(effect=ROBUST, **WEAK)
BY_SEX = Priors(effect=ROBUST, sexes=SEXES, **WEAK)
CASES = [
    ("mixed_model_lme4", "lmm01", MIXTURE, False),
    ("mixed_model_lme4", "lmm02", BY_SEX, False),
    ("mixed_model_lme4", "lmm05", MIXTURE, False),
    ("mixed_model_lme4", "lmm07", MIXTURE, False),
    ("mixed_model_lme4", "lmm08", BY_SEX, False),
    ("mixed_model_lme4", "lmm12", BY_SEX, False),
    ("mixed_model_lme4", "lmm_boundary", MIXTURE, False),
    ("carryover_lme4", "carry01", MIXTURE, True),
    ("carryover_lme4", "carry05", MIXTURE, True),
]
ABOVE = 2.0


def hypotheses(by_sex: bool) -> tuple[Hypothesis, ...]:
    """P(contrast > 2) of every contrast."""
    rule = PosteriorRule(go=(Criterion(above=ABOVE, probability=0.5),))
    if not by_sex:
        return (Hypothesis(name="overall", objective=rule),)
    return (
        Hypothesis(name="overall", objective=rule),
        Hypothesis(name="female", contrast="female", objective=rule),
        Hypothesis(name="male", contrast="male", objective=rule),
        Hypothesis(name="interaction", contrast="interaction", objective=rule),
    )


def fit(data: dict[str, Any], priors: Priors, carryover: bool, engine: Any) -> DataAnalysis:
    """Posterior of one data set."""
    analysis = Posterior(
        engine=engine,
        priors=priors,
        carryover=carryover,
        nuts=Nuts(chains=4, draws=40_000, tune=1_000),
    )
    by_sex = priors is BY_SEX
    comparison = Comparison(
        by_sex=by_sex, female_share=0.6 if by_sex else None, hypotheses=hypotheses(by_sex)
    )
    return analyse(data, analysis, comparison)


@pytest.mark.slow
@pytest.mark.parametrize(("file", "case", "priors", "carryover"), CASES, ids=lambda c: str(c)[:14])
def test_reference_quadrature_agrees_with_nuts(
    file: str, case: str, priors: Priors, carryover: bool
) -> None:
    """Every probability within 0.004, every mean within 0.02 posterior SD."""
    data = reference_case(file, case)["data"]
    fast = fit(data, priors, carryover, "quadrature")
    slow = fit(data, priors, carryover, "nuts")
    for one, two in zip(fast.results, slow.results, strict=True):
        assert one.verdict is not None
        assert two.verdict is not None
        gaps = (
            one.probability - two.probability,
            one.verdict.p_value - two.verdict.p_value,
            (one.estimate - two.estimate) / two.se,
        )
        print(case, one.name, *np.round(gaps, 4))  # shown with -s
        assert abs(gaps[0]) <= 0.004, (case, one.name)
        assert abs(gaps[1]) <= 0.004, (case, one.name)
        assert abs(gaps[2]) <= 0.02, (case, one.name)
        assert one.se == pytest.approx(two.se, rel=0.02)
