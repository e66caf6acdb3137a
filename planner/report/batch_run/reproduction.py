"""How a run can be simulated again, and every point that it has."""

import json
from typing import TYPE_CHECKING, Any

from planner.batch.manifest import FORMAT
from planner.batch.points import NULL, PLANNING
from planner.batch.run_folder import BATCH, RESULTS, batch_content
from planner.report.batch_run.stored_run import estimate
from planner.report.batch_run.writing import section, simulated, under
from planner.report.model import Block, Code, Paragraph, Section
from planner.report.tables import NONE, measure, scale, share, table
from planner.words.prose import people

if TYPE_CHECKING:
    import pandas as pd

    from planner.report.batch_run.stored_run import StoredRun

MOST_LISTED = 200
"""Rows of the table of all points; the file has the others."""
LONGEST_BATCH = 60_000
"""Characters of a batch that are printed."""


def reproduction_sections(run: "StoredRun") -> tuple[Section, ...]:
    """Versions, commands with digests, and the batch in full."""
    return (
        section("B30", "Software versions", "BARG 6", [_versions(run)]),
        section("B31", "Commands and digests", "FDA Adaptive 2019; BARG 6", _commands(run)),
        section("B32", "The batch in full", "BARG 6", _batch(run)),
    )


def _versions(run: "StoredRun") -> Block:
    engine, where = run.manifest["engine"], run.manifest["platform"]
    libraries = [f"{k} {v}" for k, v in engine.items() if k not in ("planner", "sources")]
    return Paragraph(
        text=f"Simulated with planner {engine['planner']} (digest of the sources that simulate: "
        f"{engine['sources']}), {', '.join(libraries)} and Python {where['python']} on "
        f"{where['system']}, a processor of the kind {where['machine']} "
        f"({where['byte_order']}-endian). Results are identical to the last digit for any number "
        "of workers, back end and order, and after interruptions. This report was made from the "
        "stored numbers; nothing was simulated for it."
    )


def _commands(run: "StoredRun") -> list[Block]:
    files = run.manifest["files"]
    return [
        Paragraph(text="With RUN the folder of the run:"),
        Code(
            text=f"planner batch RUN/{BATCH} --out AGAIN    # simulate it again, here\n"
            "planner replay RUN                       # and list every number that moved\n"
            "planner report RUN --format pdf          # make this document"
        ),
        Paragraph(
            text=f"With the same versions {RESULTS} has the same bytes again. SHA-256 of the files "
            f"(manifest.json, format {run.manifest.get('format', FORMAT)}, has that of the blocks "
            "of every point):"
        ),
        Code(text="\n".join(f"{digest}  {name}" for name, digest in sorted(files.items()))),
    ]


def _batch(run: "StoredRun") -> list[Block]:
    text = _as_file(run)
    if len(text) > LONGEST_BATCH:
        said = f"Its {people(len(text))} characters are in {BATCH} in the folder of the run."
        return [Paragraph(text=said)]
    return [
        Paragraph(
            text="Saved as a file it is read by `planner batch`, and is the same as the "
            f"{BATCH} of the run."
        ),
        Code(text=text.rstrip()),
    ]


def _as_file(run: "StoredRun") -> str:
    """The batch as TOML; as JSON if a value is null, which TOML does not have."""
    import tomli_w

    content = batch_content(run.batch).decode()
    try:
        return tomli_w.dumps(json.loads(content))
    except TypeError:
        return content


def annex_section(run: "StoredRun") -> Section:
    """Power, type I error, bias and coverage of every point."""
    planning = run.rows(run.truth)
    shown = [row for _, row in planning.head(MOST_LISTED).iterrows()]
    nulls = _nulls(run, {int(row["point"]) for row in shown})
    more = len(planning) - len(shown)
    rest = (
        f" These are {people(len(shown))} of {people(len(planning))} rows; {RESULTS} in the folder "
        "of the run has all of them, with every measure and its MCSE."
        if more
        else f" {RESULTS} in the folder of the run has every measure and its MCSE."
    )
    power = {"Power": [share(estimate(row, "success")) for row in shown]}
    made = table(
        "Every point" if not more else "The first points",
        {
            "Point": [run.place(row) for row in shown],
            "Hypothesis": [str(row["line"]) for row in shown],
            **(power if run.truth == PLANNING else {}),
            "Type I error": [nulls.get(_key(row), NONE) for row in shown],
            "Bias": [measure(estimate(row, "bias"), sign=True) for row in shown],
            "Coverage": [share(estimate(row, "coverage")) for row in shown],
        },
        left=("Hypothesis",),
        note=f"{simulated(run)} Bias and coverage {under(run)}; bias "
        f"{scale(run.batch.scenario)}.{rest}",
    )
    return section("BA1", "Numbers by point", "ICH E20", [made])


def _key(row: "pd.Series[Any]") -> tuple[object, object]:
    return row["point"], row["line"]


def _nulls(run: "StoredRun", wanted: set[int]) -> dict[tuple[object, object], str]:
    """Type I errors by point and line."""
    rows = run.rows(NULL)
    rows = rows[rows["point"].isin(wanted)]
    return {_key(row): share(estimate(row, "success")) for _, row in rows.iterrows()}
