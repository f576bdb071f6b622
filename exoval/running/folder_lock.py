"""A lock on a folder, or on one file in it: one process at a time writes there.

The lock is a file that names its holder. No file system has to support locks for it, and a process
that was killed leaves a lock that the next one recognises.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from exoval.errors import BadParameter
from exoval.running.output_path import writing

log = logging.getLogger(__name__)

LOCK = ".exoval.lock"
#: what file systems without links answer
NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The process that holds a lock: its host, its number, and the times when both began.

    ``process_start`` is the system's own count, which tells a process from a later one of the same
    number; it is empty where the system does not give it.
    """

    host: str
    process: int
    process_start: str
    since: str

    def is_alive(self) -> bool:
        """Whether the process runs on this host."""
        if os.name != "posix":
            return True  # a signal of 0 would end it there
        try:
            os.kill(self.process, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            pass
        state, start = system_says(self.process)
        # a zombie has ended, and nobody has asked for its status
        known = start and self.process_start
        return state not in ("Z", "X") and (not known or start == self.process_start)


@contextmanager
def folder_lock(place: str | Path, *, setting: str = "output=DIR") -> Iterator[None]:
    """Hold the lock of an existing folder, or of a file that is written, within a ``with`` block.

    ``setting`` is the option that a message tells the user to change. The lock of a process that
    has ended is taken over, with a line in the log. Raises BadParameter if another process holds
    it, on this host or on another, and DataNotFound if nothing can be written there.
    """
    place, mine = Path(place), this_process()
    path = place / LOCK if place.is_dir() else place.with_name(f".{place.name}{LOCK}")
    draft = path.with_name(f"{path.name}.{mine.host}.{mine.process}")
    try:
        with writing(place, setting=setting):
            draft.write_text(json.dumps(asdict(mine)))
        _take(path, draft, place=place, setting=setting)
    finally:
        draft.unlink(missing_ok=True)
    try:
        yield
    finally:
        if _holder(path) == mine:
            path.unlink(missing_ok=True)


def lock_holder(place: str | Path) -> Holder | None:
    """The process that writes a folder now; None if none does. Nothing is changed.

    A process of another host counts as long as its lock is there.
    """
    holder = _holder(Path(place) / LOCK)
    gone = holder and holder.host == socket.gethostname() and not holder.is_alive()
    return None if gone else holder


def this_process() -> Holder:
    """This process as the holder of a lock."""
    return Holder(
        host=socket.gethostname(),
        process=os.getpid(),
        process_start=system_says(os.getpid())[1],
        since=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def system_says(process: int) -> tuple[str, str]:
    """State of a process (a letter) and when it began (clock ticks); empty where nothing is said.

    They are those of ``/proc/PID/stat``, which Linux has.
    """
    try:
        # the second field, the name of the program, may hold blanks and brackets
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return fields[0], fields[19]
    except (OSError, IndexError):
        return "", ""


def _take(path: Path, draft: Path, *, place: Path, setting: str) -> None:
    """Make the lock from its draft, unless another process holds it."""
    for _ in range(3):
        with writing(place, setting=setting):
            if _placed(draft, path):
                return
        _remove_stale(path, place=place, setting=setting)
    raise BadParameter(f"other processes begin to write {place}; wait for them to end")


def _placed(draft: Path, path: Path) -> bool:
    """Whether the draft has become the lock: a link appears whole, and only where there is none."""
    try:
        try:
            os.link(draft, path)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            with open(path, "x") as file:
                file.write(draft.read_text())
    except FileExistsError:
        return False
    return True


def _remove_stale(path: Path, *, place: Path, setting: str) -> None:
    """Remove the lock of a process that has ended; BadParameter for any other."""
    holder = _holder(path)
    if holder is None and not path.exists():
        return  # its holder has just ended
    if holder is None:
        raise BadParameter(
            f"{path} is a lock that cannot be read; if no other process writes {place}, delete it"
        )
    if holder.host != socket.gethostname():
        raise BadParameter(
            f"{place} is being written by process {holder.process} on host {holder.host} since "
            f"{holder.since}; wait for it or choose another {setting}. If it has ended, delete "
            f"{path}"
        )
    if holder.is_alive():
        raise BadParameter(
            f"{place} is being written by process {holder.process} of this machine since "
            f"{holder.since}; wait for it or choose another {setting}"
        )
    log.warning(
        "%s: process %d, which wrote here since %s, has ended without a word; its lock is taken "
        "over",
        place,
        holder.process,
        holder.since,
    )
    aside = path.with_name(f"{path.name}.stale.{os.getpid()}")
    with suppress(FileNotFoundError):
        os.replace(path, aside)
        if _holder(aside) != holder:
            # another process was quicker and holds the lock by now
            with suppress(OSError):
                os.link(aside, path)
        aside.unlink(missing_ok=True)


def _holder(path: Path) -> Holder | None:
    """The holder that a lock names; None for a file that names none."""
    try:
        plain = json.loads(path.read_text())
        return Holder(
            host=str(plain["host"]),
            process=int(plain["process"]),
            process_start=str(plain["process_start"]),
            since=str(plain["since"]),
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
