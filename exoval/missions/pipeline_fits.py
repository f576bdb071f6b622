"""Reader of FITS light curves whose names of headers and columns a product lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from exoval.errors import BadLightCurve, BadParameter
from exoval.lazy_module import LazyModule
from exoval.missions.catalogue_star import catalogue_star
from exoval.missions.clock import MissionClock, stated_clock, without_fill_times
from exoval.missions.exposure import exposure_of
from exoval.missions.fits_file import (
    column_names,
    days,
    native,
    number,
    opened_fits,
    stated_time,
    whole_number,
)
from exoval.missions.linear_flux import linear_flux
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.missions.quality_flags import ALL_BITS, quality_bits
from exoval.star import Star

if TYPE_CHECKING:
    from astropy.io import fits
else:
    fits = LazyModule("astropy.io.fits")

#: how headers write that they name no telescope
NO_TELESCOPE = ("", "n/a", "na", "none", "unknown")


@dataclass(frozen=True)
class _Table:
    """The columns of a file's table, by their names in upper case."""

    hdu: fits.BinTableHDU
    names: dict[str, str]

    def __getitem__(self, name: str) -> np.ndarray:
        values = self.flags(name)
        if values.dtype.kind not in "iuf":
            raise ValueError(f"column {name} holds no numbers")
        return values

    def flags(self, name: str) -> np.ndarray:
        """A column that may hold letters in place of numbers."""
        values = native(self.hdu.data[self.names[name]])
        if values.ndim != 1:
            raise ValueError(f"column {name} holds {values.shape[1:]} values a row instead of one")
        return values

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def __len__(self) -> int:
        return len(self.hdu.data)

    def column(self, name: str) -> fits.Column:
        return self.hdu.columns[self.names[name]]


def read_pipeline_fits(
    path: str | Path,
    products: Sequence[PipelineProduct],
    *,
    flux_column: str,
    clock: MissionClock,
    exposure_days: float,
) -> PipelineSegment | None:
    """Read one quarter or sector of one of the products; None for a file of another kind.

    Times become days on ``clock``, flux linear. The exposure is the header's, else the median step
    between cadences, else ``exposure_days``. Raises BadLightCurve, naming the file and the reason,
    if it is broken or of another telescope.
    """
    with opened_fits(path) as hdus:
        product = _product_of(path, hdus, products)
        if product is None:
            return None
        try:
            return _segment(path, hdus, product, _Reading(flux_column, clock, exposure_days))
        except BadParameter as error:
            raise BadLightCurve(f"{path}: {error}") from error


@dataclass(frozen=True)
class _Reading:
    """What a mission asks of a file."""

    flux_column: str
    clock: MissionClock
    exposure_days: float


def _segment(
    path: str | Path, hdus: fits.HDUList, product: PipelineProduct, asked: _Reading
) -> PipelineSegment:
    primary, header = hdus[0].header, hdus[1].header
    table = _Table(hdus[1], column_names(hdus[1].columns))
    target, target_notes = _target(path, primary, product)
    time, clock_notes = _time(header, table, product, asked.clock)
    flux = _flux(table, product, asked.flux_column)
    exposure, exposure_notes = exposure_of(
        time, stated=number(header, "TIMEDEL"), otherwise=asked.exposure_days
    )
    quality = (
        quality_bits(table.flags(product.quality_column))
        if product.quality_column
        else np.zeros(len(table), dtype=int)
    )
    bad = _is_bad(table, product, quality)
    centroid_column, centroid_row = _centroids(table, product)
    return PipelineSegment(
        target=target,
        number=_segment_number(path, primary, product),
        time=time,
        quality=quality,
        flux=np.where(bad, np.nan, flux.values) if bad.any() else flux.values,
        flux_error=flux.errors,
        centroid_column=centroid_column,
        centroid_row=centroid_row,
        exposure=exposure,
        crowding=number(header, "CROWDSAP"),
        noise_ppm=product.six_hour_noise(number(header, product.noise_keyword)),
        flux_is_decrowded=product.corrects_crowding and flux.is_corrected,
        notes=(*target_notes, *clock_notes, *flux.notes, *exposure_notes),
    )


def _time(
    header: fits.Header, table: _Table, product: PipelineProduct, clock: MissionClock
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Times in days on the mission's clock, and what was guessed of theirs."""
    name = next(name for name in product.time_columns if name in table)
    column = table.column(name)
    time, notes = without_fill_times(days(table[name], column.unit))
    found = clock.of(time, stated_time(header, column), usual=stated_clock(product.clock))
    return clock.convert(time, found), (*notes, *found.notes)


@dataclass(frozen=True)
class _Flux:
    """Linear flux with its errors; ``is_corrected`` if it is the flux corrected for systematics."""

    values: np.ndarray
    errors: np.ndarray
    is_corrected: bool
    notes: tuple[str, ...]


def _flux(table: _Table, product: PipelineProduct, flux_column: str) -> _Flux:
    pairs = list(product.flux_pairs(flux_column, table.names))
    if not pairs:
        raise KeyError(f"no {flux_column} flux; set mission.flux_column to the other one")
    raw = set(product.flux_columns["sap"][0])
    filled = (pair for pair in pairs if np.isfinite(table[pair[0]]).any())
    name, error_name = next(filled, pairs[0])
    values = table[name]
    errors = table[error_name] if error_name else np.full(len(values), np.nan)
    unit = table.column(name).unit or product.flux_units.get(name, "e-/s")
    linear = linear_flux(values, errors, unit=unit, name=name)
    is_corrected = flux_column == "pdcsap" and name not in raw
    notes = linear.notes
    if flux_column == "pdcsap" and not is_corrected:
        notes += (f"{name} was read, which is not corrected for systematics",)
    return _Flux(linear.flux, linear.error, is_corrected, notes)


def _is_bad(table: _Table, product: PipelineProduct, quality: np.ndarray) -> np.ndarray:
    """Mask of the cadences that no mission's bits select but the product rejects."""
    bad = quality == ALL_BITS
    for name, mask in product.bad_columns.items():
        if name in table:
            bad |= (quality_bits(table.flags(name)) & mask) != 0
    return bad


def _centroids(table: _Table, product: PipelineProduct) -> tuple[np.ndarray, np.ndarray]:
    """Centroids less the local motion; NaN where the file has none."""
    unknown = np.full(len(table), np.nan)
    names = product.centroid_columns
    if not names or any(name not in table for name in names):
        return unknown, unknown
    motions = [table[name] if name in table else 0.0 for name in product.motion_columns] or [0, 0]
    return table[names[0]] - motions[0], table[names[1]] - motions[1]


def _target(
    path: str | Path, primary: fits.Header, product: PipelineProduct
) -> tuple[str, tuple[str, ...]]:
    """The star from its catalogue number in header or file name, else its Gaia number."""
    prefix, text = product.target_prefix, str(primary.get("OBJECT") or "")
    found = whole_number(primary.get(product.target_keyword))
    identity = product.identify(Path(path).name)
    named = identity[0] if identity else ""
    if found is not None:
        return product.target_name(found), ()
    if named.startswith(f"{prefix} "):
        return named, (f"the star's number is that of the file name, {named}",)
    if text.upper().startswith(prefix) and whole_number(text):
        return product.target_name(whole_number(text)), ()
    gaia = named or _gaia_name(primary, product)
    if gaia:
        return gaia, (f"the file gives no {prefix} number; the star is called {gaia}",)
    raise BadLightCurve(
        f"{path} does not say which star it shows; write its number into the header "
        f"{product.target_keyword}"
    )


def _gaia_name(primary: fits.Header, product: PipelineProduct) -> str:
    """The star's Gaia number of the headers, as a name; empty without one."""
    for keyword in ("GAIADR3", "GAIA-ID", "GAIAID", "OBJECT"):
        text = str(primary.get(keyword) or "").split()
        # Gaia's numbers have up to 19 digits, those of TIC and EPIC fewer than 12
        if text and text[-1].isdigit() and len(text[-1]) > 11:
            return f"Gaia {product.gaia} {int(text[-1])}"
    return ""


def _segment_number(path: str | Path, primary: fits.Header, product: PipelineProduct) -> int:
    """The quarter or sector of the file name, else of the header, else 0.

    The name is first because the halves of a K2 campaign (91 and 92) share a header's number.
    """
    identity = product.identify(Path(path).name)
    if identity is not None and identity[1] is not None:
        return identity[1]
    return whole_number(primary.get(product.segment_keyword)) or 0


def read_pipeline_star(path: str | Path, products: Sequence[PipelineProduct]) -> Star | None:
    """Read the star of a file of one of the products; None for a file of another kind.

    Raises BadLightCurve, naming the file and the reason, if it is broken or of another telescope.
    """
    with opened_fits(path) as hdus:
        product = _product_of(path, hdus, products)
        if product is None:
            return None
        header = hdus[0].header
        keywords = {
            **product.star_keywords,
            "magnitude": (product.magnitude_keyword,),
            "metallicity": (product.metallicity_keyword,),
        }
        values = {
            name: next((number(header, word) for word in words if word in header), np.nan)
            for name, words in keywords.items()
        }
        return catalogue_star(_target(path, header, product)[0], values)


def read_pipeline_segment_number(path: str | Path, product: PipelineProduct) -> int:
    """Read the quarter or sector of a pipeline file from its name or first header only.

    Raises BadLightCurve, naming the file and the reason, if the file is broken.
    """
    with opened_fits(path) as hdus:
        return _segment_number(path, hdus[0].header, product)


def read_pipeline_target(path: str | Path, product: PipelineProduct) -> str:
    """Read the name of a pipeline file's star from its first header or its file name.

    Raises BadLightCurve, naming the file and the reason, if the file is broken.
    """
    with opened_fits(path) as hdus:
        return _target(path, hdus[0].header, product)[0]


def _product_of(
    path: str | Path, hdus: fits.HDUList, products: Sequence[PipelineProduct]
) -> PipelineProduct | None:
    """The first of the products that a file is of; one that its name says comes first."""
    named = [product for product in products if product.identify(Path(path).name)]
    if not named:
        _check_telescope(path, hdus[0].header, products[0])
    if len(hdus) < 2 or not isinstance(hdus[1], fits.BinTableHDU):
        return None
    present = set(column_names(hdus[1].columns))
    for product in (*named, *products):
        if _is_product(hdus[0].header, present, product):
            return product
    return None


def _check_telescope(path: str | Path, primary: fits.Header, product: PipelineProduct) -> None:
    if str(primary.get("OBJECT") or "").upper().startswith(f"{product.target_prefix} "):
        return
    # K2's files name Kepler as their telescope
    named = (str(primary.get(keyword) or "").strip() for keyword in ("MISSION", "TELESCOP"))
    telescope = next((name for name in named if name.lower() not in NO_TELESCOPE), "")
    if telescope and telescope.lower() != product.telescope.lower():
        raise BadLightCurve(
            f"{path} is a {telescope} file; read it as that mission's, not as {product.telescope}'s"
        )


def _is_product(primary: fits.Header, present: set[str], product: PipelineProduct) -> bool:
    origin = str(primary.get("ORIGIN") or "")
    needed = {*product.own_columns, *((product.quality_column,) if product.quality_column else ())}
    return (
        (not product.origin or product.origin.lower() in origin.lower())
        and (product.target_keyword in primary or product.origin or product.own_columns)
        and needed <= present
        and any(name in present for name in product.time_columns)
        and next(product.flux_pairs("pdcsap", present), None) is not None
    )
