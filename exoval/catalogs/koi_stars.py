"""Stars of Kepler Objects of Interest, as the KOI table describes them."""

from __future__ import annotations

from pathlib import Path

from exoval.catalogs.koi import TABLE
from exoval.catalogs.star_id import with_star_numbers
from exoval.missions.catalogue_star import catalogue_star
from exoval.star import Star

#: columns of the table by the parameter's name
COLUMNS = {
    "radius": "koi_srad",
    "teff": "koi_steff",
    "logg": "koi_slogg",
    "metallicity": "koi_smet",
    "magnitude": "koi_kepmag",
    "ra": "ra",
    "dec": "dec",
}


def read_koi_stars(path: str | Path | None = None) -> dict[str, Star]:
    """Return the stars of the KOI table by name, ``KIC 757450``; parameters it lacks are NaN.

    ``path`` is the archive's table; the default lies under EXOVAL_DATA. Of several entries of a
    star the last counts. Raises DataNotFound if the table is missing, BadTable if it is broken.
    """
    table = TABLE.read(path, ("kepid",), optional=tuple(COLUMNS.values()))
    table = with_star_numbers(table, "kepid").drop_duplicates("kepid", keep="last")
    rows = table.to_dict("records")
    return {
        (name := f"KIC {row['kepid']}"): catalogue_star(
            name, {ours: row[theirs] for ours, theirs in COLUMNS.items() if theirs in row}
        )
        for row in rows
    }
