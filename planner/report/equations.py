"""Formulas of the planned analysis, in TeX and in words."""

from planner.design.matrices import Column
from planner.plan.analysis import MixedModel
from planner.report.model import Equation


def outcome_model(columns: tuple[Column, ...], *, mixed: bool, crossover: bool) -> Equation:
    """Linear model of one outcome with the terms that are fitted.

    Parameters
    ----------
    columns : fixed effects of the planned analysis.
    mixed : whether persons are random effects; otherwise each has a level of its own.
    crossover : whether people have several periods.
    """
    terms = {column.term for column in columns}
    by_sex = any(column.term == "treatment" and column.sex for column in columns)
    place = "ip" if crossover else "i"
    treatment = r"k(i,p)" if crossover else "k(i)"
    parts = {
        "an intercept": r"\mu" if "intercept" in terms else "",
        "a fixed level of the person": "" if mixed or not crossover else "a_i",
        "an effect of the period": r"\pi_p" if "period" in terms else "",
        "an effect of the sequence": r"\gamma_{s(i)}" if "sequence" in terms else "",
        "an effect of sex": r"\alpha_{g(i)}" if "sex" in terms else "",
        f"the effect of the treatment{' in that sex' * by_sex}": rf"\tau_{{{treatment},g(i)}}"
        if by_sex
        else rf"\tau_{{{treatment}}}",
        "the carry-over of the previous treatment": r"\lambda_{k(i,p-1)}"
        if "carryover" in terms
        else "",
        "a random level of the person": "b_i" if mixed and crossover else "",
        "a residual": f"e_{{{place}}}",
    }
    used = {words: tex for words, tex in parts.items() if tex}
    where = "of person i in period p" if crossover else "of person i"
    return Equation(
        tex=f"y_{{{place}}} = {' + '.join(used.values())}",
        alt=f"The outcome {where} is the sum of {', '.join(used)}.",
    )


def random_parts(*, crossover: bool, mixed: bool, by_sex: bool) -> Equation:
    """Distributions of the random terms."""
    index, where = (r",g(i)", " of the person's sex") if by_sex else ("", "")
    residual = "e_{ip}" if crossover else "e_i"
    name = "w" if crossover else "e"
    tex = rf"{residual} \sim \mathrm{{N}}(0, \sigma_{{{name}{index}}}^2)"
    words = f"Residuals are normal with mean 0 and variance sigma {name} squared{where}"
    if mixed and crossover:
        tex = rf"b_i \sim \mathrm{{N}}(0, \sigma_{{b{index}}}^2), \qquad {tex}"
        words += (
            f"; the random levels of persons are normal with mean 0 and variance sigma b "
            f"squared{where}"
        )
    return Equation(tex=tex, alt=f"{words}; all are independent.")


def reml() -> Equation:
    """The restricted likelihood that is maximised, and the estimate of the fixed effects."""
    return Equation(
        tex=r"\begin{aligned}"
        r"-2\ell_R &= \sum_i \left[\log\left|V_i\right| + r_i^{\mathsf{T}} V_i^{-1} r_i\right] "
        r"- \log\left|\Phi\right| + c, \qquad V_i = \sigma_w^2 I + \sigma_b^2 J, \\"
        r"\hat\beta &= \Phi \sum_i X_i^{\mathsf{T}} V_i^{-1} y_i, \qquad "
        r"\Phi = \left(\sum_i X_i^{\mathsf{T}} V_i^{-1} X_i\right)^{-1}"
        r"\end{aligned}",
        alt="Minus twice the restricted log likelihood is the sum over persons of the log "
        "determinant of V and the weighted square of the residuals r, minus the log determinant "
        "of Phi, up to a constant c. V of a person is sigma w squared times the identity plus "
        "sigma b squared times a matrix of ones. The fixed effects are estimated by generalised "
        "least squares; Phi is the inverse of the sum of X transposed times V inverse times X.",
    )


def small_sample(df: str) -> Equation:
    """Test statistic with its standard error and degrees of freedom.

    Parameters
    ----------
    df : ``kenward-roger`` or ``satterthwaite``.
    """
    if df == "satterthwaite":
        return Equation(
            tex=r"t = \frac{l^{\mathsf{T}}\hat\beta}{\sqrt{l^{\mathsf{T}}\Phi\, l}}, \qquad "
            r"\nu = \frac{2\,(l^{\mathsf{T}}\Phi\, l)^2}{d^{\mathsf{T}} W d}, \qquad "
            r"d_j = \frac{\partial\, l^{\mathsf{T}}\Phi\, l}{\partial \theta_j}",
            alt="The test statistic t of a contrast l is its estimate over its standard error. "
            "Its degrees of freedom nu are twice the squared variance of the contrast over the "
            "variance of that variance, by the gradient d in the variance components theta and "
            "their covariance W.",
        )
    return Equation(
        tex=r"\begin{aligned}"
        r"t &= \frac{l^{\mathsf{T}}\hat\beta}{\sqrt{l^{\mathsf{T}}\Phi_A\, l}}, \qquad "
        r"\Phi_A = \Phi + 2\,\Phi \left[\sum_{j,k} W_{jk}\,(Q_{jk} - P_j \Phi P_k)\right] \Phi, \\"
        r"\nu &= \frac{2\,(l^{\mathsf{T}}\Phi\, l)^2}"
        r"{\sum_{j,k} W_{jk}\,(l^{\mathsf{T}}\Phi P_j \Phi\, l)(l^{\mathsf{T}}\Phi P_k \Phi\, l)}"
        r"\end{aligned}",
        alt="The test statistic t of a contrast l is its estimate over its standard error from "
        "the adjusted covariance matrix Phi A: Phi plus twice Phi times the sum over pairs of "
        "variance components of W times Q minus P Phi P, times Phi. The degrees of freedom nu are "
        "twice the squared variance of the contrast over a weighted sum with the weights W. P and "
        "Q are sums over persons of X transposed V inverse B V inverse X and of X transposed V "
        "inverse B V inverse B V inverse X, with B the identity for sigma w squared and a matrix "
        "of ones for sigma b squared; W is the inverse of the expected information of the two.",
    )


def least_squares(*, crossover: bool) -> Equation:
    """Test statistic of ordinary least squares, within persons or between them."""
    if crossover:
        nu = r"\sum_i (m_i - 1) - \operatorname{rank}(\tilde X)"
        words = (
            "the sum over persons of the number of periods observed minus 1, minus the rank of X "
            "tilde, the design matrix with every person's column means removed"
        )
        design = r"\tilde X"
    else:
        nu, design = r"N - \operatorname{rank}(X)", "X"
        words = "the number of persons N minus the rank of the design matrix X"
    return Equation(
        tex=rf"t = \frac{{l^{{\mathsf{{T}}}}\hat\beta}}{{s\,\sqrt{{l^{{\mathsf{{T}}}}"
        rf"({design}^{{\mathsf{{T}}}} {design})^{{-1}}\, l}}}}, \qquad \nu = {nu}",
        alt="The test statistic t of a contrast l is its least-squares estimate over its standard "
        f"error, with s squared the residual mean square. Its degrees of freedom nu are {words}.",
    )


def posterior(*, has_tau: bool) -> Equation:
    """The posterior of a contrast, nuisance parameters integrated out."""
    tau = r", \tau" if has_tau else ""
    given, own = (r" \mid \tau", r"\, p(\tau)") if has_tau else ("", "")
    return Equation(
        tex=r"p(\delta \mid y) \propto \int p(y \mid \beta, \sigma_w, \sigma_b)\, "
        rf"p(\beta{given})\, p(\sigma_w, \sigma_b){own}\, "
        rf"\mathrm{{d}}(\beta_{{-\delta}}, \sigma_w, \sigma_b{tau}), \qquad "
        r"\delta = l^{\mathsf{T}}\beta",
        alt="The posterior density of a contrast delta is proportional to likelihood times prior, "
        "integrated over the other means, the standard deviations within and between persons"
        f"{' and the standard deviation tau of the effects between the sexes' * has_tau}.",
    )


def test_rule() -> Equation:
    """When a test shows a hypothesis."""
    return Equation(
        tex=r"\begin{aligned}"
        r"\text{one-sided:}\quad & \frac{\hat\delta - l}{\mathrm{SE}} > t_{1-\alpha,\nu} "
        r"\quad\text{and}\quad \frac{u - \hat\delta}{\mathrm{SE}} > t_{1-\alpha,\nu} \\"
        r"\text{two-sided:}\quad & \frac{\left|\hat\delta\right|}{\mathrm{SE}} > t_{1-\alpha/2,\nu}"
        r"\end{aligned}",
        alt="A one-sided claim that the effect lies above a lower limit l and below an upper limit "
        "u is shown if the distance of the estimate from every limit that there is, divided by "
        "the standard error, exceeds the 1 minus alpha quantile of the t distribution with nu "
        "degrees of freedom. A two-sided claim is shown if the absolute estimate over its standard "
        "error exceeds the 1 minus alpha half quantile.",
    )


def posterior_rule() -> Equation:
    """When a posterior shows a hypothesis."""
    return Equation(
        tex=r"\begin{aligned}"
        r"\text{one-sided:}\quad & \Pr(l < \delta < u \mid y) \ge 1 - \alpha \\"
        r"\text{two-sided:}\quad & 2 \min\{\Pr(\delta > 0 \mid y), \Pr(\delta < 0 \mid y)\} "
        r"\le \alpha"
        r"\end{aligned}",
        alt="A claim that the effect delta lies between the limits l and u is shown if its "
        "posterior probability is at least 1 minus alpha. A two-sided claim is shown if twice the "
        "smaller of the posterior probabilities of a positive and of a negative effect is at most "
        "alpha.",
    )


def criteria_rule() -> Equation:
    """When a rule of several criteria says go or stop."""
    return Equation(
        tex=r"\text{go if } \Pr(l_j < \delta < u_j \mid y) \ge \gamma_j \text{ for all go "
        r"criteria } j; \quad \text{else stop if so for all stop criteria}",
        alt="The rule says go if the probability that the effect delta lies between the limits of "
        "a criterion reaches its threshold gamma, for all go criteria. Otherwise it says stop if "
        "that holds for all stop criteria, and consider in all other cases.",
    )


def likelihood_of(analysis: object, *, crossover: bool) -> tuple[Equation, ...]:
    """Formulas of estimate, standard error and degrees of freedom of a test."""
    if isinstance(analysis, MixedModel) and crossover:
        return reml(), small_sample(analysis.df)
    return (least_squares(crossover=crossover),)
