"""Repeats of one light curve are found among any number of parts."""

import numpy as np
import pyarrow as pa
import pytest

from simulate.example import FAILED, KEPT
from simulate.repeats import repeated_rows


def part(*rows):
    names = ("status", "target", "segments", "transform", "found_period_days")
    return pa.table({name: [row[number] for row in rows] for number, name in enumerate(names)})


def test_the_first_of_equal_events_counts(tmp_path):
    event = (KEPT, "KIC 1", "3", "as_is", 9.0)
    parts = [
        part(event, (KEPT, "KIC 1", "3", "inverted", 9.0), (KEPT, "KIC 2", "3", "as_is", 9.0)),
        part((FAILED, *event[1:]), event, (KEPT, "KIC 1", "3", "as_is", 9.5)),
        part(event),
    ]
    again = repeated_rows(parts, tmp_path / "work")
    assert list(again) == [False, False, False, False, True, False, True]
    assert not (tmp_path / "work").exists()


def test_events_without_a_found_period_are_no_repeats(tmp_path):
    """Signals injected into one light curve have none; of their shards the column is missing."""
    rows = part((KEPT, "KIC 1", "3", None, None), (KEPT, "KIC 1", "3", None, None))
    assert not repeated_rows([rows], tmp_path / "work").any()
    assert not repeated_rows([rows.drop_columns(["found_period_days"])], tmp_path / "work").any()


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_any_cut_finds_what_a_dictionary_finds(tmp_path, size):
    rng = np.random.default_rng(0)
    rows = [
        (KEPT, f"KIC {star}", None, "as_is", float(period))
        for star, period in rng.integers(0, 40, (1000, 2))
    ]
    seen, expected = set(), []
    for row in rows:
        expected.append(row in seen)
        seen.add(row)
    parts = [part(*rows[start : start + size]) for start in range(0, len(rows), size)]
    assert list(repeated_rows(parts, tmp_path / "work")) == expected
    assert 0.2 < np.mean(expected) < 0.8
