"""Papers whose methods the analysis and the simulation use, as a list of references prints them."""

BARTLETT = (
    "Bartlett MS. On the theory of statistical regression. Proceedings of the Royal Society of "
    "Edinburgh 1933;53:260–283; doi:10.1017/S0370164600015637"
)
BRETZ = (
    "Bretz F, Maurer W, Brannath W, Posch M. A graphical approach to sequentially rejective "
    "multiple test procedures. Statistics in Medicine 2009;28:586–604; doi:10.1002/sim.3495"
)
GIESBRECHT_BURNS = (
    "Giesbrecht FG, Burns JC. Two-stage analysis based on a mixed model: large-sample asymptotic "
    "theory and small-sample simulation results. Biometrics 1985;41:477–486; doi:10.2307/2530872"
)
HILLS_ARMITAGE = (
    "Hills M, Armitage P. The two-period cross-over clinical trial. British Journal of Clinical "
    "Pharmacology 1979;8:7–20"
)
HOFFMAN_GELMAN = (
    "Hoffman MD, Gelman A. The No-U-Turn sampler: adaptively setting path lengths in Hamiltonian "
    "Monte Carlo. Journal of Machine Learning Research 2014;15:1593–1623"
)
HOLM = (
    "Holm S. A simple sequentially rejective multiple test procedure. Scandinavian Journal of "
    "Statistics 1979;6:65–70"
)
KENWARD_MOLENBERGHS = (
    "Kenward MG, Molenberghs G. Likelihood based frequentist inference when data are missing at "
    "random. Statistical Science 1998;13:236–247; doi:10.1214/ss/1028905886"
)
KENWARD_ROGER = (
    "Kenward MG, Roger JH. Small sample inference for fixed effects from restricted maximum "
    "likelihood. Biometrics 1997;53:983–997; doi:10.2307/2533558"
)
MORRIS = (
    "Morris TP, White IR, Crowther MJ. Using simulation studies to evaluate statistical methods. "
    "Statistics in Medicine 2019;38:2074–2102; doi:10.1002/sim.8086"
)
NEUENSCHWANDER = (
    "Neuenschwander B, Weber S, Schmidli H, O'Hagan A. Predictively consistent prior effective "
    "sample sizes. Biometrics 2020;76:578–587; doi:10.1111/biom.13252"
)
OHAGAN = (
    "O'Hagan A, Stevens JW, Campbell MJ. Assurance in clinical trial design. Pharmaceutical "
    "Statistics 2005;4:187–201; doi:10.1002/pst.175"
)
ONEILL = (
    "O'Neill ME. PCG: a family of simple fast space-efficient statistically good algorithms for "
    "random number generation. Harvey Mudd College, technical report HMC-CS-2014-0905, 2014"
)
OWEN = (
    "Owen DB. A special case of a bivariate non-central t-distribution. Biometrika "
    "1965;52:437–446; doi:10.1093/biomet/52.3-4.437"
)
PATTERSON_THOMPSON = (
    "Patterson HD, Thompson R. Recovery of inter-block information when block sizes are unequal. "
    "Biometrika 1971;58:545–554; doi:10.1093/biomet/58.3.545"
)
ROYCHOUDHURY = (
    "Roychoudhury S, Scheuer N, Neuenschwander B. Beyond p-values: a phase II dual-criterion "
    "design with statistical significance and clinical relevance. Clinical Trials "
    "2018;15:452–461"
)
RUBIN = (
    "Rubin DB. Inference and missing data. Biometrika 1976;63:581–592; doi:10.1093/biomet/63.3.581"
)
SCHUIRMANN = (
    "Schuirmann DJ. A comparison of the two one-sided tests procedure and the power approach for "
    "assessing the equivalence of average bioavailability. Journal of Pharmacokinetics and "
    "Biopharmaceutics 1987;15:657–680; doi:10.1007/BF01068419"
)
SENN = (
    "Senn S. Cross-over Trials in Clinical Research. 2nd edition. Chichester: Wiley; 2002; "
    "doi:10.1002/0470854596"
)
TREFETHEN_WEIDEMAN = (
    "Trefethen LN, Weideman JAC. The exponentially convergent trapezoidal rule. SIAM Review "
    "2014;56:385–458; doi:10.1137/130932132"
)
VEHTARI = (
    "Vehtari A, Gelman A, Simpson D, Carpenter B, Bürkner PC. Rank-normalization, folding, and "
    "localization: an improved R̂ for assessing convergence of MCMC. Bayesian Analysis "
    "2021;16:667–718; doi:10.1214/20-BA1221"
)
WIENS_DMITRIENKO = (
    "Wiens BL, Dmitrienko A. The fallback procedure for evaluating a single family of hypotheses. "
    "Journal of Biopharmaceutical Statistics 2005;15:929–942; doi:10.1080/10543400500265660"
)
WILSON = (
    "Wilson EB. Probable inference, the law of succession, and statistical inference. Journal of "
    "the American Statistical Association 1927;22:209–212; doi:10.1080/01621459.1927.10502953"
)
