"""The few numbers by which one training is compared with another."""

from __future__ import annotations

from exoval.models.fitted_model import FittedModel
from train.judging.metrics import HEADLINE


def leading(models: list[FittedModel]) -> str:
    """The classifier with the lowest log-loss on rows held back from fitting.

    Those are the rows of calibration, not of the test: choosing must not borrow from the judge.
    """
    return min(models, key=lambda model: model.card["held_back_log_loss"]).name


def held_back_log_loss(models: list[FittedModel], tuned: dict[str, dict]) -> float:
    """The lowest log-loss on rows held back from fitting; of the best trial after tuning."""
    return min(
        [found["held_back_log_loss"] for found in tuned.values()]
        or [model.card["held_back_log_loss"] for model in models]
    )


def headline(name: str, by_classifier: dict[str, dict], *, rows: int) -> dict:
    """The leading classifier's chief numbers, and all numbers of all classifiers.

    Keys: classifier, rows, those of ``HEADLINE`` and auc_against as ``{value, low, high}`` (left
    out where nothing was judged), by_classifier.
    """
    numbers = by_classifier.get(name, {})
    chief = {key: numbers[key] for key in (*HEADLINE, "auc_against") if key in numbers}
    return {"classifier": name, "rows": rows, **chief, "by_classifier": by_classifier}
