"""Scenario files that break one rule each; None stands for bytes that are not text."""

VALID = """
[plan]
design = "AB/BA"
[[plan.hypotheses]]
name = "overall"
[truth]
effect = 2.5
female_share = 0.6
covariance = { kind = "paired-difference", sd_difference = 7.5 }
"""


def changed(old: str, new: str) -> str:
    """The valid scenario with one passage replaced."""
    assert old in VALID, old
    return VALID.replace(old, new)


SCENARIOS: dict[str, str | None] = {
    "empty": "",
    "not toml": "[plan",
    "binary": None,
    "unknown top": VALID + "\n[colour]\na=1",
    "unknown truth": changed("effect = 2.5", "effect = 2.5\ncolour = 1"),
    "text number": changed("effect = 2.5", 'effect = "2.5"'),
    "bool number": changed("effect = 2.5", "effect = true"),
    "nan": changed("effect = 2.5", "effect = nan"),
    "inf": changed("7.5", "inf"),
    "neg sd": changed("7.5", "-7.5"),
    "zero sd": changed("7.5", "0"),
    "corr1": changed("7.5", "7.5, correlation = 1.0"),
    "corr -1": changed("7.5", "7.5, correlation = -1.5"),
    "corr text": changed("7.5", '7.5, correlation = "high"'),
    "no kind": changed('kind = "paired-difference", ', ""),
    "bad kind": changed("paired-difference", "paired"),
    "both sd": changed(
        'kind = "paired-difference", sd_difference = 7.5',
        'kind="compound-symmetry", sd_within=5, cv_within=0.2',
    ),
    "cv raw": changed(
        'kind = "paired-difference", sd_difference = 7.5', 'kind="compound-symmetry", cv_within=0.2'
    ),
    "three of three": changed("effect = 2.5", "effect = 2.5\nstandardised_effect = 0.3"),
    "no effect": changed("effect = 2.5\n", ""),
    "unknown design": changed("AB/BA", "XY/YX"),
    "design lengths": changed('"AB/BA"', '"AB/BAA"'),
    "one sequence": changed('"AB/BA"', '{ sequences = ["AB"] }'),
    "dup seq": changed('"AB/BA"', '{ sequences = ["AB","AB"] }'),
    "empty seqs": changed('"AB/BA"', "{ sequences = [] }"),
    "lower case": changed('"AB/BA"', '{ sequences = ["ab","ba"] }'),
    "empty seq": changed('"AB/BA"', '{ sequences = ["",""] }'),
    "design number": changed('"AB/BA"', "7"),
    "gap letters": changed('"AB/BA"', '"AC/CA"'),
    "weights": changed('design = "AB/BA"', 'design = "AB/BA"\nsequence_weights=[1,2,3]'),
    "weight zero": changed('design = "AB/BA"', 'design = "AB/BA"\nsequence_weights=[1,0]'),
    "target 1": changed('design = "AB/BA"', 'design = "AB/BA"\npower_targets=[1.0]'),
    "target 80": changed('design = "AB/BA"', 'design = "AB/BA"\npower_targets=[80]'),
    "no targets": changed('design = "AB/BA"', 'design = "AB/BA"\npower_targets=[]'),
    "no hyp": changed('[[plan.hypotheses]]\nname = "overall"\n', ""),
    "hyp name": changed('name = "overall"', 'name = "my hypothesis!"'),
    "hyp dup": changed(
        '[[plan.hypotheses]]\nname = "overall"',
        '[[plan.hypotheses]]\nname = "overall"\n[[plan.hypotheses]]\nname = "overall"',
    ),
    "contrast": changed('name = "overall"', 'name = "overall"\ncontrast = "women"'),
    "weights sum": changed(
        'name = "overall"', 'name = "o"\ncontrast = { weights = {A = 1.0, B = 1.0} }'
    ),
    "weights letter": changed(
        'name = "overall"', 'name = "o"\ncontrast = { weights = {A = 1.0, C = -1.0} }'
    ),
    "alpha": changed(
        'name = "overall"',
        'name = "o"\nobjective = { kind = "superiority", one_sided_alpha = 0.6 }',
    ),
    "alpha 0": changed(
        'name = "overall"', 'name = "o"\nobjective = { kind = "two-sided", alpha = 0 }'
    ),
    "margin 0": changed(
        'name = "overall"', 'name = "o"\nobjective = { kind = "non-inferiority", margin = 0.0 }'
    ),
    "margin missing": changed(
        'name = "overall"', 'name = "o"\nobjective = { kind = "non-inferiority" }'
    ),
    "eq order": changed(
        'name = "overall"',
        'name = "o"\nobjective = { kind = "equivalence", lower = 3.0, upper = -3.0 }',
    ),
    "eq side": changed(
        'name = "overall"',
        'name = "o"\nobjective = { kind = "equivalence", lower = 1.0, upper = 3.0 }',
    ),
    "direction": changed(
        'name = "overall"', 'name = "o"\nobjective = { kind = "superiority", direction = "up" }'
    ),
    "male no share": changed("female_share = 0.6\n", "").replace(
        'name = "overall"', 'name = "m"\ncontrast = "male"'
    ),
    "effects by sex no share": changed("female_share = 0.6\n", "").replace(
        "effect = 2.5", "effect = {female=1.0, male=2.0}"
    ),
    "share 1": changed("0.6", "1.0"),
    "share 60": changed("0.6", "60"),
    "half effect": changed("effect = 2.5", "effect = { female = 2.0 }"),
    "effect letter": changed("effect = 2.5", "effect = { C = 2.0 }"),
    "effect list": changed("effect = 2.5", "effect = [1.0, 2.0]"),
    "period": changed("effect = 2.5", "effect = 2.5\nperiod_effects = [0.0, 1.0, 2.0]"),
    "carry letter": changed("effect = 2.5", "effect = 2.5\ncarryover = { Z = 1.0 }"),
    "carry model": changed(
        "[[plan.hyp", '[plan.analysis]\nkind="mixed-model"\ncarryover=true\n[[plan.hyp'
    ),
    "hazard": changed(
        "effect = 2.5", 'effect = 2.5\nattrition = { kind="mcar", after_period_1 = 1.2 }'
    ),
    "hazard late": changed(
        "effect = 2.5", 'effect = 2.5\nattrition = { kind="mcar", after_period_2 = 0.2 }'
    ),
    "hazard key": changed(
        "effect = 2.5", 'effect = 2.5\nattrition = { kind="mcar", after_period_9 = 0.2 }'
    ),
    "mar": changed("effect = 2.5", 'effect = 2.5\nattrition = { kind="mar" }'),
    "df": changed(
        "[[plan.hyp", '[plan.analysis]\nkind="mixed-model"\ndf="between-within"\n[[plan.hyp'
    ),
    "analysis kind": changed("[[plan.hyp", '[plan.analysis]\nkind="anova"\n[[plan.hyp'),
    "schema": "schema_version = 2\n" + VALID,
    "trials": VALID + "\n[monte_carlo]\nn_trials = 10",
    "seed": VALID + "\n[monte_carlo]\nseed = -1",
    "trials float": VALID + "\n[monte_carlo]\nn_trials = 1000.5",
    "success": changed('design = "AB/BA"', 'design = "AB/BA"\nsuccess = "overall and x"'),
    "success exec": changed('design = "AB/BA"', 'design = "AB/BA"\nsuccess = "__import__(\'os\')"'),
    "success syntax": changed('design = "AB/BA"', 'design = "AB/BA"\nsuccess = "overall and"'),
    "fallback": changed(
        "[[plan.hyp", '[plan.multiplicity]\nkind="fallback"\nweights={x=1.0}\n[[plan.hyp'
    ),
    "graph over": changed(
        "[[plan.hyp",
        '[plan.multiplicity]\nkind="graph"\nweights={overall=1.5}\ntransitions={}\n[[plan.hyp',
    ),
    "log neg": changed("effect = 2.5", 'effect = -2.5\nendpoint = {name="AUC", scale="log"}'),
    "date": changed("effect = 2.5", "effect = 2026-01-01"),
    "plan list": "plan = []\n[truth]\neffect=1.0",
    "citation": changed("effect = 2.5", 'effect = { value = "a", evidence = "b" }'),
    "neg corr 4 periods": changed("7.5", "7.5, correlation = -0.4").replace("AB/BA", "ABBA/BAAB"),
    "three treat one eff": changed("AB/BA", "Williams 3"),
    "nlimit": changed('design = "AB/BA"', 'design = "AB/BA"\nn_limit = 1'),
    "n tiny": changed('design = "AB/BA"', 'design = "AB/BA"\nn_subjects = 2'),
    "label number": "label = 5\n" + VALID,
    "alternative": VALID + '\n[[alternatives]]\nname="x"\nchanges={"truth.effct"=1.0}',
}


def posterior(priors: str, more: str = "") -> str:
    """The valid scenario with a Bayesian analysis and these priors."""
    table = f'[plan.analysis]\nkind = "posterior"\n{more}\n[plan.analysis.priors]\n{priors}\n'
    return VALID.replace("[[plan.hyp", f"{table}[[plan.hyp")


def rule(text: str) -> str:
    """The valid scenario with a posterior rule as objective."""
    return posterior("").replace(
        'name = "overall"', f'name = "overall"\nobjective = {{ kind = "posterior", {text} }}'
    )


SCENARIOS |= {
    "prior negative sd": posterior('effect = { kind = "normal", mean = 1, sd = -2 }'),
    "prior zero sd": posterior('effect = { kind = "normal", mean = 1, sd = 0 }'),
    "prior infinite sd": posterior('effect = { kind = "normal", mean = 1, sd = inf }'),
    "prior kind": posterior('effect = { kind = "laplace", scale = 1 }'),
    "prior no kind": posterior("effect = { mean = 1, sd = 2 }"),
    "prior negative scale": posterior('sd_within = { kind = "half-normal", scale = -5 }'),
    "prior improper between": posterior('sd_between = { kind = "jeffreys" }'),
    "prior known sd 0": posterior('sd_within = { kind = "fixed", value = 0 }'),
    "prior mixture sum": posterior(
        'effect = { kind = "mixture", weights = [0.5, 0.6], means = [0, 1], sds = [1, 1] }'
    ),
    "prior mixture lengths": posterior(
        'effect = { kind = "mixture", weights = [0.5, 0.5], means = [0], sds = [1, 1] }'
    ),
    "prior t df": posterior('effect = { kind = "student-t", scale = 1, df = 0.1 }'),
    "prior tau": posterior(
        'sexes = { kind = "exchangeable", tau = { kind = "half-normal", scale = 0 } }'
    ),
    "prior tau missing": posterior('sexes = { kind = "exchangeable" }'),
    "prior unknown": posterior('colour = { kind = "normal", sd = 1 }'),
    "prior number": posterior("effect = 2.5"),
    "prior common by all": posterior('sexes = { kind = "common" }', "by_sex = false"),
    "posterior engine": posterior("", 'engine = "stan"'),
    "posterior df": posterior("", 'df = "kenward-roger"'),
    "posterior sexes": posterior("", "sd_by_sex = true").replace("female_share = 0.6\n", ""),
    "nuts chains": posterior("", "nuts = { chains = 1 }"),
    "rule probability": rule("go = [{ above = 0, probability = 1.5 }]"),
    "rule empty": rule("go = []"),
    "rule no end": rule("go = [{ probability = 0.9 }]"),
    "rule ends": rule("go = [{ above = 2, below = 1, probability = 0.9 }]"),
    "rule text": rule('go = [{ above = "zero", probability = 0.9 }]'),
    "rule stop": rule("go = [{ above = 0, probability = 0.9 }], stop = [{ below = 1 }]"),
    "other analyses": changed(
        'design = "AB/BA"', 'design = "AB/BA"\nother_analyses = [{ kind = "anova" }]'
    ),
}
