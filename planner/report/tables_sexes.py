"""Tables of women and men: questions, conclusions, one trial, and who completes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner.engines.model import bounds_of, true_values
from planner.operating.sex_questions import DIFFERENCE, SHOWN
from planner.report.model import Table
from planner.report.tables import (
    SEX_WORDS,
    exact,
    formula,
    headed,
    measure,
    scale,
    share,
    simulated,
    table,
)
from planner.words.conclusions import QUESTIONS
from planner.words.prose import people

if TYPE_CHECKING:
    from planner.operating.participant_flow import FlowCell
    from planner.operating.sex_questions import SexQuestions
    from planner.report.results import Results, SexResults

_SHOWN_WORDS = {
    "neither": "neither sex",
    "female": "women only",
    "male": "men only",
    "both": "both sexes",
}
_DIFFERENCE_WORDS = {
    "not shown": "No difference shown",
    "female above male": "Women above men",
    "male above female": "Men above women",
}


def questions_table(results: "Results", sexes: "SexResults") -> Table:
    """Power of each of the four questions, and how well the trial estimates its answer."""
    scenario, found = sexes.questions.scenario, sexes.characteristics
    rows = [found[name] for name in sexes.questions.names]
    natural = scenario.truth.endpoint.to_natural
    return table(
        f"Power of each question with {people(results.n)} randomised, each at its own level",
        {
            "Question": list(QUESTIONS),
            headed("True effect", scenario): [exact(natural(r.effect)) for r in rows],
            "Power": [share(r.success) for r in rows],
            "Closed form": [formula(r.oracle) for r in rows],
            "Width of interval": [measure(r.width) for r in rows],
        },
        note=f"{simulated(scenario)} Width: geometric mean of the interval that matches the "
        f"decision, {scale(scenario)}.",
    )


def together_table(sexes: "SexResults") -> Table:
    """What the questions in women and in men show together."""
    found, conclusions = sexes.characteristics, sexes.conclusions
    rows = {
        "An effect in both sexes": share(conclusions.shown("both")),
        "In exactly one sex": share(conclusions.only_one_sex),
        "In neither sex": share(conclusions.shown("neither")),
        "A difference between the sexes": share(conclusions.difference),
        "Both estimates on the side of the overall effect": share(found.same_sign),
        "Both estimates at least half of the overall one": share(found.consistent),
    }
    return table(
        "What the trial shows in women and in men together",
        {"Shown": list(rows), "Probability": list(rows.values())},
        note=f"{simulated(sexes.questions.scenario, 'in all')} The last two rows are the criteria "
        "of ICH E17 for consistency.",
    )


def conclusions_table(sexes: "SexResults") -> Table:
    """In whom an effect is shown × what is shown of the difference, the right cell marked."""
    conclusions = sexes.conclusions
    right = right_conclusion(sexes.questions)
    cells = {
        _DIFFERENCE_WORDS[d]: [
            share(conclusions.cell(shown, d)) + (" (right)" if (shown, d) == right else "")
            for shown in SHOWN
        ]
        for d in DIFFERENCE
    }
    return table(
        "Probability of every conclusion under the planned truth",
        {"Effect shown in": [_SHOWN_WORDS[shown] for shown in SHOWN], **cells},
        note=f"{simulated(sexes.questions.scenario, 'in all')} The twelve cells add up to 100 %. "
        "Right: the conclusion that agrees with the planned truth in both sexes and in their "
        "difference.",
    )


def right_conclusion(questions: "SexQuestions") -> tuple[str, str]:
    """What the planned truth is: where an effect is to be shown, and the difference."""
    lower, upper = bounds_of(questions.scenario)
    values = true_values(questions.scenario)
    columns = list(questions.columns)
    holds = [
        value != low if low == high else low < value < high
        for value, low, high in zip(values[columns], lower[columns], upper[columns], strict=True)
    ]
    _, female, male, different = holds
    shown = SHOWN[int(female) + 2 * int(male)]
    side = DIFFERENCE[1 if values[columns[3]] < 0 else 2]
    return shown, side if different else DIFFERENCE[0]


def one_trial_table(sexes: "SexResults") -> Table | None:
    """Separate and shrunken estimates of one simulated trial; None where there are none."""
    found = sexes.estimates
    if found is None:
        return None
    scenario = sexes.questions.scenario
    natural = scenario.truth.endpoint.to_natural

    def interval(row: Sequence[float]) -> str:
        estimate, lower, upper = (exact(natural(float(value))) for value in row)
        return f"{estimate} ({lower} to {upper})"

    return table(
        headed(f"Estimates of one simulated trial, number {found.trial}", scenario),
        {
            "Question": list(QUESTIONS),
            "Truth": [exact(natural(float(value))) for value in found.truth],
            "Separate": [interval(row) for row in found.separate],
            "Shown": ["yes" if shown else "no" for shown in found.shown],
            "Shrunken": [interval(row) for row in found.shrunken],
        },
        left=("Shown",),
        note=f"{people(found.women)} women and {people(found.men)} men observed. Separate: "
        "estimates and intervals of the test. Shrunken: posterior means and intervals under "
        "exchangeable sexes, which draw each sex towards the other as far as the data allow "
        "(Dixon & Simon 1991).",
    )


def completers_table(flow: "Sequence[FlowCell]") -> Table:
    """Women and men who are randomised, complete and leave, by formula."""
    last = max(cell.period for cell in flow)
    sexes = list(dict.fromkeys(cell.sex for cell in flow))
    first, end = (
        [sum(c.expected for c in flow if (c.sex, c.period) == (sex, period)) for sex in sexes]
        for period in (1, last)
    )
    spread = [
        sum(c.sd**2 for c in flow if (c.sex, c.period) == (sex, last)) ** 0.5 for sex in sexes
    ]
    return table(
        "Women and men expected to complete",
        {
            "Sex": [SEX_WORDS[sex] for sex in sexes],
            "Randomised": [f"{n:.1f}" for n in first],
            "Complete": [f"{n:.1f}" for n in end],
            "SD": [f"{sd:.2f}" for sd in spread],
            "Leave": [f"{a - b:.1f}" for a, b in zip(first, end, strict=True)],
        },
        note="Formula, from the assumed share that leaves after each period; SD over trials of "
        "those who complete.",
    )
