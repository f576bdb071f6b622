"""The errors exoval raises on purpose; every message ends with the remedy."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ExovalError(Exception):
    """Something the user can mend: what happened, with which value, and what to do."""


class DataNotFound(ExovalError):
    """A file, folder, table or target that was asked for is not there."""


class BadLightCurve(ExovalError):
    """A light curve that cannot be read or holds nothing usable."""


class NoDip(BadLightCurve):
    """A light curve without a dip at the event that was asked for."""


class BadParameter(ExovalError, ValueError):
    """A value outside the domain of the function or configuration it was given to."""


class BadTable(ExovalError):
    """A table whose columns, units or labels are not what the caller needs."""


class MissingDependency(ExovalError, ImportError):
    """An optional package that a chosen part needs is not installed."""


@contextmanager
def message_instead_of_traceback() -> Iterator[None]:
    """Turn a foreseen error into one line on standard error and exit status 2.

    An interrupt, or the end of its time on a cluster (SIGTERM), says how to go on and exits with
    130. Unforeseen errors keep their traceback.
    """
    # only the main thread may say what a signal does
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except ExovalError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("interrupted; the same command again goes on from here", file=sys.stderr)
        raise SystemExit(130) from None
