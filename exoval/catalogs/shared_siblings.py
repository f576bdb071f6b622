"""How an event relates to the others of its star, for catalogues that list all events of a star.

The columns of ``exoval.siblings`` are ratios of what one search found in one star, so that they
mean the same for any pipeline. Only how far the search went differs: the counts end at ``MOST``.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exoval.catalogs.shared_columns import SharedColumn, same
from exoval.siblings import COLUMNS, COUNTS, siblings

#: further events of a star that are counted: a simulation that searches for four events finds no
#: more, a pipeline up to nine
MOST = 3

SIBLINGS = tuple(
    SharedColumn(
        one.name,
        one.unit,
        one.description,
        ours=lambda frame, name=one.name: frame[name].clip(upper=MOST),
        theirs=lambda frame, name=one.name: frame[name].clip(upper=MOST),
        differs=f"counted up to {MOST}",
    )
    if one.name in COUNTS
    else SharedColumn(one.name, one.unit, one.description, **same(one.name, one.name))
    for one in COLUMNS
)


def siblings_of(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns of ``exoval.siblings`` for every row of a catalogue, with its index.

    ``names`` translates the catalogue's columns into target, number, period (days), epoch (days),
    duration (hours), depth and strength. The table must list all events of its stars. Depths and
    strengths of zero or less count as unmeasured.
    """
    events = table[list(names)].rename(columns=names)
    positive = {name: events[name].where(events[name] > 0) for name in ("depth", "strength")}
    return siblings(events.assign(duration=events["duration"] / 24, **positive))
