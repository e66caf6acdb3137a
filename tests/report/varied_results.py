"""Results read with another scenario: chapters that write words from the plan need no others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from planner.report.model import Section
from planner.report.results import Results


def with_changes(results: Results, changes: Mapping[str, Any]) -> Results:
    """The results with their scenario changed; simulated numbers stay as they are."""
    scenario = results.scenario.with_changes(changes)
    return replace(results, scenario=scenario, found=replace(results.found, scenario=scenario))


def text_of(section: Section) -> str:
    """Everything that a section says, block by block."""
    return "\n".join(str(block.model_dump()) for block in section.blocks)
