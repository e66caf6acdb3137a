"""What a protocol says in words and no simulation can know; a report prints it as it is given."""

from planner.plan.costs import Costs
from planner.spec import Spec


class Protocol(Spec):
    """Texts of the trial's authors, all optional; none of them changes a number.

    ``[lapidus-2014]`` or ``[planning.mcid]`` in a text, a study or number of the library, becomes
    a numbered reference in the report.

    Parameters
    ----------
    title : of the trial; "a randomised crossover trial" is added where it does not say so.
    version : of the plan, with the date that the report shall carry, e.g. ``1.0, 1 June 2026``.
    authors : names with their roles, one each.
    summary : in plain words, for people who are no statisticians.
    changes : from an earlier version of the plan, or that there was none.
    population : of the estimand: who the trial is about.
    intercurrent_events : event → how it is handled (ICH E9(R1) strategy), e.g.
        ``"rescue medication" = "treatment policy: the outcome counts all the same"``.
    rationale : why a crossover suits the condition: stable, effect within the period, washout.
    role_of_sex : prior evidence on sex, which of the NIH cases applies, and the terms used.
    schedule : durations of periods and washout, with reasons, and visits.
    allocation : how people are allocated: stratification, blocks, concealment.
    doses : treatment (its letter) → substance, dose, route and time.
    interim : interim looks with their rule, or that there is none.
    female_share : why that mix of women and men.
    importance : why the target difference is important, or realistic.
    success : why that rule and threshold.
    missing_data : how missing outcomes are handled, and under what assumption.
    analysis_prior : justification of the prior of a Bayesian analysis.
    borrowing : outside data used in the analysis, or none.
    sensitivity : sensitivity analyses planned for the trial's data.
    carryover_limits : what carry-over could do to the conclusion.
    sex_limits : what the trial cannot say about women and men apart.
    clinical : what the result would mean for patients.
    costs : prices and lengths, from which reports and comparisons have cost and duration.
    """

    title: str = ""
    version: str = ""
    authors: tuple[str, ...] = ()
    summary: str = ""
    changes: str = ""
    population: str = ""
    intercurrent_events: dict[str, str] = {}
    rationale: str = ""
    role_of_sex: str = ""
    schedule: str = ""
    allocation: str = ""
    doses: dict[str, str] = {}
    interim: str = ""
    female_share: str = ""
    importance: str = ""
    success: str = ""
    missing_data: str = ""
    analysis_prior: str = ""
    borrowing: str = ""
    sensitivity: str = ""
    carryover_limits: str = ""
    sex_limits: str = ""
    clinical: str = ""
    costs: Costs = Costs()
