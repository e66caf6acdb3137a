"""A small report with every kind of block, and with text that looks like markup."""

from planner.report.model import (
    Block,
    Chapter,
    Code,
    Equation,
    Figure,
    Gap,
    Paragraph,
    Points,
    ReportModel,
    Section,
    Table,
)

HOSTILE = (
    '<script>alert(1)</script> $x^2$ | a **b** `c` #let x = 1 \\alpha @ref _e_ [l](u) & "q" '
    "${title} שלום end"
)
WORD = "x" * 10_000
CHART = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"n": 20, "power": 30.5}, {"n": 80, "power": 88.25}]},
    "mark": "line",
    "encoding": {
        "x": {"field": "n", "type": "quantitative"},
        "y": {"field": "power", "type": "quantitative"},
    },
}


def section(identity: str, title: str, *blocks: Block) -> Section:
    return Section(id=identity, title=title, asked_by="DELTA2; SPIRIT 2025", blocks=blocks)


def sample(words: str = HOSTILE) -> ReportModel:
    """A draft in which `words` stand wherever text can."""
    rows = tuple((f"row {i}", f"{7.5 + i / 8:.3f}", "long words " * 9) for i in range(60))
    return ReportModel(
        title=f"A randomised crossover trial {words}",
        subtitle="Design report",
        status="draft",
        fingerprint="0123456789abcdef" * 4,
        version="0.1.0",
        scenario="label = 'x'\n",
        chapters=(
            Chapter(
                title=words,
                sections=(
                    section(
                        "R01",
                        words,
                        Paragraph(text=f"{words}\n\n{words}"),
                        Points(items=(words, "two"), numbered=True),
                        Gap(what=words, add="write it"),
                        Code(text=f"{words}\nline 2"),
                        Table(caption=words, columns=("Name", words), rows=((words, "1.5"),),
                              right=(1,), note=words),
                    ),
                ),
            ),
            Chapter(
                title="Numbers",
                sections=(
                    section(
                        "R40",
                        "Model",
                        Table(caption="Long", columns=("Row", "Value", "Words"), rows=rows),
                        Equation(tex=r"y = \mu + \frac{\tau}{2}", alt="y is mu plus half of tau"),
                        Figure(name="power", caption="Power.", alt="It rises.", chart=CHART),
                    ),
                ),
            ),
        ),
    )  # fmt: skip
