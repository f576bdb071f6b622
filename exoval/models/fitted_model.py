"""A fitted and calibrated classifier, with the columns it was fitted on."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
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
    logit,
    rescale_classes,
    score_map_from_plain,
    score_map_to_plain,
)
from exoval.models.model_archive import read_archive, write_archive
from exoval.models.prior_shift import shift_priors
from exoval.models.retraining_error import RetrainingError, interval
from exoval.running.checksums import check_seal, sealed
from exoval.running.output_path import make_folder, replacing
from exoval.running.whole_folder import difference
from exoval.schema import as_record, read_json
from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable

log = logging.getLogger(__name__)

ARCHIVE, DESCRIPTION, FORMAT = "pipeline.zip", "model.json", 5
#: regressions of the error of probabilities, beside the description's ``error_scale``
ERROR_ARCHIVE = "error.zip"
#: formats that are still read, with archives of other names; the checksum of the older one covers
#: the pipeline alone
SKOPS_FORMAT, UNCHECKED_FORMAT = 4, 3
SKOPS_NAMES = {ARCHIVE: "pipeline.skops", ERROR_ARCHIVE: "error.skops"}
AGAIN = "train again"


@dataclass(frozen=True, kw_only=True)
class ModelAnswers:
    """What a model says of some rows.

    ``probability`` (rows, classes) is calibrated, ``planet`` (rows,) is P(planet). ``interval`` and
    ``planet_interval`` are both one standard error below and above, two arrays of the same shapes.
    """

    probability: np.ndarray
    planet: np.ndarray
    interval: tuple[np.ndarray, np.ndarray]
    planet_interval: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class FittedModel:
    """A fitted ``feature_pipeline`` with its classifier, calibration and columns.

    ``meanings`` says what each class stands for: P(planet) is the sum over the classes that count
    as planet. ``card`` describes the training: rows and stars, class shares of the calibration
    rows, recipe of the features, metrics (JSON-able). ``error`` is that of the log odds,
    ``training_range`` what features had in training (``exoval.models.training_range``).

    Raises BadTable for a class without a meaning, and if no class or every class counts as planet.
    """

    name: str
    pipeline: Pipeline
    calibration: ScoreMap
    columns: tuple[Column, ...]
    meanings: Mapping[str, LabelMeaning]
    card: dict = field(default_factory=dict)
    error: RetrainingError | None = None
    training_range: Mapping[str, Sequence[float]] = field(default_factory=dict)

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
        return self.answers(table, priors=priors, with_errors=False).probability

    def answers(
        self,
        table: FeatureTable,
        *,
        priors: dict[str, float] | None = None,
        with_errors: bool = True,
    ) -> ModelAnswers:
        """Everything that the model says of the rows, in one pass: see ``ModelAnswers``.

        ``priors`` are as in ``probabilities``. Intervals are NaN for a model without errors, and
        without ``with_errors``.
        """
        features = self._features(table)
        with self._judging():
            raw = self.pipeline.predict_proba(features, **views_for(self.pipeline, table))
            trained = self._calibrated(raw)
        probability = trained if priors is None else self._shifted(trained, priors)
        planet = self.of_planets(probability)
        if self.error is None or not with_errors:
            return ModelAnswers(
                probability=probability,
                planet=planet,
                interval=(np.full(probability.shape, np.nan),) * 2,
                planet_interval=(np.full(len(planet), np.nan),) * 2,
            )
        of_planet = logit(self.of_planets(trained))
        return ModelAnswers(
            probability=probability,
            planet=planet,
            interval=interval(probability, self.error.of_classes(logit(trained), features)),
            planet_interval=interval(planet, self.error.of_planet(of_planet, features)),
        )

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

    def probability_intervals(
        self, table: FeatureTable, *, priors: dict[str, float] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """``probabilities`` one standard error below and above, each of shape (rows, classes).

        The error is that of the log odds: how far training on other stars of the same world would
        move them (``exoval.models.retraining_error``). NaN for a model without errors.
        """
        return self.answers(table, priors=priors).interval

    def planet_interval(
        self, table: FeatureTable, *, priors: dict[str, float] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """P(planet) one standard error below and above, each (rows,); NaN without errors."""
        return self.answers(table, priors=priors).planet_interval

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
        """Calibrated P(planet) and half the width of ``planet_interval``, both (rows,)."""
        answers = self.answers(table)
        low, high = answers.planet_interval
        return answers.planet, 0.5 * (high - low)

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
        """Write ``pipeline.zip``, ``model.json`` and, with errors, ``error.zip``; no pickle.

        The JSON has classes and their meanings, columns with units, hash of the schema,
        calibration, the card of the training set, versions and checksums of the archive and of
        the JSON's other entries.
        """
        directory = make_folder(directory)
        write_archive(self.pipeline, directory / ARCHIVE)
        for name in (ERROR_ARCHIVE, *SKOPS_NAMES.values()):
            (directory / name).unlink(missing_ok=True)
        archives = [ARCHIVE]
        if self.error is not None:
            regressions = {"planet": self.error.planet, "classes": self.error.classes}
            write_archive(regressions, directory / ERROR_ARCHIVE)
            archives.append(ERROR_ARCHIVE)
        description = {
            "format": FORMAT,
            "name": self.name,
            "classes": self.classes,
            "labels": meanings_to_plain({name: self.meanings[name] for name in self.classes}),
            "columns": [asdict(column) for column in self.columns],
            "schema_hash": schema_hash(self.columns),
            "calibration": score_map_to_plain(self.calibration),
            "card": self.card,
            "training_range": {name: list(of) for name, of in self.training_range.items()},
            "error_scale": None if self.error is None else self.error.scale,
            "versions": {name: version(name) for name in ("numpy", "scikit-learn")},
        }
        files = {name: directory / name for name in archives}
        text = json.dumps(sealed(description, name=DESCRIPTION, files=files), indent=2)
        with replacing(directory / DESCRIPTION) as draft:
            draft.write_text(text)


@dataclass(frozen=True, kw_only=True)
class _Description:
    """What ``model.json`` holds; ``sha256`` is the archive's checksum in ``UNCHECKED_FORMAT``."""

    format: int
    name: str
    classes: list[str]
    labels: dict[str, LabelMeaning]
    columns: tuple[Column, ...]
    schema_hash: str
    calibration: dict
    card: dict
    checksums: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    error_scale: float | None = None
    training_range: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def file(self, archive: str) -> str:
        """The name of an archive in the description's format."""
        return archive if self.format == FORMAT else SKOPS_NAMES[archive]


def load_fitted_model(directory: str | Path, *, table: FeatureTable | None = None) -> FittedModel:
    """Read a model written by ``FittedModel.save``; only known types are built.

    ``table`` is checked to have the columns of the model. A classifier of another package is built
    once it is allowed (``exoval.build.allow``). The checksums cover all files; a folder of format
    3, whose checksum covers the archive alone, is read with a warning. Raises DataNotFound if the
    folder has no model, BadTable if the model is damaged, holds foreign types or was fitted on
    other columns.
    """
    directory = Path(directory)
    archives = (directory / name for name in (ARCHIVE, SKOPS_NAMES[ARCHIVE]))
    if not any(path.is_file() for path in archives) or not (directory / DESCRIPTION).is_file():
        raise DataNotFound(f"no fitted model in {directory}; make one with python -m train")
    described = _read_description(directory)
    pipeline = read_archive(directory / described.file(ARCHIVE))
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
        error=_read_error(directory, described),
        training_range=described.training_range,
    )
    if table is not None:
        model.require_columns(table)
    return model


def _read_error(directory: Path, described: _Description) -> RetrainingError | None:
    """The error of a model's probabilities; None for a model without."""
    if described.error_scale is None:
        return None
    path = directory / described.file(ERROR_ARCHIVE)
    wrong = difference(path, None, described.checksums.get(path.name, ""))
    if wrong:
        raise BadTable(f"{path} {wrong}; {AGAIN}")
    regressions = read_archive(path)
    try:
        return RetrainingError(scale=described.error_scale, **regressions)
    except (BadParameter, TypeError) as error:
        raise BadTable(f"{path} does not hold the error of a model ({error}); {AGAIN}") from error


def _read_description(directory: Path) -> _Description:
    """The description of a model, with its checksums compared."""
    path = directory / DESCRIPTION
    plain = read_json(path, remedy=AGAIN)
    form = plain.get("format") if isinstance(plain, dict) else None
    if form not in (FORMAT, SKOPS_FORMAT, UNCHECKED_FORMAT):
        raise BadTable(
            f"{directory} has format {str(form)[:40]}, but this version reads formats "
            f"{UNCHECKED_FORMAT}, {SKOPS_FORMAT} and {FORMAT}; {AGAIN}"
        )
    described = as_record(plain, _Description, source=str(path), remedy=AGAIN)
    if form == UNCHECKED_FORMAT:
        log.warning("%s has no checksum of its own, and is taken as it is", path)
        written = described.sha256
    else:
        written = check_seal(plain, path, remedy=AGAIN).get(described.file(ARCHIVE), "")
    archive = directory / described.file(ARCHIVE)
    wrong = difference(archive, None, written)
    if wrong:
        raise BadTable(f"{archive} {wrong}; {AGAIN}")
    if schema_hash(described.columns) != described.schema_hash:
        raise BadTable(f"the columns in {path} have changed since they were written; {AGAIN}")
    return described


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
