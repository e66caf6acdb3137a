"""A study and the numbers taken from it: each with its unit, its place in the source and a flag.

The flag says how far a number can be trusted: `reported` was read in the source itself,
`reported-secondary` in a report about it, `derived` is computed from other numbers by a formula
that is kept beside it, `assumed` is a judgement with its reason.
"""

import math
import re
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from planner.errors import InvalidInput
from planner.evidence.formula import names_in
from planner.evidence.quantity import QUANTITIES, SHARE, check_quantity
from planner.spec import Positive, Spec

Flag = Literal["reported", "reported-secondary", "derived", "assumed"]
FLAGS: tuple[Flag, ...] = ("reported", "reported-secondary", "derived", "assumed")

_ENTRY_ID = re.compile(r"[a-z][a-z0-9_]*")
_STUDY_ID = re.compile(r"[a-z][a-z0-9-]*")
_REFERENCE = re.compile(r"([a-z][a-z0-9-]*\.)?[a-z][a-z0-9_]*")
_DOI = re.compile(r"10\.\d{4,9}/[^\s]+")
_PMID = re.compile(r"[1-9]\d{0,8}")
_PMCID = re.compile(r"PMC[1-9]\d{0,8}")
_REGISTRY = re.compile(r"NCT\d{8}")


class Entry(Spec):
    """One number of a study.

    Parameters
    ----------
    id : unique within the study; elsewhere the entry is ``study.id``.
    quantity : one of `QUANTITIES`.
    value : in `unit`, as printed; shares lie between 0 and 1.
    endpoint, time, population : of what, when and in whom it was measured.
    se, interval, range : standard error; confidence interval of `level`; lowest and highest value
        that is plausible or was seen. At most one of the three.
    events, total : numerator and denominator of a share.
    n : people behind the value.
    locator : place in the source: abstract, table, section, registry entry.
    formula, inputs : how a derived value is computed; inputs are numbers, ids of entries of the
        same study, or ``study.id``. Derived entries pass on their unrounded values.
    uncertainty_formula : one formula for `se`, or two for `interval`; may use the name ``value``.
    reason : why this value is assumed.
    places : decimals as written, of `value` and then of `spread`; read from the file.
    study : id of the study; read from the file.
    """

    id: str
    quantity: str
    value: float
    unit: str
    flag: Flag
    endpoint: str = ""
    time: str = ""
    population: str = ""
    n: Annotated[int, Field(gt=0)] | None = None
    se: Positive | None = None
    interval: tuple[float, float] | None = None
    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    range: tuple[float, float] | None = None
    events: Annotated[int, Field(ge=0)] | None = None
    total: Annotated[int, Field(gt=0)] | None = None
    locator: str = ""
    formula: str = ""
    uncertainty_formula: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    inputs: dict[str, float | str] = {}
    reason: str = ""
    note: str = ""
    places: tuple[int, ...] = ()
    study: str = ""

    @property
    def reference(self) -> str:
        """The id by which other files cite the entry."""
        return f"{self.study}.{self.id}" if self.study else self.id

    @property
    def spread(self) -> tuple[float, ...]:
        """The standard error, or the limits of the interval or range, or nothing."""
        return (self.se,) if self.se is not None else self.interval or self.range or ()

    @field_validator("id")
    @classmethod
    def _identifier(cls, text: str) -> str:
        return _matching(_ENTRY_ID, text, "small letters, digits and _, beginning with a letter")

    @field_validator("quantity")
    @classmethod
    def _known(cls, name: str) -> str:
        return check_quantity(name)

    @model_validator(mode="after")
    def _plausible(self) -> Self:
        low, high = QUANTITIES[self.quantity][1]
        if not low <= self.value <= high:
            rule = "be above 0" if high == math.inf else f"lie between {low:g} and {high:g}"
            raise InvalidInput(
                f"{self.value:g} is not possible for {self.quantity}: it must {rule}; correct it",
                key="value",
            )
        return self

    @model_validator(mode="after")
    def _uncertain(self) -> Self:
        given = [k for k in ("se", "interval", "range") if getattr(self, k) is not None]
        if len(given) > 1:
            raise InvalidInput(f"{' and '.join(given)} are given; give one of them", key=given[1])
        for key in ("interval", "range"):
            _check_limits(self, key)
        if (self.events is None) != (self.total is None):
            raise InvalidInput("events and total belong together; give both", key="events")
        if self.events is not None and self.total is not None:
            _check_share(self, self.events, self.total)
        return self

    @model_validator(mode="after")
    def _traceable(self) -> Self:
        needed = {"reported": "locator", "reported-secondary": "locator", "assumed": "reason"}
        key = needed.get(self.flag, "formula")
        if not getattr(self, key):
            raise InvalidInput(f"a number flagged {self.flag} needs a {key}; give it", key=key)
        if self.flag.startswith("reported") and (self.formula or self.uncertainty_formula):
            raise InvalidInput(
                f"a number flagged {self.flag} was read, not computed; remove the formula or flag "
                "it as derived",
                key="formula",
            )
        _check_formulas(self)
        return self


def _matching(pattern: re.Pattern[str], text: str, rule: str) -> str:
    if not pattern.fullmatch(text):
        raise InvalidInput(f"{text!r} does not fit; write {rule}")
    return text


def _check_limits(entry: Entry, key: str) -> None:
    limits: tuple[float, float] | None = getattr(entry, key)
    if limits is None:
        return
    low, high = limits
    if low > high:
        raise InvalidInput(f"{low:g} is above {high:g}; write the lower limit first", key=key)
    if not low <= entry.value <= high and "outside the interval" not in entry.note:
        raise InvalidInput(
            f"value {entry.value:g} is not between {low:g} and {high:g}; correct one, or explain "
            "in the note why it lies outside the interval",
            key=key,
        )


def _check_share(entry: Entry, events: int, total: int) -> None:
    if events > total:
        raise InvalidInput(
            f"{events} events are more than the total of {total}; correct one", key="events"
        )
    share, half_unit = events / total, 0.5 * 10.0 ** -decimals(entry)[0]
    if QUANTITIES[entry.quantity][1] == SHARE and abs(share - entry.value) > half_unit * 1.000001:
        raise InvalidInput(
            f"{events}/{total} is {share:.4g}, but the value is {entry.value:g}; correct one",
            key="value",
        )


def _check_formulas(entry: Entry) -> None:
    """Formulas are arithmetic over exactly the inputs given."""
    used: set[str] = set()
    for key, texts in (
        ("formula", (entry.formula,) if entry.formula else ()),
        ("uncertainty_formula", entry.uncertainty_formula),
    ):
        for text in texts:
            try:
                used |= names_in(text)
            except InvalidInput as error:
                raise error.at(key=key) from None
    missing = sorted(used - set(entry.inputs) - {"value"})
    if missing:
        raise InvalidInput(
            f"{missing[0]!r} is in the formula but not an input; add it", key="inputs"
        )
    unused = sorted(set(entry.inputs) - used)
    if unused:
        raise InvalidInput(f"input {unused[0]!r} is in no formula; remove it", key="inputs")
    if "value" in entry.inputs or (entry.formula and "value" in names_in(entry.formula)):
        raise InvalidInput(
            "the name value stands for the entry's own value in uncertainty_formula; choose "
            "another name",
            key="inputs",
        )
    for name, source in entry.inputs.items():
        if isinstance(source, str) and not _REFERENCE.fullmatch(source):
            raise InvalidInput(
                f"{source!r} is not an entry; write a number, an id or study.id",
                key=f"inputs.{name}",
            )
    _check_uncertainty_formula(entry)


def _check_uncertainty_formula(entry: Entry) -> None:
    needed = 1 if entry.se is not None else 2 if entry.interval is not None else 0
    given = len(entry.uncertainty_formula)
    if given not in (0, needed) or (entry.flag == "derived" and given != needed):
        raise InvalidInput(
            f"{given} formulas are given; a derived se needs one, a derived interval two, and "
            "nothing else has any",
            key="uncertainty_formula",
        )


class Study(Spec):
    """A publication, registry entry or planning set with its numbers.

    Parameters
    ----------
    id : file name without its ending.
    short : author and year, or what stands for them.
    citation : as far as it is known.
    findings : results without a usable number.
    not_found : numbers that were looked for in vain, one sentence each.
    """

    id: str
    short: Annotated[str, Field(min_length=1, max_length=40)]
    citation: Annotated[str, Field(min_length=1)]
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registry: tuple[str, ...] = ()
    design: str = ""
    population: str = ""
    n: Annotated[int, Field(gt=0)] | None = None
    findings: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()
    note: str = ""
    entries: tuple[Entry, ...] = ()

    @field_validator("id")
    @classmethod
    def _identifier(cls, text: str) -> str:
        return _matching(_STUDY_ID, text, "small letters, digits and -, beginning with a letter")

    @field_validator("doi")
    @classmethod
    def _doi(cls, text: str) -> str:
        return _matching(_DOI, text, "a DOI such as 10.1038/s41591-025-03800-w") if text else text

    @field_validator("pmid")
    @classmethod
    def _pmid(cls, text: str) -> str:
        return _matching(_PMID, text, "a PubMed number such as 30153752") if text else text

    @field_validator("pmcid")
    @classmethod
    def _pmcid(cls, text: str) -> str:
        return (
            _matching(_PMCID, text, "a PubMed Central number such as PMC6395554") if text else text
        )

    @field_validator("registry")
    @classmethod
    def _registry(cls, numbers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_matching(_REGISTRY, n, "a number such as NCT04977674") for n in numbers)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        seen: set[str] = set()
        for entry in self.entries:
            if entry.id in seen:
                raise InvalidInput(f"entry {entry.id!r} is there twice; rename one", key="entry")
            seen.add(entry.id)
        if not (self.entries or self.findings):
            raise InvalidInput("the study has neither entries nor findings; add some", key="entry")
        return self


def decimal_places(number: Any) -> int:
    """Decimals of a number as written; 0 for whole numbers."""
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def decimals(entry: Entry) -> tuple[int, ...]:
    """Decimals as written, of the value and then of its spread."""
    numbers = (entry.value, *entry.spread)
    return entry.places or tuple(decimal_places(Decimal(repr(number))) for number in numbers)


def with_uncertainty(entry: Entry) -> str:
    """Value ± standard error, [interval], (range) or (events/total), with the file's decimals."""
    numbers = zip((entry.value, *entry.spread), decimals(entry), strict=True)
    value, *spread = (f"{number:.{places}f}" for number, places in numbers)
    if entry.se is not None:
        return f"{value} ± {spread[0]}"
    if entry.interval is not None:
        return f"{value} [{', '.join(spread)}]"
    if entry.range is not None:
        return f"{value} ({' to '.join(spread)})"
    return value if entry.events is None else f"{value} ({entry.events}/{entry.total})"
