"""TESS Objects of Interest (Guerrero et al. 2021, ApJS 254, 39)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.signal_catalogue import SignalCatalogue
from exoval.catalogs.table import CatalogTable, candidates, without_ephemeris
from exoval.missions.clock import on_clock
from exoval.missions.tess import BTJD_ZERO

REQUIRED = ("tid", "tfopwg_disp", "pl_orbper", "pl_tranmid", "pl_trandurh")
OPTIONAL = ("pl_trandep",)
TABLE = CatalogTable(
    file="tess/toi_2025-10.parquet",
    name="TOI table (NASA Exoplanet Archive: 'toi')",
    download="Download it as CSV with all columns from exoplanetarchive.ipac.caltech.edu, table "
    "'TESS Project Candidates', or from its TAP service: select * from toi; ExoFOP's TOI list as "
    "CSV will do too",
    columns=REQUIRED,
    # a list of community objects (CTOIs)
    without=("ctoi", "user_disposition"),
    # ExoFOP's names
    also={
        "tid": ("TIC ID",),
        "tfopwg_disp": ("TFOPWG Disposition",),
        "pl_orbper": ("Period (days)",),
        "pl_tranmid": ("Epoch (BJD)", "Transit Epoch (BJD)"),
        "pl_trandurh": ("Duration (hours)",),
        "pl_trandep": ("Depth (ppm)",),
    },
    words=("tfopwg_disp",),
    whole=("tid",),
    gives="planets, candidates and false positives of TESS: known stars and the real events with "
    "which a model is judged",
    absence="stars of TESS planets and candidates count as hosts without signals, TOIs cannot be "
    "asked for by name, and no model is judged on them",
)


def read_toi(path: str | Path | None = None) -> list[Candidate]:
    """Read TESS Objects of Interest with the working group's disposition, in the table's order.

    ``path`` is the archive's table as CSV or Parquet; the default lies under EXOVAL_DATA. Names
    number a star's rows, because some copies lack the TOI number. Raises DataNotFound if it is
    missing, BadTable if it cannot be read or lacks a column.
    """
    return candidates(_rows(path), provenance="TOI")


def _rows(path: str | Path | None) -> pd.DataFrame:
    """The table's rows in the columns that ``candidates`` needs."""
    table = TABLE.read(path, REQUIRED, optional=OPTIONAL)
    number_on_star = table.groupby("tid").cumcount() + 1
    identity = table["tid"].astype(str)
    return pd.DataFrame(
        {
            "target": "TIC " + identity,
            "name": "TOI of TIC " + identity + "." + number_on_star.map("{:02d}".format),
            "period": table["pl_orbper"],
            "epoch": on_clock(table["pl_tranmid"].to_numpy(), BTJD_ZERO),
            "duration": table["pl_trandurh"] / 24,
            "depth": 1e-6 * table["pl_trandep"],
            "label": table["tfopwg_disp"],
            "disposition": table["tfopwg_disp"],
            "signal_to_noise": float("nan"),
        }
    )


SIGNALS = SignalCatalogue(
    "TIC",
    read_toi,
    without_ephemeris=lambda: without_ephemeris(_rows(None)),
    table=TABLE,
)
