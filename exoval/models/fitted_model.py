"""A fitted, calibrated classifier that knows which columns it was fitted on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.labels import PLANET
from exoval.models.calibrate import (
    ScoreMap,
    rescale_classes,
    score_map_from_plain,
    score_map_to_plain,
)
from exoval.models.model_archive import checksum, read_archive, write_archive
from exoval.models.prior_shift import shift_priors
from exoval.running.output_path import make_folder
from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable

ARCHIVE, FORMAT = "pipeline.skops", 2
#: resamplings of a forest's trees from which errors of probabilities follow
BOOTSTRAPS = 200


@dataclass(frozen=True, kw_only=True)
class FittedModel:
    """A pipeline with the standing of ``feature_pipeline``, its calibration and its columns.

    ``card`` says what it was trained on: rows and stars, class shares of the rows it was
    calibrated on, recipe of the features, metrics (JSON-able).
    """

    name: str
    pipeline: Pipeline
    calibration: ScoreMap
    columns: tuple[Column, ...]
    card: dict = field(default_factory=dict)

    @property
    def classes(self) -> list[str]:
        """The scenario keys, in the order of the probability columns."""
        return [str(name) for name in self.pipeline.classes_]

    def probabilities(
        self, table: FeatureTable, *, priors: dict[str, float] | None = None
    ) -> np.ndarray:
        """Calibrated scenario probabilities, shape (rows, classes).

        They hold for the mixture of scenarios that the model was calibrated on; ``priors``
        (scenario to share) gives them for another one. Raises BadParameter for priors that are
        not one share a class.
        """
        raw = self.pipeline.predict_proba(self._features(table), **views_for(self.pipeline, table))
        planet = self.classes.index(PLANET)
        calibrated = rescale_classes(
            raw, planet=planet, calibrated=self.calibration(raw[:, planet])
        )
        return calibrated if priors is None else self._shifted(calibrated, priors)

    def probability_errors(
        self, table: FeatureTable, *, priors: dict[str, float] | None = None
    ) -> np.ndarray:
        """Standard errors of ``probabilities``, shape (rows, classes).

        The spread over draws from a Gaussian process's posterior, or over bootstraps of a
        forest's trees; NaN for classifiers that have neither. Meant for a few rows: all trees'
        answers are held at once.
        """
        planet = self.classes.index(PLANET)
        classifier = self.pipeline[-1]
        scaled = self.pipeline[:-1].transform(self._features(table))
        if hasattr(classifier, "predict_proba_draws"):
            drawn = classifier.predict_proba_draws(scaled, **views_for(self.pipeline, table))
        elif isinstance(getattr(classifier, "estimators_", None), list):
            trees = np.stack([tree.predict_proba(scaled) for tree in classifier.estimators_])
            rng = np.random.default_rng(0)
            counts = rng.multinomial(len(trees), np.full(len(trees), 1 / len(trees)), BOOTSTRAPS)
            drawn = np.tensordot(counts / len(trees), trees, axes=1)
        else:
            return np.full((len(table), len(self.classes)), np.nan)
        calibrated = rescale_classes(
            drawn, planet=planet, calibrated=self.calibration(drawn[..., planet])
        )
        if priors is not None:
            calibrated = self._shifted(calibrated, priors)
        return calibrated.std(axis=0)

    def _shifted(self, calibrated: np.ndarray, priors: dict[str, float]) -> np.ndarray:
        """Probabilities (..., classes) for other shares of the scenarios."""
        if set(priors) != set(self.classes) or "class_shares" not in self.card:
            raise BadParameter(
                f"priors are for {sorted(priors)}; model '{self.name}' needs one "
                f"share for each of {', '.join(self.classes)}"
            )
        trained, target = (
            np.array([shares[name] for name in self.classes])
            for shares in (self.card["class_shares"], priors)
        )
        return shift_priors(calibrated, trained=trained, target=target)

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
            drawn = classifier.predict_proba_draws(scaled, **views_for(self.pipeline, table))
            draws = self.calibration(drawn[:, :, planet])
            return probability, draws.std(axis=0)
        if isinstance(getattr(classifier, "estimators_", None), list):
            trees = np.stack(
                [tree.predict_proba(scaled)[:, planet] for tree in classifier.estimators_]
            )
            return probability, self._error_from(trees)
        return probability, np.full(len(probability), np.nan)

    def _error_from(self, trees: np.ndarray) -> np.ndarray:
        """Standard error of the mean over trees (trees, rows), through the calibration."""
        mean, error = trees.mean(axis=0), trees.std(axis=0) / np.sqrt(len(trees))
        above, below = (self.calibration(np.clip(mean + side * error, 0, 1)) for side in (1, -1))
        return 0.5 * np.abs(above - below)

    def require_columns(self, table: FeatureTable) -> None:
        """Raise BadTable, naming what differs, unless the table has this model's columns."""
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
        """The features of the table in this model's order; BadTable if the columns differ."""
        self.require_columns(table)
        return table.matrix([column.name for column in self.columns])

    def save(self, directory: str | Path) -> None:
        """Write ``pipeline.skops`` and ``model.json``; no pickle.

        The JSON has classes, columns with units, hash of the schema, calibration, the card of the
        training set, versions and a checksum of the other file.
        """
        directory = make_folder(directory)
        write_archive(self.pipeline, directory / ARCHIVE)
        description = {
            "format": FORMAT,
            "name": self.name,
            "classes": self.classes,
            "columns": [asdict(column) for column in self.columns],
            "schema_hash": schema_hash(self.columns),
            "calibration": score_map_to_plain(self.calibration),
            "card": self.card,
            "versions": {name: version(name) for name in ("numpy", "scikit-learn", "skops")},
            "sha256": checksum(directory / ARCHIVE),
        }
        (directory / "model.json").write_text(json.dumps(description, indent=2, default=str))


def load_fitted_model(
    directory: str | Path, *, table: FeatureTable | None = None, trusted: tuple[str, ...] = ()
) -> FittedModel:
    """Read a model written by ``FittedModel.save``; only known types are built.

    With a ``table`` the model must be able to judge its rows. ``trusted`` names further classes
    that may be built. Raises DataNotFound if there is no model and BadTable if it is damaged,
    holds foreign types or was fitted on other columns than those of the table.
    """
    directory = Path(directory)
    if not (directory / ARCHIVE).is_file() or not (directory / "model.json").is_file():
        raise DataNotFound(f"no fitted model in {directory}; make one with python -m train")
    description = json.loads((directory / "model.json").read_text())
    if description.get("format") != FORMAT:
        raise BadTable(
            f"{directory} has format {description.get('format')} and this version "
            f"reads {FORMAT}; train again"
        )
    if checksum(directory / ARCHIVE) != description["sha256"]:
        raise BadTable(f"{directory / ARCHIVE} is not the file that was written; train again")
    columns = tuple(Column(**column) for column in description["columns"])
    if schema_hash(columns) != description["schema_hash"]:
        raise BadTable(
            f"the columns in {directory / 'model.json'} are not those that were "
            "written; train again"
        )
    model = FittedModel(
        name=description["name"],
        pipeline=read_archive(directory / ARCHIVE, trusted=trusted),
        calibration=score_map_from_plain(description["calibration"]),
        columns=columns,
        card=description["card"],
    )
    if table is not None:
        model.require_columns(table)
    return model


def views_for(pipeline: Pipeline, table: FeatureTable) -> dict:
    """The views of the table's rows as an argument, if the pipeline's classifier looks at them.

    Raises BadTable if the table has none.
    """
    if not getattr(pipeline[-1], "looks_at_views_", False):
        return {}
    if table.views is None:
        raise BadTable(
            "the model looks at views and the table has none; measure its events with "
            "exoval.views.fine.event_views, or simulate with views=true"
        )
    return {"views": table.views}


def schema_hash(columns: tuple[Column, ...]) -> str:
    """The schema hash of a table with these columns."""
    names = [*IDENTITY, *(column.name for column in columns)]
    return FeatureTable(pd.DataFrame(columns=names), columns).schema_hash
