"""What a trial is called: its title says that it is a randomised crossover (CONSORT, item 1a)."""

import re
from typing import TYPE_CHECKING

from planner.words.prose import one_line

if TYPE_CHECKING:
    from planner.scenario import Scenario

_SAID = {
    "crossover": re.compile(r"randomi[sz]ed.*cross-?over|cross-?over.*randomi[sz]ed", re.I),
    "parallel-group": re.compile(r"randomi[sz]ed.*parallel|parallel.*randomi[sz]ed", re.I),
}


def kind_of_trial(scenario: "Scenario") -> str:
    """``crossover`` or ``parallel-group``."""
    return "crossover" if scenario.plan.design.n_periods > 1 else "parallel-group"


def given_title(scenario: "Scenario") -> str:
    """The title of the protocol, or else the label of the scenario; empty without either."""
    return one_line(scenario.protocol.title) or one_line(scenario.label)


def trial_title(scenario: "Scenario") -> str:
    """The title given, with the kind of trial where it does not say it."""
    given, kind = given_title(scenario), kind_of_trial(scenario)
    if _SAID[kind].search(given):
        return given
    if not given:
        return f"Randomised {kind} trial"
    mark = "" if given.endswith(("?", "!", ".")) else ":"
    article = "A" if mark == "" else "a"
    return f"{given}{mark} {article} randomised {kind} trial"
