"""The exact engine: both eclipses of a pair, integrated over every exposure, in compiled code."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from exoval.physics.deficit_table import INTERVALS, antiderivative, fill_table
from exoval.physics.domain import check_domain
from exoval.physics.orbit import cosine_of_inclination
from exoval.physics.quadratic_occultation import hidden_share
from exoval.physics.sky_path import contact_angles, days_at_angle, mean_anomaly, separations
from exoval.system import Orbit


@dataclass(frozen=True)
class ExactModel:
    """Transit model with quadratic limb darkening (Mandel & Agol 2002) and analytic exposures.

    The exposure is integrated without sampling: one table of the antiderivative serves all eclipses
    of the light curve, and only cadences in eclipse are computed. The error against brute-force
    integration is at most 0.1 ppm for planets and 2 ppm for any two bodies that stay apart at
    periastron, a (1 - e) > R1 + R2. For bodies that touch on an eccentric orbit the flux is only
    guaranteed to be finite and between zero and one.
    """

    def __call__(
        self, time: np.ndarray, orbit: Orbit, limb_darkening: tuple[float, float], exposure: float
    ) -> np.ndarray:
        """Return the flux at mid-exposure times (days), exactly 1.0 out of eclipse.

        The flux has the shape of ``time``, which may be in any order and contain NaN; ascending
        times are fastest. Raises BadParameter outside the domain of exoval.physics.domain.
        """
        check_domain(orbit, exposure=exposure)
        time = np.asarray(time, dtype=float)
        flat = time.reshape(-1)
        flux = np.empty(flat.size)
        if not _eclipses(flat, flux, orbit, limb_darkening=limb_darkening, exposure=exposure):
            order = np.argsort(flat)
            order = order[np.isfinite(flat[order])]
            found = np.empty(order.size)
            _eclipses(flat[order], found, orbit, limb_darkening=limb_darkening, exposure=exposure)
            flux[:] = 1.0
            flux[order] = found
        return flux.reshape(time.shape)


def _eclipses(
    time: np.ndarray,
    flux: np.ndarray,
    orbit: Orbit,
    *,
    limb_darkening: tuple[float, float],
    exposure: float,
) -> bool:
    """Overwrite ``flux``; False, with unusable values in it, if ``time`` does not ascend."""
    path = (
        orbit.period,
        orbit.semi_major_axis_ratio,
        cosine_of_inclination(orbit),
        orbit.eccentricity,
        orbit.argument_of_periastron,
    )
    return fill_flux(
        time,
        flux,
        orbit.epoch,
        np.array(orbit.transit_times),
        path,
        orbit.radius_ratio,
        orbit.surface_brightness_ratio,
        *limb_darkening,
        *orbit.companion_limb_darkening,
        exposure,
    )


@njit(cache=True, error_model="numpy")
def fill_flux(
    time: np.ndarray,
    flux: np.ndarray,
    epoch: float,
    mid_times: np.ndarray,
    path: tuple,
    k: float,
    brightness: float,
    u1: float,
    u2: float,
    v1: float,
    v2: float,
    exposure: float,
) -> bool:
    """Write the pair's flux at ascending ``time`` into ``flux``; False if it does not ascend.

    ``path`` is that of exoval.physics.sky_path, in units of R1. A non-empty ``mid_times`` replaces
    epoch + j period.
    """
    if not _rises(time, flux):
        return False
    if time.size == 0 or not k > 0:
        return True
    period, a, cos_i, e, w = path
    share = brightness * k * k / (1 + brightness * k * k)
    _hide(time, flux, epoch, mid_times, path, k, 1.0, u1, u2, 1 - share, exposure)
    if share > 0:
        middle = 0.5 * math.pi - w
        turn = mean_anomaly(middle + math.pi, e) - mean_anomaly(middle, e)
        delay = turn * period / (2 * math.pi)
        turned = (period, a, cos_i, e, w + math.pi)
        _hide(
            time, flux, epoch + delay, mid_times + delay, turned, 1 / k, k, v1, v2, share, exposure
        )
    return True


@njit(cache=True, error_model="numpy")
def _rises(time: np.ndarray, flux: np.ndarray) -> bool:
    """Fill ``flux`` with ones; True if ``time`` is finite and never decreases."""
    falls = 0
    for i in range(time.size):
        flux[i] = 1.0
        falls += not time[i] >= time[max(i - 1, 0)] or time[i] - time[i] != 0
    return falls == 0


@njit(cache=True, error_model="numpy")
def _hide(
    time: np.ndarray,
    flux: np.ndarray,
    epoch: float,
    mid_times: np.ndarray,
    path: tuple,
    k: float,
    unit: float,
    u1: float,
    u2: float,
    share: float,
    exposure: float,
) -> None:
    """Subtract from ``flux`` the light that one body loses in all its eclipses.

    The body has radius ``unit`` and ``share`` of the light; the other is ``k`` times as large.
    """
    cubics, ends = np.empty((2, 3, INTERVALS, 4)), np.empty((2, 3))
    if exposure > 0:
        depth = share * min(k * k, 1.0)
        middle, sides = fill_table(path, k, unit, u1, u2, depth, cubics, ends)
        before, after = ends[sides - 1, 1], ends[0, 1]
    else:
        first, last = contact_angles((1 + k) * unit, path)
        sides = 2 if last > first else 0
        middle, before, after = 0.0, -days_at_angle(first, path), days_at_angle(last, path)
    if sides == 0:
        return
    reach = 0.5 * exposure
    period = path[0]
    count = mid_times.size
    start = 0.0
    if count == 0:
        start = math.ceil((time[0] - epoch - middle - after - reach) / period)
        final = math.floor((time[-1] - epoch - middle + before + reach) / period)
        count = int(final - start) + 1
    spacing = _spacing(time)
    i = j = 0
    while j < count:
        mid = middle + (mid_times[j] if mid_times.size > 0 else epoch + (start + j) * period)
        i = _first_after(time, mid - before - reach, i, spacing)
        stop = mid + after + reach
        j += 1
        if i == time.size:
            continue
        if time[i] >= stop and mid_times.size == 0:  # a gap: on to the next eclipse with data
            j = max(j, math.ceil((time[i] - stop) / period - 1e-9) + j - 1)
        elif exposure > 0:
            _subtract_exposures(time, flux, i, mid, stop, cubics, ends, sides, share, exposure)
        else:
            _subtract_instants(time, flux, i, mid, stop, path, k, unit, u1, u2, share)


@njit(cache=True, error_model="numpy")
def _subtract_exposures(
    time: np.ndarray,
    flux: np.ndarray,
    i: int,
    mid: float,
    stop: float,
    cubics: np.ndarray,
    ends: np.ndarray,
    sides: int,
    share: float,
    exposure: float,
) -> None:
    """Subtract one eclipse, from cadence ``i`` to the last before ``stop``, by differences of G."""
    scale = share / exposure
    flat = cubics.reshape(-1)
    before, begin = (ends[1], flat.size // 2) if sides == 2 else (ends[0], 0)
    both = (ends[0, 0], ends[0, 1], ends[0, 2], 0, before[0], before[1], before[2], begin)
    while i < time.size and time[i] < stop:
        x = time[i] - mid
        late = antiderivative(x + 0.5 * exposure, flat, both)
        lost = late - antiderivative(x - 0.5 * exposure, flat, both)
        # rounding in the table must not brighten the star
        flux[i] -= scale * min(max(lost, 0.0), exposure)
        i += 1


@njit(cache=True, error_model="numpy")
def _subtract_instants(
    time: np.ndarray,
    flux: np.ndarray,
    i: int,
    mid: float,
    stop: float,
    path: tuple,
    k: float,
    unit: float,
    u1: float,
    u2: float,
    share: float,
) -> None:
    """Subtract one eclipse seen in exposures of zero length."""
    last = i
    while last < time.size and time[last] < stop:
        last += 1
    apart = np.empty(last - i)
    separations(time[i:last] - mid, last - i, path, apart)
    for j in range(last - i):
        flux[i + j] -= share * hidden_share(apart[j] / unit, k, u1, u2)


@njit(cache=True, error_model="numpy")
def _spacing(time: np.ndarray) -> float:
    """Approximate time between neighbouring cadences, for a first guess only."""
    steps = min(time.size - 1, 32)
    return (time[steps] - time[0]) / steps if steps > 0 else 1.0


@njit(cache=True, error_model="numpy")
def _first_after(time: np.ndarray, moment: float, i: int, spacing: float) -> int:
    """Index of the first ascending ``time`` above ``moment``: a guess, then growing strides."""
    n = time.size
    if moment < time[0]:
        return 0
    if moment >= time[-1]:
        return n
    i = min(i, n - 1)
    leap = (moment - time[i]) / spacing if spacing > 0 else 0.0
    high = int(min(max(i + leap, 0.0), n - 1.0))
    stride = 1
    if time[high] > moment:
        low = high - 1
        while low >= 0 and time[low] > moment:
            high = low
            low -= stride
            stride *= 2
        low = max(low, -1)
    else:
        low = high
        high = low + 1
        while high < n and time[high] <= moment:
            low = high
            high += stride
            stride *= 2
        high = min(high, n)
    while high - low > 1:
        middle = (low + high) // 2
        if time[middle] > moment:
            high = middle
        else:
            low = middle
    return high
