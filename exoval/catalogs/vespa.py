"""False-positive probabilities by vespa (Morton et al. 2016, ApJ 822, 86)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.table import CatalogTable

DR25 = CatalogTable(
    file="kepler/vespa_fpp_dr25.parquet",
    name="vespa false-positive probabilities of Kepler DR25 (NASA Exoplanet Archive: 'koifpp')",
    download="Download it as CSV from exoplanetarchive.ipac.caltech.edu, table 'koifpp' (Kepler "
    "Astrophysical False Positive Probabilities)",
)
DR24 = CatalogTable(
    file="kepler/vespa_fpp_dr24_morton2016.parquet",
    name="vespa false-positive probabilities of Kepler DR24 (Morton et al. 2016, table 6)",
    download="Download it as CSV from the journal or github.com/timothydmorton/koi-fpp",
)
#: columns of a scenario in the table of 2016 -> what it is here; _Px2 is at twice the period
SCENARIOS_2016 = {
    "pl": "planet",
    "eb": "eclipsing_binary",
    "eb_Px2": "eclipsing_binary_double_period",
    "heb": "hierarchical_binary",
    "heb_Px2": "hierarchical_binary_double_period",
    "beb": "background_binary",
    "beb_Px2": "background_binary_double_period",
    "boxy": "boxy",
    "long": "long",
}


def read_vespa(path: str | Path | None = None) -> pd.DataFrame:
    """``name`` (K00001.01), ``target`` and ``false_positive_probability`` of DR25's objects.

    The probability is NaN where vespa gave none. Raises DataNotFound or BadTable.
    """
    table = DR25.read(path, ("kepid", "kepoi_name", "fpp_prob"))
    return _probabilities(table, "kepoi_name", "fpp_prob")


def read_vespa_2016(path: str | Path | None = None) -> pd.DataFrame:
    """The same of DR24's objects, with the probability of each scenario.

    Raises DataNotFound or BadTable.
    """
    table = DR24.read(
        path, ("kepid", "koi", "FPP"), optional=tuple(f"pr_{key}" for key in SCENARIOS_2016)
    )
    scenarios = {name: table[f"pr_{key}"] for key, name in SCENARIOS_2016.items()}
    return _probabilities(table, "koi", "FPP").assign(**scenarios)


def _probabilities(table: pd.DataFrame, name: str, probability: str) -> pd.DataFrame:
    values = table[probability].astype(float)
    return pd.DataFrame(
        {
            "name": table[name],
            "target": "KIC " + table["kepid"].astype(str),
            "false_positive_probability": values.where(values.between(0, 1)),
        }
    )
