"""A mission: the numbers the rest of exoval needs of it, and how to read its light curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from exoval.errors import BadLightCurve, BadParameter, DataNotFound
from exoval.lightcurve import LightCurve
from exoval.missions.pipeline_fits import read_pipeline_fits, read_pipeline_star
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment, usable_light_curve
from exoval.star import Star


@dataclass(frozen=True)
class Mission:
    """One mission and data product; nothing outside this package asks for a mission by name.

    ``band`` names the passband (``kepler`` or ``tess``) of magnitudes, limb darkening and
    brightness ratios. ``exposure_days`` is the cadence; light curves of another one are not this
    mission's. Stars closer than ``blend_radius_arcsec`` are not seen as two. ``time_zero`` is the
    BJD of time 0. ``minimum_period_days`` and ``maximum_period_days`` bound the search by
    default. Cadences with any of ``quality_bits`` (numbered from 0) are dropped.
    ``flux_column`` is ``pdcsap`` (corrected for systematics and known neighbours) or ``sap``.

    Raises BadParameter for another flux column, an empty period range or an impossible bit.
    """

    name: str
    band: str
    exposure_days: float
    pixel_scale_arcsec: float
    blend_radius_arcsec: float
    time_zero: float
    minimum_period_days: float
    maximum_period_days: float
    quality_bits: Sequence[int]
    product: PipelineProduct
    flux_column: str = "pdcsap"

    def __post_init__(self) -> None:
        object.__setattr__(self, "quality_bits", tuple(int(bit) for bit in self.quality_bits))
        if self.flux_column not in ("pdcsap", "sap"):
            raise BadParameter(f"flux_column='{self.flux_column}'; use pdcsap or sap")
        if not 0 < self.minimum_period_days < self.maximum_period_days:
            raise BadParameter(
                f"periods from {self.minimum_period_days} to {self.maximum_period_days} days; "
                "give 0 < minimum_period_days < maximum_period_days"
            )
        if any(not 0 <= bit < 31 for bit in self.quality_bits):
            raise BadParameter(f"quality_bits={self.quality_bits}; bits are numbered 0 to 30")

    @property
    def target_prefix(self) -> str:
        """What stands before the catalogue number of a target: KIC or TIC."""
        return self.product.target_prefix

    @property
    def quality_bitmask(self) -> int:
        """The quality bits as one integer."""
        return sum(1 << bit for bit in set(self.quality_bits))

    def read(self, path: str | Path) -> LightCurve:
        """The usable cadences of one light-curve file.

        Pipeline files are read directly; whatever else lightkurve can open goes through it.
        Raises DataNotFound if there is no such file and BadLightCurve, naming the file, if it
        cannot be read or holds nothing usable.
        """
        return self.usable(self.read_segment(path))

    def read_segment(self, path: str | Path) -> PipelineSegment:
        """One quarter or sector as the pipeline wrote it; raises as ``read`` does."""
        if not Path(path).is_file():
            raise DataNotFound(f"no light curve at {path}; check the path")
        segment = read_pipeline_fits(path, self.product, self.flux_column, self.exposure_days)
        if segment is not None:
            return segment
        # imported here only: lightkurve costs about two seconds, and pipeline files need none
        from exoval.missions.lightkurve_file import read_with_lightkurve

        return read_with_lightkurve(path, self.product, self.time_zero)

    def usable(self, segment: PipelineSegment) -> LightCurve:
        """The cadences of a segment that are not flagged and have flux and time.

        Raises BadLightCurve naming target and segment if there is none.
        """
        return usable_light_curve(segment, self.name, self.quality_bitmask)

    def read_star(self, path: str | Path) -> Star:
        """The star as the headers of a pipeline file describe it.

        Raises DataNotFound if there is no such file, BadLightCurve if it is not a pipeline file.
        """
        if not Path(path).is_file():
            raise DataNotFound(f"no light curve at {path}; check the path")
        star = read_pipeline_star(path, self.product)
        if star is None:
            raise BadLightCurve(
                f"{path} is not a {self.product.telescope} pipeline file; describe the star with "
                "exoval.star.Star"
            )
        return star
