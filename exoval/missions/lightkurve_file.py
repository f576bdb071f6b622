"""Light-curve files of other producers (QLP, K2SFF, ...), read through lightkurve.

Importing lightkurve takes about two seconds: import this module only when such a file is read.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np

from exoval.errors import BadLightCurve
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
            time, flux, error = curve.time.jd - time_zero, _values(curve.flux), curve.flux_err
    # lightkurve passes on any exception that its many readers raise
    except Exception as problem:
        raise BadLightCurve(
            f"cannot read {path} ({problem}); give a {product.telescope} light-curve file"
        ) from problem
    return PipelineSegment(
        target=_target(curve.meta, product, path),
        number=int(curve.meta.get(product.segment_keyword) or curve.meta.get("CAMPAIGN") or 0),
        time=time,
        quality=np.zeros(len(time), dtype=int),
        flux=flux,
        flux_error=_values(error),
        centroid_column=np.full(len(time), np.nan),
        centroid_row=np.full(len(time), np.nan),
        exposure=float(np.nanmedian(np.diff(time))),
        flux_is_decrowded=False,
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
