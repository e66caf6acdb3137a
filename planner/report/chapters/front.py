"""R01 to R05: title, identity, authors, summary in plain words, changes."""

from planner import __version__
from planner.report.author import Author
from planner.report.in_plain_words import plain_summary
from planner.report.model import Block, Paragraph, Points, Section, Table
from planner.report.trial_name import given_title, trial_title
from planner.words.prose import one_line, people

NO_CLOCK = (
    "The report carries no date of its own: the same scenario gives the same file, byte by byte, "
    "whenever it is made with the same version."
)


def title(author: Author) -> str:
    """Title of the trial, which says that it is a randomised crossover."""
    return trial_title(author.scenario)


def sections(author: Author) -> tuple[Section, ...]:
    """The sections of the chapter."""
    return (
        author.section("R01", *_title(author)),
        author.section("R02", _identity(author)),
        author.section("R03", *_authors(author)),
        author.section("R04", *_summary(author)),
        author.section(
            "R05",
            *author.said(author.protocol.changes),
        ),
    )


def _title(author: Author) -> tuple[Block, ...]:
    if not given_title(author.scenario):
        return ()
    return (Paragraph(text=trial_title(author.scenario)),)


def _identity(author: Author) -> Table:
    """What identifies the plan; a report that is not final says draft on its title page."""
    scenario, version = author.scenario, one_line(author.protocol.version)
    settings = scenario.monte_carlo
    rows = (
        ("Version and date of the plan", version or "not stated"),
        ("Scenario", one_line(scenario.label) or "without a label"),
        ("Fingerprint of the scenario (SHA-256)", scenario.fingerprint()),
        ("Program", f"planner {__version__}"),
        ("Simulation", f"{people(settings.n_trials)} trials per size and truth, seed "
         f"{settings.seed}"),
    )  # fmt: skip
    return Table(
        caption="Identity of the plan and of its calculation.",
        columns=("What", "Value"),
        rows=rows,
        widths=(2, 3),
        note="The fingerprint covers everything that changes a number; labels, citations and the "
        f"texts of the protocol are left out. {NO_CLOCK} The title page says whether it is a draft "
        "or final; final means that nothing is missing.",
    )


def _authors(author: Author) -> tuple[Block, ...]:
    names = tuple(one_line(name) for name in author.protocol.authors if one_line(name))
    return (Points(items=names),) if names else ()


def _summary(author: Author) -> tuple[Block, ...]:
    said = author.referenced(author.protocol.summary).strip()
    own = (Paragraph(text=said),) if said else ()
    computed = tuple(Paragraph(text=text) for text in plain_summary(author.results))
    return *own, *computed
