"""A mission described completely by a yaml."""

from __future__ import annotations

from collections.abc import Mapping

from exoval.errors import BadParameter, shown
from exoval.missions.mission import MASK, Mission
from exoval.missions.pipeline_product import PipelineProduct
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.populations.target_stars import TargetStars
from exoval.processing.step import Step
from exoval.units import SECONDS_PER_DAY


def described_mission(
    name: str,
    *,
    band: str,
    exposure_seconds: float,
    pixel_scale_arcsec: float,
    blend_radius_arcsec: float,
    minimum_period_days: float,
    maximum_period_days: float,
    aperture_radius_pixels: float = 2.0,
    time_zero: float = 2457000.0,
    target_prefix: str | None = None,
    noise: ProceduralNoise | None = None,
    targets: TargetStars | None = None,
    event_removal: str = MASK,
    processing: Mapping[str, Step] | None = None,
    files_are_processed: bool = False,
) -> Mission:
    """Return a mission from its numbers; conf/mission/template.yaml explains every argument.

    Its light curves are plain tables (``exoval.missions.table_file``), or procedural. Target names
    begin with ``target_prefix``, by default the mission's name in capitals. Its files have the
    ``processing`` behind them if ``files_are_processed``. Raises BadParameter for impossible
    values.
    """
    if not name.isidentifier():
        raise BadParameter(
            f"mission name {shown(name)}; use letters, digits and underscores, such as my_survey"
        )
    target_prefix = target_prefix or name.upper()
    return Mission(
        name=name,
        band=band,
        exposure_days=exposure_seconds / SECONDS_PER_DAY,
        pixel_scale_arcsec=pixel_scale_arcsec,
        blend_radius_arcsec=blend_radius_arcsec,
        time_zero=time_zero,
        minimum_period_days=minimum_period_days,
        maximum_period_days=maximum_period_days,
        quality_bits=(),
        product=_tables(name, target_prefix, is_processed=files_are_processed),
        aperture_radius_pixels=aperture_radius_pixels,
        noise=noise or ProceduralNoise(),
        targets=targets or TargetStars(),
        name_prefixes=(target_prefix,),
        event_removal=event_removal,
        processing=processing or {},
    )


def _tables(name: str, target_prefix: str, *, is_processed: bool) -> PipelineProduct:
    """The product of a mission without a pipeline: Parquet libraries and plain tables."""
    return PipelineProduct(
        telescope=name,
        target_prefix=target_prefix,
        parquet_files=f"{name}-*.parquet",
        # matches no real FITS file: single files are read through lightkurve
        fits_files=f"{name}-*.fits",
        file_name=r"(?!)(?P<target>)",
        target_keyword="OBJECT",
        segment_keyword="SEGMENT",
        magnitude_keyword="MAG",
        metallicity_keyword="FEH",
        quality_column="QUALITY",
        noise_keyword="CDPP6_0",
        noise_column="cdpp6",
        noise_hours=6.0,
        is_processed=is_processed,
        download=f"put one table a target (time, flux) into light_curves/{name}/",
    )
