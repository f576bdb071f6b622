"""Detection statistics in noise of any colour, by whitening in wavelet bands.

The statistic of Kepler's transiting planet search (Jenkins 2002, ApJ 575, 493; Jenkins et al. 2010,
SPIE 7740, 77400D). The light curve is split into octaves of frequency. In each the noise is
measured as it changes with time, and flux and pulse are divided by it: with flux x and pulse s in
band i and noise sigma_i, a single event has the statistic N / sqrt(D), N the sum over bands and
cadences of x_i s_i / sigma_i^2, D that of s_i^2 / sigma_i^2. Several events have
sum N / sqrt(sum D), of unit variance where the noise is Gaussian and its spectrum smooth over an
octave. The filter is approximately the inverse of the noise's covariance, so that N / D is the
depth by generalized least squares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from exoval.whitening.cells import Cells, cells
from exoval.whitening.fill_gaps import fill_gaps
from exoval.whitening.running_noise import running_noise
from exoval.whitening.wavelet_bands import band_responses, white_share

#: days over which noise is local
NOISE_DAYS = 12.0
#: fewest independent coefficients of a band from which its noise is measured
FEWEST_COEFFICIENTS = 48
#: Detrending removes variation slower than this, days. It leaves little noise in slower bands, but
#: also little of an event that it did not know, or trend under one that it did: these bands count
#: as no quieter than the slowest one that it leaves alone.
TREND_DAYS = 1.0
#: bands beyond that one: two octaves, and one of all slower variation
SLOW_BANDS = 3
#: fewest cells of a light curve
FEWEST_CELLS = 64
#: least noise of a band over the white error, so that flux without noise has a finite strength
LEAST_NOISE = 1e-6
#: least share of a box, that holds data, for a statistic of noise
LEAST_COVERAGE = 0.75


@dataclass(frozen=True, kw_only=True)
class WhitenedEvents:
    """Events of one ephemeris; arrays of shape (events,), in order of ``number``.

    ``gain`` is N and ``information`` D of each: depth is N / D in relative flux.
    """

    number: np.ndarray
    gain: np.ndarray
    information: np.ndarray

    @property
    def strength(self) -> np.ndarray:
        """Single-event statistics N / sqrt(D)."""
        return self.gain / np.sqrt(self.information)

    @property
    def total_strength(self) -> float:
        """Multiple-event statistic, sum N / sqrt(sum D); NaN without information."""
        total = float(self.information.sum())
        return float(self.gain.sum()) / total**0.5 if total > 0 else float("nan")


@dataclass(frozen=True, kw_only=True)
class WhitenedLightCurve:
    """A light curve's wavelet bands and their noise.

    ``precision`` holds one over the squared noise of every band, in white errors, shape (bands,
    samples); the samples are the cells, followed by a stretch that joins the end to the beginning.
    ``weight`` is that of the cadences. ``weighted_dip``, shape (cells,), is the inverse of the
    noise's covariance times the dip, in white errors, and 0 in empty cells. ``quiet`` is the dip
    of the samples, in white errors, with gaps and hidden events filled.
    """

    cells: Cells
    weight: np.ndarray
    responses: np.ndarray
    precision: np.ndarray
    weighted_dip: np.ndarray
    quiet: np.ndarray

    def inverse(self, values: np.ndarray) -> np.ndarray:
        """The noise's inverse covariance times ``values``, of shape (cells,) or (samples,)."""
        return _inverse(values, self.responses, self.precision)

    def events(self, shape: np.ndarray, number: np.ndarray) -> WhitenedEvents:
        """The events of a ``shape``, counted by ``number``; both of shape (cadences,).

        ``shape`` is the dip at each cadence of an event of depth 1, and 0 outside: a box where it
        is inside the event. Light that a neighbouring event shares with one is counted to each by
        halves.
        """
        pulse = self.cells.mean(shape.astype(float), self.weight)
        within = np.flatnonzero(pulse > 0)
        if len(within) == 0:
            return WhitenedEvents(
                number=np.empty(0, dtype=np.int64), gain=np.empty(0), information=np.empty(0)
            )
        of_cell = np.zeros(self.cells.count, dtype=np.int64)
        of_cell[self.cells.number[shape > 0]] = number[shape > 0]
        first = of_cell[within].min()
        member = of_cell[within] - first
        gain = np.bincount(member, (pulse * self.weighted_dip)[within])
        information = np.bincount(member, (pulse * self.inverse(pulse))[within])
        found = np.flatnonzero(information > 0)
        return WhitenedEvents(
            number=found + first, gain=gain[found], information=information[found]
        )

    def empty_boxes(self, clear: np.ndarray, *, duration: float) -> np.ndarray:
        """Single-event statistics of boxes of ``duration`` (days) that hold ``clear`` cadences.

        Boxes overlap by half. Those with less than three quarters of their cells are left out.
        Hidden events count no more beside themselves than in their place.
        """
        width = max(round(duration / self.cells.step), 1)
        if width > self.cells.count:
            return np.empty(0)
        usable = np.zeros(self.cells.count, dtype=bool)
        usable[self.cells.number[clear]] = True
        usable[self.cells.number[~clear]] = False
        scale = np.sqrt(np.bincount(self.cells.number, self.weight, self.cells.count))
        weighted_dip = self.inverse(self.quiet)[: self.cells.count]
        starts = np.arange(0, self.cells.count - width + 1, max(width // 2, 1))
        full, gain, power = (
            _box_sums(values, starts, width)
            for values in (usable, usable * scale * weighted_dip, usable * scale**2)
        )
        middle = starts + width // 2
        information = power / width * self._box_information(width)[middle]
        chosen = (full >= LEAST_COVERAGE * width) & (information > 0)
        return gain[chosen] / np.sqrt(information[chosen])

    def _box_information(self, width: int) -> np.ndarray:
        """Information of a box of depth 1 white error at every sample: its power in each band."""
        size = self.precision.shape[1]
        box = np.abs(rfft(np.ones(width), size)) ** 2
        box[1 : (size + 1) // 2] *= 2
        power = self.responses**2 @ box / size
        return power @ self.precision


def _box_sums(values: np.ndarray, starts: np.ndarray, width: int) -> np.ndarray:
    """Sums of ``width`` values from each of the starts on."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return total[starts + width] - total[starts]


def whiten(
    time: np.ndarray,
    dip: np.ndarray,
    weight: np.ndarray,
    *,
    exposure: float,
    hidden: np.ndarray | None = None,
    noise_dip: np.ndarray | None = None,
) -> WhitenedLightCurve | None:
    """Measure the noise of a detrended light curve in every band, and whiten its dip.

    ``time`` (days, ascending), ``dip`` (one minus relative flux) and ``weight`` (one over its
    squared error) have shape (cadences,). Gaps are filled by what is beside them, mirrored; filled
    cells count neither for the noise nor for a statistic. ``hidden`` cadences, those of a known
    event, are replaced in the same way before the noise is measured, lest the event raise it.
    ``noise_dip`` is what the noise is measured from, where that is not all of ``dip``. None for
    fewer than 64 cells or if no noise can be measured.
    """
    grid = cells(time, exposure=exposure)
    if grid.count < FEWEST_CELLS:
        return None
    free = max(int(np.floor(np.log2(TREND_DAYS / grid.step) - 0.5)), 1)
    bands = max(min(free + SLOW_BANDS, int(np.log2(grid.count / 16))), 2)
    size = next_fast_len(grid.count + min(grid.count, 2 ** (bands + 1)), real=True)
    known = np.zeros(size, dtype=bool)
    known[: grid.count] = grid.full
    values = np.zeros(size)
    values[: grid.count] = grid.mean(dip, weight)
    quiet = known.copy()
    if hidden is not None:
        quiet[grid.number[hidden]] = False
    if not quiet.any():
        return None
    responses = band_responses(size, bands)
    stochastic = values
    if noise_dip is not None:
        stochastic = np.zeros(size)
        stochastic[: grid.count] = grid.mean(noise_dip, weight)
    noise = _noise(fill_gaps(stochastic, quiet), quiet, responses, step=grid.step, free=free)
    if not np.isfinite(noise).all():
        return None
    precision = noise**-2.0
    weighted_dip = _inverse(fill_gaps(values, known), responses, precision)[: grid.count]
    return WhitenedLightCurve(
        cells=grid,
        weight=weight,
        responses=responses,
        precision=precision,
        weighted_dip=np.where(grid.full, weighted_dip, 0.0),
        quiet=fill_gaps(values, quiet),
    )


def _noise(
    values: np.ndarray, known: np.ndarray, responses: np.ndarray, *, step: float, free: int
) -> np.ndarray:
    """Noise of every band in white errors, shape (bands, samples)."""
    size, transform = len(values), rfft(values)
    noise = np.empty((len(responses), size))
    for band, response in enumerate(responses):
        period = 2 ** (band + 1)
        window = max(round(NOISE_DAYS / step), FEWEST_COEFFICIENTS * period)
        own = running_noise(
            irfft(transform * response, size), known, window=window, stride=max(period // 4, 1)
        )
        noise[band] = own / np.sqrt(white_share(response, size))
    # a short light curve may have no slower bands
    noise[free:] = np.maximum(noise[free:], noise[min(free, len(noise)) - 1])
    return np.maximum(noise, LEAST_NOISE)


def _inverse(values: np.ndarray, responses: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Sum over bands of values in the band, over squared noise, in the band again."""
    size = precision.shape[1]
    transform = rfft(values, size)
    total = np.zeros(len(transform), dtype=complex)
    for response, own in zip(responses, precision):
        total += response * rfft(irfft(transform * response, size) * own)
    return irfft(total, size)[: len(values)]
