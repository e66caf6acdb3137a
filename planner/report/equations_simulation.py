"""Formulas of the data-generating model and of performance measures, in TeX and in words."""

from planner.report.model import Equation


def expected_outcome(*, sexes: bool, carryover: bool, crossover: bool) -> Equation:
    """Mean of an outcome."""
    if not crossover:
        tex, where = r"\mu_{gk} = \alpha_g + \tau_{g,k}", "of sex g under treatment k"
        return Equation(
            tex=tex if sexes else r"\mu_k = \tau_k",
            alt=f"The expected outcome {where if sexes else 'under treatment k'} is the sum of "
            f"{'the level of the sex and ' * sexes}the effect of the treatment.",
        )
    index, effect = ("gsp", r"\tau_{g,D(s,p)}") if sexes else ("sp", r"\tau_{D(s,p)}")
    parts = [r"\alpha_g"] * sexes + [r"\pi_p", effect] + [r"\lambda_{D(s,p-1)}"] * carryover
    words = ["the level of the sex"] * sexes + ["the period effect", "the effect of the treatment "
             "D(s, p) of that sequence and period"]  # fmt: skip
    words += ["the carry-over of the treatment before, 0 in period 1"] * carryover
    return Equation(
        tex=rf"\mu_{{{index}}} = {' + '.join(parts)}",
        alt=f"The expected outcome in sequence s and period p{' of sex g' * sexes} is the sum of "
        f"{', '.join(words)}.",
    )


def outcomes(*, sexes: bool, crossover: bool) -> Equation:
    """Joint distribution of the outcomes of one person."""
    g = "_g" if sexes else ""
    mean = r"\mu_{gs}" if sexes else r"\mu_s"
    both = r"\sigma_w^2 I + \sigma_b^2 J"
    covariance = f"c_g^2 ({both})" if sexes else both
    factor = "c_g^2 " if sexes else ""
    whose = " of sex g" * sexes
    if not crossover:
        mean = r"\mu_{gk}" if sexes else r"\mu_k"
        return Equation(
            tex=rf"y_i \sim \mathrm{{N}}\left({mean},\, {factor}(\sigma_w^2 + \sigma_b^2)\right)",
            alt=f"The outcome of a person{whose} is normal with the expected outcome as mean and "
            f"variance sigma w squared plus sigma b squared"
            f"{', times the squared SD multiplier c of the sex' * sexes}.",
        )
    return Equation(
        tex=rf"y_i \sim \mathrm{{N}}_P({mean},\, \Sigma{g}), \qquad "
        rf"\Sigma{g} = {covariance}, \qquad "
        r"\rho = \frac{\sigma_b^2}{\sigma_w^2 + \sigma_b^2}",
        alt=f"The outcomes of a person{whose} in the P periods are jointly normal with the "
        "expected outcomes as mean. Their covariance matrix is sigma w squared times the identity "
        f"plus sigma b squared times a matrix of ones{', times c squared of the sex' * sexes}. "
        "The correlation rho of two periods is sigma b squared over the sum of both.",
    )


def leaving(*, sexes: bool) -> Equation:
    """Probability of being observed in exactly the first m periods."""
    h = "h_{g,%s}" if sexes else "h_{%s}"
    return Equation(
        tex=rf"\Pr(M_i = m) = {h % 'm'} \prod_{{j<m}} (1 - {h % 'j'}), \qquad {h % 'P'} = 1",
        alt="The probability that a person is observed in exactly the first m periods is the "
        "hazard h of leaving after period m times the product of 1 minus the hazards of leaving "
        "after the periods before; after the last period it is 1.",
    )


def moments() -> Equation:
    """Draw of a cell's mean vector and centred cross-products."""
    return Equation(
        tex=r"\bar y_c \sim \mathrm{N}\left(\mu_c,\, \Sigma_c / n_c\right), \qquad "
        r"S_c \sim \mathrm{Wishart}(\Sigma_c,\, n_c - 1)",
        alt="The mean vector of the people n c of a cell is normal with the expected outcomes as "
        "mean and the covariance matrix divided by n c; their centred cross-products S c are "
        "Wishart with n c minus 1 degrees of freedom, independent of the mean.",
    )


def estimand(*, sexes: bool) -> Equation:
    """True value of a contrast."""
    if not sexes:
        return Equation(
            tex=r"\delta = \sum_k c_k\, \tau_k",
            alt="The true value delta of a contrast is the sum over treatments of its weight c "
            "times the effect tau.",
        )
    return Equation(
        tex=r"\delta = \sum_g w_g \sum_k c_k\, \tau_{g,k}",
        alt="The true value delta of a contrast is the sum over sexes of the weight w times the "
        "sum over treatments of the weight c times the effect tau of that treatment in that sex.",
    )


def proportion() -> Equation:
    """Success, power, type I error and coverage."""
    return Equation(
        tex=r"\hat p = \frac{1}{n} \sum_{t=1}^{n} \mathbf{1}_t, \qquad "
        r"\mathrm{MCSE}(\hat p) = \sqrt{\frac{\hat p\,(1 - \hat p)}{n}}",
        alt="A simulated proportion is the share of trials in which the event occurs. Its "
        "Monte-Carlo standard error is the square root of p times 1 minus p over n.",
    )


def bias() -> Equation:
    """Bias with its MCSE."""
    return Equation(
        tex=r"\widehat{\mathrm{Bias}} = \frac{1}{n} \sum_{t} (\hat\delta_t - \delta), \qquad "
        r"\mathrm{MCSE} = \frac{S}{\sqrt{n}}",
        alt="Bias is the mean over trials of estimate minus true value; its Monte-Carlo standard "
        "error is the empirical standard error S over the square root of n.",
    )


def empirical_se() -> Equation:
    """Empirical standard error with its MCSE."""
    return Equation(
        tex=r"S = \sqrt{\frac{1}{n-1} \sum_{t} (\hat\delta_t - \bar\delta)^2}, \qquad "
        r"\mathrm{MCSE} = \frac{S}{\sqrt{2(n-1)}}",
        alt="The empirical standard error S is the standard deviation of the estimates over "
        "trials; its Monte-Carlo standard error is S over the square root of twice n minus 1.",
    )


def model_se() -> Equation:
    """Model standard error with its MCSE."""
    return Equation(
        tex=r"\widehat{\mathrm{ModSE}} = \sqrt{\frac{1}{n} \sum_{t} \mathrm{SE}_t^2}, \qquad "
        r"\mathrm{MCSE} = \frac{\mathrm{sd}(\mathrm{SE}_t^2)}"
        r"{2 \sqrt{n}\; \widehat{\mathrm{ModSE}}}",
        alt="The model standard error is the root mean square of the standard errors that the "
        "analyses report; its Monte-Carlo standard error is the standard deviation of the squared "
        "standard errors over twice the square root of n times the model standard error.",
    )


def rmse() -> Equation:
    """Root mean squared error with its MCSE."""
    return Equation(
        tex=r"\widehat{\mathrm{RMSE}} = \sqrt{\frac{1}{n} \sum_{t} (\hat\delta_t - \delta)^2}, "
        r"\qquad \mathrm{MCSE} = \frac{S}{\sqrt{2(n-1)}}",
        alt="The root mean squared error is the root of the mean squared distance of estimate and "
        "true value, and so the root of the mean squared error MSE; its Monte-Carlo standard error "
        "is taken as that of the empirical standard error S.",
    )


def width() -> Equation:
    """Geometric mean of interval widths with its MCSE."""
    return Equation(
        tex=r"\hat W = \exp\left(\frac{1}{n} \sum_{t} \log w_t\right), \qquad "
        r"\mathrm{MCSE} = \hat W\, \frac{\mathrm{sd}(\log w_t)}{\sqrt{n}}",
        alt="The width is the geometric mean of the widths of the intervals; its Monte-Carlo "
        "standard error is the width times the standard deviation of the log widths over the "
        "square root of n.",
    )


def sign_and_size() -> Equation:
    """Errors of sign and of size among claims."""
    return Equation(
        tex=r"\text{type S} = \Pr(\hat\delta\,\delta < 0 \mid \text{shown}), \qquad "
        r"\text{type M} = \frac{\mathrm{E}(\left|\hat\delta\right| \mid \text{shown})}"
        r"{\left|\delta\right|}",
        alt="Among trials that show the hypothesis, type S is the share of estimates with the "
        "wrong sign, type M the mean absolute estimate over the absolute true value.",
    )


def trials_needed() -> Equation:
    """Largest MCSE of a proportion, and the trials that a wanted one needs."""
    return Equation(
        tex=r"\mathrm{MCSE}(\hat p) \le \frac{1}{2\sqrt{n}}, \qquad "
        r"n = \frac{p\,(1 - p)}{\mathrm{MCSE}^2}",
        alt="The Monte-Carlo standard error of a proportion is at most 1 over twice the square "
        "root of n; n trials are needed for a wanted Monte-Carlo standard error: p times 1 minus p "
        "over its square.",
    )
