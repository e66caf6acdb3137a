"""Charts are checked against their schema here, which the app leaves out to be quick."""

import pytest
from altair.utils import schemapi


@pytest.fixture(autouse=True)
def checked_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app must not turn the check off."""
    monkeypatch.setattr(schemapi, "disable_debug_mode", lambda: None)
    monkeypatch.setattr(schemapi, "DEBUG_MODE", True)
