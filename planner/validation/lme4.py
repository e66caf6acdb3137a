"""Mixed models fitted by REML, with both small-sample methods, against lme4 and pbkrtest of R."""

from collections.abc import Iterator, Mapping
from typing import Literal

from planner.engines.protocol import Status
from planner.operating.analyse import analyse
from planner.operating.comparison import Comparison
from planner.operating.data_analysis import DataAnalysis, Result
from planner.plan.analysis import MixedModel
from planner.validation.check import Check
from planner.validation.reference_values import Case, reference

GROUP = "lme4"
FIT, SATTERTHWAITE_DF = 1e-5, 1e-3
"""Relative tolerances; lmerTest differentiates numerically for its degrees of freedom."""
VARIANCE = 1e-6
"""Absolute tolerance of a between-person SD, which may be 0."""
SOURCE = "R 4.2.2: lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2"
BOUNDARY_SOURCE = (
    "Kenward-Roger df of pbkrtest 0.5.2; lmerTest gives the residual df where the between-person "
    "SD is 0, as it takes SDs for parameters, not variances"
)
Tolerances = Mapping[str, tuple[str, float]]
"""Field of a result → name in the file, and relative tolerance."""

KENWARD_ROGER: Tolerances = {
    "estimate": ("estimate", FIT),
    "se": ("se_kr", FIT),
    "df": ("df_kr", FIT),
    "statistic": ("t_kr", FIT),
    "p_value": ("p_kr", FIT),
}
MODEL_BASED: Tolerances = {"estimate": ("estimate", FIT), "se": ("se_model", FIT)}
INSIDE: Tolerances = {
    **MODEL_BASED,
    "df": ("df_satterthwaite", SATTERTHWAITE_DF),
    "p_value": ("p_satterthwaite", SATTERTHWAITE_DF),
}
AT_BOUNDARY: Tolerances = {"df": ("df_kr", FIT)}


def checks() -> Iterator[Check]:
    """Every data set, with Kenward-Roger and with Satterthwaite."""
    for case in reference("mixed_model_lme4"):
        yield from kenward_roger(case, GROUP)
        yield from satterthwaite(case, GROUP)


def kenward_roger(case: Case, group: str) -> Iterator[Check]:
    """Estimates, standard errors, df and p values of all fixed effects, and both SDs."""
    fitted, expected = fit(case), case["expected"]
    yield from _table(case, group, fitted, KENWARD_ROGER)
    within, between = expected["sd_within"], expected["sd_between"]
    found = fitted.sd_between or 0.0
    yield Check(group, case["id"], "sd_within", fitted.sd_within, within, FIT * within, SOURCE)
    allowed = max(FIT * between, VARIANCE)
    yield Check(group, case["id"], "sd_between", found, between, allowed, SOURCE)
    at_boundary = float(fitted.status is Status.BOUNDARY)
    yield Check(group, case["id"], "at boundary", at_boundary, float(between == 0), 0.0, SOURCE)


def satterthwaite(case: Case, group: str) -> Iterator[Check]:
    """Model-based standard errors, and df from the information of the variances."""
    fitted = fit(case, "satterthwaite")
    if case["expected"]["sd_between"] > 0:
        yield from _table(case, group, fitted, INSIDE)
        return
    yield from _table(case, group, fitted, MODEL_BASED)
    yield from _table(case, group, fitted, AT_BOUNDARY, BOUNDARY_SOURCE)


def fit(
    case: Case, df: Literal["kenward-roger", "satterthwaite"] = "kenward-roger"
) -> DataAnalysis:
    """Analysis of a data set with the terms of its formula."""
    formula = case["formula"]
    model = MixedModel(df=df, sequence_effect="sequence" in formula, carryover="carry" in formula)
    return analyse(case["data"], model, Comparison(by_sex="sex" in formula), source=case["id"])


def fixed_effects(case: Case, fitted: DataAnalysis) -> list[Result]:
    """All fixed effects in R's order; R calls men by their code."""
    found = {term.name.replace("sexmale", "sexM"): term for term in fitted.terms}
    return [found[name] for name in case["expected"]["terms"]]


def _table(
    case: Case, group: str, fitted: DataAnalysis, columns: Tolerances, source: str = SOURCE
) -> Iterator[Check]:
    """One column after another of the table of fixed effects."""
    expected, method = case["expected"], fitted.analysis.partition("(")[2].partition(")")[0]
    rows = dict(zip(expected["terms"], fixed_effects(case, fitted), strict=True))
    for field, (name, relative) in columns.items():
        if name not in expected:  # t_kr, which estimate and se give, is in one file only
            continue
        for (term, row), value in zip(rows.items(), expected[name], strict=True):
            quantity, found = f"{term}: {field}, {method}", float(getattr(row, field))
            yield Check(group, case["id"], quantity, found, value, relative * abs(value), source)
