"""An event and the other events of its star: what a search that goes on finds beside it.

A pipeline takes the strongest event of a star out and searches again. A second event at the period
of the first is the other eclipse of a binary, or what its removal left; one at a harmonic is often
a variable star; further planets have periods of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from exoval.ephemeris import SAME_FOUND_PERIOD
from exoval.table.column import Column

#: period ratios at which two events have one cause
HARMONICS = (1 / 3, 0.5, 1.0, 2.0, 3.0)
#: relative difference of periods below which they count as equal, and one that is always told
SMALLEST_DISTANCE = 1e-6

#: columns that count events
COUNTS = ("sibling_count", "siblings_before")

COLUMNS = (
    Column("sibling_count", "", "number of other events found in the star"),
    Column("siblings_before", "", "number of events that were found before it"),
    Column(
        "sibling_period_distance",
        "dex",
        "logarithm of the least relative difference between another event's period and the "
        "event's, or a third, half, twice or three times it",
    ),
    Column("sibling_period_ratio", "", "binary logarithm of that event's period over the event's"),
    Column("sibling_phase", "", "distance of that event in phase of the shorter period, 0 to 0.5"),
    Column("sibling_strength", "dex", "logarithm of that event's strength over the event's"),
    Column("sibling_depth", "dex", "logarithm of that event's depth over the event's"),
    Column("sibling_duration", "dex", "logarithm of that event's duration over the event's"),
    Column(
        "strongest_sibling", "dex", "logarithm of the strongest other event's strength over its own"
    ),
    Column(
        "has_stronger_twin",
        "",
        "1 if a stronger event has the event's period, half or twice it",
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Events:
    """Events of one star; arrays of shape (events,)."""

    period: np.ndarray
    epoch: np.ndarray
    duration: np.ndarray
    depth: np.ndarray
    strength: np.ndarray


def siblings(events: pd.DataFrame) -> pd.DataFrame:
    """Return ``COLUMNS`` for every row of a table of events, with the table's index.

    ``events`` has the columns target, number (1 for the event found first), period, epoch and
    duration (days), depth and strength (signal-to-noise ratio). An event alone in its star has the
    counts and no stronger twin; everything else is missing.
    """
    values = np.full((len(events), len(COLUMNS)), np.nan)
    names = ("period", "epoch", "duration", "depth", "strength")
    arrays = {name: events[name].to_numpy(dtype=float) for name in names}
    for rows in events.groupby("target", sort=False).indices.values():
        values[rows] = _of_star(_Events(**{name: arrays[name][rows] for name in names}))
    found = pd.DataFrame(values, columns=[one.name for one in COLUMNS], index=events.index)
    found["siblings_before"] = events["number"].astype(float) - 1
    return found


def _of_star(star: _Events) -> np.ndarray:
    """The columns for every event of one star, shape (events, columns)."""
    count = len(star.period)
    values = np.full((count, len(COLUMNS)), np.nan)
    values[:, 0], values[:, -1] = count - 1, 0.0
    if count == 1:
        return values
    # one row an event, one column another event
    ratio = star.period / star.period[:, None]
    distance = np.min([np.abs(ratio / harmonic - 1) for harmonic in HARMONICS], axis=0)
    np.fill_diagonal(distance, np.inf)
    # of several at the same distance, such as both eclipses of a binary, the strongest
    score = np.maximum(distance, SMALLEST_DISTANCE)
    nearest = np.array([np.lexsort((-star.strength, row))[0] for row in score])
    own = np.arange(count)
    shorter = np.minimum(star.period, star.period[nearest])
    phase = (star.epoch[nearest] - star.epoch) / shorter
    others = np.where(np.eye(count, dtype=bool), -np.inf, star.strength)
    twin = (others > star.strength[:, None]) & (_octave_distance(ratio) < SAME_FOUND_PERIOD)
    with np.errstate(divide="ignore", invalid="ignore"):
        values[:, 2] = np.log10(score[own, nearest])
        values[:, 3] = np.log2(ratio[own, nearest])
        values[:, 4] = np.abs(phase - np.round(phase))
        values[:, 5] = np.log10(star.strength[nearest] / star.strength)
        values[:, 6] = np.log10(star.depth[nearest] / star.depth)
        values[:, 7] = np.log10(star.duration[nearest] / star.duration)
        values[:, 8] = np.log10(others.max(axis=1) / star.strength)
    values[:, 9] = twin.any(axis=1)
    return np.where(np.isfinite(values), values, np.nan)


def _octave_distance(ratio: np.ndarray) -> np.ndarray:
    """Least relative difference of period ratios from a half, one and two."""
    return np.min([np.abs(ratio / harmonic - 1) for harmonic in (0.5, 1.0, 2.0)], axis=0)
