"""Declaration of a catalogue of signals, and the catalogues of stars with a name prefix."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field

import exoval.catalogs
from exoval.catalogs.candidate import Candidate
from exoval.catalogs.table import CatalogTable, EntryWithoutEphemeris


@dataclass(frozen=True)
class SignalCatalogue:
    """A catalogue that lists signals of stars whose names begin with ``target_prefix`` (KIC).

    ``read`` returns its signals; it raises DataNotFound if the table is missing. If several
    catalogues list one signal, the entry of the lowest ``rank`` counts; rank 0 is a catalogue
    vetted by people. ``without_ephemeris`` returns the entries that ``read`` leaves out
    because they give no ephemeris. ``names`` are the letters that names known
    to this catalogue alone begin with (TOI), and the column of its ``table`` that holds them.
    """

    target_prefix: str
    read: Callable[[], list[Candidate]]
    rank: int = 0
    _: KW_ONLY
    names: Mapping[str, str] = field(default_factory=dict)
    without_ephemeris: Callable[[], list[EntryWithoutEphemeris]] | None = None
    table: CatalogTable | None = None


def signal_catalogues(target_prefix: str) -> tuple[Callable[[], list[Candidate]], ...]:
    """Return the readers of the catalogues of stars with a name prefix, by rank and file name."""
    return tuple(one.read for one in catalogues_of(target_prefix))


def catalogues_of(target_prefix: str) -> tuple[SignalCatalogue, ...]:
    """Return the catalogues of stars with a name prefix, by rank and file name."""
    return tuple(one for one in declared_catalogues() if one.target_prefix == target_prefix)


def declared_catalogues() -> tuple[SignalCatalogue, ...]:
    """Return all catalogues of signals, by rank and file name.

    Every file of ``exoval/catalogs`` with a ``SIGNALS = SignalCatalogue(...)`` is a catalogue.
    """
    modules = (
        importlib.import_module(f"exoval.catalogs.{module.name}")
        for module in pkgutil.iter_modules(exoval.catalogs.__path__)
    )
    found = (getattr(module, "SIGNALS", None) for module in modules)
    return tuple(
        sorted((one for one in found if isinstance(one, SignalCatalogue)), key=lambda one: one.rank)
    )
