"""Compiled functions of an orbit: separation on the sky, and the contacts.

They are the fast counterpart of the numpy reference, exoval.physics.orbit. A path is the tuple
(period, a, cos i, e, w) of one eclipse: days, the semi-major axis in any unit of length, and the
argument of periastron for which true anomaly pi/2 - w is its conjunction.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

#: angles from conjunction that are scanned for contacts, dense near conjunction for short transits
_ANGLES = 0.5 * np.pi * np.linspace(-1, 1, 65) ** 3
_SINES, _COSINES = np.sin(_ANGLES), np.cos(_ANGLES)


@njit(cache=True, error_model="numpy")
def separation_at_angle(angle: float, path: tuple) -> float:
    """Return the separation on the sky at ``angle`` past conjunction (radians, orbital plane)."""
    _, a, cos_i, e, w = path
    distance = a * (1 - e * e) / (1 + e * math.sin(w - angle))
    return distance * math.hypot(math.sin(angle), cos_i * math.cos(angle))


@njit(cache=True, error_model="numpy")
def mean_anomaly(true_anomaly: float, e: float) -> float:
    """Return the mean anomaly of a true anomaly (radians), continuous over full turns."""
    beta = e / (1 + math.sqrt((1 - e) * (1 + e)))
    lag = math.atan2(beta * math.sin(true_anomaly), 1 + beta * math.cos(true_anomaly))
    anomaly = true_anomaly - 2 * lag
    return anomaly - e * math.sin(anomaly)


@njit(cache=True, error_model="numpy")
def days_at_angle(angle: float, path: tuple) -> float:
    """Return the days from conjunction to ``angle`` (radians) past it."""
    period, _, _, e, w = path
    if e == 0:
        return angle * period / (2 * math.pi)
    middle = 0.5 * math.pi - w
    return (mean_anomaly(middle + angle, e) - mean_anomaly(middle, e)) * period / (2 * math.pi)


@njit(cache=True, error_model="numpy")
def contact_angles(separation: float, path: tuple) -> tuple:
    """Return the angles from conjunction between which the bodies are closer than ``separation``.

    Both are within a quarter turn, and equal where the bodies never come that close.
    """
    if path[3] == 0:
        _, a, cos_i, _, _ = path
        # sin^2 of the angle where a^2 (sin^2 + cos^2 i cos^2) = separation^2
        square = (separation**2 - (a * cos_i) ** 2) / (a * a * (1 - cos_i) * (1 + cos_i))
        half = math.asin(math.sqrt(min(square, 1.0))) if square > 0 else 0.0
        return -half, half
    left, right, closest = _scan(separation, path)
    if right < 0:
        closest = _closest_angle(closest, path)
        if separation_at_angle(closest, path) >= separation:
            return 0.0, 0.0
        left = np.searchsorted(_ANGLES, closest)
        return (
            _crossing(_ANGLES[left - 1], closest, separation, path),
            _crossing(_ANGLES[left], closest, separation, path),
        )
    last = _ANGLES.size - 1
    return (
        _crossing(_ANGLES[max(left - 1, 0)], _ANGLES[left], separation, path),
        _crossing(_ANGLES[min(right + 1, last)], _ANGLES[right], separation, path),
    )


@njit(cache=True, error_model="numpy")
def _scan(separation: float, path: tuple) -> tuple:
    """First and last of _ANGLES in contact (the last is -1 without contact), and the closest."""
    _, a, cos_i, e, w = path
    size, tilt = a * (1 - e * e), cos_i * cos_i
    along, across = e * math.sin(w), e * math.cos(w)
    left, right, closest, least = 0, -1, 0, math.inf
    for j in range(_ANGLES.size):
        sine, cosine = _SINES[j], _COSINES[j]
        distance = size / (1 + along * cosine - across * sine)
        square = distance * distance * (sine * sine + tilt * cosine * cosine)
        if square < least:
            closest, least = j, square
        if square < separation * separation:
            if right < 0:
                left = j
            right = j
    return left, right, _ANGLES[closest]


@njit(cache=True, error_model="numpy")
def _closest_angle(start: float, path: tuple) -> float:
    """Angle of least separation near ``start``, by golden-section search between scanned angles."""
    j = np.searchsorted(_ANGLES, start)
    low, high = _ANGLES[max(j - 1, 0)], _ANGLES[min(j + 1, _ANGLES.size - 1)]
    for _ in range(70):
        width = 0.381966011250105 * (high - low)
        if separation_at_angle(low + width, path) < separation_at_angle(high - width, path):
            high -= width
        else:
            low += width
    return 0.5 * (low + high)


@njit(cache=True, error_model="numpy")
def _crossing(outside: float, inside: float, separation: float, path: tuple) -> float:
    """Angle at which the separation crosses a value: Newton's method, bracketed by bisection."""
    _, a, cos_i, e, w = path
    if separation_at_angle(outside, path) <= separation:  # in contact a quarter turn away
        return outside
    angle = 0.5 * (outside + inside)
    for _ in range(80):
        sine, cosine = math.sin(angle), math.cos(angle)
        distance = a * (1 - e * e) / (1 + e * math.sin(w - angle))
        flat = sine * sine + cos_i * cos_i * cosine * cosine
        # z^2 = distance^2 flat and its derivative
        excess = distance * distance * flat - separation * separation
        turning = distance * e * math.cos(w - angle) / (a * (1 - e * e))
        slope = (
            2 * distance * distance * (turning * flat + sine * cosine * (1 - cos_i) * (1 + cos_i))
        )
        if excess > 0:
            outside = angle
        else:
            inside = angle
        step = excess / slope if slope != 0 else math.inf
        new = angle - step
        if not min(outside, inside) <= new <= max(outside, inside):
            new = 0.5 * (outside + inside)
        if abs(new - angle) <= 1e-15 + 1e-13 * abs(new):
            return new
        angle = new
    return angle


@njit(cache=True, error_model="numpy")
def separations(days: np.ndarray, count: int, path: tuple, out: np.ndarray) -> None:
    """Fill ``out[:count]`` with the separations at ``days[:count]`` from conjunction.

    Kepler's equation is solved by Halley's method from the previous cadence's solution, which is
    fastest for ``days`` in order.
    """
    period, a, cos_i, e, w = path
    rate = 2 * math.pi / period
    if e == 0:
        for j in range(count):
            sine = math.sin(rate * days[j])
            out[j] = a * math.sqrt(sine * sine + cos_i * cos_i * (1 - sine * sine))
        return
    cos_w, sin_w, minor = math.cos(w), math.sin(w), math.sqrt((1 - e) * (1 + e))
    # start at conjunction, true anomaly pi/2 - w
    anomaly = math.atan2(minor * cos_w, e + sin_w)
    sine, cosine = math.sin(anomaly), math.cos(anomaly)
    start = anomaly - e * sine
    for j in range(count):
        mean = start + rate * days[j]
        for _ in range(40):
            residual = anomaly - e * sine - mean
            slope = 1 - e * cosine
            step = residual / slope
            step = residual / (slope - 0.5 * step * e * sine)
            anomaly -= step
            if abs(step) > 1e-4:
                sine, cosine = math.sin(anomaly), math.cos(anomaly)
                continue
            # rotate by the small step: its sin and cos to fourth order
            turned, kept = step - step**3 / 6, 1 - 0.5 * step * step
            sine, cosine = sine * kept - cosine * turned, cosine * kept + sine * turned
            if abs(step) < 1e-5:  # cubic convergence: the next step is below rounding
                break
        along, across = a * (cosine - e), a * minor * sine
        in_sky = along * cos_w - across * sin_w
        out_of_sky = (along * sin_w + across * cos_w) * cos_i
        out[j] = math.sqrt(in_sky * in_sky + out_of_sky * out_of_sky)
