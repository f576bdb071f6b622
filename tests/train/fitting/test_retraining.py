"""The error of a probability is what training on other stars of the same world would give."""

import json

import numpy as np
import pytest
from labelled_sets import gaussian_table
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from exoval.classifiers.ensemble import Ensemble
from exoval.errors import BadTable
from exoval.models.calibrate import PlattCalibration
from exoval.models.fitted_model import load_fitted_model
from train.data.splits import StarSplit
from train.fitting.fit import fit
from train.fitting.retraining import planet_log_odds, reseeded, retraining_of, with_error

ELSEWHERE = gaussian_table(rows=300, columns=4, stars=100, seed=999, separation=0.7)


def world(seed, rows=480):
    """Another draw of the same world."""
    return gaussian_table(rows=rows, columns=4, stars=rows // 4, seed=seed, separation=0.7)


def trained(table, classifier=None, *, folds=0, draws=1, seed=0, row_cap=None):
    """A model with errors, and what is known of them."""
    classifier = classifier or LogisticRegression()
    settings = {"calibration": PlattCalibration(), "table": table, "seed": seed}
    settings |= {"split": StarSplit()(table, seed=seed), "row_cap": row_cap}
    model = fit("it", classifier, folds=folds, **settings)
    retraining = retraining_of(model, classifier, draws=draws, **settings)
    return *with_error(model, retraining, {"simulated": ELSEWHERE}), retraining


@pytest.mark.parametrize("folds", [0, 3])
def test_models_trained_on_independent_draws_of_the_world_differ_by_their_errors(folds):
    models = [trained(world(seed, 800), folds=folds, seed=seed)[0] for seed in range(6)]
    answers = np.stack([planet_log_odds(model, ELSEWHERE) for model in models])
    errors = np.stack(
        [
            model.error.of_planet(answer, ELSEWHERE.features)
            for model, answer in zip(models, answers, strict=True)
        ]
    )
    one, other = np.triu_indices(len(models), 1)
    ratio = np.abs(answers[one] - answers[other]) / np.hypot(errors[one], errors[other])
    # errors 1.5 times too small or too large give 0.50 and 0.87 within one
    assert 0.55 < np.mean(ratio < 1) < 0.84
    assert 0.87 < np.mean(ratio < 2) < 0.995


def test_what_a_run_says_of_its_errors_is_near_the_truth():
    said = [trained(world(seed), seed=seed)[1]["simulated"] for seed in range(4)]
    assert 0.55 < np.mean([of["within_1_sigma"] for of in said]) < 0.85
    assert 0.88 < np.mean([of["within_2_sigma"] for of in said]) <= 1


def test_more_stars_make_smaller_errors():
    few, many = (
        np.median(np.diff(trained(world(1, rows))[0].planet_interval(ELSEWHERE), axis=0))
        for rows in (320, 2560)
    )
    assert many < 0.7 * few


@pytest.mark.parametrize("folds", [0, 3])
def test_the_models_of_a_pair_and_the_rows_they_are_asked_about_share_no_star(folds):
    table = world(0)
    *_, retraining = trained(table, folds=folds, draws=0)
    pairs = list(type(retraining)(**{**vars(retraining), "draws": 1}).pairs())
    assert len(pairs) == 4
    used = np.union1d(retraining.fitted, retraining.calibrated)
    np.testing.assert_array_equal(np.sort(np.concatenate([pair.asked for pair in pairs])), used)
    stars = len(set(table.targets[retraining.fitted]))
    for pair in pairs:
        counts = [model.card["stars_fitted"] for model in pair.models]
        smaller = [model.card["stars_fitted"] for model in pair.fewer]
        asked = set(table.targets[np.intersect1d(pair.asked, retraining.fitted)])
        # together with the asked stars they are no more than all stars
        assert sum(counts) + len(asked) <= stars + 1e-9
        assert max(smaller) < min(counts)


def test_a_capped_model_is_compared_with_parts_of_its_own_rows():
    *_, retraining = trained(world(0), draws=0, row_cap=120)
    assert len(retraining.fitted) <= 120
    assert len(retraining.calibrated) > 0


def test_errors_are_saved_with_the_model_and_a_damaged_file_is_refused(tmp_path):
    model = trained(world(0))[0]
    model.save(tmp_path)
    loaded = load_fitted_model(tmp_path)
    for kind in ("planet_interval", "probability_intervals"):
        np.testing.assert_array_equal(
            getattr(loaded, kind)(ELSEWHERE), getattr(model, kind)(ELSEWHERE)
        )
    path = tmp_path / "error.zip"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(BadTable, match=r"error.zip has changed"):
        load_fitted_model(tmp_path)


def test_an_error_of_log_odds_does_not_depend_on_the_share_of_planets():
    model = trained(world(0))[0]
    for share in (0.02, 0.6):
        priors = model.priors_at(share)
        planet = model.of_planets(model.probabilities(ELSEWHERE, priors=priors))
        low, high = (logit(side) for side in model.planet_interval(ELSEWHERE, priors=priors))
        expected = model.error.of_planet(planet_log_odds(model, ELSEWHERE), ELSEWHERE.features)
        np.testing.assert_allclose((high - low) / 2, expected, rtol=1e-6)
        np.testing.assert_allclose(expit((high + low) / 2), planet, rtol=1e-6)


def test_a_model_without_errors_has_none(tmp_path):
    model, found, _ = trained(world(0), draws=0)
    assert found == {"missing": "errors are turned off (error_draws=0)"}
    assert np.isnan(model.planet_probability(ELSEWHERE)[1]).all()
    assert np.isnan(model.probability_intervals(ELSEWHERE)).all()
    model.save(tmp_path)
    assert load_fitted_model(tmp_path).error is None
    assert json.loads((tmp_path / "model.json").read_text())["error_scale"] is None


def test_too_few_events_to_train_again_are_said(caplog):
    table = gaussian_table(rows=24, columns=4, stars=12, seed=0)
    model, found, _ = trained(table)
    assert "too few events to train again" in found["missing"]
    assert model.error is None and "no errors of probabilities" in caplog.text


def test_every_seed_inside_a_classifier_is_changed():
    ensemble = Ensemble(
        members=[("trees", HistGradientBoostingClassifier(random_state=0))], random_state=0
    )
    one, again, other = (reseeded(ensemble, key).get_params() for key in ("a", "a", "b"))
    for name in ("random_state", "trees__random_state"):
        assert one[name] == again[name] != other[name]
