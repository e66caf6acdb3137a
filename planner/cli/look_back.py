"""What options say about a pilot to look back on."""

from dataclasses import dataclass

import numpy as np

from planner.errors import InvalidInput
from planner.evidence.distribution import Normal, ProperEffect
from planner.evidence.library import load_library
from planner.evidence.pilots import PLANNED, PLANNING_PRIORS, SD_DIFFERENCE, named_pilot
from planner.evidence.retrodesign import Retrodesign, critical_value, retrodesign
from planner.evidence.shrinkage import Pilot, ShrunkenEffect, shrunken_effect

DEFAULT_PILOT = "jelen-2025"


@dataclass(frozen=True, slots=True)
class Question:
    """A design to look back on.

    Parameters
    ----------
    title : where it comes from.
    unit : of all effects.
    se, df : of its estimate.
    pilot : with its estimate, if one is known.
    planned : effect that the new trial is planned with.
    points : unit of the outcome per unit of the effect, if known.
    """

    title: str
    unit: str
    se: float
    df: float
    pilot: Pilot | None
    planned: float | None
    points: float | None


@dataclass(frozen=True, slots=True, eq=False)
class LookBack:
    """A pilot looked back on."""

    question: Question
    alpha: float
    design: Retrodesign
    shrunken: ShrunkenEffect | None


@dataclass(frozen=True, slots=True)
class LookBackOptions:
    """What the options of ``planner evidence retrodesign`` say, by their names."""

    pilot: str | None
    estimate: float | None
    se: float | None
    df: float | None
    true_effects: str | None
    prior_sd: str | None
    planned: float | None

    @property
    def own(self) -> bool:
        """Whether a study of one's own is given instead of a pilot's name."""
        return any(value is not None for value in (self.estimate, self.se, self.df))


def look_back(options: LookBackOptions, alpha: float) -> LookBack:
    """Retrodesign of the pilot named or given, and readings of its estimate.

    Raises
    ------
    InvalidInput : options that contradict each other, or numbers that cannot be.
    """
    if options.own and options.pilot is not None:
        raise InvalidInput("--pilot and --estimate, --se or --df are given; give one or the other")
    asked = _own(options) if options.own else _named(options)
    critical_value(asked.se, asked.df, alpha)
    text = options.true_effects
    effects = _plausible(asked) if text is None else _numbers(text, "--true")
    design = retrodesign(effects, asked.se, asked.df, alpha)
    if asked.pilot is None:
        return LookBack(asked, alpha, design, None)
    priors = _priors(options)
    shrunken = shrunken_effect(
        asked.pilot, priors, asked.pilot.estimate if asked.planned is None else asked.planned, alpha
    )
    return LookBack(asked, alpha, design, shrunken)


def _own(options: LookBackOptions) -> Question:
    estimate, se, df = options.estimate, options.se, options.df
    if se is None:
        raise InvalidInput("--se is missing; give the standard error of the estimate")
    freedom = np.inf if df is None else df
    pilot = None if estimate is None else Pilot(estimate, se, freedom)
    title = f"standard error {se:g}" + ("" if df is None else f" with {df:g} degrees of freedom")
    if estimate is not None:
        title = f"estimate {estimate:g}, {title}"
    return Question(title, "effect", se, freedom, pilot, options.planned, None)


def _named(options: LookBackOptions) -> Question:
    library = load_library()
    found = named_pilot(options.pilot or DEFAULT_PILOT, library)
    test = (
        f"{found.n} people; no test statistic is published, so only its design can be judged"
        if found.statistic is None
        else f"t({found.df:g}) = {found.statistic:.3f}, {found.n} people"
    )
    return Question(
        title=f"{found.short}: {test}; standard error of d_z 1/√{found.n} = {found.se:.3f}",
        unit="d_z",
        se=found.se,
        df=found.df,
        pilot=found.pilot,
        planned=library.exact[PLANNED] if options.planned is None else options.planned,
        points=library.exact[SD_DIFFERENCE],
    )


def _plausible(asked: Question) -> list[float]:
    """Without --true: tenths of an SD and the planned effect, or parts of the estimate."""
    face = [] if asked.pilot is None else [abs(asked.pilot.estimate)]
    if asked.unit == "d_z":
        return sorted({0.1, 0.2, 0.3, *face, *([asked.planned] if asked.planned else [])})
    if not face or face[0] == 0:
        raise InvalidInput("--true is missing; give plausible true effects, e.g. --true 0.1,0.3")
    return [share * face[0] for share in (0.1, 0.25, 0.5, 0.75, 1.0)]


def _priors(options: LookBackOptions) -> dict[str, ProperEffect]:
    if options.prior_sd is None:
        return {} if options.own else dict(PLANNING_PRIORS)
    sds = _numbers(options.prior_sd, "--prior-sd")
    return {f"95 % within ±{1.96 * sd:.3g}": Normal.parse({"sd": sd}, "--prior-sd") for sd in sds}


def _numbers(text: str, option: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InvalidInput(
            f"{option} {text!r} is not a list of numbers such as 0.1,0.3; correct it"
        ) from None
