"""What a simulation under a design prior says of every aim of a plan."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.operating.assurance_tally import AssuranceTally
from planner.operating.characteristics import MonteCarloEstimate, Oracle, mean_of, proportion

if TYPE_CHECKING:
    import pandas as pd

SUCCESS = "success"
"""Name of the success rule among the aims."""


@dataclass(frozen=True, slots=True)
class RelevantSuccess:
    """Success where the effect is relevant.

    Parameters
    ----------
    share : P(effect is relevant), over the design prior.
    joint : P(success and effect is relevant).
    given : P(success given a relevant effect); None if no simulated truth had one.
    """

    share: MonteCarloEstimate
    joint: MonteCarloEstimate
    given: MonteCarloEstimate | None


@dataclass(frozen=True, slots=True)
class AimAssurance:
    """Assurance of one hypothesis, or of the success rule; effects on the model scale.

    Parameters
    ----------
    aim : name of the hypothesis, or ``success``.
    success : the assurance, P(success).
    worst, best : the same if every failed trial had missed, or reached, its aim.
    oracle : expected power in closed form; None under a multiplicity procedure and for a rule.
    power : closed-form power at the scenario's own truth; None likewise.
    limit : assurance as N → ∞, in closed form; no trial of this plan can exceed it.
    null : P(success at the edge of the null), the type I error at the plan's null truths.
    wrong : P(a success is wrong): that the effect lies in the null region, or for a two-sided
        test on the other side of no effect than the estimate. None without any success.
    effect, effect_given_success : mean true effect, of all trials and of successes.
    relevant : None if no relevant effect is named, or the aim is to lie between limits.
    """

    aim: str
    success: MonteCarloEstimate
    worst: float
    best: float
    oracle: Oracle | None
    power: float | None
    limit: float | None
    null: MonteCarloEstimate | None
    wrong: MonteCarloEstimate | None
    effect: MonteCarloEstimate
    effect_given_success: MonteCarloEstimate | None
    relevant: RelevantSuccess | None


@dataclass(frozen=True, slots=True, repr=False)
class Assurance:
    """Assurance of a plan at one N.

    Parameters
    ----------
    hypotheses, trial : assurance of every hypothesis, and of the success rule.
    relevant : relevant effect on the natural scale, if one is named.
    failures : trials without a result; they count as no success.
    analysis : how the trials were analysed, in a few words.
    others : the same trials under the plan's other analyses.
    """

    n_subjects: int
    n_trials: int
    hypotheses: tuple[AimAssurance, ...]
    trial: AimAssurance
    relevant: float | None
    failures: int
    analysis: str = ""
    others: "tuple[Assurance, ...]" = ()

    @property
    def aims(self) -> tuple[AimAssurance, ...]:
        """The hypotheses, and last the success rule."""
        return (*self.hypotheses, self.trial)

    def __getitem__(self, aim: str) -> AimAssurance:
        return next(a for a in self.aims if a.aim == aim)

    def rows(self) -> list[dict[str, object]]:
        """One flat row per hypothesis and one for the success rule, every number with its MCSE."""
        return [{"n": self.n_subjects, **_flat(a)} for a in self.aims]

    def to_frame(self) -> "pd.DataFrame":
        """The rows as a pandas data frame."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def __repr__(self) -> str:
        head = f"N = {self.n_subjects}, {self.n_trials} simulated trials, each with its own truth"
        lines = [
            f"  {a.aim:14} assurance {a.success}  wrong success {a.wrong or 'none'}"
            for a in self.aims
        ]
        return "\n".join([head, *lines])


def _flat(a: AimAssurance) -> dict[str, object]:
    relevant = a.relevant
    estimates = {
        "success": a.success,
        "null": a.null,
        "wrong": a.wrong,
        "effect": a.effect,
        "effect_given_success": a.effect_given_success,
        "relevant": relevant.share if relevant else None,
        "success_and_relevant": relevant.joint if relevant else None,
        "success_given_relevant": relevant.given if relevant else None,
    }
    row: dict[str, object] = {"aim": a.aim}
    for name, estimate in estimates.items():
        row[name] = estimate.value if estimate else None
        row[f"{name}_mcse"] = estimate.mcse if estimate else None
    row["closed_form"] = a.oracle.value if a.oracle else None
    row["z"] = a.oracle.z if a.oracle else None
    return {**row, "power": a.power, "limit": a.limit}


def simulated_aim(name: str, a: int, t: AssuranceTally, *, has_relevant: bool) -> AimAssurance:
    """Simulated part of the assurance of aim number `a`.

    Parameters
    ----------
    has_relevant : whether a relevant effect is named and applies to the aim.
    """
    reached, relevant = int(t.success[a]), int(t.relevant[a])
    joint = int(t.relevant_success[a])
    return AimAssurance(
        aim=name,
        success=proportion(reached, t.n),
        worst=reached / t.n,
        best=(reached + t.failed) / t.n,
        oracle=None,
        power=None,
        limit=None,
        null=None,
        wrong=proportion(int(t.wrong[a]), reached) if reached else None,
        effect=mean_of(t.effect[a], t.effect2[a], t.n),
        effect_given_success=mean_of(t.effect_success[a], t.effect_success2[a], reached)
        if reached > 1
        else None,
        relevant=RelevantSuccess(
            share=proportion(relevant, t.n),
            joint=proportion(joint, t.n),
            given=proportion(joint, relevant) if relevant else None,
        )
        if has_relevant
        else None,
    )
