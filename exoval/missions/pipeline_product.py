"""The names of a pipeline's files, header keywords and columns."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

#: flux and error columns of the Kepler and TESS pipelines
PIPELINE_FLUX = {
    "pdcsap": (("PDCSAP_FLUX",), ("PDCSAP_FLUX_ERR",)),
    "sap": (("SAP_FLUX",), ("SAP_FLUX_ERR",)),
}


@dataclass(frozen=True, kw_only=True)
class PipelineProduct:
    """The names of one data product; the defaults are those of the Kepler and TESS pipelines.

    ``parquet_files`` and ``fits_files`` are glob patterns; ``file_name`` is a regular expression
    with a group ``target`` (digits) and, if the name contains it, a group ``segment``.
    ``*_keyword`` are FITS headers. ``flux_columns`` lists alternative names of flux and error, for
    ``pdcsap`` (corrected flux) and ``sap``; the first that a file has is read. ``centroid_columns``
    and the ``motion_columns`` subtracted from them may be empty. ``corrects_crowding`` says that
    ``pdcsap`` excludes the light of neighbours. The noise is the pipeline's CDPP over
    ``noise_hours``, in the FITS header ``noise_keyword`` and the Parquet library's column
    ``noise_column``. ``download`` tells users, in messages, how to get light curves.
    """

    telescope: str
    target_prefix: str
    parquet_files: str
    fits_files: str
    file_name: str
    target_keyword: str
    segment_keyword: str
    magnitude_keyword: str
    metallicity_keyword: str
    quality_column: str
    noise_keyword: str
    noise_column: str
    noise_hours: float
    download: str
    flux_columns: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(
        default_factory=lambda: PIPELINE_FLUX
    )
    centroid_columns: tuple[str, ...] = ("MOM_CENTR1", "MOM_CENTR2")
    motion_columns: tuple[str, ...] = ("POS_CORR1", "POS_CORR2")
    corrects_crowding: bool = True

    def target_name(self, number: int | str) -> str:
        """Return the target string of a catalogue number, such as ``KIC 757450``."""
        return f"{self.target_prefix} {int(number)}"

    def identify(self, file_name: str) -> tuple[str, int | None] | None:
        """Return target and, if the name contains it, segment; None for a file of another kind."""
        match = re.fullmatch(self.file_name, file_name)
        if match is None:
            return None
        segment = match.groupdict().get("segment")
        return self.target_name(match["target"]), None if segment is None else int(segment)

    def flux_names(self, flux_column: str, present: Collection[str]) -> tuple[str, str] | None:
        """Return the names of flux and error among the columns ``present``; None without such flux.

        The error's name is empty if it has no column.
        """
        flux, error = (
            [name for name in names if name in present] for names in self.flux_columns[flux_column]
        )
        return (flux[0], error[0] if error else "") if flux else None

    def six_hour_noise(self, noise_ppm: float) -> float:
        """Convert the pipeline's noise (ppm) to six hours, assuming that it is white."""
        return noise_ppm * math.sqrt(self.noise_hours / 6)
