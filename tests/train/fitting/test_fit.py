import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from labelled_sets import changed, gaussian_table
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from exoval import allow_list
from exoval.classifiers.ensemble import Ensemble
from exoval.classifiers.gaussian_discriminant import GaussianDiscriminant
from exoval.classifiers.laplace_gp import LaplaceGP
from exoval.classifiers.sparse_gp import SparseGP
from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.models.calibrate import (
    BetaCalibration,
    IsotonicCalibration,
    NoCalibration,
    PlattCalibration,
    score_map_from_plain,
    score_map_to_plain,
)
from exoval.models.fitted_model import FittedModel, load_fitted_model
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable
from train.data.splits import StarSplit
from train.fitting.fit import fit

GP = SparseGP(inducing_points=16, epochs=8, learning_rate=0.1, device="cpu", random_state=0)


def model_of(classifier, table, calibration=None):
    return fit(
        "it",
        classifier,
        calibration=calibration or NoCalibration(),
        table=table,
        split=StarSplit()(table, seed=0),
        seed=0,
    )


@pytest.mark.filterwarnings("error")
def test_features_that_underflow_pass_for_zero():
    table = gaussian_table()
    share = np.random.default_rng(0).random(len(table)) < 0.3
    tiny = np.where(share, 10.0 ** np.linspace(-323, -301, len(table)), table.features[:, 1])
    small = changed(table, feature_1=tiny)
    assert np.isfinite(tiny[share]).all() and (small.features[share, 1] == 0).all()
    zero = changed(table, feature_1=np.where(share, 0.0, tiny))
    models = [model_of(LogisticRegression(), one) for one in (small, zero)]
    np.testing.assert_array_equal(
        *(model.probabilities(one) for model, one in zip(models, (small, zero)))
    )


def test_only_the_fitted_part_reaches_the_classifier_and_whole_stars_are_held_out():
    table = gaussian_table()
    split = StarSplit()(table, seed=0)
    seen = {}

    class Spy(LogisticRegression):
        def fit(self, X, y, groups=None):
            seen.update(rows=len(X), groups=groups)
            return super().fit(X, y)

    fit("spy", Spy(), calibration=NoCalibration(), table=table, split=split, seed=0)
    assert seen["rows"] == len(split.fit)
    np.testing.assert_array_equal(seen["groups"], table.targets[split.fit])


def test_calibration_uses_the_calibration_part_only():
    table = gaussian_table(rows=800)
    split = StarSplit()(table, seed=0)
    seen = {}

    class SpyCalibration(IsotonicCalibration):
        def __call__(self, score, is_planet):
            seen.update(score=score, truth=is_planet)
            return super().__call__(score, is_planet)

    fit("it", LogisticRegression(), calibration=SpyCalibration(), table=table, split=split, seed=0)
    np.testing.assert_array_equal(seen["truth"], table.labels[split.calibration] == "planet")


@pytest.mark.parametrize(
    "classifier",
    [
        LogisticRegression(),
        GP,
        RandomForestClassifier(20),
        LaplaceGP(inducing_points=20, evidence_steps=3),
        GaussianDiscriminant(),
        HistGradientBoostingClassifier(max_iter=10),
        Ensemble(members=[("one", LogisticRegression()), ("two", GaussianDiscriminant())]),
    ],
)
def test_a_saved_model_gives_the_same_probabilities(classifier, tmp_path):
    table = gaussian_table()
    model = model_of(classifier, table, IsotonicCalibration())
    model.save(tmp_path)
    loaded = load_fitted_model(tmp_path)
    np.testing.assert_allclose(loaded.probabilities(table), model.probabilities(table), atol=1e-12)
    assert loaded.classes == model.classes and loaded.columns == model.columns
    assert loaded.card == model.card
    np.testing.assert_allclose(
        loaded.planet_probability(table), model.planet_probability(table), atol=1e-12
    )


def test_a_damaged_or_absent_model_is_refused(tmp_path):
    with pytest.raises(DataNotFound, match="no fitted model"):
        load_fitted_model(tmp_path)
    model_of(LogisticRegression(), gaussian_table()).save(tmp_path)
    with open(tmp_path / "pipeline.zip", "ab") as file:
        file.write(b"x")
    with pytest.raises(BadTable, match="has changed since it was written"):
        load_fitted_model(tmp_path)


def test_probabilities_sum_to_one_and_hold_the_calibrated_planet():
    table = gaussian_table()
    model = model_of(LogisticRegression(), table, IsotonicCalibration())
    probability = model.probabilities(table)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    planet, error = model.planet_probability(table)
    np.testing.assert_array_equal(probability[:, model.classes.index("planet")], planet)
    assert np.isnan(error).all()


def test_columns_are_found_by_name_and_a_missing_one_is_named():
    table = gaussian_table()
    model = model_of(LogisticRegression(), table)
    turned = FeatureTable(table.frame, table.columns[::-1])
    np.testing.assert_array_equal(model.probabilities(turned), model.probabilities(table))
    fewer = FeatureTable(
        table.frame.drop(columns="feature_3"),
        tuple(c for c in table.columns if c.name != "feature_3"),
    )
    with pytest.raises(BadTable, match="feature_3"):
        model.probabilities(fewer)
    other_unit = (Column("feature_0", "percent", ""), *table.columns[1:])
    with pytest.raises(BadTable, match="feature_0"):
        model.probabilities(FeatureTable(table.frame, other_unit))


def test_identity_columns_cannot_change_a_probability():
    table = gaussian_table()
    model = model_of(LogisticRegression(), table)
    renamed = changed(table, label="no_transit", target="KIC 1", disposition="unknown")
    np.testing.assert_array_equal(model.probabilities(renamed), model.probabilities(table))


@pytest.mark.parametrize(
    "calibration",
    [
        NoCalibration(),
        PlattCalibration(),
        BetaCalibration(),
        IsotonicCalibration(minimum_events=10),
    ],
)
def test_every_calibration_survives_json(calibration):
    random = np.random.default_rng(0)
    score = random.random(300)
    learned = calibration(score, random.random(300) < score)
    again = score_map_from_plain(json.loads(json.dumps(score_map_to_plain(learned))))
    np.testing.assert_array_equal(again(score), learned(score))


def test_an_unknown_calibration_is_refused():
    with pytest.raises(BadParameter, match="unknown calibration 'magic'"):
        score_map_from_plain({"kind": "magic"})
    with pytest.raises(BadParameter, match="of type function"):
        score_map_to_plain(lambda score: score)


class Stranger(LogisticRegression):
    """A classifier that is not part of exoval."""


def test_a_type_that_is_not_ours_is_not_built_unless_allowed(tmp_path, monkeypatch):
    monkeypatch.setattr(allow_list, "_allowed", {})
    table = gaussian_table()
    model = model_of(Stranger(), table)
    model.save(tmp_path)
    with pytest.raises(BadTable, match=r"wants to build .*Stranger.* exoval.build.allow"):
        load_fitted_model(tmp_path)
    allow_list.allow(Stranger)
    loaded = load_fitted_model(tmp_path)
    np.testing.assert_array_equal(loaded.probabilities(table), model.probabilities(table))


def test_no_pickle_is_written(tmp_path):
    model_of(GP, gaussian_table()).save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"model.json", "pipeline.zip"}
    with zipfile.ZipFile(tmp_path / "pipeline.zip") as archive:
        assert not [name for name in archive.namelist() if name.endswith((".pkl", ".pickle"))]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("format", 1, "has format 1"),
        ("schema_hash", "00000000", "has changed since it was written"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(tmp_path, key, value, message):
    model_of(LogisticRegression(), gaussian_table()).save(tmp_path)
    path = tmp_path / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(BadTable, match=message):
        load_fitted_model(tmp_path)


def test_loading_for_a_table_of_other_columns_is_refused(tmp_path):
    table = gaussian_table()
    model_of(LogisticRegression(), table).save(tmp_path)
    fewer = FeatureTable(
        table.frame.drop(columns="feature_3"),
        tuple(c for c in table.columns if c.name != "feature_3"),
    )
    assert load_fitted_model(tmp_path, table=table).name == "it"
    with pytest.raises(BadTable, match=r"lacks \['feature_3'\] of model 'it'"):
        load_fitted_model(tmp_path, table=fewer)


def test_other_priors_move_the_probabilities_and_leave_the_calibration_alone():
    table = gaussian_table()
    model = model_of(LogisticRegression(), table, IsotonicCalibration())
    shares = model.card["class_shares"]
    np.testing.assert_allclose(
        model.probabilities(table, priors=shares), model.probabilities(table), atol=1e-12
    )
    rare = {name: (0.01 if name == "planet" else 0.33) for name in model.classes}
    planet = model.classes.index("planet")
    assert np.all(
        model.probabilities(table, priors=rare)[:, planet] < model.probabilities(table)[:, planet]
    )
    with pytest.raises(BadParameter, match="needs one share for each"):
        model.probabilities(table, priors={"planet": 1.0})


def ringed(table):
    """The table with every other planet of a label of its own that counts as planet."""
    rows = table.is_planet & (np.arange(len(table)) % 8 == 0)
    return changed(table, label=np.where(rows, "ringed_planet", table.labels))


@pytest.mark.parametrize(
    "classifier", [LogisticRegression(), RandomForestClassifier(30, random_state=0), GP]
)
def test_the_probability_of_a_planet_is_the_sum_over_what_counts_as_planet(classifier, tmp_path):
    table = ringed(gaussian_table())
    model = model_of(classifier, table, PlattCalibration())
    planets = [model.classes.index(name) for name in ("planet", "ringed_planet")]
    classes = model.probabilities(table)
    np.testing.assert_allclose(classes.sum(axis=1), 1)
    probability = model.planet_probability(table)[0]
    np.testing.assert_allclose(classes[:, planets].sum(axis=1), probability)
    raw = model.pipeline.predict_proba(table.features)[:, planets]
    np.testing.assert_allclose(probability, model.calibration(raw.sum(axis=1)))
    np.testing.assert_allclose(
        classes[:, planets[0]] * raw[:, 1], classes[:, planets[1]] * raw[:, 0], atol=1e-12
    )
    model.save(tmp_path)
    loaded = load_fitted_model(tmp_path)
    assert loaded.meanings == model.meanings
    np.testing.assert_array_equal(loaded.planet_probability(table)[0], probability)


def test_another_share_of_planets_is_shared_among_what_counts_as_planet():
    model = model_of(LogisticRegression(), ringed(gaussian_table()))
    trained, priors = model.card["class_shares"], model.priors_at(0.3)
    assert sum(priors.values()) == pytest.approx(1)
    assert priors["planet"] + priors["ringed_planet"] == pytest.approx(0.3)
    for one, other in (("planet", "ringed_planet"), ("no_transit", "eclipsing_binary")):
        assert priors[one] / priors[other] == pytest.approx(trained[one] / trained[other])
    with pytest.raises(BadParameter, match="between 0 and 1"):
        model.priors_at(1.0)


def test_a_model_without_planets_or_without_meanings_is_refused():
    table = gaussian_table()
    model = model_of(LogisticRegression(), table)
    parts = {name: getattr(model, name) for name in ("name", "pipeline", "calibration", "columns")}
    with pytest.raises(BadTable, match=r"classes .*planet.* of model 'it' have no meaning"):
        FittedModel(**parts, meanings={})
    none = {label: replace(one, counts_as_planet=False) for label, one in model.meanings.items()}
    with pytest.raises(BadTable, match="none counts as planet"):
        FittedModel(**parts, meanings=none)


def test_cross_fitting_scores_every_star_by_a_copy_that_never_saw_it():
    table, fits = gaussian_table(rows=600), []

    class Spy(LogisticRegression):
        def fit(self, X, y, groups=None):
            fits.append(set(groups))
            return super().fit(X, y)

    split = StarSplit()(table, seed=0)
    model = fit(
        "spy", Spy(), calibration=IsotonicCalibration(), table=table, split=split, seed=0, folds=4
    )
    both = set(table.targets[np.concatenate([split.fit, split.calibration])])
    assert len(fits) == 5 and fits[-1] == both
    assert set.intersection(*fits[:-1]) == set()
    assert not both & set(table.targets[split.test])
    assert (
        model.card["rows_fitted"]
        == model.card["rows_calibrated"]
        == len(split.fit) + len(split.calibration)
    )


def test_too_many_folds_are_refused():
    table = gaussian_table(stars=20)
    with pytest.raises(BadTable, match="calibration_folds"):
        fit(
            "it",
            LogisticRegression(),
            calibration=NoCalibration(),
            table=table,
            split=StarSplit()(table, seed=0),
            seed=0,
            folds=500,
        )
