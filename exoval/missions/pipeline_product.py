"""How a pipeline names its files, header keywords and columns."""

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
    """The names that differ between products; by default those of the Kepler and TESS pipelines.

    ``parquet_files`` and ``fits_files`` are glob patterns, ``file_name`` a pattern with a group
    ``target`` (digits) and, where the name tells it, a group ``segment``. ``*_keyword`` are FITS
    headers. ``flux_columns`` are flux and error of ``pdcsap`` (what the maker corrected) and
    ``sap``, each the first of several names that a file has (makers rename theirs);
    ``centroid_columns`` and the ``motion_columns`` taken out of them may be empty.
    ``corrects_crowding`` says that the light of neighbours is gone from ``pdcsap``. Noise is the
    pipeline's CDPP over ``noise_hours``, in the FITS header ``noise_keyword`` and in the Parquet
    library's column ``noise_column``. ``download`` is how to get some, for messages.
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
        """Target string of a catalogue number, such as ``KIC 757450``."""
        return f"{self.target_prefix} {int(number)}"

    def identify(self, file_name: str) -> tuple[str, int | None] | None:
        """Target and, if the name tells it, segment; None for a file of another kind."""
        match = re.fullmatch(self.file_name, file_name)
        if match is None:
            return None
        segment = match.groupdict().get("segment")
        return self.target_name(match["target"]), None if segment is None else int(segment)

    def flux_names(self, flux_column: str, present: Collection[str]) -> tuple[str, str] | None:
        """Names of flux and error among the columns ``present``; None if there is no such flux.

        The error is empty where it has no column.
        """
        flux, error = (
            [name for name in names if name in present] for names in self.flux_columns[flux_column]
        )
        return (flux[0], error[0] if error else "") if flux else None

    def six_hour_noise(self, noise_ppm: float) -> float:
        """Noise on six hours, taking what the pipeline gives as white (ppm)."""
        return noise_ppm * math.sqrt(self.noise_hours / 6)
