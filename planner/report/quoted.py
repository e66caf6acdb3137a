"""Studies of the library that a text names, as numbered references.

``[lapidus-2014]`` or ``[planning.mcid]`` in the texts of a trial's authors becomes ``[3]``;
``lapidus-2014`` in the reasons of the library becomes ``Lapidus 2014 [3]``.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.errors import UnknownName
from planner.evidence.library import load_library
from planner.report.basis import Basis
from planner.words.prose import one_line

if TYPE_CHECKING:
    from planner.evidence.study import Study

Cite = Callable[[str], str]
"""Takes a source to its number, ``[3]``."""
_MARK = re.compile(r"\[([a-z][a-z0-9-]*)(?:\.[a-z][a-z0-9_]*)?\]")
_STUDY = re.compile(r"(?<![\w.\[-])([a-z][a-z0-9]*(?:-[a-z0-9]+)+)(?!\w|-|\.\w)")


def with_references(text: str, cite: Cite) -> str:
    """The text with numbers in place of the bracketed studies, or numbers of studies."""
    return _replaced(_MARK, text, lambda study: cite(_source(study)))


def with_studies(text: str, cite: Cite) -> str:
    """The text with names and numbers in place of the ids of studies."""
    return _replaced(_STUDY, text, lambda study: f"{one_line(study.short)} {cite(_source(study))}")


def _source(study: "Study") -> str:
    return Basis("", "", "", "", study=study).source()


def _replaced(mark: re.Pattern[str], text: str, shown: "Callable[[Study], str]") -> str:
    """The text with its marks replaced; what the library does not have stays as it is."""
    library = load_library()

    def replaced(found: re.Match[str]) -> str:
        try:
            return shown(library.study(found[1]))
        except UnknownName:
            return found[0]

    return mark.sub(replaced, text)
