"""Light curves from TESS full-frame images, by several producers."""

from __future__ import annotations

from collections.abc import Sequence

from exoval.missions.mission import MASK, Mission
from exoval.missions.tess import BTJD_ZERO, OBSERVED, PIXEL_ARCSEC, QUALITY_BITS
from exoval.missions.tess_products import FULL_FRAME_PRODUCTS
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.populations.target_stars import TargetStars
from exoval.units import SECONDS_PER_DAY


def tess_ffi(
    *,
    exposure_seconds: float = 1800.0,
    pixel_scale_arcsec: float = PIXEL_ARCSEC,
    blend_radius_arcsec: float = PIXEL_ARCSEC,
    time_zero: float = BTJD_ZERO,
    minimum_period_days: float = 0.5,
    maximum_period_days: float = 9.0,
    quality_bits: Sequence[int] = QUALITY_BITS,
    flux_column: str = "pdcsap",
    aperture_radius_pixels: float = 2.0,
    noise: ProceduralNoise | None = None,
    targets: TargetStars | None = None,
    event_removal: str = MASK,
) -> Mission:
    """Return TESS full-frame images: times in BTJD, targets ``TIC ...``, segments are sectors.

    ``exposure_seconds`` is 1800 in sectors 1-26, 600 in 27-55 and 200 from 56 on. If several
    producers cover a star and sector, TESS-SPOC is preferred, then QLP, TGLC, eleanor, TASOC and
    CDIPS. Raises BadParameter for impossible values.
    """
    return Mission(
        name="tess_ffi",
        band="tess",
        exposure_days=exposure_seconds / SECONDS_PER_DAY,
        pixel_scale_arcsec=pixel_scale_arcsec,
        blend_radius_arcsec=blend_radius_arcsec,
        time_zero=time_zero,
        minimum_period_days=minimum_period_days,
        maximum_period_days=maximum_period_days,
        quality_bits=quality_bits,
        product=FULL_FRAME_PRODUCTS[0],
        flux_column=flux_column,
        other_products=FULL_FRAME_PRODUCTS[1:],
        observed=OBSERVED,
        aperture_radius_pixels=aperture_radius_pixels,
        noise=noise or ProceduralNoise(),
        targets=targets or TargetStars(),
        event_removal=event_removal,
    )
