"""Data files that break one rule each, with the options they are analysed with."""

GOOD = "subject,sequence,period,treatment,sex,y\n" + "".join(
    f"{i},{s},{p},{s[p - 1]},{'FM'[i // 2 % 2]},"
    f"{i * 1.3 % 7 + p + (s[p - 1] == 'B') + i * p * 2.7 % 1.9:.3f}\n"
    for i, s in enumerate(["AB", "BA"] * 6)
    for p in (1, 2)
)
LINES = GOOD.splitlines()


def rows(*r: str) -> str:
    """A file of the given rows."""
    return "\n".join([LINES[0], *r]) + "\n"


DATA: dict[str, tuple[str | bytes | None, list[str]]] = {
    "empty file": ("", []),
    "header only": (LINES[0] + "\n", []),
    "no y": (GOOD.replace(",y\n", ",outcome\n", 1), []),
    "bad rename": (GOOD, ["--columns", "y=zzz"]),
    "text y": (GOOD.replace(LINES[3].split(",")[-1], "abc", 1), []),
    "nan y": (GOOD.replace(LINES[3].split(",")[-1], "nan", 1), []),
    "empty y": (rows(*LINES[1:3], "9,AB,1,A,F,"), []),
    "inf": (rows(*LINES[1:], "99,AB,1,A,F,inf"), []),
    "dup period": (rows(*LINES[1:], LINES[1]), []),
    "sex missing": (rows(*LINES[1:], "99,AB,1,A,,3.0"), []),
    "sex word": (rows(*LINES[1:], "99,AB,1,A,x,3.0"), []),
    "by sex no column": (
        "\n".join(",".join([*line.split(",")[:4], line.split(",")[5]]) for line in LINES) + "\n",
        ["--by-sex"],
    ),
    "two sexes": (rows(*LINES[1:], "0,AB,3,A,M,3.0"), []),
    "two sequences": (rows(LINES[1], "0,BA,2,A,F,3.0", *LINES[3:]), []),
    "treatment mismatch": (rows(*LINES[1:], "99,AB,1,B,F,3.0"), []),
    "one treatment": (rows("1,A,1,A,F,1.0", "2,A,1,A,F,2.0"), []),
    "period text": (rows(*LINES[1:], "99,AB,one,A,F,3.0"), []),
    "period 0": (rows(*LINES[1:], "99,AB,0,A,F,3.0"), []),
    "period 1.5": (rows(*LINES[1:], "99,AB,1.5,A,F,3.0"), []),
    "period neg": (rows(*LINES[1:], "99,AB,-1,A,F,3.0"), []),
    "two people": (rows(*LINES[1:5]), []),
    "one sequence": (rows(*[line for line in LINES[1:] if ",AB," in line]), []),
    "carry": (GOOD, ["--carryover"]),
    "no such": (None, []),
    "ref": (GOOD, ["--reference", "Z"]),
    "same": (GOOD, ["--reference", "A", "--test", "A"]),
    "binary": (b"\x00\xff\xfe\x80", []),
    "ragged": (GOOD + "1,2,3,4,5,6,7,8,9\n", []),
    "constant y": (rows(*[",".join([*line.split(",")[:5], "3.0"]) for line in LINES[1:]]), []),
    "one sex": (GOOD.replace(",M,", ",F,"), ["--by-sex"]),
    "df for t": (GOOD, ["--analysis", "within-subject-t", "--df", "satterthwaite"]),
    "level": (GOOD, ["--level", "95"]),
    "share": (GOOD, ["--female-share", "60", "--by-sex"]),
    "bad scenario": (GOOD, ["--scenario", "nope"]),
    "period 3": (rows(*LINES[1:], "0,AB,3,A,F,3.0"), []),
    "subject blank": (rows(*LINES[1:], " ,AB,1,A,F,3.0"), []),
    "dup header": (GOOD.replace("sex,y", "y,y"), []),
    "semicolon": (GOOD.replace(",", ";"), []),
    "huge": (GOOD.replace(LINES[3].split(",")[-1], "1e308", 1), []),
}
