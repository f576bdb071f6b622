"""Candidates are scored and never learned from."""

import numpy as np
import pandas as pd
import pytest
from labelled_sets import changed, gaussian_table
from sklearn.linear_model import LogisticRegression

from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN
from exoval.models.calibrate import PlattCalibration
from train.tasks.koi_candidates import score_candidates, with_estimated_share


@pytest.fixture
def kois():
    table = gaussian_table(rows=600, stars=200, columns=5, separation=2.0)
    hidden = np.arange(600) % 3 == 0
    disposition = table.frame["disposition"].mask(hidden, UNKNOWN)
    return changed(table, disposition=disposition, label="anything"), table, hidden


def scored(table, folder):
    two = {"logistic": LogisticRegression(), "strong": LogisticRegression(C=0.01)}
    return score_candidates(
        two,
        calibration=PlattCalibration(),
        seed=0,
        cache=folder,
        resamples=10,
        folds=4,
        table=table,
    )


def test_one_row_a_candidate_with_probability_and_error(kois, tmp_path):
    table, whole, hidden = kois
    rows, quality = scored(table, tmp_path)
    assert list(rows["kepoi_name"]) == list(table.frame["event"][hidden])
    for name in ("logistic", "strong", "ensemble", "ensemble_average"):
        assert rows[name].between(0, 1).all()
        # a probability at the end of the scale has no room for an error
        assert rows[f"{name}_error"].between(0, 0.5).all() and rows[f"{name}_error"].median() > 0
        assert quality["on_decided_objects"][name]["roc_auc"]["value"] > 0.8
    truth = whole.labels[hidden] == PLANET
    assert rows["ensemble"][truth].median() > 0.5 > rows["ensemble"][~truth].median()
    assert quality["candidates"] == hidden.sum()


def test_what_becomes_of_a_candidate_does_not_matter(kois, tmp_path):
    """The same table with other candidates gives decided objects the same numbers."""
    table, _, hidden = kois
    moved = changed(table, feature_1=np.where(hidden, 50.0, table.frame["feature_1"]))
    one, other = (scored(t, tmp_path)[1] for t in (table, moved))
    assert one["on_decided_objects"] == other["on_decided_objects"]
    assert one["trained_on"] == {
        PLANET: int((table.frame["disposition"] == PLANET).sum()),
        FALSE_POSITIVE: int((table.frame["disposition"] == FALSE_POSITIVE).sum()),
    }


def test_shifted_probabilities_hold_for_the_candidates_own_share():
    """Probabilities by Bayes' rule for one share of planets, of objects with another."""
    random = np.random.default_rng(0)
    is_planet = random.random(8000) < 0.7
    strength = random.normal(np.where(is_planet, 1.0, -1.0), 1.0)
    # the odds of two Gaussians at +1 and -1 with a prior of 0.3
    probability = 1 / (1 + np.exp(-2 * strength) * 0.7 / 0.3)
    rows = pd.DataFrame({"kepoi_name": "K", "it": probability, "it_error": 0.01})
    shifted = with_estimated_share(rows, share=0.3)
    right = 1 / (1 + np.exp(-2 * strength) * 0.3 / 0.7)
    np.testing.assert_allclose(shifted["it_shifted"], right, atol=0.03)
    assert shifted["it_shifted_error"].between(0, 0.06).all()
    assert list(shifted["it"]) == list(probability)


def test_a_model_that_sees_planets_alone_is_not_shifted(caplog):
    rows = pd.DataFrame({"kepoi_name": "K", "it": np.full(50, 0.99), "it_error": 0.01})
    assert list(with_estimated_share(rows, share=0.3)) == list(rows)
    assert "not shifted" in caplog.text


@pytest.mark.data
def test_every_candidate_of_the_catalogue_is_scored(data_folder, tmp_path):
    rows, _ = score_candidates(
        {"logistic": LogisticRegression()},
        calibration=PlattCalibration(),
        seed=0,
        cache=tmp_path,
        resamples=5,
        folds=3,
    )
    koi = pd.read_parquet(
        data_folder / "tables/kepler/koi_dr25_2020-07.parquet",
        columns=["kepoi_name", "koi_disposition"],
    )
    candidates = koi["kepoi_name"][koi["koi_disposition"] == "CANDIDATE"]
    assert set(rows["kepoi_name"]) == set(candidates)
    assert rows.notna().all().all()
