"""What guidance asks of a design report, in our own words, and which items answer it.

The wording is not that of the documents. Numbers of items follow the documents where these number
them; elsewhere a short name stands for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from planner.report.method_sources import MORRIS

Condition = Literal["crossover", "bayesian", "design prior", "sexes", "later"]
OTHERWISE: Mapping[Condition, str] = {
    "crossover": "not applicable: the design has one period",
    "bayesian": "not applicable: the planned analysis is a test and has no prior",
    "design prior": "not stated: the scenario has no design prior",
    "sexes": "not stated: the plan does not tell women and men apart",
    "later": "not applicable: there are no data of the trial yet",
}
"""State of an item where its condition does not hold; that of ``later`` never does for a plan."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of guidance.

    Parameters
    ----------
    item : its number or name there.
    asks : what it asks for.
    where : items of the report that answer it.
    only : when it applies; empty for always.
    """

    item: str
    asks: str
    where: tuple[str, ...] = ()
    only: Condition | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Guidance:
    """A document with the items of it that concern the design of a trial.

    Parameters
    ----------
    source : as the list of references has it.
    """

    name: str
    source: str
    items: tuple[Asked, ...]


DELTA2 = Guidance(
    "DELTA2",
    "Cook JA, Julious SA, Sones W, et al. DELTA2 guidance on choosing the target difference and "
    "undertaking and reporting the sample size calculation for a randomised controlled trial. BMJ "
    "2018;363:k3750; doi:10.1136/bmj.k3750",
    (
        Asked("1", "primary outcome that the size rests on, or why another one", ("R30", "R90")),
        Asked("2", "significance level, its sides, and power", ("R34", "R90")),
        Asked("3", "target difference with SD, on the scale of the outcome", ("R31", "R90")),
        Asked("4", "allocation ratio", ("R21", "R90")),
        Asked("5", "size from the assumptions, and adjustments such as loss", ("R35", "R38")),
        Asked("6", "whether the difference is important, realistic or both", ("R32",)),
        Asked("7", "how the difference was chosen, with sources", ("R32", "R52")),
    ),
)
SPIRIT = Guidance(
    "SPIRIT 2025",
    "Chan AW, Boutron I, Hopewell S, et al. SPIRIT 2025 statement: updated guideline for protocols "
    "of randomised trials. BMJ 2025;389:e081477; doi:10.1136/bmj-2024-081477",
    (
        Asked("Title", "design in the title", ("R01",)),
        Asked("Version", "version and date", ("R02", "R05")),
        Asked("Roles", "names and roles of contributors", ("R03",)),
        Asked("Objectives", "objectives, with the estimand where there is one", ("R10", "R11")),
        Asked("Trial design", "kind of design, allocation ratio", ("R12", "R20", "R21")),
        Asked("Interventions", "each treatment, with dose and schedule", ("R22", "R20")),
        Asked("Outcomes", "primary outcome and when it is measured", ("R30",)),
        Asked("19", "how the size was found, with every assumption", ("R38", "R52", "R90")),
        Asked("Randomisation", "stratification and blocks", ("R21",)),
        Asked("Statistical methods", "model for the primary outcome", ("R40", "R42")),
        Asked("Missing data", "how missing outcomes are handled", ("R43",)),
        Asked("Further analyses", "by subgroup, and of sensitivity", ("R37", "R47", "R65")),
        Asked("Interim analyses", "looks and stopping rules, or none", ("R23",)),
    ),
)
CONSORT = Guidance(
    "CONSORT 2025",
    "Hopewell S, Chan AW, Collins GS, et al. CONSORT 2025 statement: updated guideline for "
    "reporting randomised trials. BMJ 2025;389:e081123; doi:10.1136/bmj-2024-081123",
    (
        Asked("16a", "how the size was found, with every assumption", ("R38", "R52", "R90")),
        Asked("16b", "interim analyses and stopping rules", ("R23",)),
    ),
)
CROSSOVER = Guidance(
    "CONSORT extension to crossover trials",
    "Dwan K, Li T, Altman DG, Elbourne D. CONSORT 2010 statement: extension to randomised "
    "crossover trials. BMJ 2019;366:l4378; doi:10.1136/bmj.l4378",
    (
        Asked("1a", "the word crossover in the title", ("R01",), "crossover"),
        Asked(
            "3a", "why a crossover; number and length of periods, washout, carry-over",
            ("R12", "R20"), "crossover",
        ),
        Asked(
            "7a", "size that takes the variation within participants into account",
            ("R33", "R38", "R90"), "crossover",
        ),
        Asked("10", "how participants are allocated to sequences", ("R21",), "crossover"),
        Asked("12a", "comparison within participants", ("R40",), "crossover"),
        Asked("13", "flow by sequence and period: expected numbers", ("R80",), "crossover"),
        Asked("15", "baseline by sequence and period", (), "later"),
        Asked("17a", "estimate within participants, with its precision", (), "later"),
        Asked("19", "harms by treatment", (), "later"),
        Asked("20", "limits that carry-over sets", ("R101",), "crossover"),
    ),
)  # fmt: skip
E9 = Guidance(
    "ICH E9",
    "ICH. E9: Statistical principles for clinical trials. 1998",
    (
        Asked(
            "3.1.2", "for a crossover: stable disease, effect within the period, washout and "
            "carry-over argued beforehand, few losses", ("R12", "R35"), "crossover",
        ),
        Asked("3.5", "method of the calculation and every quantity in it", ("R38", "R51", "R52")),
        Asked("3.5", "basis of the estimates and of the difference sought", ("R32", "R52")),
        Asked("3.5", "sizes over plausible deviations", ("R39", "R71")),
        Asked("3.5", "error probabilities, and why other than usual ones", ("R34", "R41")),
        Asked("3.5", "allowance for withdrawals", ("R35",)),
        Asked("Multiplicity", "several hypotheses, and how their errors are held", ("R42",)),
    ),
)  # fmt: skip
E9R1 = Guidance(
    "ICH E9(R1)",
    "ICH. E9(R1): Addendum on estimands and sensitivity analysis in clinical trials to the "
    "guideline on statistical principles for clinical trials. 2019",
    (
        Asked("Treatment", "conditions that are compared", ("R11", "R22")),
        Asked("Population", "whom the effect is about", ("R11",)),
        Asked("Variable", "outcome of each participant", ("R11", "R30")),
        Asked("Intercurrent events", "each event with a strategy", ("R11",)),
        Asked("Summary", "measure that compares the treatments", ("R11",)),
        Asked("Main estimator", "analysis aligned with the estimand", ("R40", "R43")),
        Asked("Sensitivity", "analyses under other assumptions", ("R47",)),
    ),
)
E20 = Guidance(
    "ICH E20, draft",
    "ICH. E20: Adaptive designs for clinical trials. Step 2b draft, June 2025",
    (
        Asked("Questions", "what the simulation is to answer", ("R50",)),
        Asked("Options", "designs and analyses compared, with a benchmark", ("R54", "R70")),
        Asked("Measures", "operating characteristics, and why these", ("R55",)),
        Asked("Knowledge", "what is known and used, with its sources", ("R52",)),
        Asked("Range", "values of parameters and nuisance parameters, justified", ("R51", "R52")),
        Asked("Implementation", "generating model, trials for the precision", ("R51", "R56")),
        Asked("Software", "programs, code and instructions to recreate", ("R110", "R112")),
        Asked("Results", "results with their interpretation", ("R60", "R61", "R62", "R66")),
        Asked("Examples", "trials that end differently, worked through", ("R69",)),
        Asked("Limitations", "what the simulation does not cover", ("R100",)),
        Asked("Discussion", "meaning in the clinic", ("R103",)),
    ),
)
FDA_ADAPTIVE = Guidance(
    "FDA Adaptive Designs",
    "FDA. Adaptive designs for clinical trials of drugs and biologics: guidance for industry. "
    "November 2019",
    (
        Asked("Examples", "example trials with different conclusions", ("R69",)),
        Asked("Configurations", "parameters simulated, and why these", ("R51", "R52")),
        Asked("Characteristics", "type I error, power, bias and coverage", ("R60", "R61", "R62")),
        Asked("Code", "readable code with its seeds", ("R57", "R112")),
        Asked("Summary", "summary and interpretation", ("R04", "R72")),
    ),
)
FDA_BAYES = Guidance(
    "FDA Bayesian Methodology, draft",
    "FDA. Use of Bayesian methodology in clinical trials of drug and biological products: draft "
    "guidance for industry. January 2026; docket FDA-2025-D-3217",
    (
        Asked("Success", "rule for success and the reason for it", ("R41",), "bayesian"),
        Asked("Prior", "prior, its justification and its weight", ("R44",), "bayesian"),
        Asked("Borrowing", "outside data, and how they are used", ("R46",), "bayesian"),
        Asked("Type I error", "operating characteristics at given truths", ("R60", "R61")),
        Asked(
            "Averaged",
            "success, and wrong success, over a design prior",
            ("R45", "R63"),
            "design prior",
        ),
        Asked("Sensitivity", "conclusions under other priors", ("R67",), "bayesian"),
        Asked("Computation", "software, settings and convergence", ("R59", "R110"), "bayesian"),
        Asked("Estimand", "prior and rule aligned with the estimand", ("R11",), "bayesian"),
    ),
)
ADEMP = Guidance(
    "ADEMP",
    MORRIS,
    (
        Asked("Aims", "what the simulation is for", ("R50",)),
        Asked("Data", "generating models, factors and levels", ("R51", "R52")),
        Asked("Estimands", "true values and how they are computed", ("R53",)),
        Asked("Methods", "analyses compared", ("R54",)),
        Asked("Performance", "measures with formulae", ("R55",)),
        Asked("Repetitions", "number of repetitions from the Monte-Carlo error", ("R56",)),
        Asked("Random numbers", "seed, streams and states", ("R57",)),
        Asked("Failures", "missing or failed estimates, counted", ("R58", "R68")),
        Asked("Results", "every estimate with its Monte-Carlo error", ("R60", "R61", "R62")),
    ),
)
BARG = Guidance(
    "BARG",
    "Kruschke JK. Bayesian analysis reporting guidelines. Nature Human Behaviour "
    "2021;5:1282–1291; doi:10.1038/s41562-021-01177-7",
    (
        Asked("Preamble", "goals of the analysis", ("R10",), "bayesian"),
        Asked("1", "data, likelihood, prior, prior predictive", ("R40", "R44"), "bayesian"),
        Asked("2", "software, convergence, effective sample size", ("R59", "R110"), "bayesian"),
        Asked("3", "posterior: shown for example trials", ("R69",), "bayesian"),
        Asked("4", "decision rule and its thresholds, justified", ("R41",), "bayesian"),
        Asked("5", "sensitivity to the prior", ("R67",), "bayesian"),
        Asked("6", "versions, seeds, scripts and inputs", ("R57", "R110", "R111", "R112"),
              "bayesian"),
    ),
)  # fmt: skip
ROBUST = Guidance(
    "ROBUST",
    "Sung L, Hayden J, Greenberg ML, Koren G, Feldman BM, Tomlinson GA. Seven items were "
    "identified for inclusion when reporting a Bayesian analysis of a clinical study. Journal of "
    "Clinical Epidemiology 2005;58:261–268; doi:10.1016/j.jclinepi.2004.08.010",
    (
        Asked("Prior", "its form", ("R44",), "bayesian"),
        Asked("Prior", "its justification", ("R44",), "bayesian"),
        Asked("Prior", "sensitivity to it", ("R67",), "bayesian"),
        Asked("Analysis", "statistical model", ("R40",), "bayesian"),
        Asked("Analysis", "technique of computation", ("R59",), "bayesian"),
        Asked("Results", "central tendency of the posterior", (), "later"),
        Asked("Results", "variation of the posterior", (), "later"),
    ),
)
SAGER = Guidance(
    "SAGER",
    "Heidari S, Babor TF, De Castro P, Tort S, Curno M. Sex and gender equity in research: "
    "rationale for the SAGER guidelines and recommended use. Research Integrity and Peer Review "
    "2016;1:2; doi:10.1186/s41073-016-0007-6",
    (
        Asked("Terms", "sex and gender told apart", ("R13",)),
        Asked("Introduction", "whether differences are to be expected", ("R13",)),
        Asked("Methods", "sex in the design; representation, or why not", ("R24", "R37"), "sexes"),
        Asked("Results", "results by sex whatever they are: expected ones", ("R65",), "sexes"),
        Asked("Results", "losses by sex: expected ones", ("R35", "R80"), "sexes"),
        Asked("Discussion", "what sex means for the conclusions", ("R102",)),
    ),
)
NIH = Guidance(
    "NIH policy on inclusion",
    "National Institutes of Health. NIH policy and guidelines on the inclusion of women and "
    "minorities as subjects in clinical research. Amended 2017",
    (
        Asked("Prior evidence", "which of three cases of earlier evidence holds", ("R13",)),
        Asked(
            "Valid analysis", "unbiased analysis by sex, of whatever power", ("R37", "R40"), "sexes"
        ),
        Asked("Reporting", "effect and interval in each sex", ("R65", "R102"), "sexes"),
    ),
)
GUIDANCE: tuple[Guidance, ...] = (
    DELTA2, SPIRIT, CONSORT, CROSSOVER, E9, E9R1, E20, FDA_ADAPTIVE, FDA_BAYES, ADEMP, BARG,
    ROBUST, SAGER, NIH,
)  # fmt: skip
