import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss

from exoval.classifiers.laplace_gp import LaplaceGP
from exoval.classifiers.sparse_gp import SparseGP
from exoval.errors import BadParameter
from exoval.gaussian_process.latent_functions import LatentFunctions

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "inducing_points": 24,
    "epochs": 14,
    "batch_size": 64,
    "learning_rate": 0.1,
    "held_out_share": 0.2,
    "patience": 5,
    "device": "cpu",
    "random_state": 0,
}
CHILD = """
import sys
import numpy as np
sys.path.insert(0, {here!r})
from test_sparse_gp_resume import SETTINGS, rows
from exoval.classifiers.sparse_gp import SparseGP
SparseGP(**SETTINGS | {{"epochs": 4000, "patience": 4000}}, checkpoint={path!r}).fit(*rows())
"""


def rows(count=400, classes=2, seed=0):
    random = np.random.default_rng(seed)
    y = np.arange(count) % classes
    X = random.normal(size=(count, 3))
    X[:, 0] += 1.3 * (y == 1)
    X[:, 1] += 1.3 * (y == 2)
    return X, y


@pytest.mark.slow
def test_a_training_killed_at_a_random_time_ends_as_an_uninterrupted_one(tmp_path):
    path = tmp_path / "gp.pt"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    script = CHILD.format(here=str(Path(__file__).parent), path=str(path))
    child = subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not path.exists() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(np.random.default_rng().uniform(0.0, 0.5))
    child.send_signal(signal.SIGKILL)
    child.wait()
    done = torch.load(path, weights_only=True)["epochs_run"]
    assert done >= 1
    longer = SETTINGS | {"epochs": done + 3, "patience": 4000}
    X, y = rows()
    resumed = SparseGP(**longer, checkpoint=str(path)).fit(X, y)
    straight = SparseGP(**longer).fit(X, y)
    assert resumed.epochs_run_ == straight.epochs_run_ == done + 3
    np.testing.assert_allclose(resumed.held_out_loss_, straight.held_out_loss_, atol=1e-6)
    np.testing.assert_allclose(resumed.predict_proba(X), straight.predict_proba(X), atol=1e-6)


def test_going_on_really_uses_the_checkpoint(tmp_path, monkeypatch):
    X, y = rows()
    path = str(tmp_path / "gp.pt")
    SparseGP(**SETTINGS | {"epochs": 6, "patience": 50}, checkpoint=path).fit(X, y)
    epochs = []
    once = SparseGP._one_epoch
    monkeypatch.setattr(
        SparseGP,
        "_one_epoch",
        lambda self, *rest, **named: (epochs.append(1), once(self, *rest, **named)),
    )
    SparseGP(**SETTINGS | {"epochs": 8, "patience": 50}, checkpoint=path).fit(X, y)
    assert len(epochs) == 2


def test_a_finished_training_is_not_done_again(tmp_path):
    X, y = rows(seed=3)
    y = np.random.default_rng(0).permutation(y)
    path = str(tmp_path / "gp.pt")
    settings = SETTINGS | {"epochs": 60, "patience": 2}
    first, second = (SparseGP(**settings, checkpoint=path).fit(X, y) for _ in range(2))
    assert first.epochs_run_ == second.epochs_run_ < 60
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))


@pytest.mark.parametrize("change", ["data", "settings", "damage", "code"])
def test_a_checkpoint_that_does_not_belong_is_left_out(tmp_path, caplog, change):
    X, y = rows()
    path = tmp_path / "gp.pt"
    SparseGP(**SETTINGS | {"epochs": 2}, checkpoint=str(path)).fit(X, y)
    settings = dict(SETTINGS)
    if change == "data":
        X = X + 0.01
    elif change == "settings":
        settings["learning_rate"] = 0.05
    elif change == "damage":
        path.write_bytes(path.read_bytes()[:500])
    else:
        # a pickle that would run code is not read
        path.write_bytes(b"cos\nsystem\n(S'touch %s/ran'\ntR." % str(tmp_path).encode())
    found = SparseGP(**settings, checkpoint=str(path)).fit(X, y)
    assert "starts anew" in caplog.text and not (tmp_path / "ran").exists()
    np.testing.assert_array_equal(
        found.predict_proba(X), SparseGP(**settings).fit(X, y).predict_proba(X)
    )


def test_a_checkpoint_without_a_seed_is_refused(tmp_path):
    with pytest.raises(BadParameter, match="random_state is None"):
        SparseGP(checkpoint=str(tmp_path / "gp.pt")).fit(*rows())


@pytest.mark.parametrize("classes", [2, 3])
def test_a_start_from_laplace_has_its_latent_moments(classes):
    X, y = rows(classes=classes)
    guess = LaplaceGP(inducing_points=30, evidence_steps=10, random_state=0).fit(X, y)
    latent = LatentFunctions.from_laplace(guess).eval()
    with torch.no_grad():
        mean, deviation = (part.numpy() for part in latent.marginals(torch.as_tensor(X[:20])))
    if classes == 2:
        mean = mean[:, 1:] - mean[:, :1]
        deviation = np.hypot(deviation[:, 1:], deviation[:, :1])
    expected_mean, variance = guess.latent(X[:20])
    np.testing.assert_allclose(mean, expected_mean, atol=1e-4)
    # the variational process has no uncertainty of its mean function, which is a small part
    np.testing.assert_allclose(deviation, np.sqrt(variance), rtol=0.05)


def test_a_start_from_laplace_is_ahead_from_the_first_epoch():
    X, y = rows(800, classes=3)
    settings = SETTINGS | {"epochs": 2, "learning_rate": 0.01}
    prior, laplace = (
        SparseGP(**settings, start=start).fit(X[:600], y[:600]) for start in ("prior", "laplace")
    )
    losses = [log_loss(y[600:], model.predict_proba(X[600:])) for model in (prior, laplace)]
    assert losses[1] < losses[0] - 0.05


def test_an_unknown_start_is_named():
    with pytest.raises(BadParameter, match="start is 'cold'"):
        SparseGP(start="cold").fit(*rows())
