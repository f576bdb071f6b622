"""TESS eclipsing binaries (Prša et al. 2022, ApJS 258, 16)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.signal_catalogue import SignalCatalogue
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable, candidates

TABLE = CatalogTable(
    file="tess/eclipsing_binaries_prsa2022.parquet",
    name="TESS eclipsing binary catalogue (Prša et al. 2022; CDS J/ApJS/258/16)",
    download="Download table 2 of J/ApJS/258/16 from vizier.cds.unistra.fr as CSV",
)
REQUIRED = ("TIC", "Per", "BJD0")
OPTIONAL = ("Wp_2g", "Dp_2g", "Wp_pf", "Dp_pf")


def read_tess_eclipsing_binaries(path: str | Path | None = None) -> list[Candidate]:
    """Read eclipsing binaries at the epoch of their primary eclipse (BTJD), label ``EB``.

    Width and depth are those of the two-Gaussian model or, if that is missing, of the polynomial
    model. Widths are published in phase and converted to days. Rows without a width, and depths
    outside 0-1, are skipped and counted. Raises DataNotFound if the table is missing, BadTable if
    it cannot be read or lacks a column.
    """
    table = with_star_numbers(TABLE.read(path, REQUIRED, optional=OPTIONAL), "TIC")
    width = table["Wp_2g"].fillna(table["Wp_pf"])
    depth = table["Dp_2g"].fillna(table["Dp_pf"])
    number_on_star = table.groupby("TIC").cumcount() + 1
    return candidates(
        pd.DataFrame(
            {
                "target": "TIC " + table["TIC"],
                "name": "EB " + table["TIC"] + "." + number_on_star.map("{:02d}".format),
                "period": table["Per"],
                "epoch": table["BJD0"],
                "duration": width.where(width > 0) * table["Per"],
                "depth": depth.where((depth > 0) & (depth <= 1)),
                "label": "EB",
                "disposition": "EB",
                "signal_to_noise": float("nan"),
            }
        ),
        provenance="Prša 2022",
    )


SIGNALS = SignalCatalogue("TIC", read_tess_eclipsing_binaries, rank=1)
