"""A scenario: one plan and one truth, as a file, with its identity.

The fingerprint covers everything that changes a number and nothing that does not: labels, notes
and citations are left out.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from planner.errors import InvalidInput, UnknownName
from planner.plan.hypothesis import margins, sex_weights
from planner.plan.plan import Plan
from planner.plan.protocol import Protocol
from planner.spec import Spec
from planner.truth.covariance import covariance_matrix
from planner.truth.truth import Truth
from planner.truth.truth_prior import TruthPrior, check_truth_prior

SCHEMA_VERSION = 1


class MonteCarlo(Spec):
    """How much is simulated.

    Parameters
    ----------
    n_trials : simulated trials per sample size and truth.
    seed : entropy of the random numbers.
    draw : ``moments`` draws cell means and scatter matrices directly, ``subjects`` every person.
    max_failures : largest share of trials that may fail to be analysed.
    """

    n_trials: Annotated[int, Field(ge=100, le=100_000_000)] = 10_000
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    draw: Literal["moments", "subjects"] = "moments"
    max_failures: Annotated[float, Field(ge=0, le=1)] = 0.05


class Citation(Spec):
    """Where a number comes from."""

    evidence: str = ""
    flag: Literal["reported", "derived", "assumed", ""] = ""
    note: str = ""


class Alternative(Spec):
    """Another reading of the evidence: named overrides of the scenario, shown beside it."""

    name: str
    note: str = ""
    changes: dict[str, Any]


class Scenario(Spec):
    """Plan × Truth with Monte-Carlo settings.

    Parameters
    ----------
    plan, truth : what the sponsor controls, and what nature does.
    truth_prior : what else nature may do, for assurance; power is that of `truth` alone.
    alternatives : named overrides, e.g. the effect at the pilot's face value.
    citations : dotted path → where that number comes from.
    protocol : what the trial's authors say in words, for the report.
    """

    schema_version: Literal[1] = 1
    label: str = ""
    notes: str = ""
    plan: Plan
    truth: Truth
    truth_prior: TruthPrior | None = None
    monte_carlo: MonteCarlo = MonteCarlo()
    alternatives: tuple[Alternative, ...] = ()
    citations: dict[str, Citation] = {}
    protocol: Protocol = Protocol()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        design, truth = self.plan.design, self.truth
        for stratum in range(len(truth.strata)):
            covariance_matrix(truth.resolved_covariance(), design.n_periods, stratum)
        truth.treatment_effects(design.treatments, design.treatments[1])
        truth.carryover_effects(design.treatments, design.treatments[1])
        truth.period_means(design.n_periods)
        truth.stratum_means()
        for hypothesis in self.plan.hypotheses:
            sex_weights(hypothesis.sex, truth.female_share)
            try:
                margins(hypothesis.objective, truth.endpoint.to_model)
            except InvalidInput as error:
                place = f"plan.hypotheses.{hypothesis.name}.{error.key}"
                raise type(error)(error.message, key=place) from None
        last = getattr(truth.attrition, "last_used_period", int)()
        if last >= design.n_periods:
            raise InvalidInput(
                f"after_period_{last} is given but the design has {design.n_periods} periods; "
                "people can only leave before the last one",
                key=f"truth.attrition.after_period_{last}",
            )
        if self.truth_prior is not None:
            check_truth_prior(self.truth_prior, truth, design.treatments, design.n_periods)
        if self.by_sex and truth.female_share is None:
            raise InvalidInput(
                "the analysis is by sex but truth.female_share is missing; give it",
                key="truth.female_share",
            )
        if getattr(self.plan.analysis, "sd_by_sex", False) and truth.female_share is None:
            raise InvalidInput(
                "sd_by_sex is true but truth.female_share is missing; give it",
                key="truth.female_share",
            )
        wrong = [h.name for h in self.plan.hypotheses if h.sex != "overall" and not self.by_sex]
        if wrong:
            raise InvalidInput(
                f"hypothesis {wrong[0]!r} is about a sex but plan.analysis.by_sex is false; set it "
                "to true",
                key="plan.analysis.by_sex",
            )
        return self

    @property
    def by_sex(self) -> bool:
        """Whether the analysis has one treatment effect per sex."""
        asked = self.plan.analysis.by_sex
        return self.truth.female_share is not None if asked is None else asked

    @property
    def population_share(self) -> float | None:
        """Share of women that weights the overall effect."""
        return self.plan.population_share or self.truth.female_share

    def variants(self) -> tuple["Scenario", ...]:
        """The scenario under each of the plan's other analyses."""
        plan = self.plan
        return tuple(
            self.model_copy(
                update={"plan": plan.model_copy(update={"analysis": other, "other_analyses": ()})}
            )
            for other in plan.other_analyses
        )

    def with_changes(self, changes: Mapping[str, Any], source: str = "") -> "Scenario":
        """A copy with values at dotted paths replaced, validated like a file."""
        raw = self.plain(full=True)
        for path, value in changes.items():
            set_path(raw, path, value)
        return scenario_from(raw, source)

    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON of everything that changes a number."""
        data = self.model_dump(mode="json", exclude={"label", "notes", "citations", "protocol"})
        if data["truth_prior"] is None:
            data.pop("truth_prior")
        data["alternatives"] = [a["changes"] for a in data["alternatives"]]
        if not data["plan"]["other_analyses"]:
            data["plan"].pop("other_analyses")
        data["plan"].pop("treatments")
        data["plan"]["design"] = data["plan"]["design"]["sequences"]
        data["truth"]["endpoint"] = data["truth"]["endpoint"]["scale"]
        text = json.dumps(data, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def short_fingerprint(self) -> str:
        return self.fingerprint()[:6]


def set_path(raw: dict[str, Any], path: str, value: Any) -> None:
    """Put `value` at a dotted path of nested tables and lists (by index or by ``name``).

    Another ``kind`` empties its table first: the keys of one form mean nothing to another.

    Raises
    ------
    UnknownName : the path leads through something that is not a table.
    """
    *steps, last = path.split(".")
    node: Any = raw
    for step in steps:
        if isinstance(node, list):
            node = _list_item(node, step, path)
            continue
        if not isinstance(node.setdefault(step, {}), dict | list):
            node[step] = {}
        node = node[step]
    if isinstance(node, list):
        item = _list_item(node, last, path)
        node[node.index(item)] = value
    else:
        if last == "kind" and node.get("kind", value) != value:
            node.clear()
        node[last] = value


def _list_item(items: list[Any], step: str, path: str) -> Any:
    for index, item in enumerate(items):
        if step == str(index) or (isinstance(item, dict) and item.get("name") == step):
            return item
    raise UnknownName(f"{step!r} is not an entry of the list; use its name or index", key=path)


def scenario_from(raw: Mapping[str, Any], source: str = "") -> Scenario:
    """Scenario from plain data; numbers written as ``{value, evidence, …}`` become citations.

    Raises
    ------
    InvalidInput : with source, key path, value and rule.
    """
    citations = dict(raw.get("citations") or {})
    try:
        plain = {k: _lift(v, k, citations) for k, v in raw.items() if k != "citations"}
        return Scenario.parse({**plain, "citations": citations} if citations else plain, source)
    except RecursionError:
        raise InvalidInput(
            "its tables are nested too deeply to be a scenario; correct it", source=source
        ) from None


def _lift(value: Any, path: str, citations: dict[str, Any]) -> Any:
    if isinstance(value, Mapping):
        if "value" in value and set(value) <= {"value", "evidence", "flag", "note"}:
            citations[path] = {k: v for k, v in value.items() if k != "value"}
            return value["value"]
        return {k: _lift(v, f"{path}.{k}", citations) for k, v in value.items()}
    if isinstance(value, list):
        return [_lift(v, f"{path}.{i}", citations) for i, v in enumerate(value)]
    return value


def built_in_names() -> list[str]:
    """Names of the scenarios that ship with the package."""
    return sorted(name for name, _ in _built_in_files())


def _built_in_files() -> Iterator[tuple[str, str]]:
    for entry in resources.files("planner.scenarios").iterdir():
        if entry.name.endswith(".toml"):
            yield entry.name.removesuffix(".toml"), entry.read_text("utf-8")


def scenario_text(name: str) -> str:
    """Source text of a built-in scenario."""
    for found, text in _built_in_files():
        if found == name:
            return text
    raise UnknownName(
        f"{name!r} is neither a file nor a built-in scenario; choose "
        f"{', '.join(built_in_names())}, or give the path of a .toml or .json file"
    )


def load_scenario(name_or_path: str | Path) -> Scenario:
    """A built-in scenario by name, or one from a TOML or JSON file.

    Raises
    ------
    InvalidInput : the file cannot be read or breaks a rule.
    """
    path = Path(name_or_path)
    if path.suffix.lower() not in {".toml", ".json"} and not path.exists():
        return scenario_from(read_toml(scenario_text(str(name_or_path)), str(name_or_path)))
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise InvalidInput("no such file; check the path", source=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"cannot be read ({error}); check the file", source=str(path)) from None
    return _scenario_in(text, str(path))


def parse_scenario(content: bytes, source: str) -> Scenario:
    """The scenario in the content of a TOML file, or of a JSON file if `source` ends so.

    Raises
    ------
    InvalidInput : the content cannot be read or breaks a rule.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"cannot be read ({error}); check the file", source=source) from None
    return _scenario_in(text, source)


def _scenario_in(text: str, source: str) -> Scenario:
    read = read_json if source.lower().endswith(".json") else read_toml
    return scenario_from(read(text, source), source)


def read_toml(text: str, source: str) -> dict[str, Any]:
    """The tables of a TOML file; InvalidInput where it is none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"not valid TOML: {error}; correct it", source=source) from None


def read_json(text: str, source: str) -> dict[str, Any]:
    """The object of a JSON file; InvalidInput where it is none."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidInput(f"not valid JSON: {error}; correct it", source=source) from None
    if not isinstance(data, dict):
        raise InvalidInput(
            f"the file holds {type(data).__name__}, not an object; write one object",
            source=source,
        )
    return data


def unknown_references(scenario: Scenario) -> list[tuple[str, str]]:
    """Citations that name an entry of the library, ``study.entry``, that it does not have.

    Returns (dotted path, reference); sources described in words are left alone.
    """
    from planner.evidence.library import load_library

    known = {entry.reference for entry in load_library().entries}
    return [
        (path, cited.evidence)
        for path, cited in scenario.citations.items()
        if re.fullmatch(r"[a-z0-9-]+\.[a-z0-9_]+", cited.evidence) and cited.evidence not in known
    ]


def scenario_toml(scenario: Scenario) -> str:
    """The scenario as a TOML file that loads to the same fingerprint."""
    import tomli_w

    return tomli_w.dumps({"schema_version": SCHEMA_VERSION, **scenario.plain()})
