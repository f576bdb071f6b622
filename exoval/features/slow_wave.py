"""What comes and goes slowly with the orbit (reflection, tides, beaming): no noise, no dip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: waves a period; tides raise two, and what detrending leaves of them beside events a third
HARMONICS = 3
#: gain in chi-squared of a wave beyond what its amplitudes cost; chance brings as much once in
#: 60,000 times
LEAST_GAIN = 20.0
#: cost of the two amplitudes of a harmonic (Akaike 1974, IEEE Trans. Autom. Control 19, 716)
COST = 4.0
#: error of the level, in those of a box, above which a wave is not told from a dip
MOST_ERROR = 2.0
#: fits, each leaving out the strongest dip above the one before
ROUNDS = 3


@dataclass(frozen=True)
class SlowWave:
    """The ``level`` of each box, shape (boxes,), and its largest ``error`` in errors of a box."""

    level: np.ndarray
    error: float


def slow_wave(phase: np.ndarray, depth: np.ndarray, error: np.ndarray, away: np.ndarray,
              guard: float, steps: int, noise: float) -> SlowWave:
    """A constant, or a few harmonics of the period that are certain, beneath boxes at all phases.

    ``phase``, ``depth`` and white-noise ``error`` of boxes of which ``steps`` overlap, shape
    (boxes,); ``away`` are those that count, and neighbours of the strongest dip within ``guard``
    of its phase do not. Errors are ``noise`` times the white ones. Harmonics are only taken with
    the lower ones, if chance would hardly gain as much and the level beneath every box stays
    known within ``MOST_ERROR``: on a quiet star there is none, and the level is the median.
    """
    waves = np.stack([np.ones(len(phase)), *(
        part(2 * np.pi * harmonic * phase) for harmonic in range(1, HARMONICS + 1)
        for part in (np.cos, np.sin))], axis=1)
    found = _levelled(np.zeros(len(phase)), 0.0, depth, away)
    for _ in range(ROUNDS):
        strength = np.where(away, (depth - found.level) / error, -np.inf)
        distance = np.abs((phase - phase[np.argmax(strength)] + 0.5) % 1 - 0.5)
        wave, doubt = _best_wave(waves, depth, error, away, away & (distance > guard), steps,
                                 noise)
        found = _levelled(wave, doubt, depth, away)
    return found


def _levelled(wave: np.ndarray, doubt: float, depth: np.ndarray, away: np.ndarray) -> SlowWave:
    """The wave about the median, which skewed flux such as beside flares does not move."""
    middle = float(np.median((depth - wave)[away])) if away.any() else 0.0
    return SlowWave(wave + middle, doubt)


def _best_wave(waves: np.ndarray, depth: np.ndarray, error: np.ndarray, away: np.ndarray,
               used: np.ndarray, steps: int, noise: float) -> tuple[np.ndarray, float]:
    """The wave of best penalised likelihood over ``used`` boxes and its largest error."""
    rows = waves[used] / error[used, None]
    curvature, slope = rows.T @ rows, rows.T @ (depth[used] / error[used])
    best, most = (np.zeros(len(depth)), 0.0), LEAST_GAIN
    constant = slope[0]**2 / curvature[0, 0] if used.any() else 0.0
    for harmonics in range(1, HARMONICS + 1):
        count = 2 * harmonics + 1
        if used.sum() <= steps * count:
            break
        covariance = np.linalg.pinv(curvature[:count, :count], hermitian=True)
        variance = np.sum((waves[away, :count] @ covariance) * waves[away, :count], axis=1)
        doubt = float(np.sqrt(steps * np.max(variance / error[away]**2)))
        solution = covariance @ slope[:count]
        # neighbouring boxes share most of their cadences
        gain = (slope[:count] @ solution - constant) / (steps * noise**2) - COST * harmonics
        if doubt <= MOST_ERROR and gain > most:
            best, most = (waves[:, :count] @ solution, doubt), gain
    return best
