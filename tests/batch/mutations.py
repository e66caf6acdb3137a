"""Scenario and batch files that went wrong: valid ones with a few things changed at random."""

import copy
import json
import math
import tomllib
from typing import Any

import tomli_w
from hypothesis import strategies as st

from planner.scenario import built_in_names, scenario_text

NUMBERS = [
    0, 1, -1, 2, 3, 24, 60, 0.0, 0.5, 1.0, 0.025, 0.9999, -0.5, 1e-13, 1e-300, 1e13, 1e300, 2**31,
    2**63, 10**30, math.nan, math.inf, -math.inf, True, False,
]  # fmt: skip
WORDS = [
    "", "AB/BA", "ABBA/BAAB", "parallel", "Williams 3", "A/B", "AAAA/BBBB", "overall", "female",
    "male", "interaction", "mixed-model", "within-subject-t", "posterior", "none", "mcar",
    "compound-symmetry", "paired-difference", "superiority", "two-sided", "equivalence",
    "non-inferiority", "log", "raw", "random", "subjects", "kind", "\x00", "\u202e", "a" * 5_000,
    "$(rm -rf /)", "__import__('os')", "../../etc/passwd",
]  # fmt: skip
TABLES = [
    None, [], {}, [[]], [{}], [0.1, 0.2], ["AB", "BA"], ["AB", "AB"], {"female": 1.0, "male": 2.0},
    {"kind": "none"}, {"kind": "mcar", "after_period_1": 0.3},
    {"kind": "mcar", "after_period_3": 0.3}, {"kind": "posterior"},
    {"kind": "mixed-model", "df": "satterthwaite", "carryover": True},
    {"kind": "within-subject-t", "adjust_period": False}, {"B": 1.0}, {"C": 1.0},
    {"kind": "compound-symmetry", "sd_within": 5.0, "sd_between": 0.0},
    {"kind": "compound-symmetry", "cv_within": 0.3}, {"value": 1.0, "evidence": "nothing.there"},
    {"weights": {"A": -1.0, "B": 1.0}},
]  # fmt: skip
PLAUSIBLE: list[Any] = [*NUMBERS, *WORDS, *TABLES]
"""Values that mean something somewhere, and values that mean nothing anywhere."""

_SHORT = st.text(max_size=6)
_JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _SHORT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_SHORT, inner, max_size=3),
    max_leaves=6,
)
VALUES = st.sampled_from(PLAUSIBLE).map(copy.deepcopy) | _JUNK
KEYS = st.sampled_from(
    ["kind", "value", "name", "effect", "carryover", "period_effects", "success", "multiplicity",
     "truth_prior", "monte_carlo", "citations", "n_subjects", "sex_mix", "colour", "__class__"]
) | st.text(max_size=6)  # fmt: skip
PATHS = st.sampled_from(
    ["plan.n_subjects", "plan.design", "plan.analysis", "plan.analysis.df", "truth.effect",
     "truth.covariance.sd_difference", "truth.covariance.correlation", "truth.female_share",
     "truth.attrition.after_period_1", "truth.carryover", "truth.sex_mix", "truth.endpoint.scale",
     "plan.hypotheses.0.objective", "plan.hypotheses.overall.name", "plan.hypotheses", "plan",
     "truth", "plan.success", "monte_carlo.seed", "label", "a.b.c", "", ".", "plan..design"]
) | st.text(max_size=10)  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in nested data."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        inner = list(node.items())
    elif isinstance(node, list):
        inner = list(enumerate(node))
    found = []
    for key, value in inner:
        found += [(*path, key), *places(value, (*path, key))]
    return found


def _alike(value: Any) -> st.SearchStrategy[Any]:
    """Values of the same kind, or anything."""
    match value:
        case bool() | int() | float():
            near = st.sampled_from(NUMBERS) | st.floats(0, 1) | st.floats(0.1, 100)
        case str():
            near = st.sampled_from(WORDS)
        case _:
            near = st.sampled_from(TABLES).map(copy.deepcopy)
    return near | near | near | VALUES


def _change(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """Take something out, put something else in its place, or add something beside it."""
    found = places(data)
    if not found:
        data[draw(KEYS)] = draw(VALUES)
        return
    *path, last = draw(st.sampled_from(found))
    node: Any = data
    for step in path:
        node = node[step]
    match draw(st.integers(0, 9)):
        case 0:
            del node[last]
        case 1 if isinstance(node, dict):
            node[draw(KEYS)] = draw(VALUES)
        case _:
            node[last] = draw(_alike(node[last]))


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A scenario that ships with the program, with up to four things changed."""
    name = draw(st.sampled_from(built_in_names()))
    data = {k: v for k, v in tomllib.loads(scenario_text(name)).items() if k != "protocol"}
    for _ in range(draw(st.integers(1, 3))):
        _change(draw, data)
    return data


SENSIBLE: dict[str, list[Any]] = {
    "plan.n_subjects": [2, 7, 24, 40, 10**9],
    "plan.design": ["AB/BA", "ABBA/BAAB", "Balaam", "parallel", {"sequences": ["AB", "BA", "AA"]}],
    "plan.analysis": [{"kind": "within-subject-t"}, {"kind": "posterior"}, {"kind": "mixed-model"}],
    "plan.analysis.df": ["satterthwaite", "kenward-roger", 3],
    "truth.covariance.sd_difference": [0.001, 7.5, 1e6, -1.0],
    "truth.attrition.after_period_1": [0.0, 0.5, 0.999, 1.0],
    "truth.female_share": [0.01, 0.5, 0.99, 1.0],
    "truth.effect": [0.0, 2.5, {"female": 1.0, "male": -1.0}, 1e9],
    "truth.carryover": [0.0, 1.5],
    "monte_carlo.seed": [1, 2],
}
"""Paths with values most of which are possible."""


@st.composite
def batches(draw: st.DrawFn) -> dict[str, Any]:
    """A batch around a scenario, most of it possible, with up to two things changed."""
    base = draw(st.sampled_from(built_in_names()) if draw(st.integers(0, 4)) else scenarios())
    paths = draw(st.lists(st.sampled_from(list(SENSIBLE)), max_size=2, unique=True))
    grid: dict[str, Any] = {
        path: draw(st.lists(st.sampled_from(SENSIBLE[path]), min_size=1, max_size=2))
        for path in paths
    } | {"plan.n_subjects": draw(st.sampled_from([[24, 40], [41], [30, 2]]))}
    if draw(st.integers(0, 4)) == 0:
        grid[draw(PATHS)] = draw(st.lists(VALUES, max_size=3))
    one = st.fixed_dictionaries(
        {"name": _SHORT, "changes": st.dictionaries(PATHS, VALUES, max_size=2)}
    )
    data: dict[str, Any] = {
        "base" if isinstance(base, str) else "scenario": base,
        "grid": copy.deepcopy(grid),
        "impossible": draw(st.sampled_from(["refuse", "skip", "skip"])),
    }
    if draw(st.integers(0, 3)) == 0:
        data["cases"] = draw(st.lists(one, max_size=2))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        _change(draw, data)
    return data


@st.composite
def files(draw: st.DrawFn, content: st.SearchStrategy[dict[str, Any]]) -> tuple[str, bytes]:
    """Ending and bytes of a file: TOML where it can say it, else JSON; sometimes cut or garbled."""
    data, ending = draw(content), draw(st.sampled_from([".toml", ".json"]))
    text = ""
    if ending == ".toml":
        try:
            text = tomli_w.dumps(data)
        except (TypeError, ValueError, UnicodeError):
            ending = ".json"
    if ending == ".json":
        text = json.dumps(data)
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    if raw and draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(raw) - 1))
        match draw(st.sampled_from(["cut", "flip", "insert"])):
            case "cut":
                del raw[place:]
            case "flip":
                raw[place] = draw(st.integers(0, 255))
            case _:
                raw[place:place] = draw(st.binary(max_size=4))
    return ending, bytes(raw)
