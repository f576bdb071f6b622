"""Read a labelled set from disk, and refuse one that is unfit for training."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.missions.mission import Mission
from exoval.recipe import Recipe, read_recipe
from exoval.running.whole_folder import FULL, check_files
from exoval.table.feature_table import FeatureTable, load_feature_table
from exoval.views.store import VALUES, ViewRows, open_views

FEWEST_ROWS = 20
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class LabelledSet:
    """Simulated events with known labels, and the manifest of the simulation."""

    table: FeatureTable
    manifest: dict
    folder: Path

    def recipe(self, mission: Mission | None = None) -> Recipe:
        """The recipe by which its events were measured, with ``mission`` in place of its own.

        Raises BadTable if the manifest has no recipe.
        """
        return read_recipe(self.manifest.get("recipe"), str(self.folder / MANIFEST), mission)


def load_labelled_set(directory: str | Path, *, verify: str = FULL) -> LabelledSet:
    """A labelled set to train on, as ``read_labelled_set``; BadTable also if it is unfit for it."""
    labelled = read_labelled_set(directory, verify=verify)
    check_learnable(labelled.table)
    return labelled


def read_labelled_set(directory: str | Path, *, verify: str = FULL) -> LabelledSet:
    """Read ``features.parquet`` and ``manifest.json``; the truth table is never opened.

    Views beside them are mapped into memory and become part of the table. ``verify`` says how the
    files are checked (``exoval.running.whole_folder.check_files``). Raises BadParameter for a list
    of folders, DataNotFound if a file is missing, BadTable if one is damaged.
    """
    if not isinstance(directory, str | Path):
        raise BadParameter(
            f"labelled_set={list(directory)} is a list, and this task takes one folder; lists are "
            "for experiments that say so"
        )
    directory = Path(directory)
    for name in ("features.parquet", MANIFEST):
        if not (directory / name).is_file():
            raise DataNotFound(
                f"no {name} in labelled_set={directory}; make a labelled set with "
                "python -m simulate output=DIR and give that DIR"
            )
    try:
        manifest = json.loads((directory / MANIFEST).read_text())
    except ValueError as error:
        raise BadTable(
            f"cannot read {directory / 'manifest.json'} ({error}); simulate the set again"
        ) from error
    check_files(directory, ["features.parquet", "views*"], verify=verify)
    if "recipe" not in manifest:
        raise BadTable(
            f"{directory} was written by an older layout of exoval, which this version cannot "
            "read; simulate it again"
        )
    table = load_feature_table(directory / "features.parquet", verify=verify)
    if (directory / VALUES.format("views")).is_file():
        views = open_views(directory, verify=verify)
        table = replace(table, views=ViewRows.of_all(views, len(table)))
    return LabelledSet(table, manifest, directory)


def check_learnable(table: FeatureTable) -> None:
    """Raise BadTable for too few rows, a single kind of event, or infinite features."""
    if len(table) < FEWEST_ROWS:
        raise BadTable(
            f"the labelled set has {len(table)} rows, but training needs {FEWEST_ROWS}; simulate "
            "more (n_systems)"
        )
    found = table.label_meanings()
    if len({meaning.counts_as_planet for meaning in found.values()}) < 2:
        raise BadTable(
            f"the labelled set holds only {', '.join(found)}; a classifier needs "
            "a label that counts as planet and one that does not"
        )
    infinite = np.isinf(table.features).sum(axis=0)
    if infinite.any():
        named = {
            name: int(count)
            for name, count in zip(table.feature_names, infinite, strict=True)
            if count
        }
        raise BadTable(
            f"infinite values in columns {named}; a feature that cannot be measured "
            "must be NaN: correct its feature group and simulate the set again"
        )
    if np.isnan(table.features).all():
        raise BadTable("every feature of every row is missing; simulate the set again")


def empty_columns(table: FeatureTable) -> list[str]:
    """Names of features that are missing in every row."""
    empty = np.isnan(table.features).all(axis=0)
    return [name for name, gone in zip(table.feature_names, empty, strict=True) if gone]
