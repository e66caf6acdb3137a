"""R10 to R13: objective and hypotheses, estimand, why a crossover, role of sex."""

from collections.abc import Mapping

from planner.plan.decision import NoMultiplicity
from planner.plan.hypothesis import FreeContrast
from planner.report.author import Author
from planner.report.basis import SHARE
from planner.report.hypotheses import answers, claim, effect_in_words, whose
from planner.report.model import Block, Paragraph, Section, Table
from planner.report.writing import Findings, compared, rule
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import joined, one_line, people, planned_percent

MISSING = "NOT STATED"


def sections(author: Author) -> tuple[Section, ...]:
    """The sections of the chapter."""
    return (
        author.section("R10", *_objective(author)),
        author.section("R11", *_estimand(author)),
        author.section("R12", *_crossover(author)),
        author.section("R13", *_role_of_sex(author)),
    )


def _objective(author: Author) -> tuple[Block, ...]:
    """The question in a sentence, and every hypothesis with its claim and level."""
    found, scenario = author.results.found, author.scenario
    outcome = one_line(scenario.truth.endpoint.name)
    main = (
        f"The trial is to show, of {compared(found)} in {outcome}: "
        f"{claim(found.hypothesis.objective, scenario)} "
        f"({whose(found.hypothesis, scenario)}, {rule(found)})."
    )
    success = one_line(scenario.plan.success_rule)
    return (
        Paragraph(text=main),
        _hypotheses(author),
        Paragraph(
            text=f"The trial counts as a success if this holds: {success}. {_shared(author)}"
        ),
    )


def _hypotheses(author: Author) -> Table:
    scenario, rows = author.scenario, []
    for hypothesis in scenario.plan.hypotheses:
        answer = answers(author.results)[hypothesis.name]
        found = Findings(scenario, answer, None)
        contrast = compared(found) if isinstance(hypothesis.contrast, FreeContrast) else ""
        rows.append(
            (
                hypothesis_label(hypothesis.name),
                "; ".join(filter(None, (whose(hypothesis, scenario), contrast))),
                claim(hypothesis.objective, scenario),
                rule(found).removeprefix("at ").removeprefix("with the rule "),
                effect_in_words(scenario, answer.effect or 0.0),
            )
        )
    return Table(
        caption=f"Hypotheses; each compares {compared(author.results.found)} unless it says "
        "otherwise.",
        columns=("Hypothesis", "In", "To be shown", "Rule", "Assumed effect"),
        rows=tuple(rows),
        right=(4,),
        note="The assumed effect is an assumption of the calculation and not part of the "
        "hypothesis.",
    )


def _shared(author: Author) -> str:
    plan = author.scenario.plan
    if len(plan.hypotheses) == 1:
        return "It is the only hypothesis."
    if isinstance(plan.multiplicity, NoMultiplicity):
        return "Each hypothesis has its own level; they are not adjusted for each other."
    return f"The level is shared between the hypotheses by the procedure {plan.multiplicity.kind}."


def _estimand(author: Author) -> tuple[Block, ...]:
    """The five attributes of ICH E9(R1), and a strategy for each intercurrent event."""
    population = author.referenced(author.protocol.population).strip()
    events = _events(author)
    rows = (
        ("Population", population or MISSING),
        ("Treatments", compared(author.results.found)),
        ("Variable", _variable(author)),
        ("Intercurrent events", "as listed below" if events else MISSING),
        ("Population-level summary", _summary(author)),
    )
    table = Table(
        caption="Estimand of the main hypothesis by its five attributes.",
        columns=("Attribute", "In this trial"),
        rows=rows,
        widths=(1, 3),
        note="Treatments, variable and summary are those of the scenario; population and "
        "intercurrent events are as the trial's authors state them.",
    )
    return (table, _events_table(events)) if events else (table,)


def _events_table(events: Mapping[str, str]) -> Table:
    return Table(
        caption="Intercurrent events and how they are handled.",
        columns=("Event", "Strategy"),
        rows=tuple(events.items()),
        widths=(1, 2),
        note="No intercurrent event is simulated; people only leave between periods.",
    )


def _events(author: Author) -> dict[str, str]:
    """Events with a strategy; one that has none is not handled."""
    said = author.protocol.intercurrent_events
    return {
        one_line(event): author.referenced(one_line(words)) or MISSING
        for event, words in said.items()
        if one_line(event)
    }


def _variable(author: Author) -> str:
    endpoint, periods = author.scenario.truth.endpoint, author.scenario.plan.design.n_periods
    unit = f" in {one_line(endpoint.unit)}" if one_line(endpoint.unit) else ""
    log = ", on the logarithmic scale" if endpoint.scale == "log" else ""
    each = f", once in each of {periods} periods" if periods > 1 else ""
    return f"{one_line(endpoint.name)}{unit}{log}{each}"


def _summary(author: Author) -> str:
    """Mean difference or ratio, and how women and men weigh in it."""
    scenario, hypothesis = author.scenario, author.results.found.hypothesis
    kind = "ratio of geometric means" if author.results.found.log_scale else "difference of means"
    if hypothesis.sex == "interaction":
        kind = f"{kind} in men compared with that in women"
    share = scenario.population_share
    if hypothesis.sex != "overall" or share is None:
        whom = {"female": " in women", "male": " in men"}.get(hypothesis.sex, "")
        return f"{kind}{whom}"
    if not scenario.by_sex:
        return f"{kind}, the same in women and men by assumption"
    return f"{kind}, women weighing {planned_percent(share)} and men {planned_percent(1 - share)}"


def _crossover(author: Author) -> tuple[Block, ...]:
    """The authors' reasons, and what the calculation takes from them."""
    if author.scenario.plan.design.n_periods == 1:
        return (
            Paragraph(
                text="Not a crossover: everybody has one period, so that nothing can carry over "
                "and no washout is needed."
            ),
        )
    return (
        *author.said(author.protocol.rationale),
        Paragraph(
            text="What the calculation assumes of carry-over is in section R36, what a carry-over "
            "would do to the size in R39, and what it could do to the conclusion in R101."
        ),
    )


def _role_of_sex(author: Author) -> tuple[Block, ...]:
    """Prior evidence as the authors state it, and how the calculation takes sex into account."""
    scenario = author.scenario
    return *author.said(author.protocol.role_of_sex), Paragraph(
        text=_taken_into_account(author, scenario.truth.female_share)
    )


def _taken_into_account(author: Author, share: float | None) -> str:
    scenario = author.scenario
    if share is None:
        return (
            "The calculation does not tell women from men: the scenario gives no share of women "
            "(truth.female_share)."
        )
    basis = author.basis_in_words(SHARE)
    women = f"{planned_percent(share)} women{f' ({basis})' if basis else ''}"
    analysed = (
        "the analysis estimates an effect in women and one in men"
        if scenario.by_sex
        else "the analysis estimates one effect for both"
    )
    names = [hypothesis_label(h.name) for h in scenario.plan.hypotheses if h.sex != "overall"]
    asked = f"Hypotheses by sex: {joined(names)}." if names else "No hypothesis is about one sex."
    n = people(author.results.n)
    return f"Of {n} people the calculation takes {women}; {analysed}. {asked}"
