"""Linear and quadratic discriminant analysis with weights and shrunken covariances.

The classes of scikit-learn take no sample weights. Every label is one Gaussian: with a shared
covariance the boundaries are linear (Fisher 1936), with one covariance per label they are
quadratic. Covariances are shrunk towards a multiple of the identity (Friedman 1989, J. Am. Stat.
Assoc. 84, 165), so that a label with fewer rows than features still has a proper Gaussian.
"""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from exoval.errors import BadParameter


class GaussianDiscriminant(ClassifierMixin, BaseEstimator):
    """Discriminant analysis with one Gaussian per class; ``shared_covariance`` makes it linear.

    ``shrinkage`` in [0, 1] is the share of each covariance that is replaced by the identity times
    its mean variance. Fitted attributes: ``classes_``, ``log_priors_``, ``means_`` (classes,
    columns), ``covariances_`` (classes, columns, columns).
    """

    def __init__(self, *, shared_covariance: bool = True, shrinkage: float = 0.1) -> None:
        self.shared_covariance = shared_covariance
        self.shrinkage = shrinkage

    def fit(
        self, X: np.ndarray, y: np.ndarray, *, sample_weight: np.ndarray | None = None
    ) -> GaussianDiscriminant:
        """Fit weighted means and covariances to features (rows, columns) and labels (rows,).

        Raises BadParameter (a ValueError) with fewer than two classes or a shrinkage outside
        [0, 1].
        """
        if not 0 <= self.shrinkage <= 1:
            raise BadParameter(f"shrinkage is {self.shrinkage}; give a share in [0, 1]")
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        used = weight > 0
        X, weight = X[used], weight[used]
        self.classes_, codes = np.unique(y[used], return_inverse=True)
        if len(self.classes_) < 2:
            raise BadParameter(
                "a classifier needs at least two classes and got "
                f"{len(self.classes_)} class; add rows of another class"
            )
        total = np.bincount(codes, weight)
        self.log_priors_ = np.log(total / total.sum())
        self.means_ = np.stack([np.bincount(codes, weight * column) / total for column in X.T], 1)
        self.covariances_ = self._covariances(X - self.means_[codes], codes, weight, total)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The most probable class of every row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Class probabilities by Bayes' rule, shape (rows, classes)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        joint = np.stack(
            [
                prior + _log_density(X - mean, covariance)
                for prior, mean, covariance in zip(self.log_priors_, self.means_, self.covariances_)
            ],
            axis=1,
        )
        probability = np.exp(joint - joint.max(axis=1, keepdims=True))
        return probability / probability.sum(axis=1, keepdims=True)

    def _covariances(
        self, from_mean: np.ndarray, codes: np.ndarray, weight: np.ndarray, total: np.ndarray
    ) -> np.ndarray:
        """Shrunken covariances, shape (classes, columns, columns)."""
        scatter = np.stack(
            [
                (weight[codes == code, None] * from_mean[codes == code]).T
                @ from_mean[codes == code]
                for code in range(len(total))
            ]
        )
        if self.shared_covariance:
            scatter = np.broadcast_to(scatter.sum(axis=0) / total.sum(), scatter.shape)
        else:
            scatter = scatter / total[:, None, None]
        variance = np.trace(scatter, axis1=1, axis2=2) / scatter.shape[1]
        # identical rows have zero covariance; a little variance keeps the density finite
        round_ball = np.maximum(variance, 1e-9)[:, None, None] * np.eye(scatter.shape[1])
        share = max(self.shrinkage, 1e-9)
        return (1 - share) * scatter + share * round_ball


def _log_density(from_mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Log density of a Gaussian without its constant, shape (rows,)."""
    root = np.linalg.cholesky(covariance)
    white = np.linalg.solve(root, from_mean.T)
    return -0.5 * np.sum(white**2, axis=0) - np.sum(np.log(np.diag(root)))
