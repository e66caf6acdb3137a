"""What a trial can say of women and men: the questions, and what it would conclude.

Four questions hang together: is there an effect overall, in women, in men, and is it different
between them? A test that succeeds in one sex and not in the other answers none of them; only the
test of the difference compares the sexes (Brookes et al. 2004, J Clin Epidemiol 57:229,
10.1016/j.jclinepi.2003.08.009; Gelman & Stern 2006, Am Stat 60:328, 10.1198/000313006X152649).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.engines.closed_form import ClosedForm
from planner.engines.protocol import AnalysisBatch
from planner.errors import InvalidInput
from planner.operating.characteristics import MonteCarloEstimate, proportion
from planner.operating.decide import Decisions
from planner.operating.evaluate import Case, Simulation
from planner.plan.analysis import Posterior
from planner.plan.decision import NoMultiplicity
from planner.plan.hypothesis import (
    FreeContrast,
    Hypothesis,
    Objective,
    SexContrast,
    TwoSided,
    one_sided_level,
)
from planner.rng import block_sizes
from planner.scenario import Scenario
from planner.trials.moments import FloatArray, IntArray

SEX_CONTRASTS: tuple[SexContrast, ...] = ("overall", "female", "male", "interaction")
SHOWN = ("neither", "female", "male", "both")
"""In which sex an effect is shown: rows of a `SexTable`."""
DIFFERENCE = ("not shown", "female above male", "male above female")
"""What is concluded of the difference: columns of a `SexTable`."""
SHARES = tuple(round(0.2 + 0.02 * k, 2) for k in range(31))
"""Shares of women along a curve of power."""


@dataclass(frozen=True, slots=True)
class SexQuestions:
    """A plan that asks all four questions, of one comparison of treatments.

    Parameters
    ----------
    scenario : the scenario itself where its plan asks them all, else a copy that does.
    overall, female, male, interaction : names of the hypotheses.
    added : contrasts that the scenario's own plan does not test.
    changes : what makes the copy: dotted path → plain value; empty if nothing was added.
    """

    scenario: Scenario
    overall: str
    female: str
    male: str
    interaction: str
    added: tuple[SexContrast, ...]
    changes: Mapping[str, Any]

    @property
    def names(self) -> tuple[str, str, str, str]:
        """In the order of `SEX_CONTRASTS`."""
        return self.overall, self.female, self.male, self.interaction

    @property
    def columns(self) -> tuple[int, int, int, int]:
        """Places of the four hypotheses in the plan."""
        overall, female, male, interaction = map(
            self.scenario.plan.hypothesis_names.index, self.names
        )
        return overall, female, male, interaction


def sex_questions(scenario: Scenario, hypothesis: str) -> SexQuestions:
    """The four questions about the comparison of treatments in `hypothesis`.

    A plan that tests all four is left as it is. Otherwise a copy tests these four alone, each at
    its own level: the overall effect and the sexes with one objective, the difference two-sided
    at the same level of either tail.

    Raises
    ------
    InvalidInput : the sexes are not distinguished, or have one effect by assumption.
    """
    _require_sexes(scenario)
    plan, treatments = scenario.plan, scenario.plan.design.treatments
    asked = next(h for h in plan.hypotheses if h.name == hypothesis)
    weights = asked.treatment_weights(treatments)
    found: dict[SexContrast, Hypothesis] = {}
    for h in plan.hypotheses:
        if np.array_equal(h.treatment_weights(treatments), weights):
            found.setdefault(h.sex, h)
    added = tuple(contrast for contrast in SEX_CONTRASTS if contrast not in found)
    model = next((h for c, h in found.items() if c != "interaction"), asked)
    four = [found.get(c) or _hypothesis(c, model) for c in SEX_CONTRASTS]
    overall, female, male, interaction = (h.name for h in four)
    changes = _changes(scenario, four) if added or not scenario.by_sex else {}
    asking = scenario.with_changes(changes) if changes else scenario
    return SexQuestions(asking, overall, female, male, interaction, added, changes)


def _require_sexes(scenario: Scenario) -> None:
    if scenario.truth.female_share is None:
        raise InvalidInput(
            "truth.female_share is missing, so women and men are not told apart; give the planned "
            "share of women",
            key="truth.female_share",
        )
    analysis = scenario.plan.analysis
    if isinstance(analysis, Posterior) and analysis.priors.one_effect:
        raise InvalidInput(
            "the analysis prior gives both sexes one effect, so the data cannot show a "
            "difference between them; make the sexes independent or exchangeable",
            key="plan.analysis.priors.sexes",
        )


def _hypothesis(contrast: SexContrast, model: Hypothesis) -> Hypothesis:
    """A hypothesis about the treatments and with the objective of another one."""
    objective: Objective = model.objective
    if contrast == "interaction" and not isinstance(objective, TwoSided):
        objective = TwoSided(alpha=2 * one_sided_level(objective))
    place: SexContrast | FreeContrast = contrast
    if isinstance(model.contrast, FreeContrast):
        place = model.contrast.model_copy(update={"sex": contrast})
    update = {"name": contrast, "contrast": place, "objective": objective}
    return model.model_copy(update=update)


def _changes(scenario: Scenario, four: Sequence[Hypothesis]) -> dict[str, Any]:
    plan = scenario.plan
    changes: dict[str, Any] = {"plan.hypotheses": [h.plain(full=True) for h in four]}
    if not isinstance(plan.multiplicity, NoMultiplicity):
        changes["plan.multiplicity"] = {"kind": "none"}
    if plan.success:
        changes["plan.success"] = four[0].name
    if not scenario.by_sex:
        changes["plan.analysis.by_sex"] = True
    if any(other.by_sex is False for other in plan.other_analyses):
        changes["plan.other_analyses"] = []
    return changes


@dataclass(frozen=True, slots=True, eq=False)
class SexTable:
    """What simulated trials conclude of women and men.

    Parameters
    ----------
    counts : trials, axes […, 4, 3]: `SHOWN` × `DIFFERENCE`. Failed trials show nothing.
    n_trials : simulated trials per table.
    """

    counts: IntArray
    n_trials: int

    def shown(self, *where: str) -> MonteCarloEstimate:
        """Probability that an effect is shown in one of these: entries of `SHOWN`."""
        rows = [SHOWN.index(name) for name in where]
        return self._share(self.counts[..., rows, :])

    @property
    def only_one_sex(self) -> MonteCarloEstimate:
        """Probability of success in one sex and not in the other, whatever their difference."""
        return self.shown("female", "male")

    @property
    def difference(self) -> MonteCarloEstimate:
        """Probability that a difference between the sexes is shown."""
        return self._share(self.counts[..., 1:])

    def difference_of(self, direction: str) -> MonteCarloEstimate:
        """Probability that a difference of one direction is shown: an entry of `DIFFERENCE`."""
        return self._share(self.counts[..., DIFFERENCE.index(direction)])

    def cell(self, shown: str, difference: str) -> MonteCarloEstimate:
        """Probability of one cell of the table."""
        return self._share(self.counts[..., SHOWN.index(shown), DIFFERENCE.index(difference)])

    def _share(self, counts: IntArray) -> MonteCarloEstimate:
        return proportion(int(counts.sum()), self.n_trials)


def count_conclusions(
    questions: SexQuestions, batch: AnalysisBatch, decisions: Decisions
) -> IntArray:
    """Trials of a block by conclusion, [4, 3]."""
    _, female, male, interaction = questions.columns
    rejected = decisions.rejected
    shown = rejected[:, female] + 2 * rejected[:, male]
    side = np.where(batch.estimate[:, interaction] < 0, 1, 2)
    difference = np.where(rejected[:, interaction], side, 0)
    places = shown * len(DIFFERENCE) + difference
    size = len(SHOWN) * len(DIFFERENCE)
    return np.bincount(places, minlength=size).reshape(len(SHOWN), len(DIFFERENCE))


def simulated_blocks(
    questions: SexQuestions, n_subjects: int, n_trials: int
) -> Iterator[tuple[Simulation, AnalysisBatch]]:
    """The trials that a simulation of the questions sees, block by block."""
    simulation = Simulation(Case(questions.scenario, n_subjects))
    for block, size in enumerate(block_sizes(n_trials)):
        yield simulation, simulation.simulate(block, size)[1]


def sex_conclusions(questions: SexQuestions, n_subjects: int) -> SexTable:
    """What the plan concludes with `n_subjects` under the truth in hand; of the trials of `power`.

    Raises
    ------
    InvalidInput : too few people to estimate every hypothesis.
    """
    n_trials = questions.scenario.monte_carlo.n_trials
    counts = np.zeros((len(SHOWN), len(DIFFERENCE)), dtype=np.int64)
    for simulation, batch in simulated_blocks(questions, n_subjects, n_trials):
        counts += count_conclusions(questions, batch, simulation.rule.decide(batch))
    return SexTable(counts, n_trials)


def power_by_share(
    questions: SexQuestions, n_subjects: int, shares: Sequence[float]
) -> NDArray[np.float64]:
    """Closed-form power of the four questions against the share of women, axes [S, 4].

    Of the test with the same likelihood where the rule is Bayesian, each at its own level. The
    effects in women and in men stay as they are, so the overall effect moves with the share; NaN
    where there are too few of one sex.
    """
    columns = list(questions.columns)
    rows: list[FloatArray] = []
    for share in shares:
        moved = questions.scenario.with_changes({"truth.female_share": share})
        power = ClosedForm(moved).power(n_subjects)
        rows.append(np.full(4, np.nan) if power is None else power[columns])
    return np.array(rows)


def moved(batch: AnalysisBatch, shift: FloatArray) -> AnalysisBatch:
    """The batch as it would be had the contrasts been larger by `shift`, [H].

    Exact for least squares and REML with one treatment effect per sex: a change of those effects
    lies in the column space of the model, so it moves the estimates and nothing else.
    """
    return replace(batch, estimate=batch.estimate + shift)
