"""Section R43: people who leave, in the analysis and in the simulation."""

from planner.plan.analysis import MixedModel, WithinSubjectT
from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.model import Block, Paragraph


def missing_data(author: Author) -> list[Block]:
    """What the analysis does with missing outcomes and what it must assume."""
    return [
        Paragraph(text=_analysis(author)),
        Paragraph(text=_simulated(author)),
        *author.said(author.protocol.missing_data),
    ]


def _analysis(author: Author) -> str:
    analysis = author.scenario.plan.analysis
    if not author.results.found.crossover:
        return (
            "People without an outcome contribute nothing to the planned analysis. It is unbiased "
            "if an outcome is missing independently of its value, given treatment and the other "
            f"terms of the model {author.cite(of.RUBIN)}."
        )
    if isinstance(analysis, WithinSubjectT):
        return (
            "The planned analysis uses every contrast within persons that is observed; a person "
            "with one observed period contributes nothing. It is unbiased if outcomes are missing "
            "completely at random, or depending on the level of the person alone "
            f"{author.cite(of.RUBIN)}."
        )
    text = (
        "The planned analysis uses the outcomes of all observed periods, also of people who leave; "
        "nothing is imputed. As it rests on the likelihood, it is valid if outcomes are missing at "
        f"random, given the outcomes observed before, and the model holds {author.cite(of.RUBIN)}. "
        "It is not valid if leaving depends on the outcome that is then missing."
    )
    if isinstance(analysis, MixedModel) and analysis.df == "kenward-roger":
        text += (
            " The small-sample adjustment uses the expected information, which is right where "
            "outcomes are missing completely at random and an approximation otherwise "
            f"{author.cite(of.KENWARD_MOLENBERGHS)}."
        )
    return text


def _simulated(author: Author) -> str:
    attrition = author.scenario.truth.attrition
    if attrition.kind == "none":
        return "In the simulation everybody has every outcome; no loss is assumed."
    return (
        "In the simulation people leave completely at random after a period, with the chances "
        "given among the inputs (assumed); what they gave before is kept. Loss that depends on "
        "outcomes is not simulated."
    )
