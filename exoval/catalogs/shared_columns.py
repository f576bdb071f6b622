"""Columns that ``measure`` and a catalogue share, with one definition.

A model trained on simulated light curves can be evaluated on thousands of catalogued events without
their light curves, if both are reduced to the same columns with the same meaning. Where the
definitions differ, exoval's is converted to the catalogue's, or both are derived from simpler
columns by one formula. Each column states the remaining difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace

import numpy as np
import pandas as pd

from exoval.errors import BadTable
from exoval.star import density_from_gravity
from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.units import DAYS_PER_YEAR, EARTH_RADII_PER_SOLAR_RADIUS

Formula = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class SharedColumn:
    """One column: its formulas from exoval's and from the catalogue's columns, and differences."""

    name: str
    unit: str
    description: str
    _: KW_ONLY
    ours: Formula
    theirs: Formula
    differs: str = ""


@dataclass(frozen=True)
class DerivedColumn:
    """A column computed from shared columns by the same formula on both sides."""

    name: str
    unit: str
    description: str
    formula: Formula


@dataclass(frozen=True)
class SharedColumns:
    """The columns that one catalogue shares with ``measure``.

    ``optional`` groups of columns relate an event to others, and a set has them only if it was made
    so: a table gets the groups of which it has every column.
    """

    measured: tuple[SharedColumn, ...]
    derived: tuple[DerivedColumn, ...] = ()
    _: KW_ONLY
    optional: tuple[tuple[SharedColumn, ...], ...] = ()

    def of_measured(self, table: FeatureTable) -> FeatureTable:
        """Reduce a measured table to these columns; the identity columns stay.

        Raises BadTable if the table lacks a feature that they need.
        """
        reduced = self._reduced(table.frame[list(IDENTITY)], table.frame, "ours")
        return replace(reduced, meanings=table.meanings)

    def of_catalogue(self, identity: pd.DataFrame, frame: pd.DataFrame) -> FeatureTable:
        """Convert rows of the catalogue to these columns; ``identity`` has the identity columns."""
        return self._reduced(identity, frame, "theirs")

    def _reduced(self, identity: pd.DataFrame, frame: pd.DataFrame, side: str) -> FeatureTable:
        related = tuple(one for group in self.optional if _has(frame, group) for one in group)
        try:
            measured = pd.DataFrame(
                {one.name: getattr(one, side)(frame) for one in (*self.measured, *related)}
            )
        except KeyError as error:
            raise BadTable(
                f"the table has no column {error}, which a shared column "
                "needs; measure it with every feature group"
            ) from error
        derived = pd.DataFrame({one.name: one.formula(measured) for one in self.derived})
        values = pd.concat([measured, derived], axis=1).astype(float)
        # values that are not finite count as missing
        values = values.where(np.isfinite(values))
        names = list(values)
        columns = tuple(
            Column(one.name, one.unit, one.description)
            for one in (*self.measured, *related, *self.derived)
        )
        return FeatureTable(
            pd.concat([identity, values], axis=1), columns, recipe={"shared_columns": names}
        )


def _has(frame: pd.DataFrame, group: tuple[SharedColumn, ...]) -> bool:
    """Whether a table has every column of an optional group."""
    return all(one.name in frame for one in group)


def same(ours: str, theirs: str, *, factor: float = 1.0) -> dict[str, Formula]:
    """Return the formulas of a column that both sides have; ``factor`` converts the catalogue's."""
    return {"ours": lambda frame: frame[ours], "theirs": lambda frame: factor * frame[theirs]}


def positive(name: str) -> Formula:
    """Return the formula of a catalogue's column whose values of zero or less are missing."""
    return lambda frame: frame[name].where(frame[name] > 0)


def central_duration(frame: pd.DataFrame) -> pd.Series:
    """Return the duration (hours) of a small body's central transit, from period and star.

    The columns are period, logg and stellar_radius; the duration is 13 h (P / yr)^(1/3) (rho /
    rho_sun)^(-1/3), with rho = g / R in solar units.
    """
    density = density_from_gravity(logg=frame["logg"], radius=frame["stellar_radius"])
    return 13.0 * (frame["period"] / DAYS_PER_YEAR / density) ** (1 / 3)


def distance_from_event(phase: pd.Series) -> pd.Series:
    """Return the distance of phases from the event at phase 0, from 0 to 0.5."""
    return (phase + 0.5).mod(1.0).sub(0.5).abs()


#: derived from period, transit_duration, transit_depth, logg and stellar_radius
PLANET_COLUMNS = (
    DerivedColumn(
        "planet_radius",
        "R_earth",
        "square root of the depth times the star's radius",
        lambda frame: (
            np.sqrt(1e-6 * frame["transit_depth"].clip(lower=0))
            * frame["stellar_radius"]
            * EARTH_RADII_PER_SOLAR_RADIUS
        ),
    ),
    DerivedColumn(
        "duration_over_central",
        "",
        "duration over that of a central transit",
        lambda frame: frame["transit_duration"] / central_duration(frame),
    ),
    DerivedColumn(
        "duration_over_period",
        "",
        "share of the period in the event",
        lambda frame: frame["transit_duration"] / 24 / frame["period"],
    ),
)

#: derived from mes, ses_max, transit_count and secondary_mes
STRENGTH_COLUMNS = (
    DerivedColumn(
        "ses_over_mes",
        "",
        "strongest event over the mean one: 1 if all are alike",
        lambda frame: (
            frame["ses_max"] * np.sqrt(frame["transit_count"].clip(lower=1)) / frame["mes"]
        ),
    ),
    DerivedColumn(
        "secondary_over_primary",
        "",
        "strength of the second dip over the first's",
        lambda frame: frame["secondary_mes"] / frame["mes"],
    ),
)
