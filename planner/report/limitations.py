"""What was not simulated, sentence by sentence: only what holds for the scenario in hand."""

from typing import TYPE_CHECKING

from planner.plan.analysis import Posterior
from planner.plan.decision import NoMultiplicity
from planner.report.results import Results
from planner.truth.attrition import Mcar
from planner.truth.covariance import SdMultiplier
from planner.words.prose import error, given, number, people, percent, with_unit

if TYPE_CHECKING:
    from planner.scenario import Scenario


def limitations(results: Results) -> tuple[str, ...]:
    """Each with what it leaves open."""
    s = results.scenario
    said = (
        _outcomes(s), _variation(s), _same_model(s), _response(s), _loss(s), _carryover(s),
        _sexes(s), _one_outcome(s), _one_look(s), _fixed_values(s), _averaged(s),
        _numerical(s), _monte_carlo(results),
    )  # fmt: skip
    return tuple(sentence for sentence in said if sentence)


def _outcomes(s: "Scenario") -> str:
    what = "logarithms of the outcomes" if s.truth.endpoint.scale == "log" else "outcomes"
    return (
        f"The {what} are drawn from normal distributions. Outliers, skewness, rounding to whole "
        "points, and the floor or ceiling of a scale are not simulated."
    )


def _variation(s: "Scenario") -> str:
    covariance = s.truth.resolved_covariance()
    within, between = covariance.components()
    sexes = ""
    if covariance.sd_multiplier != SdMultiplier():
        m = covariance.sd_multiplier
        known = getattr(s.plan.analysis, "sd_by_sex", False)
        sexes = (
            f" SDs are multiplied by {given(m.female)} in women and by {given(m.male)} in men; the "
            f"planned analysis {'estimates both' if known else 'takes them to be equal'}."
        )
    elif s.truth.female_share is not None:
        sexes = " SDs are the same in women and in men."
    if s.plan.design.n_periods == 1:
        total = with_unit(number(float((within + between) ** 0.5)), s)
        return f"The SD of an outcome, {total}, is the same under every treatment.{sexes}"
    rho = number(float(between / (within + between)))
    return (
        "The SD is the same in every period and under every treatment, and any two periods have "
        f"the same correlation, {rho} (compound symmetry). A correlation that fades with the time "
        f"between periods, or an SD that a treatment changes, is not simulated.{sexes}"
    )


def _same_model(s: "Scenario") -> str:
    if s.plan.design.n_periods == 1:
        return ""
    structure = "random-intercept structure of the planned analysis"
    if s.plan.analysis.kind == "within-subject-t":
        structure = "assumptions of the planned within-participant t test"
    return (
        f"The simulated data follow the {structure}, so the structure of the variances is taken "
        "as known and only their sizes are estimated. What a wrong model would do to the type I "
        "error is not shown."
    )


def _response(s: "Scenario") -> str:
    whom = "all women have one true effect and all men have one"
    if s.truth.female_share is None:
        whom = "all participants have the same true effect"
    return (
        f"Under each treatment {whom}. Effects that vary from person to person are not simulated, "
        "nor are differences between centres, raters or times of year; participants are "
        "independent of each other."
    )


def _loss(s: "Scenario") -> str:
    attrition = s.truth.attrition
    if s.plan.design.n_periods == 1:
        return (
            "Everybody who is randomised has an outcome. Missing outcomes are not simulated; as "
            "many more people have to be randomised as are expected to have none."
        )
    if not isinstance(attrition, Mcar) or not attrition.last_used_period():
        return "Nobody leaves and no outcome is missing. Any loss would lower the power."
    return (
        "People leave completely at random between periods: with the assumed probability, "
        "whatever their outcomes, treatment or side effects were. If the reason for leaving has "
        "to do with the outcome, estimates can be biased, and that is not simulated. Outcomes "
        "missing in between, and outcomes counted after another treatment, are not simulated "
        "either."
    )


def _carryover(s: "Scenario") -> str:
    if s.plan.design.n_periods == 1:
        return ""
    lasting = s.truth.carryover
    none = not lasting or lasting == s.truth.endpoint.neutral
    told = "No carry-over is assumed" if none else "The assumed carry-over is simulated"
    return (
        f"{told}; what a residual effect would do is in R101. Carry-over beyond the next period, "
        "and effects of a treatment that differ between periods for another reason, are not "
        "simulated."
    )


def _sexes(s: "Scenario") -> str:
    if s.truth.female_share is None:
        return "Women and men are not told apart: effects and SDs that differ by sex are not seen."
    mix = "exactly in the planned numbers" if s.truth.sex_mix == "quota" else "as they come"
    return (
        f"There are two sexes, recruited {mix}. Nothing else that may change the effect (age, "
        "gender, hormonal status, severity) is simulated."
    )


def _one_outcome(s: "Scenario") -> str:
    level = ""
    if len(s.plan.hypotheses) > 1 and isinstance(s.plan.multiplicity, NoMultiplicity):
        level = (
            f" The plan's {len(s.plan.hypotheses)} hypotheses are not adjusted for each other, so "
            "the chance of any false claim is larger than that of each."
        )
    return (
        "One outcome per period is simulated, without pre-dose scores and without secondary "
        f"outcomes. Protocol deviations, rescue treatment and unblinding are not simulated.{level}"
    )


def _one_look(s: "Scenario") -> str:
    told = s.protocol.interim.strip()
    return (
        "The trial is analysed once, at its end"
        + ("; interim looks that the protocol has (R23) are not simulated." if told else ".")
        + " Stopping early and changing the size on the way would change power and type I error."
    )


def _fixed_values(s: "Scenario") -> str:
    swept = "" if s.plan.design.n_periods == 1 else ", the correlation, the loss"
    return (
        f"Power and size hold at fixed values of the SD{swept} and the effects, as listed in R52. "
        "Other values are shown one at a time (R71) and together under assumed stress (R66, R72); "
        "not every combination is."
    )


def _averaged(s: "Scenario") -> str:
    if s.truth_prior is None:
        return (
            "No design prior is given, so nothing is averaged over what is uncertain in the "
            "assumptions: power is not the probability that the trial succeeds."
        )
    return (
        "Assurance (R63) averages over a design prior. It is as good as that prior, whose "
        "distributions are independent of each other."
    )


def _numerical(s: "Scenario") -> str:
    if not isinstance(s.plan.analysis, Posterior):
        return ""
    if s.plan.analysis.engine == "nuts":
        return (
            "Posterior probabilities are computed from draws of a sampler; their own Monte-Carlo "
            "error is part of every simulated trial's result."
        )
    return (
        "Posterior probabilities are computed by numerical integration. Trials whose estimated "
        "numerical error stays too large count as failed analyses (R68)."
    )


def _monte_carlo(results: Results) -> str:
    answer, trials = results.found.answer, results.scenario.monte_carlo.n_trials
    low, high = answer.n_interval
    upper = "beyond the limit of the search" if high is None else people(high)
    reached = answer.status == "found"
    size = f" By this error alone the size before loss could be {people(low)} to {upper}."
    if low == high:
        size = f" This error leaves the size before loss, {people(low)}, as it is."
    return (
        f"Each figure rests on {people(trials)} simulated trials; power at the size found is "
        f"{percent(answer.power.value)} ({error(answer.power)}).{size if reached else ''}"
    )
