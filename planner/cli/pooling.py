"""``planner evidence pool`` and ``planner evidence retrodesign``."""

from pathlib import Path
from typing import Any

import click

from planner.cli.options import emit


@click.command()
@click.argument("data", type=click.Path(path_type=Path), required=False)
@click.option("--entries", default="", metavar="STUDY.ENTRY,…", help="Entries of the library.")
@click.option("--tau-scale", type=float, help="Scale of the half-normal between-study SD.")
@click.option("--tau", type=float, help="Between-study SD taken as known; 0 for fixed effects.")
@click.option("--mean", type=float, help="Mean of the normal prior of the mean; default 0.")
@click.option("--mean-sd", type=float, help="Its SD; default flat for effects, 2 for logits.")
@click.option("--flat", is_flag=True, help="Flat prior of the mean, for shares too.")
@click.option("--power-prior", type=float, default=1.0, help="Weight of every study, up to 1.")
@click.option("--robust-weight", type=float, default=0.0, help="Weight of a robust component.")
@click.option("--robust-mean", type=float, help="Its place; default no effect, shares 0.5.")
@click.option("--sigma", type=float, help="SD of one person's contribution, for people's worth.")
@click.option("--columns", default="", metavar="NAME=YOURS,…", help="Names of your columns.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
def pool(data: Path | None, entries: str, as_json: bool, out: Path | None, **given: Any) -> None:
    """Pool studies into a prior for a new one (meta-analytic-predictive prior).

    DATA is a CSV file with columns study, estimate, se or study, events, total. Or name entries
    of the library with --entries.
    """
    from planner.cli import payload, show_pooling
    from planner.cli.pooled_studies import PoolingOptions, derive, read_studies

    studies = read_studies(data, entries, given.pop("columns"))
    result = derive(studies, PoolingOptions(**given))
    emit(payload.dump(show_pooling.as_data(result)) if as_json else show_pooling.text(result), out)


@click.command()
@click.option("--pilot", help="jelen-2025 (default) or williams-2018.")
@click.option("--estimate", type=float, help="Estimate of a study of your own.")
@click.option("--se", type=float, help="Its standard error.")
@click.option("--df", type=float, help="Its degrees of freedom; default infinite.")
@click.option("--true", "true_effects", metavar="E,E,…", help="Plausible true effects.")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Two-sided level.")
@click.option("--prior-sd", metavar="SD,SD,…", help="Priors N(0, SD²) of the true effect.")
@click.option("--planned", type=float, help="Effect that the new trial is planned with.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
def retrodesign(alpha: float, as_json: bool, out: Path | None, **given: Any) -> None:
    """Power, type S and type M error of a pilot, and its estimate shrunken.

    Effects of the named pilots are in SDs of the difference between periods (d_z).
    """
    from planner.cli import payload, show_retrodesign
    from planner.cli.look_back import LookBackOptions, look_back

    result = look_back(LookBackOptions(**given), alpha)
    emit(
        payload.dump(show_retrodesign.as_data(result))
        if as_json
        else show_retrodesign.text(result),
        out,
    )
