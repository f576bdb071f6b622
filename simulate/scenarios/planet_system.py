"""Several planets of the target star, of which at least one transits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.populations.planet_systems import PlanetSystems
from exoval.populations.transit_timing import TransitTiming
from exoval.system import System
from simulate.draws.further_planets import draw_further_planets
from simulate.draws.planet_orbit import Eccentricities, PlanetOccurrence, draw_planet
from simulate.draws.star_source import star_source
from simulate.observation import Observation
from simulate.scenarios.planet import Planet


@dataclass(frozen=True, kw_only=True)
class PlanetSystem:
    """The target alone, with two or more planets.

    The first planet is drawn as that of ``planet`` and transits; the others are drawn from
    ``systems``, given the first, and transit where their inclinations let them. The weight is that
    of the first planet: its occurrence and chance of transit over its proposal. Each of the star's
    planets is a ``planet`` to whoever judges it, and has that label.
    """

    label: ClassVar[str] = "planet"
    meaning: ClassVar[LabelMeaning] = Planet.meaning
    occurrence: PlanetOccurrence
    systems: PlanetSystems
    eccentricities: Eccentricities
    minimum_period_days: float
    maximum_period_days: float
    minimum_radius_earth: float = 0.5
    maximum_radius_earth: float = 22.0
    timing: TransitTiming | None = None

    def draw(self, rng: np.random.Generator, observation: Observation) -> System:
        """One source with the orbits of all planets that transit."""
        star = observation.star
        first = draw_planet(
            rng,
            observation,
            star,
            occurrence=self.occurrence,
            eccentricities=self.eccentricities,
            periods=(self.minimum_period_days, self.maximum_period_days),
            radii=(self.minimum_radius_earth, self.maximum_radius_earth),
            timing=self.timing,
        )
        companions = draw_further_planets(
            rng,
            observation,
            star,
            first,
            systems=self.systems,
            eccentricities=self.eccentricities,
            timing=self.timing,
            shortest_period=self.minimum_period_days,
        )
        transiting = [
            one for one in companions if one.orbit.impact_parameter < 1 + one.orbit.radius_ratio
        ]
        source = star_source(star, 1.0, band=observation.band, orbit=first.orbit)
        counts = {
            "n_planets": 1.0 + len(companions),
            "n_transiting_planets": 1.0 + len(transiting),
        }
        return System(
            scenario="planet_system",
            sources=(source.with_orbits([first.orbit, *(one.orbit for one in transiting)]),),
            truth=first.truth | counts,
            log_prior=first.log_prior,
            log_proposal=first.log_proposal,
            further_truth=tuple(one.truth for one in transiting),
        )
