"""Labelled tables to train on or to judge: simulated, of a catalogue, or of real light curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from exoval.errors import BadTable, DataNotFound
from exoval.labels import joined_meanings
from exoval.running.whole_folder import FULL
from exoval.table.feature_table import FeatureTable
from exoval.views.store import ViewRows, Views
from train.data.label_groups import grouped
from train.data.labelled_set import check_learnable, read_labelled_set
from train.data.row_weights import RowWeights, event_kinds, log_weights

if TYPE_CHECKING:
    from exoval.recipe import Recipe
    from train.data.real import RealCandidates


class LabelledTable(Protocol):
    """A source of labelled rows; ``kind`` names the origin in a word."""

    kind: str

    def __call__(self) -> FeatureTable: ...


@dataclass(frozen=True)
class SimulatedTable:
    """One or several labelled sets, with the columns that ``reduce`` keeps, or all if it is None.

    ``leave_out`` names scenarios without a certain label in catalogues: a planet of a bound
    companion is a false positive here but counts as planet in most catalogues, which cannot tell.
    ``leave_out_events`` names kinds of events in the tables of truths (``leftover``, ``other``,
    ``secondary``) that a catalogue of signals does not list, as one of all detections does.
    ``weights`` says how much each row counts in fitting, from the tables of truths; None counts all
    alike. With ``groups`` labels are planet, astrophysical and nothing instead of scenarios.
    ``verify`` says how files are checked (``exoval.running.whole_folder.check_files``).
    """

    labelled_set: str | Path | Sequence[str | Path]
    reduce: Callable[[FeatureTable], FeatureTable] | None = None
    _: KW_ONLY
    leave_out: Sequence[str] = ()
    leave_out_events: Sequence[str] = ()
    kind: str = "simulated"
    weights: RowWeights | None = None
    groups: bool = False
    verify: str = FULL

    def __call__(self) -> FeatureTable:
        """The rows; raises DataNotFound or BadTable for a set that cannot be read."""
        one = isinstance(self.labelled_set, str | Path)
        folders = [self.labelled_set] if one else list(self.labelled_set)
        tables = [read_labelled_set(folder, verify=self.verify).table for folder in folders]
        if self.reduce is not None:
            tables = [self.reduce(table) for table in tables]
        for other in tables[1:]:
            other.require_columns_of(tables[0])
        table = FeatureTable(
            pd.concat([table.frame for table in tables], ignore_index=True),
            tables[0].columns,
            recipe=tables[0].recipe,
            views=_joined_views(tables),
            meanings=joined_meanings(table.meanings for table in tables),
        )
        check_learnable(table)
        if self.weights is not None:
            drawn = [
                log_weights(one, folder, verify=self.verify)
                for one, folder in zip(tables, folders, strict=True)
            ]
            table = replace(table, weight=self.weights(table, np.concatenate(drawn)))
        kept = ~np.isin(table.labels, list(self.leave_out))
        if self.leave_out_events:
            kinds = [
                event_kinds(one, folder, verify=self.verify)
                for one, folder in zip(tables, folders, strict=True)
            ]
            kept &= ~np.isin(np.concatenate(kinds), list(self.leave_out_events))
        table = table.select(kept)
        return grouped(table) if self.groups else table


def _joined_views(tables: Sequence[FeatureTable]) -> ViewRows | None:
    """The joined views of several tables, read into memory; those of one table as they are."""
    if any(table.views is None for table in tables):
        return None
    if len(tables) == 1:
        return tables[0].views
    if any(table.views.layout.slices != tables[0].views.layout.slices for table in tables):
        raise BadTable("the labelled sets have views of different forms; simulate them with one")
    values = np.concatenate([table.views[np.arange(len(table))] for table in tables])
    missing = np.concatenate([table.views.views.missing[table.views.rows] for table in tables])
    return ViewRows.of_all(Views(values, missing, tables[0].views.layout), len(values))


@dataclass(frozen=True)
class CatalogueTable:
    """The labelled rows of a catalogue, which ``read`` returns."""

    read: Callable[[], FeatureTable]
    kind: str = "catalogue"

    def __call__(self) -> FeatureTable:
        """The rows; raises DataNotFound if the catalogue does not exist."""
        return self.read()


@dataclass(frozen=True)
class RealTable:
    """Real candidates with light curves, measured as a labelled set was."""

    real: RealCandidates
    recipe: Recipe
    kind: str = "real"

    def __call__(self) -> FeatureTable:
        """The rows; raises DataNotFound if no candidate can be measured."""
        found = self.real.measure(self.recipe)
        if found is None or len(found.table) == 0:
            raise DataNotFound(
                "no real candidate can be measured; set EXOVAL_DATA to a folder "
                "with light curves and catalogues of this mission"
            )
        return found.table


@dataclass(frozen=True)
class RealAsSimulated:
    """Real candidates with light curves, measured by the recipe of a labelled set.

    Of several sets the first gives the recipe. Rows that no model can take are left out.
    """

    real: RealCandidates
    labelled_set: str | Path | Sequence[str | Path]
    _: KW_ONLY
    kind: str = "real"
    verify: str = FULL

    def __call__(self) -> FeatureTable:
        """The rows; raises DataNotFound as ``RealTable`` does."""
        one = isinstance(self.labelled_set, str | Path)
        first = self.labelled_set if one else next(iter(self.labelled_set))
        recipe = read_labelled_set(first, verify=self.verify).recipe()
        table = RealTable(self.real, recipe)()
        return table.select(~table.unusable.any(axis=1))


def without_stars_of(table: FeatureTable, other: FeatureTable) -> FeatureTable:
    """The rows whose star is not in the other table; BadTable if no row is left."""
    kept = ~np.isin(table.targets, np.unique(other.targets))
    if not kept.any():
        raise BadTable("every star of the table to judge is also trained on; give other stars")
    return table.select(kept)
