"""A worker process: a task a line on standard input, its blocks a line on standard output."""

import base64
import json
import os
import signal
import sys

from planner.batch.task import run_task, task_from


def main() -> None:
    """Simulate task after task until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends this one
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    for line in sys.stdin:
        results = [
            [r.case, r.block, r.trials, base64.b64encode(r.tally).decode("ascii"), r.problem]
            for r in run_task(task_from(json.loads(line)))
        ]
        answers.write(json.dumps(results) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
