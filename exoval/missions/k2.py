"""K2 long cadence (Howell et al. 2014, PASP 126, 398)."""

from __future__ import annotations

from collections.abc import Sequence

from exoval.missions.kepler import BKJD_ZERO, EXPOSURE_DAYS, PIXEL_ARCSEC, QUALITY_BITS
from exoval.missions.mission import Mission
from exoval.missions.pipeline_product import PipelineProduct
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.populations.target_stars import TargetStars

#: the pipeline's light curves, corrected for systematics, as the archive names them
CAMPAIGN = PipelineProduct(
    telescope="K2",
    target_prefix="EPIC",
    parquet_files="k2-*.parquet",
    fits_files="ktwo*_llc.fits*",
    file_name=r"ktwo(?P<target>\d{9})-c(?P<segment>\d{2,3})_llc\.fits(\.gz)?",
    target_keyword="KEPLERID",
    segment_keyword="CAMPAIGN",
    magnitude_keyword="KEPMAG",
    metallicity_keyword="FEH",
    quality_column="SAP_QUALITY",
    noise_keyword="CDPP6_0",
    noise_column="cdpp6",
    noise_hours=6.0,
    download="lightkurve.search_lightcurve('EPIC 201367065', author='K2')"
    ".download_all(download_dir=FOLDER)",
)


def k2(
    *,
    exposure_days: float = EXPOSURE_DAYS,
    pixel_scale_arcsec: float = PIXEL_ARCSEC,
    blend_radius_arcsec: float = 4.0,
    time_zero: float = BKJD_ZERO,
    minimum_period_days: float = 0.5,
    maximum_period_days: float = 26.0,
    quality_bits: Sequence[int] = QUALITY_BITS,
    flux_column: str = "pdcsap",
    aperture_radius_pixels: float = 3.0,
    noise: ProceduralNoise | None = None,
    targets: TargetStars | None = None,
) -> Mission:
    """Return K2 long cadence: times in BKJD, targets ``EPIC ...``, segments are campaigns.

    The quality bits are Kepler's. Cadences with a thruster firing (20), every six hours here, are
    dropped. Raises BadParameter for impossible values.
    """
    return Mission(
        name="k2",
        band="kepler",
        exposure_days=exposure_days,
        pixel_scale_arcsec=pixel_scale_arcsec,
        blend_radius_arcsec=blend_radius_arcsec,
        time_zero=time_zero,
        minimum_period_days=minimum_period_days,
        maximum_period_days=maximum_period_days,
        quality_bits=quality_bits,
        product=CAMPAIGN,
        flux_column=flux_column,
        other_products=(),
        aperture_radius_pixels=aperture_radius_pixels,
        noise=noise or ProceduralNoise(),
        targets=targets or TargetStars(),
        name_prefixes=("EPIC",),
    )
