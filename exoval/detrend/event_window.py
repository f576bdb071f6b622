"""How long a detrending's window must be to leave the events that a search looks for."""

from __future__ import annotations

from exoval.errors import BadParameter
from exoval.search.period_grid import duration_scale

#: A window of so many durations is four of the central transit's, and leaves 0.99 of its depth
#: (docs/results/detrend_depth.md); longer ones leave more of the star's own variation
WINDOW_PER_EVENT = 2.0
#: Splines with knots so many durations apart do
KNOTS_PER_EVENT = 2.0


def longest_event(longest_period_days: float | None, longest_duration: float) -> float:
    """Return the longest duration in days that a search tries; 0 for a search without periods.

    It is ``longest_duration`` times the central transit of a star of solar density at
    ``longest_period_days``. Raises BadParameter if a number is not positive.

    >>> round(longest_event(400.0, 2.0), 2)
    1.11
    """
    if longest_period_days is None:
        return 0.0
    if not (longest_period_days > 0 and longest_duration > 0):
        raise BadParameter(
            f"longest_period_days={longest_period_days}, longest_duration={longest_duration} must "
            "both be positive"
        )
    return longest_duration * float(duration_scale(1.0)) * longest_period_days ** (1 / 3)


def event_window(
    window_days: float, *, longest_period_days: float | None, longest_duration: float
) -> float:
    """Return the window in days: ``window_days``, or twice the longest event if that is longer.

    Raises the errors of ``longest_event``.

    >>> event_window(1.5, longest_period_days=30.0, longest_duration=2.0)
    1.5
    >>> round(event_window(1.5, longest_period_days=400.0, longest_duration=2.0), 2)
    2.23
    """
    return max(window_days, WINDOW_PER_EVENT * longest_event(longest_period_days, longest_duration))
