"""What every chapter of a report needs: the results, numbered references, and words for gaps."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.report.basis import bases, value_at
from planner.report.items import ITEMS
from planner.report.model import Block, Gap, Paragraph, Section
from planner.report.quoted import with_references
from planner.report.results import Results
from planner.words.prose import joined

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
        plain = self.scenario.plain(full=True)
        return [
            basis
            for group in groups
            for basis in bases(self.scenario, group)
            if value_at(plain, basis.path) is not None
        ]

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

    def said(self, text: str, what: str, key: str) -> Block:
        """What the protocol says in the scenario, or the gap that it leaves.

        Parameters
        ----------
        what : that is missing where `text` is empty.
        key : of the scenario, where it would stand: ``protocol.rationale``.
        """
        if text.strip():
            return Paragraph(text=self.referenced(text))
        return Gap(what=what, add=f"write it as {key} in the scenario")

    def section(self, identity: str, *blocks: Block) -> Section:
        """The section of an item, with the title and guidance that the list of items has."""
        title, asked_by = _ASKED[identity]
        return Section(
            id=identity, title=title[0].upper() + title[1:], asked_by=asked_by, blocks=blocks
        )
