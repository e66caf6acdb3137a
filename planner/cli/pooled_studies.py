"""Studies to be pooled, from the library or a CSV file, and what options say about pooling."""

from dataclasses import dataclass
from pathlib import Path

from planner.cli.read_data import read_table
from planner.errors import InvalidInput
from planner.evidence.derive_prior import (
    Assumptions,
    DerivedPrior,
    derive_effect_prior,
    derive_share_prior,
)
from planner.evidence.distribution import Fixed, Flat, HalfNormal, Normal
from planner.evidence.library import load_library
from planner.evidence.library_studies import studies_of
from planner.evidence.pooling import MeanPrior, StudyEstimate, TauPrior
from planner.evidence.pooling_shares import StudyCount

Studies = tuple[StudyEstimate, ...] | tuple[StudyCount, ...]


def read_studies(data: Path | None, entries: str, columns: str) -> Studies:
    """The studies of a CSV file, or of the entries named.

    Raises
    ------
    InvalidInput : both or neither are given, or what is given cannot be pooled.
    """
    if (data is None) == (not entries):
        raise InvalidInput("give either a CSV file or --entries STUDY.ENTRY,…, one of the two")
    if data is not None:
        return studies_from_csv(data, columns)
    return studies_of(load_library(), [name.strip() for name in entries.split(",")])


@dataclass(frozen=True, slots=True)
class PoolingOptions:
    """What the options of ``planner evidence pool`` say, by their names."""

    tau_scale: float | None
    tau: float | None
    mean: float | None
    mean_sd: float | None
    flat: bool
    power_prior: float
    robust_weight: float
    robust_mean: float | None
    sigma: float | None


def derive(studies: Studies, options: PoolingOptions) -> DerivedPrior:
    """The prior that the studies give under the assumptions of the options.

    Raises
    ------
    InvalidInput : options that contradict each other, or numbers that cannot be.
    """
    counts = tuple(study for study in studies if isinstance(study, StudyCount))
    assumptions = Assumptions(
        tau=_tau(options.tau_scale, options.tau),
        mean=_mean(options.mean, options.mean_sd, options.flat, shares=bool(counts)),
        discount=options.power_prior,
        robust_weight=options.robust_weight,
        robust_mean=options.robust_mean,
        sigma=options.sigma,
    )
    if counts:
        if options.sigma is not None:
            raise InvalidInput("--sigma does not apply to shares; leave it out")
        return derive_share_prior(counts, assumptions)
    estimates = tuple(study for study in studies if isinstance(study, StudyEstimate))
    return derive_effect_prior(estimates, assumptions)


def _tau(scale: float | None, fixed: float | None) -> TauPrior | None:
    if scale is not None and fixed is not None:
        raise InvalidInput("--tau-scale and --tau are given; give one of them")
    if fixed is not None:
        return Fixed.parse({"value": fixed}, "--tau")
    return None if scale is None else HalfNormal.parse({"scale": scale}, "--tau-scale")


def _mean(mean: float | None, sd: float | None, flat: bool, *, shares: bool) -> MeanPrior | None:
    if flat and (mean is not None or sd is not None):
        raise InvalidInput("--flat goes with neither --mean nor --mean-sd; give one or the other")
    if flat:
        return Flat()
    if mean is not None and sd is None and not shares:
        raise InvalidInput("--mean without --mean-sd says nothing of a flat prior; add --mean-sd")
    if mean is None and sd is None:
        return None
    return Normal.parse({"mean": mean or 0.0, "sd": 2.0 if sd is None else sd}, "--mean-sd")


def studies_from_csv(
    path: Path, columns: str = ""
) -> tuple[StudyEstimate, ...] | tuple[StudyCount, ...]:
    """Studies of a CSV file with columns study, estimate, se or study, events, total.

    Raises
    ------
    InvalidInput : names the file, the row and the column.
    """
    source = str(path)
    table = read_table(path, columns)
    counts = {"events", "total"} <= set(table)
    needed = ("study", "events", "total") if counts else ("study", "estimate", "se")
    missing = [name for name in needed if name not in table]
    if missing:
        raise InvalidInput(
            f"column {missing[0]!r} is not among {', '.join(table)}; a file to be pooled has "
            "study, estimate, se or study, events, total",
            source=source,
        )
    if not table["study"]:
        raise InvalidInput("the file has no rows; pooling needs at least one study", source=source)
    rows = range(len(table["study"]))
    nameless = [row for row in rows if not table["study"][row].strip()]
    if nameless:
        raise InvalidInput(
            "the study has no name; give it one", key="study", source=_place(source, nameless[0])
        )
    return (
        tuple(_count(table, row, source) for row in rows)
        if counts
        else tuple(_estimate(table, row, source) for row in rows)
    )


def _estimate(table: dict[str, list[str]], row: int, source: str) -> StudyEstimate:
    fields = {name: _number(table, name, row, source) for name in ("estimate", "se")}
    return StudyEstimate.parse({"study": table["study"][row], **fields}, _place(source, row))


def _count(table: dict[str, list[str]], row: int, source: str) -> StudyCount:
    fields = {name: _number(table, name, row, source) for name in ("events", "total")}
    for name, value in fields.items():
        if value != round(value):
            raise InvalidInput(
                f"{value:g} is not a whole number of people; correct it",
                key=name,
                source=_place(source, row),
            )
    return StudyCount.parse({"study": table["study"][row], **fields}, _place(source, row))


def _number(table: dict[str, list[str]], name: str, row: int, source: str) -> float:
    text = table[name][row].strip()
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value != value or value in (float("inf"), float("-inf")):
        raise InvalidInput(
            f"{text!r} is not a number; correct it", key=name, source=_place(source, row)
        )
    return value


def _place(source: str, row: int) -> str:
    return f"{source}, row {row + 2}"
