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


def test_what_is_unknown_of_a_star_is_named():
    assert Star(target="KIC 1", radius=1.0, teff=5000.0, logg=4.4).unknown == ()
    assert Star(target="KIC 1", radius=-1.0, teff=5000.0).unknown == ("radius", "surface gravity")
    assert Star(target="KIC 1", radius=math.inf, teff=0.0, logg=0.0).unknown == (
        "radius",
        "temperature",
    )
