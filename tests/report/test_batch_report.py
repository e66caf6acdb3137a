"""The report on a batch run: its numbers are those of the table, and nothing is simulated."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import planner.operating.evaluate as evaluate
from planner.batch.batch import load_batch
from planner.batch.run_folder import RunFolder
from planner.errors import InvalidInput
from planner.report.batch_report import batch_report
from planner.report.batch_run.stored_run import stored_run
from planner.report.batch_run.type_i import errors
from planner.report.build import with_status
from planner.report.figures.batch import MOST_DOTS, type_i_figure
from planner.report.finished import finished_report
from planner.report.formats import FORMATS, render
from planner.report.formats.markdown import figure_files
from planner.report.model import Block, Code, Figure, Points, ReportModel, Section, Table
from tests.report.batch_runs import doctored, signed, small_batch, stored
from tests.report.reading import docx_text, html_tags, html_text, letters, numbers, pdf_text
from tests.report.sample import HOSTILE


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(small_batch(), tmp_path_factory.mktemp("kept") / "small.run")


@pytest.fixture
def run(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "small.run"))


def frame(folder: Path) -> pd.DataFrame:
    return pq.read_table(folder / "results.parquet").to_pandas()


def section(model: ReportModel, identity: str) -> Section:
    return next(s for s in model.sections if s.id == identity)


def said(model: ReportModel, identity: str) -> str:
    """Everything that a section says in sentences and lists."""
    parts: list[str] = []
    for block in section(model, identity).blocks:
        match block:
            case Points():
                parts += block.items
            case Table():
                parts += [block.caption, block.note]
            case _:
                parts += [str(block.model_dump().get("text", ""))]
    return "\n".join(parts)


def table(model: ReportModel, identity: str, caption: str) -> Table:
    blocks: tuple[Block, ...] = section(model, identity).blocks
    return next(b for b in blocks if isinstance(b, Table) and b.caption.startswith(caption))


def share(row: Any) -> str:
    return f"{100 * row['success']:.1f} % ± {100 * row['success_mcse']:.1f}"


def test_nothing_is_simulated(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("simulated")

    monkeypatch.setattr(evaluate.Simulation, "__init__", forbidden)
    monkeypatch.setattr("planner.batch.task.run_task", forbidden)
    model = batch_report(kept)
    assert model.title == "A small grid"
    assert model.subtitle.endswith("at 4 points")


def test_twin_power_ranges_and_medians_are_those_of_the_table(kept: Path) -> None:
    model, rows = batch_report(kept), frame(kept)
    planning = rows[(rows["truth"] == "planning") & (rows["hypothesis"] == "overall")]
    ordered = planning.sort_values("success", kind="stable").reset_index()
    cells = table(model, "B20", "Power over all points").rows[0]
    assert cells == ("overall", "4", *(share(ordered.loc[i]) for i in (0, 1, 3)))
    by_size = table(model, "B20", "Power by N").rows
    small = planning[planning["plan.n_subjects"] == 24].sort_values("success").reset_index()
    assert by_size[0] == ("24", "overall", "2", *(share(small.loc[i]) for i in (0, 0, 1)))
    assert len(by_size) == 2 * 4
    assert len(table(model, "B20", "Power by SD of the difference").rows) == 2 * 4
    found = said(model, "B01")
    assert f"from {share(ordered.loc[0])} MCSE at point {ordered.loc[0, 'point']} (N = 24" in found
    assert f"the median is {share(ordered.loc[1])} MCSE" in found


def test_twin_the_worst_type_i_error_is_that_of_the_table(kept: Path) -> None:
    model, rows = batch_report(kept), frame(kept)
    null = rows[(rows["truth"] == "null") & (rows["hypothesis"] == "interaction")]
    worst = null.loc[null["success"].idxmax()]
    z = (worst["success"] - 0.05) / np.sqrt(0.05 * 0.95 / 300)
    cells = dict(zip(table(model, "B21", "Largest").columns,
                     table(model, "B21", "Largest").rows[3], strict=True))  # fmt: skip
    assert cells["Hypothesis"] == "men − women"
    assert cells["Planned level"] == "5 %"
    assert cells["Type I error"] == share(worst)
    assert cells["z"] == f"{z:+.1f}".replace("-", "−")


def test_twin_the_farthest_bias_and_coverage_are_those_of_the_table(kept: Path) -> None:
    model, rows = batch_report(kept), frame(kept)
    planning = rows[rows["truth"] == "planning"].reset_index()
    z = planning["bias"] / planning["bias_mcse"]
    worst = planning.loc[z.abs().idxmax()]
    far = f"{z.loc[z.abs().idxmax()]:+.1f}".replace("-", "−")
    cover = (planning["coverage"] - 0.95) / np.sqrt(0.95 * 0.05 / 300)
    most = planning.loc[cover.abs().idxmax()]
    found = said(model, "B01").replace("−", "-")
    assert f"{worst['bias']:+.3f} ± {worst['bias_mcse']:.3f} MCSE (in MADRS points)" in found
    assert f"{far} MCSE away".replace("−", "-") in found
    assert (
        f"{100 * most['coverage']:.1f} % ± {100 * most['coverage_mcse']:.1f} MCSE of 95 %" in found
    )
    for row in (worst, most):
        assert f"point {row['point']} (" in said(model, "B22")


def test_type_i_errors_beyond_their_level_are_counted_and_placed(run: Path) -> None:
    """Levels are 2.5 %, whose MCSE is 0.90 percentage points here: 5 % is beyond, 4 % is not."""

    def change(rows: list[dict[str, Any]]) -> None:
        null = [r for r in rows if r["truth"] == "null" and r["hypothesis"] == "overall"]
        for row, value in zip(null, (0.04, 0.05, 0.06, 0.0), strict=True):
            row["success"] = value
            row["success_mcse"] = np.sqrt(value * (1 - value) / 300)

    doctored(run, change)
    model = batch_report(run)
    worst, counts = table(model, "B21", "Largest").rows[0], table(model, "B21", "How many").rows[0]
    assert worst[:4] == ("overall", "2.5 %", "6.0 % ± 1.4", "+3.9")
    assert counts[2:] == ("4", "2", "1", "0.04", "0 % (0 of 300)")
    assert "overall: point 2 (N = 40, SD of the difference = 6.5)" in said(model, "B21")
    beyond = "Beyond 2.58 MCSE lie 2 above and 1 below the level (by chance 0.04 in all)"
    assert beyond in said(model, "B01")


def test_points_with_the_same_trials_count_once(tmp_path: Path) -> None:
    """The t test of no effect depends neither on the SD nor on the planned effect."""
    grid = {"truth.covariance.sd_difference": [6.5, 7.5, 9.0], "truth.effect": [2.0, 3.0]}
    changes = {"plan.analysis": {"kind": "within-subject-t"}, "plan.n_subjects": 24}
    batch = small_batch(grid=grid, changes=changes)
    run = stored_run(stored(batch, tmp_path / "run"))
    assert len(run.rows("null", "overall")) == 6
    assert len(run.different("null", "overall")) == 1
    assert len(run.different("planning", "overall")) == 6
    (first, *_) = errors(run)
    assert len(first.rows) == 1


def test_property_every_format_has_the_numbers_and_the_same_bytes_again(kept: Path) -> None:
    model = batch_report(kept)
    files = render(model, FORMATS)
    assert files == render(batch_report(kept), FORMATS)
    cells = [cell for s in model.sections for b in s.blocks if isinstance(b, Table)
             for row in b.rows for cell in row]  # fmt: skip
    expected = numbers("\n".join(cells))
    assert sum(expected.values()) > 300
    for name, text in (
        ("html", html_text(files["html"])),
        ("docx", docx_text(files["docx"])),
        ("pdf", pdf_text(files["pdf"])),
    ):
        counted = numbers(text)
        assert not {n: k for n, k in expected.items() if counted[n] < k}, name
    assert ReportModel.parse(json.loads(files["json"])) == model
    assert set(figure_files(model)) == {"figures/power-1.svg", "figures/type-i-error.svg"}


def test_every_simulated_number_in_a_table_has_its_error(kept: Path) -> None:
    """Columns of simulated numbers have ± or the count of trials that all agree."""
    simulated = {"Smallest", "Median", "Largest", "Type I error", "Power", "Bias", "Coverage",
                 "Simulated", "RMSE there", "Number ± largest MCSE"}  # fmt: skip
    seen = set()
    for block in (b for s in batch_report(kept).sections for b in s.blocks):
        if isinstance(block, Table):
            for i, heading in enumerate(block.columns):
                cells = [row[i] for row in block.rows] if heading in simulated else []
                seen |= {heading} if cells else set()
                assert all(" ± " in cell or " of 300)" in cell for cell in cells), block.caption
    assert seen == simulated


def test_the_batch_in_the_report_is_the_batch_of_the_run(kept: Path, tmp_path: Path) -> None:
    (code,) = (b for b in section(batch_report(kept), "B32").blocks if isinstance(b, Code))
    path = tmp_path / "again.toml"
    path.write_text(code.text, "utf-8")
    assert load_batch(path) == RunFolder(kept).batch()


def test_versions_and_digests_are_those_of_the_manifest(kept: Path) -> None:
    manifest = json.loads((kept / "manifest.json").read_bytes())
    text = said(batch_report(kept), "B30") + said(batch_report(kept), "B31")
    for value in (*manifest["engine"].values(), *manifest["files"].values()):
        assert value in text
    assert manifest["platform"]["python"] in text


def test_a_batch_without_words_is_a_draft(tmp_path: Path) -> None:
    batch = small_batch(label="", notes="", grid={"plan.n_subjects": [24]})
    model = batch_report(stored(batch, tmp_path / "run"))
    assert [gap.what for _, gap in model.gaps] == [
        "what the run is called",
        "why these points were simulated",
    ]
    with pytest.raises(InvalidInput, match="a final report must state what the run is called"):
        with_status(model, "final")
    assert model.title == "Around Confirmatory naltrexone-ketamine crossover"


def test_a_finished_run_with_words_can_be_final(kept: Path) -> None:
    assert with_status(batch_report(kept), "final").status == "final"


def test_points_that_failed_or_were_left_out_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = evaluate.Simulation.run

    def poisoned(self: evaluate.Simulation, block: int, size: int) -> Any:
        if self.case.n_subjects == 40:
            raise ZeroDivisionError("poison")
        return real(self, block, size)

    monkeypatch.setattr(evaluate.Simulation, "run", poisoned)
    batch = small_batch(grid={"plan.n_subjects": [2, 24, 40]}, impossible="skip")
    model = batch_report(stored(batch, tmp_path / "run"))
    assert "point 2 (N = 40): block 0 under planning: ZeroDivisionError" in said(model, "B24")
    assert [gap.what for _, gap in model.gaps] == ["the results of 1 point whose blocks failed"]
    assert "point 0 (N = 2): " in said(model, "B25")
    assert "1 point was left out as impossible" in said(model, "B01")


def test_trials_that_could_not_be_analysed_are_counted(run: Path) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row["point"] == 1 and row["truth"] == "planning":
                row["not_converged"], row["imprecise"] = 7, 2

    doctored(run, change)
    manifest = json.loads((run / "manifest.json").read_bytes())
    manifest["points"][1]["failure_share"] = 0.03
    signed(run, manifest)
    model = batch_report(run)
    (row,) = table(model, "B24", "Cases with trials").rows
    assert row == ("point 1 (N = 24, SD of the difference = 7.5)", "planning", "300", "9",
                   "7 not converged and 2 too imprecise")  # fmt: skip
    assert "1 point has trials that could not be analysed, 0 of them more" in said(model, "B01")


def test_levels_follow_the_point(tmp_path: Path) -> None:
    grid = {
        "plan.n_subjects": [24],
        "plan.hypotheses.overall.objective": [
            {"kind": "superiority", "one_sided_alpha": 0.025},
            {"kind": "superiority", "one_sided_alpha": 0.05},
        ],
    }
    run = stored_run(stored(small_batch(grid=grid), tmp_path / "run"))
    rows = run.rows("null", "overall")
    assert rows["level"].tolist() == [0.025, 0.05]
    assert rows["nominal"].tolist() == pytest.approx([0.95, 0.9])
    assert run.place(rows.iloc[1]) == ("point 1 (objective = superiority, one sided alpha 0.05)")


def test_a_value_with_its_source_is_a_number_of_the_grid(tmp_path: Path) -> None:
    cited = {"value": 7.5, "evidence": "lapidus-2014.sd_difference", "flag": "derived"}
    grid = {"plan.n_subjects": [24], "truth.covariance.sd_difference": [cited, 9.0]}
    folder = stored(small_batch(grid=grid), tmp_path / "run")
    run = stored_run(folder)
    rows = run.rows("planning", "overall")
    assert run.place(rows.iloc[0]) == "point 0 (SD of the difference = 7.5)"
    settings = table(batch_report(folder), "B12", "Settings of the points")
    assert settings.rows[1][2] == "7.5 (lapidus-2014.sd_difference), 9"


@pytest.mark.parametrize("truth", ["planning", "null"])
def test_one_truth_alone_is_reported_as_such(tmp_path: Path, truth: str) -> None:
    batch = small_batch(grid={"plan.n_subjects": [24, 40]}, truths=[truth])
    model = batch_report(stored(batch, tmp_path / "run"))
    missing, there = ("B21", "B20") if truth == "planning" else ("B20", "B21")
    kinds = [type(block) for block in section(model, missing).blocks]
    assert Table not in kinds
    assert Figure not in kinds
    assert any(isinstance(block, Figure) for block in section(model, there).blocks)
    assert "is known" in said(model, "B01")
    columns = table(model, "BA1", "Every point").columns
    assert ("Power" in columns) == (truth == "planning")
    assert b"%PDF" in render(model, ["pdf"])["pdf"]


def test_listed_cases_and_several_analyses_are_told_apart(tmp_path: Path) -> None:
    cases = [
        {"name": "as planned"},
        {"name": "no loss", "changes": {"truth.attrition": {"kind": "none"}}},
    ]
    changes = {"plan.other_analyses": [{"kind": "within-subject-t"}]}
    batch = small_batch(grid={"plan.n_subjects": [24]}, cases=cases, changes=changes)
    run = stored_run(stored(batch, tmp_path / "run"))
    assert len(run.lines) == 8
    assert run.axes == {"case": "case"}
    model = batch_report(tmp_path / "run")
    assert table(model, "B12", "Listed cases").rows == (
        ("as planned", "none"), ("no loss", "truth.attrition = none"),
    )  # fmt: skip
    assert "point 1 (case 'no loss')" in said(model, "B01")
    assert len(table(model, "B20", "Power by case").rows) == 2 * 8
    assert b"<svg" in render(model, ["html"])["html"]


def test_unfinished_and_changed_runs_are_refused(run: Path) -> None:
    path = run / "results.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    with pytest.raises(InvalidInput, match=r"results\.parquet is not the one"):
        finished_report(run)
    path.write_bytes(content)
    (run / "manifest.json").unlink()
    with pytest.raises(InvalidInput, match="the run is not finished"):
        finished_report(run)


def test_a_figure_of_many_errors_has_every_one_beyond_its_level(kept: Path) -> None:
    """2 000 values on a line, 20 of which are far above it: dots are thinned, those are not."""
    run = stored_run(kept)
    one = run.rows("null", "overall").iloc[[0]]
    many = pd.concat([one] * 2000, ignore_index=True).assign(
        standardised_bias=np.arange(2000.0), success=0.025
    )
    many.loc[::100, "success"] = 0.08
    longer = replace(run, table=many)
    figure = type_i_figure(longer, errors(longer))
    (dots,) = (rows for rows in figure.chart["datasets"].values() if "place" in rows[0])
    assert sum(row["beyond"] for row in dots) == 20
    assert len(dots) <= MOST_DOTS + 20
    assert {dots[0]["place"], dots[-1]["place"]} == {1, 2000}
    assert "All dots beyond 2.58 MCSE are drawn, and some of the others." in figure.caption
    assert figure.alt == "overall: 20 of 2 000 beyond 2.58 MCSE, the largest 8.0 % ± 1.6."
    assert errors(longer)[0].worst["success"] == 0.08


def test_a_run_of_one_point_is_told_without_ranges(tmp_path: Path) -> None:
    model = batch_report(stored(small_batch(grid={"plan.n_subjects": [24]}), tmp_path / "run"))
    assert model.subtitle == "Batch run: operating characteristics at 1 point"
    assert "Power for overall: " in said(model, "B01")
    assert "ranges over" not in said(model, "B01")
    assert not [b for s in model.sections for b in s.blocks
                if isinstance(b, Figure) and b.name.startswith("power")]  # fmt: skip


def test_words_of_a_batch_stay_words_and_places_are_unique(tmp_path: Path) -> None:
    cases = [{"name": HOSTILE}, {"name": "b", "changes": {"truth.effect": 3.0}}]
    batch = small_batch(
        label=HOSTILE, notes=HOSTILE, cases=cases, grid={"plan.n_subjects": [24, 40]}
    )
    model = batch_report(stored(batch, tmp_path / "run"))
    files = render(model, FORMATS)
    assert html_tags(files["html"])["script"] == 0
    page = files["html"].decode()
    anchors, places = re.findall(r'href="#([^"]+)"', page), re.findall(r' id="([^"]+)"', page)
    assert len(places) == len(set(places))
    assert set(anchors) <= set(places)
    wanted = letters(HOSTILE)
    for text in (html_text(files["html"]), docx_text(files["docx"])):
        assert letters(text).count(wanted) >= 3
