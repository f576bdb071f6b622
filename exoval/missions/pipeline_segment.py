"""One quarter or sector as the pipeline wrote it, and the usable light curve in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve, Segment


@dataclass(frozen=True)
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


def usable_light_curve(segment: PipelineSegment, mission: str,
                       quality_bitmask: int, band: str = "") -> LightCurve:
    """The cadences without a flag of the bitmask, with finite time and flux, in time order.

    A time that occurs twice is kept once. Raises BadLightCurve naming target and segment if no
    cadence is left.
    """
    usable = ((segment.quality & quality_bitmask) == 0)
    usable &= np.isfinite(segment.time) & np.isfinite(segment.flux)
    if not usable.any():
        raise BadLightCurve(
            f"{segment.target} segment {segment.number}: none of {len(segment.time)} cadences is "
            "unflagged with finite time and flux; leave this segment out"
        )
    cadences = np.flatnonzero(usable)
    cadences = cadences[np.unique(segment.time[cadences], return_index=True)[1]]
    names = ("time", "flux", "flux_error", "centroid_column", "centroid_row")
    arrays = {name: getattr(segment, name)[cadences].astype(np.float64) for name in names}
    part = Segment(segment.number, 0, len(cadences), segment.crowding, segment.noise_ppm)
    return LightCurve(target=segment.target, mission=mission, band=band,
                      exposure=segment.exposure, segments=(part,),
                      flux_is_decrowded=segment.flux_is_decrowded, **arrays)
