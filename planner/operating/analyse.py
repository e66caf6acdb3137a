"""Run a planned analysis on real data, with the code used inside the simulations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import special

from planner.design.matrices import Column, Levels, model_columns
from planner.engines.model import (
    analysis_terms,
    independent_columns,
    require_contrast,
    used_information,
)
from planner.engines.prepare import engine_for
from planner.engines.protocol import Status
from planner.engines.strata import prepare_strata
from planner.errors import InvalidInput, NotEstimable
from planner.operating.comparison import Comparison
from planner.operating.data_analysis import DataAnalysis, Result, Verdict
from planner.operating.posterior_of_data import posterior_of_data
from planner.plan.analysis import Analysis, Posterior, describe
from planner.plan.hypothesis import (
    PosteriorRule,
    SexContrast,
    TwoSided,
    margins,
    one_sided_level,
    sex_weights,
)
from planner.plan.plan import Plan
from planner.trials.data import TrialData, trial_data
from planner.trials.moments import FloatArray
from planner.truth.endpoint import Endpoint


def analyse(
    table: Mapping[str, Sequence[Any]],
    analysis: Analysis | Plan,
    comparison: Comparison | None = None,
    source: str = "data",
) -> DataAnalysis:
    """Analyse long-format data, one row per visit.

    Parameters
    ----------
    table : columns subject, sequence, period, treatment, y and optionally sex; a data frame does.
    analysis : how; a plan also says which hypotheses are tested and whether by sex.

    Raises
    ------
    InvalidInput : the data break a rule.
    NotEstimable : the data do not determine the effects asked for.
    """
    comparison = comparison or Comparison()
    if isinstance(analysis, Plan):
        comparison, analysis = planned_comparison(analysis, comparison), analysis.analysis
    data = trial_data(table, source, log=comparison.log)
    levels = _levels(data, comparison, source)
    terms = analysis_terms(analysis, by_sex=comparison.by_sex, n_periods=len(data.periods))
    columns = model_columns(terms, levels)
    if analysis.carryover:
        _require_previous(data, source)
    share = comparison.female_share or data.female_share if comparison.by_sex else None
    named = (
        _planned_rows(columns, levels, comparison, share)
        if comparison.hypotheses
        else _hypotheses(columns, levels, comparison, share, _asked(analysis, comparison))
    )
    kept = _independent(analysis, columns, data, named, source)
    columns = tuple(columns[i] for i in kept)
    named = {name: row[kept] for name, row in named.items()}
    if isinstance(analysis, Posterior):
        if analysis.sd_by_sex and not data.sexes:
            raise InvalidInput("sd_by_sex is true but column 'sex' is missing; add it")
        return posterior_of_data(analysis, columns, data, named, share, comparison, source)
    coded = _treatment_coded(columns)
    fit = engine_for(analysis, columns, data.cells, np.array([*named.values(), *coded.values()]))
    batch = fit.fit(data.moments)
    status = Status(int(batch.status[0]))
    if batch.failed[0]:
        raise NotEstimable(
            f"{status.sentence}; drop terms from the model or add people", source=source
        )
    shift = [data.shift if name == "(Intercept)" else 0.0 for name in [*named, *coded]]
    rows = [
        _result(name, batch.estimate[0, i] + shift[i], batch.se[0, i], batch.df[0, i], comparison)
        for i, name in enumerate([*named, *coded])
    ]
    verdicts = _verdicts(rows, comparison)
    rows = [replace(row, verdict=verdicts.get(row.name)) for row in rows]
    between = float(batch.variance[0, 1])
    return DataAnalysis(
        n_subjects=data.n_subjects,
        n_observations=data.n_observations,
        analysis=describe(analysis),
        status=status,
        sd_within=float(np.sqrt(batch.variance[0, 0])),
        sd_between=float(np.sqrt(between)) if np.isfinite(between) else None,
        female_share=share,
        log=comparison.log,
        level=comparison.level,
        results=tuple(rows[: len(named)]),
        terms=tuple(rows[len(named) :]),
    )


def planned_comparison(plan: Plan, comparison: Comparison) -> Comparison:
    """The comparison with a plan's hypotheses, by sex if the plan or any of them says so."""
    asked = plan.analysis.by_sex
    by_sex = any(h.sex != "overall" for h in plan.hypotheses) if asked is None else asked
    return replace(
        comparison,
        hypotheses=plan.hypotheses,
        by_sex=comparison.by_sex or by_sex,
        female_share=comparison.female_share or plan.population_share,
    )


def _planned_rows(
    columns: tuple[Column, ...], levels: Levels, comparison: Comparison, share: float | None
) -> dict[str, FloatArray]:
    rows = {}
    for h in comparison.hypotheses:
        treatment = dict(
            zip(levels.treatments, h.treatment_weights(levels.treatments), strict=True)
        )
        if h.sex != "overall" and not comparison.by_sex:
            raise InvalidInput(f"hypothesis {h.name!r} is about a sex; add --by-sex")
        sexes = dict(zip(levels.sexes, sex_weights(h.sex, share), strict=False))
        rows[h.name] = np.array(
            [
                treatment[c.level] * (sexes[c.sex] if c.sex else 1.0)
                if c.term == "treatment"
                else 0.0
                for c in columns
            ]
        )
    return rows


def _verdicts(rows: list[Result], comparison: Comparison) -> dict[str, Verdict]:
    endpoint = Endpoint(scale="log" if comparison.log else "raw")
    by_name, verdicts = {row.name: row for row in rows}, {}
    for h in comparison.hypotheses:
        row, tail = by_name[h.name], one_sided_level(h.objective)
        if isinstance(h.objective, PosteriorRule):
            raise InvalidInput(
                f"hypothesis {h.name!r} is decided by posterior probabilities but the analysis "
                "is a test; use --analysis posterior"
            )
        lower, upper = margins(h.objective, endpoint.to_model)
        level, p_value = 2 * tail, row.p_value
        if not isinstance(h.objective, TwoSided):
            edges = ((row.estimate - lower) / row.se, (upper - row.estimate) / row.se)
            level, p_value = tail, max(float(special.stdtr(row.df, -edge)) for edge in edges)
        verdicts[h.name] = Verdict(h.objective.kind, p_value, level, p_value <= level)
    return verdicts


def _levels(data: TrialData, comparison: Comparison, source: str) -> Levels:
    reference = comparison.reference or data.treatments[0]
    for letter in (reference, comparison.test):
        if letter is not None and letter not in data.treatments:
            raise InvalidInput(
                f"treatment {letter!r} is not in the data ({', '.join(data.treatments)}); choose "
                "from these",
                source=source,
            )
    if comparison.test == reference:
        raise InvalidInput(
            f"test and reference are both {reference!r}; choose two treatments", source=source
        )
    if comparison.by_sex and not data.sexes:
        raise InvalidInput(
            "the analysis is by sex but column 'sex' is missing; add it", source=source
        )
    others = [k for k in data.treatments if k != reference]
    return Levels(data.periods, data.sequences, (reference, *others), data.sexes)


def _require_previous(data: TrialData, source: str) -> None:
    for cell in data.cells:
        for visit in cell.visits:
            if visit.period > data.periods[0] and not visit.previous:
                raise InvalidInput(
                    f"carry-over needs the treatment before period {visit.period} of sequence "
                    f"{visit.sequence}, which is not in the data; spell sequences out as AB, BA",
                    source=source,
                )


def _independent(
    analysis: Analysis,
    columns: tuple[Column, ...],
    data: TrialData,
    named: dict[str, FloatArray],
    source: str,
) -> list[int]:
    """Columns that are not aliased; refuses hypotheses that the data do not determine."""
    information = prepare_strata(columns, data.cells).information(data.moments.n[0].astype(float))
    n_periods = len(data.periods)
    for name, contrast in named.items():
        try:
            require_contrast(analysis, information, contrast, name, n_periods)
        except NotEstimable as error:
            raise error.at(source=source) from None
    return independent_columns(used_information(analysis, information, n_periods))


def _asked(analysis: Analysis, comparison: Comparison) -> tuple[SexContrast, ...]:
    """Contrasts that are reported where none is planned; no difference of one common effect."""
    if not comparison.by_sex:
        return ("overall",)
    if isinstance(analysis, Posterior) and analysis.priors.one_effect:
        return ("overall", "female", "male")
    return ("overall", "female", "male", "interaction")


def _hypotheses(
    columns: tuple[Column, ...],
    levels: Levels,
    comparison: Comparison,
    share: float | None,
    sexes: tuple[SexContrast, ...],
) -> dict[str, FloatArray]:
    tests = [comparison.test] if comparison.test else list(levels.treatments[1:])
    return {
        sex if len(tests) == 1 else f"{sex} {test}-{levels.treatments[0]}": np.array(
            [_weight(c, test, sex, share, levels) for c in columns]
        )
        for test in tests
        for sex in sexes
    }


def _weight(
    column: Column, test: str, sex: SexContrast, share: float | None, levels: Levels
) -> float:
    if column.term != "treatment" or column.level != test:
        return 0.0
    return float(sex_weights(sex, share)[levels.sexes.index(column.sex)]) if column.sex else 1.0


def _treatment_coded(columns: tuple[Column, ...]) -> dict[str, FloatArray]:
    """Fixed effects in treatment coding: names as in R, male effects as differences."""
    rows: dict[str, FloatArray] = {}
    for i, column in enumerate(columns):
        row = np.eye(len(columns))[i]
        name = {"intercept": "(Intercept)", "carryover": f"carry{column.level}"}.get(
            column.term, f"{column.term}{column.level}"
        )
        if column.sex == "male":
            row = row - rows.get(name, 0.0)
            name += ":sexmale"
        rows[name] = row
    return rows


def _result(name: str, estimate: float, se: float, df: float, comparison: Comparison) -> Result:
    statistic = estimate / se
    reach = float(special.stdtrit(df, 0.5 + comparison.level / 2)) * se
    return Result(
        name=name,
        estimate=float(estimate),
        se=float(se),
        df=float(df),
        statistic=float(statistic),
        p_value=float(2 * special.stdtr(df, -abs(statistic))),
        lower=float(estimate - reach),
        upper=float(estimate + reach),
    )
