"""Means in bins of equal time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from exoval.errors import BadLightCurve, BadParameter
from exoval.lightcurve import LightCurve, Segment


@dataclass(frozen=True)
class TimeBins:
    """Mean flux in bins of ``bin_days`` from the first cadence on, as lightkurve's ``bin`` does.

    Times are the bins' middles. Fluxes that are not finite and empty bins are left out. The bin is
    the exposure from then on: the mean of a few cadences smears an event over its width. Raises
    BadParameter for a bin that is not positive.
    """

    bin_days: float = 0.05

    def __post_init__(self) -> None:
        if not self.bin_days > 0:
            raise BadParameter(f"bin_days={self.bin_days}; give a value above 0")

    def __call__(self, light_curve: LightCurve) -> LightCurve:
        """The binned light curve, in one segment; raises BadLightCurve for fewer than two times."""
        finite = np.isfinite(light_curve.flux)
        time, flux = light_curve.time[finite], light_curve.flux[finite]
        if len(time) < 2 or self.bin_days > np.ptp(time):
            raise BadLightCurve(
                f"{light_curve.target}: {len(time)} cadences fill no bin of {self.bin_days:g} days"
                "; give a longer light curve or a smaller bin"
            )
        number = np.floor((time - time[0]) / self.bin_days).astype(int)
        # a last cadence on the last edge belongs to the bin before it
        number = np.minimum(number, int(np.ceil(np.ptp(time) / self.bin_days)) - 1)
        bins, place = np.unique(number, return_inverse=True)
        mean = np.bincount(place, flux) / np.bincount(place)
        nothing = np.full(len(bins), np.nan)
        return replace(
            light_curve,
            time=time[0] + (bins + 0.5) * self.bin_days,
            flux=mean,
            flux_error=nothing,
            centroid_column=nothing,
            centroid_row=nothing,
            exposure=self.bin_days,
            segments=(Segment(number=light_curve.segments[0].number, start=0, stop=len(bins)),),
        )
