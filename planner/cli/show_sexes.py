"""What ``planner sexes`` prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.cli import payload, show_sex_map
from planner.cli.show_size import oracle_text, title
from planner.cli.tables import Column, grouped, render, wrap
from planner.operating.characteristics import OperatingCharacteristics
from planner.operating.sex_estimates import SexEstimates
from planner.operating.sex_questions import SexQuestions, SexTable
from planner.scenario import Scenario
from planner.search.sex_map import SexMap
from planner.words.conclusions import NOT_A_DIFFERENCE, QUESTIONS


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Everything that ``planner sexes`` was asked.

    Parameters
    ----------
    questions : those of the scenario, or of a copy of it that asks them all.
    tau_scale : scale of the prior of τ behind the shrunken estimates.
    estimates : of one simulated trial; None where `no_estimates` says why there are none.
    map : None if it was not asked for.
    by_share : closed-form power of the four questions by the share of women, if asked for.
    """

    scenario: Scenario
    questions: SexQuestions
    characteristics: OperatingCharacteristics
    conclusions: SexTable
    tau_scale: float
    estimates: SexEstimates | None
    no_estimates: str
    map: SexMap | None
    by_share: Mapping[float, Sequence[float]] | None


def text(answers: Answers) -> str:
    """Questions, conclusions, one trial and what else was asked for."""
    asked, n = answers.questions, answers.characteristics.n_subjects
    parts = [
        title(answers.scenario),
        *_added(asked),
        f"\n{wrap(f'With N = {grouped(n)}, simulated power of each question at its own level:')}",
        _questions(answers),
        "\n" + wrap(_together(answers)),
        f"\n{wrap('One simulated trial:')}",
        _estimates(answers),
    ]
    if answers.map:
        parts += ["", show_sex_map.text(answers.map, answers.conclusions)]
    if answers.by_share:
        parts += ["", _by_share(answers.by_share)]
    return "\n".join(parts)


def _added(asked: SexQuestions) -> list[str]:
    if not asked.changes:
        return []
    words = dict(zip(asked.names, QUESTIONS, strict=True))
    named = ", ".join(words.get(name, name) for name in asked.added)
    what = f"does not test {named}" if named else "is not analysed by sex"
    return [wrap(f"The plan {what}; a copy of it asks all four questions, each at its own level.")]


def _questions(answers: Answers) -> str:
    asked, found = answers.questions, answers.characteristics
    rows = [found[name] for name in asked.names]
    endpoint = asked.scenario.truth.endpoint
    columns = [
        Column("question", QUESTIONS, left=True),
        Column("hypothesis", [r.hypothesis for r in rows], rank=2, left=True),
        Column("effect", [f"{endpoint.to_natural(r.effect):.2f}" for r in rows]),
        Column("simulated power", [str(r.success) for r in rows]),
        Column("closed form", [oracle_text(r.oracle) for r in rows], rank=3),
    ]
    if endpoint.scale != "log":
        reach = [f"{r.width.value / 2:.2f}" for r in rows]
        columns.append(Column("estimated to ±", reach, rank=1))
    return render(columns)


def _together(answers: Answers) -> str:
    table, found = answers.conclusions, answers.characteristics
    return (
        f"Both sexes {table.shown('both')}, exactly one sex {table.only_one_sex}, same direction "
        f"{found.same_sign}, each at least half of the overall estimate (ICH E17) "
        f"{found.consistent}; simulated. {NOT_A_DIFFERENCE}"
    )


def _estimates(answers: Answers) -> str:
    found = answers.estimates
    if found is None:
        return wrap(answers.no_estimates)
    natural = answers.questions.scenario.truth.endpoint.to_natural

    def interval(row: Sequence[float]) -> str:
        estimate, lower, upper = (f"{natural(float(value)):.2f}" for value in row)
        return f"{estimate} ({lower} to {upper})"

    columns = [
        Column("question", QUESTIONS, left=True),
        Column("truth", [f"{natural(float(value)):.2f}" for value in found.truth], rank=2),
        Column("separate", [interval(row) for row in found.separate]),
        Column("shown", ["yes" if shown else "no" for shown in found.shown], rank=1),
        Column("shrunken", [interval(row) for row in found.shrunken]),
    ]
    note = (
        f"Trial {found.trial}, with {found.women} women and {found.men} men. Separate: estimates "
        "and intervals of the test. Shrunken: posterior means and intervals under exchangeable "
        f"sexes, τ half-normal with scale {answers.tau_scale:.15g}."
    )
    return f"{render(columns)}\n\n{wrap(note)}"


def _by_share(by_share: Mapping[float, Sequence[float]]) -> str:
    columns = [Column("women, %", [f"{100 * share:.0f}" for share in by_share])]
    for k, question in enumerate(QUESTIONS):
        columns.append(Column(question, [f"{100 * power[k]:.1f}" for power in by_share.values()]))
    lead = wrap("Power in % by the share of women, by the formula, each at its own level:")
    return f"{lead}\n{render(columns)}"


def data(answers: Answers) -> dict[str, Any]:
    """The object of ``planner sexes --json`` below its heading."""
    asked, found, table = answers.questions, answers.characteristics, answers.conclusions
    estimate = payload.estimate
    return {
        "n": found.n_subjects,
        "added": list(asked.added),
        "questions": [_row(asked, found, k) for k in range(len(QUESTIONS))],
        "both_sexes": estimate(table.shown("both")),
        "exactly_one_sex": estimate(table.only_one_sex),
        "same_direction": estimate(found.same_sign),
        "consistent": estimate(found.consistent),
        "conclusions": show_sex_map.conclusions(table),
        "tau_scale": answers.tau_scale,
        "trial": _trial(answers),
        "no_estimates": answers.no_estimates or None,
        "map": show_sex_map.data(answers.map) if answers.map else None,
        "by_share": None
        if answers.by_share is None
        else [
            {"female_share": share, "power": dict(zip(QUESTIONS, power, strict=True))}
            for share, power in answers.by_share.items()
        ],
    }


def _row(asked: SexQuestions, found: OperatingCharacteristics, k: int) -> dict[str, Any]:
    r = found[asked.names[k]]
    return {
        "question": QUESTIONS[k],
        "hypothesis": r.hypothesis,
        "effect": asked.scenario.truth.endpoint.to_natural(r.effect),
        "power": payload.estimate(r.success),
        "closed_form": payload.oracle(r.oracle),
        "width": payload.estimate(r.width),
    }


def _trial(answers: Answers) -> dict[str, Any] | None:
    """Estimates on the natural scale."""
    found = answers.estimates
    if found is None:
        return None
    natural = answers.questions.scenario.truth.endpoint.to_natural

    def interval(row: Sequence[float]) -> dict[str, float]:
        values = (natural(float(value)) for value in row)
        return dict(zip(("estimate", "lower", "upper"), values, strict=True))

    return {
        "number": found.trial,
        "women": found.women,
        "men": found.men,
        "results": [
            {
                "question": question,
                "truth": natural(float(found.truth[k])),
                "separate": interval(found.separate[k]),
                "shrunken": interval(found.shrunken[k]),
                "shown": found.shown[k],
            }
            for k, question in enumerate(QUESTIONS)
        ],
    }
