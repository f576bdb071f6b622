"""Every quarter or sector divided by its median."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.lightcurve import LightCurve


@dataclass(frozen=True)
class Level:
    """Divide the finite fluxes of every segment by their median, as lightkurve's ``stitch`` does.

    Cadences without a finite flux or time are left out; so are segments whose median is not
    positive.
    """

    def __call__(self, light_curve: LightCurve) -> LightCurve:
        """The light curve about 1; raises BadLightCurve if no segment has a level."""
        flux = np.full(len(light_curve), np.nan)
        for segment in light_curve.segments:
            part = light_curve.flux[segment.cadences]
            finite = part[np.isfinite(part)]
            level = np.median(finite) if finite.size else np.nan
            if level > 0:
                flux[segment.cadences] = part / level
        usable = np.isfinite(flux) & np.isfinite(light_curve.time)
        return light_curve.with_flux(flux).keep(usable)
