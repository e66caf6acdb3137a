"""Three trials of a simulation to look at: a clear success, a clear failure and a borderline one.

They are taken from the first trials by a rule that looks at p and the decision alone, so that
nobody picks the ones that look well.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.operating.decide import BoolArray
from planner.operating.evaluate import Case, Simulation
from planner.operating.replay import ReplayedTrial, replay
from planner.rng import BLOCK_SIZE
from planner.scenario import Scenario
from planner.trials.moments import FloatArray

ExampleKind = Literal["clear success", "clear failure", "borderline"]
CLEAR = 10.0
"""p is clear if it is this many times below or above the level (but never above `HALF`)."""
HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ExampleTrial:
    """A trial of the simulation, chosen by a rule.

    Parameters
    ----------
    why : the rule that chose it, as a sentence.
    p_value : of the hypothesis; of a Bayesian analysis 1 − P(region | data).
    level : that p is compared with; of a posterior rule 1 − the probability it asks for.
    """

    kind: ExampleKind
    hypothesis: str
    why: str
    trial: ReplayedTrial
    p_value: float
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Up to three example trials.

    Parameters
    ----------
    missing : kind → why there is none, as a sentence.
    looked_at : first trials of the simulation that were looked at.
    """

    trials: tuple[ExampleTrial, ...]
    missing: dict[str, str]
    looked_at: int


def choose_examples(scenario: Scenario, hypothesis: str, n_subjects: int) -> Examples:
    """Example trials of `hypothesis` under the planning truth, from the first block of trials."""
    size = min(scenario.monte_carlo.n_trials, BLOCK_SIZE)
    simulation = Simulation(Case(scenario, n_subjects))
    _, batch = simulation.simulate(0, size)
    rule = simulation.rule
    h = rule.names.index(hypothesis)
    p, level = rule.p_values(batch)[:, h], float(rule.full_levels()[h])
    usable, shown = ~batch.failed & np.isfinite(p), rule.decide(batch).rejected[:, h]
    chosen = _choose(p, shown, usable, level)
    trials, missing = [], dict[str, str]()
    for kind, (trial, why) in chosen.items():
        if trial is None:
            missing[kind] = f"None of the first {size} trials {why}."
            continue
        told = f"Of the first {size} trials, {why}."
        shown_people = replay(scenario, n_subjects, trial)
        trials.append(ExampleTrial(kind, hypothesis, told, shown_people, float(p[trial]), level))
    return Examples(tuple(trials), missing, size)


def _choose(
    p: FloatArray, shown: BoolArray, usable: BoolArray, level: float
) -> dict[ExampleKind, tuple[int | None, str]]:
    """Trial of every kind and the rule that it meets, or None and the rule that none meets."""
    low, high = level / CLEAR, min(level * CLEAR, HALF)
    success, failure = usable & shown, usable & ~shown
    chosen: dict[ExampleKind, tuple[int | None, str]] = {
        "clear success": _first(
            success & (p <= low), success, p,
            (f"the first that succeeds with p at most a tenth of its level, {low:.3g}",
             "the success with the smallest p, as none has a tenth of its level",
             "succeeds"),
        ),
        "clear failure": _first(
            failure & (p >= high), failure, -p,
            (f"the first that fails with p at least {high:.3g}",
             f"the failure with the largest p, as none has {high:.3g}",
             "fails"),
        ),
    }  # fmt: skip
    near = usable & (p > low) & (p < high)
    near[[trial for trial, _ in chosen.values() if trial is not None]] = False
    return chosen | {"borderline": _closest(p, near, level)}


def _first(
    clear: BoolArray, of_kind: BoolArray, order: FloatArray, words: tuple[str, str, str]
) -> tuple[int | None, str]:
    """The first clear trial; without one the clearest of its kind; or none."""
    if clear.any():
        return int(np.argmax(clear)), words[0]
    if of_kind.any():
        return int(np.argmin(np.where(of_kind, order, np.inf))), words[1]
    return None, words[2]


def _closest(p: FloatArray, near: BoolArray, level: float) -> tuple[int | None, str]:
    if not near.any():
        return None, f"but those shown as clear has a p near its level, {level:.3g}"
    distance = np.where(near, np.abs(p - level), np.inf)
    return int(np.argmin(distance)), f"the one whose p is closest to its level, {level:.3g}"
