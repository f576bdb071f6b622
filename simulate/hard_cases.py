"""Flags of an injected orbit for the cases that are hard to classify."""

from __future__ import annotations

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve
from exoval.physics.orbit import durations, secondary_delay, seen_from_body_2
from exoval.physics.transit_flux import TransitModel
from exoval.system import Orbit, Source

#: eclipses count as equal if their depths differ by less than this share
EQUAL_WITHIN = 0.15


def hard_cases(
    source: Source, light_curve: LightCurve, *, transit_model: TransitModel
) -> dict[str, float]:
    """Truth columns of the eclipsed source: 1 or 0 for each case, and the number of transits.

    ``is_grazing``: body 2 is never fully in front of body 1. ``is_eccentric``: eccentricity above
    0.1. ``is_equal_eclipses``: both eclipses have nearly the same depth and lie half a period
    apart, so that the search finds half the period. ``has_secondary``: body 2 shines and is
    eclipsed. ``n_transits_in_data`` counts eclipses of body 1 with at least one cadence.
    """
    orbit = source.orbit
    primary, secondary = _depths(source, transit_model)
    delay = secondary_delay(
        orbit.period,
        eccentricity=orbit.eccentricity,
        argument_of_periastron=orbit.argument_of_periastron,
    )
    alike = secondary > 0 and abs(primary - secondary) < EQUAL_WITHIN * max(primary, secondary)
    halfway = abs(delay - 0.5 * orbit.period) < 0.5 * durations(orbit)[0]
    return {
        "is_grazing": float(orbit.impact_parameter > 1 - orbit.radius_ratio),
        "is_eccentric": float(orbit.eccentricity > 0.1),
        "is_equal_eclipses": float(alike and halfway),
        "has_secondary": float(secondary > 0),
        "n_transits_in_data": float(transits_in_data(orbit, light_curve)),
    }


def transits_in_data(orbit: Orbit, light_curve: LightCurve) -> int:
    """Number of eclipses of body 1 during which there is a cadence with flux."""
    seen = np.isfinite(light_curve.flux)
    time, exposures = light_curve.time[seen], light_curve.exposures[seen]
    duration = durations(orbit)[0]
    if len(time) == 0 or duration <= 0:
        return 0
    reach = 0.5 * (duration + exposures)
    if orbit.transit_times:
        middles = np.sort(orbit.transit_times)
        nearest = np.searchsorted(0.5 * (middles[1:] + middles[:-1]), time)
        return len(np.unique(nearest[np.abs(time - middles[nearest]) < reach]))
    ephemeris = Ephemeris(orbit.period, orbit.epoch, min(duration, 0.99 * orbit.period))
    inside = np.abs(ephemeris.time_from_mid_event(time)) < reach
    return len(np.unique(ephemeris.event_number(time[inside])))


def _depths(source: Source, transit_model: TransitModel) -> tuple[float, float]:
    """Depths at both conjunctions, relative to the pair's light, at an instant."""
    orbit = source.orbit
    epoch = orbit.transit_times[0] if orbit.transit_times else orbit.epoch
    delay = secondary_delay(
        orbit.period,
        eccentricity=orbit.eccentricity,
        argument_of_periastron=orbit.argument_of_periastron,
    )
    flux = transit_model(np.array([epoch, epoch + delay]), orbit, source.limb_darkening, 0.0)
    shines = orbit.surface_brightness_ratio > 0 and _is_eclipsed(seen_from_body_2(orbit))
    return float(1 - flux[0]), float(1 - flux[1]) if shines else 0.0


def _is_eclipsed(orbit: Orbit) -> bool:
    return orbit.impact_parameter < 1 + orbit.radius_ratio
