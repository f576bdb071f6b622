"""Columns of published tables that know the answer, and why: no model may see them."""

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
        "koi_tce_delivname": "says in which run of pipeline and vetting the object was made",
        r"koi_(steff|slogg|smet|srad|smass|prad|sma|teq|insol)_err[12]?": FOLLOWED,
    },
    "tce": {
        "tce_nkoi": "counts the events of the star that passed vetting",
        r"tce_(steff|slogg|smet|sradius|smass|s?dens|prad|sma|eqt|insol)_s?err[12]?": FOLLOWED,
        "tce_rogue_flag": PEOPLE,
        "av_training_set": VERDICT,
        r"av_p\w+": OTHERS,
        "exominer_fold": "was dealt out by label",
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

#: columns that are measurements in their own table, and know the label when joined to another
JOINED: dict[str, dict[str, str]] = {
    "tce": {
        r"koi_\w+": "is there for events that passed vetting alone, so that its gaps are the label"
    },
}
#: words in a source that are the archive's columns
WORD = re.compile(r"[A-Za-z_]\w*")


def reason_against(column: str, *, catalogue: str | None = None) -> str | None:
    """Why a column, by the archive's name, may not be a feature; None if it may.

    Columns that are refused in one catalogue are refused everywhere, but for those of ``JOINED``,
    which are refused in ``catalogue`` alone.
    """
    lists = {**LABEL_BEARING, f"joined to {catalogue}": JOINED.get(catalogue, {})}
    for table, columns in lists.items():
        for pattern, reason in columns.items():
            if re.fullmatch(pattern, column):
                return f"'{column}' ({table}) {reason}"
    return None


def refuse_label_bearing(columns: Iterable[Named], *, catalogue: str | None = None) -> None:
    """Raise BadTable, with the reason, for a column that knows the label, under any name.

    Both the name and the words of ``source`` are looked at, so that renaming hides nothing.
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
