"""What the sponsor controls: design, allocation, analysis, hypotheses and success rule."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from planner.design.allocation import LARGEST_TRIAL
from planner.design.catalogue import find_design
from planner.design.crossover import CrossoverDesign
from planner.errors import InvalidInput
from planner.plan.analysis import Analysis, MixedModel
from planner.plan.decision import Multiplicity, NoMultiplicity, as_graph, compile_success
from planner.plan.hypothesis import Hypothesis
from planner.spec import Share, Spec


class Plan(Spec):
    """A planned trial.

    Parameters
    ----------
    design : catalogue name, sequences such as ``AB/BA``, or ``{sequences = ["AB", "BA"]}``.
    treatments : label per treatment letter (A is the reference).
    n_subjects : people randomised, where the trial's size is already fixed.
    sequence_weights : allocation ratio over sequences; default equal.
    power_targets : power to be reached by each hypothesis.
    analysis, hypotheses : how the trial is analysed and what it is to show.
    multiplicity : how the level is shared between hypotheses.
    success : boolean expression over hypotheses; default: the first hypothesis.
    population_share : share of women in the target population, which weights the overall
        effect; default: the planned share in the trial.
    n_limit : largest number of people considered in a search.
    other_analyses : further analyses of the same simulated trials, shown beside the planned one.
    """

    design: CrossoverDesign
    treatments: dict[str, str] = {}
    n_subjects: Annotated[int, Field(gt=0, le=LARGEST_TRIAL)] | None = None
    sequence_weights: tuple[Annotated[int, Field(gt=0, le=1_000)], ...] | None = None
    power_targets: Annotated[tuple[Share, ...], Field(min_length=1)] = (0.8, 0.9)
    analysis: Analysis = MixedModel()
    hypotheses: Annotated[tuple[Hypothesis, ...], Field(min_length=1, max_length=8)]
    multiplicity: Multiplicity = NoMultiplicity()
    success: str | None = None
    population_share: Share | None = None
    n_limit: Annotated[int, Field(ge=2, le=1_000_000)] = 20_000
    other_analyses: Annotated[tuple[Analysis, ...], Field(max_length=4)] = ()

    @model_validator(mode="before")
    @classmethod
    def _find_design(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and isinstance(raw.get("design"), str):
            try:
                return {**raw, "design": find_design(raw["design"]).model_dump(mode="json")}
            except InvalidInput as error:
                raise type(error)(error.message, key="design") from None
        return raw

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = self.hypothesis_names
        repeated = sorted({n for n in names if names.count(n) > 1})
        if repeated:
            raise InvalidInput(
                f"hypothesis {repeated[0]!r} is defined more than once; give each its own name",
                key="hypotheses",
            )
        if "success" in names:
            raise InvalidInput(
                "'success' is the name of the success rule; give the hypothesis another name",
                key="hypotheses",
            )
        weights = self.sequence_weights
        if weights is not None and len(weights) != self.design.n_sequences:
            raise InvalidInput(
                f"sequence_weights has {len(weights)} entries but the design has "
                f"{self.design.n_sequences} sequences ({', '.join(self.design.sequences)}); give "
                "one weight per sequence",
                key="sequence_weights",
            )
        unknown = [k for k in self.treatments if k not in self.design.treatments]
        if unknown:
            raise InvalidInput(
                f"treatment {unknown[0]!r} has a label but is not in the design "
                f"({', '.join(self.design.treatments)}); remove it or change the design",
                key="treatments",
            )
        carryover = any(a.carryover for a in (self.analysis, *self.other_analyses))
        if carryover and self.design.n_periods == 1:
            raise InvalidInput(
                f"carryover is true but design {self.design.name} has one period; set it to false",
                key="analysis.carryover",
            )
        for hypothesis in self.hypotheses:
            hypothesis.treatment_weights(self.design.treatments)
        as_graph(self.multiplicity, names)
        compile_success(self.success_rule, names)
        return self

    @property
    def hypothesis_names(self) -> tuple[str, ...]:
        return tuple(h.name for h in self.hypotheses)

    @property
    def success_rule(self) -> str:
        """The success expression, spelled out."""
        return self.success or self.hypotheses[0].name

    @property
    def weights(self) -> tuple[int, ...]:
        """Allocation ratio over sequences."""
        return self.sequence_weights or (1,) * self.design.n_sequences

    def label(self, letter: str) -> str:
        """Name of a treatment."""
        return self.treatments.get(letter, letter)
