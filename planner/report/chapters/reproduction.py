"""How the numbers can be computed again, and what speaks for the program that computed them."""

import hashlib
import platform
from importlib import resources
from typing import TYPE_CHECKING

from planner.report.author import Author
from planner.report.model import Block, Code, Paragraph, Points, Section, Table
from planner.report.tables import formula, share, simulated, table
from planner.scenario import scenario_toml
from planner.validation.sets import reference_sets
from planner.words.prose import number, one_line, people

if TYPE_CHECKING:
    from planner.operating.characteristics import HypothesisCharacteristics
    from planner.report.results import Results

SAME_DIGITS = (
    "Every number is identical to the last digit with these versions on the same kind of "
    "processor, for any number of processor cores. Other versions or processors may change the "
    "last digits of a number, and then, rarely, what a simulated trial concludes."
)


def sections(author: Author) -> tuple[Section, ...]:
    """R110 to R115."""
    results = author.results
    return (
        author.section("R110", *_versions()),
        author.section("R111", *_scenario(results)),
        author.section("R112", *_commands(results)),
        author.section("R113", *_hashes(results)),
        author.section("R114", _time(results)),
        author.section("R115", *_checks(results)),
    )


def references(author: Author) -> Section:
    """R116: what the report cites, by number; written when everything else is."""
    entries: dict[str, list[str]] = {}
    for basis in author.bases(tuple(author.scenario.citations)):
        if basis.entry is not None and basis.has_source:
            named = entries.setdefault(basis.source(), [])
            named += [basis.entry.reference] if basis.entry.reference not in named else []
    named_in = {source: f"; library: {', '.join(names)}" for source, names in entries.items()}
    listed = tuple(
        f"{one_line(source).rstrip('.')}{named_in.get(source, '')}." for source in author.sources
    )
    if not listed:
        return author.section("R116", Paragraph(text="Nothing is cited."))
    return author.section("R116", Points(items=listed, numbered=True))


def _versions() -> tuple[Block, ...]:
    from planner.report.bundle import versions

    python, *packages = (v.replace("==", " ") for v in versions())
    of_planner = next(p for p in packages if p.startswith("planner "))
    lines = ("; ".join(packages[i : i + 4]) for i in range(0, len(packages), 4))
    return (
        Paragraph(
            text=f"Computed with {of_planner} and {python} ({platform.python_implementation()}) on "
            f"a processor of the kind {platform.machine()}. {SAME_DIGITS}"
        ),
        Paragraph(text="Packages that the program depends on:"),
        Code(text="\n".join(lines)),
    )


def _scenario(results: "Results") -> tuple[Block, ...]:
    return (
        Paragraph(
            text="Every assumption, setting, text and citation, as the program reads it. The "
            f"fingerprint {results.scenario.fingerprint()} covers whatever changes a number; it "
            "does not cover labels, texts and citations."
        ),
        Code(text=scenario_toml(results.scenario).rstrip()),
    )


def _commands(results: "Results") -> tuple[Block, ...]:
    name = results.hypothesis
    script = resources.files("planner.report").joinpath("reproduce.py").read_text("utf-8")
    return (
        Paragraph(text="With item R111 saved as scenario.toml:"),
        Code(
            text=f"planner report scenario.toml --hypothesis {name} --format pdf\n"
            f"planner bundle scenario.toml --hypothesis {name} --out bundle.zip"
        ),
        Paragraph(
            text="The first line makes this document. The second one makes an archive with the "
            "scenario, the numbers, every simulated trial, the states of the random numbers, the "
            "versions and the following script, reproduce.py. The script computes the numbers "
            "again and says which differ."
        ),
        Code(text=script.rstrip()),
    )


def _hashes(results: "Results") -> tuple[Block, ...]:
    from planner.report import payload
    from planner.report.bundle import summary

    files = {
        "scenario.toml": scenario_toml(results.scenario),
        "summary.json": payload.dump(summary(results)) + "\n",
    }
    rows = [f"{hashlib.sha256(text.encode()).hexdigest()}  {name}" for name, text in files.items()]
    return (
        Paragraph(
            text="SHA-256 of the scenario and of the numbers as they are in the archive of R112. "
            "The archive holds the hashes of all its files, this report as data and the simulated "
            "trials among them, in manifest.json."
        ),
        Code(text="\n".join(rows)),
    )


def _time(results: "Results") -> Paragraph:
    if results.seconds is None or results.workers is None:
        return Paragraph(
            text="Left out of this version of the report, which is the same whenever and wherever "
            "it is made."
        )
    threads = f"{results.workers} thread{'s' * (results.workers != 1)}"
    return Paragraph(
        text=f"Computing the numbers took {number(results.seconds)} s with {threads}; neither "
        "changes a number."
    )


def _checks(results: "Results") -> tuple[Block, ...]:
    return (*_beside_formulas(results), _reference_table())


def _beside_formulas(results: "Results") -> tuple[Block, ...]:
    rows = [
        (f"{h.hypothesis}, {truth}", oc.analysis, h)
        for oc in (results.power, *results.power.others)
        for truth, of in (("power", oc.hypotheses), ("type I error", tuple(oc.null.values())))
        for h in of
        if h.oracle is not None
    ]
    if not rows:
        return (Paragraph(text=_no_formula(results)),)
    found = [h for _, _, h in rows]
    return (
        Paragraph(text=_agreement(found)),
        table(
            f"Simulated and closed form with {people(results.n)} randomised",
            {
                "Hypothesis": [one_line(name) for name, _, _ in rows],
                "Analysis": [analysis for _, analysis, _ in rows],
                "Simulated": [share(h.success) for h in found],
                "Closed form": [formula(h.oracle) for h in found],
                "z": [_z(h) for h in found],
            },
            left=("Analysis",),
            note=f"{simulated(results.scenario, 'per hypothesis and truth')} z = (simulated − "
            "closed form) / MCSE. ≈ marks a formula that approximates, for instance by the "
            "expected number of completers; there z also measures the approximation.",
        ),
    )


def _no_formula(results: "Results") -> str:
    why = (
        "its multiplicity procedure has none"
        if results.scenario.plan.multiplicity.kind != "none"
        else "its rules and its design have none"
    )
    return f"No closed form stands beside the simulated powers of this plan: {why}."


def _agreement(found: "list[HypothesisCharacteristics]") -> str:
    sizes = [abs(h.oracle.z) for h in found if h.oracle is not None]
    within = sum(z <= 2 for z in sizes)
    return (
        f"The simulation is checked against closed forms: {within} of {len(sizes)} differences are "
        f"within two Monte-Carlo standard errors, the largest is {max(sizes):.1f}. About one in "
        "twenty is expected beyond two where the formula is exact. Rows share simulated trials, so "
        "they are not independent."
    )


def _z(h: "HypothesisCharacteristics") -> str:
    return "" if h.oracle is None else f"{h.oracle.z:+.1f}".replace("-", "−")


def _reference_table() -> Table:
    sets = reference_sets()
    left_out = sum(s.left_out for s in sets)
    return Table(
        caption="Reference values that come with the program and that its tests compare",
        columns=("Set", "Made by", "What it checks", "Cases", "Values"),
        rows=tuple((s.name, s.made_by, s.checks, people(s.cases), people(s.values)) for s in sets),
        right=(3, 4),
        widths=(1.6, 1.8, 3.6, 0.7, 0.8),
        note="Values: numbers that these cases hold. Each test states its tolerance. "
        f"{people(left_out)} published cases about what the program does not plan are left out "
        "and listed with the reason in the program.",
    )
