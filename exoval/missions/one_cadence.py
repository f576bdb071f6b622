"""One light curve of each stretch of time, where files show a star there at several cadences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exoval.lightcurve import LightCurve
from exoval.units import SECONDS_PER_DAY

#: relative difference of exposures that counts as none: headers round, and steps are barycentric
SAME_EXPOSURE = 0.1
#: share of a light curve's cadences beside another's from which on both show the same stretch
SAME_STRETCH = 0.5


def cadence_rank(exposure: float, preferred: float) -> tuple[int, float]:
    """Return a rank, the lowest best: ``preferred``, the longest of the shorter, the shortest.

    >>> sorted([20, 600, 1800, 120, 119], key=lambda seconds: cadence_rank(seconds, 120))
    [120, 119, 20, 600, 1800]
    """
    ratio = exposure / preferred
    if abs(ratio - 1) < SAME_EXPOSURE:
        return 0, 0.0
    return (1, -ratio) if ratio < 1 else (2, ratio)


def one_of_each_stretch(
    light_curves: Sequence[LightCurve], names: Sequence[str], *, exposure_days: float
) -> tuple[list[LightCurve], tuple[str, ...]]:
    """Return the light curves without those of stretches that a better one shows, and notes on it.

    Better is the cadence nearest to ``exposure_days`` (``cadence_rank``), of equal ones the first.
    Of a light curve that shows less than half of its cadences beside a better one's, those beside
    it are left out. ``names`` are those in the notes. Light curves of several stars are returned
    unchanged.
    """
    if len({light_curve.target for light_curve in light_curves}) > 1:
        return list(light_curves), ()
    order = sorted(
        range(len(light_curves)),
        key=lambda place: cadence_rank(light_curves[place].exposure, exposure_days),
    )
    kept: dict[int, LightCurve] = {}
    notes = []
    for place in order:
        light_curve = light_curves[place]
        beside = np.zeros(len(light_curve), dtype=bool)
        for better in kept.values():
            beside |= _beside(light_curve, better)
        if not beside.any():
            kept[place] = light_curve
            continue
        seconds = SECONDS_PER_DAY * light_curve.exposure
        if beside.mean() > SAME_STRETCH:
            notes.append(
                f"{names[place]} ({seconds:.4g} s) was left out: another light curve shows the "
                "same time"
            )
        else:
            kept[place] = light_curve.keep(~beside)
            notes.append(
                f"{beside.sum()} cadences of {names[place]} were left out: another light curve "
                "shows the same time"
            )
    return [kept[place] for place in sorted(kept)], tuple(notes)


def _beside(light_curve: LightCurve, other: LightCurve) -> np.ndarray:
    """Mask of the cadences within one exposure, the longer of the two, of another's."""
    after = np.clip(np.searchsorted(other.time, light_curve.time), 1, max(1, len(other) - 1))
    distance = np.minimum(
        np.abs(light_curve.time - other.time[after - 1]),
        np.abs(other.time[np.minimum(after, len(other) - 1)] - light_curve.time),
    )
    return distance < max(light_curve.exposure, other.exposure)
