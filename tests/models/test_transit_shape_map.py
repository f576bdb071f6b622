"""The map puts like shapes together and does not tell a row its own label."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter
from exoval.features.shape_bins import BINS, PREFIX
from exoval.models.feature_pipeline import feature_pipeline
from exoval.models.transit_shape_map import TransitShapeMap, shape_columns

PHASE = np.linspace(-1.5, 1.5, BINS)


def shapes(rows=400, seed=0, noise=0.05):
    """Boxes (planets) and triangles (binaries) behind two other features."""
    rng = np.random.default_rng(seed)
    planet = rng.random(rows) < 0.5
    ingress = np.where(planet, rng.uniform(0.05, 0.3, rows), rng.uniform(0.8, 1.0, rows))
    dip = np.clip((1 - np.abs(PHASE) / 0.5) / ingress[:, None], 0, 1)
    dip += noise * rng.standard_normal(dip.shape)
    others = rng.standard_normal((rows, 2))
    return np.column_stack([others, dip]), np.where(planet, "planet", "eclipsing_binary")


COLUMNS = list(range(2, 2 + BINS))


def test_boxes_and_triangles_fall_apart():
    X, y = shapes()
    fitted = TransitShapeMap(columns=COLUMNS, planets=["planet"], side=8).fit(X, y)
    unseen, truth = shapes(seed=1)
    found = fitted.transform(unseen)
    assert found.shape == (len(unseen), 4)
    assert np.array_equal(found[:, :2], unseen[:, :2])
    share = found[:, 2]
    assert share[truth == "planet"].mean() > 0.9 and share[truth != "planet"].mean() < 0.1


def test_a_shape_unlike_all_others_is_far_from_the_map():
    X, y = shapes()
    fitted = TransitShapeMap(columns=COLUMNS, planets=["planet"], side=8).fit(X, y)
    odd = X[:1].copy()
    odd[0, 2:] = np.sin(6 * PHASE)
    assert fitted.transform(odd)[0, 3] > 3 * np.median(fitted.transform(X)[:, 3])


def test_neighbours_on_the_map_are_alike():
    X, y = shapes()
    fitted = TransitShapeMap(columns=COLUMNS, planets=["planet"], side=8).fit(X, y)
    pixels = fitted.pixels_.reshape(8, 8, BINS)
    beside = np.abs(np.diff(pixels, axis=0)).mean()
    apart = np.abs(pixels[:4] - pixels[4:]).mean()
    assert beside < 0.5 * apart


def test_labels_drawn_by_lot_are_not_told_to_their_own_rows():
    rng = np.random.default_rng(5)
    X, _ = shapes(rows=600)
    y = np.where(rng.random(600) < 0.5, "planet", "eclipsing_binary")
    model = TransitShapeMap(columns=COLUMNS, planets=["planet"], side=20)
    crossed = model.fit_transform(X, y)[:, 2]
    own = model.transform(X)[:, 2]
    planet = y == "planet"
    # counted with its own label, a row on an almost empty pixel knows it
    assert own[planet].mean() - own[~planet].mean() > 0.12
    assert abs(crossed[planet].mean() - crossed[~planet].mean()) < 0.08


def test_rows_without_a_shape_are_missing_and_the_rest_is_not_disturbed():
    X, y = shapes()
    X[::10, 5] = np.nan
    fitted = TransitShapeMap(columns=COLUMNS, planets=["planet"], side=6).fit(X, y)
    found = fitted.transform(X)
    assert np.isnan(found[::10, 2:]).all() and np.isfinite(np.delete(found, np.s_[::10], 0)).all()


def test_the_same_seed_gives_the_same_map_and_it_can_be_cloned():
    X, y = shapes()
    one, other = (
        clone(TransitShapeMap(columns=COLUMNS, planets=["planet"], side=6)).fit_transform(X, y)
        for _ in range(2)
    )
    assert np.array_equal(one, other)
    with pytest.raises(NotFittedError):
        TransitShapeMap(columns=COLUMNS, planets=["planet"]).transform(X)


def test_the_pipeline_trains_the_map_on_its_own_rows():
    X, y = shapes()
    names = ["depth", "period", *(f"{PREFIX}{i:02d}" for i in range(BINS))]
    assert shape_columns(names) == COLUMNS and shape_columns(names[:-1]) == []
    pipeline = feature_pipeline(
        LogisticRegression(), len(X), shape_columns=shape_columns(names), planets=["planet"]
    )
    pipeline.fit(X, y)
    unseen, truth = shapes(seed=2)
    assert pipeline.score(unseen, truth) > 0.95
    assert pipeline[:-1].transform(unseen).shape == (len(unseen), 4)


def test_what_counts_as_planet_is_said_by_name_and_may_be_several():
    X, y = shapes()
    named = np.where((y == "planet") & (X[:, 0] > 0), "ringed_planet", y)
    one = TransitShapeMap(columns=COLUMNS, planets=["planet"], side=8).fit_transform(X, y)
    several = TransitShapeMap(
        columns=COLUMNS, planets=["planet", "ringed_planet"], side=8
    ).fit_transform(X, named)
    assert np.array_equal(one, several)
    with pytest.raises(BadParameter, match="planets"):
        TransitShapeMap(columns=COLUMNS, planets=[]).fit(X, y)
