"""The outcome of a list of events in one line, for somebody who sees it for the first time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from exoval.labels import LabelMeaning


def summary(rows: Sequence[Mapping[str, object]], meanings: Mapping[str, LabelMeaning]) -> str:
    """One sentence about judged events, from rows of ``VettingResult.row``.

    For one event it says the most probable label, the probability and the source of the
    ephemeris; for several, how many events have each label. Without events it is empty.
    ``meanings`` are those of the model's labels.

    >>> row = {"event": "KOI-7", "most_probable": "planet", "P_planet": 0.97, "source": "a table"}
    >>> meaning = LabelMeaning(
    ...     short="Planet", description="planet on the target", counts_as_planet=True
    ... )
    >>> summary([row], {"planet": meaning})
    'KOI-7 is most probably: planet on the target (97 %). Ephemeris: a table.'
    """
    if not rows:
        return ""
    kinds = Counter(str(row["most_probable"]) for row in rows)
    if len(rows) > 1:
        counts = ", ".join(
            f"{_in_words(kind, meanings)} {count}" for kind, count in kinds.most_common()
        )
        return f"{len(rows)} events are most probably: {counts}."
    (row,), (kind,) = rows, kinds
    return (
        f"{row['event']} is most probably: {_in_words(kind, meanings)} "
        f"({100 * float(row[f'P_{kind}']):.0f} %). Ephemeris: {row['source']}."
    )


def _in_words(label: str, meanings: Mapping[str, LabelMeaning]) -> str:
    return meanings[label].description if label in meanings else label
