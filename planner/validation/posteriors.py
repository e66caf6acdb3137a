"""Posteriors by numerical integration against draws of the No-U-Turn sampler, stored and live.

The draws are of the program's PyMC model, which has the priors as they are, not as sums of normals,
and integrates nothing but the effects of persons.
"""

from collections.abc import Iterator, Mapping
from math import hypot
from typing import Any

from planner.operating.analyse import analyse
from planner.operating.comparison import Comparison
from planner.operating.data_analysis import DataAnalysis
from planner.plan.analysis import Posterior
from planner.plan.hypothesis import Hypothesis
from planner.validation.check import Check
from planner.validation.reference_values import Case, reference, reference_case

GROUP = "posteriors"
FILE = "nuts_posteriors"
STANDARD_ERRORS = 4
PROBABILITIES = ("P(above no effect)", "P(region)")
SAMPLED_NOW = "dropout-12-exchangeable-sexes"
"""The case that is also sampled now."""
NUTS: Mapping[str, int] = {"chains": 4, "draws": 2_000, "tune": 1_000}
SOURCE = "PyMC and nutpie: 4 × 40 000 draws, stored"


def checks(workers: int | None = None) -> Iterator[Check]:
    """Every stored posterior, and one that is sampled now; `workers` is not used."""
    for case in reference(FILE):
        yield from integrated(case)
    yield from sampled(reference_case(FILE, SAMPLED_NOW))


def integrated(case: Case) -> Iterator[Check]:
    """A posterior by numerical integration against its stored draws."""
    found = posterior_of_case(case)
    said, error = quantities(found), numerical_error(found)
    for name, expected in case["expected"].items():
        allowed = STANDARD_ERRORS * case["mcse"][name]
        if name.endswith(PROBABILITIES):
            allowed += error
        yield Check(GROUP, case["id"], name, said[name], expected, allowed, SOURCE)


def sampled(case: Case) -> Iterator[Check]:
    """Probabilities from draws that are made now, of a model that is compiled now."""
    found = posterior_of_case(case, engine="nuts", nuts=dict(NUTS))
    said, mcse = quantities(found), numerical_error(found)
    for name, expected in case["expected"].items():
        if name.endswith(PROBABILITIES):
            allowed = STANDARD_ERRORS * hypot(mcse, case["mcse"][name])
            quantity = f"{name}, sampled now"
            yield Check(GROUP, case["id"], quantity, said[name], expected, allowed, SOURCE, mcse)


def posterior_of_case(case: Case, **changes: Any) -> DataAnalysis:
    """The planned posterior of a case's data; `changes` of the analysis choose another engine."""
    analysis = Posterior.parse(case["analysis"] | changes)
    comparison = Comparison(
        by_sex=case["by_sex"],
        female_share=case.get("female_share"),
        hypotheses=tuple(Hypothesis.parse(h) for h in case["hypotheses"]),
        log=case.get("log", False),
    )
    return analyse(case["data"], analysis, comparison, source=case["id"])


def numerical_error(found: DataAnalysis) -> float:
    """Error of the probabilities: of the integration, or the largest Monte-Carlo one."""
    assert found.numerical_error is not None
    return found.numerical_error


def quantities(found: DataAnalysis) -> dict[str, float]:
    """Everything that is compared, by name."""
    said: dict[str, float] = {}
    for row in found.results:
        assert row.verdict is not None
        assert row.probability is not None
        said |= {
            f"{row.name}.mean": row.estimate,
            f"{row.name}.sd": row.se,
            f"{row.name}.lower": row.lower,
            f"{row.name}.upper": row.upper,
            f"{row.name}.{PROBABILITIES[0]}": row.probability,
            f"{row.name}.{PROBABILITIES[1]}": 1 - row.verdict.p_value,
        }
    said["sd_within"] = found.sd_within
    if found.sd_between is not None:
        said["sd_between"] = found.sd_between
    return said
