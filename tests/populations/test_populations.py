"""Populations integrate to their stated rates and sample what they say."""

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.stats import chisquare, kstest

from exoval.errors import BadParameter
from exoval.populations.catalogue_errors import CatalogueErrors
from exoval.populations.close_binaries import (
    CloseBinaries,
    mass_ratio_density,
    sample_eccentricity,
)
from exoval.populations.eccentricity import BetaEccentricity, HalfNormalEccentricity
from exoval.populations.galactic_disc import GalacticDisc, galactic_coordinates
from exoval.populations.limb_darkening_scatter import LimbDarkeningScatter
from exoval.populations.log_uniform import LogUniform
from exoval.populations.planet_occurrence import PERIOD_EDGES, RADIUS_EDGES, HsuOccurrence
from exoval.star import Star
from exoval.system import Orbit, Source, System


def test_planets_with_periods_up_to_16_days_and_1_to_16_earth_radii():
    ln_period = np.linspace(np.log(0.5), np.log(16), 1001)
    ln_radius = np.linspace(0, np.log(16), 1201)
    middles = [0.5 * (edges[1:] + edges[:-1]) for edges in (ln_period, ln_radius)]
    period, radius = np.meshgrid(*(np.exp(middle) for middle in middles))
    cell = np.diff(ln_period)[0] * np.diff(ln_radius)[0]
    total = np.exp(HsuOccurrence().log_prob(period, radius)).sum() * cell
    assert total == pytest.approx(0.303, rel=0.01)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_planet_samples_follow_the_density(seed):
    occurrence = HsuOccurrence()
    period, radius = occurrence.sample(np.random.default_rng(seed), 20000)
    observed = np.histogram2d(
        np.log(radius), np.log(period), [np.log(RADIUS_EDGES), np.log(PERIOD_EDGES)]
    )[0].ravel()
    middle_radius = np.sqrt(RADIUS_EDGES[1:] * RADIUS_EDGES[:-1])
    middle_period = np.sqrt(PERIOD_EDGES[1:] * PERIOD_EDGES[:-1])
    grid = np.meshgrid(middle_period, middle_radius)
    area = np.outer(np.diff(np.log(RADIUS_EDGES)), np.diff(np.log(PERIOD_EDGES)))
    expected = (np.exp(occurrence.log_prob(*grid)) * area).ravel()
    assert (observed[expected == 0] == 0).all()
    expected = expected / expected.sum() * observed.sum()
    enough = expected > 5
    scale = observed[enough].sum() / expected[enough].sum()
    assert chisquare(observed[enough], scale * expected[enough]).pvalue > 1e-4


def test_no_planets_outside_the_table():
    values = HsuOccurrence().log_prob(np.array([0.1, 600, 10, 10]), np.array([2, 2, 0.1, 30]))
    assert np.isneginf(values).all()


def test_close_binaries_of_a_sunlike_star():
    """0.020 per decade of period, times 1.3 for small mass ratios, over 0.5-10 d."""
    binaries = CloseBinaries(1.0)

    def density(mass_ratio, ln_period):
        return np.exp(binaries.log_prob(np.exp(ln_period), mass_ratio))

    total = dblquad(density, np.log(0.5), np.log(10), 0.1, 1.0, epsabs=1e-4)[0]
    assert total == pytest.approx(1.3 * 0.020 * np.log10(20), rel=0.01)


def test_periods_are_in_powers_of_ten():
    """The median below 100 days tells log10 from ln: a mix-up would move it by a factor."""
    period, _ = CloseBinaries(1.0).sample(np.random.default_rng(4), 4000)
    close = period[period < 10]
    # constant per decade between 0.5 and 10 d, so the median is the geometric mean
    assert np.median(close) == pytest.approx(np.sqrt(0.5 * 10), rel=0.25)
    wide = np.log10(period)
    density = CloseBinaries(1.0).companions_per_decade
    below = quad(lambda x: density(10**x), np.log10(0.5), 4, limit=200)[0]
    total = quad(lambda x: density(10**x), np.log10(0.5), 8, limit=200)[0]
    assert (wide < 4).mean() == pytest.approx(below / total, abs=0.03)


@pytest.mark.parametrize("period", [1.0, 50.0, 1e4, 1e7])
def test_mass_ratios_are_normalised(period):
    total = quad(mass_ratio_density, 0.1, 1, args=(period,), points=[0.3, 0.95])[0]
    assert total == pytest.approx(1, abs=1e-6)


def test_thirty_percent_of_close_pairs_above_a_third_are_excess_twins():
    above = quad(mass_ratio_density, 0.3, 1, args=(5.0,), points=[0.95])[0]
    smooth = mass_ratio_density(np.array(0.949999), 5.0)
    twin_step = mass_ratio_density(np.array(0.950001), 5.0) - smooth
    assert twin_step * 0.05 / above == pytest.approx(0.30, abs=0.01)


def test_a_primary_without_a_credible_mass_is_refused():
    with pytest.raises(BadParameter, match="primary_mass=-1"):
        CloseBinaries(-1)


def test_close_pairs_are_circular_and_wider_ones_below_the_envelope():
    rng = np.random.default_rng(0)
    assert all(sample_eccentricity(rng, 1.9) == 0 for _ in range(200))
    eccentric = np.mean([sample_eccentricity(rng, 5.0) > 0 for _ in range(4000)])
    assert eccentric == pytest.approx(0.6 * (np.log(2.5) / np.log(8.7 / 2)) ** 2, abs=0.025)
    drawn = np.array([sample_eccentricity(rng, 30.0) for _ in range(500)])
    assert drawn.max() <= 1 - 15 ** (-2 / 3)
    assert drawn.std() > 0.05


@pytest.mark.parametrize("distribution", [BetaEccentricity(), HalfNormalEccentricity()])
def test_eccentricities_follow_their_density(distribution):
    drawn = distribution.sample(np.random.default_rng(0), 2000)
    grid = np.linspace(1e-9, 0.9, 4001)
    cumulative = np.concatenate(
        [
            [0],
            np.cumsum(np.exp(distribution.log_prob(0.5 * (grid[1:] + grid[:-1]))) * np.diff(grid)),
        ]
    )
    assert cumulative[-1] == pytest.approx(1, abs=5e-3)
    assert kstest(drawn, lambda x: np.interp(x, grid, cumulative)).pvalue > 1e-3


def test_eccentricities_of_several_planets_have_the_published_scatter():
    """Root mean square 0.083 about zero (Van Eylen et al. 2019); no scatter is no law."""
    drawn = HalfNormalEccentricity().sample(np.random.default_rng(0), 20_000)
    assert np.sqrt(np.mean(drawn**2)) == pytest.approx(0.083, rel=0.02)
    with pytest.raises(BadParameter, match=r"scatter=0\.0"):
        HalfNormalEccentricity(0.0)


def test_log_uniform_integrates_to_one_and_samples_it():
    proposal = LogUniform(0.5, 30)
    assert np.exp(proposal.log_prob(3.0)) * np.log(60) == pytest.approx(1)
    drawn = np.log(proposal.sample(np.random.default_rng(0), 3000))
    assert kstest(drawn, "uniform", (np.log(0.5), np.log(60))).pvalue > 1e-3
    assert np.isneginf(proposal.log_prob(31.0))
    with pytest.raises(BadParameter, match="empty"):
        LogUniform(3, 2)


def test_galactic_coordinates_of_the_pole_and_the_centre():
    assert galactic_coordinates(192.85948, 27.12825)[1] == pytest.approx(90, abs=1e-3)
    longitude, latitude = galactic_coordinates(266.405, -28.936)
    assert min(longitude, 360 - longitude) == pytest.approx(0, abs=0.02)
    assert latitude == pytest.approx(0, abs=0.02)


def test_agrees_with_astropy_on_galactic_coordinates():
    from astropy.coordinates import SkyCoord

    there = SkyCoord(290.7, 44.5, unit="deg").galactic
    assert galactic_coordinates(290.7, 44.5) == pytest.approx((there.l.deg, there.b.deg), abs=0.01)


def test_the_field_is_denser_in_the_plane_and_at_faint_magnitudes():
    field = GalacticDisc()
    pole = {"band": "kepler", "ra": 192.9, "dec": 27.1}
    kepler = {"band": "kepler", "ra": 290.7, "dec": 44.5}
    counts = [field.density(m, **kepler) for m in (12, 14, 16, 18, 20)]
    assert (np.diff(counts) > 0).all()
    assert field.density(17, **kepler) > 2 * field.density(17, **pole)


def test_stars_in_the_kepler_field_are_as_many_as_counted():
    """To a factor of three: giants are left out and the disc is a simple one."""
    field = GalacticDisc()
    magnitudes = np.arange(8, 17, 0.25)
    density = [field.density(m, band="kepler", ra=290.7, dec=44.5) for m in magnitudes]
    total = np.sum(density) * 0.25 * 3600**2 * 116
    # the Kepler Input Catalog has about half a million stars on silicon to Kp 16
    assert 1.5e5 < total < 1.5e6


def test_field_stars_appear_with_the_magnitude_asked_for_at_a_credible_distance():
    masses = GalacticDisc().sample(
        np.random.default_rng(0), 500, 18.0, band="kepler", ra=290.7, dec=44.5
    )
    assert 0.4 < np.median(masses) < 1.2


def test_catalogue_errors_keep_gravity_mass_and_radius_consistent():
    star = Star(target="KIC 1", radius=1.3, mass=1.0, teff=5772.0, logg=4.438 - 2 * np.log10(1.3))
    drawn = [CatalogueErrors(200, 0.4).sample(np.random.default_rng(i), star) for i in range(400)]
    gravity = np.array([4.438 + np.log10(s.mass / s.radius**2) for s in drawn])
    np.testing.assert_allclose(gravity, [s.logg for s in drawn], atol=1e-9)
    assert np.std([s.teff for s in drawn]) == pytest.approx(200, rel=0.1)
    assert min(s.radius for s in drawn) >= 0.85
    larger = np.array([s.radius for s in drawn if s.radius > 1.3]) / 1.3
    # above the catalogue's value nothing stops the draw: half a normal of 0.2 dex
    assert np.sqrt(np.mean(np.log10(larger) ** 2)) == pytest.approx(0.2, rel=0.15)


def test_a_perfect_catalogue_changes_nothing():
    star = Star(target="KIC 1", radius=1.3, mass=1.0, teff=5772.0, logg=4.2)
    assert CatalogueErrors(0, 0).sample(np.random.default_rng(0), star) == star
    with pytest.raises(BadParameter, match="logg_dex=-1"):
        CatalogueErrors(100, -1)


@pytest.mark.parametrize("pair", [(0.4, 0.25), (0.05, 0.9), (0.97, 0.02)])
@pytest.mark.parametrize("seed", [0, 1])
def test_limb_darkening_scatters_inside_the_physical_triangle(pair, seed):
    law = LimbDarkeningScatter(0.2)
    u1, u2 = law.sample(np.random.default_rng(seed), 20000, pair)
    assert (u1 >= 0).all() and (u1 + u2 <= 1).all() and (u1 + 2 * u2 >= -1e-12).all()
    # the density integrates to one over the plane, and each half-plane to its share of the draws
    grid1, grid2 = np.meshgrid(np.linspace(-0.1, 2.1, 1101), np.linspace(-1.1, 1.1, 1101))
    density = np.exp(law.log_prob(grid1, grid2, pair)) * (2.2 / 1100) ** 2
    assert density.sum() == pytest.approx(1, abs=0.01)
    for drawn, grid, cut in ((u1, grid1, pair[0]), (u2, grid2, pair[1])):
        assert (drawn < cut).mean() == pytest.approx(density[grid < cut].sum(), abs=0.02)


def test_limb_darkening_without_scatter_is_the_tables():
    u1, u2 = LimbDarkeningScatter(0.0).sample(np.random.default_rng(0), 3, (0.4, 0.25))
    assert set(u1) == {0.4} and set(u2) == {0.25}
    with pytest.raises(BadParameter, match="scatter=-1"):
        LimbDarkeningScatter(-1.0)


def test_every_companion_of_a_star_has_limb_darkening_of_its_own_and_the_star_one():
    orbit = Orbit(
        period=3.0, epoch=0.0, radius_ratio=0.5, semi_major_axis_ratio=9.0, impact_parameter=0.1
    )
    one, three = (
        LimbDarkeningScatter().dress(
            np.random.default_rng(0),
            System(
                scenario="x",
                sources=(Source(flux_fraction=1.0, orbit=orbit, further_orbits=further),),
            ),
        )
        for further in ((), (orbit, orbit))
    )
    # further orbits are drawn after the first, which stays what it is alone
    assert three.signal == one.signal
    assert three.sources[0].limb_darkening == one.sources[0].limb_darkening
    assert len({orbit.companion_limb_darkening for orbit in three.orbits}) == 3


def test_eccentricities_of_wide_pairs_stay_where_eclipses_are_computed():
    rng = np.random.default_rng(0)
    drawn = [sample_eccentricity(rng, 400.0) for _ in range(2000)]
    assert 0.85 < max(drawn) <= 0.9


@pytest.mark.parametrize("mass", [0.08, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 3.0, 40.0])
def test_no_primary_has_a_negative_number_of_companions(mass):
    rate = CloseBinaries(mass).companions_per_decade(10 ** np.linspace(-0.3, 7.9, 200))
    assert (rate > 0).all()


def test_light_primaries_have_fewer_companions():
    rates = [
        CloseBinaries(mass).companions_per_decade(np.array([5.0]))[0]
        for mass in (0.1, 0.3, 0.5, 0.8)
    ]
    assert np.all(np.diff(rates) > 0)
    assert rates[0] / rates[-1] == pytest.approx(0.5)
