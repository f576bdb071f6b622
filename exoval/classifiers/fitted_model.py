"""A fitted, calibrated classifier that knows which columns it was fitted on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import joblib
import numpy as np
from sklearn.pipeline import Pipeline

from exoval.calibrate import ScoreMap, rescale_classes
from exoval.errors import BadTable, DataNotFound
from exoval.feature_table import Column, FeatureTable
from exoval.labels import PLANET


@dataclass(frozen=True)
class FittedModel:
    """A pipeline with the standing of ``feature_pipeline``, its calibration and its columns."""

    name: str
    pipeline: Pipeline
    calibration: ScoreMap
    columns: tuple[Column, ...]

    @property
    def classes(self) -> list[str]:
        """The scenario keys, in the order of the probability columns."""
        return [str(name) for name in self.pipeline.classes_]

    def probabilities(self, table: FeatureTable) -> np.ndarray:
        """Calibrated scenario probabilities, shape (rows, classes)."""
        raw = self.pipeline.predict_proba(self._features(table))
        planet = self.classes.index(PLANET)
        return rescale_classes(raw, planet, self.calibration(raw[:, planet]))

    def planet_probability(self, table: FeatureTable) -> tuple[np.ndarray, np.ndarray]:
        """Calibrated P(planet) and its standard error, both (rows,).

        The error is the posterior spread of a Gaussian process, or the spread of a forest's
        trees over the square root of their number; NaN for classifiers that have neither.
        """
        planet = self.classes.index(PLANET)
        probability = self.probabilities(table)[:, planet]
        classifier = self.pipeline[-1]
        scaled = self.pipeline[:-1].transform(self._features(table))
        if hasattr(classifier, "predict_proba_draws"):
            draws = self.calibration(classifier.predict_proba_draws(scaled)[:, :, planet])
            return probability, draws.std(axis=0)
        if isinstance(getattr(classifier, "estimators_", None), list):
            trees = np.stack([tree.predict_proba(scaled)[:, planet]
                              for tree in classifier.estimators_])
            return probability, self._error_from(trees)
        return probability, np.full(len(probability), np.nan)

    def _error_from(self, trees: np.ndarray) -> np.ndarray:
        """Standard error of the mean over trees (trees, rows), through the calibration."""
        mean, error = trees.mean(axis=0), trees.std(axis=0) / np.sqrt(len(trees))
        above, below = (self.calibration(np.clip(mean + side * error, 0, 1)) for side in (1, -1))
        return 0.5 * np.abs(above - below)

    def _features(self, table: FeatureTable) -> np.ndarray:
        """The features of the table in this model's order; BadTable if the columns differ."""
        units = {column.name: column.unit for column in table.columns}
        differing = [column.name for column in self.columns
                     if units.get(column.name) != column.unit]
        if differing:
            raise BadTable(f"the table lacks {differing} of model '{self.name}', or has them in "
                           "another unit; measure it with the feature groups of training")
        return table.frame[[column.name for column in self.columns]].to_numpy(dtype=float)

    def save(self, directory: str | Path) -> None:
        """Write ``model.joblib`` and ``model.json`` (classes, columns, versions, checksum)."""
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        joblib.dump(self, directory / "model.joblib", compress=3)
        description = {
            "name": self.name, "classes": self.classes,
            "columns": [asdict(column) for column in self.columns],
            "versions": {name: version(name) for name in ("numpy", "scikit-learn")},
            "sha256": checksum(directory / "model.joblib"),
        }
        (directory / "model.json").write_text(json.dumps(description, indent=2))


def load_fitted_model(directory: str | Path) -> FittedModel:
    """Read a model written by ``FittedModel.save``.

    The file is a pickle, and reading a pickle runs code that it names: load only models that
    you, or people you trust, have trained. The checksum finds damage, not malice. Raises
    DataNotFound if there is no model and BadTable if it is damaged.
    """
    directory = Path(directory)
    if not (directory / "model.joblib").is_file() or not (directory / "model.json").is_file():
        raise DataNotFound(f"no fitted model in {directory}; make one with python -m train")
    description = json.loads((directory / "model.json").read_text())
    if checksum(directory / "model.joblib") != description["sha256"]:
        raise BadTable(f"{directory / 'model.joblib'} is not the file that was written; train "
                       "again")
    return joblib.load(directory / "model.joblib")


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
