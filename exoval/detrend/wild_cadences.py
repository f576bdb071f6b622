"""Cadences that cannot be a star's light: zeros, fills, and dips too short for any transit."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import median_filter

from exoval.detrend.point_scatter import point_scatter
from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve
from exoval.noise.robust_scatter import MAD_TO_SIGMA

#: why a cadence is left out, as ``LightCurve.left_out`` counts it
IMPOSSIBLE = "flux that cannot be light (zero, negative or a fill value)"
ISOLATED = "a single deviating cadence that no other event repeats"

#: a segment's level over the scatter of its cadences above which zero is no plausible noise
LEAST_LEVEL = 10.0
#: how far below zero, in scatters, flux is no noise on a total eclipse
NEGATIVE_SIGMA = 5.0
#: a value that many cadences share exactly is a fill value where it lies this far from the level,
#: in scatters, and where nearly all other values occur once
FILL_CADENCES, FILL_SIGMA, DISTINCT_SHARE = 3, 20.0, 0.9
#: deviation of a wild cadence, and the most of its neighbours, in standard deviations
WILD_SIGMA, CALM_SIGMA = 8.0, 3.0
#: the neighbours of a wild cadence may deviate by this share of its own deviation: the ingress of
#: a transit as long as an exposure shows more in all but a tenth of its events
CALM_SHARE = 0.1
#: no transit or eclipse of a star is shorter; those of white dwarfs are
SHORTEST_DIP_DAYS = 10 / 1440
#: cadences within this many steps are neighbours: one between them may be missing
NEIGHBOUR_STEPS = 2.5
#: isolated dips at whole periods of each other are events, not wild cadences: so many of them, at
#: this share of the periods with data among the ``NEAREST_PERIODS`` before and after one, and this
#: share of all dips there; a dip and one of the ``NEXT_DIPS`` give the period
FEWEST_REPEATS, REPEATED_SHARE, SHARE_OF_DIPS = 4, 0.75, 0.4
NEAREST_PERIODS, NEXT_DIPS = 10, 4
#: the shortest such period, in units of how far a dip may be from its time
SHORTEST_REPEAT = 6.0
#: events from which the shape of one is known without it
FEWEST_EVENTS = 3
#: cadences near events from which that shape can be told from noise
FEWEST_CADENCES = 15


def impossible_flux(light_curve: LightCurve) -> np.ndarray:
    """Return the mask of cadences whose flux cannot be light, shape (cadences,).

    In each segment whose level is above its noise these are exact zeros, values far below zero, and
    fill values: one value that several cadences share exactly, far from the level. ``light_curve``
    is undetrended; cadences without a finite flux are not marked.
    """
    mask = np.zeros(len(light_curve), dtype=bool)
    for segment in light_curve.segments:
        mask[segment.cadences] = _impossible(np.asarray(light_curve.flux[segment.cadences]))
    return mask


def _impossible(flux: np.ndarray) -> np.ndarray:
    finite = np.isfinite(flux)
    nonzero = flux[finite & (flux != 0)]
    level = np.median(nonzero) if nonzero.size else np.nan
    scatter = point_scatter(nonzero)
    if not level > LEAST_LEVEL * scatter:
        return np.zeros(len(flux), dtype=bool)
    wrong = finite & ((flux == 0) | (flux < -NEGATIVE_SIGMA * scatter))
    far = finite & (np.abs(flux - level) > FILL_SIGMA * scatter)
    if far.sum() >= FILL_CADENCES:
        values, counts = np.unique(flux[far], return_counts=True)
        others = flux[finite & ~far]
        if len(np.unique(others)) > DISTINCT_SHARE * len(others):
            wrong |= np.isin(flux, values[counts >= FILL_CADENCES])
        elif np.mean(np.diff(others) == 0) < 1 - DISTINCT_SHARE:
            # whole numbers repeat, but not from cadence to cadence
            wrong |= far & _in_runs(flux)
    return wrong


def _in_runs(flux: np.ndarray) -> np.ndarray:
    """Mask of the cadences in runs of ``FILL_CADENCES`` or more of exactly one value."""
    edges = np.flatnonzero(np.concatenate([[True], np.diff(flux) != 0, [True]]))
    lengths = np.diff(edges)
    return np.repeat(lengths >= FILL_CADENCES, lengths)


def isolated(time: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Return the mask of cadences that deviate alone, shape (cadences,).

    ``time`` ascends, in days; ``deviation`` is in standard deviations, positive in the direction of
    interest. A deviating cadence, or a run of them that is shorter than any transit, is isolated
    if its neighbours on both sides are calm: noise, or a tenth of its own deviation at most. At a
    gap nothing is isolated.
    """
    mask = np.zeros(len(time), dtype=bool)
    wild = np.flatnonzero(deviation > WILD_SIGMA)
    if len(wild) == 0 or len(time) < 3:
        return mask
    step = float(np.median(np.diff(time)))
    longest = max(int(SHORTEST_DIP_DAYS / step), 1) if step > 0 else 1
    calm = np.maximum(CALM_SIGMA, CALM_SHARE * deviation[wild])
    before, after = (
        _steps_to_calm(deviation, wild, calm, direction=direction, most=longest)
        for direction in (-1, 1)
    )
    first, last = wild - before, wild + after  # the calm neighbours
    alone = (before > 0) & (after > 0) & (before + after - 1 <= longest)
    wild, first, last = wild[alone], first[alone], last[alone]
    near = np.maximum(time[first + 1] - time[first], time[last] - time[last - 1])
    for low, high in zip(first[near < NEIGHBOUR_STEPS * step], last[near < NEIGHBOUR_STEPS * step]):
        mask[low + 1 : high] = True
    return mask


def _steps_to_calm(
    deviation: np.ndarray, wild: np.ndarray, calm: np.ndarray, *, direction: int, most: int
) -> np.ndarray:
    """Cadences from each wild one to the nearest calm one; 0 if none is within ``most``."""
    steps = np.zeros(len(wild), dtype=np.int64)
    for number in range(most, 0, -1):
        place = wild + direction * number
        inside = (place >= 0) & (place < len(deviation))
        is_calm = inside & (np.abs(deviation[np.where(inside, place, 0)]) < calm)
        steps[is_calm] = number
    return steps


def repeating(time: np.ndarray, deviation: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Return the isolated dips of a mask that others repeat with a period, shape (cadences,).

    Transits of white dwarfs and short eclipses last one or few cadences, as wild ones do, but come
    again. ``time`` ascends, in days; ``deviation`` is in standard deviations, downwards positive.
    Dips that are not isolated count as repeats too.
    """
    found = np.zeros(len(time), dtype=bool)
    wild = np.flatnonzero(deviation > WILD_SIGMA)
    if alone.sum() == 0 or len(time) < 3:
        return found
    step = float(np.median(np.diff(time)))
    dips = np.split(wild, np.flatnonzero(np.diff(time[wild]) > NEIGHBOUR_STEPS * step) + 1)
    middles = np.array([np.average(time[dip], weights=deviation[dip]) for dip in dips])
    is_alone = np.array([alone[dip].any() for dip in dips])
    tolerance = max(step, SHORTEST_DIP_DAYS)
    repeats = np.zeros(len(dips), dtype=bool)
    for first in np.flatnonzero(is_alone):
        if repeats[first]:
            continue
        for other in range(first + 1, min(first + 1 + NEXT_DIPS, len(dips))):
            period = middles[other] - middles[first]
            if period < SHORTEST_REPEAT * tolerance:
                continue
            train = _train(time, middles, first, period=period, tolerance=tolerance)
            if train:
                repeats[train] = True
                break
    for number in np.flatnonzero(repeats & is_alone):
        found[dips[number]] = alone[dips[number]]
    return found


def _train(
    time: np.ndarray, middles: np.ndarray, first: int, *, period: float, tolerance: float
) -> list[int]:
    """Numbers of the dips that repeat one with about a period; empty if too few do."""
    train, missed = {0: first}, 0
    for direction in (1, -1):
        for number in range(direction, direction * (NEAREST_PERIODS + 1), direction):
            low, high = min(train), max(train)
            if high > low:
                period = (middles[train[high]] - middles[train[low]]) / (high - low)
            nearest = high if direction > 0 else low
            expected = middles[train[nearest]] + (number - nearest) * period
            place = int(np.argmin(np.abs(middles - expected)))
            if abs(middles[place] - expected) < tolerance:
                train[number] = place
            elif _near_data(time, expected, tolerance):
                missed += 1
    inside = [middles[place] for place in train.values()]
    between = np.sum((middles >= min(inside)) & (middles <= max(inside)))
    enough = len(train) >= FEWEST_REPEATS and len(train) >= REPEATED_SHARE * (len(train) + missed)
    if not enough or len(train) < SHARE_OF_DIPS * between:
        return []
    # a single time is known to half an exposure, the line through all of them better
    period, start = np.polyfit(list(train), inside, 1)
    numbers = np.round((middles - start) / period)
    near = np.abs(middles - start - numbers * period) < tolerance
    return np.flatnonzero(near & (numbers >= min(train)) & (numbers <= max(train))).tolist()


def _near_data(time: np.ndarray, expected: float, tolerance: float) -> bool:
    """Whether a cadence lies within ``tolerance`` of a time."""
    after = np.searchsorted(time, expected)
    near = time[max(after - 1, 0) : after + 1]
    return bool(np.any(np.abs(near - expected) < tolerance))


def against_the_fold(light_curve: LightCurve, ephemeris: Ephemeris) -> np.ndarray:
    """Return the mask of cadences inside events that no other event repeats, shape (cadences,).

    Each is isolated, upwards or downwards, from the median of all events at its phase, and lies
    above or below both its neighbours: at the edge of an early or late transit it does not.
    ``light_curve`` is detrended. With fewer than three events the shape is unknown, and a cadence
    is compared with the level outside.
    """
    mask = np.zeros(len(light_curve), dtype=bool)
    near = np.flatnonzero(ephemeris.in_event(light_curve.time, 2.0))
    flux, error = light_curve.flux[near], light_curve.flux_error[near]
    if len(near) < 3:
        return mask
    events = len(np.unique(ephemeris.event_number(light_curve.time[near])))
    if events < FEWEST_EVENTS or len(near) < FEWEST_CADENCES:
        return _inside(mask, near, isolated(light_curve.time[near], (1 - flux) / error))
    phase = ephemeris.time_from_mid_event(light_curve.time[near])
    order = np.argsort(phase, kind="stable")
    bins = max(2 * (len(near) // 48) + 1, 2 * (events // 2) + 1, 5)
    shape = np.empty(len(near))
    shape[order] = median_filter(flux[order], bins, mode="nearest")
    scatter = np.empty(len(near))
    scatter[order] = median_filter(np.abs(flux - shape)[order], 2 * bins + 1, mode="nearest")
    pull = (flux - shape) / np.maximum(error, MAD_TO_SIGMA * scatter)
    alone = np.zeros(len(near), dtype=bool)
    for sign in (-1, 1):
        deviation = sign * pull
        if deviation.max() > WILD_SIGMA:
            runs = isolated(light_curve.time[near], deviation)
            alone |= _sticks_out(sign * flux / error, runs)
    return _inside(mask, near, alone)


def _sticks_out(height: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """The runs of a mask that are higher than both their neighbours; ``height`` is in errors."""
    mask = np.zeros(len(runs), dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], runs, [False]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        beside = max(height[start - 1], height[stop])
        mask[start:stop] = height[start:stop].max() > beside + WILD_SIGMA
    return mask


def _inside(mask: np.ndarray, near: np.ndarray, alone: np.ndarray) -> np.ndarray:
    mask[near] = alone
    return mask
