"""Several classifiers as one, each calibrated on rows that it did not see.

Every member is cross-fitted: its answers for each left-out fold give the temperature of its
logits (temperature scaling, Guo et al. 2017, ICML 34). The calibrated answers are averaged, or
stacked (Wolpert 1992) by a logistic regression on their logarithms, which is learned on the same
left-out answers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    has_fit_parameter,
    validate_data,
)

from exoval.errors import BadParameter

FLOOR = 1e-6


class Ensemble(ClassifierMixin, _BaseComposition, BaseEstimator):
    """Average or stack of calibrated members.

    ``members`` is a sequence of (name, classifier), ``combine`` is ``average`` or ``stack``, and
    ``folds`` is the number of folds for the left-out answers. Fitted attributes: ``classes_``,
    ``members_`` (fitted on all rows), ``temperatures_`` (one per member), ``left_out_loss_``
    (name to calibrated log-loss on left-out rows), ``stack_`` (None for an average).
    """

    def __init__(
        self,
        *,
        members: Sequence[tuple[str, BaseEstimator]] = (),
        combine: str = "average",
        folds: int = 3,
        random_state: int | None = None,
    ) -> None:
        self.members = members
        self.combine = combine
        self.folds = folds
        self.random_state = random_state

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        groups: np.ndarray | None = None,
    ) -> Ensemble:
        """Fit every member to features (rows, columns) and class labels (rows,).

        ``groups`` (the star of each row) keeps a star's rows in one fold. Raises BadParameter
        (a ValueError) for fewer than two classes or members, or unknown settings.
        """
        self._check_settings()
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        used = weight > 0
        X, y, weight = X[used], y[used], weight[used]
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise BadParameter(
                "a classifier needs at least two classes and got "
                f"{len(self.classes_)} class; add rows of another class"
            )
        groups = np.arange(len(X)) if groups is None else np.asarray(groups)[used]
        left_out, seen = self._left_out(X, y, codes, weight, groups=groups)
        self.temperatures_ = np.array(
            [temperature(answers[seen], codes[seen], weight[seen]) for answers in left_out]
        )
        cooled = np.stack(
            [cool(answers, power=by) for answers, by in zip(left_out, self.temperatures_)]
        )
        self.left_out_loss_ = {
            name: _log_loss(answers[seen], codes[seen], weight[seen])
            for (name, _), answers in zip(self.members, cooled)
        }
        self.stack_ = None
        if self.combine == "stack":
            self.stack_ = LogisticRegression(C=0.1, max_iter=1000).fit(
                _logarithms(cooled[:, seen]), codes[seen], sample_weight=weight[seen]
            )
        self.members_ = [_fit(member, X, y, weight, groups=groups) for _, member in self.members]
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The most probable class of every row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Class probabilities, shape (rows, classes)."""
        answers = self.predict_proba_draws(X)
        if self.stack_ is None:
            return answers.mean(axis=0)
        probability = np.zeros(answers.shape[1:])
        probability[:, self.stack_.classes_] = self.stack_.predict_proba(_logarithms(answers))
        return probability

    def predict_proba_draws(self, X: np.ndarray) -> np.ndarray:
        """Calibrated class probabilities of every member, shape (members, rows, classes)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return np.stack(
            [
                cool(_answers(member, X, len(self.classes_), self.classes_), power=by)
                for member, by in zip(self.members_, self.temperatures_)
            ]
        )

    def predict_proba_interval(
        self, X: np.ndarray, *, level: float = 0.68
    ) -> tuple[np.ndarray, np.ndarray]:
        """Quantiles of the members' probabilities at the tails of ``level``, (rows, classes)."""
        if not 0 < level < 1:
            raise BadParameter(f"level is {level}; give a share between 0 and 1, such as 0.68")
        tails = (0.5 - level / 2, 0.5 + level / 2)
        lower, upper = np.quantile(self.predict_proba_draws(X), tails, axis=0)
        return lower, upper

    def agreement(self, X: np.ndarray) -> np.ndarray:
        """Share of the members whose most probable class is the ensemble's, shape (rows,)."""
        chosen = np.argmax(self.predict_proba(X), axis=1)
        return (np.argmax(self.predict_proba_draws(X), axis=2) == chosen).mean(axis=0)

    def get_params(self, deep: bool = True) -> dict:
        """The settings, with ``deep`` also those of the members, as ``member__setting``."""
        return self._get_params("members", deep=deep)

    def set_params(self, **settings: object) -> Ensemble:
        """Change settings, of members as ``member__setting``."""
        return self._set_params("members", **settings)

    def _check_settings(self) -> None:
        """Raise BadParameter for a setting outside its range."""
        if len(self.members) < 2:
            raise BadParameter(f"an ensemble has {len(self.members)} members; give two or more")
        if self.combine not in ("average", "stack"):
            raise BadParameter(f"combine is '{self.combine}'; use 'average' or 'stack'")
        if not self.folds >= 2:
            raise BadParameter(f"folds is {self.folds}; give 2 or more")

    def _left_out(
        self,
        X: np.ndarray,
        y: np.ndarray,
        codes: np.ndarray,
        weight: np.ndarray,
        *,
        groups: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Answers for left-out rows, (members, rows, classes), and a mask of the rows with answers.

        A row has no answer if its class has too few stars or rows to leave some out.
        """
        answers = np.full((len(self.members), len(X), len(self.classes_)), np.nan)
        folds = min(self.folds, len(np.unique(groups)), int(np.bincount(codes).min()))
        if folds < 2:
            raise BadParameter(
                f"the rarest class has {np.bincount(codes).min()} rows and the set has "
                f"{len(np.unique(groups))} stars; an ensemble needs two or more of both"
            )
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=self.random_state)
        for fitted, out in splitter.split(X, codes, groups):
            if len(np.unique(codes[fitted])) < 2:
                continue
            for number, (_, member) in enumerate(self.members):
                copy = _fit(member, X[fitted], y[fitted], weight[fitted], groups=groups[fitted])
                answers[number, out] = _answers(copy, X[out], len(self.classes_), self.classes_)
        seen = np.isfinite(answers).all(axis=(0, 2))
        if not seen.any():
            raise BadParameter(
                "all rows of a class are on one star; give two or more stars of every class"
            )
        return answers, seen


def temperature(probability: np.ndarray, codes: np.ndarray, weight: np.ndarray) -> float:
    """The power of the probabilities (rows, classes) with the lowest log-loss."""
    found = minimize_scalar(
        lambda log: _log_loss(cool(probability, power=np.exp(log)), codes, weight),
        bounds=(-3.0, 3.0),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))


def cool(probability: np.ndarray, *, power: float) -> np.ndarray:
    """Probabilities (..., classes) raised to a power and normalised.

    >>> cool(np.array([0.8, 0.2]), power=0.5).round(3).tolist()
    [0.667, 0.333]
    """
    log = power * np.log(np.maximum(probability, FLOOR))
    raised = np.exp(log - log.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _log_loss(probability: np.ndarray, codes: np.ndarray, weight: np.ndarray) -> float:
    of_truth = probability[np.arange(len(codes)), codes]
    return float(np.average(-np.log(np.maximum(of_truth, FLOOR)), weights=weight))


def _logarithms(answers: np.ndarray) -> np.ndarray:
    """Answers (members, rows, classes) as features of the stack, (rows, members x classes)."""
    return np.log(np.maximum(np.concatenate(list(answers), axis=1), FLOOR))


def _fit(
    member: BaseEstimator, X: np.ndarray, y: np.ndarray, weight: np.ndarray, *, groups: np.ndarray
) -> BaseEstimator:
    """A fitted copy of a member; it gets weights and stars if its ``fit`` takes them."""
    extra = {"sample_weight": weight} if has_fit_parameter(member, "sample_weight") else {}
    if has_fit_parameter(member, "groups"):
        extra["groups"] = groups
    return clone(member).fit(X, y, **extra)


def _answers(member: BaseEstimator, X: np.ndarray, classes: int, names: np.ndarray) -> np.ndarray:
    """Class probabilities; a class that the member has not seen gets a column of zeros."""
    probability = np.zeros((len(X), classes))
    probability[:, np.searchsorted(names, member.classes_)] = member.predict_proba(X)
    return probability
