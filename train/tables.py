"""Labelled rows to train on or to judge: simulated or from a catalogue, in columns both share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from exoval.errors import BadTable
from exoval.feature_table import FeatureTable
from train.labelled_set import load_labelled_set


class LabelledTable(Protocol):
    """Rows with labels; ``kind`` says in a word where they come from."""

    kind: str

    def __call__(self) -> FeatureTable: ...


@dataclass(frozen=True)
class SimulatedTable:
    """A labelled set reduced to some columns.

    ``leave_out`` names scenarios whose place in a catalogue is not certain: the planet of a bound
    companion is a false positive here and, as nobody can tell, a planet in most catalogues.
    """

    labelled_set: str | Path
    reduce: Callable[[FeatureTable], FeatureTable]
    leave_out: Sequence[str] = ()
    kind: str = "simulated"

    def __call__(self) -> FeatureTable:
        """The rows; raises DataNotFound or BadTable for a set that cannot be used."""
        table = self.reduce(load_labelled_set(self.labelled_set).table)
        return table.select(~np.isin(table.labels, list(self.leave_out)))


@dataclass(frozen=True)
class CatalogueTable:
    """The labelled rows of a catalogue, as ``read`` gives them."""

    read: Callable[[], FeatureTable]
    kind: str = "catalogue"

    def __call__(self) -> FeatureTable:
        """The rows; raises DataNotFound if the catalogue is not there."""
        return self.read()


def without_stars_of(table: FeatureTable, other: FeatureTable) -> FeatureTable:
    """The rows whose star is in no row of the other table; BadTable if none is left."""
    kept = ~np.isin(table.targets, np.unique(other.targets))
    if not kept.any():
        raise BadTable("every star of the table to judge is also trained on; take other stars")
    return table.select(kept)
