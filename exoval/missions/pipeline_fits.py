"""Reader of FITS light curves in the common format of the Kepler and TESS pipelines."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning

from exoval.errors import BadLightCurve
from exoval.missions.catalogue_star import catalogue_star
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.star import Star


def read_pipeline_fits(
    path: str | Path, product: PipelineProduct, *, flux_column: str, exposure_days: float
) -> PipelineSegment | None:
    """Read one quarter or sector from a pipeline file; None for a file of another kind.

    ``exposure_days`` is used if neither the header nor the cadences give the exposure. Raises
    BadLightCurve, naming the file and the reason, if it is broken or of another telescope.
    """
    with _opened(path) as hdus:
        if not _is_product(path, hdus, product):
            return None
        primary, header = hdus[0].header, hdus[1].header
        columns = _columns(hdus[1].data, product, flux_column)
    exposure = _number(header, "TIMEDEL")
    if not exposure > 0 and np.isfinite(columns["time"]).sum() > 1:
        exposure = float(np.nanmedian(np.diff(columns["time"])))
    return PipelineSegment(
        target=product.target_name(primary[product.target_keyword]),
        number=int(primary[product.segment_keyword]),
        **columns,
        exposure=exposure if exposure > 0 else exposure_days,
        crowding=_number(header, "CROWDSAP"),
        noise_ppm=product.six_hour_noise(_number(header, product.noise_keyword)),
        flux_is_decrowded=product.corrects_crowding and flux_column == "pdcsap",
    )


def _columns(
    table: np.ndarray, product: PipelineProduct, flux_column: str
) -> dict[str, np.ndarray]:
    """Time, quality, flux with error and centroids; NaN for columns that the product lacks."""
    names = product.flux_names(flux_column, table.names)
    if names is None:
        raise KeyError(f"no {flux_column} flux; set mission.flux_column to the other one")
    unknown = np.full(len(table), np.nan)
    centroids = [_native(table[name]) for name in product.centroid_columns] or [unknown] * 2
    motions = [_native(table[name]) for name in product.motion_columns] or [0.0] * 2
    return {
        "time": _native(table["TIME"]),
        "quality": _native(table[product.quality_column]),
        "flux": _native(table[names[0]]),
        "flux_error": _native(table[names[1]]) if names[1] else unknown,
        "centroid_column": centroids[0] - motions[0],
        "centroid_row": centroids[1] - motions[1],
    }


def read_pipeline_star(path: str | Path, product: PipelineProduct) -> Star | None:
    """Read the star of a pipeline file; None for a file of another kind.

    Raises BadLightCurve, naming the file and the reason, if it is broken or of another telescope.
    """
    keywords = {
        "radius": "RADIUS",
        "teff": "TEFF",
        "logg": "LOGG",
        "ra": "RA_OBJ",
        "dec": "DEC_OBJ",
        "magnitude": product.magnitude_keyword,
        "metallicity": product.metallicity_keyword,
    }
    with _opened(path) as hdus:
        if not _is_product(path, hdus, product):
            return None
        header = hdus[0].header
        if "RA_OBJ" not in header:  # eleanor's keywords
            keywords |= {"ra": "CEN_RA", "dec": "CEN_DEC"}
        values = {name: _number(header, keyword) for name, keyword in keywords.items()}
        return catalogue_star(product.target_name(header[product.target_keyword]), values)


def read_pipeline_segment_number(path: str | Path, product: PipelineProduct) -> int:
    """Read the quarter or sector of a pipeline file from its first header only.

    Raises BadLightCurve, naming the file and the reason, if the file is broken.
    """
    with _opened(path) as hdus:
        return int(hdus[0].header[product.segment_keyword])


@contextmanager
def _opened(path: str | Path) -> Iterator[fits.HDUList]:
    """Open a FITS file; any error of astropy inside becomes one BadLightCurve."""
    try:
        with warnings.catch_warnings():
            # a file shorter than its header says must raise, not warn
            warnings.filterwarnings("error", "(?s).*(truncated|corrupted)", AstropyUserWarning)
            with fits.open(path, memmap=False) as hdus:
                yield hdus
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
        fits.VerifyError,
        AstropyUserWarning,
    ) as error:
        raise BadLightCurve(
            f"cannot read {path} ({error}); download it again or remove it"
        ) from error


def _is_product(path: str | Path, hdus: fits.HDUList, product: PipelineProduct) -> bool:
    primary = hdus[0].header
    # K2's files name Kepler as their telescope
    telescope = str(primary.get("MISSION") or primary.get("TELESCOP") or product.telescope).strip()
    if telescope.lower() != product.telescope.lower():
        raise BadLightCurve(
            f"{path} is a {telescope} file; read it as that mission's, not as {product.telescope}'s"
        )
    if len(hdus) < 2 or not isinstance(hdus[1], fits.BinTableHDU):
        return False
    present = set(hdus[1].columns.names)
    return (
        isinstance(primary.get(product.segment_keyword), int)
        and product.target_keyword in primary
        and {"TIME", product.quality_column} <= present
        and product.flux_names("pdcsap", present) is not None
    )


def _number(header: fits.Header, keyword: str) -> float:
    """A header value as a float; NaN if it is missing, empty or not a number."""
    value = header.get(keyword)
    return float(value) if isinstance(value, int | float) else math.nan


def _native(column: np.ndarray) -> np.ndarray:
    """The column in this machine's byte order; FITS is big-endian."""
    return np.asarray(column).astype(column.dtype.newbyteorder("="))
