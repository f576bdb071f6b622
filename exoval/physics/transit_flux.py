"""Transit models of one two-body source: the interface, and the batman engine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from batman import _quadratic_ld

from exoval.errors import BadParameter
from exoval.physics.eclipse_flux import eclipse_flux
from exoval.physics.orbit import contact_interval, sky_position
from exoval.system import Orbit

#: batman's elliptic integrals fail within 1e-12 of inner contact (by up to the whole flux) and of
#: the limb crossing the centre (by up to 6e-4); separations are kept this far from both
_SINGULAR_MARGIN = 1e-10


class TransitModel(Protocol):
    """Flux of a two-body source, one out of eclipse; times and exposure in days."""

    def __call__(
        self, time: np.ndarray, orbit: Orbit, limb_darkening: tuple[float, float], exposure: float
    ) -> np.ndarray: ...


@dataclass(frozen=True)
class BatmanModel:
    """Transit model with the quadratic-law kernel of batman (Kreidberg 2015, PASP 127, 1161).

    An exposure is the mean of at least ``nodes`` instants, at the midpoints of equal parts; shorter
    ingresses than two parts get more instants, up to ``most_nodes``. batman's own supersampling
    puts instants on both ends, which makes the exposure too long by N/(N-1). Raises BadParameter
    unless 1 <= nodes <= most_nodes.
    """

    nodes: int = 7
    most_nodes: int = 63

    def __post_init__(self) -> None:
        if not 1 <= self.nodes <= self.most_nodes:
            raise BadParameter(
                f"nodes={self.nodes}, most_nodes={self.most_nodes}: "
                "give 1 <= nodes <= most_nodes instants for an exposure"
            )

    def __call__(
        self, time: np.ndarray, orbit: Orbit, limb_darkening: tuple[float, float], exposure: float
    ) -> np.ndarray:
        """Return the flux at mid-exposure times (days), exactly 1.0 out of eclipse."""
        return eclipse_flux(
            time,
            orbit,
            limb_darkening=limb_darkening,
            exposure=exposure,
            occultation=self.occultation,
        )

    def occultation(
        self,
        time_from_mid: np.ndarray,
        orbit: Orbit,
        *,
        limb_darkening: tuple[float, float],
        exposure: float,
        contacts: tuple[float, float],
    ) -> np.ndarray:
        """Return the share of body 1's light hidden at each time, averaged over the exposure."""
        nodes = self._node_count(orbit, exposure, contacts)
        instants = exposure * ((np.arange(nodes) + 0.5) / nodes - 0.5)
        times = time_from_mid[:, None] + instants
        return hidden_light(times, orbit, limb_darkening=limb_darkening).mean(axis=1)

    def _node_count(self, orbit: Orbit, exposure: float, contacts: tuple[float, float]) -> int:
        """Number of instants: two for each ingress, within the limits."""
        if exposure == 0:
            return 1
        inner = contact_interval(orbit, separation=abs(1 - orbit.radius_ratio))
        partial = contacts[1] - contacts[0] - (inner[1] - inner[0] if inner else 0.0)
        wanted = math.ceil(min(4 * exposure / partial, self.most_nodes)) if partial > 0 else 1
        return max(self.nodes, wanted)


def hidden_light(
    time_from_mid: np.ndarray, orbit: Orbit, *, limb_darkening: tuple[float, float]
) -> np.ndarray:
    """Return the share of body 1's light that body 2 hides at each instant (days from mid-eclipse).

    Any shape; zero where body 2 is behind or beside body 1. Computed by batman (Mandel & Agol
    2002), accurate to 0.02 ppm for radius ratios up to 1, 0.5 ppm up to 10 and 60 ppm up to 100.
    """
    separation, height = sky_position(time_from_mid, orbit)
    separation = np.where(height > 0, separation, 2 + orbit.radius_ratio).ravel()
    for singular in (abs(1 - orbit.radius_ratio), orbit.radius_ratio):
        separation[np.abs(separation - singular) < _SINGULAR_MARGIN] = singular + _SINGULAR_MARGIN
    flux = _quadratic_ld._quadratic_ld(separation, orbit.radius_ratio, *limb_darkening, 1)
    # rounding leaves batman up to 2e-9 (2e-5 for a ratio of 10) outside these bounds
    return np.clip(1 - flux, 0.0, 1.0).reshape(np.shape(time_from_mid))
