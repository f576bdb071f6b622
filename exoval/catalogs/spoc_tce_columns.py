"""The columns that ``measure`` shares with TESS threshold-crossing events of two-minute data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from exoval.catalogs.shared_columns import (
    PLANET_COLUMNS,
    STRENGTH_COLUMNS,
    SharedColumn,
    SharedColumns,
    distance_from_event,
    positive,
    same,
)
from exoval.catalogs.shared_ephemeris_match import EPHEMERIS_MATCH, with_ephemeris_match
from exoval.catalogs.shared_siblings import SIBLINGS, siblings_of
from exoval.catalogs.spoc_tce import OF_THE_STAR, OF_THE_SURVEY, read_spoc_tce
from exoval.table.feature_table import FeatureTable

#: log10(model SNR / multiple-event statistic) as a line in log10(duration / h), fitted by least
#: absolute deviations to the 3,151 events with a statistic above 8 that ExoMiner++ scores above 0.9
WHITENING_LOSS = (0.01764, 0.06150)


def whitening_loss(duration_hours: np.ndarray | pd.Series) -> np.ndarray | pd.Series:
    """Return the ratio of a model's SNR to the pipeline's multiple-event statistic."""
    return 10 ** np.polyval(WHITENING_LOSS, np.log10(duration_hours))


#: measured on both sides. Left out are the parameters of the pipeline's transit fits, whose impact
#: parameters pile up at the ends of the range, and its chi-square, which is not normalised
SHARED = SharedColumns(
    (
        SharedColumn("period", "d", "orbital period", **same("period", "orbitalPeriodDays")),
        SharedColumn(
            "transit_duration",
            "h",
            "duration of the fitted transit",
            **same("transit_duration", "transitDurationHours"),
        ),
        SharedColumn(
            "transit_depth",
            "ppm",
            "depth of the fitted transit",
            ours=lambda frame: frame["transit_depth"],
            theirs=positive("transitDepthPpm"),
        ),
        SharedColumn(
            "mes",
            "sigma",
            "multiple-event statistic",
            ours=lambda frame: frame["mes"] / whitening_loss(frame["transit_duration"]),
            theirs=lambda frame: frame["mes"],
            differs="exoval's is reduced by the mean whitening loss at that duration",
        ),
        SharedColumn(
            "ses_max",
            "sigma",
            "largest single-event statistic",
            ours=lambda frame: frame["ses_max"] / whitening_loss(frame["transit_duration"]),
            theirs=lambda frame: frame["maxses"],
        ),
        SharedColumn(
            "transit_count", "", "events with data", **same("transit_count", "expectedtransitcount")
        ),
        SharedColumn(
            "secondary_mes",
            "sigma",
            "strongest dip away from the event",
            ours=lambda frame: frame["secondary_mes"],
            theirs=positive("ws_mes"),
        ),
        SharedColumn(
            "secondary_phase",
            "",
            "its distance from the event, 0 to 0.5 of a period",
            ours=lambda frame: frame["secondary_phase"],
            theirs=lambda frame: distance_from_event(
                frame["ws_mesphase"] / frame["orbitalPeriodDays"]
            ).where(frame["ws_mes"] > 0),
        ),
        SharedColumn(
            "teff",
            "K",
            "effective temperature",
            **same("teff", "starTeffKelvin"),
            differs="the pipeline assumes the Sun for unknown stars",
        ),
        SharedColumn("logg", "dex", "surface gravity", **same("logg", "starLoggCgs")),
        SharedColumn(
            "stellar_radius",
            "R_sun",
            "stellar radius",
            **same("stellar_radius", "starRadiusSolarRadii"),
        ),
    ),
    (*PLANET_COLUMNS, *STRENGTH_COLUMNS),
    optional=(SIBLINGS, EPHEMERIS_MATCH),
)

NEEDED = (
    "planetNumber",
    "transitDepthPpm",
    "mes",
    "maxses",
    "expectedtransitcount",
    "ws_mes",
    "ws_mesphase",
    "starTeffKelvin",
    "starLoggCgs",
    "starRadiusSolarRadii",
)


def measured_as_spoc_tce(table: FeatureTable) -> FeatureTable:
    """Reduce a measured table to the columns it shares with TESS threshold-crossing events.

    Raises BadTable if the table lacks a feature that they need.
    """
    return SHARED.of_measured(table)


def spoc_tce_table(path: str | Path | None = None) -> FeatureTable:
    """Read the threshold-crossing events of TESS sectors 1-6 in the shared columns.

    ``read_spoc_tce`` describes the labels. An event found in several runs of the pipeline has one
    row for each run, and is related to the other events that the run found. Raises DataNotFound
    without a table and BadTable if it lacks a column.
    """
    table = read_spoc_tce(path, needed=NEEDED)
    # a star of a run is what one search saw
    found_in = table.assign(star_of_run=table["ticid"].astype(str) + " " + table["run"])
    table = pd.concat([table, siblings_of(found_in, OF_THE_STAR)], axis=1)
    table = with_ephemeris_match(table, OF_THE_SURVEY, each="run")
    identity = pd.DataFrame(
        {
            "event": "TCE " + table["tceid"].astype(str) + " " + table["run"].astype(str),
            "target": "TIC " + table["ticid"],
            "label": table["label"],
            "disposition": table["disposition"],
        }
    )
    return SHARED.of_catalogue(identity, table)
