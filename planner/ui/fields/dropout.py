"""Who leaves when: one share per period, or one for women and one for men."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.truth.attrition import HazardBySex, NoAttrition
from planner.ui.fields.field import Changes, Field
from planner.ui.fields.names import DROPOUT
from planner.ui.fields.source import basis_of, source_of
from planner.words.hypotheses import hypothesis_label

if TYPE_CHECKING:
    from planner.scenario import Scenario

APART = "dropout by sex"
_KIND, _STEM = "truth.attrition.kind", DROPOUT.removesuffix("1")
_SEXES = ("female", "male")


def dropout(base: "Scenario", n_periods: int) -> Iterator[Field]:
    """The controls in their order; to be taken down one by one.

    The first says whether the sexes are apart, and those that follow depend on what it has just
    been found to be.
    """
    apart = {APART: any(a != b for a, b in _given(base, n_periods))}
    if base.truth.female_share is not None:
        yield _switch(base, n_periods, apart)
    for period in range(1, n_periods):
        path = f"{_STEM}{period}"
        if not apart[APART]:
            yield _share(base, path, period)
            continue
        for sex in _SEXES:
            yield _share(base, f"{path}.{sex}", period, sex)


def _switch(base: "Scenario", n_periods: int, apart: dict[str, bool]) -> Field:
    given = _given(base, n_periods)

    def write(value: bool) -> Changes:
        apart[APART] = value
        shares = [dict(zip(_SEXES, pair, strict=True)) if value else pair[0] for pair in given]
        return _kind(base) | {f"{_STEM}{p}": share for p, share in enumerate(shares, start=1)}

    return Field(
        path=APART,
        label="Dropout of women and men apart",
        start=apart[APART],
        kind="toggle",
        write=write,
        help="One share for women and one for men instead of one for all. Unit: none. Typical: "
        "off; no trial of the library reports dropout by sex. Source: assumed.",
    )


def _share(base: "Scenario", path: str, period: int, sex: str = "") -> Field:
    female, male = _given(base, period + 1)[period - 1]
    kept = isinstance(base.truth.attrition, NoAttrition)
    given = path if path in base.citations else path.removesuffix(f".{sex}")
    who = f", {hypothesis_label(sex)}" if sex else ""
    return Field(
        path=path,
        label=f"Dropout before period {period + 1}{who}",
        start=male if sex == "male" else female,
        basis=basis_of(base, given),
        bounds=(0.0, max(0.4, female, male), 0.01),
        format="percent",
        write=lambda share: _kind(base) | {path: share},
        help=f"Share of {hypothesis_label(sex) if sex else 'people'} who complete period {period} "
        f"and leave before period {period + 1}, completely at random. Unit: %. Typical: 8 to "
        "20 %. Source: "
        + ("nobody leaves in the starter scenario." if kept else source_of(base, given)),
    )


def _given(base: "Scenario", n_periods: int) -> list[tuple[float, float]]:
    """Shares of women and of men who leave after period 1, 2, … in the starter scenario."""
    shares = (getattr(base.truth.attrition, f"after_period_{p}", 0.0) for p in range(1, n_periods))
    return [
        (share.female, share.male) if isinstance(share, HazardBySex) else (share, share)
        for share in shares
    ]


def _kind(base: "Scenario") -> Changes:
    return {_KIND: "mcar"} if isinstance(base.truth.attrition, NoAttrition) else {}
