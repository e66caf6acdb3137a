"""``python -m planner.ui.installation_worker``: checks of the installation, in their own process.

One of the checks samples with PyMC, which the front end never loads. Every line of the output is
JSON: the name of the group that begins, or the group as it ended.
"""

import json
import os
import sys
import threading
from dataclasses import asdict
from typing import IO, Any


def main() -> None:
    """Run every group in turn, in one thread."""
    with os.fdopen(os.dup(1), "w") as out:
        os.dup2(2, 1)  # what libraries print goes to the log
        sys.stdout = sys.stderr
        threading.Thread(target=_end_with_parent, daemon=True).start()
        _check(out)


def _end_with_parent() -> None:
    """End once the input ends, which it does when the front end is gone."""
    sys.stdin.read()
    os._exit(1)


def _check(out: IO[str]) -> None:
    from planner.validation.groups import GROUPS, validate

    for name in GROUPS:
        _say(out, {"begins": name})
        for result in validate([name], workers=1).groups:
            _say(out, {"ended": asdict(result)})


def _say(out: IO[str], line: dict[str, Any]) -> None:
    out.write(f"{json.dumps(line)}\n")
    out.flush()


if __name__ == "__main__":
    main()
