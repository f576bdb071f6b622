"""Albedos and reflection coefficients of pairs, which vary between their eclipses."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from exoval.errors import BadParameter
from exoval.physics.eclipse_flux import companion_share
from exoval.physics.phase_curve import phase_amplitudes
from exoval.system import Orbit, PhaseCurve, Source, System

#: stars above this mass (solar) have radiative envelopes
RADIATIVE_ABOVE = 1.4
#: gravity darkening of a convective (Lucy 1967) and of a radiative envelope (von Zeipel 1924)
CONVECTIVE, RADIATIVE = 0.32, 1.0
#: relative flux below which a phase curve is left out: it is below the noise of any survey
FAINTEST = 1e-6


@dataclass(frozen=True)
class PhaseCurves:
    """Uniform geometric albedos of dark companions and reflection coefficients of stars.

    A planet's albedo in the band includes reflected and thermal light: 0 to 0.4 spans the hot
    Jupiters of Kepler (Esteves et al. 2015, ApJ 804, 150). A star's coefficient is the
    semi-amplitude in units of (R/a)^2 times the light of the other star, about a third of its
    bolometric albedo of 0.5 to 1 (Faigler & Mazeh 2011, MNRAS 415, 3921, find 0.1 to 0.5). Raises
    BadParameter for an empty or negative range.
    """

    albedo: tuple[float, float] = (0.0, 0.4)
    star_reflection: tuple[float, float] = (0.1, 0.5)

    def __post_init__(self) -> None:
        for name in ("albedo", "star_reflection"):
            low, high = getattr(self, name)
            if not 0 <= low <= high:
                raise BadParameter(f"phase curves {name}={[low, high]}; give 0 <= low <= high")

    def sample(
        self, rng: np.random.Generator, size: int, is_dark: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw the reflection coefficients of body 1 and of body 2, each of shape (size,)."""
        low, high = self.star_reflection
        first, second = rng.random((2, size))
        ours = low + (high - low) * first
        if not is_dark:
            return ours, low + (high - low) * second
        # a geometric albedo covers the full amplitude from new to full phase: twice the
        # semi-amplitude
        return ours, 0.5 * (self.albedo[0] + (self.albedo[1] - self.albedo[0]) * second)

    def log_prob(self, first: np.ndarray, second: np.ndarray, is_dark: bool) -> np.ndarray:
        """Return the log density of a pair of coefficients; minus infinity outside the ranges."""
        density = 0.0
        halved = (0.5 * self.albedo[0], 0.5 * self.albedo[1])
        ranges = (self.star_reflection, halved if is_dark else self.star_reflection)
        for value, (low, high) in zip((first, second), ranges):
            inside = (np.asarray(value) >= low) & (np.asarray(value) <= high)
            with np.errstate(divide="ignore"):
                density = density + np.where(inside, -np.log(high - low), -np.inf)
        return density

    def dress(self, rng: np.random.Generator, system: System) -> System:
        """Return the system with a phase curve on every orbit where it is valid and detectable.

        The system's truth holds ``primary_mass_solar``. Pairs that are too close for the detached
        model, and phase curves below ``FAINTEST``, are left without.
        """
        sources = tuple(
            self._shine(rng, source, system.truth.get("primary_mass_solar", math.nan))
            for source in system.sources
        )
        return replace(system, sources=sources)

    def _shine(self, rng: np.random.Generator, source: Source, primary_mass: float) -> Source:
        return source.with_orbits(
            self._shining(rng, orbit, primary_mass, limb_darkening=source.limb_darkening)
            for orbit in source.orbits
        )

    def _shining(
        self,
        rng: np.random.Generator,
        orbit: Orbit,
        primary_mass: float,
        *,
        limb_darkening: tuple[float, float],
    ) -> Orbit:
        reflection = self.sample(rng, 1, orbit.surface_brightness_ratio == 0)
        if not (orbit.mass_ratio > 0 and math.isfinite(primary_mass)):
            return orbit
        masses = primary_mass, primary_mass * orbit.mass_ratio
        curve = PhaseCurve(
            primary_mass,
            tuple(RADIATIVE if mass > RADIATIVE_ABOVE else CONVECTIVE for mass in masses),
            reflection=tuple(float(value[0]) for value in reflection),
        )
        shining = replace(orbit, phase_curve=curve)
        if strongest(shining, limb_darkening=limb_darkening) < FAINTEST:
            return orbit
        return shining


def strongest(orbit: Orbit, *, limb_darkening: tuple[float, float]) -> float:
    """Return the largest semi-amplitude of a phase curve, relative to the pair's light.

    0 where the detached model is not valid.
    """
    try:
        amplitudes = phase_amplitudes(orbit, limb_darkening=limb_darkening)
    except BadParameter:
        return 0.0
    share = companion_share(orbit)
    return max(
        *(
            own * max(amplitudes.ellipsoidal[body], amplitudes.beaming[body])
            for body, own in ((0, 1 - share), (1, share))
        ),
        *amplitudes.reflection,
    )


def without_phase_curves(system: System) -> System:
    """Return the system with its eclipses only."""
    sources = (
        source.with_orbits(replace(orbit, phase_curve=None) for orbit in source.orbits)
        for source in system.sources
    )
    return replace(system, sources=tuple(sources))
