"""The controls of a scenario: what each number means, where it may lie and what it changes."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from planner.design.catalogue import CATALOGUE
from planner.errors import InvalidInput, PlannerError
from planner.plan.hypothesis import TwoSided, one_sided_level
from planner.scenario import Scenario
from planner.truth.attrition import NoAttrition
from planner.ui.charts import thousands

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

Changes = dict[str, Any]

DESIGN, SIZES, HYPOTHESIS = "plan.design", "n_subjects", "hypothesis"
TRIALS, SEED = "monte_carlo.n_trials", "monte_carlo.seed"
TARGET, LEVEL = "plan.power_targets", "plan.hypotheses"
DROPOUT = "truth.attrition.after_period_1"
_NAMES = {"female": "women", "male": "men", "interaction": "men − women"}
_SIZES = (
    4, 6, 8, 10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100, 120, 160, 200, 240, 300, 400, 500, 600,
    800, 1000, 1200, 1600, 2000, 2400, 3000, 4000, 5000, 6000, 8000, 10_000, 20_000,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One control.

    Parameters
    ----------
    path : dotted path in the scenario: identity of the control and place of its problems.
    start : value in the starter scenario.
    help : meaning, unit, typical range and source.
    write : the changes of the scenario that set a value.
    basis : ``assumed``, ``derived`` or ``reported``; empty for what the sponsor chooses.
    bounds : lowest, highest and step of a slider or number.
    options : values of a choice or of a range.
    """

    path: str
    label: str
    start: Any
    help: str
    write: Callable[[Any], Changes]
    kind: Literal["slider", "range", "choice", "number"] = "slider"
    basis: str = ""
    bounds: tuple[float, float, float] = (0.0, 1.0, 0.01)
    options: tuple[Any, ...] = ()
    format: str = "%.2f"
    show: Callable[[Any], str] = str


@dataclass(slots=True)
class Panel:
    """The controls on a page: values, changes of the scenario, and places for problems.

    Parameters
    ----------
    name : of the starter scenario; every starter keeps its own values.
    """

    name: str
    values: dict[str, Any] = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    places: "dict[str, DeltaGenerator]" = field(default_factory=dict)

    def draw(self, place: "DeltaGenerator", item: Field) -> None:
        """Show a control and take down its value."""
        key = f"{self.name}:{item.path}"
        st.session_state.setdefault(key, item.start)
        value = _widget(place, item, key)
        self.places[item.path] = place
        self.values[item.path] = value
        if value != item.start:
            self.changes |= item.write(value)

    def put(self, path: str, value: Any) -> None:
        """Set a control from a callback."""
        st.session_state[f"{self.name}:{path}"] = value

    def reset(self) -> None:
        """Back to the starter scenario, from a callback."""
        for key in list(st.session_state):
            if str(key).startswith(f"{self.name}:"):
                del st.session_state[key]

    def report(self, problem: PlannerError, elsewhere: "DeltaGenerator") -> None:
        """One sentence at the control that the problem is about, or elsewhere."""
        key = problem.key if isinstance(problem, InvalidInput) else ""
        sentence = problem.message if isinstance(problem, InvalidInput) else str(problem)
        near = [p for p in self.places if key and (key.startswith(p) or p.startswith(key))]
        (self.places[near[0]] if near else elsewhere).error(sentence)


def _widget(place: "DeltaGenerator", item: Field, key: str) -> Any:
    moved = st.session_state[key] != item.start
    basis = f" :gray[· {'assumed' if moved else item.basis}]" if item.basis else ""
    shared: dict[str, Any] = {"key": key, "help": item.help, "persist_state": "session"}
    label, (low, high, step) = item.label + basis, item.bounds
    match item.kind:
        case "choice":
            return place.selectbox(label, item.options, format_func=item.show, **shared)
        case "range":
            return place.select_slider(
                label, item.options, item.start, format_func=item.show, **shared
            )
        case "number":
            return place.number_input(label, int(low), int(high), step=int(step), **shared)
        case "slider":
            moved_to = place.slider(label, low, high, step=step, format=item.format, **shared)
            return round(float(moved_to), 6)


def hypothesis_label(name: str) -> str:
    """A hypothesis in plain words."""
    return _NAMES.get(name, name)


def planned(base: Scenario) -> list[Field]:
    """What the sponsor chooses."""
    plan = base.plan
    names = [name for name, design in CATALOGUE.items() if len(design.treatments) == 2]
    target, *others = plan.power_targets
    return [
        Field(
            path=DESIGN,
            label="Design",
            start=plan.design.name,
            kind="choice",
            options=tuple(dict.fromkeys([plan.design.name, *names])),
            write=lambda name: {DESIGN: name},
            help="Which treatments in which order: one group of letters per sequence, one letter "
            "per period. "
            + " ".join(f"{letter} is {label}." for letter, label in plan.treatments.items())
            + " Typical: AB/BA; more periods need fewer people. Source: Jones & Kenward 2014.",
        ),
        Field(
            path=HYPOTHESIS,
            label="Hypothesis",
            start=plan.hypotheses[0].name,
            kind="choice",
            options=plan.hypothesis_names,
            show=hypothesis_label,
            write=lambda name: {},
            help="The hypothesis whose sample size is shown: the effect overall (sexes weighted "
            "by their share), in women, in men, or the difference between men and women. Typical: "
            "overall. Source: the plan.",
        ),
        Field(
            path=TARGET,
            label="Power target",
            start=target,
            bounds=(0.5, 0.99, 0.01),
            format="percent",
            write=lambda value: {TARGET: [value, *(t for t in others if t != value)]},
            help="Probability that the trial shows the effect if it is as assumed. Unit: %. "
            "Typical: 80 to 90 %. Source: chosen by the sponsor (ICH E9, section 3.5).",
        ),
        _level(base),
    ]


def _level(base: Scenario) -> Field:
    def write(level: float) -> Changes:
        changes: Changes = {}
        for hypothesis in base.plan.hypotheses:
            place = f"{LEVEL}.{hypothesis.name}.objective"
            two_sided = isinstance(hypothesis.objective, TwoSided)
            key, value = ("alpha", 2 * level) if two_sided else ("one_sided_alpha", level)
            changes |= {f"{place}.kind": hypothesis.objective.kind, f"{place}.{key}": value}
        return changes

    return Field(
        path=LEVEL,
        label="One-sided α",
        start=one_sided_level(base.plan.hypotheses[0].objective),
        bounds=(0.005, 0.1, 0.005),
        format="%.3f",
        write=write,
        help="Accepted probability of claiming an effect that is not there, per tail; two-sided "
        "tests take twice this. Unit: probability. Typical: 0.025; 0.05 in exploratory trials. "
        "Source: chosen by the sponsor (ICH E9, section 3.5).",
    )


def sizes_shown(fitting: tuple[int, int]) -> Field:
    """The range of N along the chart; `fitting` is where it starts."""
    return Field(
        path=SIZES,
        label="Range of N",
        start=nearest_sizes(fitting),
        kind="range",
        options=_SIZES,
        show=thousands,
        write=lambda sizes: {},
        help="People randomised, all sequences together, at the two ends of the chart. Unit: "
        "people. Typical: 20 to 300. Source: chosen for display; it changes no result.",
    )


def nearest_sizes(ends: tuple[int, int]) -> tuple[int, int]:
    """The sizes on the slider that are nearest in proportion."""
    low, high = (min(_SIZES, key=lambda n: abs(math.log(n / end))) for end in ends)
    return low, high


def simulated(base: Scenario) -> list[Field]:
    """How much is simulated."""
    return [
        Field(
            path=TRIALS,
            label="Simulated trials",
            start=2000,
            kind="choice",
            options=(500, 1000, 2000, 5000, 10_000, 20_000),
            show=thousands,
            write=lambda n: {TRIALS: n},
            help="Simulated trials per sample size; four times as many halve the Monte-Carlo "
            "standard error (MCSE). Unit: trials. Typical: 2 000 to explore, 10 000 to report. "
            "Source: chosen here.",
        ),
        Field(
            path=SEED,
            label="Seed",
            start=base.monte_carlo.seed,
            kind="number",
            bounds=(0, 2**31, 1),
            write=lambda seed: {SEED: int(seed)},
            help="Where the random numbers start: the same seed gives the same numbers. Unit: "
            "none. Typical: any whole number. Source: chosen here.",
        ),
    ]


def assumed(base: Scenario, design: str) -> list[Field]:
    """What is assumed about nature: the numbers that the scenario holds."""
    found = [
        _assumption(base, path, label, meaning, typical, size, of)
        for path, label, meaning, typical, size, of in _ASSUMPTIONS
        if _number(base, path) is not None
    ]
    return found + ([] if design == "parallel" else [_dropout(base)])


_ASSUMPTIONS = (
    ("truth.effect", "Effect", "True difference between the treatments, B − A.",
     "0.2 to 0.5 SDs of the within-person difference", "effect", "outcome"),
    ("truth.effect.female", "Effect in women", "True difference between the treatments, B − A, "
     "in women.", "0.2 to 0.5 SDs of the within-person difference", "effect", "outcome"),
    ("truth.effect.male", "Effect in men", "True difference between the treatments, B − A, in "
     "men.", "0.2 to 0.5 SDs of the within-person difference", "effect", "outcome"),
    ("truth.standardised_effect", "Standardised effect (d_z)", "True effect divided by the SD of "
     "the within-person difference.", "0.15 to 0.45", "ratio", "none"),
    ("truth.covariance.sd_difference", "SD of within-person difference", "Spread, between people, "
     "of the difference between two periods of one person: √2 × the within-person SD.",
     "5.5 to 11 MADRS points", "sd", "outcome"),
    ("truth.covariance.sd_within", "Within-person SD", "Spread of one person's outcomes between "
     "periods.", "4 to 8 MADRS points", "sd", "outcome"),
    ("truth.covariance.correlation", "Correlation of periods", "Correlation between two outcomes "
     "of one person under the same treatment. With complete data it hardly moves the power of a "
     "crossover once the SD of the difference is given; it matters in a parallel design.",
     "0.3 to 0.7", "correlation", "none"),
    ("truth.female_share", "Share of women", "Planned share of women among people randomised; "
     "it weights the overall effect.", "45 to 70 %", "share", "%"),
)  # fmt: skip


def _number(base: Scenario, path: str) -> float | None:
    node: Any = base
    for step in path.split("."):
        node = getattr(node, step, None)
    return node if isinstance(node, float) else None


def _assumption(
    base: Scenario, path: str, label: str, meaning: str, typical: str, size: str, of: str
) -> Field:
    start = _number(base, path)
    assert start is not None
    bounds, shape = _bounds(base, size)
    unit = base.truth.endpoint.unit or "units of the outcome" if of == "outcome" else of
    return Field(
        path=path,
        label=label,
        start=start,
        basis=_basis(base, path),
        bounds=(min(bounds[0], start), max(bounds[1], start), bounds[2]),
        format=f"{shape} {unit}" if of == "outcome" else shape,
        write=lambda value: {path: value},
        help=f"{meaning} Unit: {unit}. Typical: {typical}. Source: {_source(base, path)}",
    )


def _bounds(base: Scenario, size: str) -> tuple[tuple[float, float, float], str]:
    """Lowest, highest, step and format; effects and SDs in steps of their own magnitude."""
    digits = 1 - math.floor(math.log10(base.truth.sd_difference))
    step, shape = 10.0**-digits, f"%.{max(digits, 0)}f"
    match size:
        case "effect" if base.truth.endpoint.scale == "log":
            return (0.5, 2.0, 0.01), "%.2f"
        case "effect":
            return (0.0, round(base.truth.sd_difference, digits), step), shape
        case "sd":
            return (10 * step, round(2 * base.truth.sd_difference, digits), step), shape
        case "share":
            return (0.2, 0.8, 0.01), "percent"
        case "correlation":
            return (0.0, 0.95, 0.05), "%.2f"
        case _:
            return (0.0, 1.0, 0.01), "%.2f"


def _dropout(base: Scenario) -> Field:
    kept = isinstance(base.truth.attrition, NoAttrition)

    def write(share: float) -> Changes:
        return ({"truth.attrition.kind": "mcar"} if kept else {}) | {DROPOUT: share}

    return Field(
        path=DROPOUT,
        label="Dropout before period 2",
        start=_number(base, DROPOUT) or 0.0,
        basis=_basis(base, DROPOUT),
        bounds=(0.0, 0.4, 0.01),
        format="percent",
        write=write,
        help="Share of people who complete period 1 and leave before period 2, completely at "
        "random. Unit: %. Typical: 8 to 20 %. Source: "
        + ("nobody leaves in the starter scenario." if kept else _source(base, DROPOUT)),
    )


def all_changes(panel: Panel, base: Scenario) -> Changes:
    """What the controls say that the starter scenario does not.

    In a design of one period nobody can leave between periods, so the dropout is taken out.
    """
    gone = panel.values[DESIGN] == "parallel" and _number(base, DROPOUT)
    return {
        TRIALS: panel.values[TRIALS],
        SEED: panel.values[SEED],
        **panel.changes,
        **({DROPOUT: 0.0} if gone else {}),
    }


def _basis(base: Scenario, path: str) -> str:
    cited = base.citations.get(path)
    return (cited.flag if cited else "") or "assumed"


def _source(base: Scenario, path: str) -> str:
    """Where the starter scenario has the number from, as a sentence."""
    cited = base.citations.get(path)
    if cited is None:
        return "assumed; the scenario names none."
    parts = [cited.flag or "assumed", cited.evidence, cited.note]
    return "; ".join(part for part in parts if part) + "."
