"""KOIs vetted by the false-positive working group (Bryson et al. 2015, KSCI-19093)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.disposition_column import dispositions_of
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable

TABLE = CatalogTable(
    file="kepler/certified_false_positives_2019-12.parquet",
    name="Kepler certified false positive table (NASA Exoplanet Archive: 'fpwg')",
    download="Download it as CSV with all columns from exoplanetarchive.ipac.caltech.edu, table "
    "'fpwg'",
    columns=("kepid", "kepoi_name", "fpwg_disp_status"),
    without=("tce_period",),
    words=("kepid", "kepoi_name", "fpwg_disp_status"),
    gives="the causes of Kepler's false positives",
    absence="experiment=kepler_tce says nothing of the group's verdicts",
)
#: the working group's flag -> the name of the cause here
CAUSES = {
    "fpwg_disp_eb": "eclipsing_binary",
    "fpwg_disp_offst": "centroid_offset",
    "fpwg_disp_perep": "ephemeris_match",
    "fpwg_disp_other": "other",
}


def read_certified_false_positives(path: str | Path | None = None) -> pd.DataFrame:
    """Read the verdicts of the false-positive working group on every KOI.

    Columns: ``name`` (K00001.01), ``target``, ``period`` (days), ``label`` in the group's words
    (CERTIFIED FP, CERTIFIED FA, POSSIBLE PLANET, DATA INCONCLUSIVE or NOT EXAMINED),
    ``disposition`` in exoval's words (never planet), ``cause`` (of ``CAUSES``, joined by ``+``) and
    ``comment``. The table has no epochs. Raises DataNotFound or BadTable.
    """
    table = TABLE.read(
        path,
        ("kepid", "kepoi_name", "fpwg_disp_status"),
        optional=("fpwg_koi_period", "fpwg_comment", *CAUSES),
    )
    table = with_star_numbers(table, "kepid")
    label = table["fpwg_disp_status"].fillna("NOT EXAMINED").str.strip()
    causes = [
        " + ".join(name for flag, name in CAUSES.items() if row[flag] == 1)
        for row in table[list(CAUSES)].to_dict("records")
    ]
    return pd.DataFrame(
        {
            "name": table["kepoi_name"],
            "target": "KIC " + table["kepid"],
            "period": table["fpwg_koi_period"].astype(float),
            "label": label,
            "disposition": dispositions_of(label, TABLE.name),
            "cause": causes,
            "comment": table["fpwg_comment"].fillna(""),
        }
    )
