"""The sex decision map as ``planner sexes --map`` prints it."""

from typing import Any

from planner.cli import payload
from planner.cli.tables import Column, grouped, render, wrap
from planner.operating.sex_questions import SexTable
from planner.search.sex_map import SexMap, conclusion
from planner.words.conclusions import CONCLUSIONS


def text(found: SexMap, here: SexTable) -> str:
    """Letters of the most probable conclusions, and all six at two points of the map."""
    women, men = found.truth
    words = [f"{letters} {what}" for letters, what in CONCLUSIONS.values()]
    at_two = [
        Column("conclusion", words, left=True),
        _probabilities(f"women {women:.2f}, men {men:.2f}", here),
        _probabilities(f"both {found.equal:.2f}", found.at_equal),
    ]
    note = (
        f"Map: most probable conclusion at every pair of true effects, of "
        f"{grouped(found.n_trials)} simulated trials each (MCSE at most "
        f"{50 / found.n_trials**0.5:.1f} percentage points). W, M, WM and 0 say in whom an effect "
        "is shown while no difference is; W>M and M>W that the test of the difference shows one. "
        "A narrow terminal gets fewer columns; --json has them all, with every probability."
    )
    lead = wrap("Probability of each conclusion, at the truth in hand and at equal effects:")
    return "\n".join([lead, render(at_two), "", render(_map(found)), "", wrap(note)])


def _probabilities(label: str, table: SexTable) -> Column:
    return Column(label, [str(conclusion(table, name)) for name in CONCLUSIONS])


def _map(found: SexMap) -> list[Column]:
    """A column per effect in women, a row per effect in men with the largest on top."""
    letters = [letters for letters, _ in CONCLUSIONS.values()]
    effects, most = found.effects, found.most_probable
    downwards = range(len(effects) - 1, -1, -1)
    near = min(range(len(effects)), key=lambda i: abs(effects[i] - found.truth[0]))
    first = Column("men \\ women", [f"{effects[m]:.2f}" for m in downwards])
    return [
        first,
        *(
            Column(f"{women:.2f}", [letters[most[f, m]] for m in downwards], rank=abs(f - near))
            for f, women in enumerate(effects)
        ),
    ]


def conclusions(table: SexTable) -> dict[str, Any]:
    """Probability of each of the six conclusions."""
    return {name: payload.estimate(conclusion(table, name)) for name in CONCLUSIONS}


def data(found: SexMap) -> dict[str, Any]:
    """The map; axes [women, men], of probabilities [women, men, conclusion]."""
    names = list(CONCLUSIONS)
    return {
        "n": found.n_subjects,
        "map_trials": found.n_trials,
        "effects": list(found.effects),
        "truth": dict(zip(("female", "male"), found.truth, strict=True)),
        "equal": found.equal,
        "at_equal": conclusions(found.at_equal),
        "exactly_one_sex_at_equal": payload.estimate(found.at_equal.only_one_sex),
        "conclusions": names,
        "most_probable": [[names[k] for k in row] for row in found.most_probable.tolist()],
        "probability": found.probability.tolist(),
    }
