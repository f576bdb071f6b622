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


#: those that the order of events does not decide
OF_PROBABILITIES = ("accuracy", "ece")


def on_a_bench(
    numbers: Mapping[str, dict], *, adapted: Mapping[str, dict] | None = None
) -> dict[str, dict]:
    """Return the numbers of a bench, each ``{value, low, high}``, from those of ``evaluate``.

    Accuracy and calibration error are of the model that was ``adapted`` to the bench without its
    labels, if there is one.
    """
    probabilities = numbers if adapted is None else adapted
    return {
        name: (probabilities if name in OF_PROBABILITIES else numbers)[metric]
        for name, metric in NAMES.items()
    }
