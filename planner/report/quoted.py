"""References in the texts of a trial's authors: ``[lapidus-2014]`` names a study of the library."""

import re
from collections.abc import Callable

from planner.errors import UnknownName
from planner.evidence.library import load_library
from planner.report.basis import Basis

_MARK = re.compile(r"\[([a-z][a-z0-9-]*)(?:\.[a-z][a-z0-9_]*)?\]")


def with_references(text: str, cite: Callable[[str], str]) -> str:
    """The text with numbers in place of the studies, or numbers of studies, that it names.

    What the library does not have stays as it is.

    Parameters
    ----------
    cite : takes a source to its number, ``[3]``.
    """
    library = load_library()

    def numbered(mark: re.Match[str]) -> str:
        try:
            study = library.study(mark[1])
        except UnknownName:
            return mark[0]
        return cite(Basis("", "", "", "", study=study).source())

    return _MARK.sub(numbered, text)
