"""A statement being written: it numbers its sources and takes down what the scenario leaves out."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planner.plan.analysis import Posterior
from planner.plan.hypothesis import FreeContrast, Hypothesis, PosteriorRule
from planner.report.basis import bases
from planner.report.quoted import with_references, with_studies
from planner.report.statement_gaps import SOURCES, statement_gaps, without_source
from planner.words.hypotheses import weighted_sum
from planner.words.prose import given, joined, one_line

if TYPE_CHECKING:
    from planner.report.basis import Basis
    from planner.report.planned_range import PowerRange
    from planner.scenario import Scenario
    from planner.search.result import SampleSize
    from planner.spec import Spec


@dataclass(frozen=True, slots=True)
class Findings:
    """A scenario with the results that a statement is about.

    Parameters
    ----------
    answer : sample size of one hypothesis.
    span : power over the ranges of the evidence, if the scenario cites any.
    """

    scenario: "Scenario"
    answer: "SampleSize"
    span: "PowerRange | None"

    @property
    def hypothesis(self) -> Hypothesis:
        """The hypothesis whose size was found."""
        return next(h for h in self.scenario.plan.hypotheses if h.name == self.answer.hypothesis)

    @property
    def crossover(self) -> bool:
        """Whether people have more than one period."""
        return self.scenario.plan.design.n_periods > 1

    @property
    def bayesian(self) -> bool:
        """Whether posterior probabilities decide."""
        return isinstance(self.scenario.plan.analysis, Posterior)

    @property
    def log_scale(self) -> bool:
        """Whether effects are ratios."""
        return self.scenario.truth.endpoint.scale == "log"


@dataclass(slots=True)
class Writing:
    """Sources by first mention with their entries, and gaps: what is not stated → what to add.

    Parameters
    ----------
    order : sources as they are numbered; a report gives its own list of references.
    gaps : those that were marked, of all that the scenario leaves (`statement_gaps`).
    """

    found: Findings
    order: list[str] = field(default_factory=list)
    sources: dict[str, list[str]] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    _open: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._open = {gap.what: gap.add for gap in statement_gaps(self.found.scenario)}

    def missing(self, what: str) -> str:
        """The mark of a gap that the scenario leaves, which is taken down; else empty."""
        if what not in self._open:
            return ""
        self.gaps[what] = self._open[what]
        return f"[NOT STATED: {what}]"

    def told(self, text: str, what: str) -> str:
        """A text of the protocol as one sentence or more, or the mark of the gap that it leaves."""
        said = with_references(one_line(text), self._cite) or self.missing(what)
        return said if said.endswith((".", "!", "?")) else f"{said}."

    def named(self, text: str) -> str:
        """A reason of the library, whose ids of studies become names with references."""
        return with_studies(text, self._cite)

    def cited(self, what: str) -> str:
        """How far a number of `SOURCES` can be trusted, with the numbers of its sources."""
        found = bases(self.found.scenario, SOURCES[what])
        flags = list(dict.fromkeys(b.flag for b in found if b.flag))
        numbers = sorted({self._number(b) for b in found if b.has_source})
        parts = [joined(flags)] if flags else []
        if numbers:
            return " ".join([*parts, f"[{', '.join(map(str, numbers))}]"])
        return "; ".join([*parts, self.missing(without_source(what))])

    def _number(self, basis: "Basis") -> int:
        """Place of a source in the list; takes down which of its entries is cited."""
        entries = self.sources.setdefault(basis.source(), [])
        if basis.entry is not None and basis.entry.reference not in entries:
            entries.append(basis.entry.reference)
        return self._numbered(basis.source())

    def _cite(self, source: str) -> str:
        self.sources.setdefault(source, [])
        return f"[{self._numbered(source)}]"

    def _numbered(self, source: str) -> int:
        if source not in self.order:
            self.order.append(source)
        return self.order.index(source) + 1

    def listed(self) -> tuple[str, ...]:
        """The sources in full."""
        return tuple(
            f"{source}; library: {', '.join(entries)}." if entries else f"{source}."
            for source, entries in self.sources.items()
        )


def compared(found: Findings) -> str:
    """The treatments of the hypothesis: test minus (or divided by) reference."""
    hypothesis, plan = found.hypothesis, found.scenario.plan
    if isinstance(hypothesis.contrast, FreeContrast):
        weights = hypothesis.contrast.weights.items()
        terms = [(one_line(plan.label(letter)), weight) for letter, weight in weights]
        return weighted_sum(terms, logarithms=found.log_scale)
    letters = plan.design.treatments
    test, reference = hypothesis.test or letters[1], hypothesis.reference or letters[0]
    sign = "divided by" if found.log_scale else "minus"
    return f"{one_line(plan.label(test))} {sign} {one_line(plan.label(reference))}"


def rule(found: Findings) -> str:
    """What shows the hypothesis, as an adverbial: ``at one-sided α = 0.025``."""
    objective = found.hypothesis.objective
    if isinstance(objective, PosteriorRule):
        held = " and ".join(_criterion(c.above, c.below, c.probability) for c in objective.go)
        return f"with the rule {held}"
    alpha = getattr(objective, "one_sided_alpha", None)
    if found.bayesian:
        level = alpha if alpha is not None else getattr(objective, "alpha", 0.0) / 2
        return f"with the rule P(effect as claimed | data) ≥ {given(1 - level)}"
    if alpha is None:
        return f"at two-sided α = {given(getattr(objective, 'alpha', 0.0))}"
    both = " in each of two tests" if objective.kind == "equivalence" else ""
    return f"at one-sided α = {given(alpha)}{both}"


def _criterion(above: float | None, below: float | None, probability: float) -> str:
    low = "" if above is None else f"{given(above)} < "
    high = "" if below is None else f" < {given(below)}"
    return f"P({low}effect{high} | data) ≥ {given(probability)}"


def in_words(spec: "Spec") -> str:
    """A distribution or other specification: its kind, then its values."""
    return _words(spec.plain(full=True))


def _words(plain: Any) -> str:
    if isinstance(plain, dict):
        rest = ", ".join(f"{k.replace('_', ' ')} {_words(v)}" for k, v in plain.items()
                         if k != "kind")  # fmt: skip
        kind = str(plain.get("kind", ""))
        return f"{kind} ({rest})".strip() if rest else kind
    if isinstance(plain, list):
        return ", ".join(map(_words, plain))
    return given(plain) if isinstance(plain, float) else one_line(str(plain))
