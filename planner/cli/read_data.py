"""Read a trial's data file, and what the options say about its analysis."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.errors import InvalidInput
from planner.operating.comparison import Comparison
from planner.plan.analysis import Analysis, MixedModel, Posterior, WithinSubjectT
from planner.scenario import Scenario, load_scenario


def read_table(path: Path, columns: str = "") -> dict[str, list[str]]:
    """Columns of a CSV file as texts, renamed by ``name=yours,…``.

    Raises
    ------
    InvalidInput : the file cannot be read, or a named column is not in it.
    """
    import pandas as pd

    source = str(path)
    try:
        with path.open(encoding="utf-8") as file:
            header = [name.strip() for name in file.readline().rstrip("\n").split(",")]
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, skipinitialspace=True)
    except FileNotFoundError:
        raise InvalidInput("no such file; check the path", source=source) from None
    except (OSError, UnicodeDecodeError, ValueError, pd.errors.ParserError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InvalidInput(
            f"not a readable CSV file ({reason}); correct it", source=source
        ) from None
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise InvalidInput(f"column {twice[0]!r} occurs twice; rename one", source=source)
    names = {str(c).strip(): c for c in frame.columns}
    for pair in filter(None, columns.split(",")):
        name, _, theirs = (part.strip() for part in pair.partition("="))
        if theirs not in names:
            raise InvalidInput(
                f"--columns {pair!r} names a column that is not in the file "
                f"({', '.join(names)}); write NAME=YOURS",
                source=source,
            )
        names[name] = names[theirs]
    return {name: frame[column].tolist() for name, column in names.items()}


def analysis_options(
    *,
    scenario: str | None,
    analysis: str | None,
    engine: str | None,
    df: str | None,
    sequence_effect: bool | None,
    carryover: bool | None,
    adjust_period: bool | None,
    by_sex: bool | None,
    reference: str | None,
    test: str | None,
    female_share: float | None,
    level: float,
) -> tuple[Analysis, Comparison]:
    """The analysis and comparison that flags ask for, on top of a scenario's plan if given."""
    if female_share is not None and not 0 < female_share < 1:
        raise InvalidInput(f"--female-share {female_share} is not between 0 and 1; correct it")
    if not 0 < level < 1:
        raise InvalidInput(f"--level {level} is not between 0 and 1; correct it")
    planned = load_scenario(scenario) if scenario else None
    base = _base(planned, analysis)
    flags: dict[str, Any] = {
        "engine": engine,
        "df": df,
        "sequence_effect": sequence_effect,
        "carryover": carryover,
        "adjust_period": adjust_period,
    }
    changes = {name: value for name, value in flags.items() if value is not None}
    if changes.get("engine") and not isinstance(base, Posterior):
        raise InvalidInput(
            f"--engine {engine} belongs to Bayesian analyses and the analysis is {base.kind}; add "
            "--analysis posterior"
        )
    strange = [name for name in changes if name not in type(base).model_fields]
    if strange:
        raise InvalidInput(
            f"--{strange[0].replace('_', '-')} does not apply to {base.kind}; leave it out"
        )
    if planned and by_sex is None:
        by_sex = planned.by_sex
        female_share = female_share or planned.population_share
    comparison = Comparison(reference, test, bool(by_sex), female_share, level)
    if planned:
        hypotheses = () if reference or test else planned.plan.hypotheses
        log = planned.truth.endpoint.scale == "log"
        comparison = replace(comparison, hypotheses=hypotheses, log=log)
    return type(base).parse(base.plain() | changes, "options"), comparison


def _base(planned: Scenario | None, kind: str | None) -> Analysis:
    """The planned analysis, or another of the kind asked for: the plan's, else the default."""
    plan = planned.plan if planned else None
    for found in (plan.analysis, *plan.other_analyses) if plan else ():
        if kind is None or found.kind == kind:
            return found
    match kind:
        case "within-subject-t":
            return WithinSubjectT()
        case "posterior":
            return Posterior()
        case _:
            return MixedModel()
