"""Trial periods spaced so that no transit is smeared, uniform in cube-root frequency."""

from __future__ import annotations

import numpy as np

from exoval.errors import BadParameter

#: period in days of an orbit that grazes the surface of a star of solar density
SURFACE_PERIOD = 0.11583


def ofir_periods(
    baseline: float,
    *,
    minimum_period: float,
    maximum_period: float,
    density: float = 1.0,
    oversampling: float = 2.0,
) -> np.ndarray:
    """Trial periods of Ofir (2014, A&A 561, A138), descending frequency spacing as f^(2/3).

    A period error dP shifts the last transit by baseline dP / P; the grid keeps that shift below
    one ``oversampling``-th of the duration of a central transit of a star of ``density`` (solar).
    All times in days; returns ascending periods, both ends included. Raises BadParameter if the
    range is empty or a value is not positive.
    """
    values = (baseline, minimum_period, density, oversampling)
    if min(values) <= 0 or not maximum_period > minimum_period:
        raise BadParameter(
            f"no trial periods between {minimum_period} and {maximum_period} days over a baseline "
            f"of {baseline} days (density {density}, oversampling {oversampling}): give positive "
            "numbers and a maximum above the minimum"
        )
    # T = c f^(-1/3) and a shift of baseline df / f make df = c f^(2/3) / baseline, which is
    # uniform in f^(1/3)
    step = duration_scale(density) / (3 * baseline * oversampling)
    low, high = maximum_period ** (-1 / 3), minimum_period ** (-1 / 3)
    count = int(np.ceil((high - low) / step)) + 1
    return np.linspace(high, low, count) ** -3.0


def duration_scale(density: float) -> float:
    """Duration of a central transit of a one-day circular orbit, in days (T = scale P^(1/3))."""
    return (SURFACE_PERIOD / np.sqrt(density)) ** (2 / 3) / np.pi
