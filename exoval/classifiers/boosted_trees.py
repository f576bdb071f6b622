"""Gradient-boosted trees of XGBoost, an optional dependency (Chen & Guestrin 2016)."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from exoval.errors import BadParameter, DataNotFound


class BoostedTrees(ClassifierMixin, BaseEstimator):
    """XGBoost by the histogram method, with string labels; it handles NaN features itself.

    ``booster_`` (uint8) is the fitted booster in XGBoost's binary format, which holds trees and no
    code.
    """

    def __init__(
        self,
        *,
        trees: int = 300,
        learning_rate: float = 0.05,
        depth: int = 5,
        row_share: float = 0.8,
        column_share: float = 0.8,
        l2: float = 1.0,
        threads: int = 1,
        random_state: int | None = None,
    ) -> None:
        self.trees = trees
        self.learning_rate = learning_rate
        self.depth = depth
        self.row_share = row_share
        self.column_share = column_share
        self.l2 = l2
        self.threads = threads
        self.random_state = random_state

    def fit(
        self, X: np.ndarray, y: np.ndarray, *, sample_weight: np.ndarray | None = None
    ) -> BoostedTrees:
        """Fit to features (rows, columns) and class labels (rows,).

        Raises DataNotFound if XGBoost is not installed and BadParameter (a ValueError) with
        fewer than two classes.
        """
        xgboost = _xgboost()
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        used = weight > 0
        self.classes_, codes = np.unique(y[used], return_inverse=True)
        if len(self.classes_) < 2:
            raise BadParameter(
                "a classifier needs at least two classes and got "
                f"{len(self.classes_)} class; add rows of another class"
            )
        rows = xgboost.DMatrix(X[used], codes, weight=weight[used], nthread=self.threads)
        booster = xgboost.train(self._settings(), rows, num_boost_round=self.trees)
        self.booster_ = np.frombuffer(booster.save_raw("ubj"), dtype=np.uint8).copy()
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The most probable class of every row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Class probabilities, shape (rows, classes), float64, rows summing to one."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False, ensure_all_finite="allow-nan")
        xgboost = _xgboost()
        booster = xgboost.Booster({"nthread": self.threads})
        booster.load_model(bytearray(self.booster_.tobytes()))
        probability = booster.predict(xgboost.DMatrix(X, nthread=self.threads)).astype(float)
        if probability.ndim == 1:
            return np.column_stack([1 - probability, probability])
        return probability / probability.sum(axis=1, keepdims=True)

    def _settings(self) -> dict:
        """XGBoost's names for the settings."""
        classes = len(self.classes_)
        objective = (
            {"objective": "binary:logistic"}
            if classes == 2
            else {"objective": "multi:softprob", "num_class": classes}
        )
        seed = 0 if self.random_state is None else int(self.random_state)
        return objective | {
            "tree_method": "hist",
            "eta": self.learning_rate,
            "max_depth": self.depth,
            "subsample": self.row_share,
            "colsample_bytree": self.column_share,
            "lambda": self.l2,
            "nthread": self.threads,
            "seed": seed,
            "verbosity": 0,
        }

    def __sklearn_tags__(self) -> object:
        """Tags that allow NaN in the features."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _xgboost() -> object:
    """The module; DataNotFound if it is not installed."""
    try:
        import xgboost
    except ImportError as error:
        raise DataNotFound(
            "xgboost is not installed; pip install 'exoval[boost]' or choose "
            "classifier=histogram_gradient_boosting"
        ) from error
    return xgboost
