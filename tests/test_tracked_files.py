"""What git keeps is source and small: no leftovers of commands, no large files."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: bytes
LARGEST = 1_000_000


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout of git: there are no tracked files to look at")
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"git cannot list the tracked files ({error})")
    return [Path(name) for name in listed.stdout.split("\0") if name]


def test_no_tracked_file_begins_with_a_dash(tracked):
    assert len(tracked) > 100
    assert [str(path) for path in tracked if any(part.startswith("-") for part in path.parts)] == []


def test_no_tracked_file_is_above_a_megabyte(tracked):
    sizes = {str(path): (ROOT / path).lstat().st_size for path in tracked if (ROOT / path).exists()}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


def test_the_top_level_holds_what_it_is_to_hold(tracked):
    files = {path.name for path in tracked if len(path.parts) == 1 and path.name[0] != "."}
    documents = {"README.md", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE"}
    assert files <= documents | {"pyproject.toml", "constraints.txt"}


def test_no_page_or_file_of_results_names_a_folder_of_one_machine(tracked):
    texts = [
        path for path in tracked if path.suffix in (".json", ".md") and "tests" not in path.parts
    ]
    named = [
        str(path)
        for path in texts
        if (ROOT / path).exists() and "/tmp/" in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert named == []
