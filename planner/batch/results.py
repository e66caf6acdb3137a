"""The table of a run: one row per point, analysis, truth and hypothesis, read from its blocks.

Tallies of blocks are added in the order of the blocks, so that a number does not depend on when
and where they were simulated.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.batch.identity import block_key, simulated_fingerprint
from planner.batch.points import Truth, truths
from planner.batch.schedule import PlannedPoint, Schedule
from planner.batch.store import Store
from planner.batch.task import decoded
from planner.operating.characteristics import MonteCarloEstimate, OperatingCharacteristics
from planner.operating.evaluate import Case, Simulation
from planner.operating.tally import Tally
from planner.plan.analysis import Posterior

MEASURES: Mapping[str, str] = {
    "success": "probability to show the hypothesis: power, or under its null type I error",
    "bias": "mean of estimate - truth",
    "empirical_se": "standard deviation of the estimates",
    "model_se": "root of the mean squared standard error",
    "rmse": "root of the mean squared error",
    "coverage": "share of intervals that cover the truth",
    "width": "geometric mean of the widths of intervals",
    "type_s": "share of significant estimates that have the wrong sign",
    "type_m": "mean size of significant estimates over the true size",
    "stop": "probability that the stop rule holds",
    "consider": "probability that neither go nor stop holds",
}
"""Measures of a hypothesis, each with its Monte-Carlo standard error in a column of its own."""
TRIAL: Mapping[str, str] = {
    "trial_success": "probability that the success rule of the plan holds",
    "any_rejected": "probability to show at least one hypothesis; under one null for all of them "
    "the familywise error",
    "all_rejected": "probability to show every hypothesis",
    "same_sign": "probability that both sexes' estimates have the sign of the overall effect",
    "consistent": "probability that both sexes' estimates are at least half of the overall one",
    "completers": "people observed in every period, mean",
}
"""Measures of a trial."""
ENDINGS = ("not_converged", "not_estimable", "imprecise")

Simulate = Callable[[str, tuple[int, int], Truth], tuple[bytes, str]]
"""Simulates (case, (block, trials), truth): the content of the block, or why it failed."""


@dataclass(frozen=True, slots=True)
class PointResult:
    """What is known of a point.

    Parameters
    ----------
    rows : of the table; empty if a block of the point failed.
    digest : SHA-256 of its blocks, in order.
    problems : blocks that failed, with the reason.
    failure_share : largest share of trials without a result under any truth and analysis.
    """

    planned: PlannedPoint
    rows: list[dict[str, Any]]
    digest: str
    problems: tuple[str, ...] = ()
    failure_share: float = 0.0
    n_subjects: int = 0


@dataclass(slots=True)
class Reading:
    """Reads tallies from a store; a block that is not there is simulated again.

    Parameters
    ----------
    simulate : what to do for a missing block.
    failed : (case, block) → reason of the blocks known to fail.
    """

    store: Store
    simulate: Simulate
    failed: dict[tuple[str, int], str] = field(default_factory=dict)

    def content(self, case: str, block: tuple[int, int], truth: Truth) -> bytes:
        """Content of a block; empty if it failed."""
        if (case, block[0]) in self.failed:
            return b""
        found = self.store.get(block_key(case, *block))
        if found is not None:
            return found
        content, problem = self.simulate(case, block, truth)
        if problem:
            self.failed[case, block[0]] = problem
        return content


def results(plan: Schedule, reading: Reading) -> Iterator[PointResult]:
    """What is known of every point, in order."""
    for planned in plan.points:
        yield _point_result(plan, planned, reading)


def _point_result(plan: Schedule, planned: PlannedPoint, reading: Reading) -> PointResult:
    scenario = plan.scenario(planned)
    groups = truths(scenario, plan.batch.truths)
    digest, problems = hashlib.sha256(), dict[str, None]()
    rows: list[dict[str, Any]] = []
    worst = 0.0
    for cases, group in zip(planned.cases, groups, strict=True):
        for case, truth in zip(cases, group, strict=True):
            total: Tally | None = None
            for block in plan.blocks:
                content = reading.content(case, block, truth)
                digest.update(content)
                if content:
                    part = decoded(content)
                    total = part if total is None else total + part
                else:
                    reason = reading.failed[case, block[0]]
                    problems[f"block {block[0]} under {truth.name}: {reason}"] = None
            if total is not None and not problems:
                found = Simulation(Case(truth.scenario, truth.n_subjects, truth.name))
                at = found.characteristics(total)
                worst = max(worst, at.failure_share)
                rows += _rows(planned, truth, at)
    n = groups[0][0].n_subjects
    kept = [] if problems else rows
    return PointResult(planned, kept, digest.hexdigest(), tuple(problems), worst, n)


def _rows(
    planned: PlannedPoint, truth: Truth, at: OperatingCharacteristics
) -> Iterator[dict[str, Any]]:
    """Rows of one analysis of a point under one truth."""
    head = {
        "point": planned.point.index,
        "case": planned.point.case,
        **planned.point.settings,
        "fingerprint": simulated_fingerprint(truth.scenario),
        "analysis": at.analysis,
        "bayesian": isinstance(truth.scenario.plan.analysis, Posterior),
        "n_subjects": truth.n_subjects,
    }
    tail: dict[str, Any] = {"n_trials": at.n_trials}
    for name in TRIAL:
        tail |= _pair(name, getattr(at, name))
    tail |= {name: at.ledger[name] for name in ENDINGS}
    tail["boundary_fits"] = at.boundary_fits
    for row in at.rows():
        if row["hypothesis"] in truth.hypotheses:
            named = {k: v for k, v in row.items() if k != "n"}
            yield head | named | tail


def _pair(name: str, estimate: MonteCarloEstimate | None) -> dict[str, float | None]:
    return {
        name: None if estimate is None else estimate.value,
        f"{name}_mcse": None if estimate is None else estimate.mcse,
    }
