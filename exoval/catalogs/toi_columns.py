"""The columns that ``measure`` shares with the table of TESS Objects of Interest."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.disposition_column import dispositions_of, labels_of
from exoval.catalogs.shared_columns import PLANET_COLUMNS, SharedColumn, SharedColumns, same
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.toi import TABLE
from exoval.labels import PLANET
from exoval.table.feature_table import FeatureTable

SHARED = SharedColumns(
    (
        SharedColumn("period", "d", "orbital period", **same("period", "pl_orbper")),
        SharedColumn(
            "transit_duration",
            "h",
            "duration of the fitted transit",
            **same("transit_duration", "pl_trandurh"),
            differs="the catalogue mixes several pipelines' definitions",
        ),
        SharedColumn(
            "transit_depth",
            "ppm",
            "depth of the fitted transit",
            **same("transit_depth", "pl_trandep"),
        ),
        SharedColumn("teff", "K", "effective temperature", **same("teff", "st_teff")),
        SharedColumn("logg", "dex", "surface gravity", **same("logg", "st_logg")),
        SharedColumn(
            "stellar_radius", "R_sun", "stellar radius", **same("stellar_radius", "st_rad")
        ),
        SharedColumn("magnitude", "mag", "TESS magnitude", **same("magnitude", "st_tmag")),
    ),
    PLANET_COLUMNS,
)

NEEDED = (
    "tid",
    "tfopwg_disp",
    "pl_orbper",
    "pl_trandurh",
    "pl_trandep",
    "st_teff",
    "st_logg",
    "st_rad",
    "st_tmag",
)


STAR = ("st_teff", "st_logg", "st_rad", "st_tmag")


def star_columns(path: str | Path | None = None) -> pd.DataFrame:
    """Return the stars of the TOI table by TIC number (text): temperature, gravity, radius and
    magnitude, under the table's names.

    Raises DataNotFound without the table and BadTable if it lacks a column.
    """
    table = with_star_numbers(TABLE.read(path, ("tid", *STAR)), "tid")
    return table.groupby("tid")[list(STAR)].first()


def measured_as_toi(table: FeatureTable) -> FeatureTable:
    """Reduce a measured table to the columns it shares with TESS Objects of Interest.

    Raises BadTable if the table lacks a feature that they need.
    """
    return SHARED.of_measured(table)


def toi_table(path: str | Path | None = None) -> FeatureTable:
    """Read TESS Objects of Interest with a period, in the shared columns.

    ``label`` is planet for confirmed and known planets, otherwise the working group's label;
    candidates have an unknown disposition. Raises DataNotFound without the table and BadTable if it
    lacks a column.
    """
    table = with_star_numbers(TABLE.read(path, NEEDED), "tid")
    table = table[table["pl_orbper"] > 0].reset_index(drop=True)
    star = table["tid"]
    number = table.groupby("tid").cumcount() + 1
    disposition = dispositions_of(table["tfopwg_disp"], TABLE.name)
    identity = pd.DataFrame(
        {
            "event": "TOI of TIC " + star + "." + number.map("{:02d}".format),
            "target": "TIC " + star,
            "label": labels_of(table["tfopwg_disp"]).mask(disposition == PLANET, PLANET),
            "disposition": disposition,
        }
    )
    return SHARED.of_catalogue(identity, table)
