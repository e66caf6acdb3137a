"""The texts of a trial's authors: they change no number, survive every file, and fill items."""

import json

import pytest

import planner as pl
from planner.plan.protocol import Protocol
from planner.report.completeness import completeness
from planner.report.quoted import with_references
from planner.report.trial_name import trial_title
from planner.scenario import Scenario, built_in_names, parse_scenario, scenario_toml

EVERYTHING = {
    name: "<b>said</b> | $x$\nand more"
    for name, field in Protocol.model_fields.items()
    if field.annotation is str
} | {
    "authors": ["Ada, statistician"],
    "intercurrent_events": {"rescue": "treatment policy"},
    "doses": {"A": "none", "B": "50 mg"},
}


def statuses(scenario: Scenario) -> dict[str, str]:
    return {item.id: item.status for item in completeness(scenario)}


def test_property_texts_are_no_part_of_the_fingerprint() -> None:
    scenario = pl.load_scenario("confirmatory")
    assert scenario.protocol.rationale
    bare = scenario.with_changes({"protocol": {}})
    full = scenario.with_changes({"protocol": EVERYTHING})
    assert bare.fingerprint() == scenario.fingerprint() == full.fingerprint()
    assert bare != scenario != full


def test_property_texts_survive_toml_and_json() -> None:
    scenario = pl.load_scenario("kcl-2025").with_changes({"protocol": EVERYTHING})
    toml = parse_scenario(scenario_toml(scenario).encode(), "x.toml")
    plain = json.dumps({"schema_version": 1, **scenario.plain()})
    assert toml == scenario == parse_scenario(plain.encode(), "x.json")
    assert toml.protocol.summary == EVERYTHING["summary"]


def test_an_unknown_key_is_refused_with_its_place() -> None:
    with pytest.raises(pl.PlannerError, match=r"protocol\.reason"):
        pl.load_scenario("kcl-2025").with_changes({"protocol": {"reason": "x"}})


def test_every_text_fills_the_item_that_names_its_key() -> None:
    """Whatever is not stated for want of a text is stated once the texts are there."""
    bare = pl.load_scenario("confirmatory").with_changes({"protocol": {}, "label": ""})
    missing = [i for i in completeness(bare) if "protocol." in i.detail]
    assert len(missing) >= 15
    assert {i.status for i in missing} == {"not stated"}
    full = statuses(bare.with_changes({"protocol": EVERYTHING}))
    assert {full[i.id] for i in missing} == {"filled"}


def test_space_and_half_an_answer_do_not_count() -> None:
    scenario = pl.load_scenario("confirmatory")
    assert statuses(scenario)["R11"] == statuses(scenario)["R22"] == "filled"
    for changes, item in (
        ({"protocol.population": " \n"}, "R11"),
        ({"protocol.intercurrent_events": {"rescue": " "}}, "R11"),
        ({"protocol.doses": {"A": "1 mg"}}, "R22"),
        ({"protocol.rationale": " "}, "R12"),
        ({"protocol.authors": ["  "]}, "R03"),
    ):
        assert statuses(scenario.with_changes(changes))[item] == "not stated", item


def test_the_built_in_plan_leaves_open_what_is_not_decided() -> None:
    found = statuses(pl.load_scenario("confirmatory"))
    for item in ("R02", "R03", "R05", "R21", "R47"):
        assert found[item] == "not stated", item
    for item in ("R11", "R12", "R13", "R20", "R22", "R32", "R41", "R43", "R101", "R102", "R103"):
        assert found[item] == "filled", item


@pytest.mark.parametrize("name", built_in_names())
def test_every_reference_in_a_text_is_in_the_library(name: str) -> None:
    protocol = pl.load_scenario(name).protocol
    texts = [*map(str, protocol.plain().values())]
    assert all("[" not in with_references(t, lambda _: "").removeprefix("[") for t in texts
               if not t.startswith(("{", "[")))  # fmt: skip


def test_references_are_numbered_and_other_brackets_stay() -> None:
    seen: list[str] = []

    def cite(source: str) -> str:
        seen.append(source)
        return "[7]"

    text = "Lapidus [lapidus-2014], [planning.mcid], [no-such-study], [x], [1]"
    assert with_references(text, cite) == "Lapidus [7], [7], [no-such-study], [x], [1]"
    assert "10.1016/j.biopsych.2014.03.026" in seen[0]


@pytest.mark.parametrize(
    ("design", "label", "title"),
    [
        ("AB/BA", "Naltrexone", "Naltrexone: a randomised crossover trial"),
        ("AB/BA", "Does it work?", "Does it work? A randomised crossover trial"),
        ("AB/BA", "A Randomized cross-over of X", "A Randomized cross-over of X"),
        ("AB/BA", "", "Randomised crossover trial"),
        ("parallel", "Naltrexone", "Naltrexone: a randomised parallel-group trial"),
    ],
)
def test_the_title_says_what_kind_of_trial_it_is(design: str, label: str, title: str) -> None:
    scenario = pl.load_scenario("kcl-2025")
    assert trial_title(scenario.with_changes({"plan.design": design, "label": label})) == title
