"""Signals catalogued by one mission in stars that another mission has observed too.

Kepler's dispositions are then known labels for TESS light curves of the same stars. Stars are
matched by position, because their catalogue numbers differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from astropy import units
from astropy.coordinates import SkyCoord

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.koi import TABLE as KOI
from exoval.catalogs.star_id import with_star_numbers
from exoval.errors import BadParameter, ExovalError
from exoval.missions.kepler import BKJD_ZERO
from exoval.missions.library import LightCurveLibrary

Positions = dict[str, tuple[float, float]]


def koi_positions() -> Positions:
    """Read right ascension and declination (degrees) of stars of Kepler Objects of Interest.

    Raises DataNotFound without the table and BadTable if it has no positions.
    """
    table = with_star_numbers(KOI.read(None, ("kepid", "ra", "dec")), "kepid")
    table = table.drop_duplicates("kepid")
    return {
        f"KIC {star}": (float(ra), float(dec)) for star, ra, dec in table.itertuples(index=False)
    }


@dataclass(frozen=True)
class SeenAgain:
    """The signals of ``catalog`` in the stars of another mission's light curves.

    ``positions`` are those of the catalogue's stars; a light curve's star is matched if exactly one
    lies within ``within_arcsec``. ``time_zero`` is the BJD at time 0 of the catalogue. Raises
    BadParameter for a radius that is not positive.
    """

    catalog: Callable[[], list[Candidate]]
    positions: Callable[[], Positions]
    time_zero: float = BKJD_ZERO
    within_arcsec: float = 4.0

    def __post_init__(self) -> None:
        if not self.within_arcsec > 0:
            raise BadParameter(f"within_arcsec={self.within_arcsec}; give a positive radius")

    def __call__(self, library: LightCurveLibrary) -> list[Candidate]:
        """Return the signals with the library's names of the stars and on its clock.

        Periods and epochs are the catalogue's; refinement corrects their drift since. Raises
        DataNotFound or BadTable if the catalogue cannot be read.
        """
        names = self._names(library)
        shift = self.time_zero - library.mission.time_zero
        return [
            replace(
                signal,
                target=names[signal.target],
                ephemeris=replace(signal.ephemeris, epoch=signal.ephemeris.epoch + shift),
            )
            for signal in self.catalog()
            if signal.target in names
        ]

    def _names(self, library: LightCurveLibrary) -> dict[str, str]:
        """The library's target for every matched star of the catalogue."""
        known = self.positions()
        catalogued = list(known)
        places = _sky(np.array([known[star] for star in catalogued]).reshape(-1, 2))
        targets, here = _placed(library)
        if not targets or not catalogued:
            return {}
        nearest, distance, _ = here.match_to_catalog_sky(places)
        crowd = np.bincount(
            here.search_around_sky(places, self.within_arcsec * units.arcsec)[1],
            minlength=len(targets),
        )
        close = (distance.arcsec < self.within_arcsec) & (crowd == 1)
        return {catalogued[nearest[i]]: targets[i] for i in np.flatnonzero(close)}


def _placed(library: LightCurveLibrary) -> tuple[list[str], SkyCoord]:
    """Targets of a library with a position in their header, and the positions."""
    targets, places = [], []
    for target in library.targets():
        try:
            star = library.star(target)
        except ExovalError:
            continue  # a broken file is reported where it is read
        if np.isfinite(star.ra) and np.isfinite(star.dec):
            targets.append(target)
            places.append((star.ra, star.dec))
    return targets, _sky(np.array(places).reshape(-1, 2))


def _sky(places: np.ndarray) -> SkyCoord:
    return SkyCoord(places[:, 0], places[:, 1], unit="deg")
