"""A fitted and calibrated classifier, with the columns it was fitted on."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from exoval.errors import (
    BadParameter,
    BadTable,
    DataNotFound,
    ExovalError,
    foreign_errors_as,
    listed,
)
from exoval.labels import LabelMeaning, meanings_to_plain, planet_labels
from exoval.models.calibrate import (
    ScoreMap,
    rescale_classes,
    score_map_from_plain,
    score_map_to_plain,
)
from exoval.models.model_archive import checksum, read_archive, write_archive
from exoval.models.prior_shift import shift_priors
from exoval.running.output_path import make_folder
from exoval.schema import as_record, read_json
from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable

log = logging.getLogger(__name__)

ARCHIVE, DESCRIPTION, FORMAT = "pipeline.skops", "model.json", 4
#: a format that is still read: its checksum covers the archive alone
UNCHECKED_FORMAT = 3
AGAIN = "train again"
#: bootstrap resamples of a forest's trees, for errors of probabilities
BOOTSTRAPS = 200


@dataclass(frozen=True, kw_only=True)
class FittedModel:
    """A fitted ``feature_pipeline`` with its classifier, calibration and columns.

    ``meanings`` says what each class stands for: P(planet) is the sum over the classes that count
    as planet. ``card`` describes the training: rows and stars, class shares of the calibration
    rows, recipe of the features, metrics (JSON-able).

    Raises BadTable for a class without a meaning, and if no class or every class counts as planet.
    """

    name: str
    pipeline: Pipeline
    calibration: ScoreMap
    columns: tuple[Column, ...]
    meanings: Mapping[str, LabelMeaning]
    card: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [name for name in self.classes if name not in self.meanings]
        if unknown:
            raise BadTable(
                f"the classes {', '.join(unknown)} of model '{self.name}' have no meaning; fit it "
                "on a table whose labels have one"
            )
        if self.is_planet_class.all() or not self.is_planet_class.any():
            raise BadTable(
                f"of the classes {', '.join(self.classes)} of model '{self.name}' "
                f"{'every one' if self.is_planet_class.all() else 'none'} counts as planet; fit it "
                "on planets and on false positives"
            )

    @cached_property
    def classes(self) -> list[str]:
        """The labels, in the order of the probability columns."""
        return [str(name) for name in self.pipeline.classes_]

    @cached_property
    def is_planet_class(self) -> np.ndarray:
        """Which classes count as planet, shape (classes,)."""
        return planet_columns(self.pipeline, self.meanings)

    def probabilities(
        self, table: FeatureTable, *, priors: dict[str, float] | None = None
    ) -> np.ndarray:
        """Calibrated probabilities of the classes, shape (rows, classes).

        They hold for the mixture of labels that the model was calibrated on; ``priors`` (label to
        share) shifts them to another mixture. Raises BadParameter unless ``priors`` has one share
        for each class.
        """
        with self._judging():
            raw = self.pipeline.predict_proba(
                self._features(table), **views_for(self.pipeline, table)
            )
            calibrated = self._calibrated(raw)
        return calibrated if priors is None else self._shifted(calibrated, priors)

    def _judging(self) -> AbstractContextManager[None]:
        """Turn what scikit-learn raises for a damaged or foreign pipeline into a BadTable."""
        return foreign_errors_as(
            BadTable,
            f"model '{self.name[:60]}' cannot judge the rows",
            "its archive may be damaged or of another version of scikit-learn: train again",
        )

    def of_planets(self, probability: np.ndarray) -> np.ndarray:
        """P(planet), shape (...,), from probabilities of the classes (..., classes)."""
        return np.compress(self.is_planet_class, probability, axis=-1).sum(axis=-1)

    def priors_at(self, planet_share: float) -> dict[str, float]:
        """The class shares of calibration, changed to another share of planets among all events.

        Classes that count as planet keep their proportions among each other, and so do the others.
        Raises BadParameter for a share outside 0 to 1, or if the card has no class shares.
        """
        if not 0 < planet_share < 1:
            raise BadParameter(f"planet_share is {planet_share}; give a share between 0 and 1")
        shares = np.array([self._trained_shares()[name] for name in self.classes])
        moved = rescale_classes(
            shares, planets=self.is_planet_class, calibrated=np.array(planet_share)
        )
        return dict(zip(self.classes, map(float, moved), strict=True))

    def _calibrated(self, raw: np.ndarray) -> np.ndarray:
        """Probabilities (..., classes) with P(planet) calibrated."""
        return rescale_classes(
            raw, planets=self.is_planet_class, calibrated=self.calibration(self.of_planets(raw))
        )

    def _trained_shares(self) -> dict[str, float]:
        """The class shares of the calibration rows; BadParameter if the card has none."""
        if "class_shares" not in self.card:
            raise BadParameter(
                f"the card of model '{self.name}' has no class_shares, which a shift of priors "
                "needs; train it again, or leave the priors out"
            )
        return self.card["class_shares"]

    def probability_errors(
        self, table: FeatureTable, *, priors: dict[str, float] | None = None
    ) -> np.ndarray:
        """Standard errors of ``probabilities``, shape (rows, classes).

        They are the spread over draws from a Gaussian process's posterior, or over bootstraps of
        a forest's trees; NaN for classifiers that have neither. Meant for a few rows, since the
        answers of all trees are held in memory.
        """
        with self._judging():
            drawn = self._drawn(table)
            if drawn is None:
                return np.full((len(table), len(self.classes)), np.nan)
            calibrated = self._calibrated(drawn)
        if priors is not None:
            calibrated = self._shifted(calibrated, priors)
        return calibrated.std(axis=0)

    def _drawn(self, table: FeatureTable) -> np.ndarray | None:
        """Uncalibrated probabilities, (draws, rows, classes); None without a way to draw them."""
        classifier = self.pipeline[-1]
        scaled = self.pipeline[:-1].transform(self._features(table))
        if hasattr(classifier, "predict_proba_draws"):
            return classifier.predict_proba_draws(scaled, **views_for(self.pipeline, table))
        if not isinstance(getattr(classifier, "estimators_", None), list):
            return None
        trees = np.stack([tree.predict_proba(scaled) for tree in classifier.estimators_])
        rng = np.random.default_rng(0)
        counts = rng.multinomial(len(trees), np.full(len(trees), 1 / len(trees)), BOOTSTRAPS)
        return np.tensordot(counts / len(trees), trees, axes=1)

    def _shifted(self, calibrated: np.ndarray, priors: dict[str, float]) -> np.ndarray:
        """Probabilities (..., classes) for other shares of the scenarios."""
        trained_shares = self._trained_shares()
        if set(priors) != set(self.classes):
            raise BadParameter(
                f"priors are for {sorted(priors)}; model '{self.name}' needs one "
                f"share for each of {', '.join(self.classes)}"
            )
        trained, target = (
            np.array([shares[name] for name in self.classes]) for shares in (trained_shares, priors)
        )
        return shift_priors(calibrated, trained=trained, target=target)

    def planet_probability(self, table: FeatureTable) -> tuple[np.ndarray, np.ndarray]:
        """Calibrated P(planet) and its standard error, both (rows,).

        The error is the posterior spread of a Gaussian process, or the spread of a forest's
        trees over the square root of their number; NaN for classifiers that have neither.
        """
        probability = self.of_planets(self.probabilities(table))
        classifier = self.pipeline[-1]
        scaled = self.pipeline[:-1].transform(self._features(table))
        if hasattr(classifier, "predict_proba_draws"):
            drawn = classifier.predict_proba_draws(scaled, **views_for(self.pipeline, table))
            draws = self.calibration(self.of_planets(drawn))
            return probability, draws.std(axis=0)
        if isinstance(getattr(classifier, "estimators_", None), list):
            trees = np.stack(
                [self.of_planets(tree.predict_proba(scaled)) for tree in classifier.estimators_]
            )
            return probability, self._error_from(trees)
        return probability, np.full(len(probability), np.nan)

    def _error_from(self, trees: np.ndarray) -> np.ndarray:
        """Standard error of the mean over trees (trees, rows), through the calibration."""
        mean, error = trees.mean(axis=0), trees.std(axis=0) / np.sqrt(len(trees))
        above, below = (self.calibration(np.clip(mean + side * error, 0, 1)) for side in (1, -1))
        return 0.5 * np.abs(above - below)

    def require_columns(self, table: FeatureTable) -> None:
        """Raise BadTable, which names the difference, unless the table has the model's columns."""
        units = {column.name: column.unit for column in table.columns}
        differing = [
            column.name for column in self.columns if units.get(column.name) != column.unit
        ]
        if differing:
            raise BadTable(
                f"the table lacks {differing} of model '{self.name}', or has them in "
                "another unit; measure it with the feature groups of training"
            )

    def _features(self, table: FeatureTable) -> np.ndarray:
        """The features of the table in this model's order; BadTable if it cannot take them."""
        self.require_columns(table)
        return table.usable_matrix([column.name for column in self.columns])

    def save(self, directory: str | Path) -> None:
        """Write ``pipeline.skops`` and ``model.json``, without pickle.

        The JSON has classes and their meanings, columns with units, hash of the schema,
        calibration, the card of the training set, versions and checksums of the archive and of
        the JSON's other entries.
        """
        directory = make_folder(directory)
        write_archive(self.pipeline, directory / ARCHIVE)
        description = {
            "format": FORMAT,
            "name": self.name,
            "classes": self.classes,
            "labels": meanings_to_plain({name: self.meanings[name] for name in self.classes}),
            "columns": [asdict(column) for column in self.columns],
            "schema_hash": schema_hash(self.columns),
            "calibration": score_map_to_plain(self.calibration),
            "card": self.card,
            "versions": {name: version(name) for name in ("numpy", "scikit-learn", "skops")},
        }
        # as it will be read: JSON has no tuples and no names that are numbers
        description = json.loads(json.dumps(description, default=str))
        checksums = {ARCHIVE: checksum(directory / ARCHIVE), DESCRIPTION: _checksum(description)}
        text = json.dumps(description | {"checksums": checksums}, indent=2)
        (directory / DESCRIPTION).write_text(text)


@dataclass(frozen=True, kw_only=True)
class _Description:
    """What ``model.json`` holds; ``sha256`` is the archive's checksum in ``UNCHECKED_FORMAT``."""

    name: str
    classes: list[str]
    labels: dict[str, LabelMeaning]
    columns: tuple[Column, ...]
    schema_hash: str
    calibration: dict
    card: dict
    checksums: dict[str, str] = field(default_factory=dict)
    sha256: str = ""


def load_fitted_model(directory: str | Path, *, table: FeatureTable | None = None) -> FittedModel:
    """Read a model written by ``FittedModel.save``; only known types are built.

    ``table`` is checked to have the columns of the model. A classifier of another package is built
    once it is allowed (``exoval.build.allow``). The checksums cover both files; a folder of format
    3, whose checksum covers the archive alone, is read with a warning. Raises DataNotFound if the
    folder has no model, BadTable if the model is damaged, holds foreign types or was fitted on
    other columns.
    """
    directory = Path(directory)
    if not (directory / ARCHIVE).is_file() or not (directory / DESCRIPTION).is_file():
        raise DataNotFound(f"no fitted model in {directory}; make one with python -m train")
    described = _read_description(directory)
    pipeline = read_archive(directory / ARCHIVE)
    what = f"the archive beside {directory / DESCRIPTION} is no classifier"
    with foreign_errors_as(BadTable, what, AGAIN):
        if not isinstance(pipeline, Pipeline):
            raise TypeError(f"it holds a {type(pipeline).__name__}")
        classes = [str(name) for name in pipeline.classes_]
        # a damaged array of texts may hold no characters
        "".join(classes).encode()
    if classes != described.classes or not set(classes) <= set(described.labels):
        raise BadTable(
            f"{directory / DESCRIPTION} has the classes {listed(described.classes)}, and the "
            f"archive beside it {listed(classes)}; {AGAIN}"
        )
    try:
        calibration = score_map_from_plain(described.calibration)
    except ExovalError as error:
        raise BadTable(
            f"{directory / DESCRIPTION}: calibration cannot be read ({error}); {AGAIN}"
        ) from error
    model = FittedModel(
        name=described.name,
        pipeline=pipeline,
        calibration=calibration,
        columns=described.columns,
        meanings=described.labels,
        card=described.card,
    )
    if table is not None:
        model.require_columns(table)
    return model


def _read_description(directory: Path) -> _Description:
    """The description of a model, with its checksums compared."""
    path = directory / DESCRIPTION
    plain = read_json(path, remedy=AGAIN)
    form = plain.get("format") if isinstance(plain, dict) else None
    if form not in (FORMAT, UNCHECKED_FORMAT):
        raise BadTable(
            f"{directory} has format {str(form)[:40]}, but this version reads formats "
            f"{UNCHECKED_FORMAT} and {FORMAT}; {AGAIN}"
        )
    described = as_record(plain, _Description, source=str(path), remedy=AGAIN)
    written = described.checksums.get(ARCHIVE) if form == FORMAT else described.sha256
    if checksum(directory / ARCHIVE) != written:
        raise BadTable(f"{directory / ARCHIVE} has changed since it was written; {AGAIN}")
    if form == UNCHECKED_FORMAT:
        log.warning("%s has no checksum of its own, and is taken as it is", path)
    elif _checksum(plain) != described.checksums.get(DESCRIPTION):
        raise BadTable(f"{path} has changed since it was written; {AGAIN}")
    if schema_hash(described.columns) != described.schema_hash:
        raise BadTable(f"the columns in {path} have changed since they were written; {AGAIN}")
    return described


def _checksum(description: dict) -> str:
    """SHA-256 of all entries of a description but its checksums, in hex."""
    entries = {name: value for name, value in description.items() if name != "checksums"}
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()


def planet_columns(pipeline: Pipeline, meanings: Mapping[str, LabelMeaning]) -> np.ndarray:
    """Mask of the columns of the pipeline's probabilities that count as planet, (classes,)."""
    return np.isin(pipeline.classes_, planet_labels(meanings))


def views_for(pipeline: Pipeline, table: FeatureTable) -> dict:
    """The table's views as a keyword argument, if the pipeline's classifier takes views.

    Raises BadTable if the table has no views.
    """
    if not getattr(pipeline[-1], "looks_at_views_", False):
        return {}
    if table.views is None:
        raise BadTable(
            "the model needs views, and the table has none; measure its events with "
            "exoval.views.fine.event_views, or simulate with views=true"
        )
    return {"views": table.views}


def schema_hash(columns: tuple[Column, ...]) -> str:
    """The schema hash of a table with these columns."""
    names = [*IDENTITY, *(column.name for column in columns)]
    return FeatureTable(pd.DataFrame(columns=names), columns).schema_hash
