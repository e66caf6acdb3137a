"""A finished trial's data, checked and reduced to the moments the engines work on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.design.matrices import Observation
from planner.errors import InvalidInput
from planner.trials.moments import Cell, Moments

LARGEST_OUTCOME = 1e100
COLUMNS = ("subject", "sequence", "period", "treatment", "y")
_SEX_WORDS = {
    "female": ("f", "female", "w", "woman", "women"),
    "male": ("m", "male", "man", "men"),
}


@dataclass(frozen=True, slots=True, eq=False)
class TrialData:
    """One observed trial.

    Parameters
    ----------
    cells : groups of people with the same visits.
    moments : their moments, a block of one trial; outcomes are centred on `shift`.
    shift : overall mean outcome.
    sequences, periods, treatments, sexes : levels in sorted order; no sexes where not given.
    """

    cells: tuple[Cell, ...]
    moments: Moments
    shift: float
    sequences: tuple[str, ...]
    periods: tuple[int, ...]
    treatments: tuple[str, ...]
    sexes: tuple[str, ...]

    @property
    def n_subjects(self) -> int:
        return int(self.moments.n.sum())

    @property
    def n_observations(self) -> int:
        return int(
            sum(n * c.n_observed for n, c in zip(self.moments.n[0], self.cells, strict=True))
        )

    @property
    def female_share(self) -> float | None:
        """Share of women among the people, if sexes are given."""
        if not self.sexes:
            return None
        female = [n for n, c in zip(self.moments.n[0], self.cells, strict=True) if c.stratum == 0]
        return float(sum(female) / self.n_subjects)


@dataclass(frozen=True, slots=True)
class _Visit:
    subject: str
    observation: Observation
    y: float


def trial_data(
    table: Mapping[str, Sequence[Any]], source: str = "data", *, log: bool = False
) -> TrialData:
    """Check long-format data, one row per visit, and reduce them.

    Parameters
    ----------
    table : columns subject, sequence, period, treatment, y and optionally sex; values may be
        texts as read from a file.
    log : whether to take logarithms of the outcome, which must then be positive.

    Raises
    ------
    InvalidInput : names the row and what is wrong with it.
    """
    table = {str(name): list(table[name]) for name in table}
    missing = [c for c in COLUMNS if c not in table]
    if missing:
        raise InvalidInput(
            f"column {missing[0]!r} is missing (found {', '.join(map(str, table)) or 'none'}); add "
            "it, or name yours with --columns",
            source=source,
        )
    if not len(table["y"]):
        raise InvalidInput("there are no rows; give one row per visit", source=source)
    people = _people(_visits(table, source, log), source)
    treatments = tuple(sorted({v.observation.treatment for p in people for v in p}))
    if len(treatments) < 2:
        raise InvalidInput(
            f"only treatment {treatments[0]!r} occurs; a comparison needs two", source=source
        )
    people = [_with_previous(person, treatments, source) for person in people]
    return _reduce(people, treatments)


def _visits(table: Mapping[str, Sequence[Any]], source: str, log: bool) -> list[_Visit]:
    sexes = table.get("sex")
    visits = []
    for row in range(len(table["y"])):
        place = f"{source}: row {row + 1}"
        text = {c: _text(table[c][row], c, place) for c in COLUMNS if c != "y"}
        sex = _sex(_text(sexes[row], "sex", place), place) if sexes is not None else ""
        observation = Observation(
            text["sequence"], sex, _period(text["period"], place), text["treatment"]
        )
        y = _outcome(table["y"][row], place)
        if log and y <= 0:
            raise InvalidInput(
                f"y is {y:g}; a log-scale endpoint needs outcomes above 0", source=place
            )
        visits.append(_Visit(text["subject"], observation, float(np.log(y)) if log else y))
    return visits


def _text(value: Any, column: str, place: str) -> str:
    text = "" if value is None or value != value else str(value).strip()
    if not text:
        raise InvalidInput(f"{column} is empty; fill it in or remove the row", source=place)
    return text


def _sex(text: str, place: str) -> str:
    for name, words in _SEX_WORDS.items():
        if text.lower() in words:
            return name
    raise InvalidInput(f"sex is {text!r}; write female or male (F or M)", source=place)


def _period(text: str, place: str) -> int:
    number = float(text) if text.replace(".", "", 1).isdigit() else 0.0
    if number < 1 or number != int(number):
        raise InvalidInput(f"period is {text!r}; it must be a whole number from 1", source=place)
    return int(number)


def _outcome(value: Any, place: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InvalidInput(
            f"y is {value!r}, not a number; correct it, or remove the row of a visit without "
            "outcome",
            source=place,
        ) from None
    if not np.isfinite(number):
        raise InvalidInput(f"y is {value}; remove the row of a visit without outcome", source=place)
    if abs(number) > LARGEST_OUTCOME:
        raise InvalidInput(
            f"y is {value}, beyond ±{LARGEST_OUTCOME:g}; correct it or change its unit",
            source=place,
        )
    return number


def _people(visits: list[_Visit], source: str) -> list[list[_Visit]]:
    """Visits per person in order of period."""
    by_subject: dict[str, list[_Visit]] = {}
    for visit in visits:
        by_subject.setdefault(visit.subject, []).append(visit)
    for subject, own in by_subject.items():
        own.sort(key=lambda v: v.observation.period)
        periods = [v.observation.period for v in own]
        if len(set(periods)) < len(periods):
            twice = next(p for p in periods if periods.count(p) > 1)
            raise InvalidInput(
                f"subject {subject} has period {twice} more than once; keep one row per period",
                source=source,
            )
        for name in ("sequence", "sex"):
            values = sorted({str(getattr(v.observation, name)) for v in own})
            if len(values) > 1:
                raise InvalidInput(
                    f"subject {subject} has more than one {name} ({', '.join(values)}); give one",
                    source=source,
                )
    return list(by_subject.values())


def _with_previous(person: list[_Visit], treatments: tuple[str, ...], source: str) -> list[_Visit]:
    """Fill in the previous treatment, and check visits against a sequence that spells them out."""
    sequence = person[0].observation.sequence
    spelled = set(sequence) <= set(treatments)
    given = {v.observation.period: v.observation.treatment for v in person}
    result = []
    for visit in person:
        o = visit.observation
        if spelled and (o.period > len(sequence) or sequence[o.period - 1] != o.treatment):
            raise InvalidInput(
                f"subject {visit.subject} has treatment {o.treatment} in period {o.period} but "
                f"sequence {sequence}; correct one of them",
                source=source,
            )
        before = o.period - 1
        previous = (sequence[before - 1] if before else "") if spelled else given.get(before, "")
        filled = Observation(o.sequence, o.sex, o.period, o.treatment, previous)
        result.append(_Visit(visit.subject, filled, visit.y))
    return result


def _reduce(people: list[list[_Visit]], treatments: tuple[str, ...]) -> TrialData:
    shift = float(np.mean([v.y for person in people for v in person]))
    sequences = tuple(sorted({p[0].observation.sequence for p in people}))
    sexes = ("female", "male") if people[0][0].observation.sex else ()
    groups: dict[tuple[Observation, ...], list[list[float]]] = {}
    for person in people:
        key = tuple(v.observation for v in person)
        groups.setdefault(key, []).append([v.y - shift for v in person])
    n_periods = max(len(key) for key in groups)
    mean = np.zeros((1, len(groups), n_periods))
    scatter = np.zeros((1, len(groups), n_periods, n_periods))
    cells = []
    for c, (key, rows) in enumerate(groups.items()):
        y, m = np.array(rows), len(key)
        mean[0, c, :m] = y.mean(axis=0)
        centred = y - y.mean(axis=0)
        scatter[0, c, :m, :m] = centred.T @ centred
        stratum = sexes.index(key[0].sex) if sexes else 0
        cells.append(Cell(sequences.index(key[0].sequence), stratum, key))
    n = np.array([[len(rows) for rows in groups.values()]], dtype=np.int64)
    return TrialData(
        cells=tuple(cells),
        moments=Moments(n, mean, scatter),
        shift=shift,
        sequences=sequences,
        periods=tuple(sorted({o.period for key in groups for o in key})),
        treatments=treatments,
        sexes=sexes,
    )
