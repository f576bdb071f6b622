"""The share of a neighbour's light that falls into the target's photometric aperture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import ncx2

from exoval.errors import BadParameter


@dataclass(frozen=True)
class ApertureLeak:
    """A round aperture and a point-spread function of two Gaussians, all in pixels.

    The point-spread function has a core of ``core_sigma`` and a halo of ``halo_sigma`` with
    ``halo_share`` of the light. The defaults enclose 89 % within two pixels, as Kepler and TESS do
    on average (Bryson et al. 2010, ApJ 713, L97; Ricker et al. 2015); real ones vary over the focal
    plane. Raises BadParameter for a size that is not positive or a share outside 0 to 1.
    """

    aperture_radius: float = 2.0
    core_sigma: float = 0.7
    halo_sigma: float = 2.0
    halo_share: float = 0.15

    def __post_init__(self) -> None:
        sizes = (self.aperture_radius, self.core_sigma, self.halo_sigma)
        if min(sizes) <= 0 or not 0 <= self.halo_share <= 1:
            raise BadParameter(
                f"aperture and point-spread function {sizes} pixels, halo share "
                f"{self.halo_share}: give positive sizes and a share of 0 to 1"
            )

    def share(self, distance: np.ndarray) -> np.ndarray:
        """Return the share (0 to 1) of a star's light in the aperture, ``distance`` pixels away.

        The integral of an offset round Gaussian over a disc is a non-central chi-square
        distribution of two degrees of freedom (Gilliland 1962, JASA 57, 758).
        """
        core, halo = (
            ncx2.cdf((self.aperture_radius / sigma) ** 2, 2, (np.asarray(distance) / sigma) ** 2)
            for sigma in (self.core_sigma, self.halo_sigma)
        )
        return (1 - self.halo_share) * core + self.halo_share * halo

    def relative(self, distance: np.ndarray) -> np.ndarray:
        """Return the light of a star ``distance`` pixels away, relative to a star at the centre."""
        return self.share(distance) / self.share(0.0)
