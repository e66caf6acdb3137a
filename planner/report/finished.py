"""Reports made earlier: a file ``report.json``, or the folder or archive that holds it.

The folder of a finished batch run counts as one: its report is made of the stored numbers.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

from planner.batch.run_folder import RunFolder
from planner.errors import InvalidInput
from planner.report.model import ReportModel

NAME = "report.json"
"""Of the report in a folder or archive."""


def finished_report(path: Path) -> ReportModel | None:
    """The report in a file, folder or archive; None if there is none and it may be a scenario.

    Raises
    ------
    InvalidInput : a folder or archive without a report, a report that does not read, or a batch
        run that is not finished or was changed.
    """
    if path.is_dir() and RunFolder(path).begun:
        from planner.report.batch_report import batch_report

        return batch_report(path)
    if path.is_dir():
        return _report(_in_folder(path), str(path / NAME))
    if path.suffix.lower() == ".zip":
        return _report(_in_archive(path), f"{path}/{NAME}")
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None  # reading it as a scenario says what is wrong
    is_report = isinstance(data, dict) and "chapters" in data
    return ReportModel.parse(data, str(path)) if is_report else None


def _in_folder(path: Path) -> bytes:
    try:
        return (path / NAME).read_bytes()
    except OSError:
        raise InvalidInput(
            f"the folder has no readable {NAME}; give a scenario, or the folder of a bundle "
            "or batch run",
            source=str(path),
        ) from None


def _in_archive(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as zipped:
            return zipped.read(NAME)
    except FileNotFoundError:
        raise InvalidInput("no such file; check the path", source=str(path)) from None
    except KeyError:
        raise InvalidInput(
            f"the archive has no {NAME}; give one made by `planner bundle`", source=str(path)
        ) from None
    except (OSError, zipfile.BadZipFile) as error:
        raise InvalidInput(
            f"cannot be read as an archive ({error}); check the file", source=str(path)
        ) from None


def _report(content: bytes, source: str) -> ReportModel:
    try:
        data: Any = json.loads(content)
    except ValueError as error:
        raise InvalidInput(f"is not JSON ({error}); make the report again", source=source) from None
    if not isinstance(data, dict):
        raise InvalidInput("holds no report; make the report again", source=source)
    return ReportModel.parse(data, source)
