"""The octaves of frequency that an undecimated wavelet transform tells apart."""

from __future__ import annotations

from math import comb

import numpy as np

#: vanishing moments: Daubechies' filter of twelve taps, that of Kepler's pipeline
MOMENTS = 6


def band_responses(size: int, bands: int) -> np.ndarray:
    """Response of each band at the frequencies of ``scipy.fft.rfft``, (bands, size // 2 + 1).

    Band i (from 0) holds periods of 2^(i+1) to 2^(i+2) samples, the last one all longer ones. These
    are the amplitudes of the overcomplete transform by Daubechies' wavelet (Jenkins 2002, ApJ 575,
    493, eq. 13-16) without its phases, which cancel in products of two transforms but for a shift
    in time. Each includes the weight 2^-i/2 of that paper, so that the squares add up to 1 at every
    frequency: the sum over bands of the products of two series is their product.
    """
    frequency = np.arange(size // 2 + 1) / size
    low = np.ones(len(frequency))
    responses = np.empty((bands, len(frequency)))
    for band in range(bands - 1):
        sine = np.sin(np.pi * frequency * 2**band) ** 2
        # half the squared amplitude of the low-pass filter (Daubechies 1988)
        passed = (1 - sine) ** MOMENTS * sum(
            comb(MOMENTS - 1 + k, k) * sine**k for k in range(MOMENTS)
        )
        passed = np.clip(passed, 0.0, 1.0)
        responses[band] = np.sqrt(low * (1 - passed))
        low = low * passed
    responses[-1] = np.sqrt(low)
    return responses


def white_share(response: np.ndarray, size: int) -> float:
    """Share of the variance of white noise that a band keeps."""
    power = response**2
    both_sides = 2 * power.sum() - power[0] - (power[-1] if size % 2 == 0 else 0.0)
    return float(both_sides / size)
