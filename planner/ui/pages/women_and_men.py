"""Women and men: what the trial can say of each, and of their difference."""

from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import InvalidInput, PlannerError
from planner.ui import opened, state
from planner.ui import sexes_answers as answers
from planner.ui.draft import Draft
from planner.ui.fields.operating import TRIAL
from planner.ui.fields.panel import Panel
from planner.ui.fields.sexes import PAGE, SHARE, TAU_SCALE, share_of_women
from planner.ui.in_hand import in_hand
from planner.ui.sections import sexes_forest, sexes_map, sexes_questions, sexes_share
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from planner.operating.sex_questions import SexQuestions
    from planner.ui.in_hand import InHand

HOW = (
    "It comes into the scenario with its file: Save (TOML) at the left, write a line such as "
    "female_share = 0.6 under [truth], and open the file again."
)


def main() -> None:
    """The questions, the map, one trial and the share of women."""
    held = in_hand()
    st.title("What can the trial say of women and men?", anchor=False)
    try:
        asked = answers.questions(held.scenario, held.hypothesis)
        with st.spinner("Simulating", show_time=True):
            show(held, asked)
    except PlannerError as problem:
        st.info(in_words(problem))


def in_words(problem: PlannerError) -> str:
    """What stands in the way, and how the sexes come into a scenario that has none."""
    if not isinstance(problem, InvalidInput):
        return str(problem)
    return f"{problem.message}. {HOW}" if problem.key == SHARE else problem.message


def show(held: "InHand", asked: "SexQuestions") -> None:
    """All sections at the number of people in hand."""
    answer = state.sample_size(held.scenario, held.hypothesis)
    n, panel = answer.n_randomised, Panel(f"{PAGE}:{held.name}")
    added = differs(asked)
    if added:
        st.info(added)
    sexes_questions.show(st.container(), asked, n, panel)
    sexes_map.show(st.container(), asked, n, panel)
    left, right = st.columns(2, gap="large")
    base = opened.base(held.name)
    sexes_forest.show(left, asked, n, panel)
    sexes_share.show(right, asked, n, (held.panel, share_of_women(base, held.panel)))
    st.caption("The same probabilities, numbers of people, map and trial from the command line:")
    lines = [*commands(held, asked, n), everything(held, n, panel)]
    st.code("\n".join(lines), language=None, wrap_lines=True)


def differs(asked: "SexQuestions") -> str:
    """What was added to a copy of the plan, in a sentence; empty if it asks all by itself."""
    if not asked.changes:
        return ""
    names = ", ".join(hypothesis_label(name) for name in asked.added)
    what = f"does not test {names}" if names else "is not analysed by sex"
    return (
        f"The plan in hand {what}. A copy of it asks the four questions (overall, women, men, "
        "men − women), each at its own level; the scenario and its N stay as they are."
    )


def commands(held: "InHand", asked: "SexQuestions", n: int) -> list[str]:
    """Command lines for the power at N and for the sizes, of all tests and of both sexes."""
    own = {**held.draft.changes, **asked.changes}
    power = Draft(held.name, held.draft.base, own).command("power", "--n", str(n))
    both = Draft(held.name, held.draft.base, {**own, "plan.success": answers.both_rule(asked)})
    return [power, both.command("size")]


def everything(held: "InHand", n: int, panel: Panel) -> str:
    """The command line for the questions, the map, the trial in view and the share of women."""
    trial, tau = int(panel.values[TRIAL]), float(panel.values[TAU_SCALE])
    options = ["--n", str(n), "--trial", str(trial), "--tau", f"{tau:.15g}", "--map", "--by-share"]
    return held.draft.command("sexes", "--hypothesis", held.hypothesis, *options)


main()
