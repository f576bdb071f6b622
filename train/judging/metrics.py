"""Numbers that judge probabilities of a yes-or-no question, with a weight per row.

Every metric takes ``(probability, truth, weight)``, arrays of shape (rows,), and gives NaN where
it is not defined. Weights are what lets a bootstrap over stars be one multiplication.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Metric = Callable[[np.ndarray, np.ndarray, np.ndarray], float]

#: probabilities closer than this to 0 or 1 count as this far away in the log-loss
FLOOR = 1e-6


def counts_above(
    probability: np.ndarray, truth: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weight of true and of false rows at or above each distinct probability, descending.

    Both start at 0, for a threshold above every row.
    """
    _, place = np.unique(-probability, return_inverse=True)
    true = np.cumsum(np.bincount(place, weight * truth))
    false = np.cumsum(np.bincount(place, weight * ~truth))
    return np.concatenate([[0.0], true]), np.concatenate([[0.0], false])


def roc_auc(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
    """Chance that a random planet scores above a random other event; ties count half."""
    true, false = counts_above(probability, truth, weight)
    if true[-1] == 0 or false[-1] == 0:
        return np.nan
    return float(np.trapezoid(true, false) / true[-1] / false[-1])


def average_precision(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
    """Area under the precision-recall staircase."""
    true, false = counts_above(probability, truth, weight)
    if true[-1] == 0 or false[-1] == 0:
        return np.nan
    precision = true[1:] / np.maximum(true[1:] + false[1:], 1e-300)
    return float(np.sum(np.diff(true) * precision) / true[-1])


def recall_at_precision(minimum: float) -> Metric:
    """The largest recall at any threshold whose precision is at least ``minimum``; else 0."""

    def metric(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
        true, false = counts_above(probability, truth, weight)
        if true[-1] == 0 or false[-1] == 0:
            return np.nan
        pure = true >= minimum * (true + false)
        return float(true[pure].max() / true[-1])

    return metric


def log_loss(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
    """Mean of -ln(probability given to the truth), in nats."""
    of_truth = np.clip(np.where(truth, probability, 1 - probability), FLOOR, 1)
    return mean(-np.log(of_truth), weight)


def base_rate_log_loss(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
    """Log-loss of giving every row the share of planets in this very set."""
    rate = mean(truth.astype(float), weight)
    return log_loss(np.full(len(truth), rate), truth, weight)


def brier(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
    """Mean squared distance of the probability from the truth (0 or 1)."""
    return mean((probability - truth) ** 2, weight)


def calibration_error(
    probability: np.ndarray, truth: np.ndarray, weight: np.ndarray, bins: int = 10
) -> float:
    """Expected calibration error: mean |share of planets - probability| over bins of 0.1."""
    which = np.minimum((probability * bins).astype(int), bins - 1)
    gap = np.bincount(which, weight * (truth - probability), minlength=bins)
    return float(np.abs(gap).sum() / weight.sum()) if weight.sum() > 0 else np.nan


def accuracy(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
    """Share of rows on the right side of one half."""
    return mean(((probability >= 0.5) == truth).astype(float), weight)


def precision(threshold: float) -> Metric:
    """Share of planets among the rows at or above a threshold."""

    def metric(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
        return mean(truth.astype(float), weight * (probability >= threshold))

    return metric


def recall(threshold: float) -> Metric:
    """Share of the planets that are at or above a threshold."""

    def metric(probability: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
        return mean((probability >= threshold).astype(float), weight * truth)

    return metric


def mean(values: np.ndarray, weight: np.ndarray) -> float:
    """Weighted mean; NaN without weight."""
    total = weight.sum()
    return float((weight * values).sum() / total) if total > 0 else np.nan


#: key in metrics.json -> (title, metric, whether more is better; None where it is no merit)
METRICS: dict[str, tuple[str, Metric, bool | None]] = {
    "roc_auc": ("ROC AUC", roc_auc, True),
    "average_precision": ("Area under precision-recall", average_precision, True),
    "recall_at_precision_0.99": ("Recall at precision 0.99", recall_at_precision(0.99), True),
    "accuracy": ("Accuracy at 0.5", accuracy, True),
    "precision_at_0.5": ("Precision at 0.5", precision(0.5), True),
    "recall_at_0.5": ("Recall at 0.5", recall(0.5), True),
    "precision_at_0.9": ("Precision at 0.9", precision(0.9), True),
    "recall_at_0.9": ("Recall at 0.9", recall(0.9), True),
    "log_loss": ("Log-loss", log_loss, False),
    "base_rate_log_loss": ("Log-loss of the base rate", base_rate_log_loss, None),
    "brier": ("Brier score", brier, False),
    "calibration_error": ("Expected calibration error", calibration_error, False),
}
