"""Section R42: how the level is shared between hypotheses."""

from planner.plan.decision import (
    Fallback,
    FixedSequence,
    Graph,
    Holm,
    Multiplicity,
    NoMultiplicity,
    as_graph,
    needs_all,
)
from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.model import Block, Paragraph, Table
from planner.words.hypotheses import hypothesis_label, planned_level
from planner.words.prose import given, joined, one_line, planned_percent, with_error


def multiplicity(author: Author) -> list[Block]:
    """The procedure in words and numbers, and the familywise error that it gives."""
    plan = author.scenario.plan
    if len(plan.hypotheses) == 1:
        return [Paragraph(text="One hypothesis is tested; nothing is to be adjusted for.")]
    if isinstance(plan.multiplicity, NoMultiplicity):
        return [*_unadjusted(author), Paragraph(text=_familywise(author))]
    return [
        Paragraph(text=_procedure(author, plan.multiplicity)),
        _graph(author),
        Paragraph(text=_familywise(author)),
    ]


def _names(names: tuple[str, ...]) -> str:
    return joined([one_line(hypothesis_label(name)) for name in names])


def _unadjusted(author: Author) -> list[Block]:
    plan = author.scenario.plan
    levels = joined([_level(author, name) for name in plan.hypothesis_names])
    text = f"Every hypothesis has its own level ({levels}); they are not adjusted for each other. "
    needed = needs_all(plan.success_rule)
    if needed is None:
        return [
            Paragraph(
                text=f"{text}The success rule can be met in more than one way, so its error can "
                "exceed the level of one test."
            ),
        ]
    rest = tuple(name for name in plan.hypothesis_names if name not in needed)
    if len(needed) == 1:
        text += (
            f"The success of the trial rests on {_names(needed)} alone, so one test decides it "
            "and its level needs no adjustment. "
        )
    else:
        text += (
            f"Success needs all of {_names(needed)}, each at its full level; the probability that "
            "all are shown falsely is at most the largest of these levels. "
        )
    if rest:
        text += (
            f"{_names(rest)[0].upper() + _names(rest)[1:]} are estimated beside it; without an "
            "adjustment their tests support no confirmatory claim."
        )
    return [Paragraph(text=text.strip())]


def _level(author: Author, name: str) -> str:
    level = planned_percent(planned_level(author.scenario, name))
    return f"{one_line(hypothesis_label(name))} {level}"


def _procedure(author: Author, procedure: Multiplicity) -> str:
    names = author.scenario.plan.hypothesis_names
    match procedure:
        case FixedSequence():
            order = " → ".join(one_line(hypothesis_label(n)) for n in procedure.order or names)
            words = (
                f"Fixed sequence: hypotheses are tested in the order {order}, each at its full "
                "level; testing stops at the first that is not shown."
            )
        case Holm():
            words = (
                "Holm's step-down procedure: every hypothesis starts with an equal share of the "
                f"level and passes it on in equal parts once shown {author.cite(of.HOLM)}."
            )
        case Fallback():
            words = (
                "Fallback procedure: every hypothesis has its share of the level and inherits the "
                f"share of the one before it once that is shown {author.cite(of.WIENS_DMITRIENKO)}."
            )
        case Graph():
            words = (
                "Graphical procedure: every hypothesis has its share of the level and passes it on "
                "to others, in the given parts, once shown."
            )
        case NoMultiplicity():
            words = "Hypotheses are not adjusted for each other."
    return (
        f"{words} All such procedures are graphs of weights and transitions "
        f"{author.cite(of.BRETZ)}: a hypothesis is shown if its p value is at most its current "
        "weight times its own level. In a Bayesian analysis 1 − P(claim | data) takes the place of "
        "the p value."
    )


def _graph(author: Author) -> Table:
    plan = author.scenario.plan
    names = plan.hypothesis_names
    weights, transitions = as_graph(plan.multiplicity, names)
    rows = []
    for i, name in enumerate(names):
        passed = [
            f"{given(float(share))} to {one_line(hypothesis_label(names[j]))}"
            for j, share in enumerate(transitions[i])
            if share > 0
        ]
        level = planned_percent(planned_level(author.scenario, name))
        label = one_line(hypothesis_label(name))
        rows.append((label, level, given(float(weights[i])), "; ".join(passed) or "nothing"))
    return Table(
        caption="Multiplicity procedure: initial weights and what is passed on.",
        columns=("Hypothesis", "Level", "Initial weight", "Passes on, once shown"),
        rows=tuple(rows),
        right=(1, 2),
        widths=(1.2, 0.8, 0.9, 2.6),
        note="Weights are shares of the level, transitions shares of the weight.",
    )


def _familywise(author: Author) -> str:
    found = author.results.power.familywise_error
    if found is None:
        return (
            "The nulls of these hypotheses cannot all be at their edge in one truth, so no single "
            "familywise error is simulated; see the type I error of each."
        )
    return (
        "Where no hypothesis is true, the simulated probability of at least one claim is "
        f"{with_error(found)}."
    )
