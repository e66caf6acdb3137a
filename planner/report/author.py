"""What every chapter of a report needs: the results, numbered references, and words for gaps."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.report.basis import used_bases
from planner.report.gaps import gaps
from planner.report.items import ITEMS
from planner.report.model import Block, Gap, Paragraph, Section
from planner.report.quoted import with_references
from planner.report.results import Results
from planner.words.prose import joined, one_line

if TYPE_CHECKING:
    from planner.plan.protocol import Protocol
    from planner.report.basis import Basis
    from planner.scenario import Scenario

_ASKED = {identity: (title, asked_by) for identity, title, asked_by in ITEMS}


@dataclass(slots=True)
class Author:
    """Writes sections about results and keeps the list of references.

    Parameters
    ----------
    sources : references in the order of their first mention.
    """

    results: Results
    sources: list[str] = field(default_factory=list)
    _gaps: dict[str, tuple[Gap, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self._gaps = gaps(self.scenario)

    @property
    def scenario(self) -> "Scenario":
        return self.results.scenario

    @property
    def protocol(self) -> "Protocol":
        return self.results.scenario.protocol

    def cite(self, *sources: str) -> str:
        """Numbers of references, ``[1, 3]``; new ones are added to the list."""
        for source in sources:
            if source not in self.sources:
                self.sources.append(source)
        return f"[{', '.join(str(self.sources.index(s) + 1) for s in dict.fromkeys(sources))}]"

    def bases(self, *groups: tuple[str, ...]) -> "list[Basis]":
        """Citations of the numbers at or below dotted paths that the scenario has."""
        return [basis for group in groups for basis in used_bases(self.scenario, group)]

    def basis_in_words(self, *groups: tuple[str, ...]) -> str:
        """Flags of numbers with their references, ``derived [2]``; empty without any."""
        found = self.bases(*groups)
        flags = list(dict.fromkeys(b.flag for b in found if b.flag))
        sources = [b.source() for b in found if b.has_source]
        words = [joined(flags)] if flags else []
        return " ".join([*words, self.cite(*sources)] if sources else words)

    def referenced(self, text: str) -> str:
        """A text whose ``[lapidus-2014]``, studies of the library, are numbered references."""
        return with_references(text, self.cite)

    def said(self, text: str) -> tuple[Block, ...]:
        """What the protocol says in a text; nothing if it is empty."""
        return (Paragraph(text=self.referenced(text)),) if one_line(text) else ()

    def section(self, identity: str, *blocks: Block) -> Section:
        """The section of an item: title and guidance as listed, then what the scenario leaves out.

        The gaps are those of `planner.report.gaps`, which the list of items counts.
        """
        title, asked_by = _ASKED[identity]
        return Section(
            id=identity,
            title=title[0].upper() + title[1:],
            asked_by=asked_by,
            blocks=(*blocks, *self._gaps.get(identity, ())),
        )
