"""Light-curve files of further producers (PATHOS, ...), read through lightkurve.

Importing lightkurve takes about two seconds: import this module only when such a file is read.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np

from exoval.errors import BadLightCurve, BadParameter
from exoval.missions.exposure import cadence_step
from exoval.missions.fits_file import whole_number
from exoval.missions.linear_flux import linear_flux
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about parts of lightkurve that are not used here
    import lightkurve


def read_with_lightkurve(
    path: str | Path, product: PipelineProduct, *, time_zero: float
) -> PipelineSegment:
    """Read one segment from a file through lightkurve, with its default flux and quality selection.

    Times become days since ``time_zero``; the exposure is the median step between cadences.
    Crowding and noise are unknown, and the flux is assumed to include neighbours. Raises
    BadLightCurve, naming the file, if lightkurve cannot open it or its target is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            curve = lightkurve.read(str(path))
            time = curve.time.jd - time_zero
            unit = str(getattr(curve.flux, "unit", "") or "")
            linear = linear_flux(_values(curve.flux), _values(curve.flux_err), unit=unit)
    except BadParameter as problem:
        raise BadLightCurve(f"{path}: {problem}") from problem
    # lightkurve passes on any exception that its many readers raise
    except Exception as problem:
        reason = " ".join(str(problem.__cause__ or problem).split())
        raise BadLightCurve(
            f"cannot read {path} ({reason}); give a {product.telescope} light-curve file, or a "
            "table with the columns time and flux"
        ) from problem
    return PipelineSegment(
        target=_target(curve.meta, product, path),
        number=whole_number(curve.meta.get(product.segment_keyword)) or 0,
        time=time,
        quality=np.zeros(len(time), dtype=int),
        flux=linear.flux,
        flux_error=linear.error,
        centroid_column=np.full(len(time), np.nan),
        centroid_row=np.full(len(time), np.nan),
        exposure=cadence_step(time),
        flux_is_decrowded=False,
        notes=("the file was read through lightkurve, with its choice of flux", *linear.notes),
    )


def _values(quantity: object) -> np.ndarray:
    """A lightkurve column without its unit, masked values as NaN."""
    plain = np.ma.asarray(getattr(quantity, "value", quantity), dtype=float)
    return np.ma.filled(plain, np.nan)


def _target(meta: dict, product: PipelineProduct, path: str | Path) -> str:
    """The target of a file from its catalogue number, which one of several headers may hold."""
    for keyword in (product.target_keyword, "TARGETID", "OBJECT"):
        digits = re.search(r"\d+", str(meta.get(keyword, "")))
        if digits:
            return product.target_name(digits[0])
    raise BadLightCurve(
        f"{path} does not say which target it shows; add the header {product.target_keyword}"
    )
