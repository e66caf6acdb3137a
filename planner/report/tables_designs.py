"""Tables of designs: what each asks for, how robust it is, and what carry-over would cost it."""

from typing import TYPE_CHECKING

from planner.operating.stress import STRESSES
from planner.report.model import Table
from planner.report.tables import (
    NONE,
    NOT_KNOWN,
    NOT_STATED,
    exact,
    measure,
    scale,
    share,
    simulated,
    size,
    table,
)
from planner.search.compare import WEIGHTS
from planner.words.prose import given, joined, measured, one_line, people, planned_percent

if TYPE_CHECKING:
    from planner.plan.costs import Costs
    from planner.report.results import Results
    from planner.scenario import Scenario
    from planner.search.carryover_price import CarryoverPrice
    from planner.search.compare import ComparedPlan


def cost_heading(costs: "Costs") -> str:
    """Heading of costs, with their currency."""
    currency = one_line(costs.currency)
    return f"Cost, {currency}" if currency else "Cost"


def weeks_in_words(costs: "Costs", n_periods: int) -> str:
    """Weeks of one person's time."""
    weeks = costs.weeks(n_periods)
    return NOT_STATED if weeks is None else given(weeks)


def cost_in_words(costs: "Costs", n_subjects: int, n_periods: int) -> str:
    """Cost of a trial, in whole units."""
    cost = costs.total(n_subjects, n_periods)
    return NOT_STATED if cost is None else people(round(cost))


def resources_table(results: "Results", costs: "Costs") -> Table:
    """What the planned trial asks for."""
    n, periods = results.n, results.scenario.plan.design.n_periods
    completers = results.power.completers
    rows = [
        ("People randomised", people(n), "simulated search for the size"),
        ("Complete every period, on average", measure(completers), "simulated, ± MCSE"),
        ("Visits planned for", people(costs.visits(n, periods)), "people × periods"),
        ("Weeks per person", weeks_in_words(costs, periods), "periods and washouts, as planned"),
        (cost_heading(costs), cost_in_words(costs, n, periods), "people and visits × price"),
    ]
    quantity, value, source = zip(*rows, strict=True)
    return table(
        f"What the trial with {people(n)} randomised asks for",
        {"Quantity": quantity, "Value": value, "How found": source},
        left=("How found",),
        note=f"Visits of people who leave are planned for. {prices(costs)}",
    )


def prices(costs: "Costs") -> str:
    """Assumed prices and lengths, as a sentence."""
    parts = []
    unit = f" {one_line(costs.currency)}" if costs.currency else ""
    if costs.per_subject or costs.per_visit:
        parts.append(
            f"{given(costs.per_subject)}{unit} per person randomised and "
            f"{given(costs.per_visit)}{unit} per visit"
        )
    if costs.period_weeks:
        parts.append(
            f"{measured(given(costs.period_weeks), 'weeks')} per period and "
            f"{measured(given(costs.washout_weeks), 'weeks')} between two"
        )
    return f"As given: {joined(parts)}." if parts else "No prices and no lengths are given."


def designs_table(results: "Results", costs: "Costs") -> Table:
    """Every design at its own size."""
    plans = results.designs.plans
    return table(
        f"Designs sized for {_aim(plans[0])}, under the same truth and analysis",
        {
            "Design": [_name(results.scenario, p) for p in plans],
            "Randomised": [size(p.n_randomised, p.status) for p in plans],
            "Visits": [people(costs.visits(p.n_randomised, p.visits_per_person)) for p in plans],
            "Weeks per person": [weeks_in_words(costs, p.visits_per_person) for p in plans],
            cost_heading(costs): [
                cost_in_words(costs, p.n_randomised, p.visits_per_person) for p in plans
            ],
            "Power": [share(p.power) for p in plans],
            "Worst-case power": [f"{share(p.worst[1])}, {p.worst[0]}" for p in plans],
        },
        note=f"{simulated(results.scenario, 'per size')} {prices(costs)} Worst case: least power "
        "of the same size under the stress scenarios. People leave after each further period as "
        "they do after the last one stated; in one period nobody leaves (assumed).",
    )


def _aim(plan: "ComparedPlan") -> str:
    return f"{plan.hypothesis} at {planned_percent(plan.power_target)} power"


def _name(scenario: "Scenario", plan: "ComparedPlan") -> str:
    mine = plan.sequences == scenario.plan.design.sequences
    return f"{plan.name} (planned)" if mine else plan.name


def errors_table(results: "Results") -> Table:
    """Evaluable people and type I error of every design."""
    plans = results.designs.plans
    return table(
        "The same designs: evaluable people and type I error",
        {
            "Design": [_name(results.scenario, p) for p in plans],
            "Sequences": [", ".join(p.sequences) for p in plans],
            "Visits per person": [str(p.visits_per_person) for p in plans],
            "Evaluable": [size(p.n_evaluable, p.status) for p in plans],
            "Type I error": [share(p.type_i_error) for p in plans],
        },
        left=("Sequences",),
        note=simulated(results.scenario, "per size"),
    )


def robustness_table(results: "Results") -> Table:
    """Power of every design under every stress scenario, the least and the weighted mean."""
    plans = results.designs.plans
    weights = ", ".join(f"{name} {planned_percent(weight)}" for name, weight in WEIGHTS.items())
    stressed = {
        f"{s.name.capitalize()}": [share(p.stressed[s.name]) for p in plans] for s in STRESSES
    }
    return table(
        "Power of every design at its size if the truth is kinder or harsher than planned",
        {
            "Design": [_name(results.scenario, p) for p in plans],
            **stressed,
            "Worst": [f"{share(p.worst[1])}, {p.worst[0]}" for p in plans],
            "Weighted mean": [share(p.weighted_power) for p in plans],
        },
        note=f"{simulated(results.scenario, 'per cell')} Weights assumed: {weights}; the MCSE of "
        "the weighted mean is an upper bound. Realistic is as planned; R66 has the factors of the "
        "others.",
    )


def carryover_table(results: "Results") -> Table | None:
    """Power and bias if a share of the effect lasts; None where every design has one period."""
    plans = [p for p in results.designs.plans if p.visits_per_person > 1]
    if not plans:
        return None
    prices_of = [p.carryover for p in plans]
    shares = [price.share for price in prices_of[0]]
    middle = len(shares) // 2
    shown = planned_percent(shares[middle])
    powers = {
        f"Power, {planned_percent(lasting)}": [share(c[k].power) for c in prices_of]
        for k, lasting in enumerate(shares)
    }
    return table(
        "Price of a carry-over that the analysis ignores, at the same sizes",
        {
            "Design": [_name(results.scenario, p) for p in plans],
            **powers,
            f"Bias, {shown}": [measure(c[middle].bias, sign=True) for c in prices_of],
            f"N to recover, {shown}": [_recovered(c[middle]) for c in prices_of],
            "Variance, adjusted": [_protection(p) for p in plans],
        },
        note=f"{simulated(results.scenario, 'per cell')} Percentages in the headings: assumed "
        "shares of the overall effect that last into the period after the test treatment. Bias "
        f"{scale(results.scenario)}. N to recover the power without carry-over, and the factor on "
        "the variance if the analysis had carry-over terms: closed forms. – where the effect "
        "cannot then be estimated within persons.",
    )


def _recovered(price: "CarryoverPrice") -> str:
    return NOT_KNOWN if price.n_recovered is None else people(price.n_recovered)


def _protection(plan: "ComparedPlan") -> str:
    return NONE if plan.protection is None else f"× {exact(plan.protection)}"
