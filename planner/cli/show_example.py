"""What ``planner posterior`` prints."""

from typing import Any

from planner.cli.show_size import title
from planner.cli.tables import Column, number, render, wrap
from planner.operating.example_trial import ExampleTrial
from planner.scenario import Scenario


def text(scenario: Scenario, example: ExampleTrial, saved: str) -> str:
    """Posterior of one trial by both engines."""
    c = example.criteria
    hypotheses = render(
        [
            Column("hypothesis", list(example.names), left=True),
            Column("mean", [number(v) for v in example.mean[0]]),
            Column("by NUTS", [number(v) for v in example.mean[1]]),
            Column("SD", [number(v) for v in example.sd[0]]),
            Column("by NUTS", [number(v) for v in example.sd[1]]),
            Column("shown", ["yes" if s else "no" for s in example.shown]),
        ]
    )
    regions = render(
        [
            Column("region", [_region(example, r) for r in range(len(c.row))], left=True),
            Column("asked", [f"{p:g}" for p in c.probability]),
            Column("probability", [f"{p:.4f}" for p in example.probability[0]]),
            Column("by NUTS", [f"{p:.4f}" for p in example.probability[1]]),
        ]
    )
    people = "; ".join(f"{n} {name}" for name, n in example.counts.items() if n)
    notes = [
        f"Trial {example.trial}: {people}.",
        f"Numerical error of the quadrature at most {example.error[0]:.1g}; Monte-Carlo standard "
        f"error of NUTS at most {example.error[1]:.1g}.",
        *([f"Draws saved as {saved} (ArviZ data tree, NetCDF)."] if saved else []),
    ]
    return "\n\n".join([title(scenario), hypotheses, regions, "\n".join(map(wrap, notes))])


def _region(example: ExampleTrial, r: int) -> str:
    c = example.criteria
    name, low, high = example.names[c.row[r]], float(c.lower[r]), float(c.upper[r])
    left = "" if low == float("-inf") else f"{number(low)} < "
    right = "" if high == float("inf") else f" < {number(high)}"
    return f"P({left}{name}{right})"


def row(example: ExampleTrial) -> dict[str, Any]:
    """The JSON object."""
    c = example.criteria
    return {
        "trial": example.trial,
        "people": example.counts,
        "results": [
            {
                "hypothesis": name,
                "mean": {"quadrature": example.mean[0, h], "nuts": example.mean[1, h]},
                "sd": {"quadrature": example.sd[0, h], "nuts": example.sd[1, h]},
                "shown": example.shown[h],
            }
            for h, name in enumerate(example.names)
        ],
        "regions": [
            {
                "hypothesis": example.names[c.row[r]],
                "lower": float(c.lower[r]),
                "upper": float(c.upper[r]),
                "asked": float(c.probability[r]),
                "stop": bool(c.is_stop[r]),
                "probability": {
                    "quadrature": example.probability[0, r],
                    "nuts": example.probability[1, r],
                },
            }
            for r in range(len(c.row))
        ],
        "error": {"quadrature": example.error[0], "nuts_mcse": example.error[1]},
    }
