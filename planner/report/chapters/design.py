"""R20 to R24: sequences and periods, allocation, treatments, interim looks, mix of the sexes."""

from planner.design.allocation import allocate
from planner.report.author import Author
from planner.report.basis import SHARE
from planner.report.figures import schedule_figure
from planner.report.model import Block, Paragraph, Section, Table
from planner.report.trial_name import kind_of_trial
from planner.words.prose import given, joined, measured, one_line, people, planned_percent


def sections(author: Author) -> tuple[Section, ...]:
    """The sections of the chapter."""
    return (
        author.section("R20", *_sequences(author)),
        author.section("R21", *_allocation(author)),
        author.section("R22", _treatments(author)),
        author.section("R23", *_interim(author)),
        author.section("R24", *_mix(author)),
    )


def _sequences(author: Author) -> tuple[Block, ...]:
    figure = schedule_figure(author.results)
    schedule = author.said(author.protocol.schedule)
    return _sequence_table(author), figure, *_lengths(author), *schedule


def _lengths(author: Author) -> tuple[Block, ...]:
    """Lengths of periods and washout, where they are given as numbers."""
    costs, periods = author.protocol.costs, author.scenario.plan.design.n_periods
    weeks = costs.weeks(periods)
    if weeks is None:
        return ()
    gap = f" and {measured(given(costs.washout_weeks), 'weeks')} between two" if periods > 1 else ""
    return (
        Paragraph(
            text=f"Planned are {measured(given(costs.period_weeks), 'weeks')} per period{gap}: "
            f"{measured(given(weeks), 'weeks')} for one participant (assumed)."
        ),
    )


def _sequence_table(author: Author) -> Table:
    """Who gets what in which period, and how many of them."""
    plan, truth, n = author.scenario.plan, author.scenario.truth, author.results.n
    by_sex = len(truth.strata) > 1
    counts = allocate(n, plan.weights, truth.female_share)
    kind = kind_of_trial(author.scenario)
    first = "Sequence" if kind == "crossover" else "Group"
    rows = [
        (
            "→".join(sequence) if kind == "crossover" else sequence,
            " → ".join(one_line(plan.label(letter)) for letter in sequence),
            people(counts[s].sum()),
            *(people(count) for count in counts[s] if by_sex),
        )
        for s, sequence in enumerate(plan.design.sequences)
    ]
    total = ("all", "", people(n), *(people(c) for c in counts.sum(axis=0) if by_sex))
    sexes = ("Women", "Men") if by_sex else ()
    mix = "planned numbers" if truth.sex_mix == "quota" else "numbers expected on average"
    source = f" {one_line(plan.design.source).rstrip('.')}." if plan.design.source else ""
    return Table(
        caption=f"Design {one_line(plan.design.name)}: "
        f"{_counted(plan.design.n_periods, 'period')}, "
        f"{_counted(plan.design.n_sequences, first.lower())}, with people randomised.",
        columns=(first, "Treatment by period", "Randomised", *sexes),
        rows=(*rows, total),
        right=tuple(range(2, 3 + len(sexes))),
        note=f"People are the size found in section R38{f'; women and men are {mix}' * by_sex}."
        f"{source}",
    )


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _allocation(author: Author) -> tuple[Block, ...]:
    """What the calculation takes, and what the authors say of how it is done."""
    plan, truth = author.scenario.plan, author.scenario.truth
    ratio = ":".join(map(str, plan.weights))
    groups = joined(list(plan.design.sequences))
    sexes = ""
    if truth.female_share is not None:
        sexes = (
            " Women and men are spread over the sequences in the same ratio, as with allocation "
            "stratified by sex."
            if truth.sex_mix == "quota"
            else " Women and men come as they come; allocation is not stratified by sex."
        )
    taken = Paragraph(text=f"The calculation allocates {groups} in the ratio {ratio}.{sexes}")
    return taken, *author.said(author.protocol.allocation)


def _treatments(author: Author) -> Table:
    plan, doses = author.scenario.plan, author.protocol.doses
    letters = plan.design.treatments
    said = {k: author.referenced(one_line(doses.get(k, ""))) for k in letters}
    others = [k for k in doses if k not in letters]
    rows = [(k, one_line(plan.label(k)), said[k] or "NOT STATED") for k in letters]
    rows += [(k, "not in this design", author.referenced(one_line(doses[k]))) for k in others]
    return Table(
        caption="Treatments.",
        columns=("Letter", "Name", "Substance, dose, route and time"),
        rows=tuple(rows),
        widths=(1, 3, 6),
        note="A is the reference. The calculation uses the letters alone.",
    )


def _interim(author: Author) -> tuple[Block, ...]:
    calculated = Paragraph(
        text="The calculation has one analysis, at the end: no interim look is part of it, and "
        "nothing stops the trial early."
    )
    return calculated, *author.said(author.protocol.interim)


def _mix(author: Author) -> tuple[Block, ...]:
    """The planned share of women, its basis and reason."""
    truth, answer = author.scenario.truth, author.results.found.answer
    reason = author.said(author.protocol.female_share)
    if truth.female_share is None:
        return reason
    basis = author.basis_in_words(SHARE)
    how = (
        "a quota: exactly so many are recruited"
        if truth.sex_mix == "quota"
        else "an expectation: women and men come as they come"
    )
    numbers = joined([f"{people(answer.per_sex[s])} {w}" for s, w in _WORDS if s in answer.per_sex])
    planned = (
        f"Planned are {planned_percent(truth.female_share)} women{f' ({basis})' if basis else ''}, "
        f"at the size found {numbers}; this is {how}."
    )
    return Paragraph(text=planned), *reason


_WORDS = (("female", "women"), ("male", "men"))
