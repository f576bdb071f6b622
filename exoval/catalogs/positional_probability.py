"""Probabilities that an event is on its target star (Bryson & Morton 2017, KSCI-19108)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.table import CatalogTable

TABLE = CatalogTable(
    file="kepler/positional_probability_2020-06.parquet",
    name="Kepler astrophysical positional probabilities (NASA Exoplanet Archive: 'koiapp')",
    download="Download it as CSV from exoplanetarchive.ipac.caltech.edu, table 'koiapp'",
    columns=("kepoi_name", "pp_host_rel_prob"),
    words=("kepoi_name",),
    gives="the probability that a KOI's event is on its star, two features of KOIs",
    absence="KOIs lack two features in experiment=kepler_tce",
)


def read_positional_probabilities(path: str | Path | None = None) -> pd.DataFrame:
    """Read the probability that each KOI's event is on its star.

    Columns: ``name`` (K00001.01), ``on_target_probability``, ``on_target_score`` (the reliability
    of that probability, from 0, unreliable, to 1) and ``unknown_source_probability``. Raises
    DataNotFound or BadTable.
    """
    table = TABLE.read(
        path, ("kepoi_name", "pp_host_rel_prob"), optional=("pp_host_prob_score", "pp_unk_rel_prob")
    )
    return pd.DataFrame(
        {
            "name": table["kepoi_name"],
            "on_target_probability": table["pp_host_rel_prob"].astype(float),
            "on_target_score": table["pp_host_prob_score"].astype(float),
            "unknown_source_probability": table["pp_unk_rel_prob"].astype(float),
        }
    )
