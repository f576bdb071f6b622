"""Read the FITS light curves that the Kepler and the TESS pipeline write in one format."""

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


def read_pipeline_fits(path: str | Path, product: PipelineProduct, flux_column: str,
                       exposure_days: float) -> PipelineSegment | None:
    """One quarter or sector from a pipeline file; None if it is a file of another kind.

    ``exposure_days`` is used where the header does not say. Raises BadLightCurve, naming the
    file and the reason, if the file is broken or of another telescope.
    """
    with _opened(path) as hdus:
        if not _is_product(path, hdus, product):
            return None
        primary, header, table = hdus[0].header, hdus[1].header, hdus[1].data
        columns = {name: _native(table[name]) for name in (
            "TIME", product.quality_column, f"{flux_column.upper()}_FLUX",
            f"{flux_column.upper()}_FLUX_ERR", "MOM_CENTR1", "MOM_CENTR2", "POS_CORR1",
            "POS_CORR2")}
    exposure = _number(header, "TIMEDEL")
    return PipelineSegment(
        target=product.target_name(primary[product.target_keyword]),
        number=int(primary[product.segment_keyword]),
        time=columns["TIME"],
        quality=columns[product.quality_column],
        flux=columns[f"{flux_column.upper()}_FLUX"],
        flux_error=columns[f"{flux_column.upper()}_FLUX_ERR"],
        centroid_column=columns["MOM_CENTR1"] - columns["POS_CORR1"],
        centroid_row=columns["MOM_CENTR2"] - columns["POS_CORR2"],
        exposure=exposure if exposure > 0 else exposure_days,
        crowding=_number(header, "CROWDSAP"),
        noise_ppm=product.six_hour_noise(_number(header, product.noise_keyword)),
        flux_is_decrowded=flux_column == "pdcsap",
    )


def read_pipeline_star(path: str | Path, product: PipelineProduct) -> Star | None:
    """The star of a pipeline file; None if it is a file of another kind.

    Raises BadLightCurve, naming the file and the reason, if it is broken or of another telescope.
    """
    keywords = {"radius": "RADIUS", "teff": "TEFF", "logg": "LOGG", "ra": "RA_OBJ",
                "dec": "DEC_OBJ", "magnitude": product.magnitude_keyword,
                "metallicity": product.metallicity_keyword}
    with _opened(path) as hdus:
        if not _is_product(path, hdus, product):
            return None
        header = hdus[0].header
        values = {name: _number(header, keyword) for name, keyword in keywords.items()}
        return catalogue_star(product.target_name(header[product.target_keyword]), values)


def read_pipeline_segment_number(path: str | Path, product: PipelineProduct) -> int:
    """The quarter or sector of a pipeline file, from its first header only.

    Raises BadLightCurve, naming the file and the reason, if the file is broken.
    """
    with _opened(path) as hdus:
        return int(hdus[0].header[product.segment_keyword])


@contextmanager
def _opened(path: str | Path) -> Iterator[fits.HDUList]:
    """An open FITS file; whatever astropy raises inside becomes one BadLightCurve."""
    try:
        with warnings.catch_warnings():
            # a file shorter than its header promises must not pass with a warning
            warnings.filterwarnings("error", "(?s).*(truncated|corrupted)", AstropyUserWarning)
            with fits.open(path, memmap=False) as hdus:
                yield hdus
    except (OSError, ValueError, TypeError, KeyError, IndexError, EOFError, fits.VerifyError,
            AstropyUserWarning) as error:
        raise BadLightCurve(
            f"cannot read {path} ({error}); download it again or remove it"
        ) from error


def _is_product(path: str | Path, hdus: fits.HDUList, product: PipelineProduct) -> bool:
    primary = hdus[0].header
    telescope = str(primary.get("TELESCOP", product.telescope))
    if telescope.lower() != product.telescope.lower():
        raise BadLightCurve(f"{path} is a {telescope} file; read it as that mission's, not as "
                            f"{product.telescope}'s")
    return (isinstance(primary.get(product.segment_keyword), int)
            and len(hdus) > 1 and isinstance(hdus[1], fits.BinTableHDU)
            and {"TIME", "PDCSAP_FLUX", product.quality_column} <= set(hdus[1].columns.names))


def _number(header: fits.Header, keyword: str) -> float:
    """A header value as a float; NaN where it is absent, empty or not a number."""
    value = header.get(keyword)
    return float(value) if isinstance(value, int | float) else math.nan


def _native(column: np.ndarray) -> np.ndarray:
    """The column in this machine's byte order; FITS is big-endian."""
    return np.asarray(column).astype(column.dtype.newbyteorder("="))
