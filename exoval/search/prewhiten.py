"""Prewhitening: find and subtract sinusoids, which a box search mistakes for transits.

Detrending leaves the variation of stars that pulsate or rotate within a day or two. Folded at any
multiple of its period a sinusoid looks like a dip, strong enough to hide planets a hundred times
above the threshold. Kepler's pipeline subtracts harmonics before it searches (Jenkins et al. 2010,
ApJ 713, L87). Here they are subtracted only if a sinusoid explains the light curve better than the
found box, so that transits and eclipses are never fitted away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from exoval.lazy_module import LazyModule
from exoval.lightcurve import LightCurve
from exoval.search.folding import bin_in_time
from exoval.search.weighted_flux import weighted_flux

if TYPE_CHECKING:
    from astropy import timeseries
else:
    timeseries = LazyModule("astropy.timeseries")

#: periods in days; shorter sinusoids average out in boxes, detrending removes longer ones
SHORTEST, LONGEST = 0.1, 5.0
#: trial frequencies per inverse baseline, and bins of time per shortest period
OVERSAMPLING, BINS_PER_WAVE = 5.0, 10
#: number of sinusoids fitted together, and their least gain as a share of the strongest one's
AT_ONCE, LEAST_SHARE = 8, 0.3
#: least separation, in inverse baselines, of two sinusoids that are fitted separately
APART = 3.0
#: smallest weight of a cadence or bin, which avoids divisions by zero
LEAST_WEIGHT = 1e-12
#: longest baseline in days; more than a century is an error in the times
LONGEST_BASELINE = 40_000.0


@dataclass(frozen=True)
class WaveSpectrum:
    """The gain in likelihood of a sinusoid at every trial ``frequency`` (1/d, ascending).

    ``gain`` is twice the gain in log likelihood, comparable with the square of a box's
    signal-to-noise ratio; shape (frequencies,).
    """

    frequency: np.ndarray
    gain: np.ndarray
    baseline: float

    @property
    def strongest(self) -> float:
        """The largest gain."""
        return float(self.gain.max(initial=0.0))

    def peaks(self, least: float, *, count: int = AT_ONCE) -> np.ndarray:
        """Return the frequencies of the highest peaks with a gain of ``least`` or more."""
        gain, found = self.gain.copy(), []
        least = max(least, LEAST_SHARE * self.strongest)
        while len(found) < count and gain.max(initial=0.0) >= least > 0:
            best = self.frequency[np.argmax(gain)]
            found.append(best)
            gain[np.abs(self.frequency - best) < APART / self.baseline] = 0
        return np.array(found)


def wave_spectrum(light_curve: LightCurve) -> WaveSpectrum | None:
    """Return the spectrum of sinusoids of a detrended light curve (Lomb 1976, ApSS 39, 447).

    Cadences are summed in bins of a tenth of the shortest period. None for a baseline shorter than
    two of the shortest periods or longer than a century, and for fewer than ten cadences. Raises
    BadLightCurve for descending times.
    """
    data = weighted_flux(light_curve)
    if data is None or not 2 * SHORTEST < data.baseline < LONGEST_BASELINE or len(data) < 10:
        return None
    time = data.time - data.time[0]
    binned = bin_in_time(time, data.weight, data.signal, SHORTEST / BINS_PER_WAVE)
    heavy = binned[1] > LEAST_WEIGHT
    time, weight, signal = (values[heavy].astype(float) for values in binned)
    shortest = max(SHORTEST, 4 * data.cadence)
    longest = min(LONGEST, 0.5 * data.baseline)
    if len(time) < 10 or longest <= shortest:
        return None
    step = 1 / (OVERSAMPLING * data.baseline)
    frequency = np.arange(1 / longest, 1 / shortest, step)
    power = timeseries.LombScargle(
        time, signal / weight, weight**-0.5, fit_mean=False, center_data=False
    ).power(frequency, method="fast", normalization="psd", assume_regular_frequency=True)
    return WaveSpectrum(frequency, 2 * np.nan_to_num(power), data.baseline)


def prewhitened(
    light_curve: LightCurve, *, least_gain: float, spectrum: WaveSpectrum, rounds: int = 2
) -> LightCurve:
    """Subtract from a light curve the sinusoids that gain at least ``least_gain``.

    In each round the strongest ones are fitted together, with their own frequencies; ``spectrum``
    is that of the light curve, which is detrended and has usable cadences only.
    """
    for number in range(rounds):
        spectrum = wave_spectrum(light_curve) if number else spectrum
        frequencies = np.empty(0) if spectrum is None else spectrum.peaks(least_gain)
        if len(frequencies) == 0:
            break
        light_curve = _subtracted(light_curve, frequencies)
    return light_curve


def _subtracted(light_curve: LightCurve, frequencies: np.ndarray) -> LightCurve:
    """Subtract sinusoids near these frequencies; the level stays."""
    data = weighted_flux(light_curve)
    time = data.time - 0.5 * (data.time[0] + data.time[-1])
    root_weight = np.sqrt(np.maximum(data.weight, LEAST_WEIGHT))
    flux = data.signal / root_weight**2
    frequencies = np.array([_sharpened(one, time, flux, root_weight) for one in frequencies])
    waves = _waves(frequencies, time)
    size, *_ = np.linalg.lstsq(waves * root_weight[:, None], flux * root_weight, rcond=None)
    return replace(light_curve, flux=light_curve.flux - data.scale * (waves @ size))


def _waves(frequencies: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Cosines and sines, shape (cadences, 2 frequencies)."""
    angle = 2 * np.pi * np.outer(time, frequencies)
    return np.concatenate([np.cos(angle), np.sin(angle)], axis=1)


def _sharpened(
    frequency: float, time: np.ndarray, flux: np.ndarray, root_weight: np.ndarray
) -> float:
    """The frequency of the best-fitting sinusoid, by Gauss-Newton steps from a peak's."""
    baseline = time[-1] - time[0]
    found = frequency
    for _ in range(3):
        cosine, sine = _waves(np.array([found]), time).T
        # a cos + b sin, and its derivatives by frequency for a and b of one
        columns = np.stack([cosine, sine, -2 * np.pi * time * sine, 2 * np.pi * time * cosine], 1)
        a, b, da, db = np.linalg.lstsq(
            columns * root_weight[:, None], flux * root_weight, rcond=None
        )[0]
        found += (a * da + b * db) / max(a * a + b * b, 1e-30)
        if abs(found - frequency) > 1 / baseline:
            return frequency
    return found
