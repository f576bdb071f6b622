"""Flares: fast rise, exponential decay."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star
from exoval.units import MINUTES_PER_DAY

#: amplitudes and rates of the two exponentials of the decay, in full widths at half maximum
DECAY = ((0.6890, 1.600), (0.3030, 0.2783))
#: coefficients of the rise from one full width at half maximum before the peak
RISE = (1.0, 1.941, -0.175, -2.246, -1.125)


@dataclass(frozen=True, kw_only=True)
class Flares:
    """Flares of the template of Davenport et al. (2014, ApJ 797, 122), averaged over the exposure.

    ``per_day`` is the rate of flares above the amplitude ``smallest_ppm`` on a star of
    ``hottest_kelvin`` or cooler; hotter stars do not flare; amplitudes follow a power law of index
    ``power`` in number, up to a thousand times the smallest. Widths at half maximum are log-normal
    about ``width_minutes`` with 0.3 dex.
    """

    per_day: float = 0.05
    hottest_kelvin: float = 4500.0
    smallest_ppm: float = 500.0
    power: float = -2.0
    width_minutes: float = 10.0

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        flux = np.zeros(len(sampling))
        if not star.teff <= self.hottest_kelvin:
            return flux
        begin, end = sampling.time[0], sampling.time[-1]
        for peak in rng.uniform(begin, end, rng.poisson(self.per_day * (end - begin))):
            height = 1e-6 * self.smallest_ppm * self._amplitude(rng)
            width = self.width_minutes / MINUTES_PER_DAY * 10 ** (0.3 * rng.standard_normal())
            near = slice(
                *np.searchsorted(
                    sampling.time,
                    [peak - width - sampling.exposure, peak + 20 * width + sampling.exposure],
                )
            )
            flux[near] += height * flare_mean(
                sampling.time[near] - peak, width, exposure=sampling.exposure
            )
        return flux

    def _amplitude(self, rng: np.random.Generator) -> float:
        """A draw from the power law between 1 and 1000."""
        index = self.power + 1
        if abs(index) < 1e-9:
            return 1000 ** rng.random()
        return (1 + rng.random() * (1000**index - 1)) ** (1 / index)


def flare(time: np.ndarray, width: float) -> np.ndarray:
    """Return the brightness of a flare of unit height at times from its peak.

    ``width`` is the full width at half maximum, in the unit of ``time``.
    """
    x = np.asarray(time) / width
    rise = sum(c * np.clip(x, -1, 0) ** k for k, c in enumerate(RISE))
    decay = sum(share * np.exp(-rate * np.clip(x, 0, None)) for share, rate in DECAY)
    return np.where(x < -1, 0.0, np.where(x < 0, np.clip(rise, 0, None), decay))


def flare_mean(time: np.ndarray, width: float, *, exposure: float) -> np.ndarray:
    """Return ``flare`` averaged over exposures centred on the times."""
    steps = min(max(math.ceil(8 * exposure / width), 1), 200)
    instants = exposure * ((np.arange(steps) + 0.5) / steps - 0.5)
    return flare(np.asarray(time)[:, None] + instants[None, :], width).mean(axis=1)
