"""TESS Objects of Interest (Guerrero et al. 2021, ApJS 254, 39)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from exoval.catalogs.candidate import Candidate, with_other_names
from exoval.catalogs.epoch_column import epochs_on_clock
from exoval.catalogs.signal_catalogue import SignalCatalogue
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable, candidates, without_ephemeris
from exoval.missions.tess import BTJD_ZERO

REQUIRED = ("tid", "tfopwg_disp", "pl_orbper", "pl_tranmid", "pl_trandurh")
OPTIONAL = ("pl_trandep", "toi")
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
    words=("tid", "tfopwg_disp"),
    gives="planets, candidates and false positives of TESS: known stars and the real events with "
    "which a model is judged",
    absence="stars of TESS planets and candidates count as hosts without signals, TOIs cannot be "
    "asked for by name, and no model is judged on them",
)


def read_toi(path: str | Path | None = None) -> list[Candidate]:
    """Read TESS Objects of Interest with the working group's disposition, in the table's order.

    ``path`` is the archive's table as CSV or Parquet; the default lies under EXOVAL_DATA. Names
    number a star's rows, because some copies lack the TOI number; where there is one, TOI-1136.01
    is the other name. Raises DataNotFound if the table is missing, BadTable if it cannot be read
    or lacks a column.
    """
    rows = _rows(path)
    names = dict(zip(rows["name"], rows["other_name"]))
    return with_other_names(candidates(rows, provenance="TOI"), names)


def _rows(path: str | Path | None) -> pd.DataFrame:
    """The table's rows in the columns that ``candidates`` needs, and their TOI numbers as names."""
    table = with_star_numbers(TABLE.read(path, REQUIRED, optional=OPTIONAL), "tid")
    number_on_star = table.groupby("tid").cumcount() + 1
    return pd.DataFrame(
        {
            "target": "TIC " + table["tid"],
            "name": "TOI of TIC " + table["tid"] + "." + number_on_star.map("{:02d}".format),
            "period": table["pl_orbper"],
            "epoch": epochs_on_clock(table["pl_tranmid"], BTJD_ZERO, catalogue="TOI"),
            "duration": table["pl_trandurh"] / 24,
            "depth": 1e-6 * table["pl_trandep"],
            "label": table["tfopwg_disp"],
            "disposition": table["tfopwg_disp"],
            "signal_to_noise": float("nan"),
            "other_name": table["toi"].map(toi_name),
        }
    )


def toi_name(number: object) -> str | None:
    """Return the name of a TOI number, such as 1136.01, or of a name; None for what is neither.

    >>> toi_name(1136.1), toi_name("1136.01"), toi_name("TOI 1136.01"), toi_name(None)
    ('TOI-1136.10', 'TOI-1136.01', 'TOI-1136.01', None)
    """
    if isinstance(number, float):
        # a float has no zeros at its end: 1136.1 is number 10 of its star
        number = f"{number:.2f}"
    found = re.fullmatch(r"(?:TOI[\s_-]*)?0*([1-9]\d*)\.(\d+)", str(number).strip(), re.IGNORECASE)
    return f"TOI-{found[1]}.{int(found[2]):02d}" if found else None


SIGNALS = SignalCatalogue(
    "TIC",
    read_toi,
    names={"TOI": "toi"},
    without_ephemeris=lambda: without_ephemeris(_rows(None)),
    table=TABLE,
)
