"""A star's number in any spelling that tables and people use."""

from __future__ import annotations

import logging
import re
from decimal import Decimal
from numbers import Integral, Real

import numpy as np
import pandas as pd

from exoval.errors import BadParameter

log = logging.getLogger(__name__)

#: from here on a 64-bit float leaves out whole numbers
EXACT_FLOATS = 2**53
#: letters that other names of the catalogues' stars begin with, as in names of files and columns
OTHER_LETTERS = {"KIC": ("kepid", "kplr"), "EPIC": ("ktwo",), "TIC": ("ticid", "tic id")}
NUMBER = r"(\d+(?:\.\d+)?(?:e\+?\d+)?)"


def star_number(given: object, *, prefix: str = "") -> int | None:
    """Return the number of a star such as ``TIC 74482749``; None for what is no star's number.

    The letters of the catalogue (``prefix``, in any case) or those of its files (kplr, ktwo) may
    lead, with blanks, ``_``, ``-`` or zeros behind them; ``74482749.0`` and ``7.4482749E7`` are the
    number 74482749. Raises BadParameter for a number whose last digits were lost: one that is
    written with fewer digits than it has (1.42276E+08), or a float above 2^53.

    >>> [star_number(one, prefix="TIC") for one in ("TIC 74482749.0", "tic-074482749", 74482749.0)]
    [74482749, 74482749, 74482749]
    >>> star_number("7.4482749E7"), star_number("K00002.01"), star_number(float("nan"))
    (74482749, None, None)
    """
    if isinstance(given, Integral):
        return int(given) if given >= 0 else None
    if isinstance(given, Real):
        if not float(given).is_integer() or given < 0:
            return None
        if given >= EXACT_FLOATS:
            raise BadParameter(
                f"star number {given:.0f} was stored as a float, which loses its last digits; "
                "store the column as text or as whole numbers"
            )
        return int(given)
    letters = "|".join(map(re.escape, (*OTHER_LETTERS.get(prefix, ()), prefix)))
    leading = rf"(?:(?:{letters})[\s_:#-]*)?" if prefix else ""
    found = re.fullmatch(leading + NUMBER, str(given).strip(), re.IGNORECASE)
    number = Decimal(found[1]) if found else None
    if number is None or number != number.to_integral_value():
        return None
    if "e" in found[1].lower() and len(number.as_tuple().digits) <= number.adjusted():
        raise BadParameter(
            f"star number '{given}' is rounded: it is written with fewer digits than it has; "
            "write it in full"
        )
    return int(number)


def with_star_numbers(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the rows of a table that have a star's number in ``column``, as text of digits.

    The letters KIC, TIC and EPIC may lead. Rows without a number are left out and counted in the
    log. Raises BadParameter for a number whose last digits were lost.
    """
    digits = _digits(table[column])
    known = digits.notna()
    if not known.all():
        log.warning(
            "%d of %d rows have no star in the column %s and are left out",
            (~known).sum(),
            len(table),
            column,
        )
        table, digits = table[known].reset_index(drop=True), digits[known].reset_index(drop=True)
    return table.assign(**{column: digits})


def _digits(ids: pd.Series) -> pd.Series:
    """Every number as text; a missing one is missing."""
    # whole columns of numbers at once: catalogues have a hundred thousand rows
    if pd.api.types.is_integer_dtype(ids.dtype) and not ids.hasnans:
        return ids.astype(str)
    if ids.dtype.kind == "f":
        values = ids.to_numpy(float)
        usable = np.isfinite(values) & (np.floor(values) == values) & (values >= 0)
        if (values[usable] < EXACT_FLOATS).all():
            text = values[usable].astype(np.int64).astype(str)
            return pd.Series(text, index=ids.index[usable], dtype=object).reindex(ids.index)
    return ids.map(_digits_of).astype(object)


def _digits_of(given: object) -> str | None:
    if pd.isna(given):
        return None
    text = (
        re.sub(r"^\s*(KIC|TIC|EPIC)[\s_:#-]*", "", given, flags=re.I)
        if isinstance(given, str)
        else given
    )
    number = star_number(text)
    return None if number is None else str(number)
