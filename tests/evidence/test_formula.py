"""Formulas of derived evidence: arithmetic agrees with Python's, everything else is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

from planner.errors import InvalidInput
from planner.evidence.formula import FUNCTIONS, MAX_LENGTH, evaluate, names_in

NUMBERS = st.floats(-1e3, 1e3).map(lambda x: f"({x!r})")
NAMES = st.sampled_from(["F", "n", "sd_1"])


def _combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(parts, st.sampled_from(["+", "-", "*", "/", "**"]), parts)
    return st.one_of(
        pairs.map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        parts.map(lambda p: f"-{p}"),
        st.tuples(st.sampled_from(["sqrt", "exp", "log", "abs"]), parts).map(
            lambda p: f"{p[0]}({p[1]})"
        ),
    )


EXPRESSIONS = st.recursive(st.one_of(NUMBERS, NAMES), _combined, max_leaves=6).filter(
    lambda text: len(text) <= MAX_LENGTH
)
PYTHON = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, "abs": math.fabs}


@given(EXPRESSIONS, st.floats(-100, 100), st.floats(-100, 100))
def test_property_agrees_with_python(text: str, first: float, second: float) -> None:
    """Twin: Python's own evaluation of the same text."""
    values = {"F": first, "n": second, "sd_1": 2.5}
    try:
        expected = eval(text, {"__builtins__": {}} | PYTHON | values)
    except (ZeroDivisionError, OverflowError, ValueError, TypeError):  # TypeError: of complex
        expected = None
    if expected is None or isinstance(expected, complex) or not math.isfinite(expected):
        with pytest.raises(InvalidInput):
            evaluate(text, values)
    else:
        assert evaluate(text, values) == expected


def test_precedence_and_whole_numbers() -> None:
    assert evaluate("1 + 2 * 3 ** 2 - -4 / 2", {}) == 21
    assert evaluate("2 ** 3 ** 2", {}) == 512
    assert evaluate("-2 ** 2", {}) == -4
    assert evaluate("7 / 2", {}) == 3.5
    assert evaluate("(" * 140 + "1" + ")" * 140, {}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "(1).real",
        "F.real",
        "F[0]",
        "[1, 2]",
        "{}",
        "open(F)",
        "eval(F)",
        "sqrt",
        "sqrt(1)(2)",
        "sqrt(*F)",
        "sqrt(x=1)",
        "sqrt(1, 2)",
        "sqrt()",
        "lambda: 1",
        "F if F else 1",
        "1if F else 1",
        "F < 1",
        "F and 1",
        "not F",
        "F := 1",
        "F, F",
        "F // 2",
        "F % 2",
        "F @ F",
        "F & 1",
        "~1",
        "True",
        "None",
        "1j",
        "'1'",
        'f"{F}"',
        "F = 1",
        "1; 2",
        "1 +",
        "",
        " ",
        "\\",
        "#",
        "F\x00",
        "Ｆ",
        "9 ** 9 ** 9",
        "9e99 ** 9e99",
        "1e999",
        "exp(1e6)",
        "(-8) ** 0.5",
        "0 ** -1",
        "1 / 0",
        "log(0)",
        "sqrt(-1)",
        "nct_lower(1, 0, 5)",
        "nct_upper(1e9, 5, 5)",
        "wilson_lower(6, 5)",
        "sd_upper(-1, 5)",
        "t_quantile(2, 5)",
        "paired_t_power(0.5, 1)",
        "round_to(1, 0)",
        "unknown + 1",
        "-" * 280 + "1",
        "+".join(["1"] * 160),
        "1" * 400,
        "abs(" * 60 + "1" + ")" * 60,
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        evaluate(text, {"F": 2.0})
    assert 10 < len(str(error.value)) < 300
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["open(F)", "F.real", "F[0]", "", "9 +"])
def test_refused_before_any_value_is_known(text: str) -> None:
    with pytest.raises(InvalidInput):
        names_in(text)


def test_names() -> None:
    assert names_in("nct_lower(sqrt(F), n - 1, n) + 2") == {"F", "n"}
    assert names_in("sqrt(abs)") == {"abs"}
    assert not names_in("1 + 1")


@given(st.floats(-12, 12), st.integers(2, 200))
def test_twin_noncentral_t_limits(t: float, df: int) -> None:
    """scipy.stats.nct solved for its noncentrality; NaN tails of scipy are skipped."""
    n = df + 1

    def excess(noncentrality: float, probability: float) -> float:
        return float(stats.nct.cdf(t, df, noncentrality)) - probability

    for name, probability in (("nct_lower", 0.975), ("nct_upper", 0.025)):
        found = evaluate(f"{name}(t, df, n)", {"t": t, "df": df, "n": n}) * math.sqrt(n)
        missed = excess(found, probability)
        if not math.isnan(missed):
            assert abs(missed) < 1e-7


def test_reference_noncentral_t_interval() -> None:
    """F(1, 74) = 5.39 with 26 people: d_z from 0.05 to 0.86 with 25 df, 0.06 to 0.85 with 74.

    Computed with `scipy.stats.nct` and `scipy.optimize.brentq` (Steiger & Fouladi 1997).
    """
    t, n = math.sqrt(5.39), 26
    for df, limits in ((25, (0.046838134665, 0.855572947093)), (74, (0.0625324079, 0.8451202908))):
        for name, probability, expected in zip(
            ("nct_lower", "nct_upper"), (0.975, 0.025), limits, strict=True
        ):
            twin = optimize.brentq(
                lambda d, p=probability, df=df: stats.nct.cdf(t, df, d * math.sqrt(n)) - p, -1, 2
            )
            found = evaluate(f"{name}(t, df, n)", {"t": t, "df": df, "n": n})
            assert found == pytest.approx(expected, abs=1e-9)
            assert found == pytest.approx(twin, abs=1e-9)


@given(st.integers(0, 40), st.integers(1, 400))
def test_twin_wilson(k: int, more: int) -> None:
    n = k + more
    lower, upper = proportion_confint(k, n, method="wilson")
    assert evaluate("wilson_lower(k, n)", {"k": k, "n": n}) == pytest.approx(lower, abs=1e-12)
    assert evaluate("wilson_upper(k, n)", {"k": k, "n": n}) == pytest.approx(upper, abs=1e-12)


@given(st.floats(0.1, 50), st.integers(1, 300))
def test_twin_sd_limits(sd: float, df: int) -> None:
    lower = sd * math.sqrt(df / stats.chi2.ppf(0.975, df))
    upper = sd * math.sqrt(df / stats.chi2.ppf(0.025, df))
    assert evaluate("sd_lower(sd, df)", {"sd": sd, "df": df}) == pytest.approx(lower)
    assert evaluate("sd_upper(sd, df)", {"sd": sd, "df": df}) == pytest.approx(upper)


@pytest.mark.parametrize(("d", "n"), [(0.455, 26), (0.3, 90), (0.2, 12), (-0.5, 40), (0.0, 20)])
def test_twin_paired_t_power(d: float, n: int) -> None:
    expected = TTestPower().power(abs(d), n, 0.05, alternative="two-sided")
    found = evaluate("paired_t_power(d, n)", {"d": d, "n": n})
    assert found == pytest.approx(expected, abs=1e-9)


def test_twin_student() -> None:
    for t, df in ((2.3216, 74), (-2.1977, 253), (0.0, 5)):
        found = evaluate("p_two_sided(t, df)", {"t": t, "df": df})
        assert found == pytest.approx(2 * stats.t.sf(abs(t), df), abs=1e-14)
    assert evaluate("t_quantile(0.975, 17)", {}) == pytest.approx(stats.t.ppf(0.975, 17))


def test_rounding() -> None:
    assert evaluate("round_up(7.345, 0.5)", {}) == 7.5
    assert evaluate("round_up(7.5, 0.5)", {}) == 7.5
    assert evaluate("round_to(0.187, 0.05)", {}) == pytest.approx(0.2)
    assert evaluate("round_to(-1.2, 0.5)", {}) == -1.0


def test_every_function_is_explained() -> None:
    from planner.evidence import formula

    assert formula.__doc__ is not None
    assert all(
        f"{name}(" in formula.__doc__ or f"`{name}`" in formula.__doc__ for name in FUNCTIONS
    )
