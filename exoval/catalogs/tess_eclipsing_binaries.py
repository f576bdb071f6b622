"""TESS eclipsing binaries (Prša et al. 2022, ApJS 258, 16)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.epoch_column import epochs_on_clock
from exoval.catalogs.signal_catalogue import SignalCatalogue
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable, candidates, without_ephemeris
from exoval.missions.tess import BTJD_ZERO

REQUIRED = ("TIC", "Per", "BJD0")
OPTIONAL = ("Wp_2g", "Dp_2g", "Wp_pf", "Dp_pf")
TABLE = CatalogTable(
    file="tess/eclipsing_binaries_prsa2022.parquet",
    name="TESS eclipsing binary catalogue (Prša et al. 2022; CDS J/ApJS/258/16)",
    download="Download table 2 of J/ApJS/258/16 from vizier.cds.unistra.fr as CSV with all "
    "columns, or the catalogue of archive.stsci.edu/hlsp/tess-ebs",
    columns=(*REQUIRED, "Wp_2g"),
    # the names at MAST and at tessebs.villanova.edu
    also={
        "TIC": ("tess_id",),
        "Per": ("period",),
        "Wp_2g": ("prim_width_2g",),
        "Dp_2g": ("prim_depth_2g",),
        "Wp_pf": ("prim_width_pf",),
        "Dp_pf": ("prim_depth_pf",),
    },
    words=("TIC",),
    gives="eclipsing binaries of TESS: known stars and real false positives",
    absence="eclipsing binaries of TESS count as hosts without signals",
)


def read_tess_eclipsing_binaries(path: str | Path | None = None) -> list[Candidate]:
    """Read eclipsing binaries at the epoch of their primary eclipse (BTJD), label ``EB``.

    Width and depth are those of the two-Gaussian model or, if that is missing, of the polynomial
    model. Widths are published in phase and converted to days. Rows without a width, and depths
    outside 0-1, are skipped and counted. Raises DataNotFound if the table is missing, BadTable if
    it cannot be read or lacks a column.
    """
    return candidates(_rows(path), provenance="Prša 2022")


def _rows(path: str | Path | None) -> pd.DataFrame:
    """The table's rows in the columns that ``candidates`` needs."""
    table = with_star_numbers(TABLE.read(path, REQUIRED, optional=OPTIONAL), "TIC")
    width = table["Wp_2g"].fillna(table["Wp_pf"])
    depth = table["Dp_2g"].fillna(table["Dp_pf"])
    number_on_star = table.groupby("TIC").cumcount() + 1
    return pd.DataFrame(
        {
            "target": "TIC " + table["TIC"],
            "name": "EB " + table["TIC"] + "." + number_on_star.map("{:02d}".format),
            "period": table["Per"],
            "epoch": epochs_on_clock(table["BJD0"], BTJD_ZERO, catalogue="Prša 2022"),
            "duration": width.where(width > 0) * table["Per"],
            "depth": depth.where((depth > 0) & (depth <= 1)),
            "label": "EB",
            "disposition": "EB",
            "signal_to_noise": float("nan"),
        }
    )


SIGNALS = SignalCatalogue(
    "TIC",
    read_tess_eclipsing_binaries,
    rank=1,
    without_ephemeris=lambda: without_ephemeris(_rows(None)),
    table=TABLE,
)
