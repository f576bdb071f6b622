"""The archive's measurements of Kepler Objects of Interest, as features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from exoval.catalogs.archive_column import ArchiveColumn, archive_values, feature_table
from exoval.catalogs.disposition_column import dispositions_of, labels_of
from exoval.catalogs.koi import TABLE
from exoval.catalogs.positional_probability import read_positional_probabilities
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.tce_features import DENSITY_FACTOR
from exoval.errors import BadTable, DataNotFound
from exoval.star import density_from_gravity
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable

ARCHIVE = (
    ArchiveColumn("period", "d", "orbital period", "koi_period"),
    ArchiveColumn("period_error", "d", "its error", "koi_period_err1", valid="positive"),
    ArchiveColumn(
        "epoch_error", "d", "error of the first event's time", "koi_time0bk_err1", valid="positive"
    ),
    ArchiveColumn(
        "transit_duration", "h", "first to fourth contact", "koi_duration", valid="positive"
    ),
    ArchiveColumn(
        "transit_duration_error", "h", "its error", "koi_duration_err1", valid="positive"
    ),
    ArchiveColumn(
        "transit_depth", "ppm", "light lost at mid-transit", "koi_depth", valid="positive"
    ),
    ArchiveColumn("transit_depth_error", "ppm", "its error", "koi_depth_err1", valid="positive"),
    ArchiveColumn("radius_ratio", "", "planet over star", "koi_ror", valid="positive"),
    ArchiveColumn("radius_ratio_error", "", "its error", "koi_ror_err1", valid="positive"),
    ArchiveColumn("impact_parameter", "", "in stellar radii", "koi_impact"),
    ArchiveColumn("impact_parameter_error", "", "its error", "koi_impact_err1", valid="positive"),
    ArchiveColumn(
        "planet_radius",
        "R_earth",
        "radius ratio times stellar radius",
        "koi_prad",
        valid="positive",
    ),
    ArchiveColumn("equilibrium_temperature", "K", "of the planet", "koi_teq", valid="positive"),
    ArchiveColumn("insolation", "F_earth", "flux at the planet", "koi_insol", valid="positive"),
    ArchiveColumn(
        "model_snr",
        "sigma",
        "strength of the transit model that fits best",
        "koi_model_snr",
        valid="positive",
    ),
    ArchiveColumn("mes", "sigma", "multiple-event statistic", "koi_max_mult_ev", valid="positive"),
    ArchiveColumn("teff", "K", "effective temperature", "koi_steff", valid="positive"),
    ArchiveColumn("logg", "dex", "surface gravity", "koi_slogg"),
    ArchiveColumn("stellar_radius", "R_sun", "stellar radius", "koi_srad", valid="positive"),
    ArchiveColumn(
        "magnitude", "mag", "magnitude in the mission's band", "koi_kepmag", valid="positive"
    ),
)

POSITION = (
    Column("on_target_probability", "", "that the event is on the star", "pp_host_rel_prob"),
    Column(
        "on_target_score", "", "how far that probability can be relied on", "pp_host_prob_score"
    ),
)

DERIVED = (
    Column("duration_over_period", "", "duration over period, the duty cycle"),
    Column(
        "depth_over_squared_ratio",
        "",
        "depth over the square of the radius ratio: below one a grazing transit",
    ),
    Column(
        "density_ratio",
        "",
        "stellar density that the duration of a transit of this impact "
        "parameter implies, over the catalogue's",
    ),
    Column("model_snr_over_mes", "", "strength of the fit over multiple-event statistic"),
    Column("depth_over_error", "sigma", "transit depth over its error"),
)


def koi_features(
    path: str | Path | None = None, *, positions: str | Path | None = None
) -> FeatureTable:
    """Read Kepler Objects of Interest with the measurements of the archive's table.

    ``event`` is the object (K00001.01), ``label`` the archive's disposition, ``disposition``
    planet, false_positive or, for candidates, unknown. ``positions`` is the table of positional
    probabilities, by default under EXOVAL_DATA; if it is missing, its two columns are left out.
    Raises DataNotFound without the table of objects and BadTable if it lacks identifiers.
    """
    table = TABLE.read_all(path)
    missing = [name for name in ("kepid", "kepoi_name", "koi_disposition") if name not in table]
    if missing:
        raise BadTable(
            f"the KOI table lacks {', '.join(missing)}; get it with them: {TABLE.download}"
        )
    table = with_star_numbers(table, "kepid")
    values = archive_values(table, ARCHIVE)
    values = pd.concat(
        [values, _positions(table["kepoi_name"], positions), _derived(values)], axis=1
    )
    identity = pd.DataFrame(
        {
            "event": table["kepoi_name"],
            "target": "KIC " + table["kepid"],
            "label": labels_of(table["koi_disposition"]),
            "disposition": dispositions_of(table["koi_disposition"], TABLE.name),
        }
    )
    columns = (*(one.column for one in ARCHIVE), *POSITION, *DERIVED)
    return feature_table(identity, values, columns, "koi")


def _positions(name: pd.Series, path: str | Path | None) -> pd.DataFrame:
    """Positional probabilities of the objects; no columns if the table is missing."""
    try:
        known = read_positional_probabilities(path)
    except DataNotFound:
        if path is not None:
            raise
        return pd.DataFrame(index=name.index)
    names = [column.name for column in POSITION]
    return (
        known.drop_duplicates("name").set_index("name").reindex(name)[names].set_index(name.index)
    )


def _derived(values: pd.DataFrame) -> pd.DataFrame:
    """Ratios of the archive's columns, where both are present."""
    have = values.reindex(columns=[one.name for one in ARCHIVE])
    in_days = have["transit_duration"] / 24
    chord = np.sqrt(((1 + have["radius_ratio"]) ** 2 - have["impact_parameter"] ** 2).clip(lower=0))
    scaled_axis = chord * have["period"] / np.pi / in_days
    density = density_from_gravity(logg=have["logg"], radius=have["stellar_radius"])
    ratios = pd.DataFrame(
        {
            "duration_over_period": in_days / have["period"],
            "depth_over_squared_ratio": 1e-6 * have["transit_depth"] / have["radius_ratio"] ** 2,
            "density_ratio": DENSITY_FACTOR * scaled_axis**3 / have["period"] ** 2 / density,
            "model_snr_over_mes": have["model_snr"] / have["mes"],
            "depth_over_error": have["transit_depth"] / have["transit_depth_error"],
        }
    )
    return ratios.loc[:, ratios.notna().any()]
