"""Trial periods that do not smear transits, uniform in the cube root of frequency."""

from __future__ import annotations

import numpy as np

from exoval.errors import BadParameter

#: period in days of an orbit at the surface of a star of solar density
SURFACE_PERIOD = 0.11583


def ofir_periods(
    baseline: float,
    *,
    minimum_period: float,
    maximum_period: float,
    density: float = 1.0,
    oversampling: float = 2.0,
) -> np.ndarray:
    """Return the trial periods of Ofir (2014, A&A 561, A138), with frequency steps as f^(2/3).

    A period error dP shifts the last transit by baseline dP / P; the grid keeps that shift below
    one ``oversampling``-th of the duration of a central transit of a star of ``density`` (solar).
    All times are in days; the periods ascend and include both ends. Raises BadParameter if the
    range is empty or a value is not positive.

    >>> periods = ofir_periods(90.0, minimum_period=0.5, maximum_period=30.0)
    >>> len(periods), periods[[0, -1]].round(6)
    (6699, array([ 0.5, 30. ]))
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
    """Return the duration (days) of a central transit at a period of one day; T = scale P^(1/3).

    The orbit is circular, ``density`` is in solar units.

    >>> round(24 * float(duration_scale(1.0) * 365.25 ** (1 / 3)), 1)
    13.0
    """
    return (SURFACE_PERIOD / np.sqrt(density)) ** (2 / 3) / np.pi
