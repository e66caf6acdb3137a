"""What ``planner size`` prints."""

from typing import Any

import numpy as np

from planner import __version__
from planner.cli.in_words import priors_in_words, rule_in_words
from planner.cli.tables import Column, grouped, number, render, size, terminal_width, wrap
from planner.engines.model import levels_of
from planner.operating.characteristics import OperatingCharacteristics, Oracle
from planner.plan.analysis import Posterior, describe
from planner.scenario import Scenario
from planner.search.result import SampleSize
from planner.search.sensitivity import AlternativeSizes


def text(
    scenario: Scenario, results: list[SampleSize], alternatives: list[AlternativeSizes]
) -> str:
    """The whole answer."""
    notes = [
        *_effect_note(scenario, results),
        *_alternative_notes(results[0], alternatives),
        *_interaction_note(results),
        *_warnings(scenario, results),
        *_rounding_notes(results[0]),
        *(f"{key}: {value}." for key, value in conventions(scenario).items()),
        _ledger_note(results),
    ]
    body = [title(scenario), "", table(scenario, results), "", *(wrap(note) for note in notes)]
    return "\n".join(body)


def title(scenario: Scenario, *, simulated: bool = True) -> str:
    """Two lines: what is planned, and what was simulated unless all is by a formula."""
    plan, settings = scenario.plan, scenario.monte_carlo
    design = plan.design
    periods = f"{design.n_periods} period{'s' if design.n_periods > 1 else ''}"
    trials = f", {grouped(settings.n_trials)} simulated trials per size, seed {settings.seed}"
    left = f"{design.name}, {periods}, {describe(plan.analysis)}{trials if simulated else ''}"
    right = f"scenario {scenario.short_fingerprint} · planner {__version__}"
    room = terminal_width() - len(left) - len(right)
    line = f"{left}{' ' * room}{right}" if room >= 2 else wrap(f"{left}; {right}", "")
    return f"{scenario.label or 'Unnamed scenario'}\n{line}"


def table(scenario: Scenario, results: list[SampleSize]) -> str:
    """One row per hypothesis and target."""
    sequences = scenario.plan.design.sequences
    columns = [
        Column("hypothesis", [r.hypothesis for r in results], left=True),
        Column("effect  d_z", [_effect(scenario, r) for r in results], rank=3),
        Column("target", [f"{100 * r.power_target:g} %" for r in results]),
        Column("evaluable", [size(r.n_evaluable, r.status) for r in results]),
        Column("randomised", [size(r.n_randomised, r.status) for r in results]),
    ]
    if len(sequences) <= 4:
        cells = ["+".join(map(str, r.per_sequence.values())) for r in results]
        columns.append(Column("+".join(sequences), cells, rank=6))
    if results[0].per_sex:
        cells = ["+".join(map(str, r.per_sex.values())) for r in results]
        columns.append(Column("women+men", cells, rank=2))
    columns += [
        Column("simulated power", [str(r.power) for r in results]),
        Column("closed form", [oracle_text(r.oracle) for r in results], rank=5),
        Column("type I error", [str(r.type_i_error or "") for r in results], rank=1),
    ]
    return render(columns)


def oracle_text(oracle: Oracle | None) -> str:
    """Closed form with the z-score of the simulation; ≈ where it is an approximation."""
    if oracle is None:
        return "none"
    return f"{'' if oracle.exact else '≈'}{oracle.value:.3f} z {oracle.z:4.1f}"


def _effect(scenario: Scenario, r: SampleSize) -> str:
    if r.effect is None:
        return ""
    truth = scenario.truth
    d_z = truth.endpoint.to_model(r.effect, "effect") / truth.sd_difference
    return f"{number(r.effect)}  {d_z:4.2f}"


def _effect_note(scenario: Scenario, results: list[SampleSize]) -> list[str]:
    endpoint = scenario.truth.endpoint
    assumed = sorted({c.flag for k, c in scenario.citations.items() if "effect" in k and c.flag})
    basis = f"; {' and '.join(assumed)}, see `planner scenario show`" if assumed else ""
    unit = endpoint.unit or ("ratio" if endpoint.scale == "log" else "")
    shown = f"{endpoint.name}, {unit}" if unit else endpoint.name
    first, second = scenario.plan.design.treatments[:2]
    sign = "/" if endpoint.scale == "log" else "−"
    compared = f"{scenario.plan.label(second)} {sign} {scenario.plan.label(first)}"
    return [
        f"Effects: {shown}, {compared}{basis}. Simulated power and type I error are those of the "
        "randomised trial with its dropout; ≈ marks closed forms that approximate."
    ]


def _alternative_notes(main: SampleSize, alternatives: list[AlternativeSizes]) -> list[str]:
    notes = []
    for a in alternatives:
        shown = f" ({number(a.effect)}, d_z {a.standardised_effect:.3f})"
        sizes = ", ".join(
            f"{s.ledger.whole or s.n_evaluable} evaluable, {s.n_randomised} randomised for "
            f"{s.power_target:.0%}".replace("%", " %")
            for s in a.sizes
        )
        notes.append(f"At {a.name}{shown} {main.hypothesis} would need {sizes} ({a.note}).")
    return notes


def _interaction_note(results: list[SampleSize]) -> list[str]:
    main = results[0]
    width = _width(main.trial, "interaction")
    if main.hypothesis != "overall" or width is None:
        return []
    value, mcse = width
    return [
        f"The trial of {main.n_randomised} sized for the overall effect estimates the sex "
        f"difference to ± {value:.2f} (95 %, Monte-Carlo SE {mcse:.3f}); its power to detect the "
        f"planned one is {main.trial['interaction'].success}. A result significant in one sex and "
        "not in the other is not a difference."
    ]


def _width(trial: OperatingCharacteristics, name: str) -> tuple[float, float] | None:
    found = [h for h in trial.hypotheses if h.hypothesis == name]
    return (found[0].width.value / 2, found[0].width.mcse / 2) if found else None


def _warnings(scenario: Scenario, results: list[SampleSize]) -> list[str]:
    from planner.plan.hypothesis import TwoSided

    notes = []
    for name, tail, hypothesis in zip(
        scenario.plan.hypothesis_names, levels_of(scenario), scenario.plan.hypotheses, strict=True
    ):
        level = tail * (2 if isinstance(hypothesis.objective, TwoSided) else 1)
        errors = [r.type_i_error for r in results if r.hypothesis == name and r.type_i_error]
        high = [e for e in errors if e.value > level + 3 * np.sqrt(level * (1 - level) / e.n)]
        if high:
            notes.append(
                f"WARNING: the type I error of {name} is {high[0]}, above its level {level:g}: the "
                "planned analysis does not hold its level under this truth."
            )
    return notes


def _rounding_notes(main: SampleSize) -> list[str]:
    ledger = main.ledger
    if ledger.formula is None:
        return []
    steps = [f"{ledger.formula:.1f}", f"{ledger.whole}", f"{ledger.balanced} balanced"]
    if ledger.inflated != ledger.balanced:
        steps.append(f"{ledger.inflated} so that {ledger.balanced} complete on average")
    if main.n_randomised > ledger.inflated:
        steps.append(f"{main.n_randomised} to reach the target with dropout")
    note = f"Rounding ({main.hypothesis}, {main.power_target:.0%}): {' → '.join(steps)}."
    if ledger.with_partial_data and ledger.with_partial_data < main.n_randomised:
        note += (
            f" Counting what leavers contribute before they leave, {ledger.with_partial_data} "
            "would reach the target (closed form)."
        )
    return [note.replace("%)", " %)")]


def conventions(scenario: Scenario) -> dict[str, Any]:
    """What the numbers mean, in the terms of other programs."""
    truth = scenario.truth
    sd = truth.sd_difference
    within = sd / np.sqrt(2)
    scale = " of the logarithm" if truth.endpoint.scale == "log" else ""
    plan = scenario.plan
    bayesian = isinstance(plan.analysis, Posterior)
    prior = (
        {"Prior": priors_in_words(plan.analysis)} if isinstance(plan.analysis, Posterior) else {}
    )
    rule = rule_in_words(plan.hypotheses[0].objective, bayesian=bayesian)
    return {
        "SD": f"of the within-person difference {number(sd)}{scale} (d_z divides by it, as in "
        f"G*Power) = √2 × within-person SD {number(float(within))} (PowerTOST, residual SD)"
        + (f"; CV {np.sqrt(np.expm1(within**2)):.3f}" if scale else ""),
        "N": f"people in all, over {scenario.plan.design.n_sequences} sequences (as in PowerTOST; "
        "some textbooks count per sequence); evaluable people complete all periods, randomised "
        "include those expected to leave",
        "Rule" if bayesian else "Level": rule,
        **prior,
    }


def _ledger_note(results: list[SampleSize]) -> str:
    failed = sum(r.trial.failures for r in results)
    trials = sum(r.trial.n_trials for r in results)
    worst = max(results, key=lambda r: r.trial.failure_share)
    if not failed:
        boundary = sum(r.trial.boundary_fits for r in results)
        edge = f", {grouped(boundary)} of them with σ_b = 0" if boundary else ""
        return f"All {grouped(trials)} trials of these sizes were analysed{edge}."
    return (
        f"{grouped(failed)} of {grouped(trials)} trials could not be analysed and count as no "
        f"success; most at N = {worst.n_randomised} ({worst.trial.failure_share:.2%})."
    )
