"""What all tests share.

EXOVAL_DATA exists only for tests with the marker ``data``: another test that reads real data fails
on every machine, and what it finds does not depend on the machine.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# tests run side by side: more threads than cores make each of them many times slower
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

import pytest

from exoval.data_folder import SAMPLE

DATA = os.environ.get("EXOVAL_DATA")


@contextmanager
def data_where(wanted: bool) -> Iterator[None]:
    """EXOVAL_DATA set as it was at the start, or unset; afterwards as before."""
    before = os.environ.pop("EXOVAL_DATA", None)
    if wanted and DATA:
        os.environ["EXOVAL_DATA"] = DATA
    try:
        yield
    finally:
        os.environ.pop("EXOVAL_DATA", None)
        if before is not None:
            os.environ["EXOVAL_DATA"] = before


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs real data where there are none."""
    if DATA:
        return
    skip = pytest.mark.skip(reason="EXOVAL_DATA is not set: no real light curves and tables")
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(skip)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Import test modules without EXOVAL_DATA."""
    with data_where(wanted=False):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Run a test, its fixtures included, with EXOVAL_DATA only if its marker asks for it."""
    with data_where(wanted=item.get_closest_marker("data") is not None):
        return (yield)


@pytest.fixture
def data_folder(request: pytest.FixtureRequest) -> Path:
    """The folder of real data."""
    if not request.node.get_closest_marker("data"):
        pytest.fail("a test that asks for data_folder needs the marker pytest.mark.data")
    return Path(os.environ["EXOVAL_DATA"])


@pytest.fixture
def sample_folder(monkeypatch) -> Path:
    """The real data that ship with exoval, which stand for EXOVAL_DATA meanwhile."""
    monkeypatch.setenv("EXOVAL_DATA", str(SAMPLE))
    return SAMPLE
