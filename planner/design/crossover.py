"""Who gets what when: a crossover design as a list of treatment sequences."""

import re
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from planner.errors import InvalidInput
from planner.spec import Spec

MAX_PERIODS = 8
MAX_SEQUENCES = 24


class CrossoverDesign(Spec):
    """A set of treatment sequences of equal length.

    Parameters
    ----------
    sequences : one text per sequence, one letter per period, e.g. ``("AB", "BA")``.
    name, source : label and citation; not part of what the design is.
    """

    sequences: Annotated[tuple[str, ...], Field(min_length=1)]
    name: str = ""
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and not raw.get("name") and _texts(raw.get("sequences")):
            return {**raw, "name": "/".join(raw["sequences"])}
        return raw

    @model_validator(mode="after")
    def _check(self) -> Self:
        for sequence in self.sequences:
            if not re.fullmatch(r"[A-Z]+", sequence):
                raise InvalidInput(
                    f"sequence {sequence!r} is not made of capital letters; write one letter "
                    "per period, such as AB",
                    key="sequences",
                )
        if len({len(sequence) for sequence in self.sequences}) > 1:
            raise InvalidInput(
                f"sequences {', '.join(self.sequences)} differ in length; give each the same "
                "number of periods",
                key="sequences",
            )
        repeated = sorted({s for s in self.sequences if self.sequences.count(s) > 1})
        if repeated:
            raise InvalidInput(
                f"sequence {repeated[0]} is listed more than once; list it once and give it a "
                "larger weight in plan.sequence_weights",
                key="sequences",
            )
        if self.n_periods > MAX_PERIODS or self.n_sequences > MAX_SEQUENCES:
            raise InvalidInput(
                f"{self.n_sequences} sequences of {self.n_periods} periods are more than the "
                f"{MAX_SEQUENCES} × {MAX_PERIODS} supported; use a smaller design",
                key="sequences",
            )
        expected = tuple(chr(ord("A") + k) for k in range(len(self.treatments)))
        if self.treatments != expected or len(expected) < 2:
            raise InvalidInput(
                f"the sequences use treatments {', '.join(self.treatments)}; use two or more "
                "consecutive letters from A",
                key="sequences",
            )
        return self

    @property
    def n_sequences(self) -> int:
        return len(self.sequences)

    @property
    def n_periods(self) -> int:
        return len(self.sequences[0])

    @property
    def treatments(self) -> tuple[str, ...]:
        """Treatment letters in alphabetical order."""
        return tuple(sorted(set("".join(self.sequences))))


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
