"""What ``measure`` and the table of threshold-crossing events both know, in one definition.

A model trained on simulated light curves can be judged on thousands of catalogued events whose
light curves are not at hand, if both are reduced to the same columns with the same meaning. Where
the two sides measure differently, ours is turned into the archive's definition here, or both are
derived from simpler columns by one formula; what still differs is said with the column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.catalogs.tce import TABLE
from exoval.errors import BadTable
from exoval.feature_table import IDENTITY, Column, FeatureTable
from exoval.labels import FALSE_POSITIVE, PLANET

#: solar radius in Earth radii
SUN_IN_EARTHS = 109.076
#: pixel of Kepler, arcsec
PIXEL = 3.98
#: log10(model SNR / multiple-event statistic) as a parabola in log10(duration / h): what the
#: archive's whitening filter takes. Least absolute deviations of 3,241 planets and candidates of
#: KOI DR25 with a statistic above 8; their medians follow it within 2 % from 1 to 16 hours
WHITENING_LOSS = (0.19956, -0.15347, 0.09398)


@dataclass(frozen=True)
class SharedColumn:
    """One column: how it follows from ours and from the archive's, and what still differs.

    ``ours`` and ``theirs`` take the frame of each side and return a series.
    """

    name: str
    unit: str
    description: str
    ours: Callable[[pd.DataFrame], pd.Series]
    theirs: Callable[[pd.DataFrame], pd.Series]
    differs: str = ""


def whitening_loss(duration_hours: np.ndarray | pd.Series) -> np.ndarray | pd.Series:
    """How much larger a model's SNR is than the archive's multiple-event statistic.

    The pipeline's statistic is computed after a whitening filter, which takes part of the event
    with the noise, more of long ones (Jenkins et al. 2010).
    """
    return 10 ** np.polyval(WHITENING_LOSS, np.log10(duration_hours))


def _same(ours: str, theirs: str, factor: float = 1.0) -> tuple[Callable, Callable]:
    """A column both sides have, theirs in other units by ``factor``."""
    return lambda frame: frame[ours], lambda frame: factor * frame[theirs]


def _positive(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    """A column in which zero and below stand for missing."""
    return lambda frame: frame[name].where(frame[name] > 0)


#: measured on both sides. Not among them, as the two sides mean different things: the model's SNR
#: (the archive's is below its multiple-event statistic where the fit fails, ours never), impact
#: parameter, radius ratio and a/R* (its fits pile up at impact parameters above 0.8)
MEASURED = (
    SharedColumn("period", "d", "orbital period", *_same("period", "tce_period")),
    SharedColumn("transit_duration", "h", "duration of the fitted transit",
                 *_same("transit_duration", "tce_duration"),
                 differs="1 % longer here; the archive's fits of false alarms go to a day and "
                         "more"),
    SharedColumn("transit_depth", "ppm", "depth of the fitted transit",
                 lambda frame: frame["transit_depth"], _positive("transit_depth")),
    SharedColumn("mes", "sigma", "multiple-event statistic",
                 lambda frame: frame["mes"] / whitening_loss(frame["transit_duration"]),
                 lambda frame: frame["tce_max_mult_ev"],
                 differs="ours loses to whitening what is usual for the duration"),
    SharedColumn("ses_max", "sigma", "largest single-event statistic",
                 lambda frame: frame["ses_max"] / whitening_loss(frame["transit_duration"]),
                 lambda frame: frame["tce_max_sngle_ev"]),
    SharedColumn("transit_count", "", "events with data",
                 *_same("transit_count", "tce_num_transits")),
    SharedColumn("odd_even_sigma", "sigma", "difference of odd and even depths over its error",
                 lambda frame: frame["odd_even_sigma"],
                 lambda frame: np.sqrt(frame["tce_bin_oedp_stat"])),
    SharedColumn("secondary_mes", "sigma", "strongest dip away from the event",
                 lambda frame: frame["secondary_mes"], lambda frame: frame["tce_maxmes_original"]),
    SharedColumn("secondary_depth", "ppm", "its depth",
                 lambda frame: frame["secondary_depth"],
                 lambda frame: frame["wst_depth_original"].where(
                     frame["wst_depth_original"] != 0)),
    SharedColumn("secondary_phase", "", "its distance from the event, 0 to 0.5 of a period",
                 lambda frame: frame["secondary_phase"],
                 lambda frame: _folded(frame["tce_maxmesd"] / frame["tce_period"])),
    SharedColumn("source_offset", "arcsec", "how far from the target the dimming source lies",
                 lambda frame: PIXEL * frame["source_offset"], _positive("tce_dikco_msky"),
                 differs="flux-weighted centroids here, difference images there: where the "
                         "source is bright and far, ours is the less certain"),
    SharedColumn("source_offset_sigma", "sigma", "that offset over its error",
                 lambda frame: frame["source_offset"] / frame["source_offset_error"],
                 lambda frame: frame["tce_dikco_msky"]
                 / frame["tce_dikco_msky_err"].where(frame["tce_dikco_msky_err"] > 0),
                 differs="errors of the archive have a floor of 0.07 arcsec"),
    SharedColumn("teff", "K", "effective temperature", *_same("teff", "tce_steff")),
    SharedColumn("logg", "dex", "surface gravity", *_same("logg", "tce_slogg")),
    SharedColumn("stellar_radius", "R_sun", "stellar radius",
                 *_same("stellar_radius", "tce_sradius")),
)


@dataclass(frozen=True)
class DerivedColumn:
    """A column computed from the shared ones by one formula on both sides."""

    name: str
    unit: str
    description: str
    formula: Callable[[pd.DataFrame], pd.Series]


def _central_duration(frame: pd.DataFrame) -> pd.Series:
    """Hours a central transit of a small body takes, from period, gravity and radius."""
    # rho / rho_sun = (g / g_sun) / (R / R_sun); 13 h (P / yr)^(1/3) rho^(-1/3)
    density = 10 ** (frame["logg"] - 4.438) / frame["stellar_radius"]
    return 13.0 * (frame["period"] / 365.25 / density) ** (1 / 3)


DERIVED = (
    DerivedColumn("planet_radius", "R_earth", "square root of the depth times the star's radius",
                  lambda frame: np.sqrt(1e-6 * frame["transit_depth"].clip(lower=0))
                  * frame["stellar_radius"] * SUN_IN_EARTHS),
    DerivedColumn("duration_over_central", "", "duration over that of a central transit",
                  lambda frame: frame["transit_duration"] / _central_duration(frame)),
    DerivedColumn("duration_over_period", "", "share of the period in the event",
                  lambda frame: frame["transit_duration"] / 24 / frame["period"]),
    DerivedColumn("ses_over_mes", "", "strongest event over the mean one: 1 if all are alike",
                  lambda frame: frame["ses_max"] * np.sqrt(frame["transit_count"].clip(lower=1))
                  / frame["mes"]),
    DerivedColumn("secondary_over_primary", "", "strength of the second dip over the first's",
                  lambda frame: frame["secondary_mes"] / frame["mes"]),
    DerivedColumn("secondary_depth_ratio", "", "depth of the second dip over the first's",
                  lambda frame: frame["secondary_depth"] / frame["transit_depth"]),
)

#: archive columns that the shared ones are made of
NEEDED = ("target_id", "tce_plnt_num", "label", "tce_period", "tce_duration", "transit_depth",
          "tce_max_mult_ev", "tce_max_sngle_ev", "tce_num_transits",
          "tce_bin_oedp_stat", "tce_maxmes_original", "wst_depth_original", "tce_maxmesd",
          "tce_dikco_msky", "tce_dikco_msky_err", "tce_steff", "tce_slogg", "tce_sradius")


def columns(left_out: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """The declarations of the shared columns but for those named."""
    return tuple(Column(one.name, one.unit, one.description)
                 for one in (*MEASURED, *DERIVED) if one.name not in left_out)


def shared_from_measured(table: FeatureTable, left_out: tuple[str, ...] = ()) -> FeatureTable:
    """A measured table reduced to the shared columns, identities kept.

    Raises BadTable if a feature that they follow from is not in it.
    """
    return _reduced(table.frame[list(IDENTITY)], table.frame, "ours", left_out)


def shared_from_tce(path: str | Path | None = None, left_out: tuple[str, ...] = ()
                    ) -> FeatureTable:
    """The labelled threshold-crossing events of Kepler DR25 in the shared columns.

    ``label`` is planet for PC, and AFP or NTP. Raises DataNotFound without the table and BadTable
    if it lacks a column.
    """
    table = TABLE.read(path, NEEDED)
    # the archive's mark for a number that could not be computed
    values = table.drop(columns=["label", "tce_maxmesd", "wst_depth_original"])
    table[values.columns] = values.mask(values == -1)
    number = table["tce_plnt_num"].map("{:02.0f}".format)
    identity = pd.DataFrame({
        "event": "TCE " + table["target_id"].astype(str) + "-" + number,
        "target": "KIC " + table["target_id"].astype(str),
        "label": table["label"].replace({"PC": PLANET}),
        "disposition": np.where(table["label"] == "PC", PLANET, FALSE_POSITIVE)})
    return _reduced(identity, table, "theirs", left_out)


def _reduced(identity: pd.DataFrame, frame: pd.DataFrame, side: str, left_out: tuple[str, ...]
             ) -> FeatureTable:
    """Identities and shared columns of one side; what is not finite is missing."""
    known = {one.name for one in (*MEASURED, *DERIVED)}
    if set(left_out) - known:
        raise BadTable(f"{sorted(set(left_out) - known)} are no shared columns; those are "
                       f"{', '.join(sorted(known))}")
    try:
        measured = pd.DataFrame({one.name: getattr(one, side)(frame) for one in MEASURED})
    except KeyError as error:
        raise BadTable(f"the table has no column {error}, which a shared column follows from; "
                       "measure it with every feature group") from error
    derived = pd.DataFrame({one.name: one.formula(measured) for one in DERIVED})
    both = pd.concat([measured, derived], axis=1).astype(float)
    both = both.where(np.isfinite(both))
    chosen = columns(left_out)
    frame = pd.concat([identity, both[[column.name for column in chosen]]], axis=1)
    return FeatureTable(frame, chosen, {"shared_columns": [column.name for column in chosen]})


def _folded(phase: pd.Series) -> pd.Series:
    """Phases as the distance from the event, 0 to 0.5."""
    return (phase + 0.5).mod(1.0).sub(0.5).abs()
