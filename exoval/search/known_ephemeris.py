"""Skip the search: the expected ephemeris, off by the error a search would have made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.search.refine import box_event, refine
from exoval.search.search import Search
from exoval.star import Star


@dataclass(frozen=True)
class KnownEphemeris:
    """The fast mode: perturb what is expected, then refine it as every event is refined.

    Errors follow Carter et al. (2008, ApJ 689, 499) for a box with ingress a tenth of the
    duration: sigma_epoch = duration sqrt(0.1 / 2) / SNR, and that times sqrt(12) per event
    number for the period. Where nothing is expected (a light curve with nothing injected) the
    ``blind`` search looks instead.
    """

    blind: Search
    threshold: float = 7.1
    minimum_transits: int = 3

    def __call__(
        self,
        light_curve: LightCurve,
        star: Star,
        expected: Ephemeris | None = None,
        rng: np.random.Generator | None = None,
    ) -> TransitEvent | None:
        """The refined event at the expected ephemeris; None if it is below the threshold.

        Without ``rng`` the ephemeris is taken as it is.
        """
        if expected is None:
            return self.blind(light_curve, star, None, rng)
        if rng is not None:
            expected = _perturb(light_curve, expected, rng)
        event = refine(light_curve, expected, source="known_ephemeris")
        if event is None or event.signal_to_noise < self.threshold:
            return None
        return event if event.transit_count >= self.minimum_transits else None


def _perturb(light_curve: LightCurve, expected: Ephemeris, rng: np.random.Generator) -> Ephemeris:
    strength = max(box_event(light_curve, expected).signal_to_noise, 1.0)
    epoch_error = expected.duration * np.sqrt(0.05) / strength
    events = max(light_curve.baseline / expected.period, 1.0)
    period_error = np.sqrt(12) * epoch_error / events
    epoch_shift, period_shift = rng.standard_normal(2)
    period = expected.period + period_error * period_shift
    # the error of the epoch is smallest at the middle of the data, so that is where it is put
    middle = np.round((np.mean(light_curve.time) - expected.epoch) / expected.period)
    epoch = expected.epoch + middle * expected.period + epoch_error * epoch_shift
    return Ephemeris(period, epoch, min(expected.duration, 0.9 * period))
