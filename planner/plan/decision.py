"""When the trial has succeeded: multiplicity procedure and success expression."""

import ast
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from planner.errors import InvalidInput
from planner.spec import NonNegative, Spec

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


class NoMultiplicity(Spec):
    """Each hypothesis at its own level."""

    kind: Literal["none"] = "none"


class FixedSequence(Spec):
    """Test in the given order at full level; stop at the first that fails."""

    kind: Literal["fixed-sequence"] = "fixed-sequence"
    order: tuple[str, ...] | None = None


class Holm(Spec):
    """Holm's step-down procedure."""

    kind: Literal["holm"] = "holm"


class Fallback(Spec):
    """Fallback: each hypothesis has a share of the level and inherits from those before it."""

    kind: Literal["fallback"] = "fallback"
    weights: dict[str, NonNegative]


class Graph(Spec):
    """Graphical procedure (Bretz, Maurer, Brannath & Posch 2009).

    Parameters
    ----------
    weights : hypothesis → initial share of the level, summing to at most 1.
    transitions : hypothesis → {hypothesis → share passed on when the first is rejected}.
    """

    kind: Literal["graph"] = "graph"
    weights: dict[str, NonNegative]
    transitions: dict[str, dict[str, NonNegative]]


Multiplicity = Annotated[
    NoMultiplicity | FixedSequence | Holm | Fallback | Graph, Field(discriminator="kind")
]


def as_graph(procedure: Multiplicity, names: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
    """Initial weights [H] and transition matrix [H, H] of a procedure.

    Raises
    ------
    InvalidInput : unknown names, weights above 1, rows of the transition matrix above 1.
    """
    n = len(names)
    match procedure:
        case NoMultiplicity():
            return np.ones(n), np.zeros((n, n))
        case Holm():
            return np.full(n, 1 / n), (np.ones((n, n)) - np.eye(n)) / max(n - 1, 1)
        case FixedSequence():
            order = _positions(procedure.order or names, names, "order", complete=True)
            weights, transitions = np.zeros(n), np.zeros((n, n))
            weights[order[0]] = 1.0
            transitions[order[:-1], order[1:]] = 1.0
        case Fallback():
            order = _positions(tuple(procedure.weights), names, "weights", complete=True)
            weights, transitions = np.zeros(n), np.zeros((n, n))
            weights[order] = list(procedure.weights.values())
            transitions[order[:-1], order[1:]] = 1.0
        case Graph():
            weights, transitions = np.zeros(n), np.zeros((n, n))
            order = _positions(tuple(procedure.weights), names, "weights", complete=True)
            weights[order] = list(procedure.weights.values())
            for source, row in procedure.transitions.items():
                i = _positions((source,), names, "transitions")[0]
                for target, share in row.items():
                    transitions[i, _positions((target,), names, "transitions")[0]] = share
    _check_graph(weights, transitions)
    return weights, transitions


def _positions(
    given: tuple[str, ...], names: tuple[str, ...], key: str, *, complete: bool = False
) -> list[int]:
    wrong = [name for name in given if name not in names]
    if wrong or (complete and sorted(given) != sorted(names)):
        raise InvalidInput(
            f"{', '.join(given)} given but the hypotheses are {', '.join(names)}; name each of "
            "them once",
            key=f"plan.multiplicity.{key}",
        )
    return [names.index(name) for name in given]


def _check_graph(weights: FloatArray, transitions: FloatArray) -> None:
    if weights.sum() > 1 + 1e-9:
        raise InvalidInput(
            f"the weights sum to {weights.sum():g}; they must not exceed 1",
            key="plan.multiplicity.weights",
        )
    if np.any(transitions.sum(axis=1) > 1 + 1e-9) or np.any(np.diag(transitions) != 0):
        raise InvalidInput(
            "a hypothesis passes on more than its whole level, or to itself; each row must sum to "
            "at most 1 with nothing on the diagonal",
            key="plan.multiplicity.transitions",
        )


SuccessRule = Callable[[Mapping[str, BoolArray]], BoolArray]


def compile_success(expression: str, names: tuple[str, ...]) -> SuccessRule:
    """A boolean expression over hypothesis names, e.g. ``overall and (female or male)``.

    Only names, ``and``, ``or``, ``not`` and parentheses are understood; nothing is executed.

    Raises
    ------
    InvalidInput : anything else, or a name that is not a hypothesis.
    """
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _bad_expression(expression, "cannot be read") from None
    _check_node(tree, expression, names)
    return lambda rejected: _evaluate(tree, rejected)


def success_level(expression: str, names: tuple[str, ...], power: FloatArray) -> float:
    """Rough probability of a success expression: *and* is the least, *or* the largest power.

    Only a shape for searches: it ignores how the tests hang together.
    """
    table = dict(zip(names, power.tolist(), strict=True))

    def level(node: ast.expr) -> float:
        match node:
            case ast.Name(id=name):
                return float(table[name])
            case ast.BoolOp(op=ast.And(), values=values):
                return min(level(v) for v in values)
            case ast.BoolOp(values=values):
                return max(level(v) for v in values)
            case ast.UnaryOp(operand=operand):
                return 1 - level(operand)
        raise AssertionError(node)

    return level(ast.parse(expression, mode="eval").body)


def _check_node(node: ast.expr, expression: str, names: tuple[str, ...]) -> None:
    match node:
        case ast.Name(id=name) if name in names:
            return
        case ast.Name(id=name):
            raise _bad_expression(expression, f"names {name!r}, which is not a hypothesis")
        case ast.BoolOp(values=values):
            for value in values:
                _check_node(value, expression, names)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check_node(operand, expression, names)
        case _:
            raise _bad_expression(expression, "uses more than and, or, not and parentheses")


def _bad_expression(expression: str, why: str) -> InvalidInput:
    shown = expression if len(expression) <= 60 else expression[:57] + "…"
    return InvalidInput(
        f"success rule {shown!r} {why}; write hypothesis names joined by and, or, not",
        key="plan.success",
    )


def _evaluate(node: ast.expr, rejected: Mapping[str, BoolArray]) -> BoolArray:
    match node:
        case ast.Name(id=name):
            return rejected[name]
        case ast.BoolOp(op=ast.And(), values=values):
            return np.stack([_evaluate(v, rejected) for v in values]).all(axis=0)
        case ast.BoolOp(values=values):
            return np.stack([_evaluate(v, rejected) for v in values]).any(axis=0)
        case ast.UnaryOp(operand=operand):
            return np.logical_not(_evaluate(operand, rejected))
    raise AssertionError(node)


def needs_all(rule: str) -> tuple[str, ...] | None:
    """Hypotheses of a success rule that needs every one of them; None if some may fail."""
    names: list[str] = []
    waiting = [ast.parse(rule, mode="eval").body]
    while waiting:
        match waiting.pop():
            case ast.Name(id=name):
                names.append(name)
            case ast.BoolOp(op=ast.And(), values=values):
                waiting += reversed(values)
            case _:
                return None
    return tuple(dict.fromkeys(names))
