"""REML fit of a random-intercept model with dense matrices.

V = var_within I + var_between Z Z' is an N_obs x N_obs matrix. The variance ratio is found from
the likelihood of error contrasts, all the rest from V itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg, optimize

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class MixedFit:
    """A REML fit of y = X beta + Z b + e.

    Attributes
    ----------
    x, z, y : ndarray
        Fixed-effect matrix, subject indicator matrix, response.
    beta, phi : ndarray
        Generalised least-squares estimate and its model covariance (X'V^-1 X)^-1.
    sd_within, sd_between : float
        Residual and subject standard deviations; ``sd_between`` is 0 at the boundary.
    deviance : float
        Minus twice the restricted log-likelihood, in lme4's convention.
    """

    x: FloatArray
    z: FloatArray
    y: FloatArray
    beta: FloatArray
    phi: FloatArray
    sd_within: float
    sd_between: float
    deviance: float


def _best_ratio(eigenvalues: FloatArray, squares: FloatArray) -> float:
    """Minimise the deviance of independent error contrasts over var_between / var_within."""
    size = len(squares)

    def deviance(ratio: float) -> float:
        scale = 1.0 + ratio * eigenvalues
        return float(np.log(scale).sum() + size * np.log((squares / scale).sum()))

    def slope(ratio: float) -> float:
        scale = 1.0 + ratio * eigenvalues
        pull = (squares * eigenvalues / scale**2).sum() / (squares / scale).sum()
        return float((eigenvalues / scale).sum() - size * pull)

    grid = np.concatenate(([0.0], np.logspace(-9, 9, 145)))
    slopes = [slope(ratio) for ratio in grid]
    candidates = [0.0]
    for left, right, at_left, at_right in zip(
        grid[:-1], grid[1:], slopes[:-1], slopes[1:], strict=True
    ):
        if at_left < 0.0 <= at_right:
            root = optimize.brentq(slope, left, right, xtol=1e-15, rtol=1e-14)
            candidates.append(float(root))
    if slopes[-1] < 0.0:
        raise ValueError("the residual variance is estimated as zero")
    return min(candidates, key=deviance)


def gls(
    x: FloatArray, z: FloatArray, y: FloatArray, variances: ArrayLike
) -> tuple[FloatArray, FloatArray, float]:
    """Generalised least squares and REML deviance at given variances (Harville 1977).

    Parameters
    ----------
    x, z, y : ndarray
        Fixed-effect matrix, subject indicator matrix and response.
    variances : pair of float
        Within-subject and between-subject variance.

    Returns
    -------
    beta, phi : ndarray
        Estimate and model covariance (X'V^-1 X)^-1.
    deviance : float
        Minus twice the restricted log-likelihood.
    """
    within, between = np.asarray(variances, dtype=float)
    n, q = x.shape
    v = within * np.eye(n) + between * z @ z.T
    factor = linalg.cho_factor(v, lower=True)
    information = x.T @ linalg.cho_solve(factor, x)
    phi = linalg.inv(information)
    beta = phi @ (x.T @ linalg.cho_solve(factor, y))
    residual = y - x @ beta
    deviance = (
        (n - q) * np.log(2 * np.pi)
        + 2.0 * np.log(np.diag(factor[0])).sum()
        + np.linalg.slogdet(information)[1]
        + residual @ linalg.cho_solve(factor, residual)
    )
    return beta, (phi + phi.T) / 2, float(deviance)


def reml_deviance(
    x: FloatArray, z: FloatArray, y: FloatArray, sd_within: float, sd_between: float
) -> float:
    """Minus twice the restricted log-likelihood (Patterson & Thompson 1971).

    Parameters
    ----------
    x, z, y : ndarray
        Fixed-effect matrix, subject indicator matrix and response.
    sd_within, sd_between : float
        Standard deviations at which to evaluate.

    Returns
    -------
    float
        Deviance including the constant (N_obs - q) log 2 pi, as lme4 prints it.
    """
    return gls(x, z, y, (sd_within**2, sd_between**2))[2]


def fit_reml(x: ArrayLike, subject: Sequence[Any] | NDArray[Any], y: ArrayLike) -> MixedFit:
    """Fit a random-intercept model by REML (Patterson & Thompson 1971).

    An orthonormal basis K of the space orthogonal to X gives error contrasts K'y whose
    likelihood is the restricted likelihood; diagonalising K'ZZ'K makes them independent. The
    variance ratio is a root of the score, chosen among all local minima and the boundary 0.

    Parameters
    ----------
    x : array of shape (N_obs, q)
        Fixed-effect matrix of full column rank.
    subject : sequence of length N_obs
        Subject labels.
    y : array of length N_obs
        Response.

    Returns
    -------
    MixedFit
        Estimates and the matrices they came from.

    Raises
    ------
    ValueError
        If X is rank deficient or no subject has two observations.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    labels = np.asarray(subject)
    z = (labels[:, None] == np.unique(labels)[None, :]).astype(float)
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError("the fixed-effect matrix is rank deficient")
    if z.sum(axis=0).max() < 2:
        raise ValueError("no subject has two observations")
    basis = linalg.null_space(x.T)
    eigenvalues, vectors = np.linalg.eigh(basis.T @ z @ z.T @ basis)
    eigenvalues = np.clip(eigenvalues, 0.0, None)
    squares = (vectors.T @ (basis.T @ y)) ** 2
    ratio = _best_ratio(eigenvalues, squares)
    within = float((squares / (1.0 + ratio * eigenvalues)).mean())
    beta, phi, deviance = gls(x, z, y, (within, ratio * within))
    return MixedFit(x, z, y, beta, phi, within**0.5, (ratio * within) ** 0.5, deviance)
