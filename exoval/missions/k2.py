"""K2 long cadence (Howell et al. 2014, PASP 126, 398)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exoval.missions.kepler import BKJD_ZERO, EXPOSURE_DAYS, PIXEL_ARCSEC, QUALITY_BITS
from exoval.missions.mission import MASK, Mission
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.quality_flags import ALL_BITS
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
    name="K2",
    clock="bkjd",
)

#: Vanderburg & Johnson 2014 (PASP 126, 948): arcs of the roll regressed out; cadences with a
#: thruster firing are marked in MOVING
K2SFF = replace(
    CAMPAIGN,
    name="K2SFF",
    fits_files="hlsp_k2sff_k2_lightcurve_*_llc.fits*",
    file_name=r"hlsp_k2sff_k2_lightcurve_(?P<target>\d{9})-c(?P<segment>\d{2,3})_kepler_v\d+_llc"
    r"\.fits(\.gz)?",
    own_columns=("FCOR", "ARCLENGTH"),
    time_columns=("T", "TIME"),
    quality_column="",
    bad_columns={"MOVING": ALL_BITS},
    flux_columns={"pdcsap": (("FCOR",), ("FCOR_ERR",)), "sap": (("FRAW",), ("FRAW_ERR",))},
    centroid_columns=(),
    motion_columns=(),
    corrects_crowding=False,
    download="lightkurve.search_lightcurve('EPIC 201367065', author='K2SFF')"
    ".download_all(download_dir=FOLDER)",
)

#: Luger et al. 2018 (AJ 156, 99): pixel-level decorrelation. Its own bits 22 and 23 (flagged in the
#: pixel file, no number) stand where the flux was interpolated; 24 marks outliers, which may be
#: eclipses, and is kept
EVEREST = replace(
    K2SFF,
    name="EVEREST",
    fits_files="hlsp_everest_k2_llc_*_lc.fits*",
    file_name=r"hlsp_everest_k2_llc_(?P<target>\d{9})-c(?P<segment>\d{2,3})_kepler_v[\d.]+_lc"
    r"\.fits(\.gz)?",
    own_columns=("FLUX", "FRAW", "CADN"),
    time_columns=("TIME",),
    quality_column="QUALITY",
    bad_columns={"QUALITY": 1 << 22 | 1 << 23},
    flux_columns={"pdcsap": (("FLUX",), ("FRAW_ERR",)), "sap": (("FRAW",), ("FRAW_ERR",))},
    download="lightkurve.search_lightcurve('EPIC 201367065', author='EVEREST')"
    ".download_all(download_dir=FOLDER)",
)

#: first and last light (BJD), with the engineering test of 2014
OBSERVED = (2456600.0, 2458450.0)


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
    event_removal: str = MASK,
) -> Mission:
    """Return K2 long cadence: times in BKJD, targets ``EPIC ...``, segments are campaigns.

    The halves of a campaign are the segments 91 and 92, 101 and 102, ... If several producers cover
    a star and campaign, the pipeline is preferred, then EVEREST, then K2SFF. The quality bits are
    Kepler's. Cadences with a thruster firing (20), every six hours here, are
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
        other_products=(EVEREST, K2SFF),
        observed=OBSERVED,
        aperture_radius_pixels=aperture_radius_pixels,
        noise=noise or ProceduralNoise(),
        targets=targets or TargetStars(),
        name_prefixes=("EPIC",),
        event_removal=event_removal,
    )
