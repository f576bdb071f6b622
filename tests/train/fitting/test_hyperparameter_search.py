import json

import numpy as np
import pandas as pd
import pytest
from labelled_sets import changed, gaussian_table, write_labelled_set
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter, BadTable, MissingDependency
from exoval.models.calibrate import PlattCalibration
from train.data.splits import StarSplit
from train.fitting import hyperparameter_search
from train.fitting.hyperparameter_search import HyperparameterSearch, first_settings
from train.report.tuning_figure import tuning_figure
from train.run import run

optuna = pytest.importorskip("optuna")

SPACE = {"logistic": {"C": {"low": 1e-4, "high": 10.0, "log": True}}}
SIX = HyperparameterSearch(space=SPACE, trials=6, folds=2, random_trials=3)
TOO_STIFF = {"logistic": LogisticRegression(C=2e-4)}


def searched(folder, search=SIX, table=None, seed=0, classifiers=TOO_STIFF):
    folder.mkdir(exist_ok=True)
    return search(classifiers, table or gaussian_table(), seed=seed, folder=folder)


def test_the_best_trial_is_better_than_the_settings_it_began_with(tmp_path):
    best, found = searched(tmp_path)
    trials = pd.read_csv(tmp_path / "trials.csv", float_precision="round_trip")
    assert trials["C"][0] == 2e-4
    assert (
        found["logistic"]["held_back_log_loss"] == trials["log_loss"].min() < trials["log_loss"][0]
    )
    assert best["logistic"].C == trials["C"][trials["log_loss"].idxmin()]
    assert TOO_STIFF["logistic"].C == 2e-4
    assert (tmp_path / "trials.png").read_bytes().startswith(b"\x89PNG")


def test_a_trial_is_worth_the_log_loss_on_stars_that_its_copies_did_not_see(tmp_path):
    seen = []

    class Rate(ClassifierMixin, BaseEstimator):
        """Answers with ``rate`` and notes the stars it was given."""

        def __init__(self, rate=0.5):
            self.rate = rate

        def fit(self, X, y, groups=None):
            self.classes_ = np.array(["other", "planet"])
            seen.append(set(groups))
            return self

        def predict_proba(self, X):
            return np.tile([1 - self.rate, self.rate], (len(X), 1))

    table = gaussian_table()
    table = changed(table, label=np.where(table.labels == "planet", "planet", "other"))
    ranges = {"rate": {"rate": {"low": 0.01, "high": 0.99}}}
    _, found = searched(
        tmp_path,
        HyperparameterSearch(space=ranges, trials=3, folds=2),
        table,
        classifiers={"rate": Rate()},
    )
    rate, share = found["rate"]["settings"]["rate"], np.mean(table.labels == "planet")
    expected = -share * np.log(rate) - (1 - share) * np.log(1 - rate)
    assert found["rate"]["held_back_log_loss"] == pytest.approx(expected, rel=1e-12)
    assert not seen[0] & seen[1] and seen[0] | seen[1] == set(table.targets)


def test_a_search_that_goes_on_tries_what_an_uninterrupted_one_does(tmp_path):
    searched(tmp_path / "one")
    two = HyperparameterSearch(space=SPACE, trials=2, folds=2, random_trials=3)
    searched(tmp_path / "two", two)
    # a trial that was running when the process was killed
    study = optuna.load_study(
        study_name="logistic", storage=f"sqlite:///{tmp_path / 'two' / 'trials.db'}"
    )
    study.ask().suggest_float("C", 1e-4, 10.0, log=True)
    _, found = searched(tmp_path / "two")
    straight, resumed = (pd.read_csv(tmp_path / name / "trials.csv") for name in ("one", "two"))
    assert list(resumed["state"]).count("fail") == 1
    resumed = resumed[resumed["state"] != "fail"].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        resumed.drop(columns=["seconds", "number"]), straight.drop(columns=["seconds", "number"])
    )
    before = len(straight)
    searched(tmp_path / "one")
    assert len(pd.read_csv(tmp_path / "one" / "trials.csv")) == before
    assert found["logistic"]["trials"] == 6


def test_trials_of_other_rows_are_not_taken_for_ours(tmp_path):
    searched(tmp_path)
    with pytest.raises(BadParameter, match=r"trials of 'logistic' .* are of other data"):
        searched(tmp_path, table=gaussian_table(seed=1))


def test_a_hopeless_trial_is_given_up_after_its_first_fold(tmp_path):
    class Worse(LogisticRegression):
        """Gets worse with every fit, so that later trials fall behind the median."""

        fits = 0

        def predict_proba(self, X):
            Worse.fits += 1
            return super().predict_proba(X) * 0.98**Worse.fits

    search = HyperparameterSearch(space={"worse": SPACE["logistic"]}, trials=8, folds=2)
    _, found = searched(tmp_path, search, classifiers={"worse": Worse()})
    trials = pd.read_csv(tmp_path / "trials.csv", float_precision="round_trip")
    assert list(trials["state"][:5]) == ["complete"] * 5
    assert found["worse"]["states"].get("pruned", 0) >= 1


def test_settings_of_any_kind_are_tried_and_come_back_as_they_were(tmp_path):
    ranges = {
        "logistic": {
            "C": {"low": 0.1, "high": 1.0},
            "max_iter": {"low": 50, "high": 90},
            "class_weight": {"choices": [None, "balanced"]},
        }
    }
    best, found = searched(tmp_path, HyperparameterSearch(space=ranges, trials=4, folds=2))
    settings = found["logistic"]["settings"]
    assert isinstance(settings["max_iter"], int) and isinstance(settings["C"], float)
    assert settings["class_weight"] in (None, "balanced")
    assert best["logistic"].get_params().items() >= settings.items()


def test_own_settings_outside_the_space_are_left_to_the_sampler():
    ranges = {"C": {"low": 1.0, "high": 2.0}, "max_iter": {"low": 50, "high": 200}}
    assert first_settings(LogisticRegression(C=0.5, max_iter=100), ranges) == {"max_iter": 100}


def test_a_trial_that_cannot_be_fitted_is_noted_and_the_search_goes_on(tmp_path):
    class Picky(LogisticRegression):
        def fit(self, X, y):
            if self.C > 0.1:
                raise ValueError("too loose")
            return super().fit(X, y)

    search = HyperparameterSearch(
        space={"picky": {"C": {"low": 1e-3, "high": 10.0, "log": True}}}, trials=8, folds=2
    )
    _, found = searched(tmp_path, search, classifiers={"picky": Picky(C=0.05)})
    assert found["picky"]["states"]["fail"] >= 1 and found["picky"]["settings"]["C"] <= 0.1
    with pytest.raises(BadParameter, match="none of the 8 trials of 'picky'"):
        searched(
            tmp_path / "none",
            HyperparameterSearch(
                space={"picky": {"C": {"low": 1.0, "high": 2.0}}}, trials=8, folds=2
            ),
            classifiers={"picky": Picky(C=1.5)},
        )


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"C": {"low": 2, "high": 1}}, "low < high"),
        ({"C": {"choices": []}}, "no choices"),
        ({"C": {"low": 0.0, "high": 1.0, "log": True}}, "above 0"),
    ],
)
def test_a_space_that_cannot_be_drawn_from_is_refused(space, message):
    with pytest.raises(BadParameter, match=message):
        HyperparameterSearch(space={"logistic": space})


def test_unusable_searches_say_what_to_do(tmp_path, monkeypatch):
    with pytest.raises(BadParameter, match=r"no search space for forest; add search_space"):
        searched(tmp_path, classifiers={"forest": LogisticRegression()})
    with pytest.raises(BadTable, match=r"tuning\.folds=500"):
        searched(tmp_path, HyperparameterSearch(space=SPACE, folds=500))
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(MissingDependency, match=r"pip install 'exoval\[sweep\]'"):
        hyperparameter_search._optuna()


def test_the_winner_is_trained_and_the_test_stars_took_no_part(tmp_path):
    table = gaussian_table(rows=600)
    labelled = write_labelled_set(tmp_path / "set", table)
    held_out = StarSplit()(table, seed=0).test
    spoilt = table.frame["label"].to_numpy().copy()
    swap = {"planet": "no_transit", "no_transit": "planet"}
    spoilt[held_out] = [swap.get(label, label) for label in spoilt[held_out]]

    class SameSplit(StarSplit):
        def __call__(self, other, seed):
            return StarSplit()(table, seed=seed)

    other = write_labelled_set(
        tmp_path / "spoilt",
        changed(
            table,
            label=spoilt,
            disposition=np.where(spoilt == "planet", "planet", "false_positive"),
        ),
    )
    results = [
        run(
            folder,
            output=tmp_path / f"out{number}",
            classifier=TOO_STIFF,
            calibration=PlattCalibration(),
            split=SameSplit(),
            seed=0,
            tuning=SIX,
            bootstrap_resamples=5,
        )
        for number, folder in enumerate((labelled, other))
    ]
    settings = [result["tuning"]["logistic"]["settings"] for result in results]
    assert settings[0] == settings[1]
    area = [result["metrics"]["simulated"]["roc_auc"]["value"] for result in results]
    assert area[0] > area[1] + 0.2
    written = json.loads((tmp_path / "out0" / "metrics.json").read_text())
    assert written["held_back_log_loss"] == written["tuning"]["logistic"]["held_back_log_loss"]


def test_the_figure_of_a_single_trial_can_be_drawn():
    trials = pd.DataFrame(
        {
            "classifier": ["one"],
            "number": [0],
            "state": ["complete"],
            "log_loss": [0.3],
            "seconds": [1.0],
            "C": [1.0],
        }
    )
    assert tuning_figure(trials, {"one": {}}).startswith(b"\x89PNG")
