"""Classifiers that look at views: the network and the Gaussian process behind one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from exoval.classifiers.deep_kernel_gp import DeepKernelGP
from exoval.classifiers.transit_cnn import TransitCNN
from exoval.errors import BadParameter
from exoval.networks.view_network import LIMIT, mirrored, prepared_views
from exoval.views.fine import FINE, LENGTH, SLICES
from exoval.views.layout import ViewLayout
from exoval.views.store import ViewRows, Views

ROOT = Path(__file__).parents[2]
CNN = TransitCNN(
    width=4,
    hidden=8,
    networks=2,
    epochs=12,
    batch_size=32,
    learning_rate=5e-3,
    patience=12,
    held_out_share=0.2,
    device="cpu",
    random_state=0,
)
GP = DeepKernelGP(
    width=2,
    hidden=8,
    outputs=4,
    inducing_points=16,
    network_epochs=6,
    epochs=8,
    batch_size=32,
    learning_rate=0.01,
    patience=8,
    held_out_share=0.2,
    prediction_draws=64,
    device="cpu",
    random_state=0,
)
BOTH = pytest.mark.parametrize("classifier", [CNN, GP], ids=["cnn", "gp"])
CHILD = """
import sys
sys.path.insert(0, {here!r})
from sklearn.base import clone
import test_view_classifiers as here
X, y, views = here.shapes()
long = clone(getattr(here, {name!r})).set_params(epochs=4000, patience=4000, checkpoint={path!r})
long.fit(X, y, views=here.laid_out(views))
"""


#: scikit-learn's check that a row of weight 2 counts as much as two rows
WEIGHTS_AND_COPIES = "check_sample_weight_equivalence_on_dense_data"


def expected_failures(estimator):
    # all 27 rows of that check are one batch of 32, and one batch has one path
    return (
        {}
        if isinstance(estimator, TransitCNN)
        else {WEIGHTS_AND_COPIES: "a row of weight 2 and two rows fall into other minibatches"}
    )


@parametrize_with_checks(
    [
        clone(CNN).set_params(networks=1, held_out_share=0.0),
        clone(GP).set_params(held_out_share=0.0, learning_rate=0.03),
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def laid_out(values, layout=FINE):
    """Views that say which stretches they have."""
    counts = np.zeros((len(values), len(layout.bins)), np.int16)
    return ViewRows.of_all(Views(values, counts, layout), len(values))


def shapes(count=300, seed=0, kind="secondary"):
    """Noisy boxes; half of them differ from the others in one view alone, features say nothing."""
    random = np.random.default_rng(seed)
    y = np.array(["binary", "planet"])[np.arange(count) % 2]
    values = random.normal(0, 0.2, (count, LENGTH)).astype(np.float32)
    for name in ("local", "odd", "even"):
        values[:, SLICES[name]][:, 60:140] -= 1
    values[:, SLICES["global"]][:, 990:1010] -= 1
    part = SLICES[kind]
    where = slice(part.start + 70, part.start + 130)
    values[y == "binary", where] -= 0.8
    return random.normal(size=(count, 2)), y, values


@BOTH
@pytest.mark.parametrize("kind", ["secondary", "even"])
def test_what_only_a_view_shows_is_learned_from_it(classifier, kind):
    X, y, views = shapes(kind=kind)
    other, truth, theirs = shapes(seed=1, kind=kind)
    model = clone(classifier).fit(X, y, views=laid_out(views))
    assert np.mean(model.predict(other, views=theirs) == truth) > 0.9
    blind = clone(classifier).fit(X, y)
    assert np.mean(blind.predict(other) == truth) < 0.65


def test_an_eclipse_anywhere_in_the_period_is_seen_by_the_network_alone():
    X, y, views = shapes(seed=2, kind="global")
    other, truth, theirs = shapes(seed=3, kind="global")
    assert (
        np.mean(clone(CNN).fit(X, y, views=laid_out(views)).predict(other, views=theirs) == truth)
        > 0.9
    )
    assert (
        np.mean(clone(GP).fit(X, y, views=laid_out(views)).predict(other, views=theirs) == truth)
        < 0.65
    )


@BOTH
def test_one_seed_gives_one_answer_and_leaves_the_random_state_of_torch_alone(classifier):
    X, y, views = shapes(120)
    answers = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        answers.append(
            clone(classifier)
            .set_params(epochs=2)
            .fit(X, y, views=laid_out(views))
            .predict_proba(X, views=views)
        )
        assert torch.equal(before, torch.get_rng_state())
    np.testing.assert_allclose(*answers, atol=1e-6)
    others = clone(classifier).set_params(epochs=2, random_state=1).fit(X, y, views=laid_out(views))
    assert np.abs(others.predict_proba(X, views=views) - answers[0]).max() > 1e-3


@BOTH
def test_views_on_disk_are_as_good_as_views_in_memory(classifier, tmp_path):
    X, y, views = shapes(150)
    random = np.random.default_rng(0)
    # stored among others and in another order
    stored = np.lib.format.open_memmap(tmp_path / "views.npy", "w+", np.float32, (400, LENGTH))
    place = random.permutation(400)[:150]
    stored[place] = views
    rows = laid_out(stored).select(place)
    short = clone(classifier).set_params(epochs=2)
    mapped = clone(short).fit(X, y, views=rows).predict_proba(X, views=rows)
    np.testing.assert_array_equal(
        mapped, clone(short).fit(X, y, views=laid_out(views)).predict_proba(X, views=views)
    )
    some = rows.select(np.arange(20))
    assert isinstance(some, ViewRows) and len(some) == 20
    np.testing.assert_array_equal(some[np.array([3])], views[3:4])


@BOTH
def test_rows_of_no_weight_leave_no_trace(classifier):
    X, y, views = shapes(100)
    spoilt = np.concatenate([views, views + 9])
    short = clone(classifier).set_params(epochs=2)
    plain = clone(short).fit(X, y, views=laid_out(views))
    weighted = clone(short).fit(
        np.concatenate([X, X + 9]),
        np.concatenate([y, y[::-1]]),
        sample_weight=np.repeat([1.0, 0.0], 100),
        views=laid_out(spoilt),
    )
    np.testing.assert_allclose(
        weighted.predict_proba(X, views=views), plain.predict_proba(X, views=views), atol=1e-6
    )


@BOTH
def test_interval_is_that_of_the_draws_and_widens_with_level(classifier):
    X, y, views = shapes(120)
    model = (
        clone(classifier)
        .set_params(epochs=3, **({"networks": 4} if "networks" in classifier.get_params() else {}))
        .fit(X, y, views=laid_out(views))
    )
    narrow, wide = (
        model.predict_proba_interval(X, level=level, views=views) for level in (0.5, 0.95)
    )
    assert np.all(wide[0] <= narrow[0]) and np.all(narrow[1] <= wide[1])
    assert np.mean(wide[1] - wide[0]) > np.mean(narrow[1] - narrow[0]) > 0
    with pytest.raises(BadParameter, match="level is 2"):
        model.predict_proba_interval(X, level=2, views=views)


@BOTH
def test_gaps_and_outliers_in_views_are_taken(classifier):
    X, y, views = shapes(120)
    views[:5, SLICES["secondary"]] = np.nan
    views[5:9] = np.nan
    views[9, :50] = 1e6
    model = clone(classifier).set_params(epochs=2).fit(X, y, views=laid_out(views))
    assert np.isfinite(model.predict_proba(X, views=views)).all()


@BOTH
def test_views_that_are_not_those_of_the_rows_are_refused(classifier):
    X, y, views = shapes(60)
    with pytest.raises(BadParameter, match=rf"shape \(59, {LENGTH}\).* of the 60 rows"):
        clone(classifier).fit(X, y, views=laid_out(views[1:]))
    with pytest.raises(BadParameter, match="do not say which stretches"):
        clone(classifier).fit(X, y, views=views)
    short = clone(classifier).set_params(epochs=1)
    with pytest.raises(BadParameter, match="was fitted with views"):
        clone(short).fit(X, y, views=laid_out(views)).predict_proba(X)
    with pytest.raises(BadParameter, match="was fitted without views"):
        clone(short).fit(X, y).predict_proba(X, views=views)
    turned = ViewLayout(dict(reversed(FINE.bins.items())))
    fitted = clone(short).fit(X, y, views=laid_out(views))
    with pytest.raises(BadParameter, match="give views of the same form"):
        fitted.predict_proba(X, views=laid_out(views, turned))
    with pytest.raises(BadParameter, match=rf"shape \(60, 100\); give one row of {LENGTH} bins"):
        fitted.predict_proba(X, views=views[:, :100])


@pytest.mark.parametrize(
    ("bins", "message"),
    [
        ({"phases": 300}, "the network uses local"),
        ({"local": 61, "odd": 41, "global": 201}, "different numbers of bins"),
        ({"global": 201, "local": 16}, "local has 16 bins, but the network's layers need 17"),
        ({"global": 84, "local": 17}, "global has 84 bins, but the network's layers need 85"),
    ],
)
def test_a_layout_that_does_not_fit_the_network_is_refused(bins, message):
    layout = ViewLayout(bins)
    X, y, _ = shapes(40)
    values = np.zeros((40, layout.length), np.float32)
    with pytest.raises(BadParameter, match=message):
        clone(CNN).fit(X, y, views=laid_out(values, layout))


@pytest.mark.parametrize("bins", [{"global": 85}, {"local": 17}, {"odd": 17, "even": 17}])
def test_views_with_some_of_the_stretches_are_taken(bins):
    layout = ViewLayout(bins)
    X, y, _ = shapes(40)
    views = laid_out(np.ones((40, layout.length), np.float32), layout)
    fitted = clone(CNN).set_params(epochs=1).fit(X, y, views=views)
    assert fitted.view_stretches_ == bins
    assert np.isfinite(fitted.predict_proba(X, views=views)).all()


@BOTH
def test_training_stops_when_held_out_rows_say_so_and_goes_back(classifier):
    X, y, views = shapes(260, seed=4)
    views[:] = np.random.default_rng(0).normal(size=views.shape)
    model = clone(classifier).set_params(epochs=200, patience=3).fit(X, y, views=laid_out(views))
    best = int(np.argmin(model.held_out_loss_))
    assert model.epochs_run_ == best + 1 + 3 < 200
    shorter = clone(model).set_params(epochs=best + 1).fit(X, y, views=laid_out(views))
    np.testing.assert_allclose(
        shorter.predict_proba(X, views=views), model.predict_proba(X, views=views), atol=1e-6
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["CNN", "GP"])
def test_a_training_killed_at_a_random_time_ends_as_an_uninterrupted_one(name, tmp_path):
    path = tmp_path / "model.pt"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    script = CHILD.format(here=str(Path(__file__).parent), path=str(path), name=name)
    child = subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not path.exists() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(np.random.default_rng().uniform(0.0, 0.3))
    child.send_signal(signal.SIGKILL)
    child.wait()
    done = torch.load(path, weights_only=True)["epochs_run"]
    X, y, views = shapes()
    longer = clone(globals()[name]).set_params(epochs=done + 2, patience=4000)
    resumed = clone(longer).set_params(checkpoint=str(path)).fit(X, y, views=laid_out(views))
    straight = clone(longer).fit(X, y, views=laid_out(views))
    assert resumed.epochs_run_ == straight.epochs_run_ == done + 2
    np.testing.assert_allclose(
        resumed.predict_proba(X, views=views), straight.predict_proba(X, views=views), atol=1e-6
    )


def test_a_checkpoint_of_other_views_is_left_alone(tmp_path):
    X, y, views = shapes(120)
    short = clone(CNN).set_params(epochs=2, checkpoint=str(tmp_path / "cnn.pt"))
    short.fit(X, y, views=laid_out(views))
    again = clone(short).fit(X, y, views=laid_out(views[::-1].copy()))
    straight = (
        clone(short).set_params(checkpoint=None).fit(X, y, views=laid_out(views[::-1].copy()))
    )
    np.testing.assert_array_equal(again.held_out_loss_, straight.held_out_loss_)


def test_a_mirrored_view_is_the_event_run_backwards():
    values = torch.arange(2 * LENGTH, dtype=torch.float32).reshape(2, LENGTH)
    turned = mirrored(values, np.array([True, False]), layout=FINE)
    assert torch.equal(turned[1], values[1])
    for part in SLICES.values():
        assert torch.equal(turned[0, part], values[0, part].flip(0))
    assert torch.equal(mirrored(turned, np.array([True, False]), layout=FINE), values)


def test_prepared_views_are_finite_and_clipped():
    ready = prepared_views(np.array([[np.nan, np.inf, -9.0, 0.5]]))
    assert ready.dtype == torch.float32
    np.testing.assert_array_equal(ready, [[0, LIMIT, -LIMIT, 0.5]])


@BOTH
@pytest.mark.parametrize(
    ("setting", "value"),
    [("width", 0), ("held_out_share", 1.0), ("checkpoint", "x.pt"), ("device", "tpu")],
)
def test_a_setting_out_of_range_is_refused(classifier, setting, value):
    X, y, views = shapes(40)
    wrong = clone(classifier).set_params(**{setting: value})
    if setting == "checkpoint":
        wrong.set_params(random_state=None)
    with pytest.raises(BadParameter, match=f"{setting}|random_state"):
        wrong.fit(X, y, views=laid_out(views))
