"""The pages of results say what the files of results hold, and how both are made again."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs" / "results").glob("*.md"))
#: a number with its interval, as in 0.985 (0.982–0.988)
WITH_INTERVAL = re.compile(
    r"(?<![\w.])(\d+\.\d+|\d+)\**\s*\((\d+\.\d+|\d+)[–-](\d+\.\d+|\d+)\)", re.UNICODE
)
#: above a table or a paragraph whose numbers are in no file
OF_FURTHER_RUNS = "<!-- of further runs, whose files are not kept -->"


def files_of(page):
    return set(re.findall(r"results/(\w+\.json)", page.read_text(encoding="utf-8")))


def intervals_in(value):
    """Every value, low and high of a nested result."""
    if isinstance(value, dict):
        numbers = tuple(value.get(key) for key in ("value", "low", "high"))
        if all(isinstance(number, int | float) for number in numbers):
            yield numbers
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from intervals_in(one)


def numbers_of(text):
    """Line and number with interval, without what is marked as of further runs."""
    marked = False
    for number, line in enumerate(text.splitlines(), 1):
        marked = line == OF_FURTHER_RUNS or (marked and bool(line.strip()))
        if not marked:
            for found in WITH_INTERVAL.findall(line):
                yield number, found


def agrees(written, stored):
    """Whether numbers as written are the stored ones, rounded; shares may be per cent."""
    digits = [len(text.partition(".")[2]) for text in written]
    return any(
        all(
            abs(scale * value - float(text)) <= 0.51 * 10**-places
            for value, text, places in zip(stored, written, digits, strict=True)
        )
        for scale in (1, 100)
    )


def test_a_number_that_differs_is_noticed():
    assert agrees(("0.985", "0.982", "0.988"), (0.98543, 0.98212, 0.98777))
    assert agrees(("98.5", "98.2", "98.8"), (0.98543, 0.98212, 0.98777))
    assert not agrees(("0.986", "0.982", "0.988"), (0.98543, 0.98212, 0.98777))
    assert [found for _, found in numbers_of("a **0.9** (0.8–1.0), b")] == [("0.9", "0.8", "1.0")]
    assert not list(numbers_of(f"{OF_FURTHER_RUNS}\na 0.9 (0.8–1.0)"))
    assert list(numbers_of(f"{OF_FURTHER_RUNS}\na\n\nb 0.9 (0.8–1.0)"))


@pytest.mark.parametrize("page", [page for page in PAGES if files_of(page)], ids=lambda p: p.stem)
def test_numbers_with_intervals_are_those_of_the_files(page):
    stored = []
    for name in files_of(page):
        stored += intervals_in(json.loads((ROOT / "results" / name).read_text()))
    differing = [
        f"line {line}: {found[0]} ({found[1]}–{found[2]})"
        for line, found in numbers_of(page.read_text(encoding="utf-8"))
        if not any(agrees(found, one) for one in stored)
    ]
    assert not differing


def test_every_file_of_results_belongs_to_a_page():
    named = set().union(*map(files_of, PAGES))
    assert {path.name for path in (ROOT / "results").glob("*.json")} <= named


def test_one_command_lists_the_commands_of_every_page():
    done = subprocess.run(
        [sys.executable, ROOT / "results" / "make", "--list"], capture_output=True, text=True
    )
    assert done.returncode == 0
    for page in PAGES:
        assert f"# {page.stem}\n" in done.stdout
        for command in re.findall(
            r"^python -m (?:simulate|train).*", page.read_text(encoding="utf-8"), re.MULTILINE
        ):
            assert command in done.stdout
    refused = subprocess.run(
        [sys.executable, ROOT / "results" / "make", "nothing"], capture_output=True, text=True
    )
    assert refused.returncode == 2 and "no page nothing" in refused.stderr
