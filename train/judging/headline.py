"""The few numbers by which one training is compared with another."""

from __future__ import annotations

from exoval.models.fitted_model import FittedModel


def leading(models: list[FittedModel]) -> str:
    """The classifier with the lowest log-loss on rows held back from fitting.

    Those are the rows of calibration, not of the test: choosing must not borrow from the judge.
    """
    return min(models, key=lambda model: model.card["held_back_log_loss"]).name


def held_back_log_loss(models: list[FittedModel], tuned: dict[str, dict]) -> float:
    """The lowest log-loss on rows held back from fitting; of the best trial after tuning."""
    return min(
        [found["log_loss"] for found in tuned.values()]
        or [model.card["held_back_log_loss"] for model in models]
    )


def headline(name: str, by_classifier: dict[str, dict], rows: int) -> dict:
    """The leading classifier's numbers without intervals, and those of all classifiers.

    Keys: classifier, n, roc_auc, pr_auc, ece, log_loss, auc_per_scenario, by_classifier; None
    where a number is not defined or nothing was judged.
    """
    numbers = by_classifier.get(name, {})
    keys = {
        "roc_auc": "roc_auc",
        "pr_auc": "average_precision",
        "ece": "calibration_error",
        "log_loss": "log_loss",
    }
    found = {ours: numbers.get(theirs, {}).get("value") for ours, theirs in keys.items()}
    against = {label: number["value"] for label, number in numbers.get("auc_against", {}).items()}
    return {
        "classifier": name,
        "n": rows,
        **found,
        "auc_per_scenario": against,
        "by_classifier": by_classifier,
    }
