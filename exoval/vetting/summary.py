"""The outcome of a list of events, for somebody who sees it for the first time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from exoval.labels import LabelMeaning

#: the most probable label of an event whose probabilities are withheld
WITHHELD = "withheld"
#: between the caveats of one event in a table: a sentence may hold a semicolon
BETWEEN = " | "

#: what differs between messages of one kind: quoted words, stars, paths and numbers
PARTICULARS = r"(?<=')[^']*(?=')|\b(?:KIC|TIC|EPIC)[ -]?\d+|\S*/\S+|(?<![A-Za-z])[-+]?\d[\d.,e+-]*"


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
    if kind == WITHHELD:
        return f"{row['event']} has no probabilities: {row['caveats'].split(BETWEEN)[0]}."
    return (
        f"{row['event']} is most probably: {_in_words(kind, meanings)} "
        f"({100 * float(row[f'P_{kind}']):.0f} %). Ephemeris: {row['source']}."
    )


def list_summary(
    rows: Sequence[Mapping[str, object]],
    *,
    asked: int,
    failed: Sequence[str],
    no_event: Sequence[str],
) -> str:
    """Lines about a list: how many targets were judged, failures by reason, caveats by kind.

    ``rows`` are those of ``VettingResult.row``, ``asked`` the number of targets; ``failed`` and
    ``no_event`` hold the messages of targets that failed and of those without an event.

    >>> print(list_summary([], asked=2, failed=["no file 'a'", "no file 'b'"], no_event=[]))
    targets: 2
      judged: 0 (0 events)
      without an event: 0
      failed: 2
        2 no file '...'; the first: no file 'a'
    """
    judged = asked - len(failed) - len(no_event)
    lines = [
        f"targets: {asked}",
        f"  judged: {judged} ({len(rows)} events)",
        f"  without an event: {len(no_event)}",
        f"  failed: {len(failed)}",
        *_by_kind(re.sub(r"^row \d+: ", "", one) for one in failed),
    ]
    caveats = [
        caveat for row in rows for caveat in str(row.get("caveats", "")).split(BETWEEN) if caveat
    ]
    if caveats:
        lines += ["caveats of events:", *_by_kind(caveats)]
    return "\n".join(lines)


def _by_kind(messages: Iterable[str]) -> list[str]:
    """A line for each kind of message, the most frequent first."""
    kinds: dict[str, list[str]] = {}
    for message in messages:
        kinds.setdefault(re.sub(PARTICULARS, "...", message), []).append(message)
    lines = []
    for kind, members in sorted(kinds.items(), key=lambda one: -len(one[1])):
        if len(set(members)) == 1:
            lines.append(f"    {len(members)} {members[0]}")
        else:
            lines.append(f"    {len(members)} {kind}; the first: {members[0]}")
    return lines


def _in_words(label: str, meanings: Mapping[str, LabelMeaning]) -> str:
    return meanings[label].description if label in meanings else label
