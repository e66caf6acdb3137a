"""What is measured, in which unit, and on which scale it is analysed."""

from typing import Any, Literal

import numpy as np
from pydantic import model_validator

from planner.errors import InvalidInput
from planner.spec import Spec


class Endpoint(Spec):
    """Outcome of one period.

    Parameters
    ----------
    name, unit : labels.
    scale : ``raw`` analyses the outcome itself and effects are differences; ``log`` analyses its
        logarithm and effects, margins, period and carry-over effects are ratios.
    """

    name: str = "outcome"
    unit: str = ""
    scale: Literal["raw", "log"] = "raw"

    @model_validator(mode="before")
    @classmethod
    def _name_only(cls, raw: Any) -> Any:
        return {"name": raw} if isinstance(raw, str) else raw

    def to_model(self, value: float, key: str) -> float:
        """A difference or ratio on the scale of the analysis."""
        if self.scale == "raw":
            return value
        if value <= 0:
            raise InvalidInput(
                f"{value} is not a ratio; with a log-scale endpoint give a number above 0 "
                "(1 means no difference)",
                key=key,
            )
        return float(np.log(value))

    def to_natural(self, value: float) -> float:
        """Inverse of `to_model`."""
        return value if self.scale == "raw" else float(np.exp(value))

    @property
    def neutral(self) -> float:
        """The value of no difference: 0, or the ratio 1."""
        return 0.0 if self.scale == "raw" else 1.0
