"""What ``planner power`` and ``planner detect`` print."""

from typing import Any

from planner.cli.show_size import oracle_text, title
from planner.cli.tables import Column, grouped, number, render, wrap
from planner.engines.closed_form import ClosedForm, power_of
from planner.engines.model import true_values
from planner.errors import InvalidInput
from planner.operating.characteristics import HypothesisCharacteristics, OperatingCharacteristics
from planner.operating.evaluate import minimum_size
from planner.operating.nulls import null_scenarios
from planner.plan.analysis import Posterior
from planner.scenario import Scenario
from planner.search.detect import Detectable


def text(scenario: Scenario, curve: list[OperatingCharacteristics]) -> str:
    """Power with type I error beside it, for every size and hypothesis."""
    rows = [(r, h) for point in curve for r in (point, *point.others) for h in r.hypotheses]
    columns = [
        Column("N", [grouped(r.n_subjects) for r, _ in rows]),
        Column("hypothesis", [h.hypothesis for _, h in rows], left=True),
        *_analyses(curve, [r.analysis for r, _ in rows]),
        Column("effect", [number(scenario.truth.endpoint.to_natural(h.effect)) for _, h in rows]),
        Column("simulated power", [str(h.success) for _, h in rows]),
        Column("closed form", [oracle_text(h.oracle) for _, h in rows], rank=5),
        Column("type I error", [str(r.null[h.hypothesis].success) for r, h in rows]),
        *_zones([h for _, h in rows]),
        Column("bias", [_signed(h) for _, h in rows], rank=3),
        Column("coverage", [str(h.coverage) for _, h in rows], rank=2),
        Column("width", [str(h.width) for _, h in rows], rank=4),
    ]
    notes = [_trial_note(scenario, r) for point in curve for r in (point, *point.others)]
    return "\n".join([title(scenario), "", render(columns), "", *map(wrap, notes)])


def _analyses(curve: list[OperatingCharacteristics], names: list[str]) -> list[Column]:
    """How the trials were analysed, where there is more than one analysis."""
    return [Column("analysis", names, left=True)] if curve[0].others else []


def _zones(results: list[HypothesisCharacteristics]) -> list[Column]:
    """Shares of trials in the zones beside *go*, where a rule has them."""
    if all(h.stop is None for h in results):
        return []
    return [
        Column("consider", [str(h.consider or "") for h in results]),
        Column("stop", [str(h.stop or "") for h in results]),
    ]


def _signed(h: HypothesisCharacteristics) -> str:
    return f"{h.bias.value:+.3f} ± {h.bias.mcse:.3f}"


def _trial_note(scenario: Scenario, r: OperatingCharacteristics) -> str:
    how = f", {r.analysis}" if scenario.plan.other_analyses else ""
    parts = [f"N = {grouped(r.n_subjects)}{how}: {r.completers} complete on average"]
    if len(r.hypotheses) > 1:
        parts.append(f"success rule ({scenario.plan.success_rule}) {r.trial_success}")
        parts.append(f"any rejected {r.any_rejected}, all {r.all_rejected}")
    if r.familywise_error and len(r.hypotheses) > 1:
        parts.append(f"familywise error with all nulls true {r.familywise_error}")
    if r.same_sign and r.consistent:
        parts.append(
            f"both sexes of the right sign {r.same_sign}, both at least half of overall "
            f"{r.consistent}"
        )
    failed = r.failures
    if failed:
        h = r.hypotheses[0]
        parts.append(
            f"{grouped(failed)} trials not analysed, so power of {h.hypothesis} lies between "
            f"{h.worst:.3f} and {h.best:.3f}"
        )
    else:
        parts.append(f"every trial analysed, {grouped(r.boundary_fits)} with σ_b = 0")
    return "; ".join(parts) + "."


def closed_form_rows(scenario: Scenario, grid: list[int]) -> list[dict[str, Any]]:
    """Closed-form power and level of every size and hypothesis, as plain data."""
    if isinstance(scenario.plan.analysis, Posterior):
        raise InvalidInput(
            "the analysis is Bayesian, whose power has no closed form; leave --closed-form out",
            key="plan.analysis.kind",
        )
    rows = []
    truths = [("planning", scenario, scenario.plan.hypothesis_names)]
    truths += [("null", null, names) for null, names in null_scenarios(scenario)]
    for n in grid:
        for truth, case, names in truths:
            precision = ClosedForm(case).precision(n)
            if precision is None:
                raise InvalidInput(
                    f"n_subjects is {n}, too few to estimate every hypothesis; give at least "
                    f"{minimum_size(scenario)}"
                )
            effects, values = true_values(case), power_of(case, precision)
            for h, name in enumerate(case.plan.hypothesis_names):
                if name in names:
                    value = float(values[h])
                    rows.append(
                        {
                            "n": n,
                            "hypothesis": name,
                            "truth": truth,
                            "effect": case.truth.endpoint.to_natural(float(effects[h])),
                            "source": "formula",
                            "exact": precision.exact,
                            "success": {
                                "value": value,
                                "mcse": 0.0,
                                "lower": value,
                                "upper": value,
                            },
                            "se": float(precision.se[h]),
                            "df": float(precision.df[h]),
                        }
                    )
    return rows


def closed_form_text(scenario: Scenario, rows: list[dict[str, Any]]) -> str:
    """The same as a table."""
    kind = "exact" if all(r["exact"] for r in rows) else "approximate (expected information)"
    columns = [
        Column("N", [grouped(r["n"]) for r in rows]),
        Column("hypothesis", [r["hypothesis"] for r in rows], left=True),
        Column("truth", [r["truth"] for r in rows], left=True),
        Column("effect", [number(r["effect"]) for r in rows]),
        Column("closed form", [f"{r['success']['value']:.4f}" for r in rows]),
        Column("SE", [number(r["se"]) for r in rows]),
        Column("df", [f"{r['df']:.1f}" for r in rows]),
    ]
    return "\n".join([title(scenario), f"Formula, not simulation: {kind}.", "", render(columns)])


def detect_text(scenario: Scenario, results: list[Detectable]) -> str:
    """Smallest detectable effects."""
    columns = [
        Column("hypothesis", [r.hypothesis for r in results], left=True),
        Column("target", [f"{100 * r.power_target:g} %" for r in results]),
        Column("detectable effect", [f"{r.effect:.3g}" for r in results]),
        Column("95 % interval", [f"{r.interval[0]:.3g} to {r.interval[1]:.3g}" for r in results]),
        Column("planned", [number(r.planned) for r in results]),
        Column("simulated power", [str(r.power.success) for r in results]),
        Column("closed form", [oracle_text(r.power.oracle) for r in results], rank=1),
    ]
    unit = scenario.truth.endpoint.unit or scenario.truth.endpoint.name
    head = f"{title(scenario)}\nDetectable with {results[0].n_subjects} randomised, in {unit}"
    return "\n".join([head, "", render(columns)])
