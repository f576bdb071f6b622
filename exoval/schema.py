"""Files of JSON as records: the fields of a dataclass say what a file holds.

A record is a dataclass whose annotations are ``str``, ``int``, ``float``, ``bool``, ``object``,
``dict``, ``list[...]``, ``tuple[..., ...]``, ``dict[str, ...]``, ``np.ndarray`` (nested lists of
numbers, equally long), other dataclasses, and ``... | None``. A field with a default may be
missing; entries that the record does not have are ignored.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from exoval.errors import BadTable, DataNotFound, ExovalError, reason_of, shown

Record = TypeVar("Record")
#: what to say instead of a type
WORDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a set of named entries",
    list: "a list",
    tuple: "a list",
    np.ndarray: "numbers in lists of one length",
}


def read_record(path: str | Path, kind: type[Record], *, remedy: str) -> Record:
    """Read a file of JSON as a record.

    Raises DataNotFound if the file does not exist, BadTable, which names the file, the entry and
    its value and ends with ``remedy``, if it is damaged or holds something else.
    """
    return as_record(read_json(path, remedy=remedy), kind, source=str(path), remedy=remedy)


def read_json(path: str | Path, *, remedy: str) -> Any:
    """The plain values in a file of JSON; raises as ``read_record`` does."""
    if not Path(path).is_file():
        raise DataNotFound(f"no {path}; {remedy}")
    try:
        return json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        raise BadTable(f"cannot read {path} ({reason_of(error)}); {remedy}") from error


def as_record(plain: object, kind: type[Record], *, source: str, remedy: str) -> Record:
    """Plain values as a record; BadTable, which begins with ``source``, if they do not fit."""
    try:
        return _as(plain, kind, "")
    except _Unfit as error:
        raise BadTable(f"{source}: {error}; {remedy}") from error


class _Unfit(Exception):
    """A value does not fit its field."""


def _as(value: object, kind: Any, place: str) -> Any:
    if kind in (object, Any):
        return value
    if is_dataclass(kind):
        return _as_dataclass(value, kind, place)
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _as_one_of(value, inside, place)
    if origin in (list, tuple, Sequence):
        if not isinstance(value, list | tuple):
            raise _unfit(value, list, place)
        each = inside[:1] * len(value) if origin is not tuple or inside[-1] is ... else inside
        if len(each) != len(value):
            raise _Unfit(f"{place or 'it'} has {len(value)} entries instead of {len(each)}")
        made = [
            _as(one, of, f"{place}[{number}]")
            for number, (one, of) in enumerate(zip(value, each, strict=True))
        ]
        return tuple(made) if origin is tuple else made
    if origin in (dict, Mapping):
        if not isinstance(value, dict):
            raise _unfit(value, dict, place)
        return {key: _as(one, inside[1], _inside(place, key)) for key, one in value.items()}
    if kind is np.ndarray:
        return _as_array(value, place)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        # JSON writes 3.0 as 3, and whole numbers that no float holds are no measurement
        value = float(value) if abs(value) < 1e300 else math.nan
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _unfit(value, kind, place)
    return value


def _as_one_of(value: object, kinds: tuple, place: str) -> Any:
    """The value as the first of several kinds that it fits."""
    if value is None and type(None) in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    for kind in kinds[:-1]:
        try:
            return _as(value, kind, place)
        except _Unfit:
            continue
    return _as(value, kinds[-1], place)


def _as_array(value: object, place: str) -> np.ndarray:
    """Nested lists of numbers as an array."""
    try:
        array = np.array(value) if isinstance(value, list) else None
    except ValueError:
        # lists of several lengths
        array = None
    if array is None or not (array.dtype.kind in "iuf" or array.size == 0):
        raise _unfit(value, np.ndarray, place)
    return array


def _as_dataclass(value: object, kind: Any, place: str) -> Any:
    if not isinstance(value, dict):
        raise _unfit(value, dict, place)
    hints, known = _hints(kind), {field.name: field for field in fields(kind) if field.init}
    missing = [
        name
        for name, field in known.items()
        if name not in value and field.default is MISSING and field.default_factory is MISSING
    ]
    if missing:
        raise _Unfit(f"{place or 'it'} lacks {', '.join(missing)}")
    given = {
        name: _as(value[name], hints[name], _inside(place, name)) for name in known if name in value
    }
    try:
        return kind(**given)
    except ExovalError as error:
        raise _Unfit(f"{place}: {error}" if place else str(error)) from error


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _inside(place: str, name: object) -> str:
    return f"{place}.{str(name)[:40]}" if place else str(name)[:40]


def _unfit(value: object, kind: Any, place: str) -> _Unfit:
    return _Unfit(f"{place or 'it'} is {shown(value)} instead of {WORDS.get(kind, kind)}")
