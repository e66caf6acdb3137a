"""Compiled kernels are kept, and given up as soon as any source beside them changes."""

import subprocess
import sys
from pathlib import Path

CALLED = "from planner.compiled import kernel\n\n@kernel\ndef inner(x):\n    return x + {}\n"
CALLER = (
    "from planner.compiled import kernel\nfrom room.inner import inner\n\n"
    "@kernel\ndef outer(x):\n    return inner(x)\n"
)
RUN = "from room.outer import outer\nprint(outer(1.0), sum(outer.stats.cache_hits.values()))"


def run(folder: Path) -> tuple[float, int]:
    """What the caller returns in a new process, and how often its cache was hit."""
    words = [sys.executable, "-c", RUN]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    value, hits = done.stdout.split()
    return float(value), int(hits)


def test_a_change_in_a_called_kernel_reaches_its_caller(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (room / "__init__.py").touch()
    (room / "inner.py").write_text(CALLED.format("1.0"))
    (room / "outer.py").write_text(CALLER)
    assert run(tmp_path) == (2.0, 0)
    assert run(tmp_path) == (2.0, 1)
    (room / "inner.py").write_text(CALLED.format("5.0"))
    assert run(tmp_path) == (6.0, 0)
