"""What is solved for: the number of people, the power, or the effect that can be shown."""

from planner.ui.fields.field import Field

SOLVE, GIVEN_N = "solve", "given_n"
PEOPLE, POWER, EFFECT = "people", "power", "effect"
_WORDS = {PEOPLE: "Number of people", POWER: "Power", EFFECT: "Detectable difference"}


def solved_for() -> Field:
    """Which of the three is unknown."""
    return Field(
        path=SOLVE,
        label="Solve for",
        start=PEOPLE,
        kind="switch",
        options=tuple(_WORDS),
        show=lambda name: _WORDS[name],
        help="What is unknown. Number of people: from power target and effect. Power: from "
        "people and effect. Detectable difference: the smallest effect that the given number of "
        "people shows with the power target. Unit: none. Typical: number of people. Source: "
        "chosen here; it changes no result.",
    )


def given_people(start: int) -> Field:
    """The number of people, where it is given."""
    return Field(
        path=GIVEN_N,
        label="People randomised",
        start=start,
        kind="number",
        bounds=(4, 20_000, 1),
        help="People randomised, all sequences together, including those who will leave. Unit: "
        "people. Typical: 20 to 300. Source: chosen by the sponsor.",
    )
