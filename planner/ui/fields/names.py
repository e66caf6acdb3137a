"""Where the controls write to, by their paths in the scenario."""

DESIGN, HYPOTHESIS, TARGET = "plan.design", "hypothesis", "plan.power_targets"
RULE, LEVEL = "plan.analysis.kind", "plan.hypotheses"
TEST, POSTERIOR = "test", "posterior"
"""The two decision rules."""
SIZES, TRIALS, SEED = "n_subjects", "monte_carlo.n_trials", "monte_carlo.seed"
DROPOUT = "truth.attrition.after_period_1"
PRIORS = "plan.analysis.priors"
