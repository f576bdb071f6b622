"""The fast mode of a search: the expected ephemeris with the error of a real search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.light_curve_object import as_light_curve
from exoval.search.refine import box_event, refine
from exoval.search.search import Search
from exoval.star import Star


@dataclass(frozen=True)
class KnownEphemeris:
    """Perturb the expected ephemeris, then refine it like every event, instead of searching.

    Errors follow Carter et al. (2008, ApJ 689, 499) for a box with ingress a tenth of the duration:
    sigma_epoch = duration sqrt(0.1 / 2) / SNR, and for the period that times sqrt(12) over the
    number of events. Light curves without an injection, which have no expected ephemeris, are
    searched by ``blind``.
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
        """Return the refined event at the expected ephemeris; None if it is below the threshold.

        Without ``rng`` the ephemeris is not perturbed.
        """
        light_curve = as_light_curve(light_curve)
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
    # the error of the epoch is smallest at the middle of the data, so it is drawn there
    middle = np.round((np.mean(light_curve.time) - expected.epoch) / expected.period)
    epoch = expected.epoch + middle * expected.period + epoch_error * epoch_shift
    return Ephemeris(period, epoch, min(expected.duration, 0.9 * period))
