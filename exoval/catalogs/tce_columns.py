"""The columns that ``measure`` shares with the threshold-crossing events of Kepler DR25."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from exoval.catalogs.shared_columns import (
    PLANET_COLUMNS,
    STRENGTH_COLUMNS,
    DerivedColumn,
    SharedColumn,
    SharedColumns,
    distance_from_event,
    positive,
    same,
)
from exoval.catalogs.shared_ephemeris_match import EPHEMERIS_MATCH, with_ephemeris_match
from exoval.catalogs.shared_siblings import SIBLINGS, siblings_of
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.tce import OF_THE_STAR, OF_THE_SURVEY, TABLE
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.missions.kepler import PIXEL_ARCSEC
from exoval.table.feature_table import FeatureTable

#: log10(model SNR / multiple-event statistic) as a parabola in log10(duration / h): the loss in the
#: archive's whitening filter, fitted by least absolute deviations to 3,241 planets and candidates
#: of KOI DR25 with a statistic above 8; their medians follow it within 2 % from 1 to 16 hours
WHITENING_LOSS = (0.19956, -0.15347, 0.09398)


def whitening_loss(duration_hours: np.ndarray | pd.Series) -> np.ndarray | pd.Series:
    """Return the ratio of a model's SNR to the archive's multiple-event statistic.

    The pipeline computes its statistic after a whitening filter, which removes part of the event
    with the noise, most for long events (Jenkins et al. 2010).
    """
    return 10 ** np.polyval(WHITENING_LOSS, np.log10(duration_hours))


#: measured on both sides. Left out, because their definitions differ, are the model's SNR (the
#: archive's drops below its multiple-event statistic where the fit fails, exoval's never does),
#: impact parameter, radius ratio and a/R* (the archive's fits pile up at impact parameters above
#: 0.8)
MEASURED = (
    SharedColumn("period", "d", "orbital period", **same("period", "tce_period")),
    SharedColumn(
        "transit_duration",
        "h",
        "duration of the fitted transit",
        **same("transit_duration", "tce_duration"),
        differs="1 % longer here; the archive's fits of false alarms go to a day and more",
    ),
    SharedColumn(
        "transit_depth",
        "ppm",
        "depth of the fitted transit",
        ours=lambda frame: frame["transit_depth"],
        theirs=positive("transit_depth"),
    ),
    SharedColumn(
        "mes",
        "sigma",
        "multiple-event statistic",
        ours=lambda frame: frame["mes"] / whitening_loss(frame["transit_duration"]),
        theirs=lambda frame: frame["tce_max_mult_ev"],
        differs="exoval's is reduced by the mean whitening loss at that duration",
    ),
    SharedColumn(
        "ses_max",
        "sigma",
        "largest single-event statistic",
        ours=lambda frame: frame["ses_max"] / whitening_loss(frame["transit_duration"]),
        theirs=lambda frame: frame["tce_max_sngle_ev"],
    ),
    SharedColumn(
        "transit_count", "", "events with data", **same("transit_count", "tce_num_transits")
    ),
    SharedColumn(
        "odd_even_sigma",
        "sigma",
        "difference of odd and even depths over its error",
        ours=lambda frame: frame["odd_even_sigma"],
        theirs=lambda frame: np.sqrt(frame["tce_bin_oedp_stat"]),
    ),
    SharedColumn(
        "secondary_mes",
        "sigma",
        "strongest dip away from the event",
        ours=lambda frame: frame["secondary_mes"],
        theirs=lambda frame: frame["tce_maxmes_original"],
    ),
    SharedColumn(
        "secondary_depth",
        "ppm",
        "its depth",
        ours=lambda frame: frame["secondary_depth"],
        theirs=lambda frame: frame["wst_depth_original"].where(frame["wst_depth_original"] != 0),
    ),
    SharedColumn(
        "secondary_phase",
        "",
        "its distance from the event, 0 to 0.5 of a period",
        ours=lambda frame: frame["secondary_phase"],
        theirs=lambda frame: distance_from_event(frame["tce_maxmesd"] / frame["tce_period"]),
    ),
    SharedColumn(
        "source_offset",
        "arcsec",
        "distance of the dimming source from the target",
        ours=lambda frame: PIXEL_ARCSEC * frame["source_offset"],
        theirs=positive("tce_dikco_msky"),
        differs="flux-weighted centroids here, difference images there: where the "
        "source is bright and far, exoval's is less certain",
    ),
    SharedColumn(
        "source_offset_sigma",
        "sigma",
        "that offset over its error",
        ours=lambda frame: frame["source_offset"] / frame["source_offset_error"],
        theirs=lambda frame: (
            frame["tce_dikco_msky"]
            / frame["tce_dikco_msky_err"].where(frame["tce_dikco_msky_err"] > 0)
        ),
        differs="errors of the archive have a floor of 0.07 arcsec",
    ),
    SharedColumn("teff", "K", "effective temperature", **same("teff", "tce_steff")),
    SharedColumn("logg", "dex", "surface gravity", **same("logg", "tce_slogg")),
    SharedColumn(
        "stellar_radius", "R_sun", "stellar radius", **same("stellar_radius", "tce_sradius")
    ),
)

DERIVED = (
    *PLANET_COLUMNS,
    *STRENGTH_COLUMNS,
    DerivedColumn(
        "secondary_depth_ratio",
        "",
        "depth of the second dip over the first's",
        lambda frame: frame["secondary_depth"] / frame["transit_depth"],
    ),
)

SHARED = SharedColumns(MEASURED, DERIVED, optional=(SIBLINGS, EPHEMERIS_MATCH))

#: archive columns that the shared columns need
NEEDED = (
    "target_id",
    "tce_plnt_num",
    "label",
    "tce_period",
    "tce_time0bk",
    "tce_duration",
    "transit_depth",
    "tce_max_mult_ev",
    "tce_max_sngle_ev",
    "tce_num_transits",
    "tce_bin_oedp_stat",
    "tce_maxmes_original",
    "wst_depth_original",
    "tce_maxmesd",
    "tce_dikco_msky",
    "tce_dikco_msky_err",
    "tce_steff",
    "tce_slogg",
    "tce_sradius",
)


def measured_as_tce(table: FeatureTable) -> FeatureTable:
    """Reduce a measured table to the columns it shares with threshold-crossing events.

    Raises BadTable if the table lacks a feature that they need.
    """
    return SHARED.of_measured(table)


def tce_table(path: str | Path | None = None) -> FeatureTable:
    """Read the labelled threshold-crossing events of Kepler DR25 in the shared columns.

    ``label`` is planet (for PC), AFP or NTP. The table must list all events of the survey, as each
    is related to those of its star (``shared_siblings``) and of others
    (``shared_ephemeris_match``).
    Raises DataNotFound without the table and BadTable if it lacks a column.
    """
    table = with_star_numbers(TABLE.read(path, NEEDED), "target_id")
    # the archive's mark for a number that could not be computed
    values = table.drop(columns=["label", "tce_maxmesd", "wst_depth_original"])
    table[values.columns] = values.mask(values == -1)
    number = table["tce_plnt_num"].map("{:02.0f}".format)
    identity = pd.DataFrame(
        {
            "event": "TCE " + table["target_id"] + "-" + number,
            "target": "KIC " + table["target_id"],
            "label": table["label"].replace({"PC": PLANET}),
            "disposition": np.where(table["label"] == "PC", PLANET, FALSE_POSITIVE),
        }
    )
    table = pd.concat([table, siblings_of(table, OF_THE_STAR)], axis=1)
    table = with_ephemeris_match(table, OF_THE_SURVEY)
    return SHARED.of_catalogue(identity, table)
