"""A batch in a browser: its file, a run, its numbers, and the archive opened again."""

import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from planner.batch.batch import load_batch
from tests.browser.test_accessibility import object_to_every_view, objections
from tests.browser.visitor import DRAWN_WITHIN, Visitor

ENDS_WITHIN = 120_000.0
"""Milliseconds that a small batch may take on a busy machine."""


def prepare(visitor: Visitor) -> None:
    """Two sizes and two SDs."""
    visitor.start("batch")
    for label, values in (("People randomised", "24, 40"), ("SD of within-person", "6.5, 7.5")):
        field = visitor.main.get_by_role("textbox", name=label)
        field.fill(values)
        field.press("Enter")
        visitor.drawn()
    expect(visitor.figure("Points")).to_have_text("4", timeout=DRAWN_WITHIN)


def simulate(visitor: Visitor) -> None:
    """Run the batch to its end, unless an earlier visitor has done so."""
    button = visitor.main.get_by_role("button", name="Run the batch")
    if button.is_enabled():
        button.click()
    expect(visitor.main, "the run does not end").to_contain_text(
        "Simulated in", timeout=ENDS_WITHIN
    )
    visitor.drawn()


def download(visitor: Visitor, label: str, folder: Path) -> Path:
    """The file that a button gives, under the name it suggests."""
    with visitor.page.expect_download(timeout=DRAWN_WITHIN) as given:
        visitor.main.get_by_role("button", name=label).first.click()
    file = folder / given.value.suggested_filename
    given.value.save_as(file)
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
def test_axe_finds_no_violation_in_the_results(visitor: Visitor) -> None:
    prepare(visitor)
    simulate(visitor)
    assert visitor.wrong() == []
    assert object_to_every_view(visitor) == []


def test_the_file_is_the_batch_that_is_named(visitor: Visitor, tmp_path: Path) -> None:
    prepare(visitor)
    file = download(visitor, "Batch file (TOML)", tmp_path)
    assert visitor.command().inner_text().startswith(f"planner batch {file.name} ")
    assert tomllib.loads(file.read_text())["grid"]["plan.n_subjects"] == [24, 40]
    assert load_batch(file).n_points == 4


def test_a_run_is_kept_as_an_archive_and_opened_again(visitor: Visitor, tmp_path: Path) -> None:
    prepare(visitor)
    simulate(visitor)
    words = visitor.main.get_by_text("Power for overall ranges").first.inner_text()
    file = download(visitor, "Whole run (zip)", tmp_path)
    assert file.name.endswith(".run.zip")
    visitor.start("batch")
    visitor.main.get_by_role("tab", name="Earlier runs").click()
    visitor.main.locator("input[type=file]").set_input_files(file)
    opened = visitor.main.get_by_role("tabpanel", name="Earlier runs")
    expect(opened, "the run is not shown").to_contain_text(words, timeout=DRAWN_WITHIN)
    visitor.drawn()
    assert visitor.wrong() == []
    assert objections(visitor) == []


def test_a_run_is_cancelled_and_goes_on(visitor: Visitor) -> None:
    prepare(visitor)
    visitor.main.get_by_role("combobox", name="Simulated trials").click()
    visitor.page.get_by_role("option", name="100\u2009000").click()
    expect(visitor.figure("Simulated trials")).to_have_text("800\u2009000", timeout=DRAWN_WITHIN)
    visitor.drawn()
    page = visitor.main
    page.get_by_role("button", name="Run the batch").click()
    expect(page, "no block is done").to_contain_text("left", timeout=ENDS_WITHIN)
    page.get_by_role("button", name="Cancel").click()
    expect(page, "nothing says that it was cancelled").to_contain_text(
        "blocks, which are kept", timeout=DRAWN_WITHIN
    )
    visitor.drawn()
    page.get_by_role("button", name="Go on with the run").click()
    expect(page, "the run does not go on").to_contain_text("left", timeout=ENDS_WITHIN)
    page.get_by_role("button", name="Cancel").click()
    expect(page).to_contain_text("blocks, which are kept", timeout=DRAWN_WITHIN)
    assert visitor.wrong() == []
