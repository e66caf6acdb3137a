"""The walk to a size where the closed form is wrong about the trial with its dropout."""

from planner.operating.characteristics import MonteCarloEstimate, Oracle, proportion
from planner.search.bracket import Crossing
from planner.search.walk import Run, Walk


def enough_from(size: int) -> Run:
    """Simulated power 0.95 from a size on, and 0.3 below it."""

    def run(n: int, first_block: int) -> tuple[MonteCarloEstimate, Oracle | None]:
        return proportion(950 if n >= size else 300, 1_000), None

    return run


def test_property_a_closed_form_that_asks_for_far_too_much_is_not_believed() -> None:
    for form in (lambda _: 0.1, lambda i: 0.85 if i > 4_000 else 0.1):
        walk = Walk("overall", "power", 2, 2, 5_000, lambda _: None)
        crossing = Crossing(form, 2, 5_000, 0.8, lambda _: 0.05)
        n, found = walk.enlarge(crossing, enough_from(20), 5)
        assert found
        assert 20 <= n <= 24
