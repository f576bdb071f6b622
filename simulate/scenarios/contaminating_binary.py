"""A bright eclipsing binary far from the target, a little of whose light reaches its aperture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.errors import BadParameter
from exoval.labels import LabelMeaning
from exoval.physics.orbit import durations
from exoval.populations.binary_population import BinaryPopulation
from exoval.populations.log_uniform import LogUniform
from exoval.system import Orbit, System
from simulate.draws.binary_orbit import DEEPEST_ECLIPSE, draw_binary
from simulate.draws.dwarf import dwarf
from simulate.draws.field_star import SHORTEST_DURATION, Field, SkyZone
from simulate.draws.star_source import star_source
from simulate.observation import Observation

#: least ratio of the largest to the smallest share, also where no share could be visible
NARROWEST_RANGE = 1.1
#: strength from which a pipeline's times of eclipses get no better: the template does not fit them
STRONGEST = 50.0


@dataclass(frozen=True, kw_only=True)
class ContaminatingBinary:
    """The constant target and the leaked light of an eclipsing pair far outside its aperture.

    The light comes by the wings of the pair's image, by reflections, along the columns of the
    detector or from another amplifier (Coughlin et al. 2014, AJ 147, 119, section 5). Its share of
    the aperture's light is log-uniform from ``least_share`` to ``most_share``; where even a total
    eclipse would be undetectable the range starts higher. It is nearly flat over the aperture: the
    centre of the leaked light lies within ``offset_pixels`` of the target, in no direction of a
    neighbour. ``sources_per_target`` is the expected number of stars that contaminate a target so.

    Magnitudes of the pairs are uniform from ``brightest`` to ``faintest``: the number of stars
    grows as 10^(0.3 m), and the area that the wings of their images reach, which fall as the third
    power of the distance, shrinks as 10^(-0.27 m).

    The survey has the pair itself among its events in ``listed_share`` of the draws; the others are
    no targets. Raises BadParameter for an empty range of shares or a share outside 0 to 1.
    """

    meaning: ClassVar[LabelMeaning] = LabelMeaning(
        short="CEB",
        description="leaked light of a distant, bright eclipsing binary",
        transits="star",
        counts_as_planet=False,
        on_target=False,
    )
    field: Field
    binaries: BinaryPopulation
    minimum_period_days: float
    maximum_period_days: float
    pixel_scale_arcsec: float
    offset_pixels: float
    least_share: float = 1e-5
    most_share: float = 1e-2
    brightest: float = 6.0
    faintest: float = 13.0
    sources_per_target: float = 0.9
    listed_share: float = 0.34

    def __post_init__(self) -> None:
        if not 0 < NARROWEST_RANGE * self.least_share < self.most_share < 1:
            raise BadParameter(
                f"contaminating_binary has least_share={self.least_share} and "
                f"most_share={self.most_share}; give 0 < least_share < most_share < 1"
            )
        if not 0 <= self.listed_share <= 1:
            raise BadParameter(
                f"contaminating_binary has listed_share={self.listed_share}; give a share of 0 to 1"
            )

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """Two sources: the leaked light of the pair, and the target."""
        target, band = observation.star, observation.band
        periods = (self.minimum_period_days, self.maximum_period_days)
        proposal = self._shares(observation)
        share = float(proposal.sample(rng, 1)[0])
        magnitude = float(rng.uniform(self.brightest, self.faintest))
        mass = self.field.sample(rng, 1, magnitude, band=band, ra=target.ra, dec=target.dec)[0]
        pair = dwarf(float(mass), name="parent", magnitude=magnitude)
        drawn = draw_binary(rng, observation, pair, periods=periods, population=self.binaries)
        offset = SkyZone(0.0, self.offset_pixels * self.pixel_scale_arcsec).draw_offset(rng)
        sources = (
            star_source(pair, share, band=band, orbit=drawn.orbit, offset_arcsec=offset),
            star_source(target, 1 - share, band=band),
        )
        # stars per unit of ln share: as many leak much as leak little
        stars = math.log(self.sources_per_target) + float(
            LogUniform(self.least_share, self.most_share).log_prob(share)
        )
        truth = {"parent_magnitude": magnitude, "log_eligible_stars": stars}
        return System(
            scenario="contaminating_binary",
            sources=sources,
            truth=truth | self._listed(rng, observation, drawn.orbit) | drawn.truth,
            log_prior=stars + drawn.log_prior,
            log_proposal=float(proposal.log_prob(share)) + drawn.log_proposal,
        )

    def _shares(self, observation: Observation) -> LogUniform:
        """The shares of light of which a total eclipse may be seen."""
        shortest = self.minimum_period_days
        depth = observation.detectable_depth(
            shortest, duration=SHORTEST_DURATION * shortest, signal_to_noise=5.0
        )
        highest = self.most_share / NARROWEST_RANGE
        least = depth / DEEPEST_ECLIPSE if math.isfinite(depth) else highest
        return LogUniform(min(max(self.least_share, least), highest), self.most_share)

    def _listed(
        self, rng: np.random.Generator, observation: Observation, orbit: Orbit
    ) -> dict[str, float]:
        """Whether the survey lists the pair, and the ephemeris that its pipeline finds.

        Errors are those of a line through the times of all eclipses: the mean time is off by the
        duration over the strength, the period by sqrt(12) / N times as much.
        """
        is_listed = bool(rng.random() < self.listed_share)
        error = durations(orbit)[0] / STRONGEST * rng.standard_normal(2)
        cycles = max(observation.baseline / orbit.period, 1.0)
        middle = orbit.epoch + round(0.5 * cycles) * orbit.period
        return {
            "parent_is_listed": float(is_listed),
            "parent_epoch_days": middle + float(error[0]),
            "parent_period_days": orbit.period + math.sqrt(12) / cycles * float(error[1]),
        }
