"""The names of a pipeline's files, header keywords and columns."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

#: flux and error columns of the Kepler and TESS pipelines
PIPELINE_FLUX = {
    "pdcsap": (("PDCSAP_FLUX",), ("PDCSAP_FLUX_ERR",)),
    "sap": (("SAP_FLUX",), ("SAP_FLUX_ERR",)),
}
#: keywords of a star in the first header of pipeline files
STAR_KEYWORDS = {
    "radius": ("RADIUS",),
    "teff": ("TEFF",),
    "logg": ("LOGG",),
    "ra": ("RA_OBJ",),
    "dec": ("DEC_OBJ",),
}


@dataclass(frozen=True, kw_only=True)
class PipelineProduct:
    """The names of one data product; the defaults are those of the Kepler and TESS pipelines.

    ``parquet_files`` and ``fits_files`` are glob patterns; ``file_name`` is a regular expression
    with a group ``target`` (digits) or ``gaia`` (the star's number in the Gaia release ``gaia``)
    and, if the name contains it, a group ``segment``. ``*_keyword`` are FITS headers,
    ``star_keywords`` those of the star.

    Columns are found in upper or lower case. ``time_columns`` and ``flux_columns`` list alternative
    names, the latter of flux and of error, for ``pdcsap`` (corrected flux) and ``sap``. The first
    that a file has, and fills, is read. As many errors as fluxes belong to these one by one; else
    the first that a file has belongs to all.

    A file is of the product if it has time, quality, flux and every column of ``own_columns``, and
    ``origin`` in its header ORIGIN. ``clock`` names the usual clock where
    the file does not, ``flux_units`` the unit of a flux column, e-/s for those not listed; an empty
    one is judged by the values. ``quality_column`` holds the mission's bits; an empty one says that
    there are none. Cadences with any of the bits (a mask) that ``bad_columns`` gives for further
    columns are left out too. ``centroid_columns`` and the ``motion_columns`` subtracted from them
    may be empty or absent. ``corrects_crowding`` says that ``pdcsap`` excludes the light of
    neighbours.

    ``star_files`` is the glob pattern of Parquet files with one star a row
    (``exoval.missions.star_rows``). ``is_processed`` declares that fluxes have undergone the
    processing of the mission (``Mission.processing``).

    The noise is the pipeline's CDPP over
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
    name: str = ""
    gaia: str = "DR3"
    origin: str = ""
    own_columns: tuple[str, ...] = ()
    time_columns: tuple[str, ...] = ("TIME",)
    clock: str = ""
    flux_columns: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(
        default_factory=lambda: PIPELINE_FLUX
    )
    flux_units: Mapping[str, str] = field(default_factory=dict)
    bad_columns: Mapping[str, int] = field(default_factory=dict)
    centroid_columns: tuple[str, ...] = ("MOM_CENTR1", "MOM_CENTR2")
    motion_columns: tuple[str, ...] = ("POS_CORR1", "POS_CORR2")
    corrects_crowding: bool = True
    star_keywords: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: STAR_KEYWORDS)
    star_files: str = ""
    is_processed: bool = False

    def target_name(self, number: int | str) -> str:
        """Return the target string of a catalogue number, such as ``KIC 757450``."""
        return f"{self.target_prefix} {int(number)}"

    def identify(self, file_name: str) -> tuple[str, int | None] | None:
        """Return target and, if the name contains it, segment; None for a file of another kind.

        A star that the name gives by its Gaia number is called so, ``Gaia DR3 ...``.
        """
        match = re.fullmatch(self.file_name, file_name)
        if match is None:
            return None
        groups = match.groupdict()
        segment, target = groups.get("segment"), groups.get("target")
        name = self.target_name(target) if target else f"Gaia {self.gaia} {int(groups['gaia'])}"
        return name, None if segment is None else int(segment)

    def flux_pairs(self, flux_column: str, present: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield the names of flux and error among the columns ``present``, the preferred first.

        The error's name is empty if it has no column.
        """
        fluxes, errors = self.flux_columns[flux_column]
        if len(fluxes) != len(errors):
            errors = len(fluxes) * (next((name for name in errors if name in present), ""),)
        for flux, error in zip(fluxes, errors):
            if flux in present:
                yield flux, error if error in present else ""

    def six_hour_noise(self, noise_ppm: float) -> float:
        """Convert the pipeline's noise (ppm) to six hours, assuming that it is white."""
        return noise_ppm * math.sqrt(self.noise_hours / 6)
