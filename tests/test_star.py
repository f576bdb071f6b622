import math

import pytest
from astropy import constants

from exoval.star import (
    SOLAR_LOGG,
    Star,
    density_from_gravity,
    mass_from_gravity,
    surface_gravity,
)


def test_the_gravity_of_the_sun_is_that_of_its_nominal_mass_and_radius():
    gravity = (constants.GM_sun / constants.R_sun**2).cgs.value
    assert pytest.approx(math.log10(gravity), abs=2e-6) == SOLAR_LOGG


@pytest.mark.parametrize(("mass", "radius"), [(1.0, 1.0), (0.1, 0.12), (2.0, 11.0)])
def test_gravity_mass_and_density_follow_from_each_other(mass, radius):
    logg = surface_gravity(mass=mass, radius=radius)
    assert mass_from_gravity(logg=logg, radius=radius) == pytest.approx(mass)
    star = Star(target="KIC 1", mass=mass, radius=radius)
    assert density_from_gravity(logg=logg, radius=radius) == pytest.approx(star.density)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan])
def test_what_a_table_fills_in_for_the_unknown_is_unknown(value):
    star = Star(target="KIC 1", radius=value, mass=1.0, teff=value)
    assert math.isnan(star.radius) and math.isnan(star.teff) and math.isnan(star.density)
    assert star.mass == 1.0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("logg", -9.99), ("logg", -999.0), ("logg", 99.9), ("teff", 1e7), ("radius", 1e5)),
        *(("metallicity", -99.0), ("magnitude", 99.9), ("ra", -999.0), ("dec", 99.0)),
    ],
)
def test_what_no_star_has_is_unknown(name, value):
    assert math.isnan(getattr(Star(target="KIC 1", **{name: value}), name))


def test_what_a_star_can_have_is_kept():
    giant = {"radius": 1500.0, "mass": 0.6, "teff": 2800.0, "logg": -1.1, "metallicity": -5.0}
    dwarf = {"radius": 0.008, "mass": 1.3, "teff": 2e5, "logg": 9.0, "magnitude": -1.5, "ra": 0.0}
    for given in (giant, dwarf):
        star = Star(target="KIC 1", **given)
        assert {name: getattr(star, name) for name in given} == given


def test_what_is_unknown_of_a_star_is_named():
    assert Star(target="KIC 1", radius=1.0, teff=5000.0, logg=4.4).unknown == ()
    assert Star(target="KIC 1", radius=-1.0, teff=5000.0).unknown == ("radius", "surface gravity")
    assert Star(target="KIC 1", radius=math.inf, teff=0.0, logg=0.0).unknown == (
        "radius",
        "temperature",
    )
