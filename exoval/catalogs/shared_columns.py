"""Columns that ``measure`` and a catalogue both know, in one definition.

A model trained on simulated light curves can be judged on thousands of catalogued events whose
light curves are not at hand, if both are reduced to the same columns with the same meaning. Where
the two sides measure differently, ours is turned into the catalogue's definition, or both are
derived from simpler columns by one formula; what still differs is said with the column.
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
    """One column: how it follows from ours and from the catalogue's, and what still differs."""

    name: str
    unit: str
    description: str
    _: KW_ONLY
    ours: Formula
    theirs: Formula
    differs: str = ""


@dataclass(frozen=True)
class DerivedColumn:
    """A column computed from the shared ones by one formula on both sides."""

    name: str
    unit: str
    description: str
    formula: Formula


@dataclass(frozen=True)
class SharedColumns:
    """The columns that one catalogue shares with ``measure``."""

    measured: tuple[SharedColumn, ...]
    derived: tuple[DerivedColumn, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Their declarations."""
        return tuple(
            Column(one.name, one.unit, one.description) for one in (*self.measured, *self.derived)
        )

    def of_measured(self, table: FeatureTable) -> FeatureTable:
        """A measured table reduced to these columns, identities kept.

        Raises BadTable if a feature that they follow from is not in it.
        """
        reduced = self._reduced(table.frame[list(IDENTITY)], table.frame, "ours")
        return replace(reduced, meanings=table.meanings)

    def of_catalogue(self, identity: pd.DataFrame, frame: pd.DataFrame) -> FeatureTable:
        """Rows of the catalogue in these columns; ``identity`` has the identity columns."""
        return self._reduced(identity, frame, "theirs")

    def _reduced(self, identity: pd.DataFrame, frame: pd.DataFrame, side: str) -> FeatureTable:
        try:
            measured = pd.DataFrame({one.name: getattr(one, side)(frame) for one in self.measured})
        except KeyError as error:
            raise BadTable(
                f"the table has no column {error}, which a shared column follows "
                "from; measure it with every feature group"
            ) from error
        derived = pd.DataFrame({one.name: one.formula(measured) for one in self.derived})
        values = pd.concat([measured, derived], axis=1).astype(float)
        # what is not finite is missing
        values = values.where(np.isfinite(values))
        names = list(values)
        return FeatureTable(
            pd.concat([identity, values], axis=1), self.columns, recipe={"shared_columns": names}
        )


def same(ours: str, theirs: str, *, factor: float = 1.0) -> dict[str, Formula]:
    """A column that both sides have, theirs in other units by ``factor``."""
    return {"ours": lambda frame: frame[ours], "theirs": lambda frame: factor * frame[theirs]}


def positive(name: str) -> Formula:
    """A catalogue's column in which zero and below stand for missing."""
    return lambda frame: frame[name].where(frame[name] > 0)


def central_duration(frame: pd.DataFrame) -> pd.Series:
    """Hours a central transit of a small body takes, from period, gravity and stellar radius.

    13 h (P / yr)^(1/3) (rho / rho_sun)^(-1/3), with rho = g / R in solar units.
    """
    density = density_from_gravity(logg=frame["logg"], radius=frame["stellar_radius"])
    return 13.0 * (frame["period"] / DAYS_PER_YEAR / density) ** (1 / 3)


def distance_from_event(phase: pd.Series) -> pd.Series:
    """Phases as the distance from the event at 0, from 0 to 0.5."""
    return (phase + 0.5).mod(1.0).sub(0.5).abs()


#: follow from period, transit_duration, transit_depth, logg and stellar_radius
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

#: follow from mes, ses_max, transit_count and secondary_mes
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
