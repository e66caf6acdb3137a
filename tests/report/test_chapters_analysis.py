"""Chapter on the planned analysis: model, decision, multiplicity, missing data and priors."""

import re
from itertools import product

import numpy as np
import pypandoc
import pytest
from scipy import integrate, stats

from planner.design.matrices import Column
from planner.engines.model import planned_model
from planner.evidence.distribution import StudentT
from planner.plan.decision import needs_all
from planner.report import equations, equations_simulation
from planner.report.author import Author
from planner.report.chapters import analysis
from planner.report.model import Equation, Gap, Section, Table
from planner.report.prior_tables import _student_size
from planner.report.results import Results
from tests.report.varied_results import text_of, with_changes

BAYESIAN = {
    "kind": "posterior",
    "priors": {
        "effect": {"kind": "normal", "mean": 2.0, "sd": 2.5},
        "sexes": {"kind": "exchangeable", "tau": {"kind": "half-normal", "scale": 1.5}},
    },
}
SILENT = {"protocol": {}}


def written(results: Results, changes: dict[str, object] | None = None) -> dict[str, Section]:
    author = Author(with_changes(results, changes or {}))
    return {section.id: section for section in analysis.sections(author)}


def test_property_every_section_is_there_and_says_something(results: Results) -> None:
    sections = written(results)
    assert list(sections) == [f"R{k}" for k in range(40, 48)]
    assert all(section.blocks for section in sections.values())


def test_property_the_terms_are_those_of_the_design_matrix(results: Results) -> None:
    for changes in (
        {},
        {"plan.analysis.sequence_effect": True},
        {"plan.analysis": {"kind": "within-subject-t"}},
        {"plan.design": "ABB/BAA", "plan.analysis.carryover": True},
    ):
        varied = with_changes(results, changes)
        table = next(
            block for block in written(results, changes)["R40"].blocks if isinstance(block, Table)
        )
        counted = sum(int(row[2]) for row in table.rows)
        assert counted == len(planned_model(varied.scenario).columns)


def test_property_the_model_has_the_terms_that_are_fitted(results: Results) -> None:
    with_all = written(
        results,
        {"plan.design": "ABB/BAA", "plan.analysis.carryover": True,
         "plan.analysis.sequence_effect": True},
    )["R40"]  # fmt: skip
    tex = next(block.tex for block in with_all.blocks if isinstance(block, Equation))
    for symbol in (r"\pi_p", r"\gamma_{s(i)}", r"\lambda_{k(i,p-1)}", "b_i", r"k(i,p),g(i)"):
        assert symbol in tex
    paired = written(
        results,
        {"plan.analysis": {"kind": "within-subject-t", "adjust_period": False},
         "plan.hypotheses": [{"name": "overall"}], "truth.effect": 2.5,
         "truth.female_share": None, "truth_prior": None},
    )["R40"]  # fmt: skip
    tex = next(block.tex for block in paired.blocks if isinstance(block, Equation))
    assert tex == r"y_{ip} = a_i + \tau_{k(i,p)} + e_{ip}"
    assert "paired t test" in text_of(paired)


def test_property_references_come_with_the_method_that_is_planned(results: Results) -> None:
    def sources(changes: dict[str, object]) -> str:
        author = Author(with_changes(results, changes))
        analysis.sections(author)
        return " ".join(author.sources)

    assert "10.2307/2533558" in sources({})
    assert "Giesbrecht" in sources({"plan.analysis.df": "satterthwaite"})
    assert "Hills" in sources({"plan.analysis": {"kind": "within-subject-t"}})
    assert "Kenward MG, Roger" not in sources({"plan.analysis": BAYESIAN})


def test_property_what_the_protocol_leaves_out_is_a_gap_and_what_it_says_is_text(
    results: Results,
) -> None:
    silent = written(results, SILENT)
    for identity in ("R41", "R43", "R47"):
        assert [gap.add for gap in silent[identity].gaps]
    hostile = "<script>alert(1)</script> $x^2$ | `rm` \\newpage"
    said = written(results, {**SILENT, "protocol.success": hostile})["R41"]
    assert not said.gaps
    assert any(getattr(block, "text", "") == hostile for block in said.blocks)


def test_property_a_test_has_no_prior_and_a_posterior_must_justify_it(results: Results) -> None:
    assert "no prior distribution enters" in text_of(written(results)["R44"])
    bayesian = written(results, {**SILENT, "plan.analysis": BAYESIAN})
    assert [gap.what for gap in bayesian["R44"].gaps] == ["the justification of the analysis prior"]
    assert bayesian["R46"].gaps
    assert "τ half-normal, scale 1.5" in text_of(bayesian["R44"])


def test_reference_effective_size_of_a_normal_prior(results: Results) -> None:
    """σ² / SD² people for a normal prior (Neuenschwander et al. 2020, section 2): 7.5² / 2.5²."""
    section = written(results, {"plan.analysis": BAYESIAN})["R44"]
    table = next(b for b in section.blocks if isinstance(b, Table) and "Effective" in b.caption)
    assert [row[1] for row in table.rows[:2]] == ["9", "9"]


@pytest.mark.parametrize(("scale", "df"), [(1.0, 4.0), (2.5, 1.0), (0.7, 30.0)])
def test_twin_effective_size_of_a_student_prior(scale: float, df: float) -> None:
    """E[−(log p)″] integrated numerically, the second derivative by differences."""
    prior, step = stats.t(df, 0, scale), 1e-3 * scale

    def information(x: float) -> float:
        curve = prior.logpdf(x + step) - 2 * prior.logpdf(x) + prior.logpdf(x - step)
        return float(-curve / step**2 * prior.pdf(x))

    expected, _ = integrate.quad(information, -np.inf, np.inf, epsabs=1e-9, limit=400)
    assert _student_size(StudentT(scale=scale, df=df), 3.0) == pytest.approx(
        9.0 * expected, rel=1e-4
    )


def test_property_success_rules_that_need_every_hypothesis() -> None:
    assert needs_all("overall") == ("overall",)
    assert needs_all("overall and (female and male)") == ("overall", "female", "male")
    assert needs_all("overall and (female or male)") is None
    assert needs_all("not overall") is None


def test_property_unadjusted_claims_that_can_be_met_in_two_ways_are_a_gap(
    results: Results,
) -> None:
    assert not written(results)["R42"].gaps
    assert written(results, {"plan.success": "female or male"})["R42"].gaps
    holm = written(results, {"plan.success": "female or male", "plan.multiplicity.kind": "holm"})
    assert not holm["R42"].gaps
    table = next(block for block in holm["R42"].blocks if isinstance(block, Table))
    assert [row[2] for row in table.rows] == ["0.25"] * 4


def test_property_criteria_are_shown_as_given(results: Results) -> None:
    rule = {
        "kind": "posterior",
        "go": [{"above": 0.0, "probability": 0.975}, {"above": 2.0, "probability": 0.5}],
        "stop": [{"below": 1.0, "probability": 0.8}],
    }
    section = written(results, {"plan.hypotheses.overall.objective": rule})["R41"]
    table = next(b for b in section.blocks if isinstance(b, Table) and "Criteria" in b.caption)
    assert [(row[1], row[2], row[3], row[4]) for row in table.rows] == [
        ("go", "0 MADRS points", "none", "97.5 %"),
        ("go", "2 MADRS points", "none", "50 %"),
        ("stop", "none", "1.0 MADRS points", "80 %"),
    ]


def test_property_without_a_design_prior_there_is_a_gap(results: Results) -> None:
    section = written(results, {"truth_prior": None})["R45"]
    assert isinstance(section.blocks[0], Gap)


def every_equation() -> list[Equation]:
    """All formulas in all their forms."""
    columns = [
        tuple(Column(term, sex=sex) for term in terms)
        for sex in ("", "female")
        for terms in (
            ("treatment",),
            ("intercept", "period", "sequence", "sex", "treatment", "carryover"),
        )
    ]
    found = [
        equations.outcome_model(c, mixed=mixed, crossover=crossover)
        for c, mixed, crossover in product(columns, (True, False), (True, False))
    ]
    for one, two in product((True, False), repeat=2):
        found += [
            equations.random_parts(crossover=one, mixed=two, by_sex=one != two),
            equations_simulation.outcomes(sexes=one, crossover=two),
            equations_simulation.expected_outcome(sexes=one, carryover=two, crossover=True),
            equations_simulation.expected_outcome(sexes=one, carryover=two, crossover=False),
            equations_simulation.leaving(sexes=one),
            equations_simulation.estimand(sexes=one),
            equations.least_squares(crossover=one),
            equations.posterior(has_tau=one),
        ]
    found += [equations.small_sample(df) for df in ("kenward-roger", "satterthwaite")]
    found += [equations.reml(), equations.test_rule(), equations.posterior_rule()]
    found.append(equations.criteria_rule())
    measures = ("proportion", "bias", "empirical_se", "model_se", "rmse", "width",
                "sign_and_size", "trials_needed", "moments")  # fmt: skip
    return [*found, *(getattr(equations_simulation, name)() for name in measures)]


def test_property_every_formula_is_understood_by_the_converter_and_has_words() -> None:
    """MathML for every one: TeX that pandoc does not understand stays TeX."""
    found = every_equation()
    source = "\n\n".join(f"$${equation.tex}$$" for equation in found)
    html = pypandoc.convert_text(
        source, "html", format="markdown", extra_args=["--mathml", "--fail-if-warnings"]
    )
    assert html.count("<math") == len(found)
    typst = pypandoc.convert_text(
        source, "typst", format="markdown", extra_args=["--fail-if-warnings"]
    )
    assert len(re.findall(r"^\$ ", typst, flags=re.MULTILINE)) == len(found)
    assert all(equation.alt.endswith(".") and "\\" not in equation.alt for equation in found)
