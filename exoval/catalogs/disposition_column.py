"""The words of a published table's column of dispositions, among them missing and unknown ones."""

from __future__ import annotations

import logging

import pandas as pd

from exoval.errors import BadParameter
from exoval.labels import NOT_DISPOSITIONED, UNKNOWN, from_disposition

log = logging.getLogger(__name__)


def labels_of(words: pd.Series) -> pd.Series:
    """Return a table's own words, with NOT DISPOSITIONED, the archive's, where there is none."""
    return words.where(_is_given(words), NOT_DISPOSITIONED)


def dispositions_of(words: pd.Series, catalogue: str) -> pd.Series:
    """Translate a table's words into planet, false_positive or unknown.

    A missing word is unknown, and so is a word that exoval does not know, which is named and
    counted in the log.
    """
    labels = labels_of(words)
    known = {word: _disposition(word) for word in labels.unique()}
    strange = labels[labels.map(known).isna()].value_counts()
    if len(strange):
        log.warning(
            "%s: the dispositions %s are not known and count as unknown",
            catalogue,
            ", ".join(f"'{word}' ({count} rows)" for word, count in strange.items()),
        )
    return labels.map(lambda word: known[word] or UNKNOWN).astype(object)


def _disposition(word: str) -> str | None:
    try:
        return from_disposition(word)
    except BadParameter:
        return None


def _is_given(words: pd.Series) -> pd.Series:
    return words.notna() & ~words.astype(str).str.strip().str.lower().isin(("", "nan", "none"))
