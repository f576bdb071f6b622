"""What a catalogue does not say of a star follows from what it says."""

import numpy as np
import pytest
from astropy import constants

from exoval.errors import BadParameter
from exoval.star import Star
from simulate.complete_star import complete_star


@pytest.mark.parametrize(("logg", "radius"), [(4.44, 1.0), (4.0, 1.9), (2.8, 9.0), (4.9, 0.4)])
def test_mass_follows_from_gravity_and_radius(logg, radius):
    """g = G M / R^2."""
    solar = (constants.R_sun**2 / constants.G / constants.M_sun).cgs.value
    star = complete_star(Star(target="KIC 1", radius=radius, teff=5000.0, logg=logg))
    assert star.mass == pytest.approx(10**logg * solar * radius**2, rel=0.01)
    assert star.flags == ("mass",)


def test_gravity_follows_from_mass_and_radius():
    star = complete_star(Star(target="KIC 1", radius=2.0, mass=1.2, teff=6000.0))
    gravity = constants.G * 1.2 * constants.M_sun / (2 * constants.R_sun) ** 2
    assert star.logg == pytest.approx(np.log10(gravity.cgs.value), abs=0.01)
    assert star.flags == ("logg",)


@pytest.mark.parametrize("known", [{"teff": 5772.0}, {"radius": 1.0}])
def test_one_number_of_the_sun_makes_it_a_dwarf_like_the_sun(known):
    star = complete_star(Star(target="KIC 1", **known))
    assert star.mass == pytest.approx(1.0, rel=0.08)
    assert star.radius == pytest.approx(1.0, rel=0.08)
    assert star.teff == pytest.approx(5772.0, rel=0.04)
    assert star.logg == pytest.approx(4.44, abs=0.05)
    assert set(star.flags) == {"radius", "mass", "teff", "logg"} - known.keys()


def test_a_gravity_that_no_star_of_the_radius_has_is_not_believed():
    giant = complete_star(Star(target="KIC 1", radius=1.0, teff=5772.0, logg=6.0))
    assert giant.mass == pytest.approx(1.0, rel=0.08)


def test_what_is_known_stays():
    star = Star(target="KIC 1", radius=1.3, mass=1.1, teff=6100.0, logg=4.25, flags=("radius",))
    assert complete_star(star) == star


def test_a_star_of_neither_radius_nor_temperature_is_refused():
    with pytest.raises(BadParameter, match="KIC 1 has neither radius nor temperature"):
        complete_star(Star(target="KIC 1", mass=1.0, logg=4.4))
