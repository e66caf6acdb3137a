"""Made-up groups in the place of the real ones."""

import importlib
from typing import Any

import pytest

from planner.validation import groups
from tests.validation.made_up_checks import MADE_UP, MODULES


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """`validate` runs the groups of `made_up_checks`."""

    def module(name: str) -> Any:
        return MODULES[name] if name in MODULES else importlib.import_module(name)

    monkeypatch.setattr(groups, "GROUPS", MADE_UP)
    monkeypatch.setattr(groups, "import_module", module)
