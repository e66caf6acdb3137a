"""Pooled priors: made from entries of the library, tabulated for charts, written for a plan."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from planner.charts.density import long_table
from planner.evidence.beta_mixture import BetaMixture
from planner.evidence.beta_mixture import cdf as share_cdf
from planner.evidence.derive_prior import (
    Assumptions,
    DerivedPrior,
    derive_effect_prior,
    derive_share_prior,
)
from planner.evidence.distribution import HalfNormal, NormalMixture, density
from planner.evidence.library import load_library
from planner.evidence.library_studies import studies_of
from planner.evidence.pooling import StudyEstimate
from planner.evidence.pooling_shares import StudyCount
from planner.ui.evidence.library import entry_label

if TYPE_CHECKING:
    from planner.scenario import Scenario

MAP, FIT, ROBUST = "pooled (MAP) prior", "mixture that approximates it", "with robust component"
_POINTS = 241
_TAIL = 0.004


@st.cache_data(max_entries=64, show_spinner=False)
def pool(
    references: tuple[str, ...], sigma: float | None, tau_scale: float, robust_weight: float
) -> DerivedPrior:
    """The prior of a new study from entries of the library.

    Parameters
    ----------
    sigma : SD of one person's contribution; None for shares.

    Raises
    ------
    InvalidInput : entries that do not belong together, or numbers that cannot be.
    """
    studies = studies_of(load_library(), references)
    tau = HalfNormal.parse({"scale": tau_scale})
    assumed = Assumptions(tau=tau, robust_weight=robust_weight, sigma=sigma)
    counts = [study for study in studies if isinstance(study, StudyCount)]
    if counts:
        return derive_share_prior(counts, assumed)
    estimates = [study for study in studies if isinstance(study, StudyEstimate)]
    return derive_effect_prior(estimates, assumed)


def density_table(result: DerivedPrior) -> pd.DataFrame:
    """Densities of the pooled prior, its mixture and the robust prior, one row per point."""
    lines: dict[str, Any] = {}
    if result.pooled.scale == "logit":
        edges = np.linspace(0, 1, _POINTS + 1)[1:-1]
        x, logit = (edges[1:] + edges[:-1]) / 2, np.log(edges / (1 - edges))
        lines[MAP] = np.diff(result.pooled.predictive.cdf(logit)) / np.diff(edges)
        for name, mixture in _mixtures(result):
            assert isinstance(mixture, BetaMixture)
            lines[name] = np.diff(share_cdf(mixture, edges)) / np.diff(edges)
    else:
        table = result.pooled.predictive
        x = np.linspace(table.quantile(_TAIL), table.quantile(1 - _TAIL), _POINTS)
        lines[MAP] = table.density_at(x)
        for name, mixture in _mixtures(result):
            assert isinstance(mixture, NormalMixture)
            lines[name] = density(mixture, x)
    return long_table(x, lines)


def _mixtures(result: DerivedPrior) -> list[tuple[str, NormalMixture | BetaMixture]]:
    robust = len(result.prior.weights) != len(result.fit.mixture.weights)
    return [(FIT, result.fit.mixture), *([(ROBUST, result.prior)] if robust else [])]


def studies_shown(references: Sequence[str], result: DerivedPrior) -> pd.DataFrame:
    """The studies pooled, and their weights in the mean."""
    library, rows = load_library(), []
    for reference, study, weight in zip(
        references, result.studies, result.pooled.weights, strict=True
    ):
        entry = library.entry(reference)
        numbers: dict[str, Any] = {"number": entry_label(library, entry), "id": reference}
        match study:
            case StudyEstimate():
                numbers |= {"estimate": study.estimate, "standard error": study.se}
            case StudyCount():
                numbers |= {"events": study.events, "total": study.total}
        rows.append(numbers | {"weight": weight, "flag": entry.flag, "note": entry.note})
    return pd.DataFrame(rows)


def components_shown(result: DerivedPrior) -> pd.DataFrame:
    """The mixture with its robust component, as it enters a plan."""
    prior = result.prior
    if isinstance(prior, BetaMixture):
        return pd.DataFrame({"weight": prior.weights, "a": prior.a, "b": prior.b})
    return pd.DataFrame({"weight": prior.weights, "mean": prior.means, "SD": prior.sds})


def points_per_unit(references: Sequence[str], scenario: "Scenario") -> float | None:
    """What one unit of the numbers is on the scale of the analysis; None if it is not known.

    A d_z is in SDs of the within-person difference; points are those of the endpoint.
    """
    library = load_library()
    entries = [library.entry(reference) for reference in references]
    if scenario.truth.endpoint.scale == "log" or not entries:
        return None
    if all(entry.unit == "d_z" for entry in entries):
        return scenario.truth.sd_difference
    named = {f"{entry.endpoint} {entry.unit}" for entry in entries}
    return 1.0 if named == {scenario.truth.endpoint.unit} else None


def in_points(prior: NormalMixture, factor: float) -> NormalMixture:
    """A mixture in other units, rounded to six digits, with weights that sum to 1."""
    weights = [round(weight, 6) for weight in prior.weights]
    largest = int(np.argmax(weights))
    weights[largest] = round(1 - sum(weights[:largest] + weights[largest + 1 :]), 6)
    return NormalMixture.parse(
        {
            "weights": weights,
            "means": [float(f"{factor * mean:.6g}") for mean in prior.means],
            "sds": [float(f"{factor * sd:.6g}") for sd in prior.sds],
        }
    )
