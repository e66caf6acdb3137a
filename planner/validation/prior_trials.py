"""Simulation-based calibration of posteriors (Talts et al. 2018, arXiv:1804.06788).

Parameters are drawn from the prior and a trial from the parameters, visit by visit and without the
program's own simulation; then the posterior probability below the true value is uniform.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from planner.errors import NotEstimable
from planner.evidence.distribution import HalfNormal, Normal, NormalMixture
from planner.operating.analyse import analyse
from planner.operating.comparison import Comparison
from planner.plan.analysis import Posterior
from planner.plan.hypothesis import Criterion, Hypothesis, PosteriorRule, SexContrast
from planner.plan.priors import ExchangeableSexes, Priors
from planner.trials.moments import FloatArray
from planner.validation.check import Check

TRIALS, SEED = 1_000, 20_261
PEOPLE, WOMEN, DROPOUT = 20, 12, 0.2
FALSE_ALARM = 1e-4
"""Probability that a uniform sample is further from uniform than the tolerance."""
MOST_REFUSED = 0.01
"""Share of trials that may be refused as not integrated to 0.005."""
STANDARD_ERRORS = 4
SOURCE = "uniform distribution (Talts et al. 2018, arXiv:1804.06788)"
DISTANCE = f"{SOURCE}; Kolmogorov-Smirnov, exceeded by chance with probability {FALSE_ALARM:g}"
REFUSED = "no trial; at most 1 % may be refused as not integrated to 0.005"

WEIGHTS, MEANS, SDS = (0.7, 0.3), (2.0, 0.0), (1.0, 4.0)
TAU, MEAN, MEAN_SD, NUISANCE_SD, SD_SCALE = 1.5, -10.0, 4.0, 3.0, 6.0
PRIORS = Priors(
    effect=NormalMixture(weights=WEIGHTS, means=MEANS, sds=SDS),
    sexes=ExchangeableSexes(tau=HalfNormal(scale=TAU)),
    intercept=Normal(mean=MEAN, sd=MEAN_SD),
    nuisance=Normal(mean=0.0, sd=NUISANCE_SD),
    sd_within=HalfNormal(scale=SD_SCALE),
    sd_between=HalfNormal(scale=SD_SCALE),
)
CONTRASTS: Mapping[SexContrast, tuple[float, float]] = {
    "overall": (WOMEN / PEOPLE, 1 - WOMEN / PEOPLE),
    "female": (1.0, 0.0),
    "male": (0.0, 1.0),
    "interaction": (-1.0, 1.0),
}
"""On the effects in women and in men."""
Row = tuple[int, str, int, str, str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Where the truth lies in the posteriors of trials drawn from the prior.

    Parameters
    ----------
    below : P(contrast < its true value | data) of the trials with a posterior, axes [T, H].
    refused : trials without one.
    """

    below: FloatArray
    refused: int


def uniformity(group: str, found: Ranks) -> Iterator[Check]:
    """Whether posterior probabilities are uniform: largest distance, mean and variance."""
    from scipy import stats

    n = len(found.below)
    case = f"{n + found.refused} trials from the prior"
    share = found.refused / (n + found.refused)
    yield Check(group, case, "share refused as imprecise", share, 0.0, MOST_REFUSED, REFUSED)
    furthest = float(stats.kstwo.isf(FALSE_ALARM, n))
    for h, contrast in enumerate(CONTRASTS):
        values = found.below[:, h]
        distance = float(stats.kstest(values, "uniform").statistic)
        yield Check(group, case, f"{contrast}: distance", distance, 0.0, furthest, DISTANCE)
        mean, variance = float(values.mean()), float(np.mean((values - 0.5) ** 2))
        for quantity, value, expected, spread in (
            (f"{contrast}: mean", mean, 1 / 2, 1 / 12),
            (f"{contrast}: variance", variance, 1 / 12, 1 / 180),
        ):
            mcse = (spread / n) ** 0.5
            allowed = STANDARD_ERRORS * mcse
            yield Check(group, case, quantity, value, expected, allowed, SOURCE, mcse)


def ranks(n_trials: int = TRIALS, analysis: Posterior | None = None) -> Ranks:
    """Posteriors of trials from the prior; the first trials of a longer run are a shorter one.

    Parameters
    ----------
    analysis : default with the prior that trials are drawn from, and common SDs.
    """
    chosen = Posterior(priors=PRIORS) if analysis is None else analysis
    below, refused = [], 0
    for child in np.random.SeedSequence(SEED).spawn(n_trials):
        rng = np.random.default_rng(child)
        effects = drawn_effects(rng)
        rows = drawn_trial(rng, effects, sd_by_sex=chosen.sd_by_sex)
        try:
            below.append(probability_below(effects, rows, chosen))
        except NotEstimable:
            refused += 1
    return Ranks(np.array(below).reshape(-1, len(CONTRASTS)), refused)


def drawn_effects(rng: np.random.Generator) -> FloatArray:
    """Effects in women and in men from the prior, [2]."""
    part = int(rng.random() < WEIGHTS[1])
    centre = rng.normal(MEANS[part], SDS[part])
    return np.asarray(rng.normal(centre, abs(rng.normal(0.0, TAU)), 2))


def drawn_trial(rng: np.random.Generator, effects: FloatArray, *, sd_by_sex: bool) -> list[Row]:
    """AB/BA with everything else from the prior, one row per visit; some leave after period 1."""
    intercept = rng.normal(MEAN, MEAN_SD)
    period, male = rng.normal(0.0, NUISANCE_SD, 2)
    sds = np.abs(rng.normal(0.0, SD_SCALE, (2, 2)))
    rows: list[Row] = []
    for person in range(PEOPLE):
        sex, sequence = int(person >= WOMEN), ("AB", "BA")[person % 2]
        within, between = sds[sex if sd_by_sex else 0]
        level = intercept + male * sex + rng.normal(0.0, between)
        for visit in range(1 if rng.random() < DROPOUT else 2):
            treatment = sequence[visit]
            mean = level + period * visit + effects[sex] * (treatment == "B")
            y = float(rng.normal(mean, within))
            rows.append((person, sequence, visit + 1, treatment, ("female", "male")[sex], y))
    return rows


def probability_below(effects: FloatArray, rows: list[Row], analysis: Posterior) -> list[float]:
    """Posterior probability of each contrast below its true value."""
    hypotheses = tuple(
        Hypothesis(
            name=contrast,
            contrast=contrast,
            objective=PosteriorRule(
                go=(Criterion(above=float(weights @ effects), probability=0.5),)
            ),
        )
        for contrast, weights in ((c, np.array(w)) for c, w in CONTRASTS.items())
    )
    comparison = Comparison(by_sex=True, female_share=WOMEN / PEOPLE, hypotheses=hypotheses)
    names = ("subject", "sequence", "period", "treatment", "sex", "y")
    table = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    found = analyse(table, analysis, comparison)
    return [row.verdict.p_value for row in found.results if row.verdict is not None]
