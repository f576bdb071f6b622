"""The list of all events of a survey, with which ``exoval.ephemeris_match`` compares an event."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.epoch_column import epochs_on_clock
from exoval.catalogs.koi import read_koi
from exoval.catalogs.spoc_tce import TABLE as SPOC_TABLE
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable
from exoval.catalogs.tce import read_tce
from exoval.catalogs.toi import read_toi
from exoval.ephemeris_match import SurveyEvents
from exoval.errors import BadTable
from exoval.missions.clock import JULIAN
from exoval.missions.tess import BTJD_ZERO

REQUIRED = ("target", "period_days", "epoch_days", "duration_hours", "depth_ppm")
#: a user's own list; catalogues have readers of their own
OWN_LIST = CatalogTable(
    file="survey_events.csv",
    name="list of the survey's events",
    download=f"Write it as CSV or Parquet with the columns {', '.join(REQUIRED)}",
    columns=REQUIRED,
    words=("target",),
)
SPOC_COLUMNS = (
    "ticid",
    "orbitalPeriodDays",
    "transitEpochBtjd",
    "transitDurationHours",
    "transitDepthPpm",
)


def read_survey_list(source: str | Path) -> SurveyEvents:
    """Read the events of a survey: those of a catalogue (koi, tce, toi, spoc_tce), or of a file.

    A file is CSV or Parquet with the columns target (as in the light curves), period_days,
    epoch_days (mid-event, on the mission's clock), duration_hours and depth_ppm. Raises
    DataNotFound if the table is missing, BadTable if it cannot be read, lacks a column or has
    Julian dates.
    """
    if str(source) in CATALOGUES:
        return CATALOGUES[str(source)]()
    table = OWN_LIST.read(Path(source), REQUIRED)
    if (table["epoch_days"] > JULIAN).any():
        raise BadTable(f"{source} has Julian dates; give epoch_days on the clock of the mission")
    return SurveyEvents.of_table(
        pd.DataFrame(
            {
                "target": table["target"].astype(str),
                "period": table["period_days"],
                "epoch": table["epoch_days"],
                "duration": table["duration_hours"] / 24,
                "depth": 1e-6 * table["depth_ppm"],
            }
        )
    )


def survey_of(candidates: Sequence[Candidate]) -> SurveyEvents:
    """Return the signals of a catalogue as a survey's events."""
    return SurveyEvents.of_table(
        pd.DataFrame(
            {
                "target": [one.target for one in candidates],
                "period": [one.ephemeris.period for one in candidates],
                "epoch": [one.ephemeris.epoch for one in candidates],
                "duration": [one.ephemeris.duration for one in candidates],
                "depth": np.array([one.depth for one in candidates], dtype=float),
            }
        )
    )


def _spoc_tce() -> SurveyEvents:
    table = with_star_numbers(SPOC_TABLE.read(None, SPOC_COLUMNS), "ticid")
    period, epoch, duration, depth = (table[name] for name in SPOC_COLUMNS[1:])
    return SurveyEvents.of_table(
        pd.DataFrame(
            {
                "target": "TIC " + table["ticid"],
                "period": period,
                "epoch": epochs_on_clock(epoch, BTJD_ZERO, catalogue="TCE"),
                "duration": duration / 24,
                "depth": 1e-6 * depth,
            }
        )
    )


#: catalogues that may be named instead of a file
CATALOGUES = {
    "koi": lambda: survey_of(read_koi()),
    "tce": lambda: survey_of(read_tce()),
    "toi": lambda: survey_of(read_toi()),
    "spoc_tce": _spoc_tce,
}
