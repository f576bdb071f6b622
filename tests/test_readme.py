"""The README's example runs as it stands."""

import os
import re
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"


@pytest.mark.data
def test_the_notebook_example_runs(tmp_path, monkeypatch):
    if not os.environ.get("EXOVAL_DATA"):
        pytest.skip("EXOVAL_DATA is not set: the example reads a real light curve")
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    example = next(block for block in blocks if "rebuild" in block)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(compile(example, str(README), "exec"), names)
    assert (names["same"].light_curve.flux == names["done"].light_curve.flux).all()
    assert abs(names["event"].ephemeris.period - 2.2047) < 0.001
