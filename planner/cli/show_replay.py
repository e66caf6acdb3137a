"""Replays of stored runs in words and as data."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from planner.cli.tables import Column, grouped, render
from planner.operating.characteristics import MonteCarloEstimate
from planner.report.payload import dump

if TYPE_CHECKING:
    from planner.report.moved_numbers import MovedNumber
    from planner.report.replayed import Replay


def text(found: "Replay") -> str:
    """Versions, counts, and every number that moved."""
    numbers = found.numbers
    lines = [
        _versions(found),
        f"{grouped(numbers.identical)} numbers are identical, {grouped(numbers.within)} moved "
        f"within their MCSE, {grouped(len(numbers.moved))} moved further.",
        *_listed("rows of numbers are no longer there", numbers.vanished),
        *_listed("rows of numbers are new", numbers.appeared),
        *_listed("points have no result here", found.problems),
    ]
    if numbers.moved:
        lines += ["", _table(numbers.moved)]
    return "\n".join(lines)


def _versions(found: "Replay") -> str:
    names = sorted(found.there.keys() | found.here.keys())
    moved = [name for name in names if found.there.get(name) != found.here.get(name)]
    if not moved:
        return f"The {found.kind} is of the versions installed here (planner {_own(found)})."
    told = [f"  {n}: {_version(found.there, n)} there, {_version(found.here, n)} here"
            for n in moved]  # fmt: skip
    return "\n".join([f"The {found.kind} is of other versions:", *told])


def _own(found: "Replay") -> str:
    return _version(found.here, "planner")


def _version(versions: dict[str, str], name: str) -> str:
    return versions.get(name, "none")


def _listed(what: str, entries: tuple[str, ...]) -> list[str]:
    if not entries:
        return []
    return [f"{grouped(len(entries))} {what}:", *(f"  {entry}" for entry in entries)]


def _table(moved: "tuple[MovedNumber, ...]") -> str:
    return render(
        [
            Column("number", [m.place for m in moved], left=True),
            Column("before", [_shown(m.before, m.mcse) for m in moved]),
            Column("now", [_shown(m.now, m.mcse_now) for m in moved]),
            Column("in MCSEs", [_in_mcses(m) for m in moved]),
        ]
    )


def _shown(value: float | None, mcse: float | None) -> str:
    """A number ± MCSE, or in full where it is not simulated."""
    if value is None:
        return "none"
    if mcse is None:
        return f"{value:.12g}"
    return str(MonteCarloEstimate(value, mcse, 0, value, value))


def _in_mcses(moved: "MovedNumber") -> str:
    return "–" if moved.in_mcses is None else f"{moved.in_mcses:+.1f}"


def as_json(found: "Replay") -> str:
    """The same as data."""
    numbers = found.numbers
    return dump(
        {
            "kind": found.kind,
            "same": found.same,
            "there": found.there,
            "here": found.here,
            "identical": numbers.identical,
            "within_mcse": numbers.within,
            "moved": [asdict(m) | {"in_mcses": m.in_mcses} for m in numbers.moved],
            "vanished": list(numbers.vanished),
            "appeared": list(numbers.appeared),
            "problems": list(found.problems),
        }
    )
