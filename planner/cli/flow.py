"""The command ``planner flow``."""

import click

from planner.cli.options import RunOptions, emit, run_options, size_found


@click.command()
@run_options
@click.option("--hypothesis", help="Whose size it is; default the first.")
@click.option(
    "--n",
    "n_subjects",
    type=click.IntRange(min=1),
    help="People randomised; default the size found for the first target.",
)
def flow(options: RunOptions, hypothesis: str | None, n_subjects: int | None) -> None:
    """People expected with an outcome, by sequence, sex and period; a formula."""
    from planner.cli import payload, show_flow
    from planner.operating.participant_flow import participant_flow

    scenario = options.load()
    _, n = size_found(options, scenario, hypothesis, n_subjects)
    found = participant_flow(scenario, n)
    if options.as_json:
        data = payload.heading(scenario) | show_flow.data(found, n)
        emit(payload.dump(data), options.out)
    else:
        emit(show_flow.text(scenario, found, n), options.out)
