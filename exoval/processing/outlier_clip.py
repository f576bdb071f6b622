"""Fluxes far from the median left out, on both sides, whatever they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exoval.errors import BadParameter
from exoval.lazy_module import LazyModule
from exoval.lightcurve import LightCurve

if TYPE_CHECKING:
    from astropy import stats
else:
    stats = LazyModule("astropy.stats")


@dataclass(frozen=True)
class OutlierClip:
    """Leave out cadences more than ``sigma`` standard deviations from the median, repeatedly.

    The deviation is that of the whole light curve, so that rare and deep eclipses of a quiet star
    are outliers too. ``times`` is how often it is repeated, as in lightkurve's ``remove_outliers``.
    Raises BadParameter for numbers that are not positive.
    """

    sigma: float = 7.0
    times: int = 5

    def __post_init__(self) -> None:
        if not (self.sigma > 0 and self.times > 0):
            raise BadParameter(
                f"sigma={self.sigma}, times={self.times} of the outlier clip; give values above 0"
            )

    def __call__(self, light_curve: LightCurve) -> LightCurve:
        """The light curve without outliers."""
        flux = light_curve.flux
        clipped = stats.sigma_clip(flux, sigma=self.sigma, maxiters=self.times, masked=True).mask
        return light_curve.keep(~np.broadcast_to(clipped, flux.shape))
