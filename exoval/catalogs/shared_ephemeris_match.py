"""Optional shared columns: an event among the events of all other stars of its survey.

``measure`` has them where its recipe compares with a survey, and a catalogue of all events of a
survey gives them by itself.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from exoval.catalogs.shared_columns import SharedColumn, same
from exoval.ephemeris_match import COLUMNS, SurveyEvents, ephemeris_match

#: The expected numbers of coincidences fall with the span of the data, as periods become sharper.
#: They tell a short simulated light curve from the survey's own before they tell anything else.
CHANCE = ("chance_matches", "match_chance")
#: to be added to the columns that a catalogue shares with ``measure``
EPHEMERIS_MATCH = tuple(
    SharedColumn(one.name, one.unit, one.description, **same(one.name, one.name))
    for one in COLUMNS
    if one.name not in CHANCE
)


def with_ephemeris_match(
    table: pd.DataFrame, names: dict[str, str], *, each: str | None = None
) -> pd.DataFrame:
    """Return a catalogue of a survey's events with the columns of ``exoval.ephemeris_match``.

    ``names`` are the catalogue's names of target, period, epoch (days), duration (hours) and depth
    (in any unit). The table must list all events of the survey. Rows with one value of the column
    ``each``, such as a run of a pipeline, are a survey of their own.
    """
    events = pd.DataFrame({own: table[name] for own, name in names.items()})
    events["duration"] = events["duration"] / 24
    events["depth"] = events["depth"].where(events["depth"] > 0)
    parts = [events] if each is None else [part for _, part in events.groupby(table[each])]
    found = pd.concat([ephemeris_match(part, SurveyEvents.of_table(part)) for part in parts])
    return table.assign(**found.astype(np.float64))
