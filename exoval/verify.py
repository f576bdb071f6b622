"""Are the files of a folder as they were written: labelled sets, trained runs, vetted lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from exoval.errors import BadTable, DataNotFound
from exoval.running.checksums import CHECKSUMS, check_seal
from exoval.running.whole_folder import MANIFEST, UNFINISHED, difference
from exoval.schema import read_json

WHOLE = "whole"
#: descriptions with the checksums of the files beside them, as patterns of their names
DESCRIPTIONS = (MANIFEST, f"*_{MANIFEST}", "model.json", "novelty.json")
#: finished batches of a simulation, each with its checksums
SHARDS, ORIGIN = "shards", "origin.txt"
#: files of folders that have a manifest once they are finished
WITH_MANIFEST = ("features.parquet", "metrics.json", SHARDS)


@dataclass(frozen=True)
class FileState:
    """The state of a file: ``whole``, or what is wrong with it; ``size`` in bytes, 0 if missing."""

    name: str
    size: int
    state: str


def examine(folder: str | Path) -> list[FileState]:
    """The state of every file that the descriptions in a folder list, and of these themselves.

    Everything is read and compared with its checksum. Raises DataNotFound for a folder that holds
    no results of exoval.
    """
    folder = Path(folder)
    found = [path for pattern in DESCRIPTIONS for path in sorted(folder.glob(pattern))]
    batches = sorted([*folder.glob(f"{SHARDS}/*.json"), *folder.glob(f"{SHARDS}/{ORIGIN}")])
    states = [one for path in found for one in _described(path, folder)]
    states += [one for path in batches for one in _described(path, folder)]
    unfinished = not (folder / MANIFEST).is_file() and any(
        (folder / name).exists() for name in WITH_MANIFEST
    )
    if unfinished:
        said = "is missing: the folder is unfinished, give the command that made it again"
        states.insert(0, FileState(MANIFEST, 0, said))
    if not states:
        raise DataNotFound(
            f"{folder} holds no results of exoval; give the output folder of python -m simulate, "
            "python -m train or python -m exoval vet"
        )
    return states


def _described(path: Path, folder: Path) -> Iterator[FileState]:
    """A description and the files that it lists, by their names in the folder."""
    size, own = path.stat().st_size, path.relative_to(folder).as_posix()
    try:
        plain = read_json(path, remedy="copy it again")
        if UNFINISHED in plain:
            yield FileState(own, size, "is unfinished: give the command again")
            return
        if CHECKSUMS not in plain and "sizes" not in plain:
            yield FileState(own, size, "has no checksums: an older version wrote it")
            return
        sums = check_seal(plain, path, remedy="copy it again")
    except (BadTable, TypeError) as error:
        yield FileState(own, size, str(error).removeprefix(f"{path} "))
        return
    yield FileState(own, size, WHOLE)
    sizes = plain.get("sizes", {})
    for name, expected in sums.items():
        file = path.parent / name
        wrong = difference(file, sizes.get(name), expected)
        size = file.stat().st_size if file.is_file() else 0
        yield FileState(file.relative_to(folder).as_posix(), size, wrong or WHOLE)


def verification(folder: str | Path, states: Iterable[FileState]) -> str:
    """The states of a folder's files as a table; batches of a simulation share a line a state."""
    states = list(states)
    rows = [one for one in states if not one.name.startswith(f"{SHARDS}/")]
    batches: dict[str, list[FileState]] = {}
    for one in states:
        if one.name.startswith(f"{SHARDS}/"):
            batches.setdefault(one.state, []).append(one)
    for state, group in batches.items():
        name = group[0].name if len(group) == 1 else f"{SHARDS}/ ({len(group)} files)"
        rows.append(FileState(name, sum(one.size for one in group), state))
    wrong = sum(one.state != WHOLE for one in states)
    wide = max(len(one.name) for one in rows)
    said = f"{wrong} of {len(states)} files are not" if wrong else f"{len(states)} files are"
    return "\n".join(
        [
            f"{folder}: {said} whole",
            *(f"  {one.name:{wide}}  {one.size:14,d}  {one.state}" for one in rows),
        ]
    )


def print_verification(folders: Iterable[str | Path]) -> bool:
    """Print the states of all files of some folders; return whether every one is whole."""
    whole = True
    for folder in folders:
        states = examine(folder)
        print(verification(folder, states), flush=True)
        whole = whole and all(one.state == WHOLE for one in states)
    return whole
