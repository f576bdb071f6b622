"""Labelled threshold-crossing events of Kepler DR24 (Catanzarite 2015, KSCI-19091)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.archive_column import ArchiveColumn, archive_values, feature_table
from exoval.catalogs.candidate import Candidate
from exoval.catalogs.table import CatalogTable, candidates
from exoval.catalogs.tce_features import ARCHIVE, DERIVED, derived, identity
from exoval.table.feature_table import FeatureTable

TABLE = CatalogTable(
    file="kepler/tce_dr24_autovetter.parquet",
    name="DR24 TCE table (NASA Exoplanet Archive: 'q1_q17_dr24_tce')",
    download="Download it as CSV with all columns from exoplanetarchive.ipac.caltech.edu, table "
    "'q1_q17_dr24_tce'",
)
REQUIRED = ("kepid", "tce_plnt_num", "tce_period", "tce_time0bk", "tce_duration", "av_training_set")
OPTIONAL = ("tce_depth", "tce_max_mult_ev")


def read_autovetter(path: str | Path | None = None) -> list[Candidate]:
    """Events labelled PC, AFP, NTP or UNK, the training set of the DR24 Autovetter.

    A PC of 2015 is a candidate that passed, of disposition unknown; AFP and NTP are false
    positives. Raises DataNotFound or BadTable.
    """
    table = TABLE.read(path, REQUIRED, optional=OPTIONAL)
    star = table["kepid"].astype(str)
    return candidates(
        pd.DataFrame(
            {
                "target": "KIC " + star,
                "name": "TCE DR24 " + star + "-" + table["tce_plnt_num"].map("{:02d}".format),
                "period": table["tce_period"],
                "epoch": table["tce_time0bk"],
                "duration": table["tce_duration"] / 24,
                "depth": 1e-6 * table["tce_depth"].where(table["tce_depth"] > 0),
                "label": table["av_training_set"],
                "disposition": table["av_training_set"],
                "signal_to_noise": table["tce_max_mult_ev"],
            }
        ),
        provenance="TCE DR24",
    )


def autovetter_features(path: str | Path | None = None) -> FeatureTable:
    """The same events with the pipeline's columns, named as those of DR25.

    ``disposition`` is planet for PC, the class that the Autovetter was to learn. Raises
    DataNotFound or BadTable.
    """
    table = TABLE.read_all(path).rename(
        columns={"kepid": "target_id", "av_training_set": "label", "tce_depth": "transit_depth"}
    )
    values = archive_values(table, _columns())
    values = pd.concat([values, derived(values)], axis=1)
    declared = (*(one.column for one in _columns()), *DERIVED)
    return feature_table(identity(table, release="TCE DR24"), values, declared, "tce")


def _columns() -> tuple[ArchiveColumn, ...]:
    """The columns of DR25 but for the order of detection, which changed between the releases."""
    return tuple(one for one in ARCHIVE if one.name != "event_number")
