"""Numbers in the tables of a report, read back as they are printed."""

import math
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from planner.errors import InvalidInput
from planner.report.model import Code, ReportModel, Section, Table
from planner.report.stored_numbers import StoredNumbers

_NUMBER = r"([+−-]?\d[\d \u2009]*(?:\.\d+)?)"
_SIMULATED = re.compile(rf"{_NUMBER}(?: %)? ± {_NUMBER}")
_CERTAIN = re.compile(rf"{_NUMBER} % \([\d \u2009]+ of [\d \u2009]+\)")
"""A proportion on which all trials agree."""
_PLAIN = re.compile(rf"(?:≈ )?{_NUMBER}(?: %)?")
_HYPOTHESIS = re.compile(r"--hypothesis (\S+)")
_PACKAGE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*) (\d\S*?)(?=;|$)", re.MULTILINE)


def numbers_of_report(model: ReportModel) -> StoredNumbers:
    """Numbers of all tables, one per row; those with ± are simulated, the others are not.

    A cell is named by its item, the number of its table there, its row and its column.
    """
    found = [cell for section in model.sections for cell in _cells(section)]
    values, mcses = np.array([(v, e) for _, v, e in found], dtype=np.float64).reshape(-1, 2).T
    return StoredNumbers(tuple(place for place, _, _ in found), {"": (values, mcses)})


def _cells(section: Section) -> Iterator[tuple[str, float, float]]:
    tables = (block for block in section.blocks if isinstance(block, Table))
    for number, table in enumerate(tables, 1):
        seen: Counter[str] = Counter()
        for row in table.rows:
            seen[row[0]] += 1
            again = f" ({seen[row[0]]})" if seen[row[0]] > 1 else ""
            for i, (heading, cell) in enumerate(zip(table.columns[1:], row[1:], strict=True), 2):
                read = _read(cell)
                if read is not None:
                    place = f"{section.id}, table {number}, {row[0]}{again}, {heading} ({i})"
                    yield (place, *read)


def _read(cell: str) -> tuple[float, float] | None:
    """Number and MCSE in a cell; NaN for the MCSE of a number without ±; None without a number."""
    if found := _SIMULATED.fullmatch(cell):
        return _float(found[1]), _float(found[2])
    if found := _CERTAIN.fullmatch(cell):
        return _float(found[1]), 0.0
    if found := _PLAIN.fullmatch(cell):
        return _float(found[1]), math.nan
    return None


def _float(text: str) -> float:
    return float(text.replace("−", "-").replace(" ", "").replace("\u2009", ""))


def hypothesis_of(model: ReportModel, source: str) -> str:
    """The hypothesis that a design report is about, from the command that makes it.

    Raises
    ------
    InvalidInput : the report is no design report.
    """
    found = _HYPOTHESIS.search(_code(model, "R112"))
    if found is None:
        raise InvalidInput(
            "is no design report, so what it was made from is not in it; give the folder of the "
            "run that it is about",
            source=source,
        )
    return found[1]


def versions_of(model: ReportModel) -> dict[str, str]:
    """Packages that computed a design report."""
    packages = dict(_PACKAGE.findall(_code(model, "R110")))
    return {"planner": model.version, **packages}


def _code(model: ReportModel, identity: str) -> str:
    blocks = (block for section in model.sections if section.id == identity
              for block in section.blocks)  # fmt: skip
    return "\n".join(block.text for block in blocks if isinstance(block, Code))
