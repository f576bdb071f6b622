"""Many numbers of one set of probabilities, with a bootstrap over stars done all at once.

The same numbers as in ``train.judging.metrics``; tens of thousands of rows are sorted once and
all bootstrap sets are summed as one matrix.
"""

from __future__ import annotations

import numpy as np

from train.judging.evaluate import INTERVAL, star_weights, why_undefined
from train.judging.metrics import FLOOR

THRESHOLDS = (0.5, 0.9, 0.99)
BINS = 10
#: sums over bins of what chance moves too, so that resampling, which adds chance, biases them
#: upwards: their intervals are moved back by the median of that
BIASED = ("ece", "brier_reliability", "brier_resolution")
#: numbers kept after the point in what is written
DIGITS = 5


def judge(
    probability: np.ndarray, truth: np.ndarray, stars: np.ndarray, resamples: int, seed: int
) -> dict:
    """Every number as ``{value, low, high}``: central 95 % of ``resamples`` sets of whole stars.

    ``probability``, ``truth`` (boolean) and ``stars`` are (rows,). Numbers that are not defined
    are None with a ``reason``.
    """
    weights = star_weights(stars, resamples, np.random.default_rng(seed))
    weights = np.concatenate([np.ones((1, len(truth))), weights])
    if not truth.any() or truth.all():
        return {
            name: {"value": None, "low": None, "high": None, "reason": why_undefined(truth)}
            for name in ("roc_auc", "pr_auc", "recall_at_precision_99")
        } | {
            name: _interval(values, name in BIASED)
            for name, values in means(probability, truth, weights).items()
        }
    found = ranking(probability, truth, weights) | means(probability, truth, weights)
    return {name: _interval(values, name in BIASED) for name, values in found.items()}


def ranking(
    probability: np.ndarray, truth: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """Numbers that depend on the order alone, (sets,) each; weights are (sets, rows)."""
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.diff(probability[order]) != 0, True)
    weight, planet = weights[:, order], truth[order]
    true = np.cumsum(weight * planet, axis=1)[:, last]
    both = np.cumsum(weight, axis=1)[:, last]
    false = both - true
    zero = np.zeros((len(weights), 1))
    steps = np.diff(true, axis=1, prepend=zero)
    height = np.diff(false, axis=1, prepend=zero)
    below = np.concatenate([zero, true[:, :-1]], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = true / both
        planets, others = true[:, -1], false[:, -1]
        pure = np.where(precision >= 0.99, true, 0).max(axis=1)
        return {
            "roc_auc": np.sum(height * 0.5 * (true + below), axis=1) / planets / others,
            "pr_auc": np.sum(steps * np.nan_to_num(precision), axis=1) / planets,
            "recall_at_precision_99": pure / planets,
        }


def means(probability: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Numbers that are means over rows or bins, (sets,) each."""
    total = weights.sum(axis=1)
    of_truth = np.clip(np.where(truth, probability, 1 - probability), FLOOR, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = weights @ truth / total
        certain = np.clip(rate, FLOOR, 1 - FLOOR)
        found = {
            "log_loss": weights @ -np.log(of_truth) / total,
            "base_rate_log_loss": -rate * np.log(certain) - (1 - rate) * np.log(1 - certain),
            "brier": weights @ (probability - truth) ** 2 / total,
        } | _over_bins(probability, truth, weights, rate, total)
        for threshold in THRESHOLDS:
            above = (probability >= threshold).astype(float)
            hits, key = weights @ (above * truth), f"{100 * threshold:.0f}"
            found[f"precision_at_{key}"] = hits / (weights @ above)
            found[f"recall_at_{key}"] = hits / (weights @ truth)
    return found


def _over_bins(
    probability: np.ndarray,
    truth: np.ndarray,
    weights: np.ndarray,
    rate: np.ndarray,
    total: np.ndarray,
) -> dict[str, np.ndarray]:
    """Calibration error and Murphy's (1973) parts of the Brier score, bins of 0.1."""
    which = np.minimum((probability * BINS).astype(int), BINS - 1)
    member = (which[:, None] == np.arange(BINS)).astype(float)
    count, planets, given = (
        weights @ (member * by[:, None]) for by in (np.ones(len(truth)), truth, probability)
    )
    seen = np.maximum(count, 1e-12)
    return {
        "ece": np.abs(planets - given).sum(axis=1) / total,
        "brier_reliability": ((given - planets) ** 2 / seen).sum(axis=1) / total,
        "brier_resolution": (count * (planets / seen - rate[:, None]) ** 2).sum(axis=1) / total,
        "brier_uncertainty": rate * (1 - rate),
    }


def _interval(values: np.ndarray, biased: bool) -> dict:
    """The first of the values and the central part of the rest, about the first if ``biased``."""
    if not np.isfinite(values[0]):
        return {"value": None, "low": None, "high": None, "reason": "no row above the threshold"}
    repeated = values[1:][np.isfinite(values[1:])]
    # with most sets undefined the rest are a biased choice
    if len(repeated) <= (len(values) - 1) / 2:
        return {
            "value": round(float(values[0]), DIGITS),
            "low": None,
            "high": None,
            "reason": "too few stars for an interval",
        }
    if biased:
        repeated = np.maximum(repeated - np.median(repeated) + values[0], 0)
    low, high = np.quantile(repeated, [0.5 - INTERVAL / 2, 0.5 + INTERVAL / 2])
    return {
        "value": round(float(values[0]), DIGITS),
        "low": round(float(low), DIGITS),
        "high": round(float(high), DIGITS),
    }
