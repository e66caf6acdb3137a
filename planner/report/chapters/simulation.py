"""Chapter on the simulation plan, after ADEMP: aims, truths, estimands, methods, performance."""

from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.chapters.simulation_computation import computation, failures, random_numbers
from planner.report.chapters.simulation_measures import measures, trials
from planner.report.chapters.simulation_methods import methods
from planner.report.chapters.simulation_truths import estimands, models, sources
from planner.report.model import Block, Paragraph, Points, Section
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import joined, one_line, people, planned_percent


def sections(author: Author) -> tuple[Section, ...]:
    """R50 to R59."""
    return (
        author.section("R50", *_aims(author)),
        author.section("R51", *models(author)),
        author.section("R52", *sources(author)),
        author.section("R53", *estimands(author)),
        author.section("R54", *methods(author)),
        author.section("R55", *measures(author)),
        author.section("R56", *trials(author)),
        author.section("R57", *random_numbers(author)),
        author.section("R58", *failures(author)),
        author.section("R59", *computation(author)),
    )


def _aims(author: Author) -> list[Block]:
    results, plan = author.results, author.scenario.plan
    label = one_line(hypothesis_label(results.hypothesis))
    targets = joined([planned_percent(target) for target in plan.power_targets])
    questions = [
        f"How many people must be randomised so that the hypothesis '{label}' is shown with "
        f"{targets} power under the planning truth?",
        f"With {people(results.n)} people, how often does the planned analysis make a false claim "
        "at the edge of the null, also where SD, correlation, loss and size are not as planned?",
        "How biased and how precise is the estimate, and how often does its interval cover the "
        "truth?",
        "How does power change with the true effect, the SD, the correlation, the loss and the "
        "number of people, one at a time and together?",
        "How do other designs and analyses compare?",
    ]
    if results.sexes is not None:
        questions.append("What can be said of women, of men and of the difference between them?")
    if results.assurance is not None:
        questions.append(
            "How probable is success, and how often is a success wrong, averaged over the design "
            "prior?"
        )
    return [
        Paragraph(
            text=f"The simulation is planned and reported after ADEMP {author.cite(of.MORRIS)}. "
            "It answers these questions:"
        ),
        Points(items=tuple(questions), numbered=True),
    ]
