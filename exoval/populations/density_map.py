"""Background-star counts from a map of the whole sky instead of a model of the Galaxy."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.populations.galactic_disc import GalacticDisc, galactic_coordinates
from exoval.units import ARCSEC_PER_DEGREE

#: position (degrees) assumed for a star without one: Galactic longitude 90, latitude 30
UNKNOWN_PLACE = (269.3, 61.0)
ARRAYS = ("mag_faint_limit", "density", "nside")


@dataclass(frozen=True)
class DensityMap:
    """Stars brighter than each of several limits, counted in the pixels of a HEALPix map.

    ``path`` is an .npz file with ``mag_faint_limit`` (limits,), ``density`` (limits, pixels) in
    stars per square degree and ``nside``; pixels are in RING order, in the coordinates ``frame``:
    ``icrs`` or ``galactic``. The map has no masses: the analytic disc gives them at that position
    and magnitude. It also gives the counts beyond the map's magnitudes, scaled to continue the map
    without a step.

    Raises BadParameter for another frame and DataNotFound for a missing file; reading raises
    BadTable for a file in another format.
    """

    path: str
    frame: str = "icrs"
    disc: GalacticDisc = field(default_factory=GalacticDisc)

    def __post_init__(self) -> None:
        if self.frame not in ("icrs", "galactic"):
            raise BadParameter(f"frame='{self.frame}' of a star-density map; use icrs or galactic")
        if not Path(self.path).is_file():
            raise DataNotFound(f"no star-density map at {self.path}; check population.field.path")

    @cached_property
    def _map(self) -> tuple[np.ndarray, np.ndarray, int]:
        """Middles of the magnitude bins, stars per square degree and magnitude, and nside."""
        try:
            with np.load(self.path) as file:
                limits, cumulative, nside = (np.asarray(file[name]) for name in ARRAYS)
                order = str(file["ordering"]) if "ordering" in file.files else "RING"
        except (OSError, ValueError, KeyError) as error:
            raise BadTable(
                f"cannot read the star-density map {self.path} ({error}); give an .npz "
                f"with {', '.join(ARRAYS)}"
            ) from error
        shape = (len(limits), 12 * int(nside) ** 2)
        if cumulative.shape != shape or order != "RING" or np.any(np.diff(limits) <= 0):
            raise BadTable(
                f"the star-density map {self.path} has density of shape "
                f"{cumulative.shape} in {order} order; give {shape} in RING order and "
                "rising mag_faint_limit"
            )
        counts = np.diff(cumulative, axis=0) / np.diff(limits)[:, None]
        return 0.5 * (limits[1:] + limits[:-1]), np.clip(counts, 0, None), int(nside)

    def density(
        self, magnitude: float, *, band: str, ra: float = math.nan, dec: float = math.nan
    ) -> float:
        """Return the stars per square arcsec and unit magnitude at a position in degrees."""
        middles, counts, nside = self._map
        if not math.isfinite(ra + dec):
            ra, dec = UNKNOWN_PLACE
        place = (ra, dec) if self.frame == "icrs" else galactic_coordinates(ra, dec)
        here = counts[:, _pixel(nside, *place)]
        inside = min(max(magnitude, middles[0]), middles[-1])
        found = float(np.interp(inside, middles, here)) / ARCSEC_PER_DEGREE**2
        if inside == magnitude:
            return found
        steps = [self.disc.density(m, band=band, ra=ra, dec=dec) for m in (magnitude, inside)]
        return found * steps[0] / steps[1]

    def log_prob(
        self, magnitude: float, *, band: str, ra: float = math.nan, dec: float = math.nan
    ) -> float:
        """Return the log of ``density``; minus infinity where the map counts no stars."""
        density = self.density(magnitude, band=band, ra=ra, dec=dec)
        return math.log(density) if density > 0 else -math.inf

    def sample(
        self,
        rng: np.random.Generator,
        size: int,
        magnitude: float,
        *,
        band: str,
        ra: float = math.nan,
        dec: float = math.nan,
    ) -> np.ndarray:
        """Draw the masses (solar) of stars of an apparent magnitude, shape (size,)."""
        return self.disc.sample(rng, size, magnitude, band=band, ra=ra, dec=dec)


def _pixel(nside: int, longitude: float, latitude: float) -> int:
    """HEALPix pixel, RING order, of a position in degrees (Gorski et al. 2005, ApJ 622, 759)."""
    z, turn = math.sin(math.radians(latitude)), (longitude % 360) / 90
    if abs(z) <= 2 / 3:
        up, down = (nside * (0.5 + turn + sign * 0.75 * z) for sign in (-1, 1))
        rising, falling = int(up), int(down)
        ring = nside + 1 + rising - falling
        shift = 1 - ring % 2
        within = (rising + falling - nside + shift + 1) // 2 % (4 * nside)
        return 2 * nside * (nside - 1) + (ring - 1) * 4 * nside + within
    share, to_pole = turn % 1, nside * math.sqrt(3 * (1 - abs(z)))
    ring = int(share * to_pole) + int((1 - share) * to_pole) + 1
    within = min(int(turn * ring), 4 * ring - 1)
    if z > 0:
        return 2 * ring * (ring - 1) + within
    return 12 * nside**2 - 2 * ring * (ring + 1) + within
