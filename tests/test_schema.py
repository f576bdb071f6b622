"""A file of JSON becomes a record, or a sentence that names the entry and its value."""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.schema import as_record, read_record


@dataclass(frozen=True, kw_only=True)
class Inner:
    share: float

    def __post_init__(self):
        if not 0 <= self.share <= 1:
            raise BadParameter(f"share={self.share}; give 0 to 1")


@dataclass(frozen=True, kw_only=True)
class Outer:
    name: str
    rows: int
    cells: np.ndarray
    pair: tuple[int, str]
    inner: dict[str, Inner]
    notes: list[str] = field(default_factory=list)
    seed: int | None = None


GOOD = {
    "name": "a",
    "rows": 3,
    "cells": [[1, 2], [3, 4.5]],
    "pair": [1, "x"],
    "inner": {"a": {"share": 1}},
    "another": "entry of a later version",
}


def test_a_good_file_becomes_a_record(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(GOOD))
    made = read_record(path, Outer, remedy="write it again")
    assert (made.name, made.rows, made.pair, made.notes, made.seed) == ("a", 3, (1, "x"), [], None)
    assert made.cells.tolist() == [[1, 2], [3, 4.5]]
    assert made.inner == {"a": Inner(share=1.0)} and isinstance(made.inner["a"].share, float)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 5}, r"name is 5 instead of a text"),
        ({"name": None}, r"name is None instead of a text"),
        ({"rows": 3.5}, r"rows is 3\.5 instead of a whole number"),
        ({"rows": True}, r"rows is True instead of a whole number"),
        ({"rows": "3"}, r"rows is '3' instead of a whole number"),
        ({"cells": 5}, r"cells is 5 instead of numbers in lists"),
        ({"cells": [[1, 2], [3]]}, r"cells is .* instead of numbers in lists of one length"),
        ({"cells": [["1"]]}, r"cells is .* instead of numbers"),
        ({"cells": [[None]]}, r"cells is .* instead of numbers"),
        ({"pair": [1]}, r"pair has 1 entries instead of 2"),
        ({"pair": ["x", 1]}, r"pair\[0\] is 'x' instead of a whole number"),
        ({"inner": []}, r"inner is \[\] instead of a set of named entries"),
        ({"inner": {"a": {}}}, r"inner\.a lacks share"),
        ({"inner": {"a": {"share": 2}}}, r"inner\.a: share=2.0; give 0 to 1"),
        ({"inner": {"a": {"share": 10**400}}}, r"inner\.a: share=nan"),
        ({"notes": "text"}, r"notes is 'text' instead of a list"),
        ({"seed": "x"}, r"seed is 'x' instead of a whole number"),
    ],
)
def test_an_entry_of_another_kind_is_named(change, message):
    with pytest.raises(BadTable, match=f"^a.json: {message}.*; write it again$") as caught:
        as_record(GOOD | change, Outer, source="a.json", remedy="write it again")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("lost", ["name", "rows", "cells", "pair", "inner"])
def test_a_lost_entry_is_named(lost):
    plain = {key: value for key, value in GOOD.items() if key != lost}
    with pytest.raises(BadTable, match=f"it lacks {lost}"):
        as_record(plain, Outer, source="a.json", remedy="write it again")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\udcff", "nul", '{"a": 1}}'])
def test_what_is_no_json_is_refused(text, tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadTable, match=r"cannot read .*a\.json \(.+\); write it again"):
        read_record(path, Outer, remedy="write it again")
    with pytest.raises(DataNotFound, match=r"no .*b\.json; write it again"):
        read_record(tmp_path / "b.json", Outer, remedy="write it again")
