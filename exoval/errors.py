"""The errors exoval raises on purpose; every message ends with the remedy."""

from __future__ import annotations

import errno
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

#: errors of a disk, a quota or a limit that is exhausted
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class ExovalError(Exception):
    """An error that the user can fix; it says what happened, with which value, and what to do."""


class DataNotFound(ExovalError):
    """A requested file, folder, table or target does not exist."""


class BadLightCurve(ExovalError):
    """A light curve cannot be read or holds no usable cadence."""


class NoEvent(DataNotFound):
    """The search finds no event in a light curve."""


class NoDip(BadLightCurve):
    """A light curve shows no dip at the requested event."""


class BadParameter(ExovalError, ValueError):
    """A value is outside the domain of a function or setting."""


class BadTable(ExovalError):
    """A table lacks the columns, units or labels that the caller needs."""


class MissingDependency(ExovalError, ImportError):
    """A chosen part needs an optional package that is not installed."""


def disk_is_full(error: OSError, path: object = "") -> str:
    """What to say of an error of ``DISK_FULL`` while a file was written."""
    where = str(path or error.filename or "a file")
    return (
        f"cannot write {where} ({error.strerror or error}); everything finished before is kept: "
        "free some space and give the same command again"
    )


def reason_of(error: BaseException) -> str:
    """What an exception says, in one line of at most 300 characters; its type if it says nothing.

    >>> reason_of(ValueError("bad\\n  header")), reason_of(MemoryError())
    ('bad header', 'MemoryError')
    """
    try:
        return _in_one_line(str(error), 300) or type(error).__name__
    except Exception:
        # a text out of a damaged array may hold no characters
        return type(error).__name__


def listed(names: Iterable[object], most: int = 30) -> str:
    """Return names of a file with commas between them, each in one line, and how many are left out.

    >>> listed(["time", "a\\nb", "flux"], most=2)
    'time, a b and 1 more'
    """
    shown = [_in_one_line(str(name), 60) for name in names]
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more


def shown(value: object) -> str:
    """Return a value of a file as messages show it: Python's form of it, at most 80 characters."""
    try:
        return _in_one_line(repr(value), 80)
    except Exception:
        # Python refuses to write whole numbers of thousands of digits
        return f"a value of type {type(value).__name__} that cannot be shown"


def _in_one_line(text: str, most: int) -> str:
    try:
        return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:most]
    except SystemError:
        # numpy makes texts of any bytes, also of those that are no characters
        return "a text without characters"


def raise_interrupt(error: BaseException) -> None:
    """Raise the interrupt that is behind an error, and return if there is none.

    Whoever goes on after any error calls this first: an interrupt inside compiled code may come
    back as a SystemError (a result with an exception set), with the interrupt as its cause.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, KeyboardInterrupt):
            raise cause
        cause = cause.__cause__


@contextmanager
def foreign_errors_as(kind: type[ExovalError], what: str, remedy: str) -> Iterator[None]:
    """Turn any error of a library inside into one of ``kind``: ``what``, the reason, ``remedy``.

    Libraries that read files raise whatever their code runs into when a file is damaged, also
    IndexError, RecursionError and MemoryError, and document none of it. Errors of exoval pass.
    """
    try:
        yield
    except ExovalError:
        raise
    except Exception as error:
        raise_interrupt(error)
        raise kind(f"{what} ({reason_of(error)}); {remedy}") from error


@contextmanager
def message_instead_of_traceback() -> Iterator[None]:
    """Turn an ExovalError into one line on standard error and exit status 2.

    So does a full disk. An interrupt, or SIGTERM at a cluster's time limit, prints how to resume
    and exits with status 130. Other errors keep their traceback.
    """
    # only the main thread may install a signal handler
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler) if is_main else None
    try:
        yield
    except ExovalError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        print(f"error: {disk_is_full(error)}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("interrupted; the same command again goes on from here", file=sys.stderr)
        raise SystemExit(130) from None
    finally:
        # None is a handler that was not installed from Python, which cannot be put back
        if before is not None:
            signal.signal(signal.SIGTERM, before)
