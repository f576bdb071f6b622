"""What a catalogue of signals says of itself, and which of them list the stars of a name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

import exoval.catalogs
from exoval.catalogs.candidate import Candidate


@dataclass(frozen=True)
class SignalCatalogue:
    """A catalogue that lists signals of stars whose names begin with ``target_prefix`` (KIC).

    ``read`` gives its signals; it raises DataNotFound where the table is not there. Where several
    catalogues list one signal, that of the lowest ``rank`` counts: 0 is what people have vetted.
    """

    target_prefix: str
    read: Callable[[], list[Candidate]]
    rank: int = 0


def signal_catalogues(target_prefix: str) -> tuple[Callable[[], list[Candidate]], ...]:
    """What reads the catalogues of stars named with a prefix, by rank and then by file name.

    A file of ``exoval/catalogs`` with a ``SIGNALS = SignalCatalogue(...)`` is one.
    """
    found = []
    for module in pkgutil.iter_modules(exoval.catalogs.__path__):
        here = importlib.import_module(f"exoval.catalogs.{module.name}")
        signals = getattr(here, "SIGNALS", None)
        if isinstance(signals, SignalCatalogue) and signals.target_prefix == target_prefix:
            found.append(signals)
    return tuple(one.read for one in sorted(found, key=lambda one: one.rank))
