"""The sample-size statement, to copy into a protocol."""

from typing import TYPE_CHECKING

from planner.report.statement import statement
from planner.ui.fields.field import Field

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.report.writing import Findings
    from planner.ui.fields.panel import Panel

FORM, MARKUP = "statement.form", "statement.markup"
SHORT, LONG, TEXT, MARKDOWN = "Short", "Long", "Plain text", "Markdown"
READING = (
    "Sizes, power and type I error are simulated, with their Monte-Carlo standard error; numbers "
    "of a closed form say so; the others are assumed, derived or reported as marked. Whatever is "
    "marked NOT STATED must be written by people: the program does not know it."
)


def fields() -> tuple[Field, Field]:
    """Which form, and in which notation."""
    return (
        Field(
            path=FORM,
            label="Form",
            start=SHORT,
            kind="switch",
            options=(SHORT, LONG),
            help="Short: one paragraph for the synopsis. Long: every assumption with its basis, "
            "how the number came about, and the computation. Unit: none. Typical: both, in their "
            "places. Source: DELTA2 (Cook 2018); SPIRIT 2025, item 19.",
        ),
        Field(
            path=MARKUP,
            label="Notation",
            start=TEXT,
            kind="switch",
            options=(TEXT, MARKDOWN),
            help="Plain text for a word processor, Markdown for a repository. Unit: none. "
            "Typical: plain text. Source: chosen here.",
        ),
    )


def show(place: "DeltaGenerator", panel: "Panel", found: "Findings") -> None:
    """The statement with a button that copies it."""
    row = place.container(horizontal=True)
    for field in fields():
        panel.draw(row.container(width="content"), field)
    written = statement(found, long=panel.values[FORM] == LONG)
    as_text = panel.values[MARKUP] == TEXT
    shown = written.text() if as_text else written.markdown()
    n = len(written.gaps)
    place.caption(f"{READING} Here: {n} {'gap' if n == 1 else 'gaps'}.")
    place.code(shown.rstrip(), language=None, wrap_lines=True)
