"""The command ``planner sexes``."""

from typing import TYPE_CHECKING, Any

import click

from planner.cli.options import RunOptions, emit, run_options, size_found
from planner.errors import InvalidInput

if TYPE_CHECKING:
    from planner.cli.show_sexes import Answers
    from planner.operating.sex_estimates import SexEstimates
    from planner.operating.sex_questions import SexQuestions
    from planner.scenario import Scenario


@click.command()
@run_options
@click.option("--hypothesis", help="Whose comparison of treatments it is; default the first.")
@click.option(
    "--n",
    "n_subjects",
    type=click.IntRange(min=1),
    help="People randomised; default the size found for the first target.",
)
@click.option("--trial", type=click.IntRange(min=0), default=0, show_default=True, help="Which.")
@click.option(
    "--tau",
    type=click.FloatRange(min=0, min_open=True),
    help="Scale of the half-normal prior of the SD between the sexes; default 0.15 SDs of the "
    "difference.",
)
@click.option("--map", "with_map", is_flag=True, help="Add the decision map.")
@click.option("--by-share", is_flag=True, help="Add power by the share of women.")
def sexes(
    options: RunOptions, hypothesis: str | None, n_subjects: int | None, **given: Any
) -> None:
    """What a trial can say of women and men, and of their difference.

    The four questions with their power, what is concluded at once, and one simulated trial with
    estimates by themselves and shrunken towards each other.
    """
    from planner.cli import payload, show_sexes

    scenario = options.load()
    name, n = size_found(options, scenario, hypothesis, n_subjects)
    answers = _answers(scenario, name, n, options.workers, given)
    if options.as_json:
        data = payload.heading(scenario) | show_sexes.data(answers)
        emit(payload.dump(data), options.out)
    else:
        emit(show_sexes.text(answers), options.out)


def _answers(
    scenario: "Scenario", name: str, n: int, workers: int | None, given: dict[str, Any]
) -> "Answers":
    """What was asked of a size; maps and curves only where they were asked for."""
    from planner.cli.show_sexes import Answers
    from planner.operating import sex_questions as questions
    from planner.operating.power import power_curve
    from planner.operating.sex_estimates import usual_tau_scale
    from planner.search.sex_map import usual_sex_map

    asked, shares = questions.sex_questions(scenario, name), None
    tau = usual_tau_scale(asked.scenario) if given["tau"] is None else given["tau"]
    estimates, none = _estimates(asked, n, given["trial"], tau)
    if given["by_share"]:
        power = questions.power_by_share(asked, n, questions.SHARES).tolist()
        shares = dict(zip(questions.SHARES, power, strict=True))
    return Answers(
        scenario=scenario,
        questions=asked,
        characteristics=power_curve(asked.scenario, [n], nulls=False, workers=workers)[0],
        conclusions=questions.sex_conclusions(asked, n),
        tau_scale=tau,
        estimates=estimates,
        no_estimates=none,
        map=usual_sex_map(asked, n) if given["with_map"] else None,
        by_share=shares,
    )


def _estimates(
    asked: "SexQuestions", n: int, trial: int, scale: float
) -> "tuple[SexEstimates | None, str]":
    """Estimates of one trial; in a design that has none, why."""
    from planner.operating.sex_estimates import sex_estimates

    try:
        return sex_estimates(asked, n, trial, scale), ""
    except InvalidInput as problem:
        if problem.key != "plan.design":
            raise
        return None, problem.message
