"""The scatter of stars' limb darkening about the tables of model atmospheres."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from exoval.errors import BadParameter
from exoval.system import Source, System


@dataclass(frozen=True)
class LimbDarkeningScatter:
    """Normal scatter of q1 and q2 of Kipping (2013, MNRAS 435, 2152) about the tabulated pair.

    The unit square of q1 = (u1 + u2)^2 and q2 = u1 / (2 (u1 + u2)) holds exactly the pairs for
    which the disc darkens monotonically and its intensity stays positive, so the normal
    distributions are cut at 0 and 1. Coefficients fitted to Kepler transits scatter by about 0.05
    around model atmospheres (Mueller et al. 2013, A&A 560, A112). Raises BadParameter for a
    negative scatter.
    """

    scatter: float = 0.05

    def __post_init__(self) -> None:
        if not self.scatter >= 0:
            raise BadParameter(f"limb darkening scatter={self.scatter}; give 0 or more")

    def sample(
        self, rng: np.random.Generator, size: int, tabulated: tuple[float, float]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw u1 and u2, each of shape (size,), about the ``tabulated`` pair."""
        uniform = rng.random((2, size))
        if self.scatter == 0:
            return np.full(size, tabulated[0]), np.full(size, tabulated[1])
        q1, q2 = (self._quantile(centre, u) for centre, u in zip(_square(tabulated), uniform))
        return 2 * np.sqrt(q1) * q2, np.sqrt(q1) * (1 - 2 * q2)

    def log_prob(
        self, u1: np.ndarray, u2: np.ndarray, tabulated: tuple[float, float]
    ) -> np.ndarray:
        """Return the log density per unit u1 and u2; minus infinity for an unphysical pair.

        Raises BadParameter if the scatter is zero, for which a density does not exist.
        """
        if self.scatter == 0:
            raise BadParameter("limb darkening without scatter has no density; give scatter > 0")
        total = np.asarray(u1, dtype=float) + np.asarray(u2, dtype=float)
        inside = total > 0
        safe = np.where(inside, total, 1.0)
        # dq1 dq2 = du1 du2: the Jacobian of Kipping's map is one everywhere
        place = safe**2, np.asarray(u1, dtype=float) / (2 * safe)
        density = sum(self._log_density(centre, q) for centre, q in zip(_square(tabulated), place))
        return np.where(inside, density, -np.inf)

    def dress(self, rng: np.random.Generator, system: System) -> System:
        """Return the system with limb darkening drawn about the table's for every eclipsed body."""
        return replace(
            system, sources=tuple(self._scatter_source(rng, source) for source in system.sources)
        )

    def _scatter_source(self, rng: np.random.Generator, source: Source) -> Source:
        if source.orbit is None:
            return source
        pairs = [source.limb_darkening, *(o.companion_limb_darkening for o in source.orbits)]
        first, *companions = (
            tuple(float(u[0]) for u in self.sample(rng, 1, pair)) for pair in pairs
        )
        dressed = source.with_orbits(
            replace(orbit, companion_limb_darkening=pair)
            for orbit, pair in zip(source.orbits, companions, strict=True)
        )
        return replace(dressed, limb_darkening=first)

    def _quantile(self, centre: float, uniform: np.ndarray) -> np.ndarray:
        """Inverse cumulative distribution of the cut normal about ``centre``."""
        low, high = self._ends(centre)
        q = centre + self.scatter * ndtri(low + uniform * (high - low))
        return np.clip(q, 0.0, 1.0)

    def _log_density(self, centre: float, q: np.ndarray) -> np.ndarray:
        low, high = self._ends(centre)
        norm = math.log(self.scatter * math.sqrt(2 * math.pi) * (high - low))
        density = -0.5 * ((q - centre) / self.scatter) ** 2 - norm
        return np.where((q >= 0) & (q <= 1), density, -np.inf)

    def _ends(self, centre: float) -> tuple[float, float]:
        """Cumulative normal at q = 0 and q = 1."""
        return float(ndtr(-centre / self.scatter)), float(ndtr((1 - centre) / self.scatter))


def _square(pair: tuple[float, float]) -> tuple[float, float]:
    """q1 and q2 of a quadratic pair (Kipping 2013, eqs. 15 and 16)."""
    total = pair[0] + pair[1]
    centres = total**2, pair[0] / (2 * total) if total > 0 else math.nan
    if not all(0 <= centre <= 1 for centre in centres):
        raise BadParameter(
            f"limb darkening {tuple(pair)} is not physical; give u1 >= 0, "
            "u1 + 2 u2 >= 0 and 0 < u1 + u2 <= 1"
        )
    return centres
