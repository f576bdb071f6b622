"""Convolutional networks on folded views and features, with scikit-learn's interface.

After AstroNet (Shallue & Vanderburg 2018, AJ 155, 94). A few networks with different initial
weights are averaged. Their spread is a realistic error, even where a single network is
overconfident (Lakshminarayanan, Pritzel & Blundell 2017, NeurIPS 30).
"""

from __future__ import annotations

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
from torch import nn

from exoval.errors import BadParameter
from exoval.networks.checkpoint import fingerprint
from exoval.networks.epochs import Epochs, plain_arrays
from exoval.networks.held_out_rows import held_out_rows
from exoval.networks.shown_rows import ShownRows, ViewArray, checked_layout, stretches_of
from exoval.networks.torch_device import torch_device
from exoval.networks.view_network import mirrored, seeded_networks
from exoval.views.layout import ViewLayout


class TransitCNN(ClassifierMixin, BaseEstimator):
    """An ensemble of ``ViewNetwork``: one tower for the period, one for the event, and features.

    Features should be of order one (see ``feature_pipeline``). Views are read batch by batch and
    may be larger than memory; without views the networks take features alone. Training stops
    after ``epochs``, or once the log-loss of a held-out share has not improved for ``patience``
    epochs, and returns to the best epoch. ``checkpoint`` is a file for the state after every
    epoch, from which a ``fit`` of the same rows with the same settings resumes.

    Fitted attributes: ``classes_``, ``looks_at_views_``, ``view_stretches_``, ``epochs_run_``,
    ``held_out_loss_``, ``state_`` (weights as plain arrays).
    """

    def __init__(
        self,
        *,
        width: int = 4,
        hidden: int = 32,
        networks: int = 3,
        epochs: int = 40,
        batch_size: int = 128,
        learning_rate: float = 2e-3,
        weight_decay: float = 0.03,
        patience: int = 6,
        held_out_share: float = 0.1,
        checkpoint: str | None = None,
        device: str = "auto",
        random_state: int | None = None,
    ) -> None:
        self.width = width
        self.hidden = hidden
        self.networks = networks
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.patience = patience
        self.held_out_share = held_out_share
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
    ) -> TransitCNN:
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
        self._train(shown, codes, weight / weight.mean(), fitted, held_out=held_out, random=random)
        return self

    def predict(self, X: np.ndarray, *, views: ViewArray | None = None) -> np.ndarray:
        """The most probable class of every row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X, views=views), axis=1)]

    def predict_proba(self, X: np.ndarray, *, views: ViewArray | None = None) -> np.ndarray:
        """Class probabilities, the mean over the networks, shape (rows, classes)."""
        return self.predict_proba_draws(X, views=views).mean(axis=0)

    def predict_proba_draws(self, X: np.ndarray, *, views: ViewArray | None = None) -> np.ndarray:
        """Class probabilities of every network, shape (networks, rows, classes)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        layout = checked_layout(views, self.view_stretches_)
        model = self._built()
        model.load_state_dict({name: torch.as_tensor(value) for name, value in self.state_.items()})
        return self._answers(
            model.to(torch_device(self.device)),
            ShownRows.of(X, views, used=np.ones(len(X), dtype=bool), layout=layout),
        )

    def predict_proba_interval(
        self, X: np.ndarray, *, level: float = 0.68, views: ViewArray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Quantiles of the networks' probabilities at the tails of ``level``, (rows, classes)."""
        if not 0 < level < 1:
            raise BadParameter(f"level is {level}; give a share between 0 and 1, such as 0.68")
        tails = (0.5 - level / 2, 0.5 + level / 2)
        lower, upper = np.quantile(self.predict_proba_draws(X, views=views), tails, axis=0)
        return lower, upper

    def _check_settings(self) -> None:
        """Raise BadParameter for a setting outside its range."""
        for name in (
            "width",
            "hidden",
            "networks",
            "epochs",
            "batch_size",
            "learning_rate",
            "patience",
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

    def _built(self, seed: int = 0) -> nn.ModuleList:
        """The networks before training."""
        return seeded_networks(
            self.networks,
            seed=seed,
            columns=self.n_features_in_,
            outputs=len(self.classes_),
            width=self.width,
            hidden=self.hidden,
            layout=self._layout(),
        ).to(self._dtype())

    def _layout(self) -> ViewLayout | None:
        """How the views are laid out that it was fitted on; None without views."""
        return ViewLayout(self.view_stretches_) if self.view_stretches_ else None

    def _dtype(self) -> torch.dtype:
        """Double precision for features alone: it is cheap and makes rows independent."""
        return torch.float32 if self.looks_at_views_ else torch.float64

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
        """Adam with weight decay on minibatches; keep the best epoch's weights."""
        device = torch_device(self.device)
        model = self._built(int(random.randint(2**31))).to(device)
        optimiser = torch.optim.AdamW(
            model.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )
        training = Epochs(
            model=model,
            optimiser=optimiser,
            random=random,
            generator=torch.Generator(),
            checkpoint=self.checkpoint,
            mark=self._mark(shown, codes, weight) if self.checkpoint else "",
        )
        training.resume(device)
        judged = ShownRows(shown.X[held_out], shown.views, shown.places[held_out])
        training.run(
            most=self.epochs,
            patience=self.patience,
            one_epoch=lambda: self._one_epoch(
                model, optimiser, shown, codes, weight=weight, fitted=fitted, random=random
            ),
            judge=(lambda: self._loss(model, judged, codes[held_out], weight[held_out]))
            if len(held_out)
            else None,
            description="transit_cnn epochs",
        )
        self.held_out_loss_, self.epochs_run_ = training.held_out_loss, training.epochs_run
        self.state_ = plain_arrays(training.best)

    def _one_epoch(
        self,
        model: nn.ModuleList,
        optimiser: torch.optim.Optimizer,
        shown: ShownRows,
        codes: np.ndarray,
        *,
        weight: np.ndarray,
        fitted: np.ndarray,
        random: np.random.RandomState,
    ) -> None:
        """One step for every minibatch; every network sees the same rows."""
        device = torch_device(self.device)
        order = random.permutation(fitted)
        for rows in np.array_split(order, max(1, round(len(order) / self.batch_size))):
            x, views = shown.batch(rows, device=device, dtype=self._dtype())
            if views is not None:
                views = mirrored(
                    views, random.random_sample(len(rows)) < 0.5, layout=self._layout()
                )
            truth = torch.as_tensor(codes[rows], device=device)
            counts = torch.as_tensor(weight[rows], dtype=self._dtype(), device=device)
            losses = [
                (
                    counts * nn.functional.cross_entropy(network(x, views), truth, reduction="none")
                ).mean()
                for network in model
            ]
            optimiser.zero_grad()
            torch.stack(losses).sum().backward()
            optimiser.step()

    def _loss(
        self, model: nn.ModuleList, shown: ShownRows, codes: np.ndarray, weight: np.ndarray
    ) -> float:
        """Weighted log-loss of the networks' mean."""
        probability = self._answers(model, shown).mean(axis=0)[np.arange(len(shown)), codes]
        return float(np.average(-np.log(np.maximum(probability, 1e-15)), weights=weight))

    def _answers(self, model: nn.ModuleList, shown: ShownRows) -> np.ndarray:
        """Class probabilities of every network, (networks, rows, classes)."""
        model.eval()
        parts = []
        with torch.no_grad():
            for rows in shown.chunks():
                x, views = shown.batch(rows, device=torch_device(self.device), dtype=self._dtype())
                parts.append(
                    np.stack(
                        [
                            network(x, views).double().softmax(dim=1).cpu().numpy()
                            for network in model
                        ]
                    )
                )
        return np.concatenate(parts, axis=1)

    def _mark(self, shown: ShownRows, codes: np.ndarray, weight: np.ndarray) -> str:
        """The fingerprint of this training: its rows and settings."""
        settings = {
            name: value
            for name, value in self.get_params().items()
            if name not in ("checkpoint", "epochs")
        }
        return fingerprint([codes, weight], settings | {"shown": shown.fingerprint()})
