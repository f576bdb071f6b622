"""Kepler Objects of Interest (Thompson et al. 2018, ApJS 235, 38)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.candidate import Candidate, with_other_names
from exoval.catalogs.epoch_column import epochs_on_clock
from exoval.catalogs.signal_catalogue import SignalCatalogue
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable, candidates, without_ephemeris
from exoval.missions.kepler import BKJD_ZERO

REQUIRED = ("kepid", "kepoi_name", "koi_disposition", "koi_period", "koi_time0bk", "koi_duration")
OPTIONAL = ("koi_depth", "koi_model_snr", "kepler_name")
TABLE = CatalogTable(
    file="kepler/koi_dr25_2020-07.parquet",
    name="KOI table (NASA Exoplanet Archive: 'cumulative' or 'q1_q17_dr25_koi')",
    download="Download it as CSV with all columns from exoplanetarchive.ipac.caltech.edu, table "
    "'cumulative', or from its TAP service: select * from cumulative",
    columns=REQUIRED,
    without=("tce_period",),
    words=("kepid", "kepoi_name", "koi_disposition"),
    gives="planets, candidates and false positives of Kepler: names such as K00002.01, known stars "
    "and the real events with which a model is judged",
    absence="stars of Kepler's planets and candidates count as hosts without signals, KOIs cannot "
    "be asked for by name, and no model is judged on them",
)


def read_koi(path: str | Path | None = None) -> list[Candidate]:
    """Read Kepler Objects of Interest with the archive's disposition, in the table's order.

    ``path`` is the archive's table as CSV or Parquet; the default lies under EXOVAL_DATA. Planets
    have their name of the column ``kepler_name``, if there is one, as their other name. Raises
    DataNotFound if the table is missing, BadTable if it cannot be read or lacks a column.
    """
    rows = _rows(path)
    named = rows.dropna(subset="other_name")
    return with_other_names(
        candidates(rows, provenance="KOI"), dict(zip(named["name"], named["other_name"]))
    )


def _rows(path: str | Path | None) -> pd.DataFrame:
    """The table's rows in the columns that ``candidates`` needs, and planets' other names."""
    table = with_star_numbers(TABLE.read(path, REQUIRED, optional=OPTIONAL), "kepid")
    return pd.DataFrame(
        {
            "target": "KIC " + table["kepid"],
            "name": table["kepoi_name"],
            "period": table["koi_period"],
            "epoch": epochs_on_clock(table["koi_time0bk"], BKJD_ZERO, catalogue="KOI"),
            "duration": table["koi_duration"] / 24,
            "depth": 1e-6 * table["koi_depth"],
            "label": table["koi_disposition"],
            "disposition": table["koi_disposition"],
            "signal_to_noise": table["koi_model_snr"],
            "other_name": table["kepler_name"],
        }
    )


SIGNALS = SignalCatalogue(
    "KIC",
    read_koi,
    names={"K": "kepoi_name", "KOI": "kepoi_name", "KEPLER": "kepler_name"},
    without_ephemeris=lambda: without_ephemeris(_rows(None)),
    table=TABLE,
)
