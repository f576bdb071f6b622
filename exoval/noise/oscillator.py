"""A noise-driven, damped harmonic oscillator, sampled exactly at any times.

The process x'' + (w0 / Q) x' + w0^2 x = white noise has the power spectrum of the "SHO" term of
Foreman-Mackey et al. (2017, AJ 154, 220). For Q = 1/sqrt(2) this is the spectrum of granulation:
flat below w0 and falling with the fourth power of frequency above. Position and velocity form a
Markov process whose transition over any step has a closed form, so sampling is exact and costs
O(cadences).
"""

from __future__ import annotations

import math

import numba
import numpy as np


def oscillator(
    rng: np.random.Generator,
    time: np.ndarray,
    *,
    angular_frequency: float,
    quality: float,
    rms: float,
) -> np.ndarray:
    """Draw one realisation at ascending ``time``, shape (cadences,).

    ``angular_frequency`` is w0 in radians per unit of time, ``quality`` Q > 0, ``rms`` the
    standard deviation of the process.
    """
    # the closed form divides by zero exactly at critical damping
    quality = quality if abs(quality - 0.5) > 1e-4 else 0.5001
    kicks = rng.standard_normal((len(time), 2))
    return rms * _positions(
        np.ascontiguousarray(time, dtype=np.float64),
        kicks,
        float(angular_frequency),
        float(quality),
    )


def averaged_oscillator(
    rng: np.random.Generator,
    time: np.ndarray,
    *,
    exposure: float,
    angular_frequency: float,
    quality: float,
    rms: float,
    most_steps: int = 48,
) -> np.ndarray:
    """Draw one realisation averaged over each exposure, shape (cadences,).

    Exposures must not overlap. The mean is taken over instants at most 1/w0 apart, up to
    ``most_steps`` of them.
    """
    steps = min(max(math.ceil(exposure * angular_frequency), 1), most_steps)
    instants = (np.arange(steps) + 0.5) / steps - 0.5
    times = (time[:, None] + exposure * instants[None, :]).ravel()
    values = oscillator(rng, times, angular_frequency=angular_frequency, quality=quality, rms=rms)
    return values.reshape(len(time), steps).mean(axis=1)


@numba.njit(cache=True)
def _transition(step: float, w0: float, quality: float) -> tuple:
    """Transition matrix (row by row) over ``step`` of position and velocity / w0."""
    damping = w0 / (2 * quality)
    decay = math.exp(-damping * step)
    if quality > 0.5:
        w = math.sqrt(w0 * w0 - damping * damping)
        c, s = decay * math.cos(w * step), decay * math.sin(w * step) / w
    else:
        w = math.sqrt(damping * damping - w0 * w0)
        # exp(-a t) cosh(w t), w < a, written without overflow
        fast, slow = math.exp(-(damping + w) * step), math.exp(-(damping - w) * step)
        c, s = 0.5 * (slow + fast), 0.5 * (slow - fast) / w
    return c + damping * s, w0 * s, -w0 * s, c - damping * s


@numba.njit(cache=True)
def _positions(time: np.ndarray, kicks: np.ndarray, w0: float, quality: float) -> np.ndarray:
    """Unit-variance positions; the stationary covariance of (x, v / w0) is the unit matrix."""
    x, v = 0.0, 0.0
    last_step = -1.0
    a = b = c = d = l11 = l21 = l22 = 0.0
    out = np.empty(len(time))
    for i in range(len(time)):
        if i == 0:
            x, v = kicks[0, 0], kicks[0, 1]
        else:
            step = time[i] - time[i - 1]
            if abs(step - last_step) > 1e-12 * abs(step):
                a, b, c, d = _transition(step, w0, quality)
                # covariance of the kick is 1 - Phi Phi^T; l is its Cholesky factor
                l11 = math.sqrt(max(1 - a * a - b * b, 0.0))
                l21 = -(a * c + b * d) / l11 if l11 > 0 else 0.0
                l22 = math.sqrt(max(1 - c * c - d * d - l21 * l21, 0.0))
                last_step = step
            x, v = (
                a * x + b * v + l11 * kicks[i, 0],
                c * x + d * v + l21 * kicks[i, 0] + l22 * kicks[i, 1],
            )
        out[i] = x
    return out
