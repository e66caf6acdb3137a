"""Progress on stderr: a bar on a terminal, a line per 10 % elsewhere, nothing if quiet."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.batch.runner import BatchStep


@contextmanager
def block_progress(title: str, *, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A callback for (blocks done, blocks in all)."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(title) as callback:
            yield callback
    else:
        yield _tenths(title)


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _tenths(title: str) -> Callable[[int, int], None]:
    reported = 0

    def report(done: int, total: int) -> None:
        nonlocal reported
        tenth = 10 * done // total
        if tenth > reported:
            reported = tenth
            print(f"{title}: {10 * tenth} %", file=sys.stderr)

    return report


@contextmanager
def search_progress(*, quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """A callback for one-line notes of a search, shown on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("searching") as status:
        yield status.update


@contextmanager
def batch_progress(*, quiet: bool) -> Iterator[Callable[["BatchStep"], None] | None]:
    """A callback for the steps of a batch: blocks done, those found, failed ones and time left."""
    if quiet:
        yield None
    elif not sys.stderr.isatty():
        tenths = _tenths("blocks")
        yield lambda step: tenths(step.done + step.failed, max(1, step.of))
    else:
        with _batch_bar() as callback:
            yield callback


@contextmanager
def _batch_bar() -> Iterator[Callable[["BatchStep"], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    parts = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"),
             TimeElapsedColumn())  # fmt: skip
    with Progress(*parts, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("blocks", total=None, told="")

        def show(step: "BatchStep") -> None:
            told = f"{step.done:,} of {step.of:,}"
            told += f", {step.found:,} were there" if step.found else ""
            told += f", {step.failed:,} failed" if step.failed else ""
            if step.done + step.failed >= step.of:
                told += ", writing"
            elif step.seconds_left is not None:
                minutes, seconds = divmod(round(step.seconds_left), 60)
                told += f", {minutes}:{seconds:02d} left"
            progress.update(task, completed=step.done + step.failed, total=step.of, told=told)

        yield show
