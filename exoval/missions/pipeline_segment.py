"""One quarter or sector as the pipeline wrote it, and its usable light curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve, Segment


@dataclass(frozen=True, kw_only=True)
class PipelineSegment:
    """All cadences of one quarter or sector, in arrays of one shape (cadences,).

    ``time`` is in days, ``quality`` holds the pipeline's bits, centroids are in pixels with the
    local image motion subtracted. ``number`` is the quarter or sector, ``crowding`` the target's
    share of the aperture's flux, ``noise_ppm`` on six hours, ``exposure`` in days. ``notes`` are
    sentences on what was converted or guessed; ``is_processed`` says that the mission's own
    processing was applied to the flux.
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
    notes: tuple[str, ...] = ()
    is_processed: bool = False


#: range of possible fluxes of a star, in units of the median; outside it the background was
#: oversubtracted or other light came in
POSSIBLE = (-1.0, 100.0)
#: the same for the median of an hour; flares, and eclipses deepened by a wrong background, stay
#: within it
POSSIBLE_FOR_AN_HOUR = (-0.5, 3.0)
#: time before and after an hour outside that range in which the flux is unreliable
SPOILT_DAYS = 0.5
#: least share of cadences with a possible flux; below it the median is not the star's level
LEAST_POSSIBLE = 0.5
#: cadences outside ``POSSIBLE`` of exactly one value that are fills
FILL_CADENCES = 3
#: why cadences are left out, as ``LightCurve.left_out`` counts them
NO_STAR = "flux that no star has (a fill value or other light)"
BESIDE_OTHER_LIGHT = "within half a day of an hour of other light"


def usable_light_curve(
    segment: PipelineSegment, mission: str, *, quality_bitmask: int, band: str = ""
) -> LightCurve:
    """Return the cadences without a flag of the bitmask, with finite time and flux, in time order.

    Cadences with other light than the star's are left out too: those outside ``POSSIBLE`` and those
    within ``SPOILT_DAYS`` of an hour whose median is outside ``POSSIBLE_FOR_AN_HOUR``. Raw
    photometry has such hours during scattered light and while the pointing settles. Fill values
    are no light and cost no neighbour. ``left_out`` counts both kinds. Of duplicate times one
    cadence is kept. Raises BadLightCurve, naming target and segment, if no cadence is left or too
    few fluxes are near their median.
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
    possible, spoilt = _light_of_the_star(segment, cadences)
    counts = {NO_STAR: int(np.sum(~possible)), BESIDE_OTHER_LIGHT: int(np.sum(possible & spoilt))}
    cadences = cadences[possible & ~spoilt]
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
        notes=segment.notes,
        is_processed=segment.is_processed,
        left_out={reason: number for reason, number in counts.items() if number},
        **arrays,
    )


def _light_of_the_star(
    segment: PipelineSegment, cadences: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Masks of the cadences that may be starlight, and of those beside hours of other light.

    All may be, and none is beside, if the median flux is not positive.
    """
    level = np.median(segment.flux[cadences])
    if not level > 0:
        return np.ones(len(cadences), dtype=bool), np.zeros(len(cadences), dtype=bool)
    light, time = segment.flux[cadences] / level, segment.time[cadences]
    seen = ~_are_fills(light)
    hour = median_filter(light[seen], _cadences_of_an_hour(segment, seen.sum()), mode="mirror")
    other_light = time[seen][~_within(hour, POSSIBLE_FOR_AN_HOUR)]
    possible, spoilt = _within(light, POSSIBLE), _near(time, other_light, SPOILT_DAYS)
    left = np.mean(possible & ~spoilt)
    if left < LEAST_POSSIBLE:
        raise BadLightCurve(
            f"{segment.target} segment {segment.number}: {1 - left:.0%} of the fluxes "
            f"are far from their median of {level:.3g} ({POSSIBLE[0]:g} to {POSSIBLE[1]:g} times "
            "are possible); give linear flux with the star's light in it, such as 1 plus the "
            "relative change"
        )
    return possible, spoilt


def _cadences_of_an_hour(segment: PipelineSegment, most: int) -> int:
    """The cadences of an hour: 3 or more, an odd number, which has its median in the middle."""
    # edges do not count a cadence twice
    half = 0.5 / 24 / segment.exposure if segment.exposure > 0 else 1.0
    return max(3, 2 * round(min(half, most)) + 1)


def _are_fills(light: np.ndarray) -> np.ndarray:
    """Mask of the values far from the star's that neighbours or many cadences share exactly."""
    fills = np.zeros(len(light), dtype=bool)
    far = ~_within(light, POSSIBLE_FOR_AN_HOUR)
    if not far.any():
        return fills
    same = np.diff(light) == 0
    fills[1:] |= same
    fills[:-1] |= same
    values, counts = np.unique(light[~_within(light, POSSIBLE)], return_counts=True)
    return far & (fills | np.isin(light, values[counts >= FILL_CADENCES]))


def _within(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    return (values > limits[0]) & (values < limits[1])


def _near(time: np.ndarray, others: np.ndarray, days: float) -> np.ndarray:
    """Mask of the times within ``days`` of one of the others; both ascending."""
    first = np.searchsorted(others, time - days)
    return np.searchsorted(others, time + days, "right") > first
