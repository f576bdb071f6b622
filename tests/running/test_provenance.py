"""What is said of the origin of results is what the system itself says."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from exoval.running import provenance

ROOT = Path(__file__).parents[2]


def test_versions_are_those_that_are_imported():
    found = provenance.versions(["numpy", "no-such-package"])
    assert found["numpy"] == np.__version__
    assert found["no-such-package"] == "not installed"
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert f'version = "{found["exoval"]}"' in (ROOT / "pyproject.toml").read_text()


def test_a_clone_is_named_by_its_commit_and_a_copy_without_history_is_not(monkeypatch, tmp_path):
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    assert provenance.commit() is None
    assert "commit" not in provenance.versions([])

    def git(*words):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )

    git("init")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-m", "one")
    clean = provenance.commit()
    assert len(clean) >= 7 and "+" not in clean
    (tmp_path / "file").write_text("two")
    assert provenance.commit() == clean + "+"


def test_the_command_can_be_pasted_into_a_shell(tmp_path):
    code = "from exoval.running.provenance import command; print(command())"
    done = subprocess.run(
        [sys.executable, "-c", code, "a b", "x=[1,2]"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == f"python -c '{code}' 'a b' 'x=[1,2]'"


def test_the_machine_has_cores_and_memory():
    found = provenance.machine()
    assert set(found) == {"processor", "cores", "memory_gib"}
    assert found["cores"] >= 1 and found["memory_gib"] >= 1
