"""The power of a given trial, and the smallest effect that it can show."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from planner.charts.style import error, percent, signed, thousands
from planner.ui import state
from planner.ui.fields.solve import GIVEN_N, SOLVE
from planner.ui.fields.truth import magnitude, outcome_unit
from planner.ui.sections import figures as row
from planner.words.hypotheses import planned_level

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from planner.scenario import Scenario
    from planner.ui.draft import Draft


def power(place: "DeltaGenerator", scenario: "Scenario", hypothesis: str, n: int) -> None:
    """Power and type I error with `n` people, and the share of trials that met the plan."""
    trial = state.power_at(scenario, n)
    found, null = trial[hypothesis], trial.null.get(hypothesis)
    at = f"with N = {thousands(n)}"
    closed = found.oracle
    row.show(
        place,
        [
            _figure(
                "Power · simulated", percent(found.success.value), error(found.success),
                f"Share of simulated trials {at} and the assumed dropout that show the effect.",
            ),
            _figure(
                "Power · formula", percent(closed.value) if closed else "–",
                f"z = {signed(closed.z, 1)}" if closed else "no closed form",
                f"Closed form {at}; z is the difference from the simulation in its standard "
                "errors.",
            ),
            _figure(
                "Type I error · simulated", percent(null.success.value) if null else "–",
                f"{error(null.success)}; planned "
                f"{percent(planned_level(scenario, hypothesis))}" if null else "not defined",
                f"Share of simulated trials {at} that claim an effect when there is none.",
            ),
        ],
    )  # fmt: skip


def effect(place: "DeltaGenerator", scenario: "Scenario", hypothesis: str, n: int) -> None:
    """The detectable difference with `n` people beside the effect that is assumed."""
    found = state.detectable(scenario, hypothesis, n)
    digits, unit = max(magnitude(scenario)[0] + 1, 0), outcome_unit(scenario)
    low, high = (signed(end, digits) for end in found.interval)
    row.show(
        place,
        [
            _figure(
                "Detectable difference · simulated", signed(found.effect, digits),
                f"{unit}, 95 % {low} to {high}",
                "Smallest true effect that the trial shows with the power target; its interval "
                "is from the simulation's error.",
            ),
            _figure(
                "Effect in the scenario", signed(found.planned, digits), f"{unit}, assumed",
                "What the scenario assumes. A detectable difference above it says that the trial "
                "is too small for it; it does not say that the effect is that large.",
            ),
            _figure(
                "Power there · simulated", percent(found.power.success.value),
                error(found.power.success),
                f"Share of simulated trials with N = {thousands(n)} that show an effect of that "
                "size.",
            ),
        ],
    )  # fmt: skip


def command(draft: "Draft", values: Mapping[str, Any]) -> str:
    """The command line whose answer stands above the chart."""
    match values[SOLVE]:
        case "power":
            return draft.command("power", "--n", str(values[GIVEN_N]))
        case "effect":
            return draft.command("detect", "--n", str(values[GIVEN_N]))
        case _:
            return draft.command("size")


def _figure(label: str, value: str, delta: str, words: str) -> dict[str, Any]:
    return {"label": label, "value": value, "delta": delta, "help": words}
