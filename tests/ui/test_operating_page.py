"""The Operating characteristics page, and the computations that only it shows."""

import re
from collections.abc import Iterator
from itertools import pairwise
from threading import Event
from time import monotonic, sleep

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import planner as pl
from planner.charts.style import percent, share
from planner.charts.trial_replay import groups, people_chart, people_table
from planner.errors import InvalidInput
from planner.operating.analyse import analyse
from planner.operating.blocks import Step, power_blocks
from planner.operating.both_schools import with_both_schools
from planner.operating.characteristics import proportion
from planner.operating.comparison import Comparison
from planner.operating.convergence import NULL, PLANNING
from planner.operating.power import power
from planner.operating.replay import people_given, replay
from planner.plan.analysis import MixedModel, Posterior
from planner.scenario import Scenario
from planner.trials.moments import Moments, moments_of
from planner.ui.jobs import Jobs
from planner.words.prose import escaped
from tests.ui.pages import APP, controls, named, sound

PAGE = "planner/ui/pages/operating.py"
N = 40


def scenario(name: str = "confirmatory", n_trials: int = 1_200, **changes: object) -> Scenario:
    settings = {"monte_carlo.n_trials": n_trials, **changes}
    return with_both_schools(pl.load_scenario(name).with_changes(settings))


def operating(tab: str = "Side by side", starter: str = "confirmatory") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["starter"] = starter
    app.session_state[f"{starter}:monte_carlo.n_trials"] = 200
    app.session_state["operating:tab"] = tab
    app.run()
    return sound(app.switch_page(PAGE).run())


def test_blocks_end_with_the_result_of_power_to_the_last_bit() -> None:
    plan = scenario(n_trials=2_300)
    *_, last = steps = list(power_blocks(plan, N))
    assert [step.done for step in steps] == [1_000, 2_000, 2_300]
    assert last.so_far == power(plan, N)
    assert steps[0].so_far == power(plan.with_changes({"monte_carlo.n_trials": 1_000}), N)


def test_blocks_refuse_too_many_failures_as_power_does() -> None:
    plan = pl.load_scenario("confirmatory").with_changes(
        {"truth.attrition.after_period_1": 0.9, "monte_carlo": {"n_trials": 300}}
    )
    with pytest.raises(pl.PlannerError) as expected:
        power(plan, 16)
    with pytest.raises(type(expected.value)) as found:
        list(power_blocks(plan, 16))
    assert str(found.value) == str(expected.value)


def test_trace_counts_what_the_tables_count() -> None:
    plan = scenario(n_trials=2_030)
    *_, last = power_blocks(plan, N)
    trace, results = last.trace, (last.so_far, *last.so_far.others)
    assert trace.trials[-1] == 2_030
    assert all(a < b for a, b in pairwise(trace.trials.tolist()))
    for a, result in enumerate(results):
        for h, name in enumerate(trace.hypotheses):
            ends = trace.shown[-1, a, :, h] / 2_030
            assert ends[PLANNING] == result[name].success.value
            assert ends[NULL] == result.null[name].success.value
    middle = int(np.flatnonzero(trace.trials == 1_050)[0])
    fewer = power(plan.with_changes({"monte_carlo.n_trials": 1_050}), N)
    assert trace.shown[middle, 0, PLANNING, 0] == round(fewer["overall"].success.value * 1_050)
    running, mcse = trace.running(last.so_far.analysis, "male", PLANNING)
    assert running[-1] == last.so_far["male"].success.value
    assert mcse[-1] == pytest.approx(last.so_far["male"].success.mcse, rel=1e-12)
    thin = trace.thinned(7)
    assert len(thin.trials) == 7
    assert thin.trials[-1] == 2_030


@pytest.mark.parametrize("draw", ["moments", "subjects"])
@pytest.mark.parametrize("name", ["confirmatory", "kcl-2025"])
def test_twin_a_replayed_trial_analysed_from_its_people_says_the_same(name: str, draw: str) -> None:
    plan = scenario(name, **{"monte_carlo.draw": draw})
    for trial in (0, 7, 1_104):
        found = replay(plan, N, trial)
        assert len(set(found.table["subject"])) == N
        said = [r for r in found.readings if r.analysis == found.readings[0].analysis]
        comparison = Comparison(reference="A", test="B", female_share=plan.population_share)
        for reading, twin in zip(said, analyse(found.table, plan.plan, comparison).results,
                                 strict=True):  # fmt: skip
            verdict = twin.verdict
            assert verdict is not None
            assert reading.shown == verdict.rejected
            np.testing.assert_allclose(
                [reading.estimate, reading.lower, reading.upper, reading.p_value],
                [twin.estimate, twin.lower, twin.upper, verdict.p_value],
                rtol=1e-8,
                atol=1e-10,
            )


@pytest.mark.parametrize("draw", ["moments", "subjects"])
def test_replayed_trials_are_those_that_the_simulation_counts(draw: str) -> None:
    plan = scenario(n_trials=100, **{"monte_carlo.draw": draw})
    trials, result = [replay(plan, 24, k) for k in range(100)], power(plan, 24)
    for r in (result, *result.others):
        assert sum(t.success[r.analysis] for t in trials) == round(100 * r.trial_success.value)
        for h in r.hypotheses:
            shown = [
                x.shown
                for t in trials
                for x in t.readings
                if (x.analysis, x.hypothesis) == (r.analysis, h.hypothesis)
            ]
            assert sum(shown) == round(100 * h.success.value)


def test_replay_refuses_a_trial_that_was_not_simulated() -> None:
    with pytest.raises(InvalidInput, match="trials 0 to 1199"):
        replay(scenario(), N, 1_200)


def test_property_people_have_the_moments_they_are_drawn_for() -> None:
    rng = np.random.default_rng(3)
    for n in (1, 2, 3, 4, 17):
        y = rng.normal(size=(1, n, 3)) @ rng.normal(size=(3, 3))
        member, visits = np.ones((1, n, 1), dtype=bool), np.array([3])
        given = moments_of(y, member, visits)
        people = people_given(given, [3], 0, rng)[0]
        again: Moments = moments_of(people[None], member, visits)
        np.testing.assert_allclose(again.mean, given.mean, atol=1e-12)
        np.testing.assert_allclose(again.scatter, given.scatter, atol=1e-11)
        assert n < 3 or not np.allclose(people, y[0])


def test_the_other_school_stands_beside_the_plan() -> None:
    beside_test = scenario().plan
    assert isinstance(beside_test.other_analyses[0], Posterior)
    posterior = {"plan.analysis": {"kind": "posterior", "by_sex": True}}
    beside_posterior = with_both_schools(pl.load_scenario("confirmatory").with_changes(posterior))
    assert beside_posterior.plan.other_analyses == (MixedModel(by_sex=True),)
    assert with_both_schools(beside_posterior) is beside_posterior


def test_side_by_side_shows_the_engine_numbers() -> None:
    app = operating()
    n = named(app.number_input, "People randomised").value
    expected = power(scenario(n_trials=200), n)
    table = app.table[0].value
    for column, result in zip(table.columns, (expected, *expected.others), strict=False):
        assert table.loc["Power", column] == share(result["overall"].success)
        assert table.loc["Type I error", column] == share(result.null["overall"].success)
        assert table.loc["Coverage", column] == share(result["overall"].coverage)
    assert "Assurance" in table.index
    assert "Both sexes, half of overall" in app.table[1].value.index
    assert any("Type I error is not power" in c.value for c in app.caption)
    command = str(app.main.code[-1].value)
    assert f"--n {n} --n-trials 200" in command
    assert 'plan.other_analyses=[{kind = "posterior"}]' in command
    for widget in controls(app):
        assert widget.help, widget.label


def test_a_long_run_replaces_the_quick_answer_and_outlives_the_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("planner.ui.fields.operating.LONG_RUNS", (1_500, 3_000))
    app = operating(starter="kcl-2025")
    named(app.button, "Run with 1").click().run()
    end = monotonic() + 100
    while not any(re.match(r"Simulated in \d+ s", c.value) for c in app.caption):
        assert monotonic() < end, "the long run hangs"
        sleep(0.2)
        sound(app.run())
    n = named(app.number_input, "People randomised").value
    cell = share(power(scenario("kcl-2025", 1_500), n)["overall"].success)
    assert app.table[0].value.loc["Power"].iloc[0] == cell
    assert "--n-trials 1500" in str(app.main.code[-1].value)
    assert named(app.button, "Run with 1").disabled
    again = operating(starter="kcl-2025")
    assert again.table[0].value.loc["Power"].iloc[0] == cell


def test_too_few_people_is_said_in_a_sentence() -> None:
    app = operating()
    named(app.number_input, "People randomised").set_value(2).run()
    assert not app.exception
    assert ["plan more people" in e.value for e in app.error] == [True]


def test_the_other_tabs_show_their_charts_and_captions() -> None:
    for tab, words in (
        ("Convergence", "error alone"),
        ("Stress scenarios", "stand for no probability"),
        ("Replay a trial", "observed power"),
    ):
        app = operating(tab)
        assert any(words in c.value for c in app.caption), tab
    readings = app.table[0].value
    found = replay(scenario(n_trials=200), named(app.number_input, "People").value, 0)
    assert list(readings["decision"]) == [
        "shown" if r.shown else "not shown"
        for name in dict.fromkeys(r.hypothesis for r in found.readings)
        for r in found.readings
        if r.hypothesis == name
    ]


HOSTILE = "$x^2$ [a](http://b.c)"


def test_intervals_and_p_values_say_their_level() -> None:
    table = operating().table[0].value
    assert table.loc["Coverage", "Meaning"] == "95 % intervals that hold the truth"
    app = operating("Replay a trial")
    readings = app.table[0].value
    assert all(text.endswith("(95\u00a0%)") for text in readings["interval"])
    assert set(readings.loc["overall", "level"]) == {"2.5\u00a0%"}
    assert set(readings.loc["men − women", "level"]) == {"5\u00a0%"}
    assert any("is not a difference between them" in c.value for c in app.caption)
    assert any("too large on average" in c.value for c in app.caption)
    other = operating("Replay a trial", "kcl-2025")
    assert not any("is not a difference between them" in c.value for c in other.caption)


@pytest.mark.parametrize("tab", ["Side by side", "Replay a trial"])
def test_text_of_a_file_stays_text(tab: str) -> None:
    changes = {"truth.endpoint.unit": HOSTILE, "plan.treatments": {"A": HOSTILE, "B": "b"}}
    plain = pl.load_scenario("confirmatory").with_changes({"monte_carlo.n_trials": 200, **changes})
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["opened"] = {"mine": plain.plain()}
    app.session_state["starter"] = "mine"
    app.session_state["operating:tab"] = tab
    sound(app.switch_page(PAGE).run())
    table = app.table[0].value
    written = [*table.index, *table.columns, *(m.value for m in app.main.markdown)]
    assert not any(HOSTILE in text for text in written)
    assert any(escaped(HOSTILE) in text for text in written)


class Endless:
    """A run that yields one step and then waits to be cancelled."""

    def __init__(self, step: Step) -> None:
        self.step, self.go = step, Event()

    def __call__(self) -> Iterator[Step]:
        yield self.step
        self.go.wait(60)
        yield self.step


def test_runs_under_way_and_cancelled_say_which_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs: Jobs[Step] = Jobs()
    monkeypatch.setattr("planner.ui.sections.job.power_jobs", lambda: jobs)
    app = operating()
    n = named(app.number_input, "People randomised").value
    first = Endless(next(iter(power_blocks(scenario(n_trials=500), n))))
    for trials, steps in ((10_000, first), (100_000, Endless(first.step))):
        run = scenario(n_trials=trials)
        jobs.start(f"{run.fingerprint()} {n}", steps)
    end = monotonic() + 30
    while not any(job.latest for job in jobs._jobs.values()):
        assert monotonic() < end
        sleep(0.05)
    named(app.button_group, "Hypothesis").set_value("female").run()
    bars = [bar.proto.text for bar in sound(app).get("progress")]
    power_so_far = share(first.step.so_far["female"].success)
    assert f"women: power {power_so_far}" in bars[0]
    assert bars[1] == "100\u2009000 trials · waiting for another simulation to end"
    for job in jobs._jobs.values():
        job.cancel()
    first.go.set()
    while any(job.active for job in jobs._jobs.values()):
        assert monotonic() < end
        sleep(0.05)
    said = [info.value for info in sound(app.run()).info]
    assert said[1].startswith("Cancelled after 0 of 100\u2009000 trials. ")
    assert all("the tables leave it out" in text for text in said)


@pytest.mark.parametrize("shown", [193, 611, 1579, 1931])
def test_shares_are_rounded_as_on_the_command_line(shown: int) -> None:
    """Halves too, which 100 × a proportion would round another way."""
    estimate = proportion(shown, 2_000)
    value, mcse = str(estimate).split(" ± ")
    assert share(estimate) == f"{100 * float(value):.1f} % ± {100 * float(mcse):.1f}"
    assert share(estimate).startswith(percent(estimate.value))


def test_a_long_name_of_the_outcome_does_not_squeeze_the_people_out_of_the_chart() -> None:
    table = people_table(replay(scenario(n_trials=100), 24))
    chart = people_chart(table, groups(table)[0], "outcome " * 40, "light").to_dict()
    limits = [
        layer["encoding"]["y"]["axis"]["titleLimit"]
        for layer in chart["layer"]
        if "title" in layer["encoding"]["y"]
    ]
    assert len(limits) == 3
    assert max(limits) <= chart["height"] - 70
