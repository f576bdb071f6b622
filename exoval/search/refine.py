"""Sharpen an ephemeris on the light curve it came from.

Every event passes here before it is measured, whether a search found it or a catalogue names
it, so that simulated and real events carry ephemerides of one kind.
"""

from __future__ import annotations

import numpy as np
from astropy.timeseries import BoxLeastSquares

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve

#: trial durations as multiples of the given one
DURATION_STEPS = np.geomspace(0.5, 2.0, 9)


def refine(light_curve: LightCurve, ephemeris: Ephemeris, source: str = "",
           rounds: int = 2, longest_period: float = np.inf) -> TransitEvent | None:
    """Best box near an ephemeris: period, epoch and duration by box least squares.

    Trial periods move the last event by up to one duration over the baseline in steps of a
    twentieth of it; trial durations span half to twice the given one. Two rounds, the second
    around the first's answer. ``light_curve`` is detrended. None if no cadence lies in a trial
    box or the best box is not a dip.
    """
    best = None
    model = BoxLeastSquares(light_curve.time, light_curve.flux, light_curve.flux_error)
    for _ in range(rounds):
        best = _best_box(model, light_curve.baseline, ephemeris, longest_period)
        if best is None:
            return None
        ephemeris = best
    return box_event(light_curve, best, source)


def _best_box(model: BoxLeastSquares, baseline: float, ephemeris: Ephemeris,
              longest_period: float) -> Ephemeris | None:
    """One round: the trial box of highest likelihood within reach of the ephemeris."""
    events = max(baseline / ephemeris.period, 1.0)
    reach = min(ephemeris.duration / events, 0.02 * ephemeris.period)
    periods = ephemeris.period + reach * np.linspace(-1, 1, 41)
    periods = periods[periods <= max(longest_period, ephemeris.period)]
    durations = ephemeris.duration * DURATION_STEPS
    durations = durations[durations < 0.45 * periods[0]]
    if len(durations) == 0:
        return None
    result = model.power(periods, durations, objective="likelihood", method="fast", oversample=12)
    power = np.where(np.isfinite(result.power), result.power, -np.inf)
    power[~_near(result, ephemeris)] = -np.inf
    best = int(np.argmax(power))
    if not np.isfinite(power[best]):
        return None
    return Ephemeris(float(result.period[best]), float(result.transit_time[best]),
                     float(result.duration[best]))


def _near(result: object, ephemeris: Ephemeris) -> np.ndarray:
    """Whether each trial's box still overlaps the event it started from.

    The epoch is compared at the light curve's own events, where a neighbouring event of the same
    star would otherwise take over.
    """
    offset = np.abs(ephemeris.time_from_mid_event(np.asarray(result.transit_time)))
    return offset <= ephemeris.duration


def box_event(light_curve: LightCurve, ephemeris: Ephemeris, source: str = "") -> TransitEvent:
    """Depth and strength of the box that an ephemeris marks on a detrended light curve.

    Depth is the weighted mean out of the box minus that inside; the signal-to-noise ratio is
    depth over its error (the multiple-event statistic for white noise). Zero strength where no
    cadence is inside.
    """
    inside = ephemeris.in_event(light_curve.time)
    if not inside.any() or inside.all():
        return TransitEvent(ephemeris, 0.0, 0.0, np.nan, 0, source)
    weight = light_curve.flux_error**-2.0
    mean_in = np.average(light_curve.flux[inside], weights=weight[inside])
    mean_out = np.average(light_curve.flux[~inside], weights=weight[~inside])
    depth = float(mean_out - mean_in)
    error = np.sqrt(1 / weight[inside].sum() + 1 / weight[~inside].sum())
    count = len(np.unique(ephemeris.event_number(light_curve.time[inside])))
    return TransitEvent(ephemeris, depth, float(depth / error), np.nan, count, source)
