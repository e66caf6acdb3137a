"""Named designs, with the names other programs use for them as aliases."""

import re

from planner.design.crossover import CrossoverDesign
from planner.errors import UnknownName

JONES_KENWARD = "Jones & Kenward 2014, Design and Analysis of Cross-Over Trials, 3rd ed."
WILLIAMS = "Williams 1949, Aust J Sci Res A 2:149"
BALAAM = "Balaam 1968, Biometrics 24:61"

_ENTRIES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("parallel", "A B", "two parallel groups, one period", ()),
    ("AB/BA", "AB BA", JONES_KENWARD, ("2x2", "2x2x2")),
    ("ABB/BAA", "ABB BAA", JONES_KENWARD, ()),
    ("ABA/BAB", "ABA BAB", JONES_KENWARD, ("2x2x3",)),
    ("ABAB/BABA", "ABAB BABA", JONES_KENWARD, ("2x2x4",)),
    ("ABBA/BAAB", "ABBA BAAB", JONES_KENWARD, ()),
    ("AABB/BBAA", "AABB BBAA", JONES_KENWARD, ()),
    ("ABAB/BABA/ABBA/BAAB", "ABAB BABA ABBA BAAB", JONES_KENWARD, ("2x4x4",)),
    ("partial replicate", "BAA ABA AAB", "three-sequence partial replicate", ("2x3x3",)),
    ("Balaam", "AB BA AA BB", BALAAM, ("2x4x2",)),
    ("Williams 3", "ABC BCA CAB CBA ACB BAC", WILLIAMS, ("williams3", "3x6x3")),
    ("Williams 4", "ABDC BCAD CDBA DACB", WILLIAMS, ("williams4", "4x4")),
    ("Latin square 3", "ABC BCA CAB", JONES_KENWARD, ("latin3", "3x3")),
    ("Latin square 4", "ABCD BCDA CDAB DABC", JONES_KENWARD, ("latin4",)),
)

CATALOGUE: dict[str, CrossoverDesign] = {
    name: CrossoverDesign(name=name, sequences=tuple(sequences.split()), source=source)
    for name, sequences, source, _ in _ENTRIES
}

_ALIASES = {alias.lower(): name for name, _, _, others in _ENTRIES for alias in (name, *others)}


def find_design(name: str) -> CrossoverDesign:
    """Design by catalogue name, alias, or spelled out as sequences such as ``AB/BA/AA``.

    Raises
    ------
    UnknownName : neither a known name nor a list of sequences.
    """
    key = name.strip().lower()
    if key in _ALIASES:
        return CATALOGUE[_ALIASES[key]]
    if re.fullmatch(r"[A-Z]+(/[A-Z]+)+", name.strip()):
        return CrossoverDesign.parse({"sequences": name.strip().split("/")})
    raise UnknownName(
        f"{name!r} is not a known design; choose {', '.join(CATALOGUE)}, or write its sequences "
        "like AB/BA/AA"
    )
