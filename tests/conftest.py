"""What all tests share; its being here also lets them import ``fabricate``."""

import os
from pathlib import Path

# tests run side by side: more threads than cores make each of them many times slower
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from exoval.data_folder import SAMPLE


@pytest.fixture
def data_folder() -> Path:
    """The folder of real data; the test is skipped where there is none."""
    if not os.environ.get("EXOVAL_DATA"):
        pytest.skip("EXOVAL_DATA is not set: no real light curves and tables to compare with")
    return Path(os.environ["EXOVAL_DATA"])


@pytest.fixture
def sample_folder(monkeypatch) -> Path:
    """The real data that ship with exoval, which stand for EXOVAL_DATA meanwhile."""
    monkeypatch.setenv("EXOVAL_DATA", str(SAMPLE))
    return SAMPLE
