"""What the README shows works as shown."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from planner.batch.batch import batch_from
from planner.batch.schedule import schedule
from planner.operating.power import power
from planner.scenario import scenario_from
from tests.cli.running import run

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(
    r"^planner (?:power|size|calibrate|assurance|evidence) .*$", README, re.MULTILINE
)


def test_example_scenarios_of_the_readme_load_and_run() -> None:
    plain, bayesian, words, _batch = (tomllib.loads(block) for block in BLOCKS)
    scenario = scenario_from(plain)
    plain["plan"] |= bayesian["plan"]
    changed = scenario_from({**plain, "truth_prior": bayesian["truth_prior"]})
    few = {"monte_carlo.n_trials": 200}
    assert power(scenario.with_changes(few), 40)["overall"].success.value > 0
    overall = power(changed.with_changes(few), 40)["overall"]
    assert overall.stop is not None
    assert overall.success.mcse > 0
    assert scenario_from(plain | words).protocol.authors == tuple(words["protocol"]["authors"])


def test_example_batch_of_the_readme_is_possible() -> None:
    plan = schedule(batch_from(tomllib.loads(BLOCKS[-1])))
    assert len(plan.points) == 36
    assert not plan.impossible


@pytest.mark.parametrize("line", COMMANDS)
def test_example_commands_of_the_readme_run(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = shlex.split(line)[1:]
    if words[0] != "evidence":
        words += ["--n-trials", "1000", "--quiet"]
    outcome = run(capsys, monkeypatch, *words)
    assert outcome.code == 0, outcome.err
    assert len(outcome.out) > 200
