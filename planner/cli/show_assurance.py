"""What ``planner assurance`` prints, and its plain data."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from planner.cli import payload
from planner.cli.in_words import distribution_in_words
from planner.cli.show_size import oracle_text, title
from planner.cli.tables import Column, grouped, number, render, size, wrap
from planner.evidence.distribution import (
    Beta,
    Fixed,
    LogNormal,
    Normal,
    NormalMixture,
    ScaledInverseChi,
    StudentT,
    Uniform,
)
from planner.operating.assurance_result import AimAssurance, Assurance
from planner.operating.characteristics import MonteCarloEstimate
from planner.scenario import Scenario
from planner.search.assurance_size import AssuranceSize
from planner.truth.endpoint import Endpoint
from planner.truth.truth_prior import PilotEstimate

Varied = (
    Normal | StudentT | NormalMixture | PilotEstimate | LogNormal | ScaledInverseChi | Fixed | Beta
    | Uniform
)  # fmt: skip


def text(scenario: Scenario, curve: Sequence[Assurance]) -> str:
    """Assurance and what goes with it, for every size and aim."""
    shown = [
        (r, a) for result in curve for r in (result, *result.others) for a in _shown(r, scenario)
    ]
    columns = [
        Column("N", [grouped(r.n_subjects) for r, _ in shown]),
        Column("aim", [a.aim for _, a in shown], left=True),
        Column("assurance", [str(a.success) for _, a in shown]),
        Column("closed form", [oracle_text(a.oracle) for _, a in shown], rank=2),
        Column("planned power", [_plain(a.power) for _, a in shown], rank=3),
        Column("limit", [_plain(a.limit) for _, a in shown]),
        Column("type I error", [_estimate(a.null) for _, a in shown], rank=1),
        Column("wrong success", [_estimate(a.wrong) for _, a in shown]),
    ]
    if any(r.others for r in curve):
        columns.insert(1, Column("analysis", [r.analysis for r, _ in shown], left=True))
    tables = [render(columns), render(_effect_columns(scenario, shown))]
    notes = [_prior_note(scenario), *_meaning(curve[0], scenario), *_failure_notes(curve)]
    return "\n".join([title(scenario), "", "\n\n".join(tables), "", *map(wrap, notes)])


def _effect_columns(
    scenario: Scenario, shown: Sequence[tuple[Assurance, AimAssurance]]
) -> list[Column]:
    endpoint = scenario.truth.endpoint
    columns = [
        Column("N", [grouped(r.n_subjects) for r, _ in shown]),
        Column("aim", [a.aim for _, a in shown], left=True),
        Column("true effect", [_estimate(_natural(a.effect, endpoint)) for _, a in shown]),
        Column(
            "given success",
            [_estimate(_natural(a.effect_given_success, endpoint)) for _, a in shown],
        ),
    ]
    if shown[0][0].relevant is None:
        return columns
    parts = [a.relevant for _, a in shown]
    return [
        *columns,
        Column("relevant", [_estimate(p.share if p else None) for p in parts], rank=1),
        Column("and relevant", [_estimate(p.joint if p else None) for p in parts]),
        Column("if relevant", [_estimate(p.given if p else None) for p in parts]),
    ]


def _shown(result: Assurance, scenario: Scenario) -> tuple[AimAssurance, ...]:
    """The hypotheses, and the success rule where the plan states one."""
    return result.aims if scenario.plan.success else result.hypotheses


def _meaning(result: Assurance, scenario: Scenario) -> list[str]:
    notes = [
        "Assurance: P(success) over truths and data; planned power: at the scenario's own truth "
        "(closed form); limit: assurance of an endless trial, which no size exceeds; type I "
        "error: at the plan's null; wrong success: P(the effect is in the null region, or for a "
        "two-sided test of the other sign than its estimate, given success)."
    ]
    if result.relevant is not None:
        rule = "; for the success rule, of the first hypothesis" if scenario.plan.success else ""
        notes.append(
            f"Relevant: P(an effect of {number(result.relevant)} or beyond){rule}; and relevant: "
            "P(success and such an effect); if relevant: P(success given such an effect)."
        )
    return notes


def _failure_notes(curve: Sequence[Assurance]) -> list[str]:
    return [
        f"N = {grouped(r.n_subjects)}: {grouped(r.failures)} trials not analysed count as no "
        f"success; the assurance of {r.trial.aim} lies between {r.trial.worst:.3f} and "
        f"{r.trial.best:.3f}."
        for r in curve
        if r.failures
    ]


def _prior_note(scenario: Scenario) -> str:
    prior = scenario.truth_prior
    assert prior is not None
    parts = [
        f"{name.replace('_', ' ')} {distribution_in_words(getattr(prior, name))}"
        for name in ("effect", "sex_difference", "sd_difference", "correlation", "dropout",
                     "carryover")
        if getattr(prior, name) is not None
    ]  # fmt: skip
    return f"Design prior: {'; '.join(parts)}; everything else as planned."


def _plain(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _estimate(value: MonteCarloEstimate | None) -> str:
    return "none" if value is None else str(value)


def _natural(value: MonteCarloEstimate | None, endpoint: Endpoint) -> MonteCarloEstimate | None:
    """A mean effect on the natural scale; of log ratios, their geometric mean."""
    if value is None or endpoint.scale == "raw":
        return value
    centre, lower, upper = (float(np.exp(v)) for v in (value.value, value.lower, value.upper))
    return replace(value, value=centre, mcse=centre * value.mcse, lower=lower, upper=upper)


def rows(result: Assurance, scenario: Scenario) -> list[dict[str, Any]]:
    """Plain data of every aim, under every analysis; effects on the natural scale."""
    endpoint = scenario.truth.endpoint
    return [
        {
            "n": r.n_subjects,
            "analysis": r.analysis,
            "aim": a.aim,
            "assurance": payload.estimate(a.success),
            "worst_case": a.worst,
            "best_case": a.best,
            "closed_form": payload.oracle(a.oracle),
            "planned_power": a.power,
            "limit": a.limit,
            "type_i_error": payload.estimate(a.null),
            "wrong_success": payload.estimate(a.wrong),
            "effect": payload.estimate(_natural(a.effect, endpoint)),
            "effect_given_success": payload.estimate(_natural(a.effect_given_success, endpoint)),
            "relevant": payload.estimate(a.relevant.share if a.relevant else None),
            "success_and_relevant": payload.estimate(a.relevant.joint if a.relevant else None),
            "success_given_relevant": payload.estimate(a.relevant.given if a.relevant else None),
            "failures": r.failures,
        }
        for r in (result, *result.others)
        for a in r.aims
    ]


def size_text(scenario: Scenario, found: Sequence[AssuranceSize]) -> str:
    """Sizes by assurance, one row per aim and target."""
    columns = [
        Column("aim", [r.aim for r in found], left=True),
        Column("target", [f"{100 * r.target:g} %" for r in found]),
        Column("evaluable", [size(r.n_evaluable, r.status) for r in found]),
        Column("randomised", [size(r.n_randomised, r.status) for r in found]),
        Column("assurance", [str(r.assurance) for r in found]),
        Column("closed form", [oracle_text(r.oracle) for r in found], rank=2),
        Column("planned power", [_plain(r.trial[r.aim].power) for r in found], rank=1),
        Column("limit", [_plain(r.limit) for r in found]),
        Column("wrong success", [_estimate(r.trial[r.aim].wrong) for r in found], rank=3),
    ]
    notes = [f"{r.sentence}." for r in found if r.status == "not_reached"]
    notes += [_prior_note(scenario), *_meaning(found[0].trial, scenario)]
    return "\n".join([title(scenario), "", render(columns), "", *map(wrap, notes)])


def size_row(r: AssuranceSize) -> dict[str, Any]:
    """Plain data of one size."""
    return {
        "aim": r.aim,
        "target": r.target,
        "status": r.status,
        "n_evaluable": r.n_evaluable,
        "n_randomised": r.n_randomised,
        "per_sequence": r.per_sequence,
        "per_sex": r.per_sex,
        "n_interval": list(r.n_interval),
        "limit": r.limit,
        "assurance": payload.estimate(r.assurance),
        "closed_form": payload.oracle(r.oracle),
        "assurance_evaluable": payload.estimate(r.assurance_evaluable),
        "closed_form_evaluable": payload.oracle(r.oracle_evaluable),
        "planned_power": r.trial[r.aim].power,
        "wrong_success": payload.estimate(r.trial[r.aim].wrong),
        "failures": r.trial.failures,
        "trace": [
            {
                "n": s.n,
                "assurance": s.power,
                "mcse": s.mcse,
                "n_trials": s.n_trials,
                "purpose": s.purpose,
            }
            for s in r.trace
        ],
    }
