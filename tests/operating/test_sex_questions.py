"""The questions about women and men: what is asked, what is concluded, and what it needs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import special

from planner.engines.closed_form import ClosedForm
from planner.errors import InvalidInput
from planner.operating.power import power
from planner.operating.sex_questions import (
    DIFFERENCE,
    SHOWN,
    power_by_share,
    sex_conclusions,
    sex_questions,
)
from planner.plan.hypothesis import TwoSided
from planner.scenario import Scenario, load_scenario
from planner.search.sample_size import SizeSearch

OVERALL = {"name": "overall", "contrast": "overall", "objective": {"kind": "two-sided"}}


def confirmatory(**changes: Any) -> Scenario:
    """The built-in scenario with all four questions, fewer trials and dotted changes (``__``)."""
    dotted = {path.replace("__", "."): value for path, value in changes.items()}
    return load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 2500, **dotted})


def one_question(objective: Mapping[str, Any], **changes: Any) -> Scenario:
    """The same with the overall hypothesis alone."""
    return confirmatory(plan__hypotheses=[{**OVERALL, "objective": objective}], **changes)


@pytest.mark.parametrize("kind", ["within-subject-t", "mixed-model"])
def test_reference_a_difference_needs_four_times_the_people(kind: str) -> None:
    """Brookes et al. 2004, J Clin Epidemiol 57:229, 10.1016/j.jclinepi.2003.08.009.

    With as many women as men and equal SDs, Var(δ̂_M − δ̂_F) = v/(N/2) + v/(N/2) = 4 v/N, four
    times that of the overall effect: a difference as large as the overall effect needs 4 × N.
    With t instead of normal quantiles N = N_z + z²/2 (Guenther 1981, Am Stat 35:243), which does
    not grow with the size: N_difference = 4 N − 3 z²/2. Sizes that four groups do not divide
    move the fractional N by about a person, and so 4 N by four.
    """
    scenario = confirmatory(
        plan__analysis={"kind": kind},
        plan__hypotheses__overall__objective={"kind": "two-sided", "alpha": 0.05},
        truth__female_share=0.5,
        truth__effect={"female": 0.75, "male": 2.25},
        truth__attrition={"kind": "none"},
        truth_prior=None,
    )
    precision = ClosedForm(scenario).precision(400)
    assert precision is not None
    ratio = float(precision.se[3] / precision.se[0]) ** 2
    assert ratio == pytest.approx(4, rel=1e-3 if kind == "mixed-model" else 1e-9)
    search = SizeSearch(scenario)
    overall, difference = (search.find(n, 0.8).ledger.formula for n in ("overall", "interaction"))
    assert overall is not None
    assert difference is not None
    z = float(special.ndtri(0.975))
    assert difference == pytest.approx(4 * overall - 3 * z**2 / 2, abs=5)


def test_a_plan_with_all_questions_is_left_as_it_is() -> None:
    scenario = confirmatory()
    asked = sex_questions(scenario, "overall")
    assert asked.scenario is scenario
    assert asked.added == ()
    assert asked.changes == {}
    assert asked.columns == (0, 1, 2, 3)


def test_questions_are_added_to_a_copy() -> None:
    scenario = one_question({"kind": "superiority", "one_sided_alpha": 0.01})
    before = scenario.fingerprint()
    asked = sex_questions(scenario, "overall")
    assert scenario.fingerprint() == before
    assert asked.added == ("female", "male", "interaction")
    *same, difference = (h.objective for h in asked.scenario.plan.hypotheses)
    assert same == [scenario.plan.hypotheses[0].objective] * 3
    assert difference == TwoSided(alpha=0.02)
    assert asked.scenario.fingerprint() == scenario.with_changes(asked.changes).fingerprint()


def test_added_questions_have_each_its_own_level() -> None:
    scenario = confirmatory(
        plan__hypotheses=[OVERALL, {**OVERALL, "name": "women", "contrast": "female"}],
        plan__multiplicity={"kind": "holm"},
        plan__success="overall and women",
    )
    asked = sex_questions(scenario, "women")
    assert asked.names == ("overall", "women", "male", "interaction")
    assert asked.scenario.plan.multiplicity.kind == "none"
    assert asked.scenario.plan.success_rule == "overall"


def test_a_plan_that_ignores_sex_is_analysed_by_sex() -> None:
    scenario = one_question({"kind": "two-sided"}, plan__analysis__by_sex=False)
    assert not scenario.by_sex
    assert sex_questions(scenario, "overall").scenario.by_sex


def test_questions_follow_the_treatments_of_the_hypothesis() -> None:
    free = {"weights": {"C": 1.0, "A": -1.0}, "sex": "female"}
    scenario = confirmatory(
        plan__design="ABC/BCA/CAB",
        plan__hypotheses=[OVERALL, {**OVERALL, "name": "c_in_women", "contrast": free}],
        truth__effect={"B": 2.0, "C": {"female": 1.0, "male": 3.0}},
        truth_prior=None,
        truth__attrition={"kind": "none"},
        alternatives=[],
    )
    asked = sex_questions(scenario, "c_in_women")
    treatments = asked.scenario.plan.design.treatments
    assert asked.female == "c_in_women"
    assert len(asked.scenario.plan.hypotheses) == 4
    for h in asked.scenario.plan.hypotheses:
        assert h.treatment_weights(treatments).tolist() == [-1.0, 0.0, 1.0]


@pytest.mark.parametrize("name", ["kcl-2025", "stanford-2018"])
def test_without_sexes_there_is_a_sentence(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"female_share is missing.*give the planned share"):
        sex_questions(load_scenario(name), "overall")


def test_one_common_effect_has_no_difference() -> None:
    common = {"kind": "posterior", "priors": {"sexes": {"kind": "common"}}}
    scenario = one_question({"kind": "two-sided"}, plan__analysis=common)
    with pytest.raises(InvalidInput, match=r"one effect.*independent or exchangeable"):
        sex_questions(scenario, "overall")


def test_conclusions_are_of_the_trials_of_the_power() -> None:
    """The margins of the table are the simulated power, trial by trial."""
    scenario, n = confirmatory(), 86
    table, trial = sex_conclusions(sex_questions(scenario, "overall"), n), power(scenario, n)
    assert table.counts.sum() == scenario.monte_carlo.n_trials
    assert table.shown("female", "both") == trial["female"].success
    assert table.shown("male", "both") == trial["male"].success
    assert table.difference == trial["interaction"].success
    cells = [table.cell(s, d).value for s in SHOWN for d in DIFFERENCE]
    assert sum(cells) == pytest.approx(1)


def test_both_is_the_success_rule_of_both() -> None:
    scenario = confirmatory(plan__success="female and male")
    table = sex_conclusions(sex_questions(scenario, "overall"), 86)
    assert table.shown("both") == power(scenario, 86).trial_success


def test_power_by_share_is_the_closed_form() -> None:
    asked = sex_questions(confirmatory(), "male")
    found = power_by_share(asked, 200, [0.3, 0.6])
    expected = [
        ClosedForm(confirmatory(truth__female_share=share)).power(200) for share in (0.3, 0.6)
    ]
    np.testing.assert_array_equal(found, np.array(expected))


def test_property_a_difference_is_best_seen_with_as_many_women_as_men() -> None:
    shares = np.arange(0.2, 0.81, 0.1)
    found = power_by_share(sex_questions(confirmatory(), "overall"), 200, shares.tolist())
    assert shares[int(found[:, 3].argmax())] == pytest.approx(0.5)
    assert np.all(np.diff(found[:, 1]) > 0)
    assert np.all(np.diff(found[:, 2]) < 0)
    np.testing.assert_allclose(found[:, 3], found[::-1, 3], rtol=1e-9)


def test_too_few_of_one_sex_have_no_power() -> None:
    found = power_by_share(sex_questions(confirmatory(), "overall"), 4, [0.9])
    assert np.isnan(found).all()
