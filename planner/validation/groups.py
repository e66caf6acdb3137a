"""The groups of checks, and running them: does this installation compute what others computed?"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from planner.errors import UnknownName
from planner.validation.check import Check
from planner.validation.installation import installed_versions, platform_in_words
from planner.validation.results import GroupResult, Validation
from planner.version import __version__


@dataclass(frozen=True, slots=True)
class Group:
    """A group of checks.

    Parameters
    ----------
    made_by : what computed or published the reference values.
    module : whose `checks` yields them.
    threaded : whether `checks` takes the number of threads.
    """

    title: str
    made_by: str
    module: str
    threaded: bool = False

    def checks(self, workers: int | None) -> Iterator[Check]:
        """The checks one by one, computed as they are asked for."""
        checks = import_module(self.module).checks
        found: Iterator[Check] = checks(workers) if self.threaded else checks()
        return found


GROUPS: Mapping[str, Group] = {
    "powertost": Group(
        "Exact power and size: paired, parallel, crossover and replicate designs",
        "PowerTOST 1.5-6 (R)",
        "planner.validation.powertost",
        threaded=True,
    ),
    "published": Group(
        "Published powers, sizes and variances, and known public errors",
        "papers, books, manuals and other programs",
        "planner.validation.published",
    ),
    "lme4": Group(
        "Mixed models by REML: Kenward-Roger and Satterthwaite",
        "lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2 (R)",
        "planner.validation.lme4",
    ),
    "carryover": Group(
        "Mixed models with carry-over terms",
        "lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2 (R)",
        "planner.validation.carryover",
    ),
    "prepost": Group(
        "Two-sample t test on differences between periods",
        "lm of R 4.2.2",
        "planner.validation.prepost",
    ),
    "pooling": Group(
        "Pooled priors and effective sample sizes",
        "RBesT (R)",
        "planner.validation.pooling",
    ),
    "posteriors": Group(
        "Posteriors of fixed data sets",
        "the same model sampled by NUTS (PyMC, nutpie)",
        "planner.validation.posteriors",
        threaded=True,
    ),
    "calibration": Group(
        "Error rates, coverage and ranks over simulated trials",
        "their nominal values and closed forms",
        "planner.validation.calibration",
        threaded=True,
    ),
}
"""Groups by name, in the order in which they are run."""


def validate(
    groups: Sequence[str] | None = None,
    *,
    workers: int | None = None,
    notify: Callable[[str], None] | None = None,
) -> Validation:
    """Compute every reference value that ships with the program, and compare.

    A group that ends in an error has failed and the others are run all the same.

    Parameters
    ----------
    groups : names in `GROUPS`; default all.
    workers : threads of simulations; no number depends on it.
    notify : receives a line when a group begins.

    Raises
    ------
    UnknownName : there is no such group.
    """
    names = list(dict.fromkeys(GROUPS if groups is None else groups))
    for name in names:
        if name not in GROUPS:
            raise UnknownName(f"{name!r} is not a group of checks; choose {', '.join(GROUPS)}")
    if not names:
        raise UnknownName(f"no group of checks is given; choose {', '.join(GROUPS)}")
    results = []
    for i, name in enumerate(names, 1):
        if notify:
            notify(f"checking {name} ({i} of {len(names)})")
        results.append(_run(name, GROUPS[name], workers))
    return Validation(tuple(results), __version__, installed_versions(), platform_in_words())


def _run(name: str, group: Group, workers: int | None) -> GroupResult:
    """A group to its end, or to the error that stops it."""
    begin, found, error = time.perf_counter(), list[Check](), ""
    try:
        for check in group.checks(workers):
            found.append(check)
    except Exception as stopped:  # noqa: BLE001 - a broken installation is what is looked for
        error = f"{type(stopped).__name__}: {stopped}"
    seconds = time.perf_counter() - begin
    return GroupResult(name, group.title, group.made_by, tuple(found), seconds, error)
