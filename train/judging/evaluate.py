"""Judge probabilities against the truth, with intervals that respect the stars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.labels import PLANET, UNKNOWN
from exoval.models.fitted_model import FittedModel
from exoval.table.feature_table import FeatureTable
from train.judging.metrics import METRICS, Metric, roc_auc

#: central share of the bootstrap resamples between ``low`` and ``high``
INTERVAL = 0.95


@dataclass(frozen=True)
class Scored:
    """Events with a model's probability, shape (rows,) each.

    ``error`` is the standard error of ``probability``; ``predicted`` the most probable
    scenario; ``disposition`` planet, false_positive or unknown.
    """

    event: np.ndarray
    star: np.ndarray
    label: np.ndarray
    disposition: np.ndarray
    probability: np.ndarray
    error: np.ndarray
    predicted: np.ndarray

    def select(self, rows: np.ndarray) -> Scored:
        """The rows of a mask."""
        return Scored(**{name: values[rows] for name, values in vars(self).items()})

    @property
    def judged(self) -> Scored:
        """The rows whose truth is known."""
        return self.select(self.disposition != UNKNOWN)

    @property
    def is_planet(self) -> np.ndarray:
        """Whether each row is a planet by its disposition."""
        return self.disposition == PLANET


def score(model: FittedModel, table: FeatureTable) -> Scored:
    """Give every row of a table its probability."""
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
            **identity,
        )
    probability, error = model.planet_probability(table)
    classes = np.array(model.classes)
    predicted = classes[np.argmax(model.probabilities(table), axis=1)]
    return Scored(
        star=table.targets, probability=probability, error=error, predicted=predicted, **identity
    )


def evaluate(scored: Scored, resamples: int, seed: int) -> dict:
    """Every metric as ``{value, low, high}``, AUC against each other label, and confusion.

    Intervals are the central 95 % of ``resamples`` bootstrap sets of whole stars. A number that
    is not defined is None, with a ``reason``. Rows of unknown disposition are left out.
    """
    rows = scored.judged
    weights = star_weights(rows.star, resamples, np.random.default_rng(seed))
    result: dict = {
        key: with_interval(metric, rows.probability, rows.is_planet, weights)
        for key, (_, metric, _) in METRICS.items()
    }
    result["auc_against"] = {}
    for label in sorted(set(rows.label[~rows.is_planet])):
        pair = rows.is_planet | (rows.label == label)
        result["auc_against"][str(label)] = with_interval(
            roc_auc, rows.probability[pair], rows.is_planet[pair], weights[:, pair]
        )
    result["confusion"] = confusion(rows)
    return result


def star_weights(stars: np.ndarray, resamples: int, random: np.random.Generator) -> np.ndarray:
    """How often each row counts in each bootstrap set of stars, shape (resamples, rows)."""
    names, star = np.unique(stars, return_inverse=True)
    if len(names) == 0:
        return np.zeros((resamples, 0))
    times = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    return times[:, star].astype(float)


def with_interval(
    metric: Metric, probability: np.ndarray, truth: np.ndarray, weights: np.ndarray
) -> dict:
    """Value of a metric and its bootstrap interval; None and a reason where undefined."""
    if len(truth) == 0:
        return {"value": None, "low": None, "high": None, "reason": "no rows of known truth"}
    value = metric(probability, truth, np.ones(len(truth)))
    if np.isnan(value):
        return {"value": None, "low": None, "high": None, "reason": why_undefined(truth)}
    repeated = np.array([metric(probability, truth, weight) for weight in weights])
    repeated = repeated[np.isfinite(repeated)]
    # with most resamples undefined the rest are a biased choice
    if len(repeated) <= len(weights) / 2:
        return {
            "value": value,
            "low": None,
            "high": None,
            "reason": "too few stars for an interval",
        }
    low, high = np.quantile(repeated, [0.5 - INTERVAL / 2, 0.5 + INTERVAL / 2])
    return {"value": value, "low": float(low), "high": float(high)}


def why_undefined(truth: np.ndarray) -> str:
    """Why a metric has no value on a set with these truths."""
    if not truth.any():
        return "no planets among the rows"
    return "only planets among the rows" if truth.all() else "no row above the threshold"


def confusion(rows: Scored) -> dict:
    """Counts of true label by most probable scenario, with the names of both, planets first."""
    planets = set(rows.label[rows.is_planet])
    true = sorted(set(rows.label), key=lambda name: (name not in planets, name))
    predicted = sorted(set(rows.predicted), key=lambda name: (name != PLANET, name))
    counts = [
        [int(np.sum((rows.label == t) & (rows.predicted == p))) for p in predicted] for t in true
    ]
    return {
        "true": [str(name) for name in true],
        "predicted": [str(name) for name in predicted],
        "counts": counts,
    }
