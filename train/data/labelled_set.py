"""Read a labelled set from disk, and refuse one that is unfit for training."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from exoval.errors import BadParameter, BadTable, DataNotFound, listed
from exoval.missions.mission import Mission
from exoval.recipe import Recipe, read_recipe
from exoval.running.whole_folder import FULL, check_files
from exoval.schema import as_record, read_json
from exoval.table.feature_table import LARGEST, FeatureTable, load_feature_table
from exoval.table.parquet_parts import names_to_check
from exoval.vetting.trained_run import Host
from exoval.views.store import VALUES, ViewRows, open_views

log = logging.getLogger(__name__)

AGAIN = "simulate the set again"
FEWEST_ROWS = 20
MANIFEST = "manifest.json"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What ``manifest.json`` holds that training and its report need; other entries are ignored.

    ``recipe`` says how the events were measured, ``config`` with which settings they were
    simulated. ``counts`` has the events of each scenario by stage, ``failures`` those that failed
    by reason, and ``host`` describes the light curves.
    """

    recipe: dict
    config: dict = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    host: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        as_record(self.host, Host, source="host", remedy=AGAIN)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How many events failed at a stage for a reason, and some of their targets."""

    stage: str
    reason: str
    count: int
    targets: list = field(default_factory=list)


@dataclass(frozen=True)
class LabelledSet:
    """Simulated events with known labels, and the manifest of the simulation."""

    table: FeatureTable
    manifest: Manifest
    folder: Path

    def recipe(self, mission: Mission | None = None) -> Recipe:
        """The recipe by which its events were measured, with ``mission`` in place of its own.

        Raises BadTable if it cannot be built.
        """
        return read_recipe(self.manifest.recipe, str(self.folder / MANIFEST), mission)


def load_labelled_set(directory: str | Path, *, verify: str = FULL) -> LabelledSet:
    """A labelled set to train on, as ``read_labelled_set``; BadTable also if it is unfit for it."""
    labelled = read_labelled_set(directory, verify=verify)
    check_learnable(labelled.table)
    return labelled


def read_labelled_set(directory: str | Path, *, verify: str = FULL) -> LabelledSet:
    """Read ``features.parquet`` and ``manifest.json``; the truth table is never opened.

    Views beside them are mapped into memory and become part of the table. ``verify`` says how the
    files are checked (``exoval.running.whole_folder.check_files``). Raises BadParameter for a list
    of folders, DataNotFound if a file is missing, BadTable if one is damaged, if two events have
    one name, or if a label is not declared. Warns of features with one value in all rows.
    """
    if not isinstance(directory, str | Path):
        raise BadParameter(
            f"labelled_set={list(directory)} is a list, and this task takes one folder; lists are "
            "for experiments that say so"
        )
    directory = Path(directory)
    for name in ("features.parquet", MANIFEST):
        if not (directory / name).exists():
            raise DataNotFound(
                f"no {name} in labelled_set={directory}; make a labelled set with "
                "python -m simulate output=DIR and give that DIR"
            )
    plain = read_json(directory / MANIFEST, remedy=AGAIN)
    features = directory / "features.parquet"
    check_files(directory, [*names_to_check(features), "views*"], verify=verify)
    if isinstance(plain, dict) and "recipe" not in plain:
        raise BadTable(
            f"{directory} was written by an older layout of exoval, which this version cannot "
            "read; simulate it again"
        )
    manifest = as_record(plain, Manifest, source=str(directory / MANIFEST), remedy=AGAIN)
    table = load_feature_table(features, verify=verify)
    _check_rows(table, directory)
    if (directory / VALUES.format("views")).is_file():
        views = open_views(directory, verify=verify)
        table = replace(table, views=ViewRows.of_all(views, len(table)))
    return LabelledSet(table, manifest, directory)


def _check_rows(table: FeatureTable, directory: Path) -> None:
    """Raise BadTable for events of one name and labels without a meaning; warn of idle columns."""
    names = table.frame["event"]
    twice = sorted(set(names[names.duplicated()]))
    if twice:
        raise BadTable(
            f"{directory} has more than one event of the names {listed(twice, 5)}; each row must "
            f"be an event of its own: {AGAIN}"
        )
    unknown = sorted(set(table.labels) - set(table.meanings)) if table.meanings else []
    if unknown:
        raise BadTable(
            f"{directory} has rows with the labels {listed(unknown, 5)}, and declares only "
            f"{listed(table.meanings)}; {AGAIN}"
        )
    constant = constant_columns(table)
    if constant:
        log.warning(
            "%s: %d of %d features have one value in all rows and tell none apart: %s",
            directory,
            len(constant),
            len(table.columns),
            listed(constant),
        )


def constant_columns(table: FeatureTable) -> list[str]:
    """Names of features that have the same value in every row of several."""
    if len(table) < 2:
        return []
    same = (table.features == table.features[0]).all(axis=0)
    return [name for name, one in zip(table.feature_names, same, strict=True) if one]


def check_learnable(table: FeatureTable) -> None:
    """Raise BadTable for too few rows, a single kind of event, or features of infinite size.

    So is a feature beyond ``exoval.table.feature_table.LARGEST``.
    """
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
    infinite = table.unusable.sum(axis=0)
    if infinite.any():
        named = {
            name: int(count)
            for name, count in zip(table.feature_names, infinite, strict=True)
            if count
        }
        raise BadTable(
            f"infinite values, or values beyond {LARGEST:g}, in columns {named}; a feature that "
            "cannot be measured must be NaN: correct its feature group and simulate the set again"
        )
    if np.isnan(table.features).all():
        raise BadTable("every feature of every row is missing; simulate the set again")


def empty_columns(table: FeatureTable) -> list[str]:
    """Names of features that are missing in every row."""
    empty = np.isnan(table.features).all(axis=0)
    return [name for name, gone in zip(table.feature_names, empty, strict=True) if gone]
