"""Compiled core of the box search: fold once for many periods, then slide boxes.

Trial periods are folded a group at a time. The light curve is cut in radix^2 chunks of time; each
is folded once, at the group's middle frequency, into a profile of phase bins (sums of weight and of
weight times flux). Seen at a neighbouring frequency f, a chunk around time t only moves in phase,
by t (f - middle), so its profile is shifted by whole bins and added: first radix chunks to a block,
for a subgroup of periods, then radix blocks to the whole light curve, for one period. Cadences are
read once for each group of periods; the rest is sums of contiguous arrays.
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: trial periods that share one fold, per chunk of time: how far a chunk may drift
GROUP_PER_CHUNK = 0.5


@njit(cache=True, error_model="numpy")
def bin_in_time(time: np.ndarray, weight: np.ndarray, signal: np.ndarray, width: float) -> tuple:
    """Sum weight and signal in bins of time, at their weighted mean times; drops empty bins."""
    times = np.empty(len(time))
    weights = np.empty(len(time), dtype=np.float32)
    signals = np.empty(len(time), dtype=np.float32)
    count = 0
    first = 0
    while first < len(time):
        number = np.floor(time[first] / width)
        moment, mass, total = 0.0, 0.0, 0.0
        last = first
        while last < len(time) and np.floor(time[last] / width) == number:
            moment += weight[last] * time[last]
            mass += weight[last]
            total += signal[last]
            last += 1
        times[count], weights[count], signals[count] = moment / mass, mass, total
        count += 1
        first = last
    return times[:count], weights[:count], signals[:count]


@njit(cache=True, error_model="numpy")
def search_periods(
    time: np.ndarray,
    weight: np.ndarray,
    signal: np.ndarray,
    periods: np.ndarray,
    durations: np.ndarray,
    bins_per_duration: float,
    radix: int,
    weight_floor: float,
    wanted: np.ndarray,
) -> tuple:
    """Find the best box at every trial period.

    ``time`` ascending, about zero at the middle; ``signal`` is weight times flux, with weighted
    mean zero, in units in which one unit of weight has variance one. ``durations`` (periods,
    trials) ascending in each row. Boxes of a duration d that hold less weight than ``weight_floor``
    d are left out. Periods that share a block with none of ``wanted`` (periods,) are not searched.
    Returns signal-to-noise ratio, mid-event phase (of ``time`` zero) and duration, each of shape
    (periods,) and zero where nothing was searched.
    """
    count = len(periods)
    power = np.zeros(count)
    phase = np.zeros(count)
    duration = np.zeros(count)
    chunks = radix * radix
    starts, centres = _cut(time, chunks)
    block_centres = centres.reshape(radix, radix).sum(axis=1) / radix
    group = max(int(GROUP_PER_CHUNK * chunks), 1)
    subgroup = max(group // radix, 1)
    places = np.empty(np.diff(starts).max(), dtype=np.int32)
    total = weight.sum()
    for first in range(0, count, group):
        last = min(first + group, count)
        if not wanted[first:last].any():
            continue
        bins = phase_bins(periods[last - 1], durations[first, 0], bins_per_duration)
        leaves = np.empty((chunks, 4 * bins), dtype=np.float32)
        blocks = np.empty((radix, 4 * bins), dtype=np.float32)
        profile = np.empty(2 * bins, dtype=np.float32)
        boxes = np.empty((3, 2 * bins), dtype=np.float32)
        middle = 0.5 * (1 / periods[first] + 1 / periods[last - 1])
        for chunk in range(chunks):
            inside = slice(starts[chunk], starts[chunk + 1])
            _fold(time[inside], weight[inside], signal[inside], middle, places, leaves[chunk])
        for low in range(first, last, subgroup):
            high = min(low + subgroup, last)
            if not wanted[low:high].any():
                continue
            centre = 0.5 * (1 / periods[low] + 1 / periods[high - 1])
            for block in range(radix):
                inside = slice(block * radix, (block + 1) * radix)
                _shift_and_add(
                    leaves[inside], centres[inside] * (centre - middle), blocks[block, : 2 * bins]
                )
                blocks[block, 2 * bins :] = blocks[block, : 2 * bins]
            for number in range(low, high):
                frequency = 1 / periods[number]
                _shift_and_add(blocks, block_centres * (frequency - centre), profile)
                widths = _widths(durations[number], bins * frequency)
                power[number], start, width = best_box(
                    profile, total, widths, weight_floor / (bins * frequency), boxes
                )
                phase[number] = (start + 0.5 * width) / bins % 1.0
                duration[number] = width / (bins * frequency)
    return power, phase, duration


@njit(cache=True)
def phase_bins(period: float, shortest: float, bins_per_duration: float) -> int:
    """Return the number of phase bins: the shortest box spans ``bins_per_duration`` of them."""
    return max(int(np.ceil(period / shortest * bins_per_duration)), 8)


@njit(cache=True)
def _cut(time: np.ndarray, chunks: int) -> tuple:
    """First index of every chunk of equal length in time (one more than chunks), and centres."""
    begin = time[0]
    length = (time[-1] - begin) / chunks
    starts = np.zeros(chunks + 1, dtype=np.int64)
    centres = np.empty(chunks)
    for chunk in range(chunks):
        centres[chunk] = begin + (chunk + 0.5) * length
        starts[chunk] = np.searchsorted(time, begin + chunk * length)
    starts[chunks] = len(time)
    return starts, centres


@njit(cache=True, error_model="numpy")
def _fold(
    time: np.ndarray,
    weight: np.ndarray,
    signal: np.ndarray,
    frequency: float,
    places: np.ndarray,
    profile: np.ndarray,
) -> None:
    """Add every cadence to its phase bin: weight and signal in turn, the circle written twice."""
    bins = len(profile) // 4
    # two loops, because the first is done several cadences at a time
    for i in range(len(time)):
        cycle = time[i] * frequency
        places[i] = np.int32((cycle - np.floor(cycle)) * bins)
    profile[: 2 * bins + 2] = 0
    for i in range(len(time)):
        place = np.uint32(places[i])
        profile[2 * place] += weight[i]
        profile[2 * place + 1] += signal[i]
    # a phase just below one may round up to it
    profile[0] += profile[2 * bins]
    profile[1] += profile[2 * bins + 1]
    profile[2 * bins :] = profile[: 2 * bins]


@njit(cache=True, error_model="numpy")
def _shift_and_add(profiles: np.ndarray, phase_shifts: np.ndarray, target: np.ndarray) -> None:
    """Sum of profiles, each moved forward in phase by the nearest whole bin.

    A circle written twice can be read from any of its bins without a break.
    """
    size = len(target)
    bins = size // 2
    starts = np.empty(len(profiles), dtype=np.int64)
    for number in range(len(profiles)):
        starts[number] = 2 * ((-int(np.round(phase_shifts[number] * bins))) % bins)
    if len(profiles) % 4 == 0:
        target[:] = 0
        for number in range(0, len(profiles), 4):
            first = profiles[number, starts[number] :]
            second = profiles[number + 1, starts[number + 1] :]
            third = profiles[number + 2, starts[number + 2] :]
            fourth = profiles[number + 3, starts[number + 3] :]
            for i in range(size):
                target[i] += (first[i] + second[i]) + (third[i] + fourth[i])
        return
    target[:] = profiles[0, starts[0] : starts[0] + size]
    for number in range(1, len(profiles)):
        source = profiles[number, starts[number] :]
        for i in range(size):
            target[i] += source[i]


@njit(cache=True)
def _widths(durations: np.ndarray, bins_per_day: float) -> np.ndarray:
    """Box widths in whole bins, ascending, each once."""
    widths = np.empty(len(durations), dtype=np.int64)
    count = 0
    for duration in durations:
        width = max(int(np.round(duration * bins_per_day)), 1)
        if count == 0 or width > widths[count - 1]:
            widths[count] = width
            count += 1
    return widths[:count]


@njit(cache=True, error_model="numpy")
def best_box(
    profile: np.ndarray, total: float, widths: np.ndarray, weight_floor: float, scratch: np.ndarray
) -> tuple:
    """Return signal-to-noise ratio, first bin and width of the strongest dip in a circular profile.

    ``profile`` holds weight and signal of every bin in turn. With r the weight and s the signal in
    a box and R the weight of all, a box of free depth and level gains s^2 R / (r (R - r)) in twice
    the log likelihood; its root is the depth over its error. Boxes with less weight than
    ``weight_floor`` per bin, and boxes around a bump, do not count. ``scratch`` is room for three
    rows of at least bins + widest + 1 values.
    """
    bins = len(profile) // 2
    weights, signals, gain = scratch[0], scratch[1], scratch[2, :bins]
    level = total / bins
    _prefix_sums(profile, level, bins + widths[-1], weights, signals)
    gain[:] = 0
    for width in widths:
        _raise_to_gain(
            gain,
            weights,
            weights[width:],
            signals,
            signals[width:],
            np.float32(level * width),
            np.float32(total),
            np.float32(weight_floor * width),
        )
    start = _argmax(gain)
    best, best_width = 0.0, widths[0]
    for width in widths:
        r = level * width + weights[start + width] - weights[start]
        s = signals[start + width] - signals[start]
        if s < 0 and r > weight_floor * width and r < total and s * s > best * r * (total - r):
            best, best_width = s * s / (r * (total - r)), width
    return np.sqrt(best * total), start, best_width


@njit(cache=True, error_model="numpy")
def _prefix_sums(
    profile: np.ndarray, level: float, reach: int, weights: np.ndarray, signals: np.ndarray
) -> None:
    """Sums from bin zero of weight above its mean ``level`` and of signal, ``reach`` bins far."""
    bins = len(profile) // 2
    weight, signal = 0.0, 0.0
    weights[0], signals[0] = 0, 0
    for i in range(bins):
        weight += profile[2 * i] - level
        signal += profile[2 * i + 1]
        weights[i + 1] = weight
        signals[i + 1] = signal
    for i in range(bins, reach):
        weights[i + 1] = weight + weights[i + 1 - bins]
        signals[i + 1] = signal + signals[i + 1 - bins]


@njit(cache=True, error_model="numpy")
def _raise_to_gain(
    gain: np.ndarray,
    weights: np.ndarray,
    weights_after: np.ndarray,
    signals: np.ndarray,
    signals_after: np.ndarray,
    level: np.float32,
    total: np.float32,
    floor: np.float32,
) -> None:
    """Raise ``gain`` at every first bin to what a box of one width gains there."""
    zero = np.float32(0)
    for i in range(len(gain)):
        r = level + (weights_after[i] - weights[i])
        s = min(signals_after[i] - signals[i], zero)
        value = s * s / (r * (total - r))
        value = value if (r > floor) & (r < total) else zero
        gain[i] = value if value > gain[i] else gain[i]


@njit(cache=True)
def _argmax(values: np.ndarray) -> int:
    """Index of the first of the largest values, of which there are none below zero."""
    # four maxima at a time: one would wait for itself
    first, second, third, fourth = values[0], values[0], values[0], values[0]
    whole = len(values) - len(values) % 4
    for i in range(0, whole, 4):
        first = max(first, values[i])
        second = max(second, values[i + 1])
        third = max(third, values[i + 2])
        fourth = max(fourth, values[i + 3])
    for i in range(whole, len(values)):
        first = max(first, values[i])
    largest = max(max(first, second), max(third, fourth))
    for i in range(len(values)):
        if values[i] == largest:
            return i
    return 0
