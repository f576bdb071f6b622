"""Light curves from TESS full-frame images: TESS-SPOC, QLP and eleanor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exoval.missions.mission import Mission
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.tess import BTJD_ZERO, PIXEL_ARCSEC, QUALITY_BITS, TWO_MINUTE_CADENCE
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.populations.target_stars import TargetStars
from exoval.units import SECONDS_PER_DAY

#: Caldwell et al. 2020 (RNAAS 4, 201): the two-minute pipeline on full-frame images
TESS_SPOC = replace(
    TWO_MINUTE_CADENCE,
    fits_files="hlsp_tess-spoc_tess_phot_*_lc.fits*",
    file_name=r"hlsp_tess-spoc_tess_phot_(?P<target>\d{16})-s(?P<segment>\d{4})_tess_v\d+_lc\.fits"
    r"(\.gz)?",
    download="lightkurve.search_lightcurve('TIC 11491822', author='TESS-SPOC')"
    ".download_all(download_dir=FOLDER)",
)

#: Huang et al. 2020 (RNAAS 4, 204): detrended with a spline; the columns are renamed in sector 56
QLP = PipelineProduct(
    telescope="TESS",
    target_prefix="TIC",
    parquet_files=TWO_MINUTE_CADENCE.parquet_files,
    fits_files="hlsp_qlp_tess_ffi_*_llc.fits*",
    file_name=r"hlsp_qlp_tess_ffi_s(?P<segment>\d{4})-(?P<target>\d{16})_tess_v\d+_llc\.fits"
    r"(\.gz)?",
    target_keyword="TICID",
    segment_keyword="SECTOR",
    magnitude_keyword="TESSMAG",
    metallicity_keyword="MH",
    quality_column="QUALITY",
    noise_keyword="CDPP2_0",
    noise_column=TWO_MINUTE_CADENCE.noise_column,
    noise_hours=2.0,
    download="lightkurve.search_lightcurve('TIC 11491822', author='QLP')"
    ".download_all(download_dir=FOLDER)",
    flux_columns={
        "pdcsap": (("DET_FLUX", "KSPSAP_FLUX"), ("DET_FLUX_ERR", "KSPSAP_FLUX_ERR")),
        "sap": (("SAP_FLUX",), ("KSPSAP_FLUX_ERR", "DET_FLUX_ERR")),
    },
    centroid_columns=("SAP_X", "SAP_Y"),
    motion_columns=(),
)

#: Feinstein et al. 2019 (PASP 131, 094502); neighbours are not subtracted
ELEANOR = PipelineProduct(
    telescope="TESS",
    target_prefix="TIC",
    parquet_files=TWO_MINUTE_CADENCE.parquet_files,
    fits_files="hlsp_*eleanor*_lc.fits*",
    # tic11491822_s20 in eleanor's own files, s0020-0000000011491822 in the archive's
    file_name=r"hlsp_(gsfc-)?eleanor(-lite)?_tess_ffi_(?=(s\d+-|tic)(?P<target>\d+)_)"
    r"(?=(tic\d+_)?s(?P<segment>\d+)[-_])[\w-]+_tess_v[\d.]+_lc\.fits(\.gz)?",
    target_keyword="TIC_ID",
    segment_keyword="SECTOR",
    magnitude_keyword="TMAG",
    metallicity_keyword="MH",
    quality_column="QUALITY",
    noise_keyword="CDPP2_0",
    noise_column=TWO_MINUTE_CADENCE.noise_column,
    noise_hours=2.0,
    download="lightkurve.search_lightcurve('TIC 11491822', author='GSFC-ELEANOR-LITE')"
    ".download_all(download_dir=FOLDER)",
    flux_columns={"pdcsap": (("CORR_FLUX",), ("FLUX_ERR",)), "sap": (("RAW_FLUX",), ("FLUX_ERR",))},
    centroid_columns=("X_CENTROID", "Y_CENTROID"),
    motion_columns=(),
    corrects_crowding=False,
)


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
) -> Mission:
    """Return TESS full-frame images: times in BTJD, targets ``TIC ...``, segments are sectors.

    ``exposure_seconds`` is 1800 in sectors 1-26, 600 in 27-55 and 200 from 56 on. If several
    producers cover a star and sector, TESS-SPOC is preferred, then QLP, then eleanor. Raises
    BadParameter for impossible values.
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
        product=TESS_SPOC,
        flux_column=flux_column,
        other_products=(QLP, ELEANOR),
        aperture_radius_pixels=aperture_radius_pixels,
        noise=noise or ProceduralNoise(),
        targets=targets or TargetStars(),
    )
