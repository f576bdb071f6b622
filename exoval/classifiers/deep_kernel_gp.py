"""A Gaussian process on the outputs of a small network of views and features.

Deep kernel learning (Wilson et al. 2016, NeurIPS 29): the network's outputs are the coordinates
of the kernel, and both are fitted to the evidence bound. With an untrained network the process
would explain everything as noise. So the network first learns to classify by itself for a few
epochs, and the inducing points are then placed among its outputs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
from torch import nn

from exoval.errors import BadParameter
from exoval.gaussian_process.inducing_points import inducing_points
from exoval.gaussian_process.kernels import KERNELS
from exoval.gaussian_process.latent_functions import LatentFunctions, negative_evidence_bound
from exoval.gaussian_process.plain_posterior import sparse_marginals
from exoval.gaussian_process.softmax_draws import softmax_average, softmax_draws
from exoval.networks.checkpoint import fingerprint
from exoval.networks.epochs import Epochs, plain_arrays
from exoval.networks.held_out_rows import held_out_rows
from exoval.networks.shown_rows import (
    ROWS_PER_CHUNK,
    ShownRows,
    ViewArray,
    checked_layout,
    stretches_of,
)
from exoval.networks.torch_device import torch_device
from exoval.networks.view_network import mirrored, seeded_networks
from exoval.views.layout import ViewLayout

#: the kernel learns this many times faster than the network's weights
KERNEL_SPEED = 5.0
#: rows whose outputs are clustered for the first inducing points
MOST_PLACED = 20_000


class DeepKernel(nn.Module):
    """A network, a fixed scaling of its outputs, and latent processes over them (float64)."""

    def __init__(
        self, network: nn.Module, shift: torch.Tensor, scale: torch.Tensor, latent: LatentFunctions
    ) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("shift", shift)
        self.register_buffer("scale", scale)
        self.latent = latent

    def embedded(self, x: torch.Tensor, views: torch.Tensor | None) -> torch.Tensor:
        """Coordinates of the rows in the kernel, shape (rows, outputs), float64."""
        return (self.network(x, views).double() - self.shift) / self.scale


class DeepKernelGP(ClassifierMixin, BaseEstimator):
    """Sparse variational Gaussian process on a network of views and features.

    The network sees the local, secondary, odd and even views (not the whole period) and gives
    ``outputs`` coordinates. It learns alone for ``network_epochs``. Other settings are those of
    ``TransitCNN`` and ``SparseGP``. Without views it takes features alone; ``checkpoint`` is the
    file for the state after every epoch of the joint training.

    Fitted attributes: ``classes_``, ``looks_at_views_``, ``view_stretches_``, ``epochs_run_``,
    ``held_out_loss_``, ``state_`` (parameters as plain arrays).
    """

    def __init__(
        self,
        *,
        width: int = 4,
        hidden: int = 32,
        outputs: int = 12,
        inducing_points: int = 100,
        kernel: str = "matern52",
        network_epochs: int = 8,
        epochs: int = 30,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        weight_decay: float = 0.5,
        patience: int = 6,
        held_out_share: float = 0.1,
        prediction_draws: int = 256,
        checkpoint: str | None = None,
        device: str = "auto",
        random_state: int | None = None,
    ) -> None:
        self.width = width
        self.hidden = hidden
        self.outputs = outputs
        self.inducing_points = inducing_points
        self.kernel = kernel
        self.network_epochs = network_epochs
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.patience = patience
        self.held_out_share = held_out_share
        self.prediction_draws = prediction_draws
        self.checkpoint = checkpoint
        self.device = device
        self.random_state = random_state

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        groups: np.ndarray | None = None,
        views: ViewArray | None = None,
    ) -> DeepKernelGP:
        """Fit to features (rows, columns), class labels (rows,) and views (rows, length).

        A row of ``sample_weight`` 2 counts as two rows. ``groups`` (the star of each row) keeps
        all rows of a star on one side of the held-out split. Raises BadParameter (a ValueError)
        for fewer than two classes, views of another shape or a setting outside its range.
        """
        self._check_settings()
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        used = weight > 0
        self.classes_, codes = np.unique(y[used], return_inverse=True)
        if len(self.classes_) < 2:
            raise BadParameter(
                "a classifier needs at least two classes and got "
                f"{len(self.classes_)} class; add rows of another class"
            )
        self.looks_at_views_ = views is not None
        self.view_stretches_ = stretches_of(views)
        shown = ShownRows.of(X, views, used=used, layout=self._layout())
        weight = weight[used]
        random = check_random_state(self.random_state)
        groups = None if groups is None else np.asarray(groups)[used]
        fitted, held_out = held_out_rows(
            len(shown), groups, share=self.held_out_share, random=random
        )
        self._train(shown, codes, weight, fitted, held_out=held_out, random=random)
        return self

    def predict(self, X: np.ndarray, *, views: ViewArray | None = None) -> np.ndarray:
        """The most probable class of every row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X, views=views), axis=1)]

    def predict_proba(self, X: np.ndarray, *, views: ViewArray | None = None) -> np.ndarray:
        """Class probabilities, shape (rows, classes), averaged over the latent posterior."""
        return np.concatenate(
            [
                softmax_average(*part, draws=self.prediction_draws)
                for part in self._marginals(X, views)
            ]
        )

    def predict_proba_draws(self, X: np.ndarray, *, views: ViewArray | None = None) -> np.ndarray:
        """Class probabilities of every posterior draw, shape (draws, rows, classes)."""
        parts = [
            softmax_draws(*part, draws=self.prediction_draws) for part in self._marginals(X, views)
        ]
        return np.concatenate(parts, axis=1)

    def predict_proba_interval(
        self, X: np.ndarray, *, level: float = 0.68, views: ViewArray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper central quantiles of the class probabilities, both (rows, classes)."""
        if not 0 < level < 1:
            raise BadParameter(f"level is {level}; give a share between 0 and 1, such as 0.68")
        tails = (0.5 - level / 2, 0.5 + level / 2)
        lower, upper = np.quantile(self.predict_proba_draws(X, views=views), tails, axis=0)
        return lower, upper

    def _check_settings(self) -> None:
        """Raise BadParameter for a setting outside its range."""
        if self.kernel not in KERNELS:
            raise BadParameter(f"kernel is '{self.kernel}'; use one of {', '.join(KERNELS)}")
        for name in (
            "width",
            "hidden",
            "outputs",
            "inducing_points",
            "network_epochs",
            "epochs",
            "batch_size",
            "learning_rate",
            "patience",
            "prediction_draws",
        ):
            if not getattr(self, name) > 0:
                raise BadParameter(f"{name} is {getattr(self, name)}; give a positive number")
        if not 0 <= self.held_out_share < 1:
            raise BadParameter(f"held_out_share is {self.held_out_share}; give a share in [0, 1)")
        if self.checkpoint is not None and not isinstance(self.random_state, int | np.integer):
            raise BadParameter(
                f"random_state is {self.random_state}; with a checkpoint give a "
                "number, so that the same rows are held out again"
            )

    def _layout(self) -> ViewLayout | None:
        """How the views are laid out that it was fitted on; None without views."""
        return ViewLayout(self.view_stretches_) if self.view_stretches_ else None

    def _dtype(self) -> torch.dtype:
        """Double precision for features alone: it is cheap and makes rows independent."""
        return torch.float32 if self.looks_at_views_ else torch.float64

    def _network(self, seed: int = 0) -> nn.Module:
        """The network before training."""
        return seeded_networks(
            1,
            seed=seed,
            columns=self.n_features_in_,
            outputs=self.outputs,
            width=self.width,
            hidden=self.hidden,
            layout=self._layout(),
            wide=False,
        )[0].to(self._dtype())

    def _train(
        self,
        shown: ShownRows,
        codes: np.ndarray,
        weight: np.ndarray,
        fitted: np.ndarray,
        *,
        held_out: np.ndarray,
        random: np.random.RandomState,
    ) -> None:
        """The network alone, then network and process together; keep the best epoch."""
        device = torch_device(self.device)
        network = self._network(int(random.randint(2**31))).to(device)
        generator = torch.Generator(device).manual_seed(int(random.randint(2**31)))
        self._train_network(
            network, shown, codes, weight / weight.mean(), fitted=fitted, random=random
        )
        model = self._with_process(network, shown, codes, weight, fitted=fitted, random=random).to(
            device
        )
        optimiser = torch.optim.AdamW(
            [
                {"params": model.network.parameters(), "weight_decay": self.weight_decay},
                {"params": model.latent.parameters(), "lr": KERNEL_SPEED * self.learning_rate},
            ],
            lr=self.learning_rate,
            weight_decay=0.0,
        )
        training = Epochs(
            model=model,
            optimiser=optimiser,
            random=random,
            generator=generator,
            checkpoint=self.checkpoint,
            mark=self._mark(shown, codes, weight) if self.checkpoint else "",
        )
        training.resume(device)
        judged = ShownRows(shown.X[held_out], shown.views, shown.places[held_out])
        training.run(
            most=self.epochs,
            patience=self.patience,
            one_epoch=lambda: self._one_epoch(training, shown, codes, weight, fitted=fitted),
            judge=(lambda: self._loss(model, judged, codes[held_out], weight[held_out]))
            if len(held_out)
            else None,
            description="deep_kernel_gp epochs",
        )
        self.held_out_loss_, self.epochs_run_ = training.held_out_loss, training.epochs_run
        self.state_ = plain_arrays(training.best)

    def _train_network(
        self,
        network: nn.Module,
        shown: ShownRows,
        codes: np.ndarray,
        weight: np.ndarray,
        *,
        fitted: np.ndarray,
        random: np.random.RandomState,
    ) -> None:
        """Some epochs of cross-entropy with a linear layer on top, which is then discarded."""
        device = torch_device(self.device)
        first = 0.3 * random.normal(size=(len(self.classes_), self.outputs))
        head = torch.tensor(first, dtype=self._dtype(), device=device, requires_grad=True)
        offset = torch.zeros(
            len(self.classes_), dtype=self._dtype(), device=device, requires_grad=True
        )
        optimiser = torch.optim.AdamW(
            [*network.parameters(), head, offset],
            lr=self.learning_rate,
            weight_decay=self.weight_decay,
        )
        for _ in range(self.network_epochs):
            for rows in self._batches(fitted, random):
                x, views = self._shown_batch(shown, rows, random)
                truth = torch.as_tensor(codes[rows], device=device)
                counts = torch.as_tensor(weight[rows], dtype=self._dtype(), device=device)
                logit = network(x, views) @ head.T + offset
                losses = nn.functional.cross_entropy(logit, truth, reduction="none")
                optimiser.zero_grad()
                (counts * losses).mean().backward()
                optimiser.step()

    def _with_process(
        self,
        network: nn.Module,
        shown: ShownRows,
        codes: np.ndarray,
        weight: np.ndarray,
        *,
        fitted: np.ndarray,
        random: np.random.RandomState,
    ) -> DeepKernel:
        """Latent processes at the class shares, with inducing points among the outputs."""
        some = fitted
        if len(fitted) > MOST_PLACED:
            some = np.sort(random.choice(fitted, MOST_PLACED, replace=False))
        chosen = ShownRows(shown.X[some], shown.views, shown.places[some])
        device = torch_device(self.device)
        network.eval()
        with torch.no_grad():
            outputs = torch.cat(
                [
                    network(*chosen.batch(rows, device=device, dtype=self._dtype())).double()
                    for rows in chosen.chunks()
                ]
            )
        shift, scale = outputs.mean(dim=0), outputs.std(dim=0, correction=0).clamp_min(1e-3)
        places = ((outputs - shift) / scale).cpu().numpy()
        latent = LatentFunctions(
            inducing_points(places, weight[some], number=self.inducing_points, random=random),
            classes=len(self.classes_),
            kernel=self.kernel,
        )
        latent.start_at_class_shares(
            np.bincount(codes[fitted], weight[fitted], minlength=len(self.classes_))
        )
        return DeepKernel(network, shift, scale, latent)

    def _one_epoch(
        self,
        training: Epochs,
        shown: ShownRows,
        codes: np.ndarray,
        weight: np.ndarray,
        *,
        fitted: np.ndarray,
    ) -> None:
        """One step of Adam on the evidence bound for every minibatch."""
        device, total = torch_device(self.device), float(weight[fitted].sum())
        for rows in self._batches(fitted, training.random):
            training.optimiser.zero_grad()
            embedded = training.model.embedded(*self._shown_batch(shown, rows, training.random))
            data = (torch.as_tensor(item[rows], device=device) for item in (codes, weight))
            loss = negative_evidence_bound(
                training.model.latent,
                embedded,
                *data,
                data_scale=len(fitted) / len(rows) / total,
                divergence_scale=1 / total,
                generator=training.generator,
            )
            loss.backward()
            training.optimiser.step()

    def _batches(self, fitted: np.ndarray, random: np.random.RandomState) -> list[np.ndarray]:
        """A random partition of the rows."""
        order = random.permutation(fitted)
        return np.array_split(order, max(1, round(len(order) / self.batch_size)))

    def _shown_batch(
        self, shown: ShownRows, rows: np.ndarray, random: np.random.RandomState
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Features and views of some rows; half of the views are reversed in time."""
        x, views = shown.batch(rows, device=torch_device(self.device), dtype=self._dtype())
        if views is None:
            return x, None
        return x, mirrored(views, random.random_sample(len(rows)) < 0.5, layout=self._layout())

    def _loss(
        self, model: DeepKernel, shown: ShownRows, codes: np.ndarray, weight: np.ndarray
    ) -> float:
        """Weighted log-loss of held-out rows at the present parameters."""
        probability = np.concatenate([draws.mean(axis=0) for draws in self._draws(model, shown)])
        of_truth = probability[np.arange(len(shown)), codes]
        return float(np.average(-np.log(np.maximum(of_truth, 1e-15)), weights=weight))

    def _rebuilt(self, X: np.ndarray, views: ViewArray | None) -> tuple[DeepKernel, ShownRows]:
        """The fitted model, and the rows to classify."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        layout = checked_layout(views, self.view_stretches_)
        state = {name: torch.as_tensor(value) for name, value in self.state_.items()}
        inducing = self.state_["latent.variational_strategy.inducing_points"]
        model = DeepKernel(
            self._network(),
            state["shift"],
            state["scale"],
            LatentFunctions(inducing, classes=len(self.classes_), kernel=self.kernel),
        )
        model.load_state_dict(state)
        return (
            model.to(torch_device(self.device)),
            ShownRows.of(X, views, used=np.ones(len(X), dtype=bool), layout=layout),
        )

    def _marginals(
        self, X: np.ndarray, views: ViewArray | None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield posterior mean and standard deviation, both (rows of the chunk, classes)."""
        model, shown = self._rebuilt(X, views)
        model.eval()
        prefix = "latent."
        state = {
            name.removeprefix(prefix): value
            for name, value in self.state_.items()
            if name.startswith(prefix)
        }
        embedded = []
        with torch.no_grad():
            for rows in shown.chunks():
                batch = shown.batch(rows, device=torch_device(self.device), dtype=self._dtype())
                embedded.append(model.embedded(*batch).cpu().numpy())
        places = np.concatenate(embedded)
        for start in range(0, len(places), ROWS_PER_CHUNK):
            yield sparse_marginals(state, self.kernel, places[start : start + ROWS_PER_CHUNK])

    def _draws(self, model: DeepKernel, shown: ShownRows) -> Iterator[np.ndarray]:
        """Yield posterior draws of the probabilities, (draws, rows of the chunk, classes)."""
        model.eval()
        for rows in shown.chunks():
            batch = shown.batch(rows, device=torch_device(self.device), dtype=self._dtype())
            with torch.no_grad():
                moments = model.latent.marginals(model.embedded(*batch))
            yield softmax_draws(
                *(part.cpu().numpy() for part in moments), draws=self.prediction_draws
            )

    def _mark(self, shown: ShownRows, codes: np.ndarray, weight: np.ndarray) -> str:
        """The fingerprint of this training: its rows and settings."""
        settings = {
            name: value
            for name, value in self.get_params().items()
            if name not in ("checkpoint", "epochs", "prediction_draws")
        }
        return fingerprint([codes, weight], settings | {"shown": shown.fingerprint()})
