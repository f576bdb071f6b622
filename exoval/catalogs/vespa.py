"""False-positive probabilities by vespa (Morton et al. 2016, ApJ 822, 86)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable

TABLE = CatalogTable(
    file="kepler/vespa_fpp_dr25.parquet",
    name="vespa false-positive probabilities of Kepler DR25 (NASA Exoplanet Archive: 'koifpp')",
    download="Download it as CSV from exoplanetarchive.ipac.caltech.edu, table 'koifpp' (Kepler "
    "Astrophysical False Positive Probabilities)",
    columns=("kepid", "kepoi_name", "fpp_prob"),
    words=("kepid", "kepoi_name"),
    gives="vespa's false-positive probabilities, which experiment=kepler_tce is compared with",
    absence="experiment=kepler_tce is not compared with vespa",
)


def read_vespa(path: str | Path | None = None) -> pd.DataFrame:
    """Read the false-positive probabilities of DR25's objects of interest.

    Columns: ``name`` (K00001.01), ``target`` and ``false_positive_probability``, which is NaN where
    vespa gives no value. Raises DataNotFound or BadTable.
    """
    table = with_star_numbers(TABLE.read(path, ("kepid", "kepoi_name", "fpp_prob")), "kepid")
    values = table["fpp_prob"].astype(float)
    return pd.DataFrame(
        {
            "name": table["kepoi_name"],
            "target": "KIC " + table["kepid"],
            "false_positive_probability": values.where(values.between(0, 1)),
        }
    )
