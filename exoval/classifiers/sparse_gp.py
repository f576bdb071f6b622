"""Sparse variational Gaussian-process classifier with scikit-learn's interface.

Each class has an independent latent function, and a softmax joins them (Williams & Barber 1998).
Inducing points summarise the functions, which are fitted by stochastic variational inference
(Hensman, Matthews & Ghahramani 2015, AISTATS 38). Gaussian processes were the best-behaved
validators of Kepler candidates in Armstrong, Gamper & Damoulas 2021 (MNRAS 504, 5327).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from exoval.classifiers.laplace_gp import LaplaceGP
from exoval.errors import BadParameter
from exoval.gaussian_process.inducing_points import inducing_points
from exoval.gaussian_process.kernels import KERNELS
from exoval.gaussian_process.natural_gradient import NaturalAndAdam
from exoval.gaussian_process.plain_posterior import sparse_marginals
from exoval.gaussian_process.softmax_draws import softmax_average, softmax_draws
from exoval.lazy_module import LazyModule
from exoval.networks.checkpoint import (
    fingerprint,
    random_from_plain,
    random_to_plain,
    read_checkpoint,
    write_checkpoint,
)
from exoval.networks.held_out_rows import held_out_rows
from exoval.networks.torch_device import torch_device
from exoval.running.progress import progress

if TYPE_CHECKING:
    import torch

    from exoval.gaussian_process import latent_functions
    from exoval.gaussian_process.latent_functions import LatentFunctions
else:
    latent_functions = LazyModule("exoval.gaussian_process.latent_functions")
    torch = LazyModule("torch")

ROWS_PER_CHUNK = 4096


class SparseGP(ClassifierMixin, BaseEstimator):
    """Stochastic variational Gaussian process with one length scale per feature and class.

    Features should be of order one (see ``feature_pipeline``). ``kernel`` is ``rbf``,
    ``matern32``, ``matern52`` or ``rational_quadratic``; ``inducing_points`` is an upper limit.
    Training stops after ``epochs``, or once the log-loss of a held-out share has not improved for
    ``patience`` epochs, and returns to the best epoch. ``device`` is ``auto``, ``cpu`` or ``cuda``.

    ``optimizer`` is ``adam`` for all parameters, or ``natural``: natural gradients of rate
    ``natural_rate`` for the posterior and Adam for kernel and inducing points.
    ``start`` is ``prior`` or ``laplace``; the latter takes inducing points, kernel and posterior
    of a ``LaplaceGP`` of the same rows, which are close to the optimum. ``checkpoint`` is a file
    for the state after every epoch: a ``fit`` of the same rows with the same settings resumes from
    it and ends where an uninterrupted one does; ``epochs`` may differ. With ``warm_start`` a
    ``fit`` of a fitted model starts from its state, on any rows, such as those of another mission.

    Fitted attributes: ``classes_``, ``epochs_run_``, ``held_out_loss_`` (one per epoch, empty
    without a held-out share), ``state_`` (the parameters as plain arrays, so that a fitted
    model can be copied, pickled and moved between devices).
    """

    def __init__(
        self,
        *,
        inducing_points: int = 160,
        kernel: str = "matern52",
        epochs: int = 80,
        batch_size: int = 256,
        learning_rate: float = 0.03,
        patience: int = 8,
        held_out_share: float = 0.1,
        prediction_draws: int = 256,
        start: str = "prior",
        optimizer: str = "adam",
        natural_rate: float = 0.1,
        checkpoint: str | None = None,
        warm_start: bool = False,
        device: str = "auto",
        random_state: int | None = None,
    ) -> None:
        self.inducing_points = inducing_points
        self.kernel = kernel
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.patience = patience
        self.held_out_share = held_out_share
        self.prediction_draws = prediction_draws
        self.start = start
        self.optimizer = optimizer
        self.natural_rate = natural_rate
        self.checkpoint = checkpoint
        self.warm_start = warm_start
        self.device = device
        self.random_state = random_state

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        groups: np.ndarray | None = None,
    ) -> SparseGP:
        """Fit to features (rows, columns) and class labels (rows,).

        A row of ``sample_weight`` 2 counts as two rows. ``groups`` (the star of each row) keeps
        all rows of a star on one side of the held-out split. Raises BadParameter (a ValueError)
        for fewer than two classes or a setting outside its range.
        """
        self._check_settings()
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        # rows of zero weight are dropped, so that they cannot become inducing points either
        used = weight > 0
        before = getattr(self, "classes_", None) if self.warm_start else None
        self.classes_, codes = np.unique(y[used], return_inverse=True)
        if before is not None and not np.array_equal(before, self.classes_):
            raise BadParameter(
                f"warm_start: the model has classes {before.tolist()} and the rows "
                f"{self.classes_.tolist()}; give rows of the same classes"
            )
        if len(self.classes_) < 2:
            raise BadParameter(
                "a classifier needs at least two classes and got "
                f"{len(self.classes_)} class; add rows of another class"
            )
        groups = None if groups is None else np.asarray(groups)[used]
        random = check_random_state(self.random_state)
        fitted, held_out = held_out_rows(
            int(used.sum()), groups, share=self.held_out_share, random=random
        )
        self._optimise(X[used], codes, weight[used], fitted, held_out=held_out, random=random)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The most probable class of every row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Class probabilities, shape (rows, classes), averaged over the latent posterior."""
        return np.concatenate(
            [softmax_average(*part, draws=self.prediction_draws) for part in self._marginals(X)]
        )

    def predict_proba_draws(self, X: np.ndarray) -> np.ndarray:
        """Class probabilities of every posterior draw, shape (draws, rows, classes).

        The same quasi-random draws serve every row, so a row's answer does not depend on the
        rows beside it and is the same in every call.
        """
        parts = [softmax_draws(*part, draws=self.prediction_draws) for part in self._marginals(X)]
        return np.concatenate(parts, axis=1)

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
        """Posterior mean and variance of every class's latent function, both (rows, classes)."""
        mean, deviation = zip(*self._marginals(X), strict=True)
        return np.concatenate(mean), np.concatenate(deviation) ** 2

    def _check_settings(self) -> None:
        """Raise BadParameter for a setting outside its range."""
        if self.kernel not in KERNELS:
            raise BadParameter(f"kernel is '{self.kernel}'; use one of {', '.join(KERNELS)}")
        for name in (
            "inducing_points",
            "epochs",
            "batch_size",
            "learning_rate",
            "patience",
            "natural_rate",
            "prediction_draws",
        ):
            if not getattr(self, name) > 0:
                raise BadParameter(f"{name} is {getattr(self, name)}; give a positive number")
        if self.start not in ("prior", "laplace"):
            raise BadParameter(f"start is '{self.start}'; use 'prior' or 'laplace'")
        if self.optimizer not in ("adam", "natural"):
            raise BadParameter(f"optimizer is '{self.optimizer}'; use 'adam' or 'natural'")
        if not 0 <= self.held_out_share < 1:
            raise BadParameter(f"held_out_share is {self.held_out_share}; give a share in [0, 1)")

    def _optimise(
        self,
        X: np.ndarray,
        codes: np.ndarray,
        weight: np.ndarray,
        fitted: np.ndarray,
        *,
        held_out: np.ndarray,
        random: np.random.RandomState,
    ) -> None:
        """Maximise the evidence bound on minibatches; keep the best epoch's parameters."""
        device = torch_device(self.device)
        mark, stored = self._stored(X, codes, weight, device)
        generator = torch.Generator(device)
        if stored is None:
            latent = self._first_guess(X[fitted], codes[fitted], weight[fitted], random)
            generator.manual_seed(int(random.randint(2**31)))
            self.held_out_loss_, self.epochs_run_ = [], 0
            self.state_ = latent.arrays()
        else:
            latent = self._resumed(stored, random, generator)
        latent.to(device)
        optimiser = self._optimiser(latent, float(weight[fitted].sum()))
        if stored is not None:
            optimiser.load_state_dict(stored["optimiser"])
        data = [torch.as_tensor(array, device=device) for array in (X, codes, weight)]
        epochs = range(self.epochs_run_, self.epochs)
        for _ in progress(epochs, total=len(epochs), description="sparse_gp epochs"):
            if self._patience_is_over():
                break
            self._one_epoch(latent, optimiser, data, fitted, random=random, generator=generator)
            self.epochs_run_ += 1
            if len(held_out):
                self._judge(latent, X[held_out], codes[held_out], weight[held_out])
            else:
                self.state_ = latent.arrays()
            if self.checkpoint is not None:
                write_checkpoint(
                    self.checkpoint,
                    self._to_store(mark, latent, optimiser, random, generator=generator),
                )

    def _optimiser(
        self, latent: LatentFunctions, total_weight: float
    ) -> torch.optim.Optimizer | NaturalAndAdam:
        """The optimiser that the settings choose."""
        if self.optimizer == "natural":
            return NaturalAndAdam(
                latent,
                natural_rate=self.natural_rate,
                learning_rate=self.learning_rate,
                total_weight=total_weight,
            )
        return torch.optim.Adam(latent.parameters(), lr=self.learning_rate)

    def _one_epoch(
        self,
        latent: LatentFunctions,
        optimiser: torch.optim.Optimizer | NaturalAndAdam,
        data: list[torch.Tensor],
        fitted: np.ndarray,
        *,
        random: np.random.RandomState,
        generator: torch.Generator,
    ) -> None:
        """One step for every minibatch of the fitted rows."""
        latent.train()
        total_weight = float(data[2][fitted].sum())
        for rows in minibatches(fitted, size=self.batch_size, random=random):
            optimiser.zero_grad()
            loss = latent_functions.negative_evidence_bound(
                latent,
                *(item[rows] for item in data),
                data_scale=len(fitted) / len(rows) / total_weight,
                divergence_scale=1 / total_weight,
                generator=generator,
                slopes=self.optimizer == "natural",
            )
            loss.backward()
            optimiser.step()

    def _patience_is_over(self) -> bool:
        """Whether the held-out loss has not improved for ``patience`` epochs."""
        best = int(np.argmin(self.held_out_loss_)) if self.held_out_loss_ else 0
        return len(self.held_out_loss_) - 1 - best >= self.patience

    def _judge(
        self, latent: LatentFunctions, X: np.ndarray, codes: np.ndarray, weight: np.ndarray
    ) -> None:
        """Note the log-loss of the held-out rows, and the parameters if it is the lowest."""
        loss = self._held_out_loss(latent, X, codes, weight)
        if loss < min(self.held_out_loss_, default=np.inf):
            self.state_ = latent.arrays()
        self.held_out_loss_.append(loss)

    def _first_guess(
        self, X: np.ndarray, codes: np.ndarray, weight: np.ndarray, random: np.random.RandomState
    ) -> LatentFunctions:
        """The starting model: prior at the class shares, Laplace's posterior, or the last fit."""
        if self.warm_start and hasattr(self, "state_"):
            return latent_functions.LatentFunctions.from_arrays(self.state_, self.kernel)
        if self.start == "laplace":
            guess = LaplaceGP(
                inducing_points=self.inducing_points, kernel=self.kernel, random_state=random
            )
            return latent_functions.LatentFunctions.from_laplace(
                guess.fit(X, codes, sample_weight=weight), natural=self.optimizer == "natural"
            )
        latent = latent_functions.LatentFunctions(
            inducing_points(X, weight, number=self.inducing_points, random=random),
            classes=len(self.classes_),
            kernel=self.kernel,
            natural=self.optimizer == "natural",
        )
        latent.start_at_class_shares(np.bincount(codes, weight, minlength=len(self.classes_)))
        return latent

    def _stored(
        self, X: np.ndarray, codes: np.ndarray, weight: np.ndarray, device: torch.device
    ) -> tuple[str, dict | None]:
        """The fingerprint of this training, and its last checkpoint if there is one."""
        if self.checkpoint is None:
            return "", None
        if not isinstance(self.random_state, int | np.integer):
            raise BadParameter(
                f"random_state is {self.random_state}; with a checkpoint give a "
                "number, so that the same rows are held out again"
            )
        settings = {
            name: value
            for name, value in self.get_params().items()
            if name not in ("checkpoint", "epochs", "prediction_draws")
        }
        mark = fingerprint([X, codes, weight], settings)
        return mark, read_checkpoint(self.checkpoint, mark, device=device)

    def _to_store(
        self,
        mark: str,
        latent: LatentFunctions,
        optimiser: torch.optim.Optimizer,
        random: np.random.RandomState,
        *,
        generator: torch.Generator,
    ) -> dict:
        """The whole state on which the following epochs depend."""
        return {
            "fingerprint": mark,
            "latent": latent.state_dict(),
            "optimiser": optimiser.state_dict(),
            "random": random_to_plain(random),
            "generator": generator.get_state(),
            "epochs_run": self.epochs_run_,
            "held_out_loss": self.held_out_loss_,
            "best": {name: torch.as_tensor(value) for name, value in self.state_.items()},
        }

    def _resumed(
        self, stored: dict, random: np.random.RandomState, generator: torch.Generator
    ) -> LatentFunctions:
        """Restore a stored state, including the random generators."""
        random_from_plain(random, stored["random"])
        generator.set_state(stored["generator"].cpu())
        self.held_out_loss_, self.epochs_run_ = stored["held_out_loss"], stored["epochs_run"]
        self.state_ = {name: value.cpu().numpy() for name, value in stored["best"].items()}
        arrays = {name: value.cpu().numpy() for name, value in stored["latent"].items()}
        return latent_functions.LatentFunctions.from_arrays(arrays, self.kernel)

    def _held_out_loss(
        self, latent: LatentFunctions, X: np.ndarray, codes: np.ndarray, weight: np.ndarray
    ) -> float:
        """Weighted log-loss of held-out rows at the present parameters."""
        probability = np.concatenate(
            [
                self._probability_draws(latent, X[start : start + ROWS_PER_CHUNK]).mean(axis=0)
                for start in range(0, len(X), ROWS_PER_CHUNK)
            ]
        )
        of_truth = probability[np.arange(len(X)), codes]
        return float(np.average(-np.log(np.maximum(of_truth, 1e-15)), weights=weight))

    def _marginals(self, X: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield posterior mean and standard deviation, both (rows of the chunk, classes)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        for start in range(0, len(X), ROWS_PER_CHUNK):
            yield sparse_marginals(self.state_, self.kernel, X[start : start + ROWS_PER_CHUNK])

    def _probability_draws(self, latent: LatentFunctions, X: np.ndarray) -> np.ndarray:
        """Softmax of quasi-random draws from every row's latent posterior."""
        latent.eval()
        with torch.no_grad():
            mean, deviation = latent.marginals(torch.as_tensor(X, device=torch_device(self.device)))
        return softmax_draws(
            mean.cpu().numpy(), deviation.cpu().numpy(), draws=self.prediction_draws
        )


def minibatches(
    rows: np.ndarray, *, size: int, random: np.random.RandomState
) -> Iterator[np.ndarray]:
    """Yield a random partition of the rows into batches of nearly equal size."""
    yield from np.array_split(random.permutation(rows), max(1, round(len(rows) / size)))
