"""A mission: the numbers the rest of exoval needs of it, and how to read its light curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exoval.errors import BadLightCurve, BadParameter, DataNotFound
from exoval.lightcurve import LightCurve, stitch
from exoval.missions.pipeline_fits import read_pipeline_fits, read_pipeline_star
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment, usable_light_curve
from exoval.missions.table_file import is_table, read_table_segments
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.physics.stellar_relations import BANDS
from exoval.populations.target_stars import TargetStars
from exoval.star import Star


@dataclass(frozen=True, kw_only=True)
class Mission:
    """One mission and data product; nothing outside this package asks for a mission by name.

    ``band`` names the passband (``kepler`` or ``tess``) of magnitudes, limb darkening and
    brightness ratios. ``exposure_days`` is the cadence; light curves of another one are not this
    mission's. Stars closer than ``blend_radius_arcsec`` are not seen as two. ``time_zero`` is the
    BJD of time 0. ``minimum_period_days`` and ``maximum_period_days`` bound the search by
    default. Cadences with any of ``quality_bits`` (numbered from 0) are dropped.
    ``flux_column`` is ``pdcsap`` (corrected for systematics and known neighbours) or ``sap``.
    ``product`` names what its archive holds, ``other_products`` what other makers made of the
    same pixels. The photometric aperture has about ``aperture_radius_pixels``. ``noise`` and
    ``targets`` make light curves and stars where there are none. A star or signal whose name begins
    with one of ``name_prefixes`` (KIC, TOI) is this mission's where nobody names a mission.

    Raises BadParameter for another flux column, an empty period range or an impossible bit, and
    where a length or the exposure is not positive.
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
    other_products: tuple[PipelineProduct, ...] = ()
    aperture_radius_pixels: float = 2.0
    noise: ProceduralNoise = field(default_factory=ProceduralNoise)
    targets: TargetStars = field(default_factory=TargetStars)
    name_prefixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "quality_bits", tuple(int(bit) for bit in self.quality_bits))
        if self.flux_column not in ("pdcsap", "sap"):
            raise BadParameter(f"flux_column='{self.flux_column}'; use pdcsap or sap")
        sizes = (
            "exposure_days",
            "pixel_scale_arcsec",
            "blend_radius_arcsec",
            "aperture_radius_pixels",
        )
        wrong = [f"{name}={getattr(self, name)}" for name in sizes if not getattr(self, name) > 0]
        if wrong:
            raise BadParameter(f"mission '{self.name}': {', '.join(wrong)}; give values above 0")
        if self.band not in BANDS:
            raise BadParameter(
                f"mission '{self.name}': band '{self.band}'; use the nearest of {', '.join(BANDS)}"
            )
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
    def products(self) -> tuple[PipelineProduct, ...]:
        """All products that can be read, the mission's own first."""
        return (self.product, *self.other_products)

    @property
    def quality_bitmask(self) -> int:
        """The quality bits as one integer."""
        return sum(1 << bit for bit in set(self.quality_bits))

    def read(self, path: str | Path) -> LightCurve:
        """The usable cadences of one light-curve file.

        Pipeline files and tables (``exoval.missions.table_file``) are read directly; whatever else
        lightkurve can open goes through it. A table may hold several segments. Raises
        DataNotFound if there is no such file and BadLightCurve, naming the file, if it cannot be
        read or holds nothing usable.
        """
        if is_table(path):
            segments = read_table_segments(
                path, exposure_days=self.exposure_days, time_zero=self.time_zero
            )
            return stitch([self.usable(segment) for segment in segments])
        return self.usable(self.read_segment(path))

    def read_segment(self, path: str | Path) -> PipelineSegment:
        """One quarter or sector as the pipeline wrote it; raises as ``read`` does."""
        if not Path(path).is_file():
            raise DataNotFound(f"no light curve at {path}; check the path")
        for product in self.products:
            segment = read_pipeline_fits(
                path, product, flux_column=self.flux_column, exposure_days=self.exposure_days
            )
            if segment is not None:
                return segment
        # imported here only: lightkurve costs about two seconds, and pipeline files need none
        from exoval.missions.lightkurve_file import read_with_lightkurve

        return read_with_lightkurve(path, self.product, time_zero=self.time_zero)

    def usable(self, segment: PipelineSegment) -> LightCurve:
        """The cadences of a segment that are not flagged and have flux and time.

        Raises BadLightCurve naming target and segment if there is none.
        """
        return usable_light_curve(
            segment, self.name, quality_bitmask=self.quality_bitmask, band=self.band
        )

    def read_star(self, path: str | Path) -> Star:
        """The star as the headers of a pipeline file describe it.

        Raises DataNotFound if there is no such file, BadLightCurve if it is not a pipeline file.
        """
        if not Path(path).is_file():
            raise DataNotFound(f"no light curve at {path}; check the path")
        stars = (read_pipeline_star(path, product) for product in self.products)
        star = next((star for star in stars if star is not None), None)
        if star is None:
            raise BadLightCurve(
                f"{path} is not a {self.product.telescope} pipeline file; describe the star with "
                "exoval.star.Star"
            )
        return star
