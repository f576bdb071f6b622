"""A mission: the numbers that exoval needs, and how to read its light curves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from exoval.errors import BadLightCurve, BadParameter, DataNotFound, shown
from exoval.lightcurve import LightCurve, stitch
from exoval.missions.clock import ANY_YEAR, MissionClock
from exoval.missions.fits_table import read_fits_star, read_fits_table
from exoval.missions.one_cadence import one_of_each_stretch
from exoval.missions.pipeline_fits import read_pipeline_fits, read_pipeline_star
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment, usable_light_curve
from exoval.missions.table_file import is_table, read_table_segments, target_of
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.physics.stellar_relations import BANDS
from exoval.populations.target_stars import TargetStars
from exoval.processing.step import Step, processed_by
from exoval.star import Star

#: ways to take a found event out of a light curve (``exoval.removal``)
MASK, SUBTRACT = "mask", "subtract"


@dataclass(frozen=True, kw_only=True)
class Mission:
    """One mission and data product.

    Code outside this package uses these fields and never a mission's name. ``band`` names the
    passband (``kepler`` or ``tess``) of magnitudes, limb darkening and brightness ratios.
    ``exposure_days`` is the cadence; light curves of another cadence are ignored. Stars closer than
    ``blend_radius_arcsec`` are not resolved. ``time_zero`` is the BJD of time 0.
    ``minimum_period_days`` and ``maximum_period_days`` are the default limits of the search.
    Cadences with any of ``quality_bits`` (numbered from 0) are dropped. ``flux_column`` is
    ``pdcsap`` (corrected for systematics and known neighbours) or ``sap``. ``product`` describes
    the archive's files, ``other_products`` those that others made from the same pixels, and
    ``single_file_products`` those of another cadence, which are read where a file is given but not
    listed in folders. The mission ``observed`` between two BJD. The
    photometric aperture has a radius of about ``aperture_radius_pixels``. ``noise`` and ``targets``
    simulate procedural light curves and stars where real ones are missing. A star or signal whose
    name begins with one of ``name_prefixes`` (KIC, TOI) belongs to this mission where nobody
    names another. Before a star is searched again, found events are masked or their fit is
    subtracted (``event_removal``). ``processing`` are the steps that users of the mission take
    before they publish a light curve, in their order (``exoval.processing``); they are applied to a
    light curve before anything is searched or measured, unless its product declares that it has
    undergone them.

    Raises BadParameter for another flux column or removal, an empty period range, an impossible
    bit, or a length or exposure that is not positive.
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
    single_file_products: tuple[PipelineProduct, ...] = ()
    observed: tuple[float, float] = ANY_YEAR
    aperture_radius_pixels: float = 2.0
    noise: ProceduralNoise = field(default_factory=ProceduralNoise)
    targets: TargetStars = field(default_factory=TargetStars)
    name_prefixes: tuple[str, ...] = ()
    event_removal: str = MASK
    processing: Mapping[str, Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quality_bits", tuple(int(bit) for bit in self.quality_bits))
        object.__setattr__(self, "processing", dict(self.processing or {}))
        if self.flux_column not in ("pdcsap", "sap"):
            raise BadParameter(f"flux_column={shown(self.flux_column)}; use pdcsap or sap")
        if self.event_removal not in (MASK, SUBTRACT):
            raise BadParameter(
                f"event_removal={shown(self.event_removal)}; use {MASK} or {SUBTRACT}"
            )
        sizes = (
            "exposure_days",
            "pixel_scale_arcsec",
            "blend_radius_arcsec",
            "aperture_radius_pixels",
        )
        wrong = [f"{name}={getattr(self, name)}" for name in sizes if not getattr(self, name) > 0]
        if wrong:
            raise BadParameter(
                f"mission '{self.name[:60]}': {', '.join(wrong)}; give values above 0"
            )
        if self.band not in BANDS:
            raise BadParameter(
                f"mission '{self.name[:60]}': band {shown(self.band)}; use the nearest of "
                f"{', '.join(BANDS)}"
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
        """Prefix of a target's catalogue number, such as KIC or TIC."""
        return self.product.target_prefix

    @property
    def flux_is_decrowded(self) -> bool:
        """Whether the mission's own flux excludes the light of known neighbours."""
        return self.flux_column == "pdcsap"

    @property
    def clock(self) -> MissionClock:
        """The clock on which the mission's light curves and epochs are."""
        return MissionClock(self.time_zero, self.observed)

    @property
    def products(self) -> tuple[PipelineProduct, ...]:
        """All products that a folder may hold, the mission's own first."""
        return (self.product, *self.other_products)

    @property
    def quality_bitmask(self) -> int:
        """The quality bits as one integer."""
        return sum(1 << bit for bit in set(self.quality_bits))

    def read(self, path: str | Path) -> LightCurve:
        """Return the usable cadences of one light-curve file.

        It may be of a product that is known by name, any FITS file or table
        (``exoval.missions.table_columns``) with time and flux, or what lightkurve can read. A table
        may hold several segments. The light curve's ``notes`` say what was converted or guessed.
        Raises DataNotFound for a missing file and BadLightCurve, naming the file, if it cannot be
        read or has no usable cadence.
        """
        return stitch([self.usable(segment) for segment in self.read_segments(path)])

    def read_files(self, paths: Sequence[str | Path]) -> LightCurve:
        """Return the usable cadences of a star's light-curve files.

        Where files show the same time, one cadence is read (``exoval.missions.one_cadence``), and
        the ``notes`` say which files were left out. Files that name no star are taken to show that
        of the others. Raises as ``read`` does, and BadLightCurve for files of several stars or
        whose cadences alternate.
        """
        kept, notes = one_of_each_stretch(
            self._of_one_star([self.read(path) for path in paths], paths),
            [Path(path).name for path in paths],
            exposure_days=self.exposure_days,
        )
        light_curve = stitch(kept)
        if np.any(np.diff(light_curve.time) <= 0):
            raise BadLightCurve(
                f"cadences of {', '.join(map(str, paths))} alternate in time; put them into one "
                "table, or give fewer files"
            )
        return replace(light_curve, notes=(*light_curve.notes, *notes))

    def names_no_star(self, target: str, path: str | Path) -> bool:
        """Return whether a file's target is but the name of the file."""
        number = re.match(rf"{self.target_prefix}[\s_-]*\d", target, re.IGNORECASE)
        return number is None and target == target_of(path)

    def _of_one_star(
        self, light_curves: list[LightCurve], paths: Sequence[str | Path]
    ) -> list[LightCurve]:
        """The light curves with the star of the files that name one, else that of the first."""
        nameless = [self.names_no_star(one.target, path) for one, path in zip(light_curves, paths)]
        if not any(nameless) or len(light_curves) == 1:
            return light_curves
        named = (one.target for one, without in zip(light_curves, nameless) if not without)
        star = next(named, light_curves[0].target)
        return [
            replace(
                one,
                target=star,
                notes=(*one.notes, f"{Path(path).name} names no star and was taken as {star}'s"),
            )
            if without and one.target != star
            else one
            for one, path, without in zip(light_curves, paths, nameless)
        ]

    def read_segment(self, path: str | Path) -> PipelineSegment:
        """Return the first quarter or sector of a file, all cadences; raises as ``read`` does."""
        return self.read_segments(path)[0]

    def read_segments(self, path: str | Path) -> list[PipelineSegment]:
        """Return the quarters or sectors of a file, all cadences; raises as ``read`` does."""
        if not Path(path).is_file():
            raise DataNotFound(f"no light curve at {path}; check the path")
        asked = {"clock": self.clock, "exposure_days": self.exposure_days}
        if is_table(path):
            return read_table_segments(path, **asked)
        segment = read_pipeline_fits(
            path,
            (*self.products, *self.single_file_products),
            flux_column=self.flux_column,
            **asked,
        )
        if segment is not None:
            return [segment]
        segments = read_fits_table(
            path, self.product, quality_bitmask=self.quality_bitmask or -1, **asked
        )
        if segments is not None:
            return segments
        # imported here: lightkurve takes about two seconds, and other files do not need it
        from exoval.missions.lightkurve_file import read_with_lightkurve

        return [read_with_lightkurve(path, self.product, time_zero=self.time_zero)]

    def usable(self, segment: PipelineSegment) -> LightCurve:
        """Return the unflagged cadences of a segment that have flux and time.

        Raises BadLightCurve, naming target and segment, if no cadence is usable.
        """
        light_curve = usable_light_curve(
            segment, self.name, quality_bitmask=self.quality_bitmask, band=self.band
        )
        return replace(light_curve, is_processed=segment.is_processed or self.product.is_processed)

    def processed(self, light_curve: LightCurve) -> LightCurve:
        """Return the light curve after the mission's processing, unless it has undergone it.

        Raises BadLightCurve if a step leaves nothing.
        """
        if not self.processing or light_curve.is_processed:
            return light_curve
        return processed_by(self.processing.values(), light_curve)

    def read_star(self, path: str | Path) -> Star:
        """Return the star as described by the headers of a FITS file.

        Raises DataNotFound for a missing file, BadLightCurve for a table or a broken file.
        """
        if not Path(path).is_file():
            raise DataNotFound(f"no light curve at {path}; check the path")
        if is_table(path):
            raise BadLightCurve(
                f"{path} is a table and does not describe its star; describe it with "
                "exoval.star.Star"
            )
        products = (*self.products, *self.single_file_products)
        return read_pipeline_star(path, products) or read_fits_star(path, self.product)
