"""A worker process: a task a line on standard input, its blocks a line on standard output.

Its first line is the engine that it has. It ends at once when its parent does, whatever it does.
"""

import base64
import json
import os
import queue
import signal
import sys
import threading
from typing import IO

from planner.batch.identity import engine_identity
from planner.batch.task import run_task, task_from


def main() -> None:
    """Simulate task after task until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends this one
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    _answer(answers, engine_identity())
    while True:
        results = [
            [r.case, r.block, r.trials, base64.b64encode(r.tally).decode("ascii"), r.problem]
            for r in run_task(task_from(json.loads(lines.get())))
        ]
        _answer(answers, results)


def _listen(lines: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def _answer(answers: IO[str], content: object) -> None:
    try:
        answers.write(json.dumps(content) + "\n")
        answers.flush()
    except BrokenPipeError:  # the parent is gone
        os._exit(0)


if __name__ == "__main__":
    main()
