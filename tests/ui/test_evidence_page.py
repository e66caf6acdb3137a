"""The Evidence page, run without a browser."""

import re
from collections.abc import Sequence

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from planner.engines.closed_form import ClosedForm
from planner.evidence import normal_mixture
from planner.evidence.derive_prior import Assumptions, derive_effect_prior, derive_share_prior
from planner.evidence.distribution import HalfNormal, NormalMixture, cdf, mean_and_sd
from planner.evidence.library import load_library
from planner.evidence.library_studies import studies_of
from planner.evidence.pilots import PLANNED, named_pilot
from planner.evidence.pooling import StudyEstimate
from planner.evidence.pooling_shares import StudyCount
from planner.evidence.retrodesign import retrodesign
from planner.scenario import load_scenario
from planner.ui.evidence import library, pooled
from tests.ui.pages import bayesian, command, controls, evidence, figure, named, sound

LIBRARY = load_library()
_ID = re.compile(r"\b[a-z]+_[a-z0-9_]+\b")


@pytest.fixture
def page() -> AppTest:
    """A page to work with."""
    return evidence()


@pytest.fixture(scope="module")
def first() -> AppTest:
    """The page as it opens, to be looked at only."""
    return evidence()


def table(app: AppTest, column: str) -> pd.DataFrame:
    """The table with a column of this name."""
    return next(d.value for d in app.dataframe if column in d.value.columns)


@pytest.mark.parametrize("quantity", ["standardised_effect", "dropout", "female_share", "mean"])
def test_every_entry_of_the_quantity_is_shown(page: AppTest, quantity: str) -> None:
    named(page.selectbox, "Quantity").set_value(quantity).run()
    shown, entries = table(sound(page), "DOI"), LIBRARY.search(quantity=quantity)
    assert sorted(shown["id"]) == sorted(entry.reference for entry in entries)
    for row in shown.to_dict("records"):
        entry = LIBRARY.entry(row["id"])
        study = LIBRARY.study(entry.study)
        assert (row["flag"], row["unit"], row["citation"]) == (
            entry.flag,
            entry.unit,
            study.citation,
        )
        assert row["DOI"] == f"https://doi.org/{study.doi}" if study.doi else pd.isna(row["DOI"])
        exact = LIBRARY.recompute(entry)
        assert pd.isna(row["recomputed"]) if exact is None else row["recomputed"] == exact


def test_all_quantities_of_the_library_can_be_chosen_and_drawn() -> None:
    assert set(library.quantities()) == {entry.quantity for entry in LIBRARY.entries}
    for quantity in library.quantities():
        rows = library.entry_table(quantity)
        drawn = rows["label"] + rows["id"]
        assert drawn.is_unique, "rows of one name would lie on top of each other"
        assert not any(_ID.search(label) for label in rows["label"]), "an id is no label"
        assert set(library.units(rows)) == {e.unit for e in LIBRARY.search(quantity=quantity)}


def studies[S](kind: type[S], references: Sequence[str]) -> list[S]:
    """Studies of the library, all of them of one kind."""
    found = [study for study in studies_of(LIBRARY, references) if isinstance(study, kind)]
    assert len(found) == len(references)
    return found


def test_pooled_figures_are_those_of_the_library(first: AppTest) -> None:
    references = ["jelen-2025.d_z"]
    result = derive_effect_prior(
        studies(StudyEstimate, references),
        Assumptions(tau=HalfNormal(scale=0.5), robust_weight=0.2, sigma=1.0),
    )
    assert result.size is not None
    assert result.robust_size is not None
    assert figure(first, "In a new study") == f"{result.predictive.mean:.2f}"
    assert figure(first, "τ") == f"{result.pooled.tau.mean:.2f}"
    assert figure(first, "Worth ·") == f"{result.size.elir:.1f} people"
    assert figure(first, "Worth, robust") == f"{result.robust_size.elir:.1f} people"
    components = table(first, "mean")
    prior = result.prior
    assert isinstance(prior, NormalMixture)
    assert tuple(components["weight"]) == prior.weights
    assert tuple(components["SD"]) == prior.sds
    assert list(table(first, "weight")["id"]) == references


def test_pooled_shares_are_those_of_the_library(page: AppTest) -> None:
    named(page.selectbox, "Numbers to pool").set_value("dropout in share").run()
    chosen = named(sound(page).button_group, "Studies").value
    assert {name.split(".")[0] for name in chosen} == {
        "jelen-2025",
        "lapidus-2014",
        "williams-2018",
    }
    result = derive_share_prior(
        studies(StudyCount, chosen),
        Assumptions(tau=HalfNormal(scale=1.0), robust_weight=0.2),
    )
    assert result.size is not None
    assert figure(page, "In a new study") == f"{result.predictive.mean:.2f}"
    assert figure(page, "Worth ·") == f"{result.size.elir:.1f} people"
    assert any("no analysis prior" in c.value for c in page.caption)


@pytest.mark.parametrize(
    ("studies", "words"),
    [([], "no entry is named"), (["jelen-2025.d_z", "jelen-2025.d_z_glx"], "more than once")],
)
def test_studies_that_cannot_be_pooled_are_said_in_a_sentence(
    page: AppTest, studies: list[str], words: str
) -> None:
    named(page.button_group, "Studies").set_value(studies).run()
    assert not page.exception
    assert any(words in e.value for e in page.error)


def test_posterior_of_the_planning_trial_is_that_of_the_library(first: AppTest) -> None:
    scenario = load_scenario("confirmatory")
    n = named(first.number_input, "People randomised").value
    estimate = named(first.number_input, "Estimate").value
    precision = ClosedForm(scenario).precision(n)
    assert precision is not None
    result = pooled.pool(("jelen-2025.d_z",), 1.0, 0.5, 0.2)
    assert isinstance(result.prior, NormalMixture)
    prior = pooled.in_points(result.prior, 7.5)
    after = normal_mixture.posterior(prior, estimate, float(precision.se[0]))
    assert figure(first, "Posterior mean") == f"{mean_and_sd(after)[0]:.2f}"
    assert figure(first, "Standard error") == f"{precision.se[0]:.2f}"
    assert figure(first, "P(effect > 0") == f"{100 * (1 - float(cdf(after, 0.0))):.1f} %"


def test_property_a_prior_in_points_is_the_same_prior() -> None:
    result = pooled.pool(("jelen-2025.d_z",), 1.0, 0.5, 0.2)
    assert isinstance(result.prior, NormalMixture)
    points = pooled.in_points(result.prior, 7.5)
    for d_z in (-1.0, 0.0, 0.3, 0.8):
        assert float(cdf(points, 7.5 * d_z)) == pytest.approx(
            float(cdf(result.prior, d_z)), abs=2e-6
        )


def test_button_hands_the_prior_to_the_design_page(page: AppTest) -> None:
    page.session_state["confirmatory:posterior:monte_carlo.n_trials"] = 500
    named(page.button, "Use as analysis prior").click().run()
    app = sound(page)
    assert app.title[0].value.startswith("How many people")
    assert named(app.button_group, "Decision rule").value == "posterior"
    assert named(app.selectbox, "Analysis prior of").value == "pooled"
    result = pooled.pool(("jelen-2025.d_z",), 1.0, 0.5, 0.2)
    assert isinstance(result.prior, NormalMixture)
    prior = pooled.in_points(result.prior, 7.5)
    assert f"means = {list(prior.means)}" in command(app)
    assert f"sds = {list(prior.sds)}" in command(app)
    assert f"weights = {list(prior.weights)}" in command(app)
    assert any("derived from pooled studies" in c.value for c in evidence(app).caption)


def test_the_two_priors_are_kept_apart() -> None:
    app = bayesian()
    named(app.selectbox, "Analysis prior of").set_value("normal").run()
    words = [c.value for c in evidence(app).caption]
    assert "In MADRS points, assumed: normal, mean 2.5, SD 1.2." in words
    assert "In MADRS points, assumed: normal, mean 0, SD 3.8." in words


def test_without_a_prior_the_page_says_why(first: AppTest) -> None:
    assert any("a test, which has no analysis prior" in c.value for c in first.caption)
    assert any("analysis prior is flat" in c.value for c in evidence(bayesian()).caption)


def test_retrodesign_is_that_of_the_library(first: AppTest) -> None:
    shown = table(first, "pilot")
    planned = LIBRARY.exact[PLANNED]
    for name in ("jelen-2025", "williams-2018"):
        pilot = named_pilot(name, LIBRARY)
        expected = retrodesign([planned], pilot.se, pilot.df)
        rows = shown[shown["pilot"].str.startswith(pilot.short)]
        row = rows[rows["true effect, d_z (assumed)"] == round(planned, 3)].iloc[0]
        assert row["power, % (derived)"] == round(100 * float(expected.power[0]), 3)
        assert row["type M, times too large (derived)"] == round(float(expected.type_m[0]), 3)
        assert row["type S, % (derived)"] == round(100 * float(expected.type_s[0]), 3)


def test_captions_stop_the_wrong_reading(first: AppTest) -> None:
    captions = " ".join(c.value for c in first.caption)
    assert "not whether its result is true" in captions
    assert "Pool only numbers of the same comparison" in captions


def test_every_control_explains_itself_with_unit_and_source(first: AppTest) -> None:
    for widget in controls(first):
        assert widget.help, widget.label
        if widget.label != "Scenario":
            assert re.search(r"Unit: .* Source: ", widget.help), widget.label


def test_figures_say_where_they_come_from(first: AppTest) -> None:
    for metric in first.metric:
        assert re.search(r"· (derived|formula|simulated)$", metric.label), metric.label
