"""Orbits of every kind of eclipse, and times at which to look at them."""

from __future__ import annotations

import numpy as np

from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import contact_interval, seen_from_body_2
from exoval.system import Orbit

EXACT = ExactModel()
LIMB = (0.45, 0.25)
LONG, SHORT = 29.4244 / 1440, 2 / 1440

ORBITS = {
    "planet": Orbit(
        period=4.0, epoch=1.3, radius_ratio=0.1, semi_major_axis_ratio=12.0, impact_parameter=0.3
    ),
    "small planet": Orbit(
        period=3.0, epoch=0.2, radius_ratio=0.01, semi_major_axis_ratio=9.0, impact_parameter=0.7
    ),
    "grazing planet": Orbit(
        period=3.0, epoch=0.2, radius_ratio=0.1, semi_major_axis_ratio=9.0, impact_parameter=1.02
    ),
    "inner contact just missed": Orbit(
        period=3.0, epoch=0.2, radius_ratio=0.1, semi_major_axis_ratio=9.0, impact_parameter=0.9001
    ),
    "eccentric planet": Orbit(
        period=9.0,
        epoch=1.3,
        radius_ratio=0.1,
        semi_major_axis_ratio=22.0,
        impact_parameter=0.4,
        eccentricity=0.4,
        argument_of_periastron=0.3,
    ),
    "very eccentric": Orbit(
        period=30.0,
        epoch=1.3,
        radius_ratio=0.15,
        semi_major_axis_ratio=40.0,
        impact_parameter=0.2,
        eccentricity=0.9,
        argument_of_periastron=0.5,
    ),
    "eccentric pair": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=0.7,
        semi_major_axis_ratio=9.0,
        impact_parameter=0.4,
        eccentricity=0.4,
        argument_of_periastron=1.1,
        surface_brightness_ratio=0.35,
        mass_ratio=0.7,
        companion_limb_darkening=(0.5, 0.2),
    ),
    "twins": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=1.0,
        semi_major_axis_ratio=7.0,
        impact_parameter=0.0,
        eccentricity=0.0,
        argument_of_periastron=0.0,
        surface_brightness_ratio=1.0,
        mass_ratio=1.0,
        companion_limb_darkening=LIMB,
    ),
    "near twins": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=0.99,
        semi_major_axis_ratio=7.0,
        impact_parameter=0.003,
        eccentricity=0.1,
        argument_of_periastron=2.0,
        surface_brightness_ratio=0.9,
        mass_ratio=1.0,
        companion_limb_darkening=LIMB,
    ),
    "larger companion": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=1.5,
        semi_major_axis_ratio=7.0,
        impact_parameter=0.2,
        eccentricity=0.2,
        argument_of_periastron=4.0,
        surface_brightness_ratio=0.1,
    ),
    "grazing pair": Orbit(
        period=4.0,
        epoch=1.3,
        radius_ratio=0.5,
        semi_major_axis_ratio=8.0,
        impact_parameter=1.35,
        eccentricity=0.3,
        argument_of_periastron=2.0,
        surface_brightness_ratio=0.6,
    ),
    "closest orbit": Orbit(
        period=0.4,
        epoch=0.1,
        radius_ratio=0.3,
        semi_major_axis_ratio=1.5,
        impact_parameter=0.1,
        eccentricity=0.0,
        argument_of_periastron=1.0,
        surface_brightness_ratio=0.2,
    ),
    "near-contact pair": Orbit(
        period=0.5,
        epoch=0.1,
        radius_ratio=0.9,
        semi_major_axis_ratio=2.2,
        impact_parameter=0.8,
        eccentricity=0.0,
        argument_of_periastron=1.0,
        surface_brightness_ratio=0.8,
    ),
    "closest off conjunction": Orbit(
        period=5.0,
        epoch=0.0,
        radius_ratio=0.2,
        semi_major_axis_ratio=5.0,
        impact_parameter=1.19,
        eccentricity=0.6,
        argument_of_periastron=0.3,
        surface_brightness_ratio=0.1,
    ),
}


def times_in_eclipse(orbit, exposure, count=120):
    """Times about both eclipses, their contacts and a few periods on."""
    middles = []
    for seen in (orbit, seen_from_body_2(orbit)):
        contacts = contact_interval(seen, separation=1 + seen.radius_ratio)
        if contacts:
            first, last = contacts[0] - exposure, contacts[1] + exposure
            middles.append(seen.epoch + 2 * orbit.period + np.linspace(first, last, count))
    return np.sort(np.concatenate(middles))
