"""What a run simulated: its aim, its base scenario, what was varied, truths, trials and errors."""

from typing import TYPE_CHECKING

import numpy as np

from planner.plan.analysis import describe
from planner.report.batch_run.estimates import precision_table
from planner.report.batch_run.stored_run import in_words
from planner.report.batch_run.writing import MOST_ROWS, counted, section
from planner.report.model import Block, Gap, Paragraph, Section, Table
from planner.report.tables import exact, table
from planner.words.hypotheses import hypothesis_label, planned_level
from planner.words.prose import given, joined, one_line, people, planned_percent

if TYPE_CHECKING:
    from planner.report.batch_run.stored_run import StoredRun

_TRUTHS = {
    "planning": "under its planning truth (for power)",
    "null": "at the edge of the null of every hypothesis, where the share that shows it is the "
    "type I error (hypotheses with the same null share their trials)",
}
_LONGEST_LIST = 240
"""Characters of the values of a setting."""


def plan_sections(run: "StoredRun") -> tuple[Section, ...]:
    """Aim, base scenario, settings, truths and trials."""
    return (
        section("B10", "Aim", "ADEMP", _aim(run)),
        section("B11", "Base scenario", "ICH E20", _base(run)),
        section("B12", "What was varied", "ADEMP; ICH E20", _varied(run)),
        section("B13", "Truths, hypotheses and analyses", "ADEMP", _truths(run)),
        section("B14", "Trials and Monte-Carlo precision", "ADEMP", _precision(run)),
    )


def _aim(run: "StoredRun") -> list[Block]:
    batch = run.batch
    blocks: list[Block] = []
    if one_line(batch.label):
        blocks.append(Paragraph(text=one_line(batch.label)))
    else:
        blocks.append(Gap(what="what the run is called", add="give the batch file a label"))
    if one_line(batch.notes):
        blocks.append(Paragraph(text=batch.notes))
    else:
        what = "why these points were simulated"
        blocks.append(Gap(what=what, add="give the batch file notes"))
    return blocks


def _base(run: "StoredRun") -> list[Block]:
    scenario = run.batch.scenario
    plan, endpoint = scenario.plan, scenario.truth.endpoint
    label = one_line(scenario.label) or "without a label"
    n = plan.n_subjects
    size = "its size is set by the points" if n is None else f"{people(n)} people"
    unit = f", {one_line(endpoint.unit)}" if endpoint.unit else ""
    log = " (analysed as logarithms)" if endpoint.scale == "log" else ""
    return [
        Paragraph(
            text=f"{label}; fingerprint {scenario.fingerprint()}. Outcome: "
            f"{one_line(endpoint.name) or 'not named'}{unit}{log}. Design: "
            f"{joined(list(plan.design.sequences))}; {size}. Its values hold for every point that "
            "does not set them otherwise. It is attached in full."
        )
    ]


def _varied(run: "StoredRun") -> list[Block]:
    batch = run.batch
    n_cases = max(1, len(batch.cases))
    sizes = [str(len(values)) for values in batch.grid.values()]
    combined = f"{' × '.join(sizes)} = " if len(sizes) > 1 else ""
    listed = f"{counted(n_cases, 'listed case')}, each with " if batch.cases else ""
    what = (
        f"{listed}every combination of the values below ({combined}"
        f"{people(batch.n_points // n_cases)})"
        if batch.grid
        else listed.removesuffix(", each with ") or "the base scenario alone"
    )
    blocks: list[Block] = [Paragraph(text=f"{counted(batch.n_points, 'point')}: {what}.")]
    if batch.grid:
        blocks.append(_grid_table(run))
    if batch.cases:
        blocks.append(_cases_table(run))
    return blocks


def _grid_table(run: "StoredRun") -> Table:
    from planner.report.batch_run.stored_run import short_names

    names, grid = short_names(run.batch.paths), run.batch.grid
    return table(
        "Settings of the points",
        {
            "Setting": [names[path] for path in grid],
            "In the scenario": list(grid),
            "Values": [_listed([in_words(v) for v in values]) for values in grid.values()],
            "Count": [people(len(values)) for values in grid.values()],
        },
        left=("In the scenario", "Values"),
        note="Assumed: chosen for the run. Full factorial; the last setting varies fastest.",
    )


def _listed(values: list[str]) -> str:
    """Values with commas; the middle ones left out where there are too many."""
    text = ", ".join(values)
    if len(text) <= _LONGEST_LIST:
        return text
    return f"{', '.join(values[:8])}, … {', '.join(values[-2:])}"


def _cases_table(run: "StoredRun") -> Table:
    cases = run.batch.cases[:MOST_ROWS]
    n = len(run.batch.cases)
    rest = f" The first {MOST_ROWS} of {people(n)}; batch.json has all." if n > MOST_ROWS else ""
    return table(
        "Listed cases",
        {
            "Case": [one_line(case.name) for case in cases],
            "Changes": [
                _listed([f"{path} = {in_words(value)}" for path, value in case.changes.items()])
                or "none"
                for case in cases
            ],
        },
        left=("Changes",),
        note=f"Assumed: chosen for the run.{rest}",
    )


def _truths(run: "StoredRun") -> list[Block]:
    scenario, batch = run.batch.scenario, run.batch
    analyses = [scenario.plan.analysis, *scenario.plan.other_analyses]
    unlike = (
        " Points may change hypotheses or analyses; the tables say what each was analysed with."
        if any(path.startswith(("plan.hypotheses", "plan.analysis")) for path in batch.paths)
        else ""
    )
    names = scenario.plan.hypothesis_names
    return [
        Paragraph(
            text=f"Every point is simulated {joined([_TRUTHS[name] for name in batch.truths])}. "
            "Analyses of the base scenario: "
            f"{joined([describe(a) for a in analyses])}.{unlike} All points use the same "
            "seed and the same blocks of random numbers, so that their differences are more "
            "precise than their numbers, and their errors go together."
        ),
        table(
            "Hypotheses of the base scenario",
            {
                "Hypothesis": [hypothesis_label(name) for name in names],
                "Name": list(names),
                "Planned level": [planned_percent(planned_level(scenario, n)) for n in names],
            },
            left=("Name",),
            note="As planned; of a posterior rule 1 − its threshold.",
        ),
    ]


def _precision(run: "StoredRun") -> list[Block]:
    settings = run.batch.scenario.monte_carlo
    n = settings.n_trials
    shares = (0.025, 0.05, 0.5, 0.8, 0.9)
    errors = [f"{exact(100 * float(np.sqrt(p * (1 - p) / n)), 2)} at {given(100 * p)} %"
              for p in shares]  # fmt: skip
    drawn = {
        "moments": "numbers, means and cross-products of cells are drawn directly",
        "subjects": "every person is drawn",
    }[settings.draw]
    return [
        Paragraph(
            text=f"{people(n)} simulated trials per point and truth, seed {settings.seed}; "
            f"{drawn}. In all {people(run.manifest['n_cases'] * n)} trials of "
            f"{counted(run.manifest['n_cases'], 'different case')} (a point under a truth and an "
            f"analysis) were simulated. The MCSE of a proportion p is √(p (1 − p) / {people(n)}): "
            f"in percentage points {joined(errors)} (formula)."
        ),
        precision_table(run),
    ]
