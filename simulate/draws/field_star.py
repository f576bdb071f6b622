"""Draw an unrelated star near the target, for every background and nearby scenario."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from exoval.errors import BadParameter
from exoval.physics.aperture_leak import ApertureLeak
from exoval.star import Star
from simulate.draws.dwarf import dwarf
from simulate.observation import Observation

#: magnitude that is assumed for a target of unknown magnitude
DEFAULT_MAGNITUDE = 14.0
#: least range of magnitudes of a zone, also if no star in it could be visible
NARROWEST_RANGE = 0.1
#: duration of events at the shortest period, as a share of the period
SHORTEST_DURATION = 0.1


class Field(Protocol):
    """Stars of the sky by magnitude; ``sample`` returns masses of those of one magnitude."""

    def sample(
        self,
        rng: np.random.Generator,
        size: int,
        magnitude: float,
        *,
        band: str,
        ra: float,
        dec: float,
    ) -> np.ndarray: ...
    def log_prob(self, magnitude: float, *, band: str, ra: float, dec: float) -> float: ...


@dataclass(frozen=True)
class SkyZone:
    """A ring around the target, and the share of a star's light there that reaches the aperture.

    ``inner`` and ``outer`` are in arcsec. ``leak`` is None if stars of the ring are inside the
    aperture, like the target. Raises BadParameter for an empty ring.
    """

    inner: float
    outer: float
    leak: ApertureLeak | None = None
    pixel_scale_arcsec: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.inner < self.outer:
            raise BadParameter(
                f"no sky between {self.inner} and {self.outer} arcsec; make the "
                "reach of nearby stars larger than the mission's blend radius"
            )

    @property
    def area(self) -> float:
        """Area of the ring in square arcsec."""
        return math.pi * (self.outer**2 - self.inner**2)

    def draw_offset(self, rng: np.random.Generator) -> tuple[float, float]:
        """Column and row, in arcsec, of a random position, uniform over the ring."""
        share, turn = rng.random(2)
        radius = math.sqrt(self.inner**2 + share * (self.outer**2 - self.inner**2))
        return radius * math.cos(2 * math.pi * turn), radius * math.sin(2 * math.pi * turn)

    def leak_at(self, offset: tuple[float, float]) -> float:
        """Light that reaches the aperture from ``offset``, relative to the target's position."""
        if self.leak is None:
            return 1.0
        return float(self.leak.relative(math.hypot(*offset) / self.pixel_scale_arcsec))


@dataclass(frozen=True, kw_only=True)
class FieldStar:
    """A star of the field: its share of the aperture's light, position and log densities."""

    star: Star
    share: float
    offset: tuple[float, float]
    log_prior: float
    log_proposal: float
    truth: dict[str, float] = field(default_factory=dict)


def draw_field_star(
    rng: np.random.Generator,
    observation: Observation,
    *,
    field_stars: Field,
    zone: SkyZone,
    magnitudes: tuple[float, float],
    deepest_dip: float,
    shortest_period: float,
    faintest_snr: float = 5.0,
) -> FieldStar:
    """A dwarf at a uniform position in the zone, uniform in magnitude difference to the target.

    ``magnitudes`` are the smallest and largest difference to the target. The largest is reduced
    to where a dip of ``deepest_dip`` (relative to the star) every ``shortest_period`` days just
    reaches ``faintest_snr``. The prior is the number of such stars in the zone per magnitude;
    masses are drawn from the field, so that their densities cancel.
    """
    target, band = observation.star, observation.band
    offset = zone.draw_offset(rng)
    leak = zone.leak_at(offset)
    depth = observation.detectable_depth(
        shortest_period, duration=SHORTEST_DURATION * shortest_period, signal_to_noise=faintest_snr
    )
    faintest = min(magnitudes[1], _faintest_difference(depth / deepest_dip, leak))
    faintest = max(faintest, magnitudes[0] + NARROWEST_RANGE)
    difference = float(rng.uniform(magnitudes[0], faintest))
    base = target.magnitude if math.isfinite(target.magnitude) else DEFAULT_MAGNITUDE
    magnitude = base + difference
    mass = float(field_stars.sample(rng, 1, magnitude, band=band, ra=target.ra, dec=target.dec)[0])
    light = leak * 10 ** (-0.4 * difference)
    log_prior = math.log(zone.area) + field_stars.log_prob(
        magnitude, band=band, ra=target.ra, dec=target.dec
    )
    truth = {
        "magnitude_difference": difference,
        "offset_arcsec": math.hypot(*offset),
        "aperture_leak": leak,
        "log_eligible_stars": log_prior,
    }
    return FieldStar(
        star=dwarf(mass, name="field", magnitude=magnitude),
        share=light / (1 + light),
        offset=offset,
        log_prior=log_prior,
        log_proposal=-math.log(faintest - magnitudes[0]),
        truth=truth,
    )


def _faintest_difference(least_share: float, leak: float) -> float:
    """Magnitudes below the target at which a star has the smallest detectable share of light."""
    if not math.isfinite(least_share):
        return math.inf
    least_share = min(least_share, 0.99)
    return 2.5 * math.log10(leak * (1 - least_share) / least_share)
