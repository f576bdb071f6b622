"""Fingerprints see what matters, and nothing of the machine."""

import json
import os

import pytest

from exoval.errors import DataNotFound
from exoval.running.fingerprint import files_fingerprint, fingerprint


def test_the_fingerprint_sees_every_setting():
    settings = {"seed": 0, "detrend": {"window_days": 1.0}}
    other = json.loads(json.dumps(settings))
    assert fingerprint(settings) == fingerprint(other)
    other["detrend"]["window_days"] = 1.1
    assert fingerprint(settings) != fingerprint(other)


def test_a_copy_of_files_elsewhere_is_the_same(tmp_path):
    for folder in ("here", "there"):
        (tmp_path / folder).mkdir()
        for name, content in (("a.fits", "12"), ("b.fits", "345")):
            (tmp_path / folder / name).write_text(content)
    os.utime(tmp_path / "there" / "a.fits", (1, 1))
    here, there = (sorted((tmp_path / one).iterdir()) for one in ("here", "there"))
    assert files_fingerprint(here) == files_fingerprint(there[::-1])
    assert files_fingerprint(here)["files"] == 2 and files_fingerprint(here)["bytes"] == 5
    (tmp_path / "there" / "a.fits").write_text("1")
    longer = files_fingerprint(there)
    assert longer != files_fingerprint(here)
    (tmp_path / "there" / "a.fits").rename(tmp_path / "there" / "c.fits")
    assert files_fingerprint((tmp_path / "there").iterdir()) != longer
    with pytest.raises(DataNotFound, match=r"a\.fits has gone"):
        files_fingerprint(there)
