"""What chance alone gives over the points of a batch, and how its settings are named."""

import numpy as np
import pytest

from planner.report.batch_run.chance import expected_farthest, expected_largest
from planner.report.batch_run.stored_run import in_words, short_names


@pytest.mark.parametrize(
    ("n", "largest"), [(1, 0.0), (2, 0.5641895835), (3, 0.8462843753), (10, 1.5387527308)]
)
def test_reference_expected_largest_of_normal_values(n: int, largest: float) -> None:
    """Harter 1961, table 1 of expected values of normal order statistics."""
    assert expected_largest(n) == pytest.approx(largest, abs=1e-6)


def test_twin_expected_farthest_of_normal_values() -> None:
    assert expected_farthest(1) == pytest.approx(np.sqrt(2 / np.pi), abs=1e-6)
    drawn = np.abs(np.random.default_rng(1).standard_normal((20_000, 40))).max(axis=1)
    mcse = drawn.std() / np.sqrt(len(drawn))
    assert abs(drawn.mean() - expected_farthest(40)) < 4 * mcse


def test_names_of_settings_are_short_and_different() -> None:
    paths = ("plan.n_subjects", "truth.effect.female", "truth.carryover.female", "truth.sd")
    assert list(short_names(paths).values()) == ["N", "effect female", "carryover female", "SD"]
    assert short_names(("truth.effect.female",)) == {"truth.effect.female": "effect female"}
    assert in_words('{"kind": "mcar", "after_period_1": 0.12}') == "mcar, after period 1 0.12"
    assert in_words({"kind": "none"}) == "none"
    assert in_words(True) == "yes"
    assert in_words(-0.5) == "−0.5"
    assert in_words([1, 2]) == "[1, 2]"
    assert in_words("{no json") == "{no json"
