"""The numbers by which benches on real events are compared, under the names that all use."""

from __future__ import annotations

from collections.abc import Mapping

#: name on a bench -> metric of ``train.judging.metrics``
NAMES = {
    "roc_auc": "roc_auc",
    "pr_auc": "average_precision",
    "accuracy": "accuracy",
    "recall_at_precision_90": "recall_at_precision_0.9",
    "recall_at_precision_95": "recall_at_precision_0.95",
    "recall_at_precision_99": "recall_at_precision_0.99",
    "ece": "calibration_error",
}


def on_a_bench(numbers: Mapping[str, dict]) -> dict[str, dict]:
    """Return the numbers of a bench, each ``{value, low, high}``, from those of ``evaluate``."""
    return {name: numbers[metric] for name, metric in NAMES.items()}
