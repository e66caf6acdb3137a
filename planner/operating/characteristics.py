"""What a tally says: operating characteristics, each with its Monte-Carlo standard error.

Formulas of Morris, White & Crowther 2019 (Stat Med 38:2074, table 6); intervals of proportions
are Wilson's.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.engines.protocol import Status
from planner.operating.tally import Tally

if TYPE_CHECKING:
    import pandas as pd

Z95 = 1.959963984540054
FAILURES = ("not_converged", "not_estimable", "imprecise")
"""Entries of the ledger that count trials without a result."""


@dataclass(frozen=True, slots=True)
class MonteCarloEstimate:
    """A simulated number.

    Parameters
    ----------
    value, mcse : estimate and its Monte-Carlo standard error.
    n : simulated trials it rests on.
    lower, upper : 95 % Monte-Carlo interval.
    """

    value: float
    mcse: float
    n: int
    lower: float
    upper: float

    @property
    def digits(self) -> int:
        """Decimals that show the error: 3, or more where it is smaller."""
        return int(np.ceil(-np.log10(self.mcse))) if 0 < self.mcse < 0.0005 else 3

    def __str__(self) -> str:
        return f"{self.value:.{self.digits}f} ± {self.mcse:.{self.digits}f}"


@dataclass(frozen=True, slots=True)
class Oracle:
    """The closed-form counterpart of a simulated proportion.

    Parameters
    ----------
    value : closed form.
    z : (simulated − closed form) / MCSE under the closed form.
    exact : False where the closed form is itself an approximation.
    """

    value: float
    z: float
    exact: bool


@dataclass(frozen=True, slots=True)
class HypothesisCharacteristics:
    """Operating characteristics of one hypothesis under one truth; effects on the model scale.

    `width` is the geometric mean width of the confidence interval that matches the test.
    `stop` and `consider` are the shares of the other zones of a rule with a stop criterion.
    `worst` and `best` are the success proportions if every failed trial had missed, or reached,
    its aim.
    """

    hypothesis: str
    effect: float
    success: MonteCarloEstimate
    worst: float
    best: float
    oracle: Oracle | None
    bias: MonteCarloEstimate
    empirical_se: MonteCarloEstimate
    model_se: MonteCarloEstimate
    rmse: MonteCarloEstimate
    coverage: MonteCarloEstimate
    width: MonteCarloEstimate
    type_s: MonteCarloEstimate | None
    type_m: MonteCarloEstimate | None
    stop: MonteCarloEstimate | None = None
    consider: MonteCarloEstimate | None = None


@dataclass(frozen=True, slots=True, repr=False)
class OperatingCharacteristics:
    """All operating characteristics of a plan at one N under one truth.

    Parameters
    ----------
    trial_success, any_rejected, all_rejected : success rule, at least one, and every hypothesis.
    same_sign, consistent : consistency across sexes (ICH E17): both sexes' estimates have the
        sign of the overall effect; both are at least half of the overall estimate.
    completers : people observed in every period.
    ledger : how every trial ended; sums to `n_trials`.
    boundary_fits : trials (with a result) whose between-person variance was estimated as 0.
    null : characteristics of each hypothesis at the edge of its null: its type I error.
    familywise_error : probability of any rejection when all nulls hold, if they can together.
    analysis : how the trials were analysed, in a few words.
    others : the same trials under the plan's other analyses.
    """

    n_subjects: int
    truth: str
    n_trials: int
    hypotheses: tuple[HypothesisCharacteristics, ...]
    trial_success: MonteCarloEstimate
    any_rejected: MonteCarloEstimate
    all_rejected: MonteCarloEstimate
    same_sign: MonteCarloEstimate | None
    consistent: MonteCarloEstimate | None
    completers: MonteCarloEstimate
    ledger: dict[str, int]
    boundary_fits: int
    null: dict[str, HypothesisCharacteristics] = field(default_factory=dict)
    familywise_error: MonteCarloEstimate | None = None
    analysis: str = ""
    others: "tuple[OperatingCharacteristics, ...]" = ()

    def __getitem__(self, name: str) -> HypothesisCharacteristics:
        return next(h for h in self.hypotheses if h.hypothesis == name)

    def rows(self) -> list[dict[str, object]]:
        """One flat row per hypothesis and truth, every simulated number with its MCSE."""
        pairs = [(self.truth, h) for h in self.hypotheses]
        pairs += [("null", h) for h in self.null.values()]
        return [{"n": self.n_subjects, "truth": truth, **_flat(h)} for truth, h in pairs]

    def to_frame(self) -> "pd.DataFrame":
        """The rows as a pandas data frame."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def __repr__(self) -> str:
        head = f"N = {self.n_subjects}, {self.n_trials} simulated trials"
        lines = [
            f"  {truth:9} {h.hypothesis:14} success {h.success}  bias {h.bias}  "
            f"coverage {h.coverage}"
            for truth, h in [("planning", h) for h in self.hypotheses]
            + [("null", h) for h in self.null.values()]
        ]
        return "\n".join([head, *lines, f"  trial success {self.trial_success}"])

    @property
    def failures(self) -> int:
        """Trials without a result."""
        return sum(self.ledger[key] for key in FAILURES)

    @property
    def failure_share(self) -> float:
        """Share of trials without a result."""
        return self.failures / self.n_trials


def _flat(h: HypothesisCharacteristics) -> dict[str, object]:
    row: dict[str, object] = {"hypothesis": h.hypothesis, "effect": h.effect}
    for name in ("success", "bias", "empirical_se", "model_se", "rmse", "coverage", "width",
                 "type_s", "type_m", "stop", "consider"):  # fmt: skip
        estimate: MonteCarloEstimate | None = getattr(h, name)
        row[name] = estimate.value if estimate else None
        row[f"{name}_mcse"] = estimate.mcse if estimate else None
    row["closed_form"] = h.oracle.value if h.oracle else None
    row["z"] = h.oracle.z if h.oracle else None
    return row


def proportion(count: int, n: int) -> MonteCarloEstimate:
    """Simulated proportion with MCSE √(p(1 − p)/n) and Wilson interval."""
    if n == 0:
        return MonteCarloEstimate(np.nan, np.nan, 0, np.nan, np.nan)
    p = count / n
    centre = (p + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    reach = Z95 * np.sqrt(p * (1 - p) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    mcse = float(np.sqrt(p * (1 - p) / n))
    return MonteCarloEstimate(
        p, mcse, n, max(0.0, float(centre - reach)), min(1.0, float(centre + reach))
    )


def mean_of(total: float, squares: float, n: int) -> MonteCarloEstimate:
    """Simulated mean from a sum and a sum of squares."""
    if n < 2:
        return MonteCarloEstimate(np.nan, np.nan, n, np.nan, np.nan)
    value = total / n
    mcse = float(np.sqrt(max(squares / n - value**2, 0.0) / (n - 1)))
    return _symmetric(value, mcse, n)


def _exponential(log: MonteCarloEstimate) -> MonteCarloEstimate:
    """A geometric mean from the mean of logarithms."""
    value = float(np.exp(log.value))
    return MonteCarloEstimate(
        value, value * log.mcse, log.n, float(np.exp(log.lower)), float(np.exp(log.upper))
    )


def _symmetric(value: float, mcse: float, n: int) -> MonteCarloEstimate:
    return MonteCarloEstimate(value, mcse, n, value - Z95 * mcse, value + Z95 * mcse)


def compare(simulated: MonteCarloEstimate, value: float, exact: bool) -> Oracle:
    """Closed form beside a simulated proportion, with the z-score of their difference."""
    spread = np.sqrt(max(value * (1 - value), 1e-12) / simulated.n)
    return Oracle(float(value), float((simulated.value - value) / spread), exact)


def hypothesis_characteristics(
    name: str,
    h: int,
    t: Tally,
    effect: float,
    oracle: tuple[float, bool] | None,
    zones: bool = False,
) -> HypothesisCharacteristics:
    """Characteristics of hypothesis number `h` of a tally; `zones` if it has a stop rule."""
    n, rejected = t.analysed, int(t.rejected[h])
    failed = t.n - n
    success = proportion(rejected, t.n)
    bias = mean_of(t.error[h], t.error2[h], n)
    spread = bias.mcse * np.sqrt(n) if n > 1 else np.nan
    mse = t.error2[h] / n if n else np.nan
    model_variance = mean_of(t.variance[h], t.variance2[h], n)
    model_se, rmse = float(np.sqrt(model_variance.value)), float(np.sqrt(mse))
    telling = effect != 0 and rejected > 1
    size = mean_of(t.size[h], t.size2[h], rejected) if telling else None
    return HypothesisCharacteristics(
        hypothesis=name,
        effect=effect,
        success=success,
        worst=rejected / t.n,
        best=(rejected + failed) / t.n,
        oracle=compare(success, *oracle) if oracle else None,
        bias=bias,
        empirical_se=_symmetric(float(spread), float(spread / np.sqrt(2 * max(n - 1, 1))), n),
        model_se=_symmetric(model_se, model_variance.mcse / (2 * model_se), n),
        rmse=_symmetric(rmse, _rmse_mcse(rmse, bias.value, spread, n), n),
        coverage=proportion(int(t.covered[h]), n),
        width=_exponential(mean_of(t.log_width[h], t.log_width2[h], n)),
        type_s=proportion(int(t.wrong_sign[h]), rejected) if telling else None,
        type_m=_symmetric(size.value / abs(effect), size.mcse / abs(effect), rejected)
        if size
        else None,
        stop=proportion(int(t.stopped[h]), t.n) if zones else None,
        consider=proportion(n - rejected - int(t.stopped[h]), t.n) if zones else None,
    )


def _rmse_mcse(rmse: float, bias: float, spread: float, n: int) -> float:
    """MCSE of the root mean squared error, of normal estimates with bias b and SD s.

    The squared error has variance 2 s⁴ + 4 b² s²; without bias this gives s / √(2(n − 1)).
    """
    if not rmse > 0:
        return float("nan") if np.isnan(rmse) else 0.0
    variance = 2 * spread**4 + 4 * bias**2 * spread**2
    return float(np.sqrt(variance / max(n - 1, 1)) / (2 * rmse))


def failure_ledger(t: Tally) -> dict[str, int]:
    """How every trial ended; the entries sum to the number of trials."""
    return {
        "success": t.success,
        "no_success": t.analysed - t.success,
        "not_converged": int(t.status[Status.NOT_CONVERGED]),
        "not_estimable": int(t.status[Status.NOT_ESTIMABLE]),
        "imprecise": int(t.status[Status.IMPRECISE]),
    }
