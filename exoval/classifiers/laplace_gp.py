"""Gaussian-process classifier by Newton's method on inducing-point features.

The process is a linear model of Nystroem features (Quinonero-Candela & Rasmussen 2005). So a few
Newton steps over all rows find its posterior, instead of many epochs of stochastic ascent: first
Laplace's mode, then the best Gaussian (Opper & Archambeau 2009). Length scales and variance
maximise the evidence bound of a subset of the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from exoval.errors import BadParameter
from exoval.gaussian_process.inducing_points import inducing_points
from exoval.gaussian_process.kernels import scaled_kernel
from exoval.gaussian_process.nystrom_features import (
    INTERCEPT,
    ROWS_PER_CHUNK,
    NystromFeatures,
    RowChunks,
)
from exoval.gaussian_process.plain_posterior import nystrom_moments
from exoval.gaussian_process.softmax_draws import softmax_average, softmax_draws
from exoval.gaussian_process.softmax_newton import laplace, outputs_for
from exoval.gaussian_process.variational_evidence import maximise_bound
from exoval.gaussian_process.variational_newton import refine
from exoval.lazy_module import LazyModule

if TYPE_CHECKING:
    import gpytorch
    import torch
else:
    gpytorch = LazyModule("gpytorch")
    torch = LazyModule("torch")

#: with more rows than this a first mode is found on every STRIDE-th row
COARSE_ABOVE, STRIDE = 10_000, 8
NEWTON_STEPS, TOLERANCE = 50, 1e-7


class LaplaceGP(ClassifierMixin, BaseEstimator):
    """Sparse Gaussian process with one length scale per feature, fitted by Newton's method.

    Features should be of order one (see ``feature_pipeline``). ``kernel`` is ``rbf``,
    ``matern32``, ``matern52`` or ``rational_quadratic``; ``inducing_points`` and
    ``evidence_inducing_points`` are upper limits. All classes share one kernel, which is learned
    in ``evidence_steps`` steps of Adam on at most ``evidence_rows`` rows. Inducing points are
    cluster centres. With ``move_inducing`` all of them are learned with the kernel, and
    ``evidence_inducing_points`` is ignored; this takes longer and pays with many rows. With 0
    ``variational_steps`` the posterior is Laplace's, whose probabilities are underconfident.
    Features of the rows are kept in memory up to ``memory_gib`` and computed again beyond that.

    Fitted attributes: ``classes_``, ``log_evidence_`` (bound at each step), ``newton_steps_``,
    ``converged_``, ``state_`` (everything that prediction needs, as plain arrays).
    """

    def __init__(
        self,
        *,
        inducing_points: int = 512,
        kernel: str = "matern52",
        evidence_rows: int = 2000,
        evidence_inducing_points: int = 150,
        evidence_steps: int = 60,
        move_inducing: bool = False,
        learning_rate: float = 0.1,
        variational_steps: int = 12,
        memory_gib: float = 1.0,
        prediction_draws: int = 256,
        random_state: int | None = None,
    ) -> None:
        self.inducing_points = inducing_points
        self.kernel = kernel
        self.evidence_rows = evidence_rows
        self.evidence_inducing_points = evidence_inducing_points
        self.evidence_steps = evidence_steps
        self.move_inducing = move_inducing
        self.learning_rate = learning_rate
        self.variational_steps = variational_steps
        self.memory_gib = memory_gib
        self.prediction_draws = prediction_draws
        self.random_state = random_state

    def fit(
        self, X: np.ndarray, y: np.ndarray, *, sample_weight: np.ndarray | None = None
    ) -> LaplaceGP:
        """Fit to features (rows, columns) and class labels (rows,).

        A row of ``sample_weight`` 2 counts as two rows. Raises BadParameter (a ValueError) with
        fewer than two classes or a setting outside its range.
        """
        self._check_settings()
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
        random = check_random_state(self.random_state)
        learned = self._learn_kernel(X, codes, weight, random)
        inducing = (
            learned
            if self.move_inducing
            else inducing_points(X, weight, number=self.inducing_points, random=random)
        )
        self._find_mode(X, codes, weight, inducing)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The most probable class of every row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Class probabilities, shape (rows, classes), averaged over the latent posterior.

        The average of ``predict_proba_draws``. MacKay's probit approximation is cheaper, but
        inaccurate for the small probabilities of rows far from the boundary.
        """
        mean, variance = self.latent(X)
        parts = [
            softmax_average(*rows, draws=self.prediction_draws)
            for rows in zip(_chunks(mean), _chunks(np.sqrt(variance)), strict=True)
        ]
        return np.concatenate(parts)

    def predict_proba_draws(self, X: np.ndarray) -> np.ndarray:
        """Class probabilities of draws from the latent posterior, (draws, rows, classes).

        The same quasi-random draws serve every row and every call.
        """
        mean, variance = self.latent(X)
        return softmax_draws(mean, np.sqrt(variance), draws=self.prediction_draws)

    def predict_proba_interval(
        self, X: np.ndarray, *, level: float = 0.68
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper central quantiles of the class probabilities, both (rows, classes)."""
        if not 0 < level < 1:
            raise BadParameter(f"level is {level}; give a share between 0 and 1, such as 0.68")
        tails = (0.5 - level / 2, 0.5 + level / 2)
        lower, upper = np.quantile(self.predict_proba_draws(X), tails, axis=0)
        return lower, upper

    def latent(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Posterior mean and variance of the logits, both (rows, outputs).

        With two classes there is one output, the logit of the second class.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        parts = [
            nystrom_moments(self.state_, self.kernel, part, intercept=INTERCEPT)
            for part in _chunks(X)
        ]
        mean, variance = (np.concatenate(part) for part in zip(*parts, strict=True))
        return mean, variance

    def _check_settings(self) -> None:
        """Raise BadParameter for a setting outside its range."""
        for name in (
            "inducing_points",
            "evidence_rows",
            "evidence_inducing_points",
            "learning_rate",
            "prediction_draws",
        ):
            if not getattr(self, name) > 0:
                raise BadParameter(f"{name} is {getattr(self, name)}; give a positive number")
        for name in ("evidence_steps", "variational_steps", "memory_gib"):
            if not getattr(self, name) >= 0:
                raise BadParameter(f"{name} is {getattr(self, name)}; give zero or more")

    def _learn_kernel(
        self, X: np.ndarray, codes: np.ndarray, weight: np.ndarray, random: np.random.RandomState
    ) -> np.ndarray:
        """Maximise the bound of some rows and set the kernel's parameters in ``state_``.

        Returns the inducing points at the end.
        """
        if len(X) > self.evidence_rows:
            rows = subset(codes, self.evidence_rows, random=random)
            # the chosen rows carry the weight of all rows
            X, codes, weight = X[rows], codes[rows], weight[rows] / weight[rows].mean()
        number = self.inducing_points if self.move_inducing else self.evidence_inducing_points
        inducing = torch.as_tensor(inducing_points(X, weight, number=number, random=random))
        kernel = scaled_kernel(self.kernel, X.shape[1], logarithmic=True)
        self.log_evidence_ = maximise_bound(
            kernel,
            inducing=inducing,
            x=torch.as_tensor(X),
            codes=torch.as_tensor(codes),
            weight=torch.as_tensor(weight),
            outputs=outputs_for(len(self.classes_)),
            steps=self.evidence_steps,
            learning_rate=self.learning_rate,
            move_inducing=self.move_inducing,
        )
        self.state_ = {
            f"kernel.{name}": value.detach().numpy().copy()
            for name, value in kernel.state_dict().items()
        }
        return inducing.numpy()

    def _find_mode(
        self, X: np.ndarray, codes: np.ndarray, weight: np.ndarray, inducing: np.ndarray
    ) -> None:
        """The posterior of all rows and inducing points, on fewer rows first."""
        self.state_["inducing"] = inducing
        outputs = outputs_for(len(self.classes_))
        data = [torch.as_tensor(item) for item in (X, codes, weight)]
        with torch.no_grad():
            features = self._features()
            start = torch.zeros(features.size, outputs, dtype=torch.float64)
            if len(X) > COARSE_ABOVE:
                some = RowChunks(
                    features,
                    *(item[::STRIDE] for item in data),
                    memory_bytes=self.memory_gib * 2**30,
                )
                start = laplace(some, start=start, steps=NEWTON_STEPS, tolerance=1e-4).mode
            rows = RowChunks(features, *data, memory_bytes=self.memory_gib * 2**30)
            found = laplace(rows, start=start, steps=NEWTON_STEPS, tolerance=TOLERANCE)
            found = refine(
                rows,
                found,
                prior_variance=float(features.kernel.outputscale),
                steps=self.variational_steps,
                tolerance=TOLERANCE,
            )
        self.newton_steps_, self.converged_ = found.steps, found.converged
        self.state_ |= {"mode": found.mode.numpy(), "root": found.root.numpy()}

    def learned_kernel(self) -> gpytorch.kernels.ScaleKernel:
        """The kernel with the parameters in ``state_``."""
        columns = self.state_["kernel.base_kernel.raw_lengthscale"].shape[-1]
        kernel = scaled_kernel(self.kernel, columns, logarithmic=True)
        kernel.load_state_dict(
            {
                name.removeprefix("kernel."): torch.as_tensor(value)
                for name, value in self.state_.items()
                if name.startswith("kernel.")
            }
        )
        return kernel

    def _features(self) -> NystromFeatures:
        """The features of the kernel and inducing points in ``state_``."""
        return NystromFeatures(self.learned_kernel(), torch.as_tensor(self.state_["inducing"]))


def subset(codes: np.ndarray, number: int, *, random: np.random.RandomState) -> np.ndarray:
    """Indexes of ``number`` random rows, at least ten of every class that has as many."""
    order = random.permutation(len(codes))
    rank = np.empty(len(codes), dtype=int)
    for code in np.unique(codes):
        mine = order[codes[order] == code]
        rank[mine] = np.arange(len(mine))
    first = order[rank[order] < 10]
    rest = order[rank[order] >= 10]
    return np.sort(np.concatenate([first, rest])[:number])


def _chunks(X: np.ndarray) -> list[np.ndarray]:
    """Rows in parts of at most ``ROWS_PER_CHUNK``; one empty part for none."""
    return [X[start : start + ROWS_PER_CHUNK] for start in range(0, max(len(X), 1), ROWS_PER_CHUNK)]
