"""The strength of an ephemeris after whitening, for searches that do not know it yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve
from exoval.whitening.whitened_light_curve import WhitenedLightCurve, whiten

#: A candidate owes this share of its strength to one event at most (Thompson et al. 2018, ApJS
#: 235, 38). Three equal events have 0.58 each.
LARGEST_SHARE = 0.8


@dataclass(frozen=True)
class WhitenedStrength:
    """Multiple-event statistic ``total``, and the strongest single-event statistic, of ``number``.

    Both are 0 if no event has data.
    """

    total: float = 0.0
    single: float = 0.0
    number: int = 0

    @property
    def is_periodic(self) -> bool:
        """Whether several events make it up."""
        return self.single <= LARGEST_SHARE * self.total


def whitened_for_search(light_curve: LightCurve) -> WhitenedLightCurve | None:
    """Whiten a detrended light curve with nothing hidden; None if it is too short.

    Cadences are usable and ascend in time.
    """
    return whiten(
        light_curve.time,
        1 - light_curve.flux / np.median(light_curve.flux),
        light_curve.flux_error**-2.0,
        exposure=light_curve.exposure
        if light_curve.has_one_exposure
        else float(light_curve.exposures.max()),
    )


def whitened_strength(
    whitened: WhitenedLightCurve, time: np.ndarray, ephemeris: Ephemeris
) -> WhitenedStrength:
    """Return the statistics of an ephemeris; ``time`` is that of the whitened light curve."""
    events = whitened.events(ephemeris.in_event(time), ephemeris.event_number(time))
    if len(events.number) == 0:
        return WhitenedStrength()
    best = int(np.argmax(events.strength))
    return WhitenedStrength(
        events.total_strength, float(events.strength[best]), int(events.number[best])
    )
