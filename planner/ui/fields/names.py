"""Where the controls write to, by their paths in the scenario."""

DESIGN, HYPOTHESIS, TARGET = "plan.design", "hypothesis", "plan.power_targets"
RULE, LEVEL = "plan.analysis.kind", "plan.hypotheses"
TEST, POSTERIOR = "test", "posterior"
"""The two decision rules."""
SIZES, TRIALS, SEED = "n_subjects", "monte_carlo.n_trials", "monte_carlo.seed"
DROPOUT = "truth.attrition.after_period_1"
PRIORS = "plan.analysis.priors"
_LABELS = {"female": "women", "male": "men", "interaction": "men − women"}


def hypothesis_label(name: str) -> str:
    """A hypothesis in plain words."""
    return _LABELS.get(name, name)
