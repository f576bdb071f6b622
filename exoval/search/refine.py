"""Refinement of an ephemeris on its light curve.

Every event is refined before it is measured, whether it comes from a search or a catalogue, so that
the ephemerides of simulated and real events are of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.search.box_near import best_box_near
from exoval.search.weighted_flux import WeightedFlux, weighted_flux


@dataclass(frozen=True)
class _Round:
    """Trials of one round, in units of the duration it starts from.

    ``drifts`` move the last event against the first, ``durations`` stretch the box, whose centre
    stays within ``reach`` of the event and is tried in steps of the shortest duration over
    ``bins``.
    """

    drifts: np.ndarray
    durations: np.ndarray
    reach: float
    bins: int


COARSE = _Round(np.linspace(-1, 1, 41), np.geomspace(0.5, 2.0, 9), reach=1.0, bins=12)
FINE = _Round(np.linspace(-0.15, 0.15, 31), np.geomspace(0.8, 1.25, 9), reach=0.2, bins=40)
#: cadences outside the box count for its level as if they deviated by this many errors at most
STRAY_SIGMA = 8.0
#: least cadences of an event, as a share of the fullest event's, for its time to be known
LEAST_SHARE = 0.25


def refine(
    light_curve: LightCurve,
    ephemeris: Ephemeris,
    *,
    source: str = "",
    rounds: int = 2,
    longest_period: float = np.inf,
) -> TransitEvent | None:
    """Return the best box near an ephemeris: period, epoch and duration by box least squares.

    Trial periods move the last event by up to one duration over the baseline in steps of a
    twentieth of it, about the event in the middle of the data; trial durations span half to twice
    the given one, trial epochs one duration to either side. There are two ``rounds``, the second
    around the first one's result, and then one in steps of a hundredth of the duration. If only one
    event has data, the period stays as given. Only cadences near events are used. ``light_curve``
    is detrended. None if every trial box is empty or the best box is not a dip. Raises
    BadLightCurve for descending times.
    """
    data = weighted_flux(light_curve)
    for trials in [COARSE] * rounds + [FINE]:
        if data is None or ephemeris is None:
            return None
        ephemeris = _one_round(data, ephemeris, longest_period, trials)
    return None if ephemeris is None else _event(data, ephemeris, source)


def _one_round(
    data: WeightedFlux, ephemeris: Ephemeris, longest_period: float, trials: _Round
) -> Ephemeris | None:
    """The best box of one round; the period changes only if at least two events have data.

    A trial period must neither push the second event into a gap nor pull one out of it.
    """
    still = replace(trials, drifts=np.zeros(1))
    if _events_with_data(data, ephemeris) < 2:
        return _best_box(data, ephemeris, longest_period, still)
    found = _best_box(data, ephemeris, longest_period, trials)
    if found is None or _events_with_data(data, found) > 1:
        return found
    return _best_box(data, ephemeris, longest_period, still)


def _events_with_data(data: WeightedFlux, ephemeris: Ephemeris) -> int:
    """Events that hold at least ``LEAST_SHARE`` of the fullest one's cadences."""
    offset, number = _about_middle(data, ephemeris)
    _, cadences = np.unique(number[np.abs(offset) < 0.5 * ephemeris.duration], return_counts=True)
    return int(np.sum(cadences >= max(LEAST_SHARE * cadences.max(initial=0), 1)))


def _best_box(
    data: WeightedFlux, ephemeris: Ephemeris, longest_period: float, trials: _Round
) -> Ephemeris | None:
    """One round: the trial box of highest likelihood within reach of the ephemeris."""
    period, duration = ephemeris.period, ephemeris.duration
    events = max(data.baseline / period, 1.0)
    steps = trials.drifts * min(duration / events, 0.02 * period)
    steps = steps[period + steps <= max(longest_period, period)]
    durations = duration * trials.durations
    durations = durations[durations < 0.45 * (period + steps[0])]
    if len(durations) == 0:
        return None
    offset, number = _about_middle(data, ephemeris)
    # half the longest box beyond the farthest centre, plus the largest drift of an event
    half_window = duration * (trials.reach + 0.5 * trials.durations[-1] + 1.0)
    circular = 2 * half_window >= period
    window = period if circular else 2 * half_window
    bins = int(np.ceil(window / durations[0] * trials.bins))
    width = window / bins
    near = slice(None) if circular else np.abs(offset) < half_window
    gain, step, middle, boxes = best_box_near(
        offset[near],
        number[near],
        data.weight[near],
        data.signal[near],
        data.total,
        steps,
        np.unique(np.round(durations / width).astype(np.int64)),
        width,
        bins,
        circular,
        int(np.ceil(trials.reach * duration / width)),
    )
    if not gain > 0:
        return None
    found = period + steps[step]
    reference = ephemeris.epoch + period * _middle_event(data, ephemeris) + middle
    first = np.ceil((data.time[0] - reference) / found)
    return Ephemeris(float(found), float(reference + first * found), float(boxes * width))


def _middle_event(data: WeightedFlux, ephemeris: Ephemeris) -> float:
    """Number of the event nearest to the middle of the data, where its time is known best."""
    return float(np.round((np.mean(data.time) - ephemeris.epoch) / ephemeris.period))


def _about_middle(data: WeightedFlux, ephemeris: Ephemeris) -> tuple[np.ndarray, np.ndarray]:
    """Days from the nearest event of every cadence, and that event's number from the middle."""
    cycle = (data.time - ephemeris.epoch) / ephemeris.period
    number = np.floor(cycle + 0.5)
    return (cycle - number) * ephemeris.period, number - _middle_event(data, ephemeris)


def box_event(light_curve: LightCurve, ephemeris: Ephemeris, *, source: str = "") -> TransitEvent:
    """Return depth and strength of the box of an ephemeris on a detrended light curve.

    Depth is the weighted mean outside the box minus that inside, where the one outside takes
    deviations beyond eight errors for eight; the signal-to-noise ratio is depth
    over its error (the multiple-event statistic for white noise). The strength is zero if no usable
    cadence is inside. Raises BadLightCurve for descending times.
    """
    return _event(weighted_flux(light_curve), ephemeris, source)


def box_gain(light_curve: LightCurve, ephemeris: Ephemeris) -> float:
    """Return twice the gain in log likelihood of the box of an ephemeris, of free depth and level.

    Where little strays from the level it is the square of the signal-to-noise ratio of
    ``box_event``, whose level takes large deviations for less. 0 for a bump, and where nothing
    usable is inside or outside. Raises BadLightCurve for descending times.
    """
    data = weighted_flux(light_curve)
    if data is None:
        return 0.0
    inside = ephemeris.in_event(data.time)
    weight = float(data.weight[inside].sum())
    if not 0 < weight < data.total:
        return 0.0
    signal = min(float(data.signal[inside].sum()), 0.0)
    return signal**2 * data.total / (weight * (data.total - weight))


def _event(data: WeightedFlux | None, ephemeris: Ephemeris, source: str) -> TransitEvent:
    inside = np.empty(0, dtype=bool) if data is None else ephemeris.in_event(data.time)
    if not inside.any() or inside.all():
        return TransitEvent(
            ephemeris=ephemeris,
            depth=0.0,
            signal_to_noise=0.0,
            signal_detection_efficiency=np.nan,
            transit_count=0,
            source=source,
        )
    weight = float(data.weight[inside].sum())
    depth = _level_outside(data, inside) - data.signal[inside].sum() / weight
    error = np.sqrt(1 / weight + 1 / (data.total - weight))
    count = len(np.unique(ephemeris.event_number(data.time[inside])))
    return TransitEvent(
        ephemeris=ephemeris,
        depth=float(depth * data.scale),
        signal_to_noise=float(depth / error),
        signal_detection_efficiency=np.nan,
        transit_count=count,
        source=source,
    )


def _level_outside(data: WeightedFlux, inside: np.ndarray) -> float:
    """Mean deviation outside the box, in units of ``scale``; other dips and bursts count little."""
    used = ~inside & (data.weight > 0)
    signal, weight = data.signal[used], data.weight[used]
    if len(weight) == 0:
        return 0.0
    deviation = signal / weight
    if np.abs(deviation).max() <= STRAY_SIGMA:
        return float(signal.sum() / weight.sum())
    middle = np.median(deviation)
    near = np.clip(deviation, middle - STRAY_SIGMA, middle + STRAY_SIGMA)
    return float(np.dot(weight, near) / weight.sum())
