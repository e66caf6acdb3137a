"""The installation qualification as document and as data."""

import json
from typing import Any

import pytest

from planner.report.formats import FORMATS
from planner.report.model import Points, ReportModel, Section, Table
from planner.report.qualification.document import qualification
from planner.report.qualification.files import qualification_data, qualification_files
from planner.validation.groups import validate
from planner.validation.results import Validation
from tests.validation.made_up_checks import MARKED, MISSING, RIGHT, SIMULATED, WRONG


@pytest.fixture
def found(made_up: None) -> Validation:
    return validate(workers=3)


def section(model: ReportModel, title: str) -> Section:
    return next(s for s in model.sections if s.title == title)


def rows(of: Section) -> list[tuple[str, ...]]:
    return [row for block in of.blocks if isinstance(block, Table) for row in block.rows]


def test_failures_come_first_and_every_check_is_there(found: Validation) -> None:
    model = qualification(found)
    assert "FAILED, 2 of 5 checks in 4 groups beyond their tolerance" in model.subtitle
    assert [s.id for s in model.sections] == [f"Q{i}" for i in range(1, len(model.sections) + 1)]
    failed = model.sections[1]
    assert failed.title == "Failures"
    assert [row[0] for row in rows(failed)] == ["wrong: two", "wrong: three"]
    stopped = next(block for block in failed.blocks if isinstance(block, Points))
    assert stopped.items == (
        "stopped: OSError: the compiler <cannot> be found", "empty: nothing was compared",
    )  # fmt: skip
    listed = [row for s in model.chapters[4].sections for row in rows(s)]
    assert [row[:2] for row in listed] == [
        (check.case, check.quantity) for check in (RIGHT, WRONG, MISSING, SIMULATED, RIGHT)
    ]
    assert [row[6] for row in listed] == ["pass", "fail", "fail", "pass", "pass"]
    assert listed[1][2:6] == ("13", "14", "−1.0e+00", "0")
    assert listed[2][2] == "missing"
    assert listed[3][2] == "0.051 ± 0.002"


def test_sources_are_numbered(found: Validation) -> None:
    model = qualification(found)
    sources = next(b for b in model.sections[-1].blocks if isinstance(b, Points))
    listed = [row for s in model.chapters[4].sections for row in rows(s)]
    assert [row[7] for row in listed] == ["[1]", "[2]", "[1]", "[3]", "[1]"]
    assert sources.items[1] == f"{' '.join(MARKED.split())}."


def test_known_errors_say_what_is_wrong(found: Validation) -> None:
    (row,) = rows(section(qualification(found), "Errors that are not repeated"))
    assert row == ("two", "n", "13", "14", "13", "fail", "people are lost [2]")


def test_a_group_that_passes_is_said_to(made_up: None) -> None:
    model = qualification(validate(["right"]))
    assert "passed, all 1 checks in 1 group are within" in model.subtitle
    assert not rows(model.sections[1])


def test_json_holds_the_checks(found: Validation) -> None:
    data: dict[str, Any] = json.loads(qualification_files(found, ["json"])["json"])
    assert set(data) == {"version", "verdict", "platform", "versions", "seconds", "groups",
                         "checks"}  # fmt: skip
    assert data["verdict"] == "fail"
    assert list(data["checks"][0]) == [
        "group", "case", "quantity", "computed", "reference", "difference", "tolerance", "mcse",
        "verdict", "source", "trap", "wrong",
    ]  # fmt: skip
    assert data["checks"][1] | {"source": ""} == {
        "group": "wrong", "case": "two", "quantity": "n", "computed": 13.0, "reference": 14.0,
        "difference": -1.0, "tolerance": 0.0, "mcse": None, "verdict": "fail", "source": "",
        "trap": "people are lost", "wrong": 13.0,
    }  # fmt: skip
    assert data["checks"][2]["computed"] is None
    counts = [(g["group"], g["checks"], g["passed"], g["verdict"]) for g in data["groups"]]
    assert counts == [("right", 1, 1, "pass"), ("wrong", 3, 1, "fail"), ("stopped", 1, 1, "fail"),
                      ("empty", 0, 0, "fail")]  # fmt: skip
    assert data["groups"][2]["error"].startswith("OSError")


def test_every_format_is_written_and_text_stays_text(found: Validation) -> None:
    files = qualification_files(found, FORMATS)
    assert list(files) == list(FORMATS)
    page = files["html"].decode()
    assert '<body class="failed">' in page
    assert "Do not rely on this installation" in page
    assert "<b>*a*" not in page
    assert "&lt;b&gt;*a* source" in page
    assert files["pdf"].startswith(b"%PDF")
    assert files["docx"].startswith(b"PK")
    assert qualification_data(found)["version"] in files["md"].decode()
