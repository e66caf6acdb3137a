"""Arithmetic of derived evidence: numbers, names, + - * / ** and a few named functions.

A formula is parsed to a syntax tree and walked; nothing is executed. Besides `sqrt`, `exp`, `log`
and `abs` there are

- ``nct_lower(t, df, n)``, ``nct_upper(t, df, n)``: 95 % limits of δ/√n, where t is noncentral t
  with `df` degrees of freedom and noncentrality δ (Steiger & Fouladi 1997);
- ``wilson_lower(k, n)``, ``wilson_upper(k, n)``: 95 % limits of a share (Wilson 1927);
- ``sd_lower(sd, df)``, ``sd_upper(sd, df)``: 95 % limits of an SD, from χ²;
- ``t_quantile(p, df)``: quantile of Student's t; ``p_two_sided(t, df)``: its two-sided p-value;
- ``paired_t_power(d, n)``: power of the two-sided paired t test at 0.05, d = mean / SD;
- ``round_to(x, step)``, ``round_up(x, step)``: to the nearest, or next higher, multiple.
"""

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Mapping

import numpy as np
from scipy import special

from planner.errors import InvalidInput

MAX_LENGTH = 300
MAX_NODES = 300
MAX_DEPTH = 25
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)


def _below(t: float, df: float, noncentrality: float) -> float:
    """P(noncentral t < t), integrated over the ratio s of the SD's estimate to the SD.

    The two panels meet where Φ(t s − δ) rises, so that their nodes are densest there.
    """
    low, high = np.sqrt(special.chdtri(df, [1 - 1e-15, 1e-15]) / df)
    rise = noncentrality / t if t else low
    ends = np.array([low, min(max(rise, low), high), high])
    s = ends[:-1, None] + np.diff(ends)[:, None] * (_NODES + 1) / 2
    with np.errstate(divide="ignore"):
        log_density = (df - 1) * np.log(s) - df * s**2 / 2 + df / 2 * np.log(df / 2)
    density = 2 * np.exp(log_density - special.gammaln(df / 2))
    panels = (density * special.ndtr(t * s - noncentrality)) @ _WEIGHTS
    return float(np.diff(ends) / 2 @ panels)


def _nct_upper(t: float, df: float, n: float) -> float:
    """δ/√n at which a smaller t than the one seen has probability 0.025."""
    from scipy.optimize import brentq

    if not (df >= 1 and n > 0 and abs(t) <= 30):
        raise ValueError("it needs df of at least 1, n above 0 and t within ±30")
    found = brentq(lambda shift: _below(t, df, shift) - 0.025, t, t + 8 * (1 + abs(t)), xtol=1e-10)
    return float(found) / math.sqrt(n)


def _nct_lower(t: float, df: float, n: float) -> float:
    return -_nct_upper(-t, df, n)


def _wilson(k: float, n: float, sign: int) -> float:
    if not (n > 0 and 0 <= k <= n):
        raise ValueError("it needs 0 ≤ k ≤ n and n above 0")
    z, p = float(special.ndtri(0.975)), k / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (p + z * z / (2 * n) + sign * half) / (1 + z * z / n)


def _sd_limit(sd: float, df: float, tail: float) -> float:
    if not (sd > 0 and df > 0):
        raise ValueError("it needs an SD and df above 0")
    return sd * math.sqrt(df / float(special.chdtri(df, tail)))


def _paired_t_power(d: float, n: float) -> float:
    if not n > 1:
        raise ValueError("it needs n above 1")
    df, shift = n - 1, d * math.sqrt(n)
    critical = float(special.stdtrit(df, 0.975))
    return 1 - _below(critical, df, shift) + _below(-critical, df, shift)


Function = Callable[..., float]
FUNCTIONS: Mapping[str, tuple[int, Function]] = {
    "sqrt": (1, math.sqrt),
    "exp": (1, math.exp),
    "log": (1, math.log),
    "abs": (1, abs),
    "nct_lower": (3, _nct_lower),
    "nct_upper": (3, _nct_upper),
    "wilson_lower": (2, lambda k, n: max(0.0, _wilson(k, n, -1))),
    "wilson_upper": (2, lambda k, n: min(1.0, _wilson(k, n, 1))),
    "sd_lower": (2, lambda sd, df: _sd_limit(sd, df, 0.025)),
    "sd_upper": (2, lambda sd, df: _sd_limit(sd, df, 0.975)),
    "t_quantile": (2, lambda p, df: float(special.stdtrit(df, p))),
    "p_two_sided": (2, lambda t, df: 2 * float(special.stdtr(df, -abs(t)))),
    "paired_t_power": (2, _paired_t_power),
    "round_to": (2, lambda x, step: math.floor(x / step + 0.5) * step),
    "round_up": (2, lambda x, step: math.ceil(x / step - 1e-9) * step),
}
_OPERATORS: Mapping[type[ast.operator], Function] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_CHARACTERS = re.compile(r"[A-Za-z0-9_.,+\-*/() \n]+")


def evaluate(text: str, values: Mapping[str, float]) -> float:
    """Value of a formula, every name replaced by its value.

    Raises
    ------
    InvalidInput : the formula is not plain arithmetic, a name has no value, or the result is not
        a finite real number.
    """
    tree = _parse(text)
    try:
        result = _value(tree, values)
    except OverflowError:
        raise InvalidInput(f"{_shown(text)} is too large for a number; check its powers") from None
    except ZeroDivisionError:
        raise InvalidInput(f"{_shown(text)} divides by zero; check its inputs") from None
    except ValueError as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"{_shown(text)} has no value ({error}); check its inputs") from None
    if not math.isfinite(result):
        raise InvalidInput(f"{_shown(text)} gives {result}, not a finite number; check its inputs")
    return result


def names_in(text: str) -> frozenset[str]:
    """Names whose values a formula needs; also checks the formula.

    Raises
    ------
    InvalidInput : the formula is not plain arithmetic.
    """
    tree = _parse(text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called)
    return frozenset(name.id for name in found)


def _shown(text: str) -> str:
    """The beginning of a formula, quoted."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _parse(text: str) -> ast.expr:
    """The checked syntax tree."""
    if len(text) > MAX_LENGTH:
        raise InvalidInput(
            f"the formula has {len(text)} characters; at most {MAX_LENGTH} are read, split it"
        )
    if not _CHARACTERS.fullmatch(text):
        raise InvalidInput(
            f"{_shown(text)} is not plain arithmetic; use numbers, names and + - * / ** ( )"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError, Warning):
        raise InvalidInput(f"{_shown(text)} cannot be read as arithmetic; correct it") from None
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise InvalidInput(f"{_shown(text)} has too many terms; split it into several entries")
    _check(tree, text, 0)
    return tree


def _check(node: ast.expr, text: str, depth: int) -> None:
    """Refuse whatever is not arithmetic, and nesting beyond `MAX_DEPTH`."""
    if depth > MAX_DEPTH:
        raise InvalidInput(f"{_shown(text)} is nested more than {MAX_DEPTH} deep; split it")
    match node:
        case ast.Constant(value=number) if type(number) in (int, float):
            inner: list[ast.expr] = []
        case ast.Name():
            inner = []
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            inner = [operand]
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _OPERATORS:
            inner = [left, right]
        case ast.Call(func=ast.Name(id=name), args=inner, keywords=[]):
            _check_call(name, len(inner), text)
        case _:
            found = ast.unparse(node)
            raise InvalidInput(
                f"{_shown(found)} in {_shown(text)} is not arithmetic; use numbers, names, "
                "+ - * / **, parentheses and the functions of formulas, e.g. sqrt(x)"
            )
    for part in inner:
        _check(part, text, depth + 1)


def _check_call(name: str, n_arguments: int, text: str) -> None:
    if name not in FUNCTIONS:
        raise InvalidInput(
            f"{name!r} in {_shown(text)} is not a function of formulas; use {', '.join(FUNCTIONS)}"
        )
    needed = FUNCTIONS[name][0]
    if n_arguments != needed:
        raise InvalidInput(
            f"{name} in {_shown(text)} has {n_arguments} arguments; it takes {needed}, correct it"
        )


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            if name not in values:
                raise InvalidInput(f"{name!r} has no value; give it under inputs")
            return float(values[name])
        case ast.UnaryOp(op=op, operand=operand):
            inner = _value(operand, values)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.BinOp(op=op, left=left, right=right):
            return _combine(op, _value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return float(FUNCTIONS[name][1](*(_value(a, values) for a in arguments)))
    raise AssertionError(ast.dump(node))


def _combine(op: ast.operator, left: float, right: float) -> float:
    if isinstance(op, ast.Pow) and left < 0 and right != math.floor(right):
        raise ValueError(f"{left:g} to the power {right:g} is not real")
    return float(_OPERATORS[type(op)](left, right))
