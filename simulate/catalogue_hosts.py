"""Hosts with the parameters and noise levels of a table's stars, and procedural light curves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from exoval.catalogs.known_signals import KnownStars, known_stars
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable
from exoval.errors import DataNotFound
from exoval.lightcurve import LightCurve
from exoval.missions.mission import Mission
from exoval.running.fingerprint import fingerprint
from exoval.star import Star, surface_gravity
from simulate.hosts import procedural_light_curve

#: limits for a magnitude that is derived from the noise
BRIGHTEST, FAINTEST = 8.0, 18.0


@dataclass(frozen=True, kw_only=True)
class CatalogueHosts:
    """The stars of a mission's table, each with white and correlated noise of its own strength.

    ``table`` is a file of $EXOVAL_DATA/tables, or at ``path``, with the columns
    ``identity_column`` (the catalogue number), mass, radius, teff and ``noise_column``, the
    combined differential precision in ppm on ``noise_hours``; ``download`` says how to get it.
    Missing parameters are derived and flagged: log g from mass and radius, the magnitude from the
    noise, with ``noise_ppm_at_12`` on six hours at magnitude 12. Stars that catalogues of signals
    list are left out, so that no star with a real label is trained on.
    """

    mission: Mission
    table: str
    identity_column: str
    noise_column: str
    noise_hours: float
    download: str
    path: str | None = None
    days: float = 90.0
    noise_ppm_at_12: float = 25.0
    correlated_share: float = 0.2
    correlation_days: float = 0.4
    kind: str = field(default="procedural", init=False)

    @cached_property
    def complete(self) -> pd.DataFrame:
        """Targets with mass, radius, teff and noise on six hours (ppm), known stars among them.

        Raises DataNotFound if the table does not exist, BadTable if it lacks a column.
        """
        values = ["mass", "radius", "teff", self.noise_column]
        table = CatalogTable(
            file=self.table,
            name=f"table of stars {self.table}",
            download=self.download,
            columns=(self.identity_column, *values),
            words=(self.identity_column,),
        )
        frame = table.read(self.path, (self.identity_column, *values))
        frame = frame[(frame[values] > 0).all(axis=1)].reset_index(drop=True)
        frame = with_star_numbers(frame, self.identity_column)
        # white noise falls with the square root of the averaging time
        return frame.assign(
            target=self.mission.target_prefix + " " + frame[self.identity_column],
            noise_ppm=frame[self.noise_column] * math.sqrt(self.noise_hours / 6.0),
        )

    @cached_property
    def known(self) -> KnownStars:
        """The stars of the table that catalogues list."""
        known = known_stars(self.mission.target_prefix, stars_of=self.path)
        return known.among(self.complete["target"])

    @cached_property
    def stars(self) -> pd.DataFrame:
        """The hosts: stars of ``complete`` that no catalogue lists.

        Raises DataNotFound if the table does not exist or has no such star, BadTable if it lacks a
        column.
        """
        listed = {*self.known.signals, *self.known.without_ephemeris}
        frame = self.complete
        frame = frame[~frame["target"].isin(listed)].reset_index(drop=True)
        if frame.empty:
            raise DataNotFound(
                f"{self.table} has no star with mass, radius, temperature and noise and without a "
                "known signal; give another table"
            )
        return frame

    def draw(self, rng: np.random.Generator) -> tuple[LightCurve, Star]:
        """A random star of the table and one segment of noise with the star's noise level."""
        row = self.stars.iloc[int(rng.integers(len(self.stars)))]
        light_curve = procedural_light_curve(
            rng,
            target=row.target,
            mission=self.mission,
            days=self.days,
            noise_ppm=float(row.noise_ppm) * self._white_share,
            correlated_share=self.correlated_share,
            correlation_days=self.correlation_days,
        )
        return light_curve, self._star(row)

    @property
    def _white_share(self) -> float:
        """White noise over total noise on six hours."""
        cadences = 0.25 / self.mission.exposure_days
        span = 0.25 / self.correlation_days
        # variance of the mean over a span of exponentially correlated noise of unit variance
        correlated = 2 * (span - 1 + math.exp(-span)) / span**2
        return 1 / math.sqrt(1 + self.correlated_share**2 * cadences * correlated)

    def _star(self, row: pd.Series) -> Star:
        magnitude = 12 + 5 * math.log10(row.noise_ppm / self.noise_ppm_at_12)
        return Star(
            target=row.target,
            radius=float(row.radius),
            mass=float(row.mass),
            teff=float(row.teff),
            logg=surface_gravity(mass=row.mass, radius=row.radius),
            magnitude=min(max(magnitude, BRIGHTEST), FAINTEST),
            flags=("logg", "magnitude"),
        )

    def describe(self) -> dict:
        """The description of the hosts for the manifest."""
        return {
            "kind": self.kind,
            "mission": self.mission.name,
            "table": self.table,
            "stars": len(self.stars),
            "stars_left_out_for_known_signals": len(self.complete) - len(self.stars),
            "segments_per_light_curve": 1,
            "missing_catalogues": list(self.known.missing),
            "warning": f"stars and noise levels are those of {self.table}, but the noise "
            "itself is procedural: do not trust probabilities trained on it"
            + (f"; {self.known.warning}" if self.known.warning else ""),
        }

    def data(self) -> dict:
        """The stars to draw from, with their parameters."""
        return {"stars": fingerprint(self.stars.to_csv(index=False))}
