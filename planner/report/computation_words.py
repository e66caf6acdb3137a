"""How the engines compute, in words; every threshold is the one that the program uses."""

from typing import TYPE_CHECKING

from planner.engines.kernels.posterior import FINER, LARGEST_ERROR
from planner.engines.kernels.profile import LAST_STEP, MAX_ITERATIONS, STEP_TOLERANCE
from planner.engines.kernels.reml import FEWEST_DF
from planner.engines.nuts import TARGET_ACCEPT
from planner.engines.posterior_draws import LARGEST_RHAT, MOST_DIVERGENT, SMALLEST_ESS
from planner.report import method_sources as of
from planner.words.prose import given, planned_percent

if TYPE_CHECKING:
    from planner.plan.analysis import Posterior
    from planner.report.author import Author

LEAST_SQUARES = (
    "Least squares: normal equations of the cells, solved exactly by Cholesky's decomposition; "
    "there is nothing to converge."
)


def by_reml(author: "Author") -> str:
    """Restricted maximum likelihood."""
    return (
        "Restricted maximum likelihood: the deviance is profiled over the fixed effects and "
        "σ_w², which leaves one parameter, the ratio σ_b²/σ_w². Its minimum is found by Newton's "
        f"method with analytic derivatives, kept inside a bracket, in at most {MAX_ITERATIONS} "
        f"iterations; it has converged if a Newton step is below {_power(LAST_STEP)}, any other "
        f"step below {_power(STEP_TOLERANCE)}, on the logarithm of 1 + m σ_b²/σ_w² (m: most "
        "periods observed). If the deviance rises from a ratio of 0, a second minimum is looked "
        "for before the boundary is accepted. A fit with fewer than "
        f"{given(FEWEST_DF)} degrees of freedom counts as not estimable. Means and covariances of "
        "the cells are all that enters, without loss of information "
        f"{author.cite(of.PATTERSON_THOMPSON)}."
    )


def by_quadrature(author: "Author") -> str:
    """Numerical integration of the posterior."""
    return (
        "Posterior by numerical integration: given the standard deviations the means are exactly "
        "normal, or a mixture of normals; the standard deviations are summed over a lattice around "
        "the posterior's top by the trapezoidal rule "
        f"{author.cite(of.TREFETHEN_WEIDEMAN)}, the standard deviation τ of the effects between "
        "exchangeable sexes over Gauss–Kronrod nodes. Nothing is sampled. A nested, coarser rule "
        "gives the numerical error of every posterior probability; where it exceeds "
        f"{given(LARGEST_ERROR)} the lattice is refined, up to spacings of {given(FINER[-1])} of "
        "the first, and a trial that is still not known so well counts as not analysed."
    )


def by_nuts(author: "Author", analysis: "Posterior") -> str:
    """Sampling of the posterior, and when it is believed."""
    settings = analysis.nuts
    return (
        "Posterior by sampling: PyMC's model, the No-U-Turn sampler of nutpie "
        f"{author.cite(of.HOFFMAN_GELMAN)}, random levels of persons integrated out; "
        f"{settings.chains} chains a trial, {settings.tune} iterations thrown away and "
        f"{settings.draws} kept each, target acceptance {given(TARGET_ACCEPT)}. A trial has a "
        f"result only if for every contrast, SD and τ the rank-normalised R̂ is at most "
        f"{given(LARGEST_RHAT)} and the bulk and tail effective sample sizes are at least "
        f"{SMALLEST_ESS} {author.cite(of.VEHTARI)}, with at most "
        f"{planned_percent(MOST_DIVERGENT)} divergent transitions; otherwise it counts as not "
        "analysed."
    )


def _power(value: float) -> str:
    """A small threshold, ``1e−07`` as ``10⁻⁷``."""
    mantissa, exponent = f"{value:.0e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}" if mantissa == "1" else f"{mantissa} × 10{raised}"
