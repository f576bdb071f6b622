"""Light of two bodies that eclipse each other, for any method of computing one occultation."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from exoval.physics.orbit import contact_interval, seen_from_body_2
from exoval.system import Orbit


class Occultation(Protocol):
    """A method of computing one occultation."""

    def __call__(
        self,
        time_from_mid: np.ndarray,
        orbit: Orbit,
        *,
        limb_darkening: tuple[float, float],
        exposure: float,
        contacts: tuple[float, float],
    ) -> np.ndarray:
        """Return the share of body 1's light that body 2 hides, averaged over the exposure.

        ``time_from_mid`` (from mid-eclipse), ``exposure`` and ``contacts`` (first and fourth) are
        in days.
        """
        ...


def eclipse_flux(
    time: np.ndarray,
    orbit: Orbit,
    *,
    limb_darkening: tuple[float, float],
    exposure: float,
    occultation: Occultation,
) -> np.ndarray:
    """Return the flux of a pair with both its eclipses, one out of eclipse.

    ``time`` (any shape) holds mid-exposure days, ``exposure`` days. The primary is body 1
    occulted by body 2, diluted by body 2's light; the secondary is the same with the bodies
    exchanged. Exactly 1.0 outside the contacts and where ``time`` is NaN.
    """
    flux = np.ones(np.shape(time))
    share_2 = companion_share(orbit)
    if share_2 < 1:
        flux -= (1 - share_2) * _hidden(
            time, orbit, limb_darkening=limb_darkening, exposure=exposure, occultation=occultation
        )
    if share_2 > 0:
        turned = seen_from_body_2(orbit)
        flux -= share_2 * _hidden(
            time,
            turned,
            limb_darkening=orbit.companion_limb_darkening,
            exposure=exposure,
            occultation=occultation,
        )
    return flux


def companion_share(orbit: Orbit) -> float:
    """Return body 2's share of the pair's light out of eclipse, s k^2 / (1 + s k^2)."""
    ratio = orbit.surface_brightness_ratio * orbit.radius_ratio**2
    return ratio / (1 + ratio)


def _hidden(
    time: np.ndarray,
    orbit: Orbit,
    *,
    limb_darkening: tuple[float, float],
    exposure: float,
    occultation: Occultation,
) -> np.ndarray:
    """Share of body 1's light that is hidden, in the shape of ``time``; zero out of eclipse."""
    hidden = np.zeros(np.shape(time))
    if not orbit.radius_ratio > 0:
        return hidden
    contacts = contact_interval(orbit, separation=1 + orbit.radius_ratio)
    if contacts is None:
        return hidden
    earliest, latest = contacts[0] - 0.5 * exposure, contacts[1] + 0.5 * exposure
    since = _from_mid_eclipse(np.asarray(time, dtype=float), orbit, earliest)
    inside = (since >= earliest) & (since < latest)
    if inside.any():
        hidden[inside] = occultation(
            since[inside],
            orbit,
            limb_darkening=limb_darkening,
            exposure=exposure,
            contacts=contacts,
        )
    return hidden


def _from_mid_eclipse(time: np.ndarray, orbit: Orbit, earliest: float) -> np.ndarray:
    """Days from the mid-time of the eclipse nearest to each time."""
    if not orbit.transit_times:
        return (time - orbit.epoch - earliest) % orbit.period + earliest
    mid_times = np.sort(orbit.transit_times)
    after = np.clip(np.searchsorted(mid_times, time), 1, max(mid_times.size - 1, 1))
    before = mid_times[after - 1]
    after = mid_times[np.minimum(after, mid_times.size - 1)]
    return time - np.where(time - before < after - time, before, after)
