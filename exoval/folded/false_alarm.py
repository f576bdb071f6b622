"""Probability that boxes without an event reach the event's strength by chance."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import log_ndtr

#: fewest boxes for a distribution
FEWEST = 30
#: more boxes than this are thinned out evenly: thousands are enough for the tail
MOST = 4000


def log_false_alarm(pulls: np.ndarray, *, strength: float, count: int) -> float:
    """Decimal logarithm of P(sum of ``count`` draws from ``pulls`` / sqrt(count) > ``strength``).

    The bootstrap of Jenkins, Smith & Chaplin 2002 (ApJ 564, 495) without drawing: the saddlepoint
    of the empirical distribution (Lugannani & Rice 1980, Adv. Appl. Prob. 12, 475), smoothed by a
    Gaussian kernel of Silverman's width so that it has a tail. The normal tail of the boxes' spread
    is a lower limit: a finite sample of boxes cannot show that the noise is better than that. 0
    for a strength at or below the mean; NaN with too few boxes.
    """
    if len(pulls) < FEWEST or count < 1 or not math.isfinite(strength):
        return math.nan
    pulls = np.sort(pulls)[:: -(-len(pulls) // MOST)]
    spread = float(np.std(pulls))
    width = 1.06 * spread * len(pulls) ** -0.2
    mean = strength / math.sqrt(count)
    if not spread > 0 or mean <= pulls.mean():
        return 0.0 if spread > 0 else math.nan
    tilt = _saddlepoint(pulls, width, mean)
    cumulant, _, variance = _cumulants(pulls, width, tilt)
    root = math.sqrt(max(2 * count * (tilt * mean - cumulant), 1e-12))
    other = tilt * math.sqrt(count * variance)
    # Barndorff-Nielsen's form of the tail stays positive arbitrarily far out
    deviate = root + math.log(other / root) / root if other > 0 else root
    normal = -(strength - math.sqrt(count) * pulls.mean()) / spread
    return float(max(log_ndtr(-deviate), log_ndtr(normal))) / math.log(10)


def _saddlepoint(pulls: np.ndarray, width: float, mean: float) -> float:
    """Tilt at which the tilted distribution has the given mean, by guarded Newton steps."""
    low, high = 0.0, (mean - pulls.mean()) / width**2
    tilt = min((mean - pulls.mean()) / (pulls.var() + width**2), high)
    for _ in range(40):
        _, slope, variance = _cumulants(pulls, width, tilt)
        low, high = (tilt, high) if slope < mean else (low, tilt)
        step = tilt - (slope - mean) / variance
        tilt, before = (step if low < step < high else 0.5 * (low + high)), tilt
        if abs(tilt - before) <= 1e-6 * tilt:
            break
    return tilt


def _cumulants(pulls: np.ndarray, width: float, tilt: float) -> tuple[float, float, float]:
    """Cumulant generating function of the smoothed distribution and its two derivatives."""
    exponent = tilt * pulls
    top = exponent.max()
    share = np.exp(exponent - top)
    total = share.sum()
    share /= total
    mean = float(share @ pulls)
    variance = float(share @ (pulls - mean) ** 2)
    kernel = width * width
    return (
        top + math.log(total / len(pulls)) + 0.5 * kernel * tilt * tilt,
        mean + kernel * tilt,
        variance + kernel,
    )
