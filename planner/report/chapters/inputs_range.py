"""R39: the range of sizes over plausible deviations from the assumptions (ICH E9, section 3.5)."""

from typing import TYPE_CHECKING

from planner.report.author import Author
from planner.report.input_tables import range_in_words
from planner.report.model import Block, Paragraph, Table
from planner.report.tables import formula_share
from planner.words.assumptions import LABELS
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import given, joined, one_line, people, planned_percent, with_error

if TYPE_CHECKING:
    from planner.report.planned_range import PowerRange, Varied
    from planner.search.size_range import SizeRange


def plausible_deviations(author: Author) -> tuple[Block, ...]:
    """Sizes with one assumption moved at a time, then with all cited ones at once."""
    found = author.results.size_range
    if not found.swings:
        none = Paragraph(
            text="No assumption has a range to move over: all of them are 0, and there is no "
            "design prior."
        )
        return none, *_together(author)
    return Paragraph(text=_extremes(author, found)), _table(author, found), *_together(author)


def _extremes(author: Author, found: "SizeRange") -> str:
    low, high = found.extremes
    label = one_line(hypothesis_label(found.hypothesis))
    planned = _size(found, found.planned)
    how = (
        "by the closed form"
        if found.n_trials == 0
        else f"by simulation, {people(found.n_trials)} trials per size"
    )
    return (
        f"With one assumption at a time moved to the ends of its range, "
        f"{planned_percent(found.power_target)} power for {label} needs from {_size(found, low)} "
        f"to {_size(found, high)} people randomised ({how}; as planned, found likewise, {planned})."
    )


def _table(author: Author, found: "SizeRange") -> Table:
    rows = [
        (
            LABELS[s.swing.range.name],
            range_in_words(author, s.swing.range),
            _ends(formula_share(s.swing.at_low), formula_share(s.swing.at_high)),
            _ends(_size(found, s.at_low), _size(found, s.at_high)),
            s.swing.range.basis,
        )
        for s in found.swings
    ]
    power = (
        "Power is by the formula."
        if found.power_trials == 0
        else f"Power is simulated, {people(found.power_trials)} trials per cell, Monte-Carlo SE at "
        f"most {100 * found.power_mcse:.1f} percentage points."
    )
    needed = (
        "People needed are by the formula, rounded, balanced and inflated like the planned size."
        if found.n_trials == 0
        else f"People needed are simulated, {people(found.n_trials)} trials per size, and "
        "uncertain by several people."
    )
    return Table(
        caption=f"Power of the {people(found.n_subjects)} people planned, and people needed for "
        f"{planned_percent(found.power_target)} power, at both ends of every range.",
        columns=("Assumption", "Range", "Power at ends", "People needed", "Basis of the range"),
        rows=tuple(rows),
        widths=(3, 3, 3, 3, 3),
        note=f"Low end → high end. {power} {needed} One assumption moves at a time and the others "
        "stay as planned; together things can be worse. Assumptions that are planned as 0 and that "
        "no design prior describes stay 0, except carry-over.",
    )


def _ends(low: str, high: str) -> str:
    return f"{low} → {high}"


def _size(found: "SizeRange", n: int | None) -> str:
    return f"more than {people(found.n_limit)}" if n is None else people(n)


def _together(author: Author) -> tuple[Block, ...]:
    """All inputs whose sources give a range, at all combinations of their ends."""
    span = author.results.found.span
    return () if span is None else (Paragraph(text=_span(author, span)),)


def _span(author: Author, span: "PowerRange") -> str:
    inputs = joined([_limits(author, varied) for varied in span.varied])
    text = (
        f"With {inputs}, all at once, the power of {people(span.n_randomised)} people is "
        f"{with_error(span.lowest)} at worst and {with_error(span.highest)} at best, simulated."
    )
    if span.sizes is None:
        return text
    limit = author.scenario.plan.n_limit
    few, many = (f"more than {people(limit)}" if n is None else people(n) for n in span.sizes)
    target = planned_percent(author.results.found.answer.power_target)
    return (
        f"{text} For {target} power these limits need {few} to {many} people by the closed form, "
        "which counts what people who leave had contributed."
    )


def _limits(author: Author, varied: "Varied") -> str:
    share = varied.path.startswith("truth.attrition")
    factor, unit = (100, " %") if share else (1, "")
    cited = author.basis_in_words((varied.path,))
    span = f"{given(factor * varied.low)} to {given(factor * varied.high)}{unit}"
    return f"{varied.name} {span}{f' ({cited})' if cited else ''}"
