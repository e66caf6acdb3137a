"""The figures at the size found, each with its label, its error and what it means."""

from typing import TYPE_CHECKING, Any

from planner.charts.style import error, percent, thousands

if TYPE_CHECKING:
    from planner.operating.characteristics import HypothesisCharacteristics as Hypothesis
    from planner.operating.characteristics import MonteCarloEstimate as Estimate
    from planner.operating.characteristics import OperatingCharacteristics
    from planner.search.result import SampleSize

Figure = dict[str, Any]


def of_test(answer: "SampleSize", level: float) -> list[Figure]:
    """Power, its closed form and the type I error of a test.

    Parameters
    ----------
    level : planned type I error of the hypothesis.
    """
    oracle, mistake = answer.oracle, answer.type_i_error
    at = f"with N = {thousands(answer.n_randomised)}"
    return [
        _share(
            "Power · simulated",
            answer.power,
            f"Share of simulated trials {at} and the assumed dropout that show the effect.",
        ),
        {
            "label": "Power · formula",
            "value": percent(oracle.value) if oracle else "–",
            "delta": f"z = {oracle.z:.1f}".replace("-", "−") if oracle else "no closed form",
            "help": f"Closed form {at}; z is the difference from the simulation in its standard "
            "errors.",
        },
        {
            "label": "Type I error · simulated",
            "value": percent(mistake.value) if mistake else "–",
            "delta": f"{error(mistake)}; planned {percent(level)}" if mistake else "not defined",
            "help": f"Share of simulated trials {at} that claim an effect when there is none.",
        },
    ]


def of_both_rules(trial: "OperatingCharacteristics", hypothesis: str) -> list[Figure]:
    """Power and type I error of the Bayesian rule and of the test of the same trials.

    Parameters
    ----------
    trial : at the size found, with its null and with the test as its first other analysis.
    """
    test, at = trial.others[0], f"with N = {thousands(trial.n_subjects)}"
    power = f"Share of simulated trials {at} and the assumed dropout in which "
    mistake = f"Share of simulated trials {at} without an effect in which "
    posterior_says, test_says = "the posterior rule says go.", f"the test ({test.analysis}) does."
    same = " The trials are the same."
    return [
        _share("Posterior · power", trial[hypothesis].success, power + posterior_says),
        _share("Test · power", test[hypothesis].success, power + test_says + same),
        _share(
            "Posterior · type I error",
            trial.null[hypothesis].success,
            mistake + posterior_says + " An informative prior moves it away from 1 − threshold.",
        ),
        _share("Test · type I error", test.null[hypothesis].success, mistake + test_says + same),
    ]


def of_zones(trial: "OperatingCharacteristics", hypothesis: str) -> list[Figure]:
    """Shares of go, consider and stop under the assumed effect and at the edge of the null."""
    planned, null = trial[hypothesis], trial.null[hypothesis]
    meanings = {
        "go": "every go criterion holds",
        "consider": "neither the go nor the stop rule holds",
        "stop": "the stop rule holds and the go rule does not",
    }
    return [
        _share(
            f"{zone.capitalize()} · simulated",
            value,
            f"Share of trials with the assumed effect in which {meanings[zone]}; below it the same "
            "where there is no effect.",
            f"; no effect {percent(_zone(null, zone).value)}",
        )
        for zone in meanings
        for value in [_zone(planned, zone)]
    ]


def _zone(result: "Hypothesis", zone: str) -> "Estimate":
    shares = {"go": result.success, "consider": result.consider, "stop": result.stop}
    share = shares[zone]
    assert share is not None
    return share


def _share(label: str, value: "Estimate", words: str, after: str = "") -> Figure:
    return {
        "label": label,
        "value": percent(value.value),
        "delta": error(value) + after,
        "help": words,
    }


def people(answer: "SampleSize") -> str:
    """The people to randomise, or that even the largest number considered is too few."""
    few = "" if answer.status == "found" else "> "
    return few + thousands(answer.n_randomised)


def breakdown(answer: "SampleSize", shown: str) -> str:
    """What the size is for and how it divides, as Markdown."""
    goal = f"**{shown}** at {100 * answer.power_target:.0f} % power"
    if answer.status != "found":
        return f"{goal}: not reached with up to {thousands(answer.n_randomised)} people."
    groups = " + ".join(f"{n} {name}" for name, n in answer.per_sequence.items())
    words = {"female": "women", "male": "men"}
    sexes = " + ".join(f"{n} {words[name]}" for name, n in answer.per_sex.items())
    evaluable = thousands(answer.n_evaluable)
    lines = (
        goal,
        f"{evaluable} evaluable → {thousands(answer.n_randomised)} randomised",
        interval(answer),
        groups,
        sexes,
    )
    return "  \n".join(line for line in lines if line)


def interval(answer: "SampleSize") -> str:
    """Uncertainty of the evaluable size from the number of simulated trials."""
    low, high = answer.n_interval
    upper = "beyond the limit" if high is None else thousands(high)
    return f"{thousands(low)} to {upper} evaluable (95 %, simulation error alone)"
