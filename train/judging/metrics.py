"""Metrics of probabilities in binary classification, with a bootstrap over stars.

A metric takes ``WeightedRows``: the same rows with weights in many sets, the first of which has
every row once, while the others count the rows as often as a bootstrap set of stars drew them.
Rows are sorted once, and all sets are summed as one matrix. The keys of ``METRICS`` are the names
of the metrics in all files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

#: share of the bootstrap sets between ``low`` and ``high``
INTERVAL = 0.95
#: probabilities are clipped at this distance from 0 and 1 in the log-loss
FLOOR = 1e-6
#: number of equal bins of probability for reliability and calibration error
BINS = 10


@dataclass(frozen=True)
class WeightedRows:
    """Probabilities and truths of rows, and the weight of each row in every set.

    ``probability`` and ``truth`` (boolean) are (rows,), ``weights`` is (sets, rows).
    """

    probability: np.ndarray
    truth: np.ndarray
    weights: np.ndarray

    @classmethod
    def once(cls, probability: np.ndarray, truth: np.ndarray) -> WeightedRows:
        """One set in which every row counts once."""
        return cls(probability, truth, np.ones((1, len(truth))))

    @classmethod
    def resampled(
        cls,
        probability: np.ndarray,
        truth: np.ndarray,
        stars: np.ndarray,
        *,
        resamples: int,
        seed: int,
    ) -> WeightedRows:
        """One set with every row once, then ``resamples`` bootstrap sets of whole stars."""
        random = np.random.default_rng(seed)
        return cls(probability, truth, star_weights(stars, resamples=resamples, random=random))

    def select(self, rows: np.ndarray) -> WeightedRows:
        """The chosen rows, in the same sets."""
        return WeightedRows(self.probability[rows], self.truth[rows], self.weights[:, rows])

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Mean of ``values`` (rows,) in every set, (sets,); NaN for a set without rows."""
        return _ratio(self.weights @ values, self.total)

    @cached_property
    def total(self) -> np.ndarray:
        """Number of rows in every set, (sets,)."""
        return self.weights.sum(axis=1)

    @cached_property
    def planets(self) -> np.ndarray:
        """Number of true rows (planets) in every set, (sets,)."""
        return self.weights @ self.truth.astype(float)

    @cached_property
    def staircase(self) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of true and false rows at or above each distinct probability, descending.

        Both are (sets, distinct probabilities + 1) and start at 0, for a threshold above all rows.
        """
        order = np.argsort(-self.probability, kind="stable")
        sorted_probability, is_planet = self.probability[order], self.truth[order]
        last = np.flatnonzero(np.append(np.diff(sorted_probability) != 0, True)[: len(order)])
        true, false = np.zeros((2, len(self.weights), len(last) + 1))
        # one set at a time fits into the processor's cache
        for one, weight in enumerate(self.weights):
            weight = weight[order]
            true[one, 1:] = np.cumsum(weight * is_planet)[last]
            false[one, 1:] = np.cumsum(weight * ~is_planet)[last]
        return true, false

    @cached_property
    def bins(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows, true rows and summed probability in ten bins, each of shape (sets, bins)."""
        which = np.minimum((self.probability * BINS).astype(int), BINS - 1)
        member = (which[:, None] == np.arange(BINS)).astype(float)
        rows, planets, given = (
            self.weights @ (member * by[:, None])
            for by in (np.ones(len(which)), self.truth, self.probability)
        )
        return rows, planets, given


Compute = Callable[[WeightedRows], np.ndarray]


def roc_auc(rows: WeightedRows) -> np.ndarray:
    """Probability that a planet scores above another event, ties counting half, (sets,)."""
    true, false = rows.staircase
    areas = [np.trapezoid(one, other) for one, other in zip(true, false, strict=True)]
    return _ratio(np.array(areas), true[:, -1] * false[:, -1])


def average_precision(rows: WeightedRows) -> np.ndarray:
    """Area under the precision-recall staircase, (sets,)."""
    true, false = rows.staircase
    areas = [
        np.sum(np.diff(one) * one[1:] / np.maximum(one[1:] + other[1:], 1e-300))
        for one, other in zip(true, false, strict=True)
    ]
    return _with_both_kinds(_ratio(np.array(areas), true[:, -1]), rows)


def recall_at_precision(minimum: float) -> Compute:
    """The metric of the largest recall at a precision of ``minimum`` or more; 0 without any."""

    def metric(rows: WeightedRows) -> np.ndarray:
        found = [
            one[one >= minimum * (one + other)].max()
            for one, other in zip(*rows.staircase, strict=True)
        ]
        return _with_both_kinds(_ratio(np.array(found), rows.planets), rows)

    return metric


def precision_at_recall(minimum: float) -> Compute:
    """The metric of the largest precision at a recall of ``minimum`` (above 0) or more."""

    def metric(rows: WeightedRows) -> np.ndarray:
        found = np.full(len(rows.weights), np.nan)
        for one, (true, false) in enumerate(zip(*rows.staircase, strict=True)):
            enough = true >= minimum * true[-1]
            if true[-1] > 0:
                found[one] = np.max(true[enough] / (true + false)[enough])
        return found

    return metric


def accuracy_at(threshold: float) -> Compute:
    """The metric of the share of rows on the correct side of a threshold."""
    return lambda rows: rows.mean(((rows.probability >= threshold) == rows.truth).astype(float))


def precision_at(threshold: float) -> Compute:
    """The metric of the share of planets among the rows at or above a threshold."""

    def metric(rows: WeightedRows) -> np.ndarray:
        above = rows.probability >= threshold
        return _ratio(rows.weights @ (above & rows.truth), rows.weights @ above.astype(float))

    return metric


def recall_at(threshold: float) -> Compute:
    """The metric of the share of the planets that are at or above a threshold."""
    return lambda rows: _ratio(
        rows.weights @ ((rows.probability >= threshold) & rows.truth), rows.planets
    )


def log_loss(rows: WeightedRows) -> np.ndarray:
    """Mean of -ln(probability of the true class), in nats, (sets,)."""
    of_truth = np.where(rows.truth, rows.probability, 1 - rows.probability)
    return rows.mean(-np.log(np.clip(of_truth, FLOOR, 1)))


def base_rate_log_loss(rows: WeightedRows) -> np.ndarray:
    """Log-loss if every row of a set gets the set's share of planets, (sets,)."""
    rate = _ratio(rows.planets, rows.total)
    return -sum(share * np.log(np.clip(share, FLOOR, 1)) for share in (rate, 1 - rate))


def brier(rows: WeightedRows) -> np.ndarray:
    """Mean squared difference of the probability from the truth (0 or 1), (sets,)."""
    return rows.mean((rows.probability - rows.truth) ** 2)


def brier_reliability(rows: WeightedRows) -> np.ndarray:
    """Mean squared difference of a bin's share of planets from its probability (Murphy 1973)."""
    number, planets, given = rows.bins
    return _ratio(((given - planets) ** 2 / np.maximum(number, 1e-12)).sum(axis=1), rows.total)


def brier_resolution(rows: WeightedRows) -> np.ndarray:
    """Mean squared difference of a bin's share of planets from the overall one (Murphy 1973)."""
    number, planets, _ = rows.bins
    rate = _ratio(rows.planets, rows.total)[:, None]
    away = number * (planets / np.maximum(number, 1e-12) - rate) ** 2
    return _ratio(away.sum(axis=1), rows.total)


def brier_uncertainty(rows: WeightedRows) -> np.ndarray:
    """Brier score if every row of a set gets the set's share of planets (Murphy 1973)."""
    rate = _ratio(rows.planets, rows.total)
    return rate * (1 - rate)


def calibration_error(rows: WeightedRows) -> np.ndarray:
    """Expected calibration error: mean |share of planets - probability| over bins of 0.1."""
    _, planets, given = rows.bins
    return _ratio(np.abs(planets - given).sum(axis=1), rows.total)


#: requirements of a set for a metric to be defined
ROWS, PLANETS, BOTH_KINDS, ROWS_ABOVE = "rows", "planets", "both kinds", "rows above"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric of the vocabulary.

    ``more_is_better`` is None for a metric without a direction. ``needs`` is what a set must hold
    for the metric to be defined. ``binned`` metrics have bootstrap intervals that are corrected
    for bias (see ``interval``).
    """

    title: str
    compute: Compute
    more_is_better: bool | None
    needs: str = ROWS
    binned: bool = False


def _merit(title: str, compute: Compute, needs: str) -> Metric:
    return Metric(title=title, compute=compute, more_is_better=True, needs=needs)


def _loss(title: str, compute: Compute, *, binned: bool = False) -> Metric:
    return Metric(title=title, compute=compute, more_is_better=False, binned=binned)


#: name of a metric in all files -> metric
METRICS: dict[str, Metric] = {
    "roc_auc": _merit("ROC AUC", roc_auc, BOTH_KINDS),
    "average_precision": _merit("Average precision", average_precision, BOTH_KINDS),
    **{
        f"recall_at_precision_{least}": _merit(
            f"Recall at precision {least}", recall_at_precision(least), BOTH_KINDS
        )
        for least in (0.9, 0.95, 0.97, 0.99)
    },
    "precision_at_recall_0.9": _merit("Precision at recall 0.9", precision_at_recall(0.9), PLANETS),
    "accuracy": _merit("Accuracy at 0.5", accuracy_at(0.5), ROWS),
    "accuracy_at_0.9": _merit("Accuracy at 0.9", accuracy_at(0.9), ROWS),
    **{
        f"{name}_at_{threshold}": _merit(
            f"{name.capitalize()} at {threshold}", at(threshold), needs
        )
        for threshold in (0.5, 0.9, 0.99)
        for name, at, needs in (
            ("precision", precision_at, ROWS_ABOVE),
            ("recall", recall_at, PLANETS),
        )
    },
    "log_loss": _loss("Log-loss", log_loss),
    "base_rate_log_loss": Metric(
        title="Log-loss of the base rate", compute=base_rate_log_loss, more_is_better=None
    ),
    "brier": _loss("Brier score", brier),
    "brier_reliability": _loss("Reliability part of Brier", brier_reliability, binned=True),
    "brier_resolution": Metric(
        title="Resolution part of Brier",
        compute=brier_resolution,
        more_is_better=True,
        binned=True,
    ),
    "brier_uncertainty": Metric(
        title="Uncertainty part of Brier", compute=brier_uncertainty, more_is_better=None
    ),
    "calibration_error": _loss("Calibration error", calibration_error, binned=True),
}
#: metrics by which trainings are compared in one line
HEADLINE = (
    "roc_auc",
    "average_precision",
    "recall_at_precision_0.99",
    "log_loss",
    "calibration_error",
)
#: metrics of a subset, such as a bin of periods
SUMMARY = (
    "roc_auc",
    "average_precision",
    "recall_at_precision_0.99",
    "log_loss",
    "base_rate_log_loss",
    "brier",
    "calibration_error",
)


def value_of(key: str, probability: np.ndarray, truth: np.ndarray) -> float:
    """One metric of ``METRICS`` for probabilities and truths (rows,); NaN if undefined.

    >>> value_of("accuracy", np.array([0.9, 0.2, 0.6, 0.1]), np.array([True, False, False, False]))
    0.75
    """
    return float(METRICS[key].compute(WeightedRows.once(probability, truth))[0])


def counts_above(probability: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of true and false rows at or above each distinct probability, descending.

    Both start at 0, for a threshold above all rows.

    >>> true, false = counts_above(np.array([0.9, 0.4, 0.4]), np.array([True, True, False]))
    >>> true.tolist(), false.tolist()
    ([0.0, 1.0, 2.0], [0.0, 0.0, 1.0])
    """
    true, false = WeightedRows.once(probability, truth).staircase
    return true[0], false[0]


def judge(
    probability: np.ndarray,
    truth: np.ndarray,
    stars: np.ndarray,
    *,
    resamples: int,
    seed: int,
    keys: Sequence[str] = tuple(METRICS),
) -> dict[str, dict]:
    """Metrics as ``{value, low, high}``, the central 95 % of ``resamples`` sets of whole stars.

    ``probability``, ``truth`` (boolean) and ``stars`` are (rows,). An undefined number is None, and
    ``reason`` says why.
    """
    rows = WeightedRows.resampled(probability, truth, stars, resamples=resamples, seed=seed)
    return intervals(rows, keys)


def intervals(rows: WeightedRows, keys: Sequence[str] = tuple(METRICS)) -> dict[str, dict]:
    """Metrics of the first set as ``{value, low, high}``, with intervals from the other sets."""
    return {
        key: interval(
            METRICS[key].compute(rows),
            binned=METRICS[key].binned,
            undefined=why_undefined(METRICS[key].needs, rows.truth),
        )
        for key in keys
    }


def interval(values: np.ndarray, *, undefined: str, binned: bool = False) -> dict:
    """The first of the values (sets,) and the central 95 % of the others.

    ``undefined`` is the reason that is given if the first value is NaN. A ``binned`` metric is
    biased upwards by noise (Bröcker 2012, Clim. Dyn. 39, 655), and resampling adds the same noise
    again. So its interval is shifted to have its median at the value, and clipped at 0.

    >>> interval(np.array([0.5, 0.4, 0.5, 0.6]), undefined="no rows")["value"]
    0.5
    """
    if not np.isfinite(values[0]):
        return {"value": None, "low": None, "high": None, "reason": undefined}
    value, repeated = float(values[0]), values[1:][np.isfinite(values[1:])]
    # if most sets are undefined, the others are a biased sample
    if len(repeated) <= (len(values) - 1) / 2:
        reason = "too few stars for an interval" if len(values) > 1 else "not resampled"
        return {"value": value, "low": None, "high": None, "reason": reason}
    if binned:
        repeated = np.maximum(repeated - np.median(repeated) + value, 0)
    low, high = np.quantile(repeated, [0.5 - INTERVAL / 2, 0.5 + INTERVAL / 2])
    return {"value": value, "low": float(low), "high": float(high)}


def difference(one: dict, other: dict) -> dict:
    """The difference of two numbers from independent rows, all of them ``{value, low, high}``.

    The interval is that of Zou & Donner (2008, Stat. Med. 27, 1693): the distances to the ends add
    in quadrature.

    >>> half = {"value": 0.5, "low": 0.4, "high": 0.6}
    >>> difference(half, half)["value"]
    0.0
    """
    ends = [number[end] for number in (one, other) for end in ("value", "low", "high")]
    if None in ends:
        reason = one.get("reason") or other.get("reason")
        undefined = None in (one["value"], other["value"])
        value = None if undefined else one["value"] - other["value"]
        return {"value": value, "low": None, "high": None, "reason": reason}
    value = one["value"] - other["value"]
    below = np.hypot(one["value"] - one["low"], other["high"] - other["value"])
    above = np.hypot(one["high"] - one["value"], other["value"] - other["low"])
    return {"value": value, "low": float(value - below), "high": float(value + above)}


def why_undefined(needs: str, truth: np.ndarray) -> str:
    """The reason why a metric with these ``needs`` is undefined on a set with these truths."""
    if len(truth) == 0:
        return "no rows of known truth"
    if needs == ROWS_ABOVE:
        return "no row above the threshold"
    return "only planets among the rows" if truth.all() else "no planets among the rows"


def star_weights(stars: np.ndarray, *, resamples: int, random: np.random.Generator) -> np.ndarray:
    """Weights of the rows: 1 in the first set, then the draws of its star in each bootstrap set.

    ``stars`` is (rows,), the result (1 + resamples, rows).
    """
    names, star = np.unique(stars, return_inverse=True)
    if len(names) == 0:
        return np.zeros((1 + resamples, 0))
    times = np.ones((1 + resamples, len(names)))
    times[1:] = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    return times[:, star]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Ratios, NaN where the divisor is 0."""
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)


def _with_both_kinds(values: np.ndarray, rows: WeightedRows) -> np.ndarray:
    """The values, NaN for sets without planets or without others, where precision is undefined."""
    return np.where((rows.planets > 0) & (rows.planets < rows.total), values, np.nan)
