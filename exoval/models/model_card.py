"""Fitted estimators as a card of plain values and a list of arrays, and back.

A card is what JSON has: numbers, texts, lists, and entries with one key that says their kind. Of
classes and functions it has names alone, and only those of an exact list (``exoval.models.parts``)
are found again; a class is filled with its state, and no code of the card's own is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from exoval.errors import BadTable
from exoval.models.parts import (
    BUILT_BY_ARGUMENTS,
    FUNCTIONS,
    function_part,
    is_part,
    name_of,
    part_class,
)
from exoval.models.whole_trees import check_whole

#: values within values, at most
DEEPEST = 100
#: types of numbers, which estimators keep as they are
NUMBERS = {kind.__name__: kind for kind in (np.float64, np.float32, np.int64, np.uint8, float, int)}
PLAIN = (type(None), bool, int, float, str)


class NotOnTheList(Exception):
    """A value holds something that no card may name; the message is its name."""


class CardWriter:
    """Turns an estimator into a card; ``arrays`` are those that the card refers to by number."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []
        self._number: dict[int, int] = {}

    def card(self, value: Any) -> Any:
        """The card of a value; NotOnTheList if it holds a class or function of others."""
        kind = type(value)
        if kind in PLAIN:
            return value
        if kind is np.ndarray:
            return self._array(value)
        if kind in (list, tuple, set):
            members = sorted(value) if kind is set else value
            return {kind.__name__: [self.card(one) for one in members]}
        if kind is dict:
            return {"dict": [[self.card(key), self.card(one)] for key, one in value.items()]}
        if isinstance(value, np.generic):
            return {"scalar": self._numbered(np.asarray(value))}
        if kind is type and value in NUMBERS.values():
            return {"number": value.__name__}
        if isinstance(value, np.dtype):
            return {"dtype": plain_dtype(value)}
        if isinstance(value, np.random.RandomState):
            return {"random": self.card(value.get_state(legacy=False))}
        if isinstance(value, np.random.Generator):
            if type(value.bit_generator) is not np.random.PCG64:
                raise NotOnTheList(name_of(type(value.bit_generator)))
            return {"generator": self.card(value.bit_generator.state)}
        if name_of(value) in FUNCTIONS:
            return {"function": name_of(value)}
        return self._object(value, kind)

    def _array(self, value: np.ndarray) -> dict:
        if value.dtype.hasobject:
            return {
                "objects": [self.card(one) for one in value.ravel().tolist()],
                "shape": list(value.shape),
            }
        return {"array": self._numbered(value)}

    def _numbered(self, value: np.ndarray) -> int:
        """The number of an array, which is listed once; kept here, it keeps its id."""
        if id(value) not in self._number:
            self._number[id(value)] = len(self.arrays)
            self.arrays.append(value)
        return self._number[id(value)]

    def _object(self, value: Any, kind: type) -> dict:
        name = name_of(kind)
        if not is_part(name):
            raise NotOnTheList(name)
        if name not in BUILT_BY_ARGUMENTS:
            state = value.__getstate__() if hasattr(value, "__getstate__") else vars(value)
            return {"object": name, "state": self.card(state)}
        maker, arguments, *state = value.__reduce__()
        if maker is not kind:
            # a function that makes an empty one: of the class, or of it and a number of its version
            if arguments[0] is not kind or not (arguments[1:] == () or arguments[2:] == ((),)):
                raise NotOnTheList(name)
            arguments = ()
        return {
            "object": name,
            "arguments": self.card(list(arguments)),
            "state": self.card(state[0] if state else None),
        }


class CardReader:
    """Turns a card into an estimator again, with ``arrays`` by their number."""

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        self._arrays = arrays

    def value(self, card: Any, deep: int = 0) -> Any:
        """What a card describes; BadTable for a card of another form and a name that is not listed.

        Raises whatever a listed class raises for a state that is not its own.
        """
        if type(card) in PLAIN:
            return card
        if not isinstance(card, dict) or not card or deep > DEEPEST:
            raise BadTable("the card holds values of no known kind")
        kind = next(iter(card))
        make = _MAKERS.get(kind)
        if make is None:
            raise BadTable(f"the card holds values of the unknown kind '{str(kind)[:40]}'")
        return make(self, card, deep + 1)

    def _members(self, card: dict, kind: str, deep: int) -> list:
        return [self.value(one, deep) for one in card[kind]]

    def _dict(self, card: dict, deep: int) -> dict:
        return {self.value(key, deep): self.value(one, deep) for key, one in card["dict"]}

    def _array(self, card: dict, _: int) -> np.ndarray:
        return self._arrays[card["array"]]

    def _objects(self, card: dict, deep: int) -> np.ndarray:
        members = self._members(card, "objects", deep)
        array = np.empty(len(members), dtype=object)
        array[:] = members
        return array.reshape(card["shape"])

    def _random(self, card: dict, deep: int) -> np.random.RandomState:
        random = np.random.RandomState()
        random.set_state(self.value(card["random"], deep))
        return random

    def _generator(self, card: dict, deep: int) -> np.random.Generator:
        bits = np.random.PCG64(0)
        bits.state = self.value(card["generator"], deep)
        return np.random.Generator(bits)

    def _object(self, card: dict, deep: int) -> Any:
        name = card["object"]
        kind = part_class(name)
        state = self.value(card.get("state"), deep)
        arguments = self.value(card["arguments"], deep) if "arguments" in card else []
        if arguments and name not in BUILT_BY_ARGUMENTS:
            raise BadTable(f"the card gives arguments to {name}, which takes none")
        made = kind(*arguments) if arguments else kind.__new__(kind)
        if state is not None:
            if hasattr(made, "__setstate__"):
                made.__setstate__(state)
            else:
                vars(made).update(state)
        check_whole(name, made, arguments, state)
        return made


_MAKERS: dict[str, Callable[[CardReader, dict, int], Any]] = {
    "list": lambda reader, card, deep: reader._members(card, "list", deep),
    "tuple": lambda reader, card, deep: tuple(reader._members(card, "tuple", deep)),
    "set": lambda reader, card, deep: set(reader._members(card, "set", deep)),
    "dict": CardReader._dict,
    "array": CardReader._array,
    "objects": CardReader._objects,
    "scalar": lambda reader, card, _: reader._arrays[card["scalar"]][()],
    "dtype": lambda reader, card, _: dtype_from_plain(card["dtype"]),
    "number": lambda reader, card, _: NUMBERS[card["number"]],
    "random": CardReader._random,
    "generator": CardReader._generator,
    "function": lambda reader, card, _: function_part(card["function"]),
    "object": CardReader._object,
}


def plain_dtype(dtype: np.dtype) -> Any:
    """A dtype as JSON has it; NotOnTheList for one that holds objects."""
    if dtype.hasobject:
        raise NotOnTheList("an array of objects")
    return np.lib.format.dtype_to_descr(dtype)


def dtype_from_plain(plain: Any) -> np.dtype:
    """The dtype that ``plain_dtype`` described; BadTable for one that holds objects."""
    dtype = np.lib.format.descr_to_dtype(_as_tuples(plain))
    if dtype.hasobject:
        raise BadTable("the card holds an array of objects")
    return dtype


def _as_tuples(plain: Any) -> Any:
    """The fields of a structured dtype as numpy wants them: JSON has no tuples."""
    if not isinstance(plain, list):
        return plain
    return [tuple(_shape(part) for part in field) for field in plain]


def _shape(part: Any) -> Any:
    if isinstance(part, list):
        return tuple(part) if all(isinstance(one, int) for one in part) else _as_tuples(part)
    return part
