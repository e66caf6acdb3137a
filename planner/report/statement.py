"""The sample-size statement of a protocol: short and long form, as plain text and Markdown.

It follows DELTA2 (Cook et al. 2018, BMJ 363:k3750, 10.1136/bmj.k3750), SPIRIT 2025 item 19 and
item 7a of the CONSORT extension to crossover trials (Dwan et al. 2019, 10.1136/bmj.l4378). What the
scenario does not say is marked NOT STATED, with what to add.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.errors import UnknownName
from planner.plan.analysis import Posterior
from planner.report import sentences as say
from planner.report import statement_gaps as gap
from planner.report.basis import CORRELATION, EFFECT, LOSS, SD, SHARE, bases, value_at
from planner.report.planned_range import power_range
from planner.report.writing import Findings, Writing, in_words
from planner.search.sample_size import SizeSearch
from planner.words.prose import escaped, given, one_line, people

if TYPE_CHECKING:
    from planner.scenario import Scenario
    from planner.search.result import SampleSize


@dataclass(frozen=True, slots=True)
class Part:
    """Paragraphs, or the entries of a list, under a heading; none for the short form's text."""

    heading: str
    lines: tuple[str, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in parts.

    Parameters
    ----------
    gaps : what is not stated → what to add.
    """

    title: str
    parts: tuple[Part, ...]
    gaps: dict[str, str]

    def text(self) -> str:
        """Plain text; paragraphs are not wrapped."""
        blocks = [self.title] if self.title else []
        for part in self.parts:
            blocks += [part.heading] if part.heading else []
            blocks += ["\n".join(_marked(part, one_line))] if part.mark else part.lines
        return "\n\n".join(map(str.strip, blocks)) + "\n"

    def markdown(self) -> str:
        """Markdown (CommonMark) in which whatever the scenario says stays text."""
        blocks = [f"# {escaped(self.title)}"] if self.title else []
        for part in self.parts:
            blocks += [f"## {part.heading}"] if part.heading else []
            blocks += (
                ["\n".join(_marked(part, escaped))]
                if part.mark
                else [escaped(line) for line in part.lines]
            )
        return "\n\n".join(blocks) + "\n"


def _marked(part: Part, shown: Any) -> list[str]:
    marks = (
        (f"{i}. " for i in range(1, len(part.lines) + 1))
        if part.mark == "1."
        else ("- " for _ in part.lines)
    )
    return [f"{mark}{shown(line)}" for mark, line in zip(marks, part.lines, strict=True)]


def find_size(
    scenario: "Scenario", hypothesis: str | None = None, *, workers: int | None = None
) -> "SampleSize":
    """The sample size that a statement is about: for the plan's first power target.

    Parameters
    ----------
    hypothesis : its name; default the first.

    Raises
    ------
    UnknownName : the plan has no such hypothesis.
    """
    names = scenario.plan.hypothesis_names
    name = hypothesis or names[0]
    if name not in names:
        raise UnknownName(f"{name!r} is not a hypothesis of the plan; choose {', '.join(names)}")
    return SizeSearch(scenario, workers).find(name, scenario.plan.power_targets[0])


def findings(scenario: "Scenario", answer: "SampleSize", *, workers: int | None = None) -> Findings:
    """A size and what else a statement needs: power over the ranges of the evidence, simulated."""
    span = power_range(scenario, answer.hypothesis, answer.n_randomised, workers=workers)
    return Findings(scenario, answer, span)


def statement(found: Findings, *, long: bool = False) -> Statement:
    """The statement of what was found."""
    w = Writing(found)
    parts = long_form(w) if long else short_form(w)
    title = one_line(found.scenario.label) if long else ""
    sources = Part("Sources", w.listed(), "1.")
    gaps = Part("Not stated", tuple(f"{k}: {v}." for k, v in w.gaps.items()), "-")
    filled = [part for part in (*parts, sources, gaps) if part.lines]
    return Statement(title, tuple(filled), dict(w.gaps))


def short_form(w: Writing) -> list[Part]:
    """One paragraph."""
    said = (
        say.participants(w), say.outcome(w), say.loss(w), say.power(w),
        say.importance(w, brief=True), say.false_claims(w), say.over_ranges(w), say.sexes(w),
        say.made_with(w),
    )  # fmt: skip
    return [Part("", (" ".join(sentence for sentence in said if sentence),))]


def long_form(w: Writing) -> list[Part]:
    """A paragraph per subject, then the basis of every number."""
    subjects = {
        "Participants": [say.participants(w), say.loss(w)],
        "Outcome and target difference": [say.outcome(w), say.importance(w)],
        "Power": [say.power(w), say.correlation(w), say.false_claims(w), say.multiplicity(w)],
        "Plausible deviations": [say.over_ranges(w), say.sizes_over_ranges(w)],
        "Women and men": [say.sexes(w)],
        "Analysis prior": [_prior(w)],
        "How the number came about": [_rounding(w)],
        "Computation": [_computation(w), say.made_with(w)],
    }
    parts = [
        Part(heading, (" ".join(filter(None, said)),))
        for heading, said in subjects.items()
        if any(said)
    ]
    return [*parts, Part("Basis of the numbers", _details(w), "-")]


def _prior(w: Writing) -> str:
    analysis = w.found.scenario.plan.analysis
    if not isinstance(analysis, Posterior):
        return ""
    priors = analysis.priors
    reason = w.told(w.found.scenario.protocol.analysis_prior, gap.PRIOR)
    return (
        f"Effect: {in_words(priors.effect)}. Sexes: {in_words(priors.sexes)}. SD within "
        f"participants: {in_words(priors.sd_within)}. SD between participants: "
        f"{in_words(priors.sd_between)}. {reason}"
    )


def _rounding(w: Writing) -> str:
    ledger, answer = w.found.answer.ledger, w.found.answer
    if answer.status != "found":
        return ""
    steps = [] if ledger.formula is None else [f"{ledger.formula:.1f} by the closed form"]
    steps += [] if ledger.whole is None else [f"{people(ledger.whole)} as whole people"]
    steps.append(f"{people(ledger.balanced)} balanced and confirmed by simulation")
    if ledger.inflated != ledger.balanced:
        steps.append(f"{people(ledger.inflated)} so that as many complete on average")
    if answer.n_randomised != ledger.inflated:
        steps.append(f"{people(answer.n_randomised)} to reach the target with the assumed loss")
    return f"{'; '.join(steps)}."


def _computation(w: Writing) -> str:
    scenario, trial = w.found.scenario, w.found.answer.trial
    settings = scenario.monte_carlo
    return (
        f"{people(settings.n_trials)} simulated trials per size and truth, seed {settings.seed}, "
        f"drawn as {settings.draw}; {people(trial.failures)} of them at the size found could not "
        f"be analysed and count as no success. Fingerprint {scenario.fingerprint()}."
    )


def _details(w: Writing) -> tuple[str, ...]:
    plain = w.found.scenario.plain(full=True)
    lines = []
    for basis in bases(w.found.scenario, (*EFFECT, *SD, *CORRELATION, *LOSS, *SHARE)):
        value = value_at(plain, basis.path)
        shown = given(value) if isinstance(value, float) else "not used"
        said = w.named(basis.detail()) or w.missing(gap.without_source(basis.path))
        lines.append(f"{basis.path} = {shown}, {basis.flag or 'no flag'}: {said}.")
    return tuple(lines)
