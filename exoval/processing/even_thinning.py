"""Cadences taken evenly, so that a light curve has no more than a certain number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve


@dataclass(frozen=True)
class EvenThinning:
    """Keep ``most`` cadences, evenly chosen from first to last; all of a shorter light curve.

    The exposure stays what it was: cadences are left out, not joined. Raises BadParameter for fewer
    than two.
    """

    most: int = 1500

    def __post_init__(self) -> None:
        if self.most < 2:
            raise BadParameter(f"most={self.most} cadences; give 2 or more")

    def __call__(self, light_curve: LightCurve) -> LightCurve:
        """The thinned light curve."""
        if len(light_curve) <= self.most:
            return light_curve
        kept = np.zeros(len(light_curve), dtype=bool)
        kept[np.linspace(0, len(light_curve) - 1, self.most).astype(int)] = True
        return light_curve.keep(kept)
