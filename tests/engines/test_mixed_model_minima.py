"""Trials so small that the deviance of the mixed model has two minima, or none."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from planner.engines.protocol import Status
from planner.errors import NotEstimable
from planner.operating.analyse import Comparison, DataAnalysis, analyse
from planner.plan.analysis import MixedModel
from tests.twin_fits import BY_SEX_TERMS
from tests.twins.mixed_model import MixedFit, design_matrix, fit_reml, reml_deviance
from tests.twins.reml import gls
from tests.twins.simulate import Trial

People = Mapping[str, Sequence[tuple[float, ...]]]
"""Sequence, or sequence and sex (``"AB female"``) → outcomes of each person."""


def small_trial(people: People) -> Trial:
    """Long table of a trial."""
    rows = [
        (f"{kind}{i}", kind[:2], p + 1, kind[p], kind[3:] or "female", y)
        for kind, own in people.items()
        for i, outcomes in enumerate(own)
        for p, y in enumerate(outcomes)
    ]
    names = ("subject", "sequence", "period", "treatment", "sex", "y")
    return {name: np.array(c) for name, c in zip(names, zip(*rows, strict=True), strict=True)}


def both(people: People, *, by_sex: bool = False) -> tuple[DataAnalysis, MixedFit]:
    """The package's fit, and that by dense matrices."""
    data = small_trial(people)
    x, _ = design_matrix(data, BY_SEX_TERMS if by_sex else ("period", "treatment"))
    table = {name: values.tolist() for name, values in data.items()}
    ours = analyse(table, MixedModel(), Comparison(by_sex=by_sex))
    return ours, fit_reml(x, data["subject"], data["y"])


def assert_same_variances(ours: DataAnalysis, fit: MixedFit) -> None:
    """Both standard deviations agree."""
    assert ours.sd_between == pytest.approx(fit.sd_between, rel=1e-6, abs=1e-9)
    assert ours.sd_within == pytest.approx(fit.sd_within, rel=1e-6)


TWO_MINIMA: dict[str, People] = {
    "inside": {
        "AB": [(21, 6), (23, 1), (17,), (12,)],
        "BA": [(29, 5), (28, 2), (18,), (17,)],
    },
    "at 0": {
        "AB": [(15, 0), (27, 21), (9,), (0,)],
        "BA": [(2, 22), (4, 15), (26,), (27,)],
    },
    "at 0, near one inside": {
        "AB": [(13, 22), (8, 25), (5,), (4,)],
        "BA": [(11, 21), (8, 24), (0,), (29,)],
    },
}


@pytest.mark.parametrize("name", TWO_MINIMA)
def test_twin_finds_the_lower_of_two_minima(name: str) -> None:
    """The search must not stop at the nearest."""
    assert_same_variances(*both(TWO_MINIMA[name]))


@pytest.mark.parametrize(
    "people",
    [
        {"AB": [(6, 9), (17,), (21,)], "BA": [(29, 18), (24,), (8,)]},
        {"AB": [(6, 20), (2,)], "BA": [(28, 4), (24,)]},
    ],
)
def test_property_a_fit_without_residual_variance_is_a_failure(people: People) -> None:
    """One pair per sequence leaves nothing to estimate the variance within persons from."""
    data = {name: values.tolist() for name, values in small_trial(people).items()}
    with pytest.raises(NotEstimable):
        analyse(data, MixedModel())


def test_twin_nearly_equal_replicates_do_not_stop_the_search() -> None:
    """The only two people of one kind differ by nearly the same amount; the others do vary."""
    women, men = [(20.0, 10.0), (27.0, 17.0001)], [(15.0, 12.0)]
    people: People = {
        "AB female": women,
        "AB male": men,
        "BA female": [(18, 25)],
        "BA male": [(30, 21)],
    }
    assert_same_variances(*both(people, by_sex=True))


LEVELLING_OFF: dict[str, People] = {
    "first": {
        "AB female": [(0.8, 1.3), (-2.9,)],
        "AB male": [(5.7, -4.3), (11.4,)],
        "BA female": [(6.6,), (-0.2,)],
        "BA male": [(-2.3, -0.6), (-5.2,)],
    },
    "second": {
        "AB female": [(-1.8, -6.9), (10.7,)],
        "AB male": [(3.8,), (-7.9,)],
        "BA female": [(4.8, -8.0), (-7.9,)],
        "BA male": [(9.8, 0.3), (-2.4,)],
    },
}


def profile_deviance(data: Trial, ratio: float) -> float:
    """REML deviance at a ratio of the variances, least over the variance within persons."""
    x, _ = design_matrix(data, BY_SEX_TERMS)
    z = (data["subject"][:, None] == np.unique(data["subject"])[None, :]).astype(float)
    residual = data["y"] - x @ gls(x, z, data["y"], (1.0, ratio))[0]
    scale = np.linalg.solve(np.eye(len(z)) + ratio * z @ z.T, residual)
    within = float(residual @ scale) / (x.shape[0] - x.shape[1])
    return reml_deviance(x, z, data["y"], within**0.5, (ratio * within) ** 0.5)


@pytest.mark.parametrize("name", LEVELLING_OFF)
def test_reference_a_minimum_at_0_beats_a_deviance_that_levels_off_above_it(name: str) -> None:
    """From 0 the deviance rises, then falls a little for ever: the fit is least squares."""
    data = small_trial(LEVELLING_OFF[name])
    elsewhere = [profile_deviance(data, ratio) for ratio in np.logspace(-3, 6, 19)]
    assert profile_deviance(data, 0.0) < min(elsewhere)
    x, _ = design_matrix(data, BY_SEX_TERMS)
    squares = float(np.linalg.lstsq(x, data["y"])[1][0])
    table = {key: values.tolist() for key, values in data.items()}
    ours = analyse(table, MixedModel(), Comparison(by_sex=True))
    assert ours.status == Status.BOUNDARY
    assert ours.sd_within == pytest.approx((squares / (len(x) - x.shape[1])) ** 0.5, rel=1e-9)
