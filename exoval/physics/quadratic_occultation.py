"""Light of a quadratically limb-darkened disc that an opaque disc hides, in closed form.

The integrals are those of Mandel & Agol 2002 (ApJ 580, L171). Green's theorem reduces them to the
arc of the occulting limb, as in Agol, Luger & Foreman-Mackey 2020 (AJ 159, 123). Two cases remain:
the limb wholly inside the disc, and the limbs crossing. Each needs complete elliptic integrals of
one modulus, computed together by Bulirsch's (1969, Numer. Math. 13, 305) descending transformation.
"""

from __future__ import annotations

import math

from numba import njit

#: modulus below which the complementary integrals equal their limit to rounding
_LEAST_MODULUS = 1e-12
#: the transformation converges quadratically: from this difference the next step is below 1e-15
_CONVERGED = 3e-8


@njit(cache=True, error_model="numpy")
def elliptic_pair(
    modulus: float, first: float, second: float, pole: float, poled_second: float
) -> tuple:
    """Return two complete elliptic integrals of one complementary modulus 0 < ``modulus`` <= 1.

    They are the integrals from 0 to pi/2 of (first c + second s) / D and of (c + poled_second s) /
    (c + pole s) / D, with c = cos^2, s = sin^2, D = sqrt(c + modulus^2 s) and ``pole`` > 0.
    """
    kc, shrinking, arithmetic = modulus, modulus, 1.0
    a, b, p = first, second, 1.0
    q = math.sqrt(pole)
    c, d = 1.0, poled_second / q
    while True:
        old, step = a, shrinking / p
        a += b / p
        b = 2 * (b + old * step)
        p += step
        old, step = c, shrinking / q
        c += d / q
        d = 2 * (d + old * step)
        q += step
        before = arithmetic
        arithmetic += kc
        if abs(before - kc) <= before * _CONVERGED:
            break
        kc = 2 * math.sqrt(shrinking)
        shrinking = kc * arithmetic
    plain = (a * arithmetic + b) / (arithmetic * (arithmetic + p))
    poled = (c * arithmetic + d) / (arithmetic * (arithmetic + q))
    return 0.5 * math.pi * plain, 0.5 * math.pi * poled


@njit(cache=True, error_model="numpy")
def hidden_share(z: float, k: float, u1: float, u2: float) -> float:
    """Return the share of a disc's light hidden by an opaque disc of ``k`` radii at ``z`` radii.

    The disc's intensity is 1 - u1 (1 - mu) - u2 (1 - mu)^2. Holds for any z >= 0 and k >= 0, with
    an absolute error below 1e-13.

    >>> round(hidden_share(0.0, 0.1, 0.0, 0.0), 12)
    0.01
    """
    if z >= 1 + k or k <= 0:
        return 0.0
    if z <= k - 1:
        return 1.0
    # the grouping keeps differences exact where the radii are nearly equal
    gap = (z - k) ** 2
    depth = (1 + k - z) * (z + (1 - k))  # 1 - (z - k)^2
    beyond = (k - z) * (k + z)
    if z <= 1 - k:
        area = math.pi * k * k
        moment = 0.5 * area * (k * k + 2 * z * z)
        arc = _inner_arc(z, k, gap, depth, beyond)
    else:
        area, moment = _lens(z, k)
        arc = _crossing_arc(z, k, gap, depth, beyond)
    # the arc's integral jumps by pi where the limb passes the centre; this term cancels the jump
    turns = 1.0 if k > z else 0.5 if k == z else 0.0
    linear = (2 * math.pi * turns - arc) / 3  # integral of mu
    quadratic = area - moment  # integral of mu^2
    hidden = (1 - u1 - u2) * area + (u1 + 2 * u2) * linear - u2 * quadratic
    return hidden / (math.pi * (1 - u1 / 3 - u2 / 6))


@njit(cache=True, error_model="numpy")
def _lens(z: float, k: float) -> tuple:
    """Area of the overlap of a unit disc and a disc of k, and the integral of r^2 over it."""
    # twice the kite of the two centres and the two crossings
    kite = math.sqrt(max((z + k + 1) * (k + 1 - z) * (z + (1 - k)) * (z - (1 - k)), 0.0))
    own = math.atan2(kite, z * z + (1 - k) * (1 + k))
    other = math.atan2(kite, z * z - (1 - k) * (1 + k))
    area = own + k * k * other - 0.5 * kite
    moment = 0.5 * (own + k * k * (k * k + 2 * z * z) * other) - 0.125 * kite * (
        1 + 5 * k * k + z * z
    )
    return area, moment


@njit(cache=True, error_model="numpy")
def _inner_arc(z: float, k: float, gap: float, depth: float, beyond: float) -> float:
    """Integral of (1 - r^2)^(3/2) d(polar angle) along the whole occulting limb, r < 1."""
    m = 4 * z * k / depth
    complement = max(((1 - k) - z) * (1 + z + k) / depth, _LEAST_MODULUS**2)  # 1 - m
    kc = math.sqrt(complement)
    # A^2/3 [(3 - m) B + kc^2 (3 - 2m) D] - beyond A [B + kc^2 D], B and D the basic integrals
    first = depth * (depth * (3 - m) / 3 - beyond)
    second = depth * complement * (depth * (3 - 2 * m) / 3 - beyond)
    if gap == 0:
        return 2 / math.sqrt(depth) * elliptic_pair(kc, first, second, 1.0, 1.0)[0]
    plain, poled = elliptic_pair(kc, first, second, (z + k) ** 2 / gap, complement)
    return 2 / math.sqrt(depth) * (plain + depth * beyond / gap * poled)


@njit(cache=True, error_model="numpy")
def _crossing_arc(z: float, k: float, gap: float, depth: float, beyond: float) -> float:
    """The same along the part of the occulting limb that lies on the disc."""
    m = depth / (4 * z * k)
    complement = max((z - (1 - k)) * (z + k + 1) / (4 * z * k), _LEAST_MODULUS**2)  # 1 - m
    kc = math.sqrt(complement)
    # m [(3m - 1) B + kc^2 D] / 3m is the integral of cos^4, B that of cos^2
    first = depth * (4 * z * k * (3 * m - 1) / 3 - beyond)
    second = depth * 4 * z * k * complement / 3
    if gap == 0:
        return elliptic_pair(kc, first, second, 1.0, 1.0)[0] / math.sqrt(z * k)
    plain, poled = elliptic_pair(kc, first, second, 1 / gap, 0.0)
    return (plain + depth * beyond / gap * poled) / math.sqrt(z * k)
