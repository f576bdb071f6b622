"""Rolling bands: a moving pattern in the background of one season's detector channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star


@dataclass(frozen=True, kw_only=True)
class RollingBands:
    """Oscillations in every ``seasons``-th segment of a ``share`` of the stars.

    Some of Kepler's amplifiers oscillate at a frequency that drifts with their temperature, and the
    moire pattern rolls over the pixels of stars on those channels (Van Cleve & Caldwell 2016,
    Kepler Instrument Handbook, section 6.7). A star comes back to a channel every fourth quarter,
    so that the bands look like events with a period of a year, the most frequent false alarm of
    four years of data (Thompson et al. 2018, ApJS 235, 38). ``ppm`` is the amplitude and
    ``period_days`` the time in which the pattern repeats, medians of log-normal distributions with
    ``scatter_dex`` and ``period_scatter_dex``. Bands come and go: each lasts about
    ``lasting_days``.
    """

    share: float = 0.1
    ppm: float = 80.0
    scatter_dex: float = 0.4
    period_days: float = 1.0
    period_scatter_dex: float = 0.3
    lasting_days: float = 6.0
    seasons: int = 4

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation, relative flux of shape (cadences,)."""
        # of its own generator: all other draws are the same with these bands and without
        rng = rng.spawn(1)[0]
        flux = np.zeros(len(sampling))
        affected, season = rng.random() < self.share, int(rng.integers(self.seasons))
        amplitude = 1e-6 * self.ppm * 10 ** (self.scatter_dex * rng.standard_normal())
        period = self.period_days * 10 ** (self.period_scatter_dex * rng.standard_normal())
        if not affected:
            return flux
        for segment in sampling.segments[season :: self.seasons]:
            flux[segment] = amplitude * self._bands(rng, sampling.time[segment], period)
        return flux

    def _bands(self, rng: np.random.Generator, time: np.ndarray, period: float) -> np.ndarray:
        """Unit oscillations under some bell-shaped envelopes, each at a frequency of its own."""
        length = time[-1] - time[0] + self.lasting_days
        number = 1 + rng.poisson(length / (4 * self.lasting_days))
        bands = np.zeros(len(time))
        for middle in rng.uniform(time[0], time[-1], number):
            away = time - middle
            frequency = np.exp(0.3 * rng.standard_normal()) / period
            # the frequency drifts by about a third while the band lasts
            drift = 0.3 * rng.standard_normal() * frequency / self.lasting_days
            angle = 2 * np.pi * (rng.random() + frequency * away + 0.5 * drift * away**2)
            bands += np.exp(-0.5 * (away / (0.5 * self.lasting_days)) ** 2) * np.cos(angle)
        return bands
