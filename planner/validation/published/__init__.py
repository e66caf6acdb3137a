"""Powers, sizes and variances printed in papers, books, manuals and by other programs."""

from collections.abc import Iterator

from planner.validation.check import Check

GROUP = "published"


def checks() -> Iterator[Check]:
    """Every published case that the program plans, in the order of the file."""
    from planner.validation.published import (
        carryover,
        dropout,
        expected,
        factors,
        paired,
        ratios,
    )
    from planner.validation.reference_values import references

    homes = (paired, ratios, carryover, factors, dropout, expected)
    checks_of = {case: check for home in homes for case, check in home.CASES.items()}
    for case in references("published", GROUP):
        if case.id in checks_of:
            yield from checks_of[case.id](case)
