"""The one tree of errors a user can meet; each says value in hand → rule → what to do.

Failures inside a simulated batch are not errors: they are data (`planner.engines.protocol.Status`).
"""


class PlannerError(Exception):
    """Something the user can mend; `exit_code` is what the command line returns."""

    exit_code = 1


class InvalidInput(PlannerError, ValueError):
    """A scenario, data file or argument breaks a rule.

    Parameters
    ----------
    message : one sentence: value in hand → rule → what to do.
    key : dotted path of the offending value, e.g. ``truth.covariance.sd_difference``.
    source : file name or other origin of the value.
    """

    exit_code = 3

    def __init__(self, message: str, *, key: str = "", source: str = "") -> None:
        super().__init__(message)
        self.message, self.key, self.source = message, key, source

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, self.key, self.message) if part)

    def at(self, *, key: str = "", source: str = "") -> "InvalidInput":
        """The same error with its place filled in where it was not known before."""
        return type(self)(self.message, key=self.key or key, source=self.source or source)


class NotEstimable(InvalidInput):
    """The design cannot estimate what a hypothesis asks for."""


class UnknownName(InvalidInput):
    """A design, scenario or key that does not exist."""

    exit_code = 3


class TooManyFailures(PlannerError):
    """More simulated trials could not be analysed than the user accepts."""

    exit_code = 5


class TargetNotReached(PlannerError):
    """No sample size within the limit reaches the power target (with ``--require``)."""

    exit_code = 4
