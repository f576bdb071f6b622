"""Events with a model's probability, and the metrics of those with known truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.labels import PLANET, UNKNOWN
from exoval.models.fitted_model import FittedModel
from exoval.table.feature_table import FeatureTable
from train.judging.metrics import WeightedRows, intervals


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Events with a model's probability; all arrays have shape (rows,).

    ``error`` is the standard error of ``probability``, ``predicted`` the most probable label and
    ``predicted_is_planet`` whether it counts as planet; ``disposition`` is planet, false_positive
    or unknown.
    """

    event: np.ndarray
    star: np.ndarray
    label: np.ndarray
    disposition: np.ndarray
    probability: np.ndarray
    error: np.ndarray
    predicted: np.ndarray
    predicted_is_planet: np.ndarray

    def select(self, rows: np.ndarray) -> Scored:
        """The rows that a mask chooses."""
        return Scored(**{name: values[rows] for name, values in vars(self).items()})

    @property
    def judged(self) -> Scored:
        """The rows with a known disposition."""
        return self.select(self.disposition != UNKNOWN)

    @property
    def is_planet(self) -> np.ndarray:
        """Whether each row is a planet by its disposition."""
        return self.disposition == PLANET


def score(model: FittedModel, table: FeatureTable) -> Scored:
    """The rows of a table with the model's probabilities."""
    identity = {
        name: table.frame[name].to_numpy(dtype=str) for name in ("event", "label", "disposition")
    }
    if len(table) == 0:
        nothing = np.zeros(0)
        return Scored(
            star=table.targets,
            probability=nothing,
            error=nothing,
            predicted=nothing.astype(str),
            predicted_is_planet=nothing.astype(bool),
            **identity,
        )
    probability, error = model.planet_probability(table)
    most = np.argmax(model.probabilities(table), axis=1)
    return Scored(
        star=table.targets,
        probability=probability,
        error=error,
        predicted=np.array(model.classes)[most],
        predicted_is_planet=model.is_planet_class[most],
        **identity,
    )


def evaluate(scored: Scored, *, resamples: int, seed: int) -> dict:
    """Every metric as ``{value, low, high}``, ROC AUC against each other label, and confusion.

    Intervals are the central 95 % of ``resamples`` bootstrap sets of whole stars. An undefined
    number is None, with a ``reason``. Rows of unknown disposition are left out.
    """
    judged = scored.judged
    rows = WeightedRows.resampled(
        judged.probability, judged.is_planet, judged.star, resamples=resamples, seed=seed
    )
    return intervals(rows) | {
        "auc_against": auc_against(rows, judged.label),
        "confusion": confusion(judged),
    }


def auc_against(rows: WeightedRows, label: np.ndarray) -> dict[str, dict]:
    """ROC AUC of planets against the rows of each other ``label`` (rows,) separately."""
    return {
        str(other): intervals(rows.select(rows.truth | (label == other)), ["roc_auc"])["roc_auc"]
        for other in sorted(set(label[~rows.truth]))
    }


def confusion(rows: Scored) -> dict:
    """Confusion matrix: counts by true and by most probable label, what counts as planet first."""
    true, predicted = (
        sorted(set(labels), key=lambda name: (name not in planets, name))
        for labels, planets in (
            (rows.label, set(rows.label[rows.is_planet])),
            (rows.predicted, set(rows.predicted[rows.predicted_is_planet])),
        )
    )
    counts = [
        [int(np.sum((rows.label == t) & (rows.predicted == p))) for p in predicted] for t in true
    ]
    return {
        "true": [str(name) for name in true],
        "predicted": [str(name) for name in predicted],
        "counts": counts,
    }
