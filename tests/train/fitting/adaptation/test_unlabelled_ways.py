"""Every way that adapts a model without labels, by one contract."""

from dataclasses import replace

import numpy as np
import pytest
from labelled_sets import gaussian_table
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.neighbors import KNeighborsClassifier

from exoval.errors import BadTable
from exoval.labels import UNKNOWN
from exoval.models.calibrate import PlattCalibration
from exoval.models.fitted_model import load_fitted_model
from exoval.table.feature_table import FeatureTable
from train.data.splits import StarSplit
from train.fitting.adaptation.way import cross_fitted_at_home, fitted_at_home
from train.fitting.adaptation.ways import UNLABELLED, WAYS
from train.fitting.fit import fitted_pipeline
from train.judging.metrics import value_of
from train.tasks.adapted import material_of

FOREST = ExtraTreesClassifier(40, min_samples_leaf=3, random_state=0)
SHARES = {"planet": 0.1, "eclipsing_binary": 0.15, "background_binary": 0.15, "no_transit": 0.6}


def chosen(table, shares, rows, seed=0):
    """Rows of a table in these shares."""
    random = np.random.default_rng(seed)
    return table.select(
        np.concatenate(
            [
                random.choice(np.flatnonzero(table.labels == label), round(share * rows), False)
                for label, share in shares.items()
            ]
        )
    )


def sky(rows=2000, junk_offset=0.0):
    """Events of other stars in other shares; what is no planet may look like nothing at home."""
    table = gaussian_table(4 * rows, 6, stars=rows // 4, seed=7, separation=1.3, prefix="TIC ")
    junk = table.labels == "no_transit"
    names = [f"feature_{i}" for i in (1, 2, 4)]
    frame = table.frame.copy()
    frame.loc[junk, names] -= junk_offset
    return chosen(FeatureTable(frame, table.columns, recipe=table.recipe), SHARES, rows)


@pytest.fixture(scope="module")
def home():
    return gaussian_table(1600, 6, stars=320, seed=3, separation=1.3)


def adapted(way, home, away, classifier=FOREST):
    material = material_of(home, StarSplit()(home, seed=0), away)
    pipeline = fitted_pipeline("it", classifier, material.home_fit, seed=0)
    return WAYS[way](
        "it",
        classifier,
        calibration=PlattCalibration(),
        material=material,
        home=cross_fitted_at_home("it", classifier, material, pipeline=pipeline, folds=3, seed=0),
        seed=0,
    )


def log_loss(model, table):
    return value_of("log_loss", model.planet_probability(table)[0], table.is_planet)


@pytest.mark.parametrize("way", UNLABELLED)
def test_an_adapted_model_is_saved_and_read(way, home, tmp_path):
    away = sky()
    model = adapted(way, home, away)
    model.save(tmp_path / way)
    again = load_fitted_model(tmp_path / way)
    np.testing.assert_array_equal(again.probabilities(away), model.probabilities(away))
    assert sum(again.card["class_shares"].values()) == pytest.approx(1)
    assert again.card["adaptation"]


@pytest.mark.parametrize("way", UNLABELLED)
def test_no_label_of_the_other_place_is_seen(way, home):
    away = sky()
    other = away.frame["label"].to_numpy()[::-1]
    turned = FeatureTable(
        away.frame.assign(label=other, disposition="planet"), away.columns, recipe=away.recipe
    )
    one, two = (adapted(way, home, table).probabilities(away) for table in (away, turned))
    np.testing.assert_array_equal(one, two)


def test_hidden_labels_are_hidden(home):
    hidden = material_of(home, StarSplit()(home, seed=0), sky()).away_unlabelled
    assert set(hidden.labels) == {UNKNOWN} and not hidden.is_planet.any()


@pytest.mark.parametrize("way", ["label_shift", "black_box_shift", "relearned_junk"])
def test_other_shares_are_found_where_only_shares_differ(way, home):
    away = sky()
    model = adapted(way, home, away)
    planets = [name for name, is_it in zip(model.classes, model.is_planet_class) if is_it]
    share = sum(model.card["class_shares"][name] for name in planets)
    assert share == pytest.approx(away.is_planet.mean(), abs=0.04)
    assert log_loss(model, away) < log_loss(adapted("as_it_is", home, away), away)


def test_changed_junk_is_refused_by_shares_and_learned_anew(home):
    away = sky(junk_offset=2.5)
    for way in ("label_shift", "black_box_shift", "regularised_shift"):
        with pytest.raises(BadTable, match=r"no shares of the groups explain|without"):
            adapted(way, home, away)
    model = adapted("relearned_junk", home, away)
    # a bound: junk beside the planets counts with them
    found = model.card["planet_share"]
    assert found["upper"] > 0.1 and found["share"] == pytest.approx(0.1, abs=0.06)
    assert log_loss(model, away) < log_loss(adapted("as_it_is", home, away), away)


def test_a_feature_on_another_scale_is_aligned(home):
    away = chosen(
        gaussian_table(4000, 6, stars=500, seed=9, separation=1.3, prefix="TIC "),
        dict.fromkeys(SHARES, 0.25),
        2000,
    )
    scaled = FeatureTable(
        away.frame.assign(feature_2=5 * away.frame["feature_2"] + 3), away.columns, recipe={}
    )
    plain, aligned = (
        log_loss(adapted(way, home, scaled), scaled) for way in ("as_it_is", "aligned_quantiles")
    )
    assert aligned < plain - 0.02


def test_self_training_needs_weights(home):
    with pytest.raises(BadTable, match="takes no weights"):
        adapted("self_trained", home, sky(), KNeighborsClassifier(15))


def test_a_model_that_cannot_tell_the_share_at_home_is_refused():
    alike = gaussian_table(1600, 6, stars=320, seed=3, separation=0.25)
    with pytest.raises(
        BadTable, match="times the share of planets is estimated even where it is known"
    ):
        adapted("relearned_junk", alike, sky())


def test_more_folds_than_stars_are_refused(home):
    few = home.select(np.isin(home.targets, np.unique(home.targets)[:4]))
    material = material_of(home, StarSplit()(home, seed=0), sky())
    pipeline = fitted_pipeline("it", FOREST, few, seed=0)
    with pytest.raises(BadTable, match="4 stars cannot be divided into"):
        cross_fitted_at_home(
            "it", FOREST, replace(material, home_fit=few), pipeline=pipeline, folds=5, seed=0
        )


def test_a_class_that_was_never_fitted_is_named(home):
    """Not counted as the class that follows it in the alphabet."""
    without = home.select(home.labels != "eclipsing_binary")
    material = replace(material_of(home, StarSplit()(home, seed=0), sky()), home_fit=without)
    known = fitted_at_home("it", FOREST, material, seed=0)
    with pytest.raises(BadTable, match="eclipsing_binary"):
        _ = known.truth
