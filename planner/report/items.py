"""What a design report must contain: id, section, field, and who asks for it."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["filled", "not stated", "comes with the document"]
SECTIONS = {
    0: "Front", 1: "Question", 2: "Design", 3: "Sample-size inputs", 4: "Analysis model",
    5: "Simulation plan", 6: "Results", 7: "Comparison", 8: "Flow", 9: "Statement",
    10: "Limits", 11: "Reproduction", 12: "Annex",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the report.

    Parameters
    ----------
    source : guidance that asks for it.
    status : whether the scenario fills it now.
    detail : what is stated; or why it is not, and what to add.
    """

    id: str
    section: str
    field: str
    source: str
    status: Status
    detail: str


ITEMS: tuple[tuple[str, str, str], ...] = (
    ("R01", "title with 'randomised crossover'", "CONSORT crossover 1a"),
    ("R02", "version, scenario digest, status", "ICH E20"),
    ("R03", "authors and roles", "SPIRIT 2025"),
    ("R04", "plain-language summary", "SPIRIT 2025"),
    ("R05", "deviations from an earlier version", "ADEMP"),
    ("R10", "objective and hypotheses", "SPIRIT 2025"),
    ("R11", "estimand: five attributes and intercurrent events", "ICH E9(R1)"),
    ("R12", "why a crossover; washout, carry-over", "ICH E9 3.1.2; CONSORT crossover 3a"),
    ("R13", "role of sex: prior evidence and terms", "NIH; SAGER"),
    ("R20", "sequences, periods, durations, washout", "CONSORT crossover 3a"),
    ("R21", "allocation ratio, stratification, blocks", "SPIRIT 2025"),
    ("R22", "treatments and doses", "SPIRIT 2025"),
    ("R23", "interim looks, or none", "CONSORT 2025 16b"),
    ("R24", "target mix of women and men, and why", "SAGER; FDA 2025"),
    ("R30", "primary outcome and direction", "DELTA2"),
    ("R31", "target difference, SD, standardised", "DELTA2"),
    ("R32", "why that difference: important or realistic", "DELTA2"),
    ("R33", "within-participant SD or correlation", "CONSORT crossover 7a"),
    ("R34", "level α, sides and power target", "DELTA2"),
    ("R35", "loss by period and sex", "DELTA2"),
    ("R36", "period, carry-over and sequence effects", "CONSORT crossover 3a"),
    ("R37", "effects by sex", "SAGER"),
    ("R38", "size: evaluable, randomised, by sequence and sex", "DELTA2; CONSORT 2025 16a"),
    ("R39", "range of sizes over plausible deviations", "ICH E9 3.5"),
    ("R40", "analysis model and method for df", "SPIRIT 2025"),
    ("R41", "success rule and threshold, and why", "FDA Bayesian 2026; BARG 4"),
    ("R42", "multiplicity", "ICH E9"),
    ("R43", "missing data", "ICH E9(R1)"),
    ("R44", "analysis prior, justified", "ROBUST; BARG 1"),
    ("R45", "design prior, separate", "FDA Bayesian 2026"),
    ("R46", "borrowing, or none", "FDA Bayesian 2026"),
    ("R47", "planned sensitivity analyses", "ICH E9(R1)"),
    ("R50", "aims of the simulation", "ADEMP; ICH E20"),
    ("R51", "data-generating models", "ADEMP; ICH E20"),
    ("R52", "source of each value", "ICH E20"),
    ("R53", "true value of the estimand", "ADEMP"),
    ("R54", "methods compared, with a benchmark", "ICH E20"),
    ("R55", "performance measures with formulae", "ADEMP"),
    ("R56", "number of trials and Monte-Carlo error", "ADEMP"),
    ("R57", "random numbers, seed and streams", "ADEMP"),
    ("R58", "failed analyses: definition and handling", "ADEMP"),
    ("R59", "computation and its checks", "BARG 2"),
    ("R60", "type I error over the nuisance grid", "FDA Adaptive 2019"),
    ("R61", "power over effects", "ICH E20"),
    ("R62", "bias, SE, MSE and coverage", "ADEMP"),
    ("R63", "assurance; wrong positive conclusions", "FDA Bayesian 2026"),
    ("R64", "expected completers, duration, cost", "ICH E20"),
    ("R65", "results by sex", "SAGER; NIH"),
    ("R66", "stress scenarios", "ICH E20"),
    ("R67", "sensitivity to the prior", "BARG 5"),
    ("R68", "counts of failed analyses", "ADEMP"),
    ("R69", "example trials", "ICH E20"),
    ("R70", "alternatives and why not", "ICH E20"),
    ("R71", "one-way sensitivity and heat map", "ICH E9 3.5"),
    ("R72", "robustness over scenarios", "ICH E20"),
    ("R80", "expected flow by sequence, period, sex", "CONSORT crossover 13"),
    ("R90", "protocol text", "DELTA2; CONSORT crossover 7a"),
    ("R91", "short and long form", "DELTA2"),
    ("R100", "limitations of the simulation", "ICH E20"),
    ("R101", "limits from carry-over", "CONSORT crossover 20"),
    ("R102", "limits of inference by sex", "NIH"),
    ("R103", "clinical discussion", "ICH E20"),
    ("R110", "software versions", "BARG 6"),
    ("R111", "scenario file in full", "BARG 6"),
    ("R112", "command and script", "FDA Adaptive 2019"),
    ("R113", "hashes of result files", "BARG 6"),
    ("R114", "run time and cores", "ADEMP"),
    ("R115", "checks against closed forms", "ICH E20"),
    ("R116", "references", "SPIRIT 2025"),
    ("A1", "cross-walk of items to guidance", "all the guidance that it lists"),
)  # fmt: skip


def section_of(identity: str) -> str:
    """Section of an item: the digits of its id but the last."""
    return SECTIONS[12 if identity == "A1" else int(identity[1:-1])]
