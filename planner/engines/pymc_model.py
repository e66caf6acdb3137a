"""The Bayesian model of a planned analysis in PyMC, subject effects integrated out.

One model serves every trial of a plan, of any size: the sums of a trial and its coordinates are
data (`planner.engines.sums`, `planner.engines.coordinates`). Priors are PyMC's own distributions.
"""

from typing import TYPE_CHECKING, Any, assert_never

import numpy as np

from planner.engines.coordinates import Coordinates, basis, is_common, is_exchangeable
from planner.engines.posterior_model import PosteriorModel
from planner.engines.sums import Sums
from planner.evidence.distribution import (
    EffectDistribution,
    Fixed,
    Flat,
    HalfNormal,
    HalfNormalRatio,
    Jeffreys,
    LogNormal,
    Normal,
    NormalMixture,
    StudentT,
)
from planner.plan.priors import ExchangeableSexes, SdBetweenPrior, SdWithinPrior
from planner.trials.moments import FloatArray

if TYPE_CHECKING:
    import pymc

SAVED = ("nuisance", "effect", "sd_within", "sd_between", "tau")
"""What is kept of a draw."""


def pymc_model(model: PosteriorModel) -> "pymc.Model":
    """The model, with empty data; see `data_of` for those of a trial.

    Its variables are nuisance [q_n], effect [K − 1, G], sd_within and sd_between [V], and of
    exchangeable sexes tau.
    """
    import pymc as pm
    import pytensor.tensor as pt

    n, g, priors = model.n_nuisance, model.n_sexes, model.priors
    with pm.Model(check_bounds=False) as built:
        data = {name: pm.Data(name, value) for name, value in _empty(model).items()}
        z = pm.Flat("z", shape=data["scale"].get_value().shape[1])
        beta = data["centre"] + pt.dot(data["scale"], z)
        tau = _signed_tau(model, data)
        if tau is not None:
            beta = beta + pt.dot(data["along"], _differences(data, tau))
        nuisance = pm.Deterministic("nuisance", beta[:n])
        effect = pm.Deterministic("effect", beta[n:].reshape((-1, g)))
        _nuisance_prior(model, nuisance)
        _effect_prior(model, effect, tau)
        within = _sd_within(priors.sd_within, model.n_groups, data)
        between = _sd_between(priors.sd_between, model.n_groups, within, data)
        pm.Potential("likelihood", _log_likelihood(model, data, beta, (within, between)))
    return built


def data_of(
    model: PosteriorModel, sums: Sums, trial: int, coordinates: Coordinates
) -> dict[str, Any]:
    """Data of one trial under the names of the model."""
    c = coordinates
    given = {
        "information": sums.information[trial],
        "score": sums.score[trial],
        "squares": sums.squares[trial],
        "freedom": sums.freedom[trial],
        "centre": c.centre,
        "scale": c.scale,
    }
    if isinstance(model.priors.sd_within, Jeffreys) or isinstance(
        model.priors.sd_between, HalfNormal
    ):
        given["typical_sd"] = np.array(c.typical_sd)
    if is_exchangeable(model):
        given |= {"along": c.along, "d_precision": c.precision, "d_score": c.score}
        sexes = model.priors.sexes
        if isinstance(sexes, ExchangeableSexes) and isinstance(sexes.tau, HalfNormal):
            most = float(np.max(c.precision))
            given["typical_tau"] = np.array(most**-0.5 if most > 0 else sexes.tau.scale)
    return given


def _empty(model: PosteriorModel) -> dict[str, FloatArray]:
    mean, across = basis(model)
    shape = (model.n_groups, len(model.strata.multiplier))
    q, d = len(mean), across.shape[1]
    sums = Sums(
        np.zeros((1, *shape, q, q)), np.zeros((1, *shape, q)),
        np.zeros((1, *shape)), np.zeros((1, *shape)),
    )  # fmt: skip
    nowhere = Coordinates(np.zeros(q), mean, across, np.ones(d), np.zeros(d), 1.0)
    return data_of(model, sums, 0, nowhere)


def _log_likelihood(
    model: PosteriorModel, data: dict[str, Any], beta: Any, sds: tuple[Any, Any]
) -> Any:
    """−½ Σ_vk [ν log λ + (s − 2βᵀb + βᵀAβ)/λ]."""
    import pytensor.tensor as pt

    variance = sds[0][:, None] ** 2 + model.strata.multiplier * sds[1][:, None] ** 2
    linear = pt.sum(data["score"] * beta, axis=-1)
    quadratic = pt.sum(data["information"] * pt.outer(beta, beta), axis=(-2, -1))
    residual = data["squares"] - 2 * linear + quadratic
    return -0.5 * pt.sum(data["freedom"] * pt.log(variance) + residual / variance)


def _differences(data: dict[str, Any], tau: Any) -> Any:
    """d = τ e of exchangeable sexes, e ~ N(0, 1), in the coordinate u."""
    import pymc as pm
    import pytensor.tensor as pt

    u = pm.Flat("u", shape=data["d_score"].get_value().shape)
    ratio = 1 + tau**2 * data["d_precision"]
    e = tau * data["d_score"] / ratio + u / pt.sqrt(ratio)
    pm.Potential("jacobian", -0.5 * pt.sum(pt.log(ratio)))
    pm.Potential("difference", pt.sum(pm.logp(pm.Normal.dist(), e)))
    return tau * e


def _signed_tau(model: PosteriorModel, data: dict[str, Any]) -> Any:
    """τ with either sign, or None; both signs mean the same, as d and w are symmetric."""
    import pymc as pm
    import pytensor.tensor as pt

    sexes = model.priors.sexes
    if not (isinstance(sexes, ExchangeableSexes) and is_exchangeable(model)):
        return None
    if isinstance(sexes.tau, Fixed):
        return pm.Deterministic("tau", pt.constant(sexes.tau.value))
    signed = _signed("tau", sexes.tau.scale, data["typical_tau"], ())
    pm.Deterministic("tau", pt.abs(signed))
    return signed


def _signed(name: str, scale: float, unit: Any, shape: int | tuple[()]) -> Any:
    """A half-normal parameter with either sign, as unit·sinh x up to the prior's scale.

    Linear near 0, where the likelihood is smooth in the signed parameter and a logarithm would
    have a long tail; logarithmic where the prior is vague; linear again in the prior's tail.
    """
    import pymc as pm
    import pytensor.tensor as pt

    x = pm.Flat(f"x_{name}", shape=shape)
    end = pt.arcsinh(scale / unit)
    inner = pt.clip(x, -end, end)
    signed = unit * (pt.sinh(inner) + pt.cosh(end) * (x - inner))
    prior = pm.logp(pm.Normal.dist(0.0, scale), signed) + pt.log(pt.cosh(inner))
    pm.Potential(f"{name}_prior", pt.sum(prior))
    return signed


def _nuisance_prior(model: PosteriorModel, nuisance: Any) -> None:
    import pymc as pm
    import pytensor.tensor as pt

    proper = np.flatnonzero(model.precision)
    if proper.size:
        prior = pm.Normal.dist(model.mean[proper], model.precision[proper] ** -0.5)
        pm.Potential("nuisance_prior", pt.sum(pm.logp(prior, nuisance[proper])))


def _effect_prior(model: PosteriorModel, effect: Any, tau: Any) -> None:
    """Prior of every effect, or of their centre over exchangeable sexes.

    The centre δ_k given the mean m_k of the effects is m_k + τ w/√G: with the prior p of δ_k,
    p(δ_k) N(m_k; δ_k, τ²/G) dδ_k = p(m_k + τ w/√G) φ(w) dw.
    """
    import pymc as pm
    import pytensor.tensor as pt

    if is_common(model):
        effect = effect[:, 0]
    elif tau is not None:
        w = pm.Normal("w", shape=model.locations.shape[1])
        effect = pt.mean(effect, axis=1) + tau / np.sqrt(model.n_sexes) * w
    prior = _distribution(model.priors.effect)
    if prior is not None:
        pm.Potential("effect_prior", pt.sum(pm.logp(prior, effect)))


def _distribution(prior: EffectDistribution) -> Any:
    import pymc as pm

    match prior:
        case Normal():
            return pm.Normal.dist(prior.mean, prior.sd)
        case StudentT():
            return pm.StudentT.dist(nu=prior.df, mu=prior.mean, sigma=prior.scale)
        case NormalMixture():
            weights = np.array(prior.weights) / sum(prior.weights)
            return pm.NormalMixture.dist(weights, prior.means, prior.sds)
        case Flat():
            return None
        case _:
            assert_never(prior)


def _sd_within(prior: SdWithinPrior, n_groups: int, data: dict[str, Any]) -> Any:
    """σ_w of the variance groups, [V]."""
    import pymc as pm
    import pytensor.tensor as pt

    match prior:
        case HalfNormal():
            return pm.HalfNormal("sd_within", sigma=prior.scale, shape=n_groups)
        case LogNormal():
            log_median = np.log(prior.median)
            return pm.LogNormal("sd_within", log_median, prior.sd_log, shape=n_groups)
        case Fixed():
            return pm.Deterministic("sd_within", pt.constant(np.full(n_groups, prior.value)))
        case Jeffreys():
            log_sd = pm.Flat("log_sd_within", shape=n_groups)
            return pm.Deterministic("sd_within", data["typical_sd"] * pt.exp(log_sd))
        case _:
            assert_never(prior)


def _sd_between(prior: SdBetweenPrior, n_groups: int, within: Any, data: dict[str, Any]) -> Any:
    """σ_b of the variance groups, [V]; half-normal ones as absolute values, smooth at 0."""
    import pymc as pm
    import pytensor.tensor as pt

    match prior:
        case HalfNormal() | HalfNormalRatio():
            ratio = isinstance(prior, HalfNormalRatio)
            unit = 1.0 if ratio else data["typical_sd"]
            signed = _signed("sd_between", prior.scale, unit, n_groups)
            return pm.Deterministic("sd_between", pt.abs(signed) * (within if ratio else 1.0))
        case LogNormal():
            log_median = np.log(prior.median)
            return pm.LogNormal("sd_between", log_median, prior.sd_log, shape=n_groups)
        case Fixed():
            return pm.Deterministic("sd_between", pt.constant(np.full(n_groups, prior.value)))
        case Jeffreys():
            raise AssertionError("Priors refuse 1/σ_b")
        case _:
            assert_never(prior)
