"""FITS files with a table of time and flux that no product's names describe.

Such are those that lightkurve's ``to_fits`` writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exoval.errors import BadLightCurve
from exoval.lazy_module import LazyModule
from exoval.missions.catalogue_star import catalogue_star
from exoval.missions.clock import MissionClock
from exoval.missions.fits_file import (
    days,
    native,
    number,
    opened_fits,
    stated_time,
    whole_number,
)
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.missions.table_columns import segments_of, time_and_flux
from exoval.missions.table_file import target_of
from exoval.star import Star

if TYPE_CHECKING:
    from astropy.io import fits
else:
    fits = LazyModule("astropy.io.fits")

#: keywords of a star's catalogue number, besides that of the mission's pipeline
TARGET_KEYWORDS = ("TARGETID", "OBJECT")


def read_fits_table(
    path: str | Path,
    product: PipelineProduct,
    *,
    clock: MissionClock,
    exposure_days: float,
    quality_bitmask: int,
) -> list[PipelineSegment] | None:
    """Read the first table with columns of time and flux; None if there is none.

    Columns are those of plain tables (``exoval.missions.table_columns``), ``product`` names the
    headers. Cadences with any bit of ``quality_bitmask`` in their quality are left out. Raises
    BadLightCurve, naming the file and the reason.
    """
    with opened_fits(path) as hdus:
        if not any(isinstance(hdu, fits.BinTableHDU) for hdu in hdus):
            raise BadLightCurve(
                f"{path} holds no table, so it is no light curve or cut off; download it again, or "
                "give another file"
            )
        found = _table(path, hdus)
        if found is None:
            return None
        hdu, frame, time_column = found
        primary = hdus[0].header
        target, notes = _target(path, primary, product)
        frame.attrs["notes"] = notes
        frame.attrs["segment"] = whole_number(primary.get(product.segment_keyword)) or 0
        return segments_of(
            frame,
            path,
            target=target,
            clock=clock,
            exposure_days=exposure_days,
            stated=stated_time(hdu.header, time_column),
            stated_exposure=number(hdu.header, "TIMEDEL"),
            quality_bitmask=quality_bitmask,
        )


def read_fits_star(path: str | Path, product: PipelineProduct) -> Star:
    """Return the star as the headers describe it; raises BadLightCurve for a broken file."""
    keywords = {
        **product.star_keywords,
        "magnitude": (product.magnitude_keyword,),
        "metallicity": (product.metallicity_keyword,),
    }
    with opened_fits(path) as hdus:
        header = hdus[0].header
        values = {
            name: next((number(header, word) for word in words if word in header), np.nan)
            for name, words in keywords.items()
        }
        return catalogue_star(_target(path, header, product)[0], values)


def _table(
    path: str | Path, hdus: fits.HDUList
) -> tuple[fits.BinTableHDU, pd.DataFrame, fits.Column] | None:
    """The first table with time and flux: its extension, its columns, and that of the time."""
    for hdu in hdus[1:]:
        if not isinstance(hdu, fits.BinTableHDU):
            continue
        columns: dict[str, fits.Column] = {}
        for column in hdu.columns:
            if hdu.data.dtype[column.name].shape == () or _is_in_two_parts(hdu, column):
                columns.setdefault(column.name.lower(), column)
        try:
            name, _ = time_and_flux(list(columns), path)
        except BadLightCurve:
            continue
        frame = pd.DataFrame({key: _values(hdu, column) for key, column in columns.items()})
        frame[name] = days(frame[name].to_numpy(), columns[name].unit)
        frame.attrs["units"] = {key: column.unit or "" for key, column in columns.items()}
        return hdu, frame, columns[name]
    return None


def _is_in_two_parts(hdu: fits.BinTableHDU, column: fits.Column) -> bool:
    """Whether a column holds times as two numbers, jd1 and jd2, as astropy writes them."""
    return hdu.data.dtype[column.name].shape == (2,) and bool(column.coord_type)


def _values(hdu: fits.BinTableHDU, column: fits.Column) -> np.ndarray:
    values = native(hdu.data[column.name])
    return values.sum(axis=1) if values.ndim == 2 else values


def _target(
    path: str | Path, primary: fits.Header, product: PipelineProduct
) -> tuple[str, tuple[str, ...]]:
    """The star from its catalogue number or name in the header, else the name of the file."""
    for keyword in (product.target_keyword, *TARGET_KEYWORDS):
        found = whole_number(primary.get(keyword))
        text = str(primary.get(keyword) or "").strip()
        if found and (text.isdigit() or text.upper().startswith(product.target_prefix)):
            return product.target_name(found), ()
        if text and not text.isdigit() and text.lower() != "none":
            return text, ()
    name = target_of(path)
    return name, (f"the headers name no star; it is called {name} after the file",)
