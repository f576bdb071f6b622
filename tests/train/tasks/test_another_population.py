"""Another population changes the posteriors of a run, and nothing else."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from labelled_sets import gaussian_table, with_truth
from result_frame import problems
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter, BadTable
from exoval.models.calibrate import IsotonicCalibration
from exoval.verify import print_verification
from exoval.vetting.trained_run import load_trained_run
from train.data.splits import StarSplit
from train.run import run
from train.tasks.another_population import another_population


class Abundant:
    """A population of planets that is flat over everything."""

    def __init__(self, rate):
        self.rate = rate

    def log_prob(self, period, radius):
        return np.full(len(period), np.log(self.rate))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("population")
    table = gaussian_table(rows=1200)
    with_truth(folder / "set", table)
    truth = pd.read_parquet(folder / "set" / "truth.parquet")
    of_planets = truth["label"] == "planet"
    truth["planet_radius_earth"] = np.where(of_planets, 2.0, np.nan)
    truth["period_days"], truth["log_transit_probability"] = 3.0, np.log(0.1)
    truth.to_parquet(folder / "set" / "truth.parquet")
    run(
        folder / "set",
        output=folder / "run",
        classifier={"logistic": LogisticRegression()},
        calibration=IsotonicCalibration(),
        split=StarSplit(),
        seed=0,
        bootstrap_resamples=20,
        settings={"seed": 0},
    )
    return folder


def moved(folder, **settings):
    return another_population(
        folder / "set",
        **{
            "run": folder / "run",
            "output": folder / "other",
            "split": StarSplit(),
            "seed": 0,
            "planets": Abundant(0.4),
            "bootstrap_resamples": 20,
            "settings": {"seed": 0},
            **settings,
        },
    )


def test_twice_the_planets_are_twice_the_odds_and_the_mixture_stays(trained):
    result = moved(trained)
    # systems per target were 0.02; a density of 0.4 with a chance of transit of 0.1 is 0.04
    assert result["sky"]["rates"]["planet"]["systems"] == pytest.approx(0.04)
    one, other = (load_trained_run(trained / name) for name in ("run", "other"))
    table = gaussian_table(rows=60, seed=5)
    mixtures = [each.models["logistic"].probabilities(table) for each in (one, other)]
    assert np.array_equal(*mixtures)
    odds = [
        each.posteriors["logistic"](mixtures[0], table.features).log_odds for each in (one, other)
    ]
    assert odds[1] - odds[0] == pytest.approx(np.log(2))


def test_the_output_is_a_whole_run(trained, capsys):
    moved(trained)
    assert print_verification([trained / "other"])
    capsys.readouterr()
    written = json.loads((trained / "other" / "metrics.json").read_text())
    assert problems(written) == []
    before = json.loads((trained / "run" / "metrics.json").read_text())
    assert written["metrics"]["simulated"] == before["metrics"]["simulated"]
    assert written["metrics"]["population"] != before["metrics"]["population"]


def test_a_run_of_another_split_and_the_run_itself_are_refused(trained):
    with pytest.raises(BadTable, match="split and seed"):
        moved(trained, seed=1)
    with pytest.raises(BadParameter, match="the run itself"):
        moved(trained, output=trained / "run")


def test_a_set_without_truths_is_one_sentence(trained, tmp_path):
    shutil.copytree(trained / "set", tmp_path / "set")
    (tmp_path / "set" / "truth.parquet").unlink()
    with pytest.raises(BadTable, match=r"truth\.parquet"):
        another_population(
            tmp_path / "set",
            run=trained / "run",
            output=tmp_path / "other",
            split=StarSplit(),
            seed=0,
        )
