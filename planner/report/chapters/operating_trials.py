"""How simulated trials ended, and three of them looked at closely."""

from planner.operating.example_choice import ExampleTrial
from planner.operating.replay import Reading
from planner.plan.analysis import Posterior
from planner.report.author import Author
from planner.report.figures import example_figures
from planner.report.model import Block, Paragraph, Points, Section, Table
from planner.report.tables import NONE, exact, headed, table
from planner.report.tables_power import failures_table, unanalysed
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import given, people


def failures(author: Author) -> Section:
    """The ledger of every simulation at the size found."""
    results = author.results
    cases = unanalysed(results)
    blocks: list[Block] = [
        Points(items=cases)
        if cases
        else Paragraph(text="Under the planned truth every simulated trial could be analysed."),
        failures_table(results),
    ]
    return author.section("R68", *blocks)


def example_trials(author: Author) -> Section:
    """Three trials of the simulation with their data and the decision."""
    results = author.results
    intro = Paragraph(
        text="These trials were simulated under the planned truth and chosen by a rule that looks "
        "at p and the decision alone. They show what results and decisions can look like. Neither "
        "the p of such a trial nor its estimate says anything of the power, which is the share of "
        "all simulated trials that succeed; power computed from one trial's estimate (observed "
        "power) would be p in other words, and is not given."
    )
    blocks: list[Block] = [intro]
    figures = example_figures(results)
    if results.examples and not figures:
        blocks.append(Paragraph(text="There are too many people to draw them one by one."))
    for place, example in enumerate(results.examples):
        blocks += [_heading(example), readings_table(author, example)]
        blocks += figures[place : place + 1]
    blocks += [
        Paragraph(text=f"{kind.capitalize()}: {reason[:1].lower()}{reason[1:]}")
        for kind, reason in results.no_examples.items()
    ]
    return author.section("R69", *blocks)


def _heading(example: ExampleTrial) -> Paragraph:
    says = "; ".join(
        f"{'success' if success else 'no success'} by the {analysis}"
        for analysis, success in example.trial.success.items()
    )
    return Paragraph(
        text=f"{example.kind.capitalize()}: trial {people(example.trial.trial)}. {example.why} "
        f"Decision: {says}."
    )


def readings_table(author: Author, example: ExampleTrial) -> Table:
    """What every analysis says of every hypothesis in one trial."""
    scenario, readings = author.scenario, example.trial.readings
    several = len({reading.analysis for reading in readings}) > 1
    columns = {"Hypothesis": [hypothesis_label(r.hypothesis) for r in readings]}
    if several:
        columns["Analysis"] = [r.analysis for r in readings]
    natural = scenario.truth.endpoint.to_natural

    def value(x: float) -> str:
        return exact(natural(x))

    columns |= {
        headed("Estimate", scenario): [NONE if r.failure else value(r.estimate) for r in readings],
        "Interval": [
            NONE if r.failure else f"{value(r.lower)} to {value(r.upper)}" for r in readings
        ],
        p_heading(author): [_p(r) for r in readings],
        "Shown": [_shown(r) for r in readings],
    }
    return table(
        f"{example.kind.capitalize()}, trial {people(example.trial.trial)}: estimates and decision",
        columns,
        left=("Analysis", "Shown"),
        note=f"One simulated trial with {people(example.trial.n_subjects)} randomised. "
        f"{p_heading(author)} of {hypothesis_label(example.hypothesis)} is compared with "
        f"{given(example.level)}. The interval matches the decision; a hypothesis not "
        "shown is not thereby refuted.",
    )


def p_heading(author: Author) -> str:
    """What p is: of a Bayesian analysis 1 − P(region | data)."""
    plan = author.scenario.plan
    bayesian = {isinstance(a, Posterior) for a in (plan.analysis, *plan.other_analyses)}
    names = {True: "1 − P(region | data)", False: "p"}
    return ", or ".join(names[kind] for kind in sorted(bayesian))


def _p(reading: Reading) -> str:
    if reading.failure:
        return NONE
    return "< 0.0001" if reading.p_value < 0.0001 else f"{reading.p_value:.4f}"


def _shown(reading: Reading) -> str:
    if reading.failure:
        return reading.failure
    return "yes" if reading.shown else "no"
