"""The analysis prior: what a Bayesian analysis assumes before it sees the trial's data."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from planner.ui.fields.field import Field
from planner.ui.fields.forms import AS_GIVEN, GIVEN, form_choice, scale_above_0
from planner.ui.fields.names import PRIORS
from planner.ui.fields.panel import Panel
from planner.ui.fields.truth import effect_unit, magnitude

if TYPE_CHECKING:
    from planner.scenario import Scenario

EFFECT, SEXES, SDS = f"{PRIORS}.effect", f"{PRIORS}.sexes", f"{PRIORS}.sd_within"
MEAN, SD, SCALE, WEIGHT = (f"{EFFECT}.{name}" for name in ("mean", "sd", "scale", "weight"))
TAU, SD_SCALE = f"{SEXES}.tau.scale", f"{SDS}.scale"
POOLED, STUDENT_T = "pooled", "student-t"
_EFFECTS = {
    "flat": "Flat",
    "normal": "Normal",
    "robust": "Robust mixture",
    STUDENT_T: "Student t",
    POOLED: "Pooled studies (Evidence)",
    GIVEN: AS_GIVEN,
}
_SEXES = {
    "independent": "Independent",
    "exchangeable": "Exchangeable",
    "common": "One common effect",
    GIVEN: AS_GIVEN,
}
_SDS = {"weak": "Weak default", "half-normal": "Half-normal", GIVEN: AS_GIVEN}


def analysis_prior(
    base: "Scenario", panel: Panel, pooled: Mapping[str, Any] | None
) -> Iterator[Field]:
    """The controls in their order; `pooled` is a prior handed over by the Evidence page."""
    yield from _effect(base, panel, pooled is not None)
    if base.by_sex:
        yield from _sexes(base, panel)
    yield form_choice(
        base,
        SDS,
        "Priors of the SDs",
        _SDS,
        ("weak", "half-normal"),
        "Within- and between-person SD. Weak: density 1/σ within persons, half-normal ratio of "
        "between to within. Half-normal: both SDs, of the scale given. Unit: none. Typical: weak. "
        "Source: Gelman 2006, 10.1214/06-BA117A.",
    )
    if panel.values[SDS] == "half-normal":
        yield scale_above_0(
            base,
            SD_SCALE,
            "Scale of the SDs",
            1.0,
            "Scale of the half-normal priors of both SDs: two thirds of the prior lie below it. "
            "Typical: a scale that both SDs are sure to be near or below.",
        )


def _effect(base: "Scenario", panel: Panel, pooled: bool) -> Iterator[Field]:
    kinds = ("flat", "normal", "robust", STUDENT_T, *([POOLED] if pooled else []))
    yield form_choice(
        base,
        EFFECT,
        "Analysis prior of the effect",
        _EFFECTS,
        kinds,
        "What the analysis assumes of the effect B − A before the trial's data. Flat says nothing; "
        "normal around 0 is sceptical; a robust mixture gives way if the data contradict it; "
        "Student t has heavy tails (4 degrees of freedom) and takes by far the longest. Never "
        "taken from the assumed truth. Unit: none. Typical: flat, or sceptical around 0. Source: "
        "chosen by the sponsor.",
    )
    kind = panel.values[EFFECT]
    if kind in ("normal", "robust", STUDENT_T):
        yield from _place_and_spread(base, kind)
    if kind == "robust":
        yield Field(
            path=WEIGHT,
            label="Robust weight",
            start=0.2,
            basis="assumed",
            bounds=(0.05, 0.95, 0.05),
            format="percent",
            help="Weight of a second, wide normal around no effect that is worth one person "
            f"(SD {base.truth.sd_difference:g} {effect_unit(base)}). Unit: %. Typical: 10 to 50 %. "
            "Source: Schmidli et al. 2014, 10.1111/biom.12242.",
        )


def _place_and_spread(base: "Scenario", kind: str) -> Iterator[Field]:
    _, step, shape = magnitude(base)
    reach, unit = 20 * base.truth.sd_difference, effect_unit(base)
    yield Field(
        path=MEAN,
        label="Prior mean",
        start=0.0,
        basis="assumed",
        kind="decimal",
        bounds=(-reach, reach, step),
        format=shape,
        help=f"Where the prior lies. Unit: {unit}. Typical: 0, no effect. Source: assumed.",
    )
    yield scale_above_0(
        base,
        SCALE if kind == STUDENT_T else SD,
        "Prior scale" if kind == STUDENT_T else "Prior SD",
        0.5,
        "Spread of the prior. Typical: half an SD of the difference: 95 % of a normal then lie "
        "within ± 0.98 SDs, hardly more than ketamine's own effect against placebo "
        "(lapidus-2014).",
    )


def _sexes(base: "Scenario", panel: Panel) -> Iterator[Field]:
    yield form_choice(
        base,
        SEXES,
        "Women and men",
        _SEXES,
        ("independent", "exchangeable", "common"),
        "How the effects in women and men hang together. Independent: each has the prior by "
        "itself. Exchangeable: each borrows from the other. One common effect: no difference "
        "between them, so that a hypothesis about it is left out. Unit: none. Typical: "
        "exchangeable, or independent. Source: Dixon & Simon 1991, Biometrics 47:871.",
    )
    if panel.values[SEXES] == "exchangeable":
        yield scale_above_0(
            base,
            TAU,
            "τ between the sexes",
            0.15,
            "Scale of the half-normal prior of τ, the SD of the effects between the sexes. "
            "Typical: 0.1 to 0.3 SDs of the difference.",
        )
