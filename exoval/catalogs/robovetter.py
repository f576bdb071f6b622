"""Verdicts of the Kepler DR25 Robovetter (Thompson et al. 2018, ApJS 235, 38)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable
from exoval.errors import BadParameter

REQUIRED = ("kepid", "tce_plnt_num", "score", "disp")
TABLE = CatalogTable(
    file="kepler/robovetter_dr25_outputs.parquet",
    name="Robovetter outputs of Kepler DR25 (kplr_dr25_obs_robovetter_output and those of the "
    "simulated sets)",
    download="Download the Robovetter output files from the DR25 page of "
    "exoplanetarchive.ipac.caltech.edu (docs/KeplerSimulated.html) and join them as CSV "
    "with the columns kepid, tce_plnt_num, score, disp, dataset",
    columns=REQUIRED,
    words=("kepid", "disp"),
    whole=("tce_plnt_num",),
    gives="the Robovetter's scores, which experiment=kepler_tce is compared with",
    absence="experiment=kepler_tce is not compared with the Robovetter",
)
FLAGS = ("not_transit_like", "stellar_eclipse", "centroid_offset", "ephem_match")
OPTIONAL = (*FLAGS, "minor_flags", "dataset")


def read_robovetter(path: str | Path | None = None, *, dataset: str = "obs") -> pd.DataFrame:
    """Read score and verdict of every threshold-crossing event of one data set.

    Columns: ``event`` (``TCE 757450-01``), ``target``, ``score`` (0 to 1: the share of runs with
    perturbed inputs that the event passed, which is not a probability), ``passed``, and the four
    major flags. ``dataset`` is obs, inv, inj1 to inj3, scr1 to scr3 or sup; a file without that
    column is read completely. Raises DataNotFound without a table, BadTable if it lacks a column
    and BadParameter for an unknown data set.
    """
    table = with_star_numbers(TABLE.read(path, REQUIRED, optional=OPTIONAL), "kepid")
    if table["dataset"].notna().any():
        known = sorted(table["dataset"].dropna().unique())
        if dataset not in known:
            raise BadParameter(f"the table has no dataset '{dataset}'; it has {', '.join(known)}")
        table = table[table["dataset"] == dataset].reset_index(drop=True)
    star = table["kepid"]
    return pd.DataFrame(
        {
            "event": "TCE " + star + "-" + table["tce_plnt_num"].map("{:02.0f}".format),
            "target": "KIC " + star,
            "score": table["score"].astype(float),
            "passed": table["disp"] == "PC",
            **{name: table[name] for name in FLAGS},
        }
    )
