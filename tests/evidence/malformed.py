"""Study files that break one rule each: passage, its replacement, offending key, words said."""

VALID = """
[study]
id = "my-study"
short = "Mine 2026"
citation = "Mine et al. 2026."
doi = "10.1000/mine.2026"
pmid = "1234567"
registry = ["NCT01234567"]

[[entry]]
id = "effect"
quantity = "effect"
value = 7.60
unit = "points"
interval = [3.9, 11.3]
n = 18
flag = "reported"
locator = "abstract"

[[entry]]
id = "share"
quantity = "dropout"
value = 0.10
unit = "share"
events = 2
total = 20
flag = "reported"
locator = "Table 1"

[[entry]]
id = "sd"
quantity = "sd_difference"
value = 7.3
unit = "points"
flag = "derived"
formula = "effect / t * sqrt(n)"
inputs = { effect = "effect", t = 4.39, n = 18 }

[[entry]]
id = "guess"
quantity = "correlation"
value = 0.5
unit = "r"
range = [0.3, 0.7]
flag = "assumed"
reason = "nothing is published"
"""

FORMULA = 'formula = "effect / t * sqrt(n)"'
INPUTS = 'inputs = { effect = "effect", t = 4.39, n = 18 }'
ASSUMED = 'flag = "assumed"\nreason = "nothing is published"'

MALFORMED: dict[str, tuple[str, str, str, str]] = {
    "not toml": ("[study]", "[study", "", "not valid TOML"),
    "unknown table": ("[study]", "[colour]\na = 1\n[study]", "colour", "unknown key"),
    "no study": (VALID, VALID[VALID.index("[[entry]]") :], "study.id", "missing"),
    "study is a number": ("[study]", "study = 1\n[x]", "x", "unknown key"),
    "unknown key": ("n = 18\nflag", "colour = 1\nflag", "entry.effect.colour", "unknown key"),
    "unknown study key": ("pmid =", "pubmed =", "study.pubmed", "unknown key"),
    "study of an entry": ("n = 18\nflag", 'study = "x"\nflag', "entry.effect.study", "remove"),
    "places of an entry": ("n = 18\nflag", "places = [2]\nflag", "entry.effect.places", "remove"),
    "wrong name": ('id = "my-study"', 'id = "yours"', "study.id", "name of the file"),
    "name with a blank": ('id = "my-study"', 'id = "my study"', "study.id", "small letters"),
    "no citation": ('citation = "Mine et al. 2026."', "", "study.citation", "missing"),
    "bad doi": ("10.1000/mine.2026", "doi:10.1000/mine", "study.doi", "DOI"),
    "doi with a blank": ("10.1000/mine.2026", "10.1000/mine 2026", "study.doi", "DOI"),
    "bad pmid": ('"1234567"', '"PMID 12"', "study.pmid", "PubMed"),
    "bad registry": ("NCT01234567", "NCT1", "study.registry", "NCT04977674"),
    "bad flag": ('flag = "assumed"', 'flag = "guessed"', "entry.guess.flag", "assumed"),
    "bad quantity": ('"sd_difference"', '"sd_diff"', "entry.sd.quantity", "sd_difference"),
    "bad id": ('id = "guess"', 'id = "My guess"', "entry.My guess.id", "small letters"),
    "id twice": ('id = "guess"', 'id = "sd"', "entry", "twice"),
    "no id": ('id = "guess"', "", "entry.3.id", "missing"),
    "no value": ("value = 7.60", "", "entry.effect.value", "missing"),
    "text value": ("value = 7.60", 'value = "7.60"', "entry.effect.value", "number"),
    "nan": ("value = 7.60", "value = nan", "entry.effect.value", "finite"),
    "bool": ("value = 7.60", "value = true", "entry.effect.value", "number"),
    "negative sd": ("value = 7.3", "value = -7.3", "entry.sd.value", "above 0"),
    "zero sd": ("value = 7.3", "value = 0.0", "entry.sd.value", "above 0"),
    "share above 1": ("value = 0.10", "value = 10", "entry.share.value", "between 0 and 1"),
    "correlation": ("value = 0.5\n", "value = 1.5\n", "entry.guess.value", "between -1 and 1"),
    "no place": ('locator = "abstract"', "", "entry.effect.locator", "needs a locator"),
    "no reason": ('reason = "nothing is published"', "", "entry.guess.reason", "needs a reason"),
    "no formula": (FORMULA, "", "entry.sd.formula", "needs a formula"),
    "formula of a reported": (
        'locator = "abstract"',
        'locator = "abstract"\nformula = "1 + 1"',
        "entry.effect.formula",
        "was read",
    ),
    "call": (FORMULA, 'formula = "open(effect)"', "entry.sd.formula", "not a function"),
    "attribute": (FORMULA, 'formula = "effect.real"', "entry.sd.formula", "not arithmetic"),
    "import": (FORMULA, "formula = \"__import__('os')\"", "entry.sd.formula", "plain arithmetic"),
    "huge power": (FORMULA, 'formula = "9 ** 9 ** (n * effect * t)"', "entry.sd.formula", "large"),
    "not real": (FORMULA, 'formula = "sqrt(-effect * t * n)"', "entry.sd.formula", "no value"),
    "broken formula": (FORMULA, 'formula = "effect /"', "entry.sd.formula", "cannot be read"),
    "missing input": ("t = 4.39, n = 18", "t = 4.39", "entry.sd.inputs", "not an input"),
    "unused input": ("t = 4.39, n", "t = 4.39, m = 1, n", "entry.sd.inputs", "in no formula"),
    "input named value": (
        f"{FORMULA}\n{INPUTS}",
        'formula = "value"\ninputs = { value = 7.3 }',
        "entry.sd.inputs",
        "stands for",
    ),
    "unknown input": ('effect = "effect"', 'effect = "efect"', "entry.sd.inputs.effect", "closest"),
    "odd input": ('effect = "effect"', 'effect = "a b"', "entry.sd.inputs.effect", "study.id"),
    "input list": ('effect = "effect"', "effect = [1]", "entry.sd.inputs.effect", "must be"),
    "circle": ('effect = "effect"', 'effect = "sd"', "entry.sd.inputs", "from itself"),
    "disagreement": ("value = 7.3", "value = 7.4", "entry.sd.value", "formula gives"),
    "more decimals": ("value = 7.3", "value = 7.30", "entry.sd.value", "to 2 decimals"),
    "interval order": ("[3.9, 11.3]", "[11.3, 3.9]", "entry.effect.interval", "lower limit first"),
    "outside": ("[3.9, 11.3]", "[8.0, 11.3]", "entry.effect.interval", "not between"),
    "outside the range": ("[0.3, 0.7]", "[0.6, 0.7]", "entry.guess.range", "not between"),
    "one limit": ("[3.9, 11.3]", "[3.9]", "entry.effect.interval.1", "missing"),
    "two uncertainties": (
        "[3.9, 11.3]",
        "[3.9, 11.3]\nse = 1.7",
        "entry.effect.interval",
        "give one of them",
    ),
    "negative se": ("interval = [3.9, 11.3]", "se = -1.7", "entry.effect.se", "greater than 0"),
    "level": ("n = 18\nflag", "level = 95\nflag", "entry.effect.level", "less than 1"),
    "events": ("events = 2", "events = 21", "entry.share.events", "more than the total"),
    "events alone": ("total = 20\n", "", "entry.share.events", "belong together"),
    "events and value": ("events = 2", "events = 3", "entry.share.value", "0.15"),
    "no people": ("n = 18\nflag", "n = 0\nflag", "entry.effect.n", "greater than 0"),
    "derived interval": (
        f"{FORMULA}\n{INPUTS}",
        f"{FORMULA}\n{INPUTS}\ninterval = [5.5, 11.0]",
        "entry.sd.uncertainty_formula",
        "two",
    ),
    "wrong interval": (
        f"{FORMULA}\n{INPUTS}",
        f"{FORMULA}\n{INPUTS}\ninterval = [5.6, 11.0]\n"
        'uncertainty_formula = ["sd_lower(value, 17)", "sd_upper(value, 17)"]',
        "entry.sd.interval",
        "5.51",
    ),
    "formula without interval": (
        f"{FORMULA}\n{INPUTS}",
        f'{FORMULA}\n{INPUTS}\nuncertainty_formula = ["value / 2"]',
        "entry.sd.uncertainty_formula",
        "nothing else",
    ),
    "empty": (VALID, '[study]\nid = "my-study"\nshort = "A"\ncitation = "A"\n', "entry", "neither"),
    "entry is a table": (VALID, "[study]\nid = 'my-study'\n[entry]\nid = 'x'\n", "", "tables"),
}
