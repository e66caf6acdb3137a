"""Nodes over τ, the SD of effects between the sexes."""

import math

import numpy as np
from numpy.typing import NDArray

from planner.compiled import kernel

FloatArray = NDArray[np.float64]

TAU_FIXED, TAU_HALF_NORMAL = 0, 1
SMALLEST_TAU = 1e-4
"""τ = 0, in units of the smallest standard error of an effect."""
TAU_REACH = 4.8
"""Largest τ considered, in scales of its prior, unless its posterior reaches further."""
LONGEST = (3.2, 4.8)
"""Ranges of t up to which the rules of 9 and 15 nodes serve."""

NEAR_ZERO = 0.15
"""Share of the range of t near 0 that has a rule of its own at the finest levels."""

# Gauss-Kronrod nodes and weights on (0, 1) and, at the embedded Gauss nodes, the ratio of the
# Gauss to the Kronrod weight (Kronrod 1965; Piessens et al. 1983, QUADPACK). Half of each rule.
_K9 = np.array([
    [0.0, 0.3464429818901364, 0.0],
    [0.3399810435848563, 0.3269491896014516, 0.6521451548625461],
    [0.6402862174963100, 0.2667983404522844, 0.0],
    [0.8611363115940526, 0.1700536053357227, 0.3478548451374538],
    [0.9765602507375731, 0.0629773736654730, 0.0],
])  # fmt: skip
_K15 = np.array([
    [0.0, 0.209482141084727828, 0.417959183673469388],
    [0.207784955007898468, 0.204432940075298892, 0.0],
    [0.405845151377397167, 0.190350578064785410, 0.381830050505118945],
    [0.586087235467691130, 0.169004726639267903, 0.0],
    [0.741531185599394440, 0.140653259715525919, 0.279705391489276668],
    [0.864864423359769073, 0.104790010322250184, 0.0],
    [0.949107912342758525, 0.063092092629978553, 0.129484966168869693],
    [0.991455371120812640, 0.022935322010529225, 0.0],
])  # fmt: skip
_K21 = np.array([
    [0.0, 0.149445554002916906, 0.0],
    [0.148874338981631211, 0.147739104901338491, 0.295524224714752870],
    [0.294392862701460198, 0.142775938577060081, 0.0],
    [0.433395394129247191, 0.134709217311473326, 0.269266719309996355],
    [0.562757134668604683, 0.123491976262065851, 0.0],
    [0.679409568299024406, 0.109387158802297642, 0.219086362515982044],
    [0.780817726586416897, 0.093125454583697606, 0.0],
    [0.865063366688984511, 0.075039674810919953, 0.149451349150580593],
    [0.930157491355708226, 0.054755896574351996, 0.0],
    [0.973906528517171720, 0.032558162307964727, 0.066671344308688138],
    [0.995657163025808081, 0.011694638867371874, 0.0],
])  # fmt: skip


@kernel
def tau_nodes(
    kind: int, scale: float, unit: float, level: int, stretch: float, tau: FloatArray,
    log_weight: FloatArray, nested: FloatArray,
) -> int:  # fmt: skip
    """Nodes and log weights of the prior of τ, and the factor of each in the nested rule.

    Gauss-Kronrod in t with τ = unit · sinh t, so that nodes are evenly spread where τ is small
    against the standard error of an effect (`unit`) and logarithmic beyond. `level` 0 has 9, 15
    or 21 nodes, 1 has 21 and further ones 42, half of them near 0; `stretch` lengthens their
    range. Returns their number.
    """
    if kind == TAU_FIXED:
        tau[0] = max(scale, SMALLEST_TAU * unit)
        log_weight[0], nested[0] = 0.0, 1.0
        return 1
    last = math.asinh(TAU_REACH * stretch * scale / unit)
    rule = _K21
    if level == 0 and last <= LONGEST[1]:
        rule = _K9 if last <= LONGEST[0] else _K15
    n = 2 * len(rule) - 1
    panels = 2 if level >= 2 else 1
    for i in range(panels * n):
        k = i % n - len(rule) + 1
        start = NEAR_ZERO * last if i >= n else 0.0
        width = last - start if i >= n or panels == 1 else NEAR_ZERO * last
        t = start + 0.5 * width * (1.0 + math.copysign(rule[abs(k), 0], k))
        tau[i] = max(unit * math.sinh(t), SMALLEST_TAU * unit)
        log_weight[i] = math.log(width * rule[abs(k), 1] * math.cosh(t))
        log_weight[i] -= 0.5 * (tau[i] / scale) ** 2
        nested[i] = rule[abs(k), 2] / rule[abs(k), 1]
    return panels * n
