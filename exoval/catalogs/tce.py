"""Labelled threshold-crossing events of Kepler DR25 (Valizadegan et al. 2022, ApJ 926, 120)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.epoch_column import epochs_on_clock
from exoval.catalogs.signal_catalogue import SignalCatalogue
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable, candidates, without_ephemeris
from exoval.missions.kepler import BKJD_ZERO

#: the label of DR24's events (Catanzarite 2015)
AUTOVETTER = "av_training_set"
REQUIRED = ("target_id", "tce_plnt_num", "tce_period", "tce_time0bk", "tce_duration", "label")
OPTIONAL = ("transit_depth", "tce_max_mult_ev", "koi_disposition")
TABLE = CatalogTable(
    file="kepler/tce_dr25_labelled.parquet",
    name="labelled TCE table (NASA Exoplanet Archive: 'q1_q17_dr25_tce', labels PC, AFP and NTP "
    "of Valizadegan et al. 2022)",
    download="Download 'q1_q17_dr25_tce' from exoplanetarchive.ipac.caltech.edu and join the "
    "column 'label' from the tables of Valizadegan et al. 2022 (github.com/nasa/ExoMiner)",
    columns=REQUIRED,
    older_with=(AUTOVETTER,),
    # the archive's names
    also={
        "target_id": ("kepid",),
        "label": (AUTOVETTER,),
        "transit_depth": ("tce_depth",),
    },
    words=("target_id", "label"),
    whole=("tce_plnt_num",),
    gives="labelled detections of Kepler's pipeline: stars with false positives that are no KOIs, "
    "and the features and labels of experiment=kepler_tce",
    absence="stars with detections that are no KOIs count as hosts without signals, and "
    "experiment=kepler_tce has no events",
)
#: columns that relate an event to the others of its star, and their names in ``shared_siblings``
OF_THE_STAR = {
    "target_id": "target",
    "tce_plnt_num": "number",
    "tce_period": "period",
    "tce_time0bk": "epoch",
    "tce_duration": "duration",
    "transit_depth": "depth",
    "tce_max_mult_ev": "strength",
}

#: columns that compare an event with those of other stars, by their names in ``ephemeris_match``
OF_THE_SURVEY = {
    "target": "target_id",
    "period": "tce_period",
    "epoch": "tce_time0bk",
    "duration": "tce_duration",
    "depth": "transit_depth",
}


def read_tce(path: str | Path | None = None) -> list[Candidate]:
    """Read threshold-crossing events labelled PC, AFP (astrophysical) or NTP (not transiting).

    A PC has its KOI's disposition (unknown without a KOI); AFP and NTP are false positives.
    ``signal_to_noise`` is the multiple-event statistic. ``path`` is the table as CSV or Parquet;
    the default lies under EXOVAL_DATA. Raises DataNotFound if it is missing, BadTable if it cannot
    be read or lacks a column.
    """
    rows = _rows(path)
    return candidates(rows, provenance=rows.attrs["provenance"])


def _rows(path: str | Path | None) -> pd.DataFrame:
    """The table's rows in the columns that ``candidates`` needs, and which release they are of."""
    table = with_star_numbers(TABLE.read(path, REQUIRED, optional=OPTIONAL), "target_id")
    is_planet_candidate = table["label"] == "PC"
    disposition = table["label"].mask(
        is_planet_candidate & table["koi_disposition"].notna(), table["koi_disposition"]
    )
    number = table["tce_plnt_num"].map("{:02d}".format)
    rows = pd.DataFrame(
        {
            "target": "KIC " + table["target_id"],
            "name": "TCE " + table["target_id"] + "-" + number,
            "period": table["tce_period"],
            "epoch": epochs_on_clock(table["tce_time0bk"], BKJD_ZERO, catalogue="TCE"),
            "duration": table["tce_duration"] / 24,
            "depth": 1e-6 * table["transit_depth"].where(table["transit_depth"] > 0),
            "label": table["label"],
            "disposition": disposition,
            "signal_to_noise": table["tce_max_mult_ev"].where(table["tce_max_mult_ev"] > 0),
        }
    )
    is_dr24 = table.attrs["read_as"].get("label") == AUTOVETTER
    rows.attrs["provenance"] = "TCE DR24" if is_dr24 else "TCE DR25"
    return rows


SIGNALS = SignalCatalogue(
    "KIC",
    read_tce,
    rank=2,
    without_ephemeris=lambda: without_ephemeris(_rows(None)),
    table=TABLE,
)
