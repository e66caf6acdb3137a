"""The independent implementations agree with each other on simulated trials."""

import math

import numpy as np
import pytest

from .design_constants import Layout, variance_factor
from .mixed_model import analyse, design_matrix, fit_reml, kenward_roger_test
from .simulate import NaiveTruth, fixed_subject_fit, fixed_subject_fits, simulate_trial


def test_twin_joint_kenward_roger_test_is_the_exact_f_test_in_a_complete_latin_square() -> None:
    """Balanced complete data: lambda = 1, df = 2n - 4, F of the fixed-subjects analysis."""
    truth = NaiveTruth({"F": {"A": 0.0, "B": 1.0, "C": 2.0}}, sd_between=4.0, sd_within=1.5)
    trial = simulate_trial(
        np.random.default_rng(7), ["ABC", "BCA", "CAB", "CBA", "ACB", "BAC"], 3, truth
    )
    x, names = design_matrix(trial, ["period", "treatment"])
    fit = fit_reml(x, trial["subject"], trial["y"])
    rows = np.eye(len(names))[-2:]
    test = kenward_roger_test(fit, rows)
    mixed = kenward_roger_test(fit, np.array([[1.0, 2.0], [-1.0, 0.5]]) @ rows)
    subjects = (trial["subject"][:, None] == np.unique(trial["subject"])[None, :]).astype(float)
    full = np.hstack([subjects, x[:, 1:]])
    residual_full, residual_null = (
        float(np.sum((trial["y"] - m @ np.linalg.lstsq(m, trial["y"])[0]) ** 2))
        for m in (full, full[:, :-2])
    )
    exact = (residual_null - residual_full) / 2 / (residual_full / 32)
    assert test.df == pytest.approx(32.0)
    assert test.scale == pytest.approx(1.0)
    assert test.statistic == pytest.approx(exact)
    assert test.df_numerator == 2
    assert mixed.p_value == pytest.approx(test.p_value)


def test_twin_simulator_and_fixed_subject_fit_agree_with_the_design_constants() -> None:
    """Estimates centre on the effect; SE and df follow the variance constant and the pattern."""
    effects = {sex: {"A": 0.0, "B": 2.0} for sex in "FM"}
    truth = NaiveTruth(effects, 5.0, 3.0, [0.0, 1.0, -1.0], {"B": 1.5}, {"M": 4.0})
    rng = np.random.default_rng(20)
    trials = [simulate_trial(rng, ["ABB", "BAA"], 4, truth) for _ in range(300)]
    fits = fixed_subject_fits(trials, carryover=True)
    factor, df = variance_factor(
        Layout(["ABB", "BAA"], [8, 8]), {"B": 1.0, "A": -1.0}, carryover=True
    )
    assert set(fits[:, 2]) == {df}
    assert abs(fits[:, 0].mean() - 2.0) < 4 * 3.0 * math.sqrt(factor / 300)
    assert np.mean(fits[:, 1] ** 2) == pytest.approx(9.0 * factor, rel=0.06)
    assert np.var(fits[:, 0]) == pytest.approx(9.0 * factor, rel=0.35)


def test_twin_simulator_dropout_and_unequal_sd() -> None:
    """Dropout is monotone with the stated hazard; one sex has its own residual SD."""
    effects = {sex: {"A": 0.0, "B": 0.0} for sex in "FM"}
    truth = NaiveTruth(effects, 0.0, {"F": 1.0, "M": 3.0}, dropout_hazard=[0.1, 0.5])
    trial = simulate_trial(np.random.default_rng(3), ["ABB", "BAA"], 1000, truth)
    present = [int(np.sum(trial["period"] == p)) for p in (1, 2, 3)]
    assert present[0] == 4000
    assert present[1] / 4000 == pytest.approx(0.9, abs=0.02)
    assert present[2] / present[1] == pytest.approx(0.5, abs=0.035)
    assert np.std(trial["y"][trial["sex"] == "F"]) == pytest.approx(1.0, rel=0.05)
    assert np.std(trial["y"][trial["sex"] == "M"]) == pytest.approx(3.0, rel=0.05)


def test_twin_fixed_and_random_subjects_agree_in_the_complete_two_by_two() -> None:
    """With complete data and sequence in the model both give the Hills-Armitage t test."""
    truth = NaiveTruth({"F": {"A": 0.0, "B": 2.0}}, sd_between=6.0, sd_within=2.0)
    trial = simulate_trial(np.random.default_rng(5), ["AB", "BA"], 12, truth)
    estimate, se, df = fixed_subject_fit(trial)
    x, names = design_matrix(trial, ["period", "sequence", "treatment"])
    table = analyse(fit_reml(x, trial["subject"], trial["y"]), np.eye(4)[names.index("treatmentB")])
    assert df == 22
    assert table.estimate[0] == pytest.approx(estimate)
    assert table.se_kr[0] == pytest.approx(se)
    assert table.df_kr[0] == pytest.approx(df)
