"""Chapter on the planned analysis: model, decision, multiplicity and missing data."""

from collections import Counter
from collections.abc import Mapping

from planner.design.matrices import Term
from planner.engines.model import planned_model
from planner.plan.analysis import (
    MixedModel,
    Posterior,
    WithinSubjectT,
    describe,
    frequentist_counterpart,
)
from planner.plan.decision import NoMultiplicity
from planner.plan.hypothesis import PosteriorRule
from planner.report import equations
from planner.report import method_sources as of
from planner.report.author import Author
from planner.report.chapters.analysis_missing import missing_data
from planner.report.chapters.analysis_multiplicity import multiplicity
from planner.report.chapters.analysis_priors import (
    analysis_prior,
    borrowing,
    design_prior,
    sensitivity,
)
from planner.report.hypothesis_tables import claims_table, criteria_table
from planner.report.model import Block, Equation, Paragraph, Section, Table
from planner.words.hypotheses import hypothesis_label
from planner.words.prose import one_line, people, with_error

_TERMS: Mapping[Term, str] = {
    "intercept": "mean level of the reference treatment",
    "period": "period p against period 1",
    "sequence": "sequence against the first",
    "sex": "men against women",
    "treatment": "treatment against the reference",
    "carryover": "lasting effect of the previous treatment against the reference",
}
_SYMBOLS: Mapping[Term, str] = {
    "intercept": "μ",
    "period": "π",
    "sequence": "γ",
    "sex": "α",
    "treatment": "τ",
    "carryover": "λ",
}


def sections(author: Author) -> tuple[Section, ...]:
    """R40 to R47."""
    return (
        author.section("R40", *_model(author)),
        author.section("R41", *_success(author)),
        author.section("R42", *multiplicity(author)),
        author.section("R43", *missing_data(author)),
        author.section("R44", *analysis_prior(author)),
        author.section("R45", *design_prior(author)),
        author.section("R46", *borrowing(author)),
        author.section("R47", *sensitivity(author)),
    )


def _model(author: Author) -> list[Block]:
    scenario = author.scenario
    analysis, crossover = scenario.plan.analysis, author.results.found.crossover
    columns = planned_model(scenario).columns
    mixed = isinstance(frequentist_counterpart(analysis), MixedModel)
    by_sex = isinstance(analysis, Posterior) and analysis.sd_by_sex
    return [
        Paragraph(text=_outcome(author)),
        equations.outcome_model(columns, mixed=mixed, crossover=crossover),
        equations.random_parts(crossover=crossover, mixed=mixed, by_sex=by_sex),
        _terms(author),
        Paragraph(text=_estimator(author)),
        *_formulas(author),
    ]


def _outcome(author: Author) -> str:
    scenario = author.scenario
    endpoint = scenario.truth.endpoint
    scale = (
        "the natural logarithm of the outcome, so that effects are log ratios and are reported as "
        "ratios"
        if endpoint.scale == "log"
        else "the outcome itself, so that effects are mean differences"
    )
    whose = ", of every person in every period" * author.results.found.crossover
    return (
        f"The primary outcome is {one_line(endpoint.name)}. The planned analysis is: "
        f"{describe(scenario.plan.analysis)}. Its variable y is {scale}{whose}."
    )


def _terms(author: Author) -> Table:
    """Fixed effects as they are fitted, counted from the design matrix."""
    columns = planned_model(author.scenario).columns
    count = Counter(column.term for column in columns)
    by_sex = any(column.term == "treatment" and column.sex for column in columns)
    words = dict(_TERMS)
    words["intercept"] += " in period 1" * author.results.found.crossover
    words["intercept"] += " in women" * bool(count["sex"])
    if by_sex:
        words["treatment"] += ", one effect for women and one for men"
    return Table(
        caption="Fixed effects of the analysis model.",
        columns=("Term", "Meaning", "Parameters"),
        rows=tuple((_SYMBOLS[t], words[t], str(count[t])) for t in _TERMS if count[t]),
        right=(2,),
        widths=(0.6, 3.4, 1.0),
        note="Counted from the design matrix that is fitted. Terms that the design does not "
        "separate from those above are left out; no reported contrast depends on that. A contrast "
        "that the design cannot estimate is refused. Carry-over is never tested first to choose "
        "the analysis.",
    )


def _estimator(author: Author) -> str:
    analysis, crossover = author.scenario.plan.analysis, author.results.found.crossover
    match analysis:
        case Posterior():
            return (
                "The likelihood is that of the linear mixed model above, the random levels of "
                "persons integrated out. The estimate of a contrast is its posterior mean, its "
                "interval the equal-tailed credible interval that matches the decision. Degrees "
                "of freedom do not arise: uncertainty of the variances is integrated out."
            )
        case MixedModel() if crossover:
            return f"The model is fitted by restricted maximum likelihood {_reml(author, analysis)}"
        case WithinSubjectT() if crossover:
            return _within(author, analysis)
    return (
        "With one period per person there is no comparison within persons: the model is fitted by "
        "ordinary least squares with one residual variance, and contrasts have a t test on the "
        "residual degrees of freedom."
    )


def _reml(author: Author, analysis: MixedModel) -> str:
    start = (
        f"{author.cite(of.PATTERSON_THOMPSON)}; the variance between persons is kept at or above "
        "0. "
    )
    if analysis.df == "kenward-roger":
        return (
            f"{start}Standard errors and degrees of freedom are those of Kenward and Roger "
            f"{author.cite(of.KENWARD_ROGER)}, with the expected information of both variance "
            "components, also where the variance between persons is estimated as 0."
        )
    return (
        f"{start}Degrees of freedom are Satterthwaite's {author.cite(of.GIESBRECHT_BURNS)}, with "
        "the observed information of the two variances; the expected information takes its place "
        "where the variance between persons is estimated as 0."
    )


def _within(author: Author, analysis: WithinSubjectT) -> str:
    two = author.scenario.plan.design.n_periods == 2
    text = (
        "The model is fitted by ordinary least squares on contrasts within persons; levels of "
        f"persons drop out {author.cite(of.HILLS_ARMITAGE, of.SENN)}. "
    )
    if not two or author.scenario.by_sex:
        return f"{text}The t test has the residual degrees of freedom within persons."
    same = (
        "the two-sample t test of the period differences between the sequences, halved"
        if analysis.adjust_period
        else "the paired t test of the difference between the treatments"
    )
    return f"{text}In this design without further terms that is {same}."


def _formulas(author: Author) -> tuple[Equation, ...]:
    analysis, crossover = author.scenario.plan.analysis, author.results.found.crossover
    if isinstance(analysis, Posterior):
        return (equations.posterior(has_tau=analysis.priors.sexes.kind == "exchangeable"),)
    return equations.likelihood_of(analysis, crossover=crossover)


def _success(author: Author) -> list[Block]:
    scenario = author.scenario
    plan = scenario.plan
    criteria = criteria_table(scenario)
    others = any(not isinstance(h.objective, PosteriorRule) for h in plan.hypotheses)
    bayesian = isinstance(plan.analysis, Posterior)
    blocks: list[Block] = [Paragraph(text=_rule(author)), claims_table(author.results)]
    if others:
        rule = equations.posterior_rule if bayesian else equations.test_rule
        blocks.append(rule())
    if any(h.objective.kind == "equivalence" for h in plan.hypotheses) and not bayesian:
        blocks.append(
            Paragraph(
                text="Equivalence is shown by two one-sided tests, both of which must reject "
                f"{author.cite(of.SCHUIRMANN)}."
            )
        )
    if criteria is not None:
        blocks += [criteria, equations.criteria_rule()]
        blocks.append(Paragraph(text=_criteria(author, bayesian=bayesian)))
    return [*blocks, Paragraph(text=_calibration(author)), *author.said(author.protocol.success)]


def _criteria(author: Author, *, bayesian: bool) -> str:
    source = author.cite(of.ROYCHOUDHURY)
    if bayesian:
        return f"Two go criteria make a dual criterion: significance and relevance {source}."
    return (
        "As the analysis is a test, a criterion is read from its confidence distribution: it holds "
        "if the one-sided confidence bounds at level γ lie between l and u "
        f"{source}."
    )


def _rule(author: Author) -> str:
    plan = author.scenario.plan
    rule = one_line(plan.success_rule)
    stated = "" if plan.success else " (the scenario states no other; it is the first hypothesis)"
    return (
        f"The trial succeeds if this holds: {rule}{stated}. A name stands for a hypothesis that "
        "has been shown by the rule below, after any adjustment for multiplicity. A trial that "
        "cannot be analysed shows nothing."
    )


def _calibration(author: Author) -> str:
    """Type I error that the thresholds give, simulated."""
    results, scenario = author.results, author.scenario
    parts = [
        f"{one_line(hypothesis_label(name))} {with_error(found.success)}"
        for name, found in results.power.null.items()
    ]
    if not parts:
        return "The type I error is not defined for these rules."
    bayesian = isinstance(scenario.plan.analysis, Posterior)
    how = (
        "The thresholds bound posterior probabilities, not error rates; what error rate they give "
        "is simulated"
        if bayesian
        else "The thresholds are quantiles of the t distribution at the planned levels; what error "
        "rate they give is simulated"
    )
    trials = people(scenario.monte_carlo.n_trials)
    shared = "" if isinstance(scenario.plan.multiplicity, NoMultiplicity) else (
        " after the adjustment for multiplicity"
    )  # fmt: skip
    return (
        f"{how}. At the edge of the null, with {results.n} people randomised, the probability of "
        f"a false claim{shared} is: {'; '.join(parts)} (simulated, {trials} trials)."
    )
