"""The planned analysis on data: mixed models against lme4, t tests against lm.

References: R 4.2.2 with lme4, lmerTest and pbkrtest; data sets at the boundary included.
"""

from collections.abc import Sequence

import numpy as np
import pytest

from planner.engines.protocol import Status
from planner.errors import NotEstimable
from planner.operating.analyse import analyse
from planner.operating.data_analysis import Result
from planner.plan.analysis import MixedModel, WithinSubjectT
from planner.trials.moments import FloatArray
from planner.validation.lme4 import fit, kenward_roger, satterthwaite
from planner.validation.prepost import OUTCOMES, outcome_checks
from tests.reference import Case, case_id, reference
from tests.twins.mixed_model import analyse as twin_analyse
from tests.twins.mixed_model import design_matrix, fit_reml
from tests.twins.simulate import fixed_subject_fit
from tests.validation.passing import assert_passes

MIXED = reference("mixed_model_lme4")
CARRYOVER = reference("carryover_lme4")
PREPOST = reference("prepost_r")
PREPOST_OUT_OF_SCOPE = {
    "ancova": "baseline-adjusted analysis",
    "condition_by_time": "pre/post by condition model",
    "wilcoxon": "rank analysis",
    "mcnemar": "binary endpoint",
    "mainland_gart": "binary endpoint",
    "prescott": "binary endpoint",
}
BOUNDARY = [case for case in MIXED if case["expected"]["sd_between"] == 0]


def agree(
    results: Sequence[Result], field: str, expected: Sequence[float] | FloatArray, rtol: float
) -> None:
    """One column of a table of coefficients."""
    np.testing.assert_allclose([getattr(r, field) for r in results], expected, rtol=rtol)


@pytest.mark.parametrize("case", [*MIXED, *CARRYOVER], ids=case_id)
def test_reference_mixed_model_with_kenward_roger(case: Case) -> None:
    """Estimates, standard errors, df, p values and variances of every fixed effect."""
    assert_passes(kenward_roger(case, "lme4"))
    fitted = fit(case)
    assert len(fitted.terms) == len(case["expected"]["terms"])
    assert fitted.n_subjects == len(set(case["data"]["subject"]))
    assert fitted.n_observations == len(case["data"]["y"])


@pytest.mark.parametrize("case", MIXED, ids=case_id)
def test_reference_mixed_model_with_satterthwaite(case: Case) -> None:
    """Model-based standard errors; df from the observed information, or as Kenward and Roger's."""
    assert_passes(satterthwaite(case, "lme4"))


@pytest.mark.parametrize("case", BOUNDARY, ids=case_id)
def test_reference_lmertest_has_the_residual_df_at_the_boundary(case: Case) -> None:
    """Why the df are not compared with it there.

    lmerTest works with standard deviations and returns the residual df where the between-person
    SD is 0. With variances, and the expected information, the contrast keeps the df of both
    strata, as Kenward and Roger's does.
    """
    expected = case["expected"]
    residual = len(case["data"]["y"]) - len(expected["terms"])
    np.testing.assert_allclose(expected["df_satterthwaite"], residual, rtol=1e-6)


@pytest.mark.parametrize("case", [*MIXED, *CARRYOVER], ids=case_id)
def test_twin_mixed_model_contrasts(case: Case) -> None:
    """Overall, by sex and interaction are contrasts of the same fit."""
    data, expected = case["data"], case["expected"]
    fitted = fit(case)
    assert len(fitted.results) == (len(set(data["treatment"])) - 1) * (4 if _by_sex(case) else 1)
    formula = [t for t in case["formula"].split("~")[1].replace(" ", "").split("+") if t[0] != "("]
    x, names = design_matrix(data, formula)
    assert names == expected["terms"]
    rows = np.array([_weights(r.name, names, fitted.female_share) for r in fitted.results])
    table = twin_analyse(fit_reml(x, data["subject"], data["y"]), rows)
    agree(fitted.results, "estimate", table.estimate, 1e-5)
    agree(fitted.results, "se", table.se_kr, 1e-5)
    agree(fitted.results, "df", table.df_kr, 1e-5)
    agree(fitted.results, "p_value", table.p_kr, 1e-5)


def _by_sex(case: Case) -> bool:
    return "sex" in case["formula"]


def _weights(name: str, names: list[str], share: float | None) -> list[float]:
    """Contrast of a result on R's coefficients: women are the reference."""
    sex, _, pair = name.partition(" ")
    test = pair.partition("-")[0] or "B"
    men = {"overall": 1 - (share or 0), "female": 0.0, "male": 1.0, "interaction": 1.0}[sex]
    main = 0.0 if sex == "interaction" else 1.0
    weights = {f"treatment{test}": main, f"treatment{test}:sexM": men}
    return [weights.get(column, 0.0) for column in names]


@pytest.mark.parametrize("case", PREPOST, ids=case_id)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_reference_two_sample_t_on_period_differences(case: Case, outcome: str) -> None:
    """The within-person t test of the post-dose score, and of its change from the pre-dose one."""
    assert_passes(outcome_checks(case, outcome))


def test_reference_pre_post_analyses_are_all_used_or_explained() -> None:
    """No expected value is left out without a reason."""
    for case in PREPOST:
        assert set(case["expected"]) == set(OUTCOMES) | set(PREPOST_OUT_OF_SCOPE)


@pytest.mark.parametrize(
    ("case", "carryover"),
    [
        pytest.param(case, carryover, id=f"{case['id']}-{'carryover' if carryover else 'plain'}")
        for case in (*MIXED, *CARRYOVER)
        for carryover in (False, True)
        if case["design"] != "2x2" or not carryover
    ],
)
def test_twin_within_subject_t_is_least_squares_with_subjects(case: Case, carryover: bool) -> None:
    """Also with three treatments, and with people who left."""
    data = {name: np.array(column) for name, column in case["data"].items()}
    reference_letter, *tests = sorted(set(data["treatment"]))
    fitted = analyse(case["data"], WithinSubjectT(carryover=carryover))
    for test, result in zip(tests, fitted.results, strict=True):
        estimate, se, df = fixed_subject_fit(data, test, reference_letter, carryover)
        assert result.estimate == pytest.approx(estimate, rel=1e-9, abs=1e-9)
        assert result.se == pytest.approx(se, rel=1e-9)
        assert result.df == df


@pytest.mark.parametrize("case", [c for c in MIXED if c["design"] == "2x2"], ids=case_id)
def test_twin_mixed_model_with_sequence_is_the_t_test_in_the_complete_two_by_two(
    case: Case,
) -> None:
    """People with both periods; where the between-person variance is not estimated as 0."""
    subjects = case["data"]["subject"]
    keep = [i for i, s in enumerate(subjects) if subjects.count(s) == 2]
    data = {name: [column[i] for i in keep] for name, column in case["data"].items()}
    mixed = analyse(data, MixedModel(sequence_effect=True))
    plain = analyse(data, WithinSubjectT()).results[0]
    if mixed.status is Status.BOUNDARY:
        assert mixed.results[0].df == pytest.approx(plain.df, rel=1e-6)
        assert mixed.results[0].estimate == pytest.approx(plain.estimate, rel=1e-6)
        return
    for field in ("estimate", "se", "df", "p_value", "lower", "upper"):
        expected = getattr(plain, field)
        assert getattr(mixed.results[0], field) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    "analysis",
    [
        WithinSubjectT(carryover=True),
        MixedModel(carryover=True),
        MixedModel(carryover=True, sequence_effect=True),
    ],
    ids=str,
)
def test_reference_carryover_in_two_by_two_data_is_refused(
    analysis: WithinSubjectT | MixedModel,
) -> None:
    """CO-11, on data."""
    with pytest.raises(NotEstimable, match="confounded"):
        analyse(reference("mixed_model_lme4")[0]["data"], analysis)
