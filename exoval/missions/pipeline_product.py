"""How a pipeline names its files, header keywords and columns."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class PipelineProduct:
    """The names that differ between the Kepler and the TESS pipeline; the columns are common.

    ``parquet_files`` and ``fits_files`` are glob patterns, ``file_name`` a pattern with a group
    ``target`` (digits) and, where the name tells it, a group ``segment``. ``*_keyword`` are FITS
    headers. Noise is the pipeline's CDPP over ``noise_hours``, in the FITS header
    ``noise_keyword`` and in the Parquet library's column ``noise_column``. ``download``
    is how to get some, for messages.
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

    def six_hour_noise(self, noise_ppm: float) -> float:
        """Noise on six hours, taking what the pipeline gives as white (ppm)."""
        return noise_ppm * math.sqrt(self.noise_hours / 6)
