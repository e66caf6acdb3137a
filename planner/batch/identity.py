"""What a stored block depends on: the case that it simulates, and the engine that simulated it."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Any

from planner.batch.points import Truth
from planner.scenario import MonteCarlo, Scenario
from planner.version import __version__

_SOURCES = ("design", "engines", "plan", "trials", "truth", "operating", "rng.py", "scenario.py",
            "spec.py")  # fmt: skip
"""Parts of the package that a simulated number depends on."""
_LIBRARIES = ("numpy", "scipy", "numba")


@cache
def engine_identity() -> dict[str, str]:
    """Version of the program, digest of the sources that simulate, versions of what they use."""
    digest = hashlib.sha256()
    for name in _SOURCES:
        for path, text in sorted(_texts(resources.files("planner") / name, name)):
            digest.update(f"{path}\n".encode() + text + b"\n")
    libraries = {name: metadata.version(name) for name in _LIBRARIES}
    return {"planner": __version__, "sources": digest.hexdigest()[:16], **libraries}


def engine_differences(there: Mapping[str, str]) -> str:
    """What another engine has there and this one has here; empty where they are the same."""
    here = engine_identity()
    return ", ".join(
        f"{name} {there.get(name, 'none')} there, {here.get(name, 'none')} here"
        for name in sorted(here.keys() | there.keys())
        if here.get(name) != there.get(name)
    )


def _texts(place: Traversable, path: str) -> list[tuple[str, bytes]]:
    if place.is_dir():
        found = [_texts(entry, f"{path}/{entry.name}") for entry in place.iterdir()]
        return [pair for part in found for pair in part]
    return [(path, place.read_bytes())] if path.endswith(".py") else []


def simulated_fingerprint(scenario: Scenario) -> str:
    """Fingerprint of what one simulated trial depends on: not how many there are."""
    settings = scenario.monte_carlo
    plan = scenario.plan.model_copy(
        update={"n_subjects": None, "power_targets": (0.8,), "n_limit": 2, "other_analyses": ()}
    )
    fixed = MonteCarlo(seed=settings.seed, draw=settings.draw)
    return scenario.model_copy(
        update={"plan": plan, "monte_carlo": fixed, "alternatives": (), "truth_prior": None}
    ).fingerprint()


def case_key(truth: Truth) -> str:
    """Address of a case: SHA-256 of engine, scenario and size, 64 hexadecimal digits."""
    parts = [*map("=".join, sorted(engine_identity().items())),
             simulated_fingerprint(truth.scenario), str(truth.n_subjects)]  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def block_key(case: str, block: int, size: int) -> bytes:
    """Address of a block of a case, 32 bytes."""
    return hashlib.sha256(f"{case}:{block}:{size}".encode()).digest()


def base_identity(scenario: Scenario) -> dict[str, Any]:
    """What all blocks in a store have in common: base scenario and engine."""
    return {"scenario": simulated_fingerprint(scenario), "engine": engine_identity()}
