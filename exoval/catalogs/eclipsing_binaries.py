"""Kepler eclipsing binaries (Kirk et al. 2016, AJ 151, 68)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.epoch_column import epochs_on_clock
from exoval.catalogs.signal_catalogue import SignalCatalogue
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable, candidates, without_ephemeris
from exoval.missions.kepler import BKJD_ZERO

REQUIRED = ("KIC", "period", "bjd0", "pwidth")
OPTIONAL = ("pdepth",)
TABLE = CatalogTable(
    file="kepler/eclipsing_binaries_kirk2016.parquet",
    name="Kepler eclipsing binary catalogue (Kirk et al. 2016; CDS J/AJ/151/68)",
    download="Download it from keplerebs.villanova.edu with the columns KIC, period, bjd0, "
    "pdepth and pwidth",
    columns=REQUIRED,
    words=("KIC",),
    gives="Kepler's eclipsing binaries: known stars and real false positives",
    absence="Kepler's eclipsing binaries that are no KOIs count as hosts without signals",
)

#: offset of the table's bjd0 from BJD
TABLE_ZERO = 2400000.0
#: epochs are given near or, for long periods, up to some years before the launch (54897); two rows
#: with 5487 and 5500 seem to lack a digit, and the table does not give their true epochs
EARLIEST = 50000.0


def read_eclipsing_binaries(path: str | Path | None = None) -> list[Candidate]:
    """Read eclipsing binaries at the epoch of their primary eclipse, label ``EB``.

    ``path`` is the catalogue as CSV or Parquet; the default lies under EXOVAL_DATA. Widths are
    published in phase and converted to days. Rows without a positive width are skipped; a depth
    that is missing (-1) or not positive becomes NaN. A star with several eclipsing pairs has
    several rows.

    Raises DataNotFound if the table is missing, BadTable if it cannot be read or lacks a column.
    """
    return candidates(_rows(path), provenance="Kirk 2016")


def _rows(path: str | Path | None) -> pd.DataFrame:
    """The table's rows in the columns that ``candidates`` needs."""
    table = with_star_numbers(TABLE.read(path, REQUIRED, optional=OPTIONAL), "KIC")
    bjd0 = pd.Series(epochs_on_clock(table["bjd0"], TABLE_ZERO, catalogue="Kirk 2016"), table.index)
    number_on_star = table.groupby("KIC").cumcount() + 1
    return pd.DataFrame(
        {
            "target": "KIC " + table["KIC"],
            "name": "EB " + table["KIC"] + "." + number_on_star.map("{:02d}".format),
            "period": table["period"],
            "epoch": (bjd0 - (BKJD_ZERO - TABLE_ZERO)).where(bjd0 > EARLIEST),
            "duration": table["pwidth"].where(table["pwidth"] > 0) * table["period"],
            "depth": table["pdepth"].where(table["pdepth"] > 0),
            "label": "EB",
            "disposition": "EB",
            "signal_to_noise": float("nan"),
        }
    )


SIGNALS = SignalCatalogue(
    "KIC",
    read_eclipsing_binaries,
    rank=1,
    without_ephemeris=lambda: without_ephemeris(_rows(None)),
    table=TABLE,
)
