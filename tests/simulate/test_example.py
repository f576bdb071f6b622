"""One example, with a host and a system that the test knows: what is true and what is measured."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from scipy.stats import kstest

from exoval.detrend.median import Median
from exoval.features.star import StarFeatures
from exoval.features.transit_fit import TransitFitFeatures
from exoval.lightcurve import LightCurve, Segment
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess
from exoval.physics.exact_flux import ExactModel
from exoval.populations.limb_darkening_scatter import LimbDarkeningScatter
from exoval.populations.phase_curves import PhaseCurves
from exoval.recipe import Recipe
from exoval.search.known_ephemeris import KnownEphemeris
from exoval.star import Star
from exoval.system import Orbit, Source, System
from simulate.example import KEPT, Simulation, draw_neighbours, simulate_example

CATALOGUED = Star(
    target="KIC 1", radius=0.9, mass=0.95, teff=5600.0, logg=4.5, metallicity=-0.2, magnitude=12.0
)
#: what the star really is: everything that may differ from the catalogue does
REAL = replace(CATALOGUED, radius=2.7, teff=5000.0, logg=3.6)
ORBIT = Orbit(
    period=6.0, epoch=3.1, radius_ratio=0.1, semi_major_axis_ratio=15.0, impact_parameter=0.0
)
SIGMA = 4e-4


@dataclass(frozen=True)
class WhiteHost:
    """Always the catalogued star, in white noise of a known strength."""

    mission: object
    kind: str = "procedural"

    def draw(self, rng):
        time = 0.00123 + np.arange(0, 60, self.mission.exposure_days)
        flux = 1e4 * (1 + SIGMA * np.random.default_rng(1).standard_normal(len(time)))
        light_curve = LightCurve(
            target="KIC 1",
            mission=self.mission.name,
            time=time,
            flux=flux,
            flux_error=np.full(len(time), 1e4 * SIGMA),
            exposure=self.mission.exposure_days,
            segments=(Segment(number=1, start=0, stop=len(time), crowding=1.0),),
        )
        return light_curve, CATALOGUED


@dataclass(frozen=True)
class AnotherStar:
    """Catalogue errors that always give the same true star."""

    def sample(self, rng, star):
        return REAL


@dataclass
class KnownPlanet:
    """A scenario that always draws one planet, and remembers the star that it was shown."""

    orbit: Orbit = ORBIT
    stars: list = field(default_factory=list)

    def draw(self, rng, observation):
        self.stars.append(observation.star)
        source = Source(flux_fraction=1.0, limb_darkening=(0.0, 0.0), orbit=self.orbit)
        return System(scenario="planet", sources=(source,), truth={"primary_mass_solar": REAL.mass})


@dataclass
class Seen:
    """The search, which remembers the star that it was given."""

    search: KnownEphemeris = field(default_factory=lambda: KnownEphemeris(blind=None))
    stars: list = field(default_factory=list)

    def __call__(self, light_curve, star, expected=None, rng=None):
        self.stars.append(star)
        return self.search(light_curve, star, expected, rng)


def simulation(scenario, mission=None, search=None):
    mission = mission or kepler()
    return Simulation(
        seed=0,
        hosts=WhiteHost(mission),
        scenarios={"planet": scenario},
        transit_model=ExactModel(),
        recipe=Recipe(
            mission=mission,
            detrend=Median(),
            search=search or Seen(),
            features={"star": StarFeatures(), "transit_fit": TransitFitFeatures()},
        ),
        catalogue_errors=AnotherStar(),
        limb_darkening=LimbDarkeningScatter(0.0),
        phase_curves=PhaseCurves(albedo=(0.0, 0.0)),
    )


def test_the_system_belongs_to_the_true_star_and_features_to_the_catalogues():
    """A model must not see what no catalogue knows of a real candidate's star."""
    scenario, search = KnownPlanet(), Seen()
    outcome = simulate_example(simulation(scenario, search=search), "planet", 0)
    assert outcome.status == KEPT, outcome.reason
    assert [star.radius for star in scenario.stars] == [REAL.radius]
    assert search.stars == [CATALOGUED]
    row = outcome.row
    assert row["stellar_radius"] == CATALOGUED.radius and row["teff"] == CATALOGUED.teff
    assert row["logg"] == CATALOGUED.logg and row["metallicity"] == CATALOGUED.metallicity
    # the system has no limb darkening and the fit has, which costs some per cent of the radius
    earths = 0.1 * CATALOGUED.radius * 109.08
    assert row["planet_radius"] == pytest.approx(earths, rel=0.1)


@pytest.mark.parametrize("mission", [kepler(), tess()], ids=["29 minutes", "2 minutes"])
def test_the_expected_strength_is_depth_over_the_error_of_the_mean(mission):
    """Of a box in white noise: depth root of n over sigma, for n cadences in transit."""
    orbit = replace(ORBIT, radius_ratio=0.05)
    truth = simulate_example(simulation(KnownPlanet(orbit), mission), "planet", 0).truth
    host, _ = WhiteHost(mission).draw(None)
    # contacts of a circular central orbit (Winn 2010, eq. 14 and 15); depth grows from the first
    # to the second, so that as many cadences as between their middles are in the box
    outer, inner = (6.0 / math.pi * math.asin((1 + k) / 15.0) for k in (0.05, -0.05))
    away = np.abs((host.time - orbit.epoch + 3.0) % 6.0 - 3.0)
    cadences = (away < 0.25 * (outer + inner)).sum()
    expected = 0.05**2 * math.sqrt(cadences) / SIGMA
    assert truth["expected_snr"] == pytest.approx(expected, rel=0.1)
    assert truth["depth_ppm"] == pytest.approx(2500, rel=0.02)


def test_a_signal_too_weak_to_be_seen_is_not_searched_for():
    weak, search = KnownPlanet(replace(ORBIT, radius_ratio=0.005)), Seen()
    outcome = simulate_example(simulation(weak, search=search), "planet", 0)
    assert outcome.truth["expected_snr"] < 5 and outcome.status == "drawn"
    assert search.stars == [] and outcome.row == {}


@pytest.mark.parametrize("mission", [kepler(), tess()], ids=lambda mission: mission.name)
def test_neighbours_lie_uniformly_over_the_aperture(mission):
    """Area is uniform: the square of the radius is, and the angle."""
    rng = np.random.default_rng(0)
    column, row = np.array([draw_neighbours(rng, mission) for _ in range(3000)]).T
    edge = mission.aperture_radius_pixels * mission.pixel_scale_arcsec
    assert kstest((column**2 + row**2) / edge**2, "uniform").pvalue > 1e-3
    assert kstest(np.arctan2(row, column), "uniform", (-np.pi, 2 * np.pi)).pvalue > 1e-3
