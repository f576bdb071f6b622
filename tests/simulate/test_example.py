"""One example, with a host and a system that the test knows: what is true and what is measured."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from scipy.stats import kstest

from exoval.detrend.median import Median
from exoval.event import TransitEvent
from exoval.features.star import StarFeatures
from exoval.lightcurve import LightCurve, Segment
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess
from exoval.physics.exact_flux import ExactModel
from exoval.populations.limb_darkening_scatter import LimbDarkeningScatter
from exoval.populations.phase_curves import PhaseCurves
from exoval.processing.level import Level
from exoval.processing.time_bins import TimeBins
from exoval.recipe import Recipe
from exoval.search.known_ephemeris import KnownEphemeris
from exoval.star import Star
from exoval.system import Orbit, Source, System
from simulate.example import (
    DRAWN,
    KEPT,
    VISIBLE,
    Simulation,
    draw_neighbours,
    inject_example,
    simulate_events,
    simulate_example,
)

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
    limb_darkening: tuple = (0.0, 0.0)
    stars: list = field(default_factory=list)

    def draw(self, rng, observation):
        self.stars.append(observation.star)
        source = Source(flux_fraction=1.0, limb_darkening=self.limb_darkening, orbit=self.orbit)
        return System(scenario="planet", sources=(source,), truth={"primary_mass_solar": REAL.mass})


@dataclass
class Seen:
    """The search, which remembers the star that it was given."""

    search: KnownEphemeris = field(default_factory=lambda: KnownEphemeris(blind=None))
    stars: list = field(default_factory=list)

    def __call__(self, light_curve, star, expected=None, rng=None):
        self.stars.append(star)
        return self.search(light_curve, star, expected, rng)


def simulation(scenario, mission=None, search=None, **changes):
    mission = mission or kepler()
    settings = {
        "seed": 0,
        "hosts": WhiteHost(mission),
        "scenarios": {"planet": scenario},
        "transit_model": ExactModel(),
        "recipe": Recipe(
            mission=mission,
            detrend=Median(),
            search=search or Seen(),
            features={"star": StarFeatures()},
        ),
        "catalogue_errors": AnotherStar(),
        "limb_darkening": LimbDarkeningScatter(0.0),
        "phase_curves": PhaseCurves(albedo=(0.0, 0.0), star_reflection=(0.0, 0.0)),
    }
    return Simulation(**settings | changes)


def test_the_system_belongs_to_the_true_star_and_features_to_the_catalogues():
    """A model must not see what no catalogue knows of a real candidate's star."""
    scenario, search = KnownPlanet(), Seen()
    outcome = simulate_example(simulation(scenario, search=search), "planet", 0)
    assert outcome.status == KEPT, outcome.reason
    (shown,) = scenario.stars
    assert (shown.radius, shown.teff, shown.logg) == (REAL.radius, REAL.teff, REAL.logg)
    assert search.stars == [CATALOGUED]
    for name in ("teff", "logg", "metallicity", "magnitude"):
        assert outcome.row[name] == getattr(CATALOGUED, name)
    assert outcome.row["stellar_radius"] == CATALOGUED.radius
    assert outcome.row["stellar_density"] == CATALOGUED.density


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


def test_a_survey_s_own_processing_comes_after_the_injection():
    """Cadences are dimmed as long as each exposes, and what is searched is what users publish."""
    mission = kepler(processing={"level": Level(), "bins": TimeBins(0.05)})
    search = Seen()
    asked = simulation(KnownPlanet(), mission, search=search)
    injected = inject_example(
        asked,
        "planet",
        rng=np.random.default_rng(0),
        host=WhiteHost(mission).draw(None)[0],
        star=CATALOGUED,
    )
    assert injected.light_curve.exposure == mission.exposure_days
    assert injected.published.is_processed and injected.published.exposure == 0.05
    binned = mission.processed(injected.light_curve)
    assert np.array_equal(injected.published.flux, binned.flux)
    outcome = simulate_example(asked, "planet", 0)
    assert outcome.status == KEPT, outcome.reason
    plain = simulate_example(simulation(KnownPlanet()), "planet", 0)
    assert outcome.truth["depth_ppm"] == plain.truth["depth_ppm"]


def test_a_signal_too_weak_to_be_seen_is_not_searched_for():
    weak, search = KnownPlanet(replace(ORBIT, radius_ratio=0.005)), Seen()
    outcome = simulate_example(simulation(weak, search=search), "planet", 0)
    assert outcome.truth["expected_snr"] < 5 and outcome.status == DRAWN
    assert search.stars == [] and outcome.row == {}


def test_light_between_eclipses_counts_neither_as_depth_nor_as_strength():
    """A planet that shines as it turns has the depth and strength of a dark one."""
    orbit = replace(ORBIT, radius_ratio=0.12, semi_major_axis_ratio=5.0, mass_ratio=1e-3)
    dark, bright = (
        simulate_example(
            simulation(
                KnownPlanet(orbit),
                phase_curves=PhaseCurves(albedo=(albedo, albedo), star_reflection=(0.0, 0.0)),
                visible_snr=np.inf,
            ),
            "planet",
            0,
        ).truth
        for albedo in (0.0, 5.0)
    )
    assert bright["has_phase_curve"] == 1
    for truth in (dark, bright):
        assert truth["depth_ppm"] == pytest.approx(1e6 * 0.12**2, rel=1e-3)
    assert bright["expected_snr"] == pytest.approx(dark["expected_snr"], rel=1e-6)


def test_limb_darkening_scatters_about_the_tables_as_its_population_says():
    """In the unit square of Kipping (2013), where its normals are."""
    pair = KnownPlanet(limb_darkening=(0.4, 0.3))
    made = simulation(pair, limb_darkening=LimbDarkeningScatter(0.05), visible_snr=np.inf)
    truths = [simulate_example(made, "planet", index).truth for index in range(100)]
    u1, u2 = (np.array([truth[f"limb_darkening_{n}"] for truth in truths]) for n in (1, 2))
    for drawn, centre in (((u1 + u2) ** 2, 0.49), (0.5 * u1 / (u1 + u2), 0.4 / 1.4)):
        assert drawn.mean() == pytest.approx(centre, abs=0.015)
        assert drawn.std() == pytest.approx(0.05, rel=0.25)


def conjunctions_apart(eccentricity, periastron):
    """Share of the period from transit to occultation, by Kepler's equation."""
    anomalies = []
    for true in (0.5 * math.pi - periastron, -0.5 * math.pi - periastron):
        half = math.sqrt((1 - eccentricity) / (1 + eccentricity)) * math.tan(0.5 * true)
        eccentric = 2 * math.atan(half)
        anomalies.append(eccentric - eccentricity * math.sin(eccentric))
    return (anomalies[1] - anomalies[0]) / (2 * math.pi) % 1


@pytest.mark.parametrize("brightness", [0.5, 0.0])
def test_an_event_found_at_the_secondary_is_recovered_where_there_is_one(brightness):
    orbit = replace(
        ORBIT,
        radius_ratio=0.4,
        eccentricity=0.3,
        argument_of_periastron=0.4,
        surface_brightness_ratio=brightness,
    )
    away = 6.0 * conjunctions_apart(0.3, 0.4)
    assert abs(away - 3.0) > 0.5

    def at_secondary(light_curve, star, expected, rng):
        found = replace(expected, epoch=expected.epoch + away)
        return TransitEvent(ephemeris=found, signal_to_noise=100.0)

    outcome = simulate_example(simulation(KnownPlanet(orbit), search=at_secondary), "planet", 0)
    assert outcome.status == (KEPT if brightness else VISIBLE)
    assert outcome.truth["at_secondary"] == bool(brightness)
    assert outcome.truth["found_epoch_days"] == pytest.approx(3.1 + away)


@pytest.mark.parametrize("mission", [kepler(), tess()], ids=lambda mission: mission.name)
def test_neighbours_lie_uniformly_over_the_aperture(mission):
    """Area is uniform: the square of the radius is, and the angle."""
    rng = np.random.default_rng(0)
    column, row = np.array([draw_neighbours(rng, mission) for _ in range(3000)]).T
    edge = mission.aperture_radius_pixels * mission.pixel_scale_arcsec
    assert kstest((column**2 + row**2) / edge**2, "uniform").pvalue > 1e-3
    assert kstest(np.arctan2(row, column), "uniform", (-np.pi, 2 * np.pi)).pvalue > 1e-3


@dataclass
class KnownSystem:
    """A scenario that always draws the same orbits of one star."""

    orbits: tuple
    label: str = "planet"

    def draw(self, rng, observation):
        source = Source(flux_fraction=1.0, limb_darkening=(0.0, 0.0)).with_orbits(self.orbits)
        truths = [{"planet_radius_earth": 10.0 + number} for number in range(len(self.orbits))]
        return System(
            scenario="planet_system",
            sources=(source,),
            truth=truths[0] | {"primary_mass_solar": REAL.mass, "log_transit_probability": -3.0},
            further_truth=tuple(truths[1:]),
            log_prior=-2.0,
            log_proposal=-1.0,
        )


SECOND = replace(ORBIT, period=9.3, epoch=5.7, radius_ratio=0.07, semi_major_axis_ratio=20.0)


def star_of_two(search=None, orbits=(ORBIT, SECOND), **changes):
    scenarios = {"planet_system": KnownSystem(orbits)}
    made = simulation(None, search=search, scenarios=scenarios, **changes)
    return simulate_events(made, "planet_system", 0)


@dataclass
class Finds:
    """A search that finds a given orbit, whatever the light curve."""

    orbit: Orbit

    def __call__(self, light_curve, star, expected=None, rng=None):
        ephemeris = replace(expected, period=self.orbit.period, epoch=self.orbit.epoch)
        return TransitEvent(ephemeris=ephemeris, signal_to_noise=30.0)


@pytest.mark.parametrize("found", [0, 1])
def test_the_row_of_a_star_is_that_of_the_planet_that_was_found(found):
    orbits = (ORBIT, SECOND)
    kept, missed = star_of_two(Finds(orbits[found]))
    assert (kept.number, kept.status, kept.label) == (0, KEPT, "planet"), kept.reason
    assert (missed.number, missed.status, missed.label) == (1, VISIBLE, "planet")
    assert kept.truth["event_kind"] == ("further_signal" if found else "signal")
    assert missed.truth["event_kind"] == "missed" and missed.row == {}
    for outcome, number in ((kept, found), (missed, 1 - found)):
        truth, orbit = outcome.truth, orbits[number]
        assert truth["orbit_number"] == 1 + number
        assert (truth["period_days"], truth["epoch_days"]) == (orbit.period, orbit.epoch)
        assert truth["radius_ratio"] == orbit.radius_ratio
        assert truth["planet_radius_earth"] == 10.0 + number
        # the depth and strength of this planet alone: a dark disc before a uniform one
        assert truth["depth_ppm"] == pytest.approx(1e6 * orbit.radius_ratio**2, rel=1e-3)
        assert (truth["log_prior"], truth["log_proposal"]) == (-2.0, -1.0)
    further = (kept, missed)[1 - found].truth
    assert further["first_period_days"] == 6.0
    assert further["first_planet_radius_earth"] == 10.0
    assert further["first_log_transit_probability"] == -3.0


def test_strengths_of_single_planets_are_those_of_stars_that_have_only_them():
    truths = [outcome.truth for outcome in star_of_two(Finds(ORBIT))]
    for orbit, truth in zip((ORBIT, SECOND), truths, strict=True):
        alone = star_of_two(Finds(orbit), orbits=(orbit,))[0].truth
        for name in ("depth_ppm", "expected_snr", "n_transits_in_data", "duration_days"):
            assert truth[name] == pytest.approx(alone[name], rel=1e-9), name
        assert "orbit_number" not in alone and "event_kind" not in alone


def test_a_planet_too_weak_to_be_seen_beside_one_that_is():
    weak = replace(SECOND, radius_ratio=0.004)
    first, second = star_of_two(orbits=(weak, ORBIT))
    assert (first.status, first.truth["orbit_number"]) == (KEPT, 2.0)
    assert (second.status, second.truth["orbit_number"]) == (DRAWN, 1.0)
    for outcome in star_of_two(orbits=(weak, replace(weak, period=4.4))):
        assert (outcome.status, outcome.truth["event_kind"]) == (DRAWN, "missed")


def test_an_event_of_no_planet_leaves_every_planet_missed():
    nothing = replace(ORBIT, period=2.77, epoch=1.1)
    outcomes = star_of_two(Finds(nothing))
    assert [outcome.status for outcome in outcomes] == [VISIBLE, VISIBLE]
    assert [outcome.truth["event_kind"] for outcome in outcomes] == ["missed", "missed"]


@dataclass(frozen=True)
class InterruptedSearch:
    """A search during whose compiled part somebody presses Ctrl-C."""

    error: type[BaseException] = KeyboardInterrupt

    def __call__(self, light_curve, star=None, expected=None, rng=None):
        raise SystemError("CPUDispatcher(...) returned a result with an exception set") from (
            self.error("stop")
        )


def test_an_interrupt_inside_a_search_ends_the_run_and_is_no_failed_example():
    interrupted = simulation(KnownPlanet(), search=InterruptedSearch())
    with pytest.raises(KeyboardInterrupt):
        simulate_events(interrupted, "planet", 0)
    broken = simulation(KnownPlanet(), search=InterruptedSearch(RuntimeError))
    (outcome,) = simulate_events(broken, "planet", 0)
    assert outcome.status == "failed" and "SystemError" in outcome.reason
