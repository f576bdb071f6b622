"""One quarter or sector as the pipeline wrote it, and the usable light curve in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve, Segment


@dataclass(frozen=True, kw_only=True)
class PipelineSegment:
    """Cadences of one quarter or sector, none removed; arrays of one shape (cadences,).

    ``time`` in days, ``quality`` the pipeline's bits, centroids in pixels with the local image
    motion taken out. ``number`` is the quarter or sector, ``crowding`` the target's share of the
    aperture's flux, ``noise_ppm`` on six hours, ``exposure`` in days.
    """

    target: str
    number: int
    time: np.ndarray
    quality: np.ndarray
    flux: np.ndarray
    flux_error: np.ndarray
    centroid_column: np.ndarray
    centroid_row: np.ndarray
    exposure: float
    crowding: float = float("nan")
    noise_ppm: float = float("nan")
    flux_is_decrowded: bool = True


#: fluxes that no star can have, in medians: too much background taken off, or other light
POSSIBLE = (-1.0, 100.0)
#: the same of the median of an hour, which flares and eclipses by wrong backgrounds stay within
POSSIBLE_FOR_AN_HOUR = (-0.5, 3.0)
#: time before and after such an hour in which the flux is not to be trusted
SPOILT_DAYS = 0.5
#: share of cadences below which the flux has no level
LEAST_POSSIBLE = 0.5


def usable_light_curve(
    segment: PipelineSegment, mission: str, *, quality_bitmask: int, band: str = ""
) -> LightCurve:
    """The cadences without a flag of the bitmask, with finite time and flux, in time order.

    Cadences that show other light than the star's are left out too: those outside ``POSSIBLE``
    and those within ``SPOILT_DAYS`` of an hour whose median is outside ``POSSIBLE_FOR_AN_HOUR``,
    such as raw photometry has where scattered light comes and goes or the pointing settles. A
    time that occurs twice is kept once. Raises BadLightCurve naming target and segment if no
    cadence is left or the flux has no level to speak of.
    """
    usable = (segment.quality & quality_bitmask) == 0
    usable &= np.isfinite(segment.time) & np.isfinite(segment.flux)
    if not usable.any():
        raise BadLightCurve(
            f"{segment.target} segment {segment.number}: none of {len(segment.time)} cadences is "
            "unflagged with finite time and flux; leave this segment out"
        )
    cadences = np.flatnonzero(usable)
    cadences = cadences[np.unique(segment.time[cadences], return_index=True)[1]]
    cadences = cadences[_shows_the_star(segment, cadences)]
    names = ("time", "flux", "flux_error", "centroid_column", "centroid_row")
    arrays = {name: getattr(segment, name)[cadences].astype(np.float64) for name in names}
    part = Segment(
        number=segment.number,
        start=0,
        stop=len(cadences),
        crowding=segment.crowding,
        noise_ppm=segment.noise_ppm,
    )
    return LightCurve(
        target=segment.target,
        mission=mission,
        band=band,
        exposure=segment.exposure,
        segments=(part,),
        flux_is_decrowded=segment.flux_is_decrowded,
        **arrays,
    )


def _shows_the_star(segment: PipelineSegment, cadences: np.ndarray) -> np.ndarray:
    """Which cadences may be starlight; all of them where the median flux is not above zero."""
    level = np.median(segment.flux[cadences])
    if not level > 0:
        return np.ones(len(cadences), dtype=bool)
    light = segment.flux[cadences] / level
    # an odd number, of which the median is in the middle; at an edge no cadence counts twice
    size = max(3, 2 * round(0.5 / 24 / segment.exposure) + 1)
    hour = median_filter(light, size, mode="mirror")
    other_light = segment.time[cadences][~_within(hour, POSSIBLE_FOR_AN_HOUR)]
    possible = _within(light, POSSIBLE) & ~_near(segment.time[cadences], other_light, SPOILT_DAYS)
    if possible.mean() < LEAST_POSSIBLE:
        raise BadLightCurve(
            f"{segment.target} segment {segment.number}: {1 - possible.mean():.0%} of the fluxes "
            f"are far from their median of {level:.3g} ({POSSIBLE[0]:g} to {POSSIBLE[1]:g} times "
            "are possible); give linear flux with the star's light in it, such as 1 plus the "
            "relative change"
        )
    return possible


def _within(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    return (values > limits[0]) & (values < limits[1])


def _near(time: np.ndarray, others: np.ndarray, days: float) -> np.ndarray:
    """Which times are within some days of one of the others, all in order of time."""
    first = np.searchsorted(others, time - days)
    return np.searchsorted(others, time + days, "right") > first
