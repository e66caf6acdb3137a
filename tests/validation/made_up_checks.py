"""Groups of checks as they should never be: one fails, one stops, one compares nothing."""

from collections.abc import Iterator, Mapping

from planner.validation.check import Check
from planner.validation.groups import Group

MARKED = "<b>*a* source</b> | with\nmarkup"
RIGHT = Check("right", "one", "power", 0.8, 0.8000004, 1e-6, "a book")
WRONG = Check("wrong", "two", "n", 13.0, 14.0, 0.0, MARKED, trap="people are lost", wrong=13.0)
MISSING = Check("wrong", "three", "se", float("nan"), 1.0, 1e-6, "a book")
SIMULATED = Check("wrong", "four", "level", 0.051, 0.05, 0.008, "a level", mcse=0.002)


class Right:
    """One check that passes."""

    @staticmethod
    def checks() -> Iterator[Check]:
        yield RIGHT


class Wrong:
    """A wrong number, a missing one and a right one; takes the number of threads."""

    @staticmethod
    def checks(workers: int | None) -> Iterator[Check]:
        assert workers == 3
        yield from (WRONG, MISSING, SIMULATED)


class Stopped:
    """An error after the first check."""

    @staticmethod
    def checks() -> Iterator[Check]:
        yield RIGHT
        raise OSError("the compiler <cannot> be found")


class Empty:
    """Nothing is compared."""

    @staticmethod
    def checks() -> Iterator[Check]:
        yield from ()


MODULES = {"m.right": Right, "m.wrong": Wrong, "m.stopped": Stopped, "m.empty": Empty}
MADE_UP: Mapping[str, Group] = {
    "right": Group("All is well", "nobody", "m.right"),
    "wrong": Group("All is not well", "somebody", "m.wrong", threaded=True),
    "stopped": Group("Stops", "nobody", "m.stopped"),
    "empty": Group("Nothing", "nobody", "m.empty"),
}
