"""Granulation: brightness variation by convection at the surface of cool stars."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.noise.oscillator import averaged_oscillator
from exoval.noise.sampling import Sampling
from exoval.star import SOLAR_LOGG, SOLAR_TEFF, Star
from exoval.units import SECONDS_PER_DAY

#: frequency of the Sun's strongest oscillations, micro-Hz (Kallinger et al. 2014)
SOLAR_NU_MAX = 3140.0


@dataclass(frozen=True)
class Granulation:
    """Two granulation components with the amplitudes and frequencies of Kallinger et al. (2014).

    A&A 570, A41. Their spectra, 1 / (1 + (nu / b)^4), are those of oscillators with quality
    1/sqrt(2). With nu_max ~ g / sqrt(Teff): rms = 3710 nu_max^-0.613 (M / M_sun)^-0.26 ppm each, b1
    = 0.317 nu_max^0.970 and b2 = 0.948 nu_max^0.992 micro-Hz. ``scale`` multiplies the rms. Solar
    values replace an unknown gravity, temperature or mass.
    """

    scale: float = 1.0

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray:
        """Draw one realisation averaged over the exposures, relative flux of shape (cadences,)."""
        nu_max = frequency_of_maximum_power(star)
        mass = star.mass if math.isfinite(star.mass) else 1.0
        rms = 1e-6 * self.scale * 3710 * nu_max**-0.613 * min(max(mass, 0.1), 5.0) ** -0.26
        corners = (0.317 * nu_max**0.970, 0.948 * nu_max**0.992)
        angular = [2e-6 * math.pi * corner * SECONDS_PER_DAY for corner in corners]
        return sum(
            averaged_oscillator(
                rng,
                sampling.time,
                exposure=sampling.exposure,
                angular_frequency=frequency,
                quality=math.sqrt(0.5),
                rms=rms,
            )
            for frequency in angular
        )


def frequency_of_maximum_power(star: Star) -> float:
    """Return nu_max (micro-Hz) from gravity and temperature.

    Kjeldsen & Bedding (1995, A&A 293, 87), at least 1 micro-Hz.

    >>> frequency_of_maximum_power(Star(target="KIC 1", teff=5772.0, logg=4.438068))
    3140.0
    """
    logg = star.logg if math.isfinite(star.logg) else SOLAR_LOGG
    teff = star.teff if math.isfinite(star.teff) else SOLAR_TEFF
    # below 1 micro-Hz the relations are not measured
    return max(SOLAR_NU_MAX * 10 ** (logg - SOLAR_LOGG) * (teff / SOLAR_TEFF) ** -0.5, 1.0)
