"""What ``planner compare`` prints."""

from collections.abc import Mapping, Sequence
from typing import Any

from planner import __version__
from planner.cli import payload
from planner.cli.tables import Column, grouped, number, render, size, terminal_width, wrap
from planner.operating.stress import STRESSES
from planner.plan.costs import Costs
from planner.scenario import Scenario
from planner.search.carryover_price import CarryoverPrice
from planner.search.compare import WEIGHTS, ComparedPlan, Comparison


def text(plans: Mapping[str, Scenario], found: Comparison, missing: Mapping[str, str]) -> str:
    """The whole answer."""
    rows = found.plans
    body = [
        _title(plans, rows),
        "",
        _sizes(plans, found),
        "",
        wrap("The same sizes if the truth is kinder or harsher than planned:"),
        _robustness(rows),
        "",
        wrap("The same sizes if a share of the effect lasts into the next period:"),
        _carryover(rows),
        "",
        *(wrap(note) for note in _notes(plans, found, missing)),
    ]
    return "\n".join(body)


def _title(plans: Mapping[str, Scenario], rows: Sequence[ComparedPlan]) -> str:
    labels = {s.label or "Unnamed scenario" for s in plans.values()}
    what = labels.pop() if len(labels) == 1 else f"{len(rows)} scenarios side by side"
    aims = {(r.hypothesis, r.power_target) for r in rows}
    aim = ", ".join(f"{name} at {100 * target:g} % power" for name, target in sorted(aims))
    settings = {(s.monte_carlo.n_trials, s.monte_carlo.seed) for s in plans.values()}
    runs = "; ".join(f"{grouped(n)} simulated trials per size, seed {s}" for n, s in settings)
    left, right = f"Sized for {aim}; {runs}", f"planner {__version__}"
    room = terminal_width() - len(left) - len(right)
    return f"{what}\n{left}{' ' * room}{right}" if room >= 2 else f"{what}\n{wrap(left, '')}"


def _sizes(plans: Mapping[str, Scenario], found: Comparison) -> str:
    rows = found.plans
    columns = [_names(rows)]
    if any(r.name != r.design for r in rows):
        columns.append(Column("design", [r.design for r in rows], rank=4, left=True))
    if len({r.effect for r in rows}) > 1:
        columns.append(Column("effect", [number(r.effect) for r in rows], rank=3))
    if len({(r.hypothesis, r.power_target) for r in rows}) > 1:
        aims = [f"{r.hypothesis} {100 * r.power_target:g} %" for r in rows]
        columns.append(Column("sized for", aims, left=True))
    columns += [
        Column("periods", [str(r.visits_per_person) for r in rows], rank=2),
        Column("evaluable", [size(r.n_evaluable, r.status) for r in rows], rank=3),
        Column("randomised", [size(r.n_randomised, r.status) for r in rows]),
        Column("visits", [grouped(r.visits) for r in rows]),
    ]
    if any(r.weeks is not None for r in rows):
        weeks = ["not stated" if r.weeks is None else number(r.weeks) for r in rows]
        columns.append(Column("weeks", weeks, rank=1))
    if any(r.cost is not None for r in rows):
        cost = ["not stated" if r.cost is None else grouped(round(r.cost)) for r in rows]
        currency = next((r.costs.currency for r in rows if r.costs.priced), "")
        columns.append(Column(f"cost, {currency}" if currency else "cost", cost))
    columns += [
        Column("simulated power", [str(r.power) for r in rows]),
        Column("type I error", [str(r.type_i_error or "") for r in rows], rank=1),
        Column("scenario", [plans[r.name].short_fingerprint for r in rows], rank=5),
    ]
    return render(columns)


def _robustness(rows: Sequence[ComparedPlan]) -> str:
    stresses = [stress.name for stress in STRESSES if stress.name != "realistic"]
    return render(
        [
            _names(rows),
            *(Column(name, [str(r.stressed[name]) for r in rows], rank=1) for name in stresses),
            Column("worst", [f"{r.worst[1]} {r.worst[0]}" for r in rows], rank=2, left=True),
            Column("weighted", [str(r.weighted_power) for r in rows]),
        ]
    )


def _carryover(rows: Sequence[ComparedPlan]) -> str:
    shares = [price.share for price in rows[0].carryover]

    def cells(k: int, what: str) -> list[str]:
        return [_price(r.carryover[k], what) for r in rows]

    columns = [_names(rows)]
    for k, share in enumerate(shares):
        columns.append(Column(f"power {100 * share:g} %", cells(k, "power"), rank=1 + (k != 1)))
    middle = len(shares) // 2
    shown = f"{100 * shares[middle]:g} %"
    protection = ["none" if r.protection is None else f"× {r.protection:.2f}" for r in rows]
    return render(
        [
            *columns,
            Column(f"bias {shown}", cells(middle, "bias")),
            Column(f"N to recover {shown}", cells(middle, "n"), rank=1),
            Column("variance, adjusted", protection, rank=2),
        ]
    )


def _price(price: CarryoverPrice, what: str) -> str:
    match what:
        case "power":
            return str(price.power)
        case "bias":
            return str(price.bias)
        case _:
            return "not known" if price.n_recovered is None else grouped(price.n_recovered)


def _names(rows: Sequence[ComparedPlan]) -> Column:
    return Column("plan", [r.name for r in rows], left=True)


def _notes(
    plans: Mapping[str, Scenario], found: Comparison, missing: Mapping[str, str]
) -> list[str]:
    weights = ", ".join(f"{name} {100 * weight:g} %" for name, weight in WEIGHTS.items())
    return [
        *(f"{name} is left out: {reason.rstrip('.')}." for name, reason in missing.items()),
        *_dropout_note(plans),
        *_correlation_note(plans),
        "Sizes are those of `planner size`; simulated numbers are ± their Monte-Carlo SE. "
        + _costs_note(found.plans),
        *(f"{s.name.capitalize()}: {_lower(s.words)}" for s in STRESSES if s.name != "realistic"),
        f"Weighted: mean of the simulated powers, weights assumed ({weights}; realistic is as "
        "planned). Its Monte-Carlo SE is an upper bound.",
        "Carry-over: assumed shares of the overall effect, in the period after the test treatment, "
        "under the planned analysis; power and bias are simulated. N to recover has the power "
        "without carry-over again, by the closed form. Variance, adjusted: factor on the variance "
        "if the analysis had carry-over terms, by the closed form with everybody complete; none "
        "where the effect cannot then be estimated within persons.",
    ]


def _dropout_note(plans: Mapping[str, Scenario]) -> list[str]:
    periods = {s.plan.design.n_periods for s in plans.values()}
    leaves = any(s.truth.attrition.kind != "none" for s in plans.values())
    same_label = len({s.label for s in plans.values()}) == 1
    if len(periods) == 1 or not leaves or not same_label:
        return []
    return [
        "Assumed: in designs with more periods people leave after each further period as they do "
        "after the last one stated; in one period nobody leaves."
    ]


def _correlation_note(plans: Mapping[str, Scenario]) -> list[str]:
    if {s.plan.design.n_periods == 1 for s in plans.values()} != {True, False}:
        return []
    return [
        "Parallel groups rest on the SD of one outcome, which at the same SD of the within-person "
        "difference grows with the correlation between periods; a crossover hardly depends on it."
    ]


def _costs_note(rows: Sequence[ComparedPlan]) -> str:
    visits = "Visits: people randomised × periods, those of leavers included."
    if not any(r.costs.priced for r in rows):
        return (
            f"{visits} Costs are not stated: add --per-subject and --per-visit, or state "
            "protocol.costs in the file."
        )
    plans: dict[str, list[str]] = {}
    for r in rows:
        plans.setdefault(_prices(r.costs), []).append(r.name)
    if len(plans) == 1:
        return f"{visits} Cost: {next(iter(plans))}."
    told = "; ".join(f"{prices} ({', '.join(names)})" for prices, names in plans.items())
    return f"{visits} Cost: {told}."


def _prices(costs: Costs) -> str:
    if not costs.priced:
        return "not stated"
    return (
        f"{_price_of(costs.per_subject)} per person randomised and "
        f"{_price_of(costs.per_visit)} per visit"
    )


def _price_of(value: float) -> str:
    return f"{value:,.2f}".removesuffix(".00").replace(",", " ")


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def data(
    plans: Mapping[str, Scenario], found: Comparison, missing: Mapping[str, str]
) -> dict[str, Any]:
    """The object of ``planner compare --json``."""
    return {
        "version": __version__,
        "stress": [{"name": s.name, "changes": s.words} for s in STRESSES],
        "weights": WEIGHTS,
        "left_out": dict(missing),
        "results": [_row(plans[r.name], r) for r in found.plans],
    }


def _row(scenario: Scenario, r: ComparedPlan) -> dict[str, Any]:
    return {
        "name": r.name,
        **payload.heading(scenario),
        "design": r.design,
        "sequences": list(r.sequences),
        **payload.size_result(r.size),
        "visits_per_person": r.visits_per_person,
        "visits": r.visits,
        "costs": r.costs.plain(full=True),
        "weeks": r.weeks,
        "cost": r.cost,
        "stressed": {name: payload.estimate(power) for name, power in r.stressed.items()},
        "worst": {"name": r.worst[0], "power": payload.estimate(r.worst[1])},
        "weighted_power": payload.estimate(r.weighted_power),
        "carryover": [_carryover_row(price) for price in r.carryover],
        "protection": r.protection,
    }


def _carryover_row(price: CarryoverPrice) -> dict[str, Any]:
    return {
        "share": price.share,
        "carryover": price.carryover,
        "n": price.n_subjects,
        "bias": payload.estimate(price.bias),
        "expected_bias": price.expected_bias,
        "power": payload.estimate(price.power),
        "closed_form": payload.oracle(price.oracle),
        "n_recovered": price.n_recovered,
    }
