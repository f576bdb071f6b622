"""The headline numbers by which trainings are compared."""

from __future__ import annotations

from exoval.models.fitted_model import FittedModel
from train.judging.metrics import HEADLINE


def leading(models: list[FittedModel]) -> str:
    """The classifier with the lowest log-loss on rows held back from fitting.

    These are the calibration rows. Test rows must not be used to choose a classifier.
    """
    return min(models, key=lambda model: model.card["held_back_log_loss"]).name


def held_back_log_loss(models: list[FittedModel], tuned: dict[str, dict]) -> float:
    """The lowest log-loss on rows held back from fitting; after tuning, that of the best trial."""
    return min(
        [found["held_back_log_loss"] for found in tuned.values()]
        or [model.card["held_back_log_loss"] for model in models]
    )


def headline(name: str, by_classifier: dict[str, dict], *, rows: int) -> dict:
    """The headline numbers of the leading classifier, and all numbers of all classifiers.

    Keys: classifier, rows, by_classifier, and those of ``HEADLINE`` and auc_against as ``{value,
    low, high}``; the latter are left out if no classifier was judged.
    """
    numbers = by_classifier.get(name, {})
    chief = {key: numbers[key] for key in (*HEADLINE, "auc_against") if key in numbers}
    return {"classifier": name, "rows": rows, **chief, "by_classifier": by_classifier}
