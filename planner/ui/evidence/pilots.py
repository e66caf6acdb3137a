"""The pilots looked back on, as tables."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from planner.charts.style import signed
from planner.evidence.library import load_library
from planner.evidence.pilots import PLANNED, SD_DIFFERENCE, named_pilot, planning_effect
from planner.evidence.retrodesign import retrodesign
from planner.evidence.shrinkage import ShrunkenEffect

PILOTS = ("jelen-2025", "williams-2018")
_CURVE = np.round(np.arange(0.1, 0.81, 0.02), 2)


@cache
def _shrunken() -> ShrunkenEffect:
    return planning_effect(load_library())


def planned_effect() -> float:
    """d_z that the trial is planned with."""
    return load_library().exact[PLANNED]


def face_value() -> float:
    """d_z of the pilot that has published a statistic, as it stands."""
    return _shrunken().face_value


def curve_table() -> pd.DataFrame:
    """Power, type M and type S error of every pilot over plausible true effects, for charts."""
    return _table(_CURVE.tolist())


def table_shown() -> pd.DataFrame:
    """The same at round effects, the planned one and the pilot's own, as the page names them."""
    effects = sorted({0.1, 0.2, 0.3, 0.5, planned_effect(), face_value()})
    names = {
        "pilot": "pilot",
        "effect": "true effect, d_z (assumed)",
        "points": "MADRS points",
        "power": "power, % (derived)",
        "type_m": "type M, times too large (derived)",
        "type_s": "type S, % (derived)",
    }
    return _table(effects)[list(names)].rename(columns=names)


def _table(effects: Sequence[float]) -> pd.DataFrame:
    library = load_library()
    points = library.exact[SD_DIFFERENCE]
    parts = []
    for name in PILOTS:
        pilot = named_pilot(name, library)
        design = retrodesign(effects, pilot.se, pilot.df)
        parts.append(
            pd.DataFrame(
                {
                    "pilot": f"{pilot.short} (n = {pilot.n})",
                    "effect": design.true_effects,
                    "points": points * design.true_effects,
                    "power": 100 * design.power,
                    "type_m": design.type_m,
                    "type_s": 100 * design.type_s,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def readings_shown() -> pd.DataFrame:
    """What several defensible readings make of the pilot's estimate."""
    library = load_library()
    points = library.exact[SD_DIFFERENCE]
    rows = [
        {
            "reading": reading.name,
            "d_z (derived)": signed(reading.effect, 3),
            "MADRS points": signed(points * reading.effect, 1),
            "95 % interval of d_z": " to ".join(map(signed, reading.interval or ())),
            "rests on": reading.basis,
        }
        for reading in _shrunken().readings
    ]
    return pd.DataFrame(rows)


def planned_words() -> str:
    """The planned effect as a share of the face value, and on which side of it readings lie."""
    shrunken = _shrunken()
    return (
        f"The trial is planned with d_z {shrunken.planned:.3f} (derived), "
        f"{100 * shrunken.retained:.0f} % of the face value. Smaller: "
        f"{'; '.join(shrunken.smaller) or 'none'}. Larger: {'; '.join(shrunken.larger) or 'none'}."
    )


def takeaway() -> str:
    """What the pilots could find, in two sentences."""
    each = "; ".join(
        f"{r['pilot']}: power {r['power']:.0f} %, a significant estimate on average "
        f"{r['type_m']:.1f} times too large (type M), with the wrong sign in {_small(r['type_s'])} "
        "(type S)"
        for r in _table([planned_effect()]).to_dict("records")
    )
    return f"At the planned effect, d_z {planned_effect():.2f}: {each}. All derived."


def _small(share: float) -> str:
    """A share in %, however small."""
    return f"{share:.1f} %" if share >= 0.05 else "fewer than 0.1 %"
