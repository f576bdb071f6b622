"""Simulated target stars of a mission without a catalogue: dwarfs in a field."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from exoval.errors import BadParameter
from exoval.physics.stellar_relations import radius_from_mass, teff_from_mass
from exoval.populations.galactic_disc import GalacticDisc
from exoval.star import Star, surface_gravity

#: magnitudes, relative to the target's, of the neighbours that crowd its aperture, and their bins
BRIGHTER, FAINTER, BIN = -1.0, 6.0, 0.5
#: attempts to draw a mass within the range before it is drawn uniformly
TRIES = 30


@dataclass(frozen=True, kw_only=True)
class TargetStars:
    """Main-sequence stars between two magnitudes of the mission's band, at positions in a field.

    The number of stars grows as 10^(``magnitude_slope`` m): 0 is uniform, 0.3 typical of the sky.
    Masses (solar) follow the model of the Galaxy at that magnitude, between ``lightest`` and
    ``heaviest``. Positions are uniform within ``field_radius_degrees`` of ``ra_degrees``,
    ``dec_degrees``; 180 is the whole sky. The position determines the density of background stars
    and the crowding of the aperture. Radii scatter about the main sequence by
    ``radius_scatter_dex``; evolution has enlarged stars above 0.9 solar masses by up to
    ``grown_by_dex``. Raises BadParameter for empty ranges.
    """

    brightest: float = 10.0
    faintest: float = 15.0
    magnitude_slope: float = 0.0
    lightest: float = 0.6
    heaviest: float = 1.4
    ra_degrees: float = 290.67
    dec_degrees: float = 44.5
    field_radius_degrees: float = 7.0
    radius_scatter_dex: float = 0.03
    grown_by_dex: float = 0.15
    galaxy: GalacticDisc = field(default_factory=GalacticDisc)

    def __post_init__(self) -> None:
        if not (self.brightest < self.faintest and 0 < self.lightest < self.heaviest):
            raise BadParameter(
                f"magnitudes {self.brightest} to {self.faintest}, masses {self.lightest} to "
                f"{self.heaviest}; give brightest < faintest and 0 < lightest < heaviest"
            )
        if not (0 <= self.ra_degrees <= 360 and -90 <= self.dec_degrees <= 90):
            raise BadParameter(
                f"ra_degrees={self.ra_degrees}, dec_degrees={self.dec_degrees}; "
                "give a place on the sky, 0 to 360 and -90 to 90"
            )
        if not 0 < self.field_radius_degrees <= 180:
            raise BadParameter(
                f"field_radius_degrees={self.field_radius_degrees}; give a radius "
                "above 0 and at most 180 (the whole sky)"
            )

    def sample(self, rng: np.random.Generator, target: str, *, band: str) -> Star:
        """Draw one star named ``target``, with a position and a magnitude in ``band``."""
        magnitude = self._magnitude(rng)
        ra, dec = self._place(rng)
        mass = self._mass(rng, magnitude, band=band, ra=ra, dec=dec)
        grown = self.grown_by_dex * rng.random() * min(max((mass - 0.9) / 0.2, 0.0), 1.0)
        log_ratio = grown + self.radius_scatter_dex * rng.standard_normal()
        radius = float(radius_from_mass(mass)) * 10**log_ratio
        return Star(
            target=target,
            radius=radius,
            mass=mass,
            teff=float(teff_from_mass(mass)),
            logg=surface_gravity(mass=mass, radius=radius),
            metallicity=float(rng.normal(-0.05, 0.2)),
            magnitude=magnitude,
            ra=ra,
            dec=dec,
        )

    def crowding(
        self, rng: np.random.Generator, star: Star, *, band: str, aperture_arcsec: float
    ) -> float:
        """Draw the target's share of the light in an aperture of that radius, given its field."""
        others = 0.0
        for difference in np.arange(BRIGHTER, FAINTER, BIN) + 0.5 * BIN:
            density = self.galaxy.density(
                star.magnitude + difference, band=band, ra=star.ra, dec=star.dec
            )
            count = rng.poisson(density * BIN * math.pi * aperture_arcsec**2)
            others += count * 10 ** (-0.4 * difference)
        return 1 / (1 + others)

    def _magnitude(self, rng: np.random.Generator) -> float:
        share, slope = rng.random(), self.magnitude_slope * math.log(10)
        width = self.faintest - self.brightest
        if abs(slope) < 1e-9:
            return self.brightest + share * width
        return self.brightest + math.log1p(share * math.expm1(slope * width)) / slope

    def _place(self, rng: np.random.Generator) -> tuple[float, float]:
        """A position, uniform over the field's spherical cap."""
        cosine = 1 - rng.random() * (1 - math.cos(math.radians(self.field_radius_degrees)))
        turn = 2 * math.pi * rng.random()
        sine = math.sqrt(max(1 - cosine**2, 0.0))
        centre = math.radians(self.dec_degrees)
        height = math.sin(centre) * cosine + math.cos(centre) * sine * math.cos(turn)
        east = sine * math.sin(turn)
        north = math.cos(centre) * cosine - math.sin(centre) * sine * math.cos(turn)
        ra = (self.ra_degrees + math.degrees(math.atan2(east, north))) % 360
        return ra, math.degrees(math.asin(min(max(height, -1.0), 1.0)))

    def _mass(
        self, rng: np.random.Generator, magnitude: float, *, band: str, ra: float, dec: float
    ) -> float:
        drawn = self.galaxy.sample(rng, TRIES, magnitude, band=band, ra=ra, dec=dec)
        drawn = drawn[(drawn >= self.lightest) & (drawn <= self.heaviest)]
        if len(drawn):
            # the model's masses are on a grid with steps of 4 %
            mass = float(drawn[0]) * math.exp(0.02 * rng.uniform(-1, 1))
            return min(max(mass, self.lightest), self.heaviest)
        return float(rng.uniform(self.lightest, self.heaviest))
