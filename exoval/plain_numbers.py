"""Plain arrays of numbers from whatever carries them: lists, masked arrays, table columns, units.

Units and masks are recognised by the attributes that astropy and numpy.ma give such objects
(``unit``, ``mask``), so that neither need be imported.
"""

from __future__ import annotations

import numpy as np

#: values whose mask or unit is to be heeded: array, list, column, quantity
Values = object


def missing(values: Values) -> np.ndarray:
    """Return where values are masked, boolean of shape (values,); nowhere without a mask."""
    mask = getattr(values, "mask", None)
    # a method (pandas) is no mask; numpy's nomask is one False for all values
    if mask is None or callable(mask):
        return np.zeros(len(values), dtype=bool)
    return np.broadcast_to(np.asarray(mask, dtype=bool), (len(values),))


def plain_numbers(values: Values) -> np.ndarray:
    """Return values as a flat array of native 64-bit floats without unit, masked ones as NaN.

    An array that already is one is returned itself. Raises TypeError or ValueError for values that
    are not numbers or not flat.
    """
    if type(values) is np.ndarray and values.dtype == np.float64 and values.dtype.isnative:
        return _flat(values)
    if hasattr(values, "jd"):
        raise TypeError("a Time counts from no mission's zero; give Time.tdb.jd less that zero")
    hidden = missing(values)
    if hasattr(values, "to_numpy"):
        return _flat(values.to_numpy(dtype=np.float64, na_value=np.nan))
    bare = getattr(values, "unmasked", values)
    bare = np.asarray(np.ma.getdata(getattr(bare, "value", bare) if _unit(bare) else bare))
    if bare.dtype.kind in "Mmc":
        raise TypeError(f"values of type {bare.dtype} are no numbers")
    numbers = bare.astype(np.float64)
    return _flat(np.where(hidden, np.nan, numbers) if hidden.any() else numbers)


def in_days(values: Values) -> Values:
    """Return values in days if they carry another unit of time, else as they are.

    Units that are no time, as in columns of files ("BJD - 2457000, days"), are ignored.
    """
    return _in_unit(values, "day")


def in_unit_of(values: Values, others: Values) -> Values:
    """Return values in the unit of others if both carry units that can be converted."""
    return values if _unit(others) is None else _in_unit(values, _unit(others))


def is_logarithmic(values: Values) -> bool:
    """Return whether values carry a unit such as magnitudes or decibels."""
    return _unit(values) is not None and any(
        word in str(_unit(values)).lower() for word in ("mag", "dex", "db")
    )


def _unit(values: Values) -> object:
    """The unit that values carry; None without one."""
    return getattr(values, "unit", None)


def _in_unit(values: Values, unit: object) -> Values:
    own = _unit(values)
    if own == unit or not hasattr(own, "is_equivalent") or not own.is_equivalent(unit):
        return values
    return values.to(unit)


def _flat(numbers: np.ndarray) -> np.ndarray:
    if numbers.ndim != 1:
        raise ValueError(f"the shape is {numbers.shape}, not (cadences,)")
    return numbers
