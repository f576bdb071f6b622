"""What a library raises becomes one sentence; what exoval raises stays what it is."""

import pytest

from exoval.errors import (
    BadTable,
    DataNotFound,
    foreign_errors_as,
    listed,
    raise_interrupt,
    reason_of,
    shown,
)


class Unspeakable(Exception):
    def __str__(self):
        raise SystemError("no characters")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("two\n  lines\x00"), "two lines"),
        (MemoryError(), "MemoryError"),
        (ValueError("x" * 1000), "x" * 300),
        (Unspeakable(), "Unspeakable"),
    ],
)
def test_the_reason_is_one_short_line(error, reason):
    assert reason_of(error) == reason


@pytest.mark.parametrize("error", [IndexError("7"), MemoryError(), RecursionError("deep")])
def test_foreign_errors_become_one_of_exovals(error):
    with pytest.raises(BadTable, match=r"^cannot read a\.csv \(.+\); get it again$") as caught:
        with foreign_errors_as(BadTable, "cannot read a.csv", "get it again"):
            raise error
    assert caught.value.__cause__ is error


def test_errors_of_exoval_and_interrupts_pass():
    for error in (DataNotFound("no a.csv"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught:
            with foreign_errors_as(BadTable, "cannot read a.csv", "get it again"):
                raise error
        assert caught.value is error


def test_names_and_values_are_shown_in_short():
    assert listed(["a", "b\nc", "d"], most=2) == "a, b c and 1 more"
    assert listed(["x" * 100]) == "x" * 60 and listed([]) == ""
    assert shown({"a": 1}) == "{'a': 1}" and len(shown("x" * 1000)) == 80
    assert "int" in shown(16**5000)


def interrupted():
    """What an interrupt while numba unpacks a result becomes on its way out."""
    try:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as inner:
            raise SystemError("<function _numba_unpickle> returned a result") from inner
    except SystemError as outer:
        raise SystemError("CPUDispatcher(search) returned a result") from outer


def test_an_interrupt_inside_compiled_code_is_an_interrupt():
    with pytest.raises(KeyboardInterrupt):
        with foreign_errors_as(BadTable, "cannot read a.csv", "get it again"):
            interrupted()
    raise_interrupt(SystemError("of another kind"))
