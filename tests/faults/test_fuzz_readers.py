"""Any bytes into any reader: an answer or one sentence, in bounded time and memory.

``benchmarks/fuzz_readers.py`` does the same with thousands of inputs.
"""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from fuzzed_readers import (
    ANSWER,
    CLEAR,
    OTHER,
    READERS,
    FuzzedReader,
    TookTooLong,
    bounded,
    damaged_files,
    outcome_of,
    silent,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exoval.errors import BadTable

#: damaged inputs of each reader
INPUTS = 120


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    """The valid files of every reader."""
    with silent():
        return {
            name: reader.valid(tmp_path_factory.mktemp(name.replace(" ", "_")))
            for name, reader in READERS.items()
        }


@pytest.mark.parametrize("name", READERS)
def test_valid_files_are_read(name, valid):
    outcomes = [outcome_of(READERS[name], files) for files in valid[name]]
    assert [one.kind for one in outcomes] == [ANSWER] * len(outcomes), outcomes


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_give_an_answer_or_a_sentence(name, valid):
    reader = READERS[name]

    @settings(
        derandomize=True,
        max_examples=INPUTS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def check(random):
        with silent():
            files = damaged_files(reader, valid[name], random)
        outcome = outcome_of(reader, files)
        assert outcome.kind != OTHER, outcome.said

    check()


@pytest.mark.parametrize("name", READERS)
def test_damage_is_of_both_kinds(name, valid):
    """Damage that is always refused, or never, would test little."""
    reader, found = READERS[name], set()
    for number in range(200):
        with silent():
            files = damaged_files(reader, valid[name], Random(f"{name} {number}"))
        found.add(outcome_of(reader, files).kind)
        if found == {ANSWER, CLEAR}:
            return
    raise AssertionError(found)


def sends(error: BaseException):
    def read(folder, files):
        raise error

    return read


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (BadTable("the file is damaged; get it again"), CLEAR),
        (BadTable("two\nlines"), OTHER),
        (BadTable(""), OTHER),
        (BadTable("x" * 10_000), OTHER),
        (KeyError("recipe"), OTHER),
        (MemoryError(), OTHER),
        (TookTooLong(), OTHER),
    ],
)
def test_what_counts_as_a_clear_error(error, kind):
    reader = FuzzedReader("made up", lambda folder: [], lambda files, random: files, sends(error))
    assert outcome_of(reader, {"a": b""}).kind == kind


def test_time_and_memory_are_bounded():
    endless = replace(READERS["mission"], read=lambda folder, files: [0 for _ in iter(int, 1)])
    with pytest.raises(TookTooLong), bounded(seconds=0.2):
        endless.read(None, {})
    with pytest.raises(MemoryError), bounded(memory=2**28):
        np.empty(2**29, dtype=np.uint8)
    np.empty(2**29, dtype=np.uint8)
