"""Kepler long cadence (Jenkins et al. 2010, ApJ 713, L87)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from exoval.missions.mission import MASK, Mission
from exoval.missions.pipeline_product import PipelineProduct
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.populations.target_stars import TargetStars
from exoval.processing.step import Step

#: long cadence (days), pixel (arcsec), and the BJD at time 0 of BKJD (Kepler Archive Manual)
EXPOSURE_DAYS, PIXEL_ARCSEC, BKJD_ZERO = 0.0204335982, 3.98, 2454833.0

#: first and last light (BJD)
OBSERVED = (2454900.0, 2456450.0)

#: file and header names of Kepler long-cadence light curves (Kepler Archive Manual, chapter 2)
LONG_CADENCE = PipelineProduct(
    telescope="Kepler",
    target_prefix="KIC",
    parquet_files="kepler-*.parquet",
    fits_files="kplr*_llc.fits*",
    file_name=r"kplr(?P<target>\d{9})-\d+_llc\.fits(\.gz)?",
    target_keyword="KEPLERID",
    segment_keyword="QUARTER",
    magnitude_keyword="KEPMAG",
    metallicity_keyword="FEH",
    quality_column="SAP_QUALITY",
    noise_keyword="CDPP6_0",
    noise_column="cdpp6",
    noise_hours=6.0,
    download="lightkurve.search_lightcurve('KIC 757450', author='Kepler', cadence='long')"
    ".download_all(download_dir=FOLDER)",
    name="Kepler",
    clock="bkjd",
)

#: Mathur et al. 2019 (KEPSEISMIC): the whole mission, calibrated by KADACS, filtered at 20, 55 or
#: 80 days, gaps filled in; flux in ppm about zero, time in MJD
KEPSEISMIC = replace(
    LONG_CADENCE,
    name="KEPSEISMIC",
    fits_files="hlsp_kepseismic_kepler_phot_kplr*_cor-filt-inp.fits*",
    file_name=r"hlsp_kepseismic_kepler_phot_kplr(?P<target>\d{9})-\d+d_kepler_v\d+_cor-filt-inp"
    r"\.fits(\.gz)?",
    origin="CEA & SSI",
    clock="mjd",
    quality_column="",
    flux_columns={"pdcsap": (("FLUX",), ("FLUX_ERR",)), "sap": ((), ())},
    flux_units={"FLUX": ""},
    centroid_columns=(),
    motion_columns=(),
    corrects_crowding=False,
    download="lightkurve.search_lightcurve('KIC 757450', author='KEPSEISMIC')"
    ".download_all(download_dir=FOLDER)",
)

#: relative flux about zero of KOI hosts as users post-process it: two files a star, processed as
#: conf/mission/kepler_flattened.yaml says (KIC 2985767 and 2975770 follow from the pipeline's
#: flux to 1e-7)
FLATTENED = replace(
    LONG_CADENCE,
    name="flattened",
    parquet_files="kepler_koi_flattened*.parquet",
    star_files="kepler_koi_flattened*.parquet",
    is_processed=True,
)

#: Dropped: attitude tweak (0), safe mode (1), coarse point (2), Earth point (3), desaturation (5),
#: argabrightening (6), manual exclude (8), detector anomaly (14), no fine point (15), no data (16),
#: thruster firing (20). PDC flux is empty at all of these, so they matter for SAP. Kept:
#: reaction-wheel zero crossing (4), cleaned cosmic rays (7, 13) and rolling band (17, 18), which
#: mark 2-5 % of the good cadences each, as often inside catalogued events as outside; and the
#: outlier flag (11), which is rare and can mark a short eclipse.
QUALITY_BITS = (0, 1, 2, 3, 5, 6, 8, 14, 15, 16, 20)


def kepler(
    *,
    exposure_days: float = EXPOSURE_DAYS,
    pixel_scale_arcsec: float = PIXEL_ARCSEC,
    blend_radius_arcsec: float = 4.0,
    time_zero: float = BKJD_ZERO,
    minimum_period_days: float = 0.5,
    maximum_period_days: float = 30.0,
    quality_bits: Sequence[int] = QUALITY_BITS,
    flux_column: str = "pdcsap",
    aperture_radius_pixels: float = 2.0,
    noise: ProceduralNoise | None = None,
    targets: TargetStars | None = None,
    event_removal: str = MASK,
    processing: Mapping[str, Step] | None = None,
) -> Mission:
    """Return Kepler long cadence: times in BKJD, targets ``KIC ...``, segments are quarters.

    The blend radius is one pixel. At periods up to 30 days a quarter holds three events at any
    epoch. Raises BadParameter for impossible values.
    """
    return Mission(
        name="kepler",
        band="kepler",
        exposure_days=exposure_days,
        pixel_scale_arcsec=pixel_scale_arcsec,
        blend_radius_arcsec=blend_radius_arcsec,
        time_zero=time_zero,
        minimum_period_days=minimum_period_days,
        maximum_period_days=maximum_period_days,
        quality_bits=quality_bits,
        product=LONG_CADENCE,
        flux_column=flux_column,
        other_products=(FLATTENED,) if processing else (),
        single_file_products=(KEPSEISMIC,),
        observed=OBSERVED,
        aperture_radius_pixels=aperture_radius_pixels,
        noise=noise or ProceduralNoise(),
        targets=targets or TargetStars(),
        name_prefixes=("KIC", "KOI", "K", "KEPLER"),
        event_removal=event_removal,
        processing=processing or {},
    )
