"""TESS two-minute cadence of the SPOC pipeline (Jenkins et al. 2016, SPIE 9913, 99133E)."""

from __future__ import annotations

from collections.abc import Sequence

from exoval.missions.mission import MASK, Mission
from exoval.missions.tess_products import (
    FULL_FRAME_PRODUCTS,
    PLAIN_TWO_MINUTE,
    TWO_MINUTE_CADENCE,
)
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.populations.target_stars import TargetStars

#: pixel (arcsec), and the BJD at time 0 of BTJD (TESS Instrument Handbook)
PIXEL_ARCSEC, BTJD_ZERO = 21.0, 2457000.0

#: first light (BJD), and a day long before BTJD could be taken for BJD - 2450000
OBSERVED = (2458300.0, 2465000.0)

#: Dropped: attitude tweak (0), safe mode (1), coarse point (2), Earth point (3), argabrightening
#: (4), desaturation (5), manual exclude (7), scattered light (12), bad calibration (14). Kept:
#: cleaned cosmic rays (6, 10), corrected discontinuities (8), predicted stray light (11),
#: planet-search exclude (13), too few targets for the correction (15; PDC is empty there, SAP is
#: good), and the impulsive-outlier flag (9): in 20 stars with catalogued transits or eclipses it
#: marks 0.37 % of the cadences inside the events and 0.04 % outside, so dropping it would cut
#: signals.
QUALITY_BITS = (0, 1, 2, 3, 4, 5, 7, 12, 14)


def tess(
    *,
    exposure_days: float = 0.0013888889,
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
    """Return TESS two-minute cadence: times in BTJD, targets ``TIC ...``, segments are sectors.

    The blend radius is one pixel. At periods up to 9 days a sector holds three events at any epoch.
    The pipeline's longest CDPP is over two hours; white noise is assumed to convert it to six
    hours. Raises BadParameter for impossible values.
    """
    return Mission(
        name="tess",
        band="tess",
        exposure_days=exposure_days,
        pixel_scale_arcsec=pixel_scale_arcsec,
        blend_radius_arcsec=blend_radius_arcsec,
        time_zero=time_zero,
        minimum_period_days=minimum_period_days,
        maximum_period_days=maximum_period_days,
        quality_bits=quality_bits,
        product=TWO_MINUTE_CADENCE,
        flux_column=flux_column,
        other_products=(PLAIN_TWO_MINUTE,) if flux_column == "pdcsap" else (),
        single_file_products=FULL_FRAME_PRODUCTS,
        observed=OBSERVED,
        aperture_radius_pixels=aperture_radius_pixels,
        noise=noise or ProceduralNoise(),
        targets=targets or TargetStars(),
        name_prefixes=("TIC", "TOI"),
        event_removal=event_removal,
    )
