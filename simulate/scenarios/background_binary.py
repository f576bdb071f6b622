"""An eclipsing binary behind or before the target, too close on the sky to be told apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.physics.limb_darkening import quadratic_limb_darkening
from exoval.physics.stellar_relations import radius_from_mass, teff_from_mass
from exoval.populations.galactic_disc import GalacticDisc
from exoval.star import Star
from exoval.system import Source, System
from simulate.complete_star import SOLAR_LOGG
from simulate.observation import Observation
from simulate.scenarios.binary_orbit import draw_binary

#: an eclipse hides at most about half of a binary's light
DEEPEST_ECLIPSE = 0.5
#: magnitude of a target whose own is unknown
DEFAULT_MAGNITUDE = 14.0


@dataclass(frozen=True)
class BackgroundBinary:
    """The constant target and an eclipsing pair of the field within the blend radius.

    The pair is fainter than the target by up to ``maximum_magnitude_difference``, or less where
    even a total eclipse would drown in noise.
    """

    field: GalacticDisc
    minimum_period_days: float
    maximum_period_days: float
    maximum_magnitude_difference: float = 9.0
    faintest_snr: float = 5.0

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """Two sources: the target and the pair at a random place in the blend disc."""
        target = observation.star
        periods = (self.minimum_period_days, self.maximum_period_days)
        faintest = self._faintest(observation)
        difference = float(rng.uniform(0, faintest))
        pair = self._field_star(rng, observation, difference)
        drawn = draw_binary(rng, observation, pair, periods)
        share = 1 / (1 + 10 ** (0.4 * difference))
        radius = observation.blend_radius_arcsec * math.sqrt(rng.random())
        angle = 2 * math.pi * rng.random()
        band = observation.band
        background = Source(share, radius * math.cos(angle), radius * math.sin(angle),
                            quadratic_limb_darkening(pair.teff, pair.logg, band), drawn.orbit)
        foreground = Source(1 - share, limb_darkening=quadratic_limb_darkening(
            target.teff, target.logg, band))
        area = math.pi * observation.blend_radius_arcsec**2
        stars = math.log(area) + self.field.log_prob(pair.magnitude, band, target.ra, target.dec)
        truth = drawn.truth | {"magnitude_difference": difference, "offset_arcsec": radius,
                               "primary_mass_solar": pair.mass}
        return System("background_binary", (background, foreground), truth,
                      stars + drawn.log_prior, drawn.log_proposal - math.log(faintest))

    def _faintest(self, observation: Observation) -> float:
        """Magnitudes below the target at which the deepest eclipse is just detectable."""
        duration = 0.1 * self.minimum_period_days
        depth = observation.detectable_depth(self.minimum_period_days, duration,
                                             self.faintest_snr)
        if not math.isfinite(depth):
            return self.maximum_magnitude_difference
        limit = 2.5 * math.log10(max(DEEPEST_ECLIPSE / depth, 1.1))
        return min(limit, self.maximum_magnitude_difference)

    def _field_star(self, rng: np.random.Generator, observation: Observation, difference: float
                    ) -> Star:
        """The pair's primary: a dwarf of the field that appears with the drawn magnitude."""
        target = observation.star
        base = target.magnitude if math.isfinite(target.magnitude) else DEFAULT_MAGNITUDE
        magnitude = base + difference
        mass = float(self.field.sample(rng, 1, magnitude, observation.band, target.ra,
                                       target.dec)[0])
        radius = float(radius_from_mass(mass))
        return Star("background", radius, mass, float(teff_from_mass(mass)),
                    SOLAR_LOGG + math.log10(mass / radius**2), magnitude=magnitude)
