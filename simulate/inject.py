"""Put a system's light into a real light curve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoval.lightcurve import LightCurve
from exoval.physics.system_flux import system_flux
from exoval.physics.transit_flux import TransitModel
from exoval.system import System


def inject(light_curve: LightCurve, system: System, transit_model: TransitModel,
           pixel_scale_arcsec: float, neighbours_arcsec: tuple[float, float] = (0.0, 0.0)
           ) -> LightCurve:
    """Multiply the undetrended flux by the system's, cadence by cadence.

    Where the flux still holds the light of known neighbours (``flux_is_decrowded`` false) only
    the target's share of each segment is dimmed. The centroid always sees the whole aperture: the
    known neighbours' light lies ``neighbours_arcsec`` (column, row) from the target, so that it
    moves even if the target itself is dimmed. Errors and gaps stay as they were. A
    system without depth returns flux and centroid bit for bit.
    """
    light = system_flux(light_curve.time, system, light_curve.exposure, transit_model)
    crowding = crowding_of_cadences(light_curve)
    share = 1.0 if light_curve.flux_is_decrowded else crowding
    flux = light_curve.flux * (1 + share * (light.flux - 1))
    aperture = 1 + crowding * (light.flux - 1)
    moved = {}
    for axis, neighbours in zip(("column", "row"), neighbours_arcsec):
        at_rest = sum(s.flux_fraction * getattr(s, f"offset_{axis}") for s in system.sources)
        others = (1 - crowding) * neighbours
        photocentre = (crowding * light.flux * getattr(light, axis) + others) / aperture
        shift = (photocentre - (crowding * at_rest + others)) / pixel_scale_arcsec
        moved[f"centroid_{axis}"] = getattr(light_curve, f"centroid_{axis}") + shift
    return replace(light_curve.with_flux(flux), **moved)


def crowding_of_cadences(light_curve: LightCurve) -> np.ndarray:
    """The target's share of the aperture's light at every cadence; 1 where it is unknown."""
    share = np.ones(len(light_curve))
    for segment in light_curve.segments:
        if np.isfinite(segment.crowding):
            share[segment.cadences] = segment.crowding
    return share
