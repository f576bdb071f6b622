"""Making many objects that last, without a search for garbage among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting_objects() -> Iterator[None]:
    """A block in which Python collects no garbage; what is made in it is not searched later.

    Imports and models make hundreds of thousands of objects that stay. Searching them again and
    again takes a fifth of a command's start.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
