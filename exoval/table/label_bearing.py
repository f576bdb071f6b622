"""Columns of published tables that give the label away, each with the reason to refuse it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from exoval.errors import BadTable


class Named(Protocol):
    """A column with a name and the archive's columns that it comes from."""

    name: str
    source: str


VERDICT = "is the verdict itself"
ROBOVETTER = "is a verdict of the Robovetter, from which the label was made"
PEOPLE = "was written by people or programs that knew the verdict"
NAMED = "is given to what has been vetted or confirmed"
OTHERS = "is another model's verdict"
FOLLOWED = (
    "is small where the star was observed again, which was done for events that had passed vetting"
)
VALIDATES = "is part of a false-positive probability by which planets were validated"

#: catalogue -> column, or a pattern of columns -> why it knows the label
LABEL_BEARING: dict[str, dict[str, str]] = {
    "any": {"label": VERDICT, "disposition": VERDICT},
    "koi": {
        "koi_disposition": VERDICT,
        "koi_pdisposition": ROBOVETTER,
        "koi_score": ROBOVETTER,
        r"koi_fpflag_\w+": ROBOVETTER,
        "koi_comment": PEOPLE,
        "koi_disp_prov": PEOPLE,
        "koi_vet_stat": PEOPLE,
        "koi_vet_date": PEOPLE,
        "kepler_name": NAMED,
        "kepoi_name": "numbers what was vetted in the order of vetting",
        "koi_count": "counts the events of the star that passed vetting",
        "koi_tce_delivname": "says which run of pipeline and vetting made the object",
        r"koi_(steff|slogg|smet|srad|smass|prad|sma|teq|insol)_err[12]?": FOLLOWED,
    },
    "tce": {
        "tce_nkoi": "counts the events of the star that passed vetting",
        r"tce_(steff|slogg|smet|sradius|smass|s?dens|prad|sma|eqt|insol)_s?err[12]?": FOLLOWED,
        "tce_rogue_flag": PEOPLE,
        "av_training_set": VERDICT,
        r"av_p\w+": OTHERS,
        "exominer_fold": "was assigned by label",
    },
    "certified_false_positives": {r"fpwg_\w+": "is what people found when they vetted"},
    "vespa": {r"fpp_\w+": VALIDATES, "FPP": VALIDATES, r"(lhood|pr)_\w+": VALIDATES},
    "robovetter": {
        "score": ROBOVETTER,
        "disp": ROBOVETTER,
        "not_transit_like": ROBOVETTER,
        "not_transitlike": ROBOVETTER,
        "stellar_eclipse": ROBOVETTER,
        "significant_secondary": ROBOVETTER,
        "centroid_offset": ROBOVETTER,
        "ephem_match": ROBOVETTER,
        "minor_flags": ROBOVETTER,
    },
    "toi": {"tfopwg_disp": VERDICT, "toi": NAMED, "toipfx": NAMED},
}

#: columns that are measurements in their own table, but give the label away in another one
JOINED: dict[str, dict[str, str]] = {
    "tce": {
        r"koi_\w+": "exists only for events that passed vetting, so that its gaps are the label"
    },
}
#: words of a source that name a column of the archive
WORD = re.compile(r"[A-Za-z_]\w*")


def reason_against(column: str, *, catalogue: str | None = None) -> str | None:
    """The reason why a column of the archive may not be a feature; None if it may.

    A column refused in one catalogue is refused everywhere. Those of ``JOINED`` are the exception:
    they are refused in ``catalogue`` alone.

    >>> reason_against("koi_count")
    "'koi_count' (koi) counts the events of the star that passed vetting"
    >>> reason_against("koi_period") is None
    True
    """
    lists = {**LABEL_BEARING, f"joined to {catalogue}": JOINED.get(catalogue, {})}
    for table, columns in lists.items():
        for pattern, reason in columns.items():
            if re.fullmatch(pattern, column):
                return f"'{column}' ({table}) {reason}"
    return None


def refuse_label_bearing(columns: Iterable[Named], *, catalogue: str | None = None) -> None:
    """Raise BadTable, with the reason, for every column that gives the label away.

    The name and the words of ``source`` are both checked, so that renaming hides nothing.
    """
    found = {}
    for column in columns:
        for name in (column.name, *WORD.findall(column.source)):
            reason = reason_against(name, catalogue=catalogue)
            if reason is not None:
                found[column.name] = reason
    if found:
        listed = "; ".join(f"{name}: {reason}" for name, reason in sorted(found.items()))
        raise BadTable(
            f"{len(found)} feature columns know the label ({listed}); take them out of the table"
        )
