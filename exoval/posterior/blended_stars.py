"""Where the simulated events of a label come from, for evidence that the light curve does not hold.

Labels of blends have stars beside the target: bound, in the background, or resolved nearby. Their
kept events say how often each separation and brightness makes an event that is found. A contrast
curve takes out those that imaging would have shown; a list of the stars that are really there
takes the place of the model of the field.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter
from exoval.posterior.contrast_curve import ContrastCurve
from exoval.posterior.neighbours import Neighbours

#: a list of neighbours replaces the field of labels whose nearest star is farther away (arcsec):
#: closer pairs are missing in the catalogues (Gaia DR3; Fabricius et al. 2021, A&A 649, A5)
RESOLVED = 1.5
#: events whose star has a magnitude within this of a neighbour's say how often it makes one
WITHIN_MAGNITUDES = 0.5
#: fewest such events; the nearest in magnitude are taken where there are fewer
FEWEST = 20
#: scatter of measured centroid offsets beyond their errors, pixels (Bryson et al. 2013, PASP 125,
#: 889, find 0.07 pixels for bright stars; crowding adds to it)
OFFSET_SCATTER = 0.3
#: least likelihood of an offset, relative to the best: centroids are sometimes wrong
LEAST_LIKELIHOOD = 1e-3


@dataclass(frozen=True, kw_only=True)
class BlendedStars:
    """Kept events of one label by the star beside the target that makes them, all (events,).

    ``separation`` is in arcsec, ``difference`` in magnitudes to the target, ``rate`` the expected
    number of such events per target, ``density`` the number of field stars per magnitude in the
    label's ring; NaN for bound stars. Raises BadParameter for arrays of several lengths, and for
    values that no star has.
    """

    separation: np.ndarray
    difference: np.ndarray
    rate: np.ndarray
    density: np.ndarray

    def __post_init__(self) -> None:
        lengths = {len(one) for one in vars(self).values()}
        if len(lengths) != 1:
            raise BadParameter(f"blended stars of lengths {sorted(lengths)}; give one row an event")
        for name, one in vars(self).items():
            values = np.asarray(one)
            least = 0.0 if name != "difference" else -np.inf
            if values.ndim != 1 or values.dtype.kind not in "iuf":
                raise BadParameter(f"the {name} of blended stars is not one number an event")
            known = values[~np.isnan(values)] if name == "density" else values
            if not (np.isfinite(known) & (known >= least)).all():
                raise BadParameter(f"blended stars with a {name} that no star has")

    @property
    def is_resolved(self) -> bool:
        """Whether the stars are known ones of the field, which a list of neighbours names."""
        known = np.isfinite(self.density).any() and len(self.separation) > 0
        return bool(known and np.min(self.separation) > RESOLVED)

    def unseen(self, curve: ContrastCurve) -> float:
        """The share of the events whose star imaging would not have shown."""
        total = float(self.rate.sum())
        if total <= 0:
            return 1.0
        return float(self.rate[~curve.shows(self.separation, self.difference)].sum()) / total

    def by_neighbours(
        self,
        neighbours: Neighbours,
        *,
        depth: float,
        offset: float = math.nan,
        offset_error: float = math.nan,
    ) -> float:
        """How many events the known stars are expected to make, over those of the field's model.

        ``depth`` is that of the event in the target's light; stars that would need more than a
        total eclipse make none. ``offset`` and ``offset_error`` are those of the dimmed source from
        the target, in arcsec; NaN where it was not measured.
        """
        total = float(self.rate.sum())
        if not self.is_resolved or total <= 0:
            return 1.0
        ring = self.separation.min(), self.separation.max()
        inside = (neighbours.separation >= ring[0]) & (neighbours.separation <= ring[1])
        # an unknown depth rules nobody out
        able = inside & ~(neighbours.needed_depth(depth) > 1)
        usual = np.average(
            _offset_likelihood(self.separation, offset, offset_error), weights=self.rate
        )
        expected = 0.0
        for separation, difference in zip(
            np.asarray(neighbours.separation)[able],
            np.asarray(neighbours.difference)[able],
            strict=True,
        ):
            here = _offset_likelihood(np.array([separation]), offset, offset_error)[0]
            expected += self._events_of_one(difference) * here / usual
        return expected / total

    def _events_of_one(self, difference: float) -> float:
        """Expected number of found events of one star of a magnitude difference."""
        away = np.abs(self.difference - difference)
        reach = max(WITHIN_MAGNITUDES, float(np.sort(away)[min(FEWEST, len(away)) - 1]))
        near = away <= reach
        # a window beyond the range of simulated magnitudes is narrower than it looks
        low, high = difference - reach, difference + reach
        width = min(high, self.difference.max()) - max(low, self.difference.min())
        stars = float(np.mean(self.density[near])) * max(width, 1e-3)
        return float(self.rate[near].sum()) / stars if stars > 0 else 0.0


def _offset_likelihood(separation: np.ndarray, offset: float, error: float) -> np.ndarray:
    """Likelihood of a measured offset for sources at separations (stars,), one for the best."""
    if not (math.isfinite(offset) and math.isfinite(error) and error > 0):
        return np.ones(len(separation))
    return np.maximum(np.exp(-0.5 * ((offset - separation) / error) ** 2), LEAST_LIKELIHOOD)
