"""Run the command line in this process."""

import sys
from dataclasses import dataclass

import pytest

from planner.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command returned and printed."""

    code: int
    out: str
    err: str


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str
) -> Outcome:
    """Exit code, stdout and stderr of ``planner WORDS``."""
    monkeypatch.setattr(sys, "argv", ["planner", *words])
    with pytest.raises(SystemExit) as leave:
        main()
    captured = capsys.readouterr()
    return Outcome(int(leave.value.code or 0), captured.out, captured.err)
