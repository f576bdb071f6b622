"""Bringing a model from one mission to another, in every way."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from labelled_sets import changed, gaussian_table
from result_frame import problems
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from exoval.classifiers.sparse_gp import SparseGP
from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.models.calibrate import PlattCalibration
from exoval.table.feature_table import FeatureTable
from train.data.splits import StarSplit
from train.fitting.adaptation.reweighted import density_ratio
from train.fitting.adaptation.warm_started import balance, go_on
from train.fitting.adaptation.way import Material, fitted_at_home
from train.fitting.adaptation.ways import UNLABELLED, WAYS
from train.fitting.fit import fitted_pipeline, planet_score
from train.fitting.out_of_fold import planet_or_not
from train.judging.metrics import value_of
from train.tasks.mission_transfer import material_for, mission_transfer, some_stars


def mission(seed, prefix, rows=480, turned=False, offset=0.0):
    """Events of a mission; ``turned`` changes the sign of most features."""
    table = gaussian_table(rows, 6, stars=rows // 5, seed=seed, separation=0.9, prefix=prefix)
    frame = table.frame
    if turned:
        frame = frame.assign(**{f"feature_{i}": -frame[f"feature_{i}"] for i in (1, 2, 4, 5)})
    return changed(
        FeatureTable(frame, table.columns, recipe=table.recipe),
        feature_3=frame["feature_3"] + offset,
    )


@dataclass(frozen=True)
class Given:
    rows: FeatureTable
    kind: str = "given"

    def __call__(self):
        return self.rows


def material(home, away, number=None):
    split = StarSplit()
    return material_for(home, split(home, seed=0), away, split(away, seed=0), number=number, seed=0)


def brought(way, name, classifier, some):
    """A model brought over in one way."""
    home = fitted_at_home(name, classifier, some, seed=0)
    return WAYS[way](
        name, classifier, calibration=PlattCalibration(), material=some, home=home, seed=0
    )


def auc(model, table):
    truth = np.equal(table.labels, "planet")
    return value_of("roc_auc", planet_score(model.pipeline, table, table.label_meanings()), truth)


def run(folder, home, away, classifier, **more):
    settings = {"rows_of_target": [60], "repeats": 2, "bootstrap_resamples": 30, "seed": 0} | more
    return mission_transfer(
        output=folder,
        source=Given(home),
        target=Given(away),
        classifier=classifier,
        calibration=PlattCalibration(),
        split=StarSplit(),
        **settings,
    )


@pytest.mark.slow
def test_every_way_is_judged_at_every_size_and_written(tmp_path):
    numbers = run(
        tmp_path,
        mission(0, "A "),
        mission(1, "B "),
        {"logistic": LogisticRegression()},
        results=tmp_path / "results/short.json",
        judged={"catalogue": Given(mission(2, "C "))},
    )
    frame = pd.read_csv(tmp_path / "mission_transfer.csv")
    # too few planets to bound their share
    refused = {"relearned_junk", "self_trained"}
    assert set(frame["way"]) == set(WAYS) - refused
    assert set(frame["judged_on"]) == {"held_out", "catalogue"}
    asked = frame[(frame["judged_on"] == "held_out") & (frame["way"] == "anew")]
    assert sorted(asked["rows_of_target"])[:2] == [60, 60]
    assert asked["rows_of_target"].max() == sum(
        numbers["sets"][part]["rows"] for part in ("target_fit", "target_calibration")
    )
    assert set(frame[frame["rows_of_target"] == 0]["way"]) == set(UNLABELLED) - refused
    written = json.loads((tmp_path / "results/short.json").read_text())
    assert problems(written) == []
    assert len(written["metrics"]["by_way"]) == len(frame)
    assert (tmp_path / "mission_transfer.png").stat().st_size > 10_000


def test_a_mission_that_measures_otherwise_needs_events_of_its_own():
    home, away = mission(0, "A ", 1500), mission(1, "B ", 1500, turned=True)
    everything = material(home, away)
    test = away.select(StarSplit()(away, seed=0).test)
    found = {
        way: auc(brought(way, "logistic", LogisticRegression(), everything), test)
        for way in ("as_it_is", "anew")
    }
    assert found["anew"] > found["as_it_is"] + 0.02


def test_few_events_are_worth_more_on_top_of_another_mission_than_alone():
    home, away = mission(0, "A ", 1500), mission(1, "B ", 1500)
    few = material(home, away, 40)
    test = away.select(StarSplit()(away, seed=0).test)
    forest = RandomForestClassifier(60, min_samples_leaf=3, random_state=0)
    alone, on_top = (
        auc(brought(way, "forest", forest, few), test) for way in ("anew", "warm_started")
    )
    assert on_top > alone


def test_weights_make_one_mission_look_like_the_other():
    home, away = mission(0, "A ", 2000), mission(1, "B ", 2000, offset=0.8)
    weight = density_ratio(home, away, seed=0)
    ours, theirs = (table.frame["feature_3"].to_numpy() for table in (home, away))
    known = np.isfinite(ours)
    before = np.nanmean(theirs) - np.nanmean(ours)
    after = np.nanmean(theirs) - np.average(ours[known], weights=weight[known])
    assert weight.mean() == pytest.approx(1)
    assert abs(after) < 0.4 * abs(before)


def test_both_missions_count_the_same():
    some = material(mission(0, "A ", 900), mission(1, "B ", 300))
    weight, home = balance(some), len(some.home_fit)
    assert weight[:home].sum() == pytest.approx(weight[home:].sum())
    assert weight.mean() == pytest.approx(1)
    # rows of one mission count by its table's weights
    own = np.linspace(1, 3, home)
    weighed = balance(replace(some, home_fit=replace(some.home_fit, weight=own)))
    assert weighed[:home].sum() == pytest.approx(weighed[home:].sum())
    assert weighed[:home] / weighed[0] == pytest.approx(own)


def test_some_stars_are_whole_and_nested_by_size():
    table = mission(0, "A ")
    rows = np.arange(len(table))
    few, more = (
        some_stars(table, rows, number=number, random=np.random.default_rng(3))
        for number in (50, 200)
    )
    assert 50 <= len(few) < 70
    assert set(few) <= set(more)
    assert not set(table.targets[few]) & set(table.targets[np.setdiff1d(rows, few)])


@pytest.mark.parametrize(
    "classifier",
    [
        RandomForestClassifier(20, random_state=0),
        HistGradientBoostingClassifier(max_iter=20),
        SparseGP(inducing_points=12, epochs=8, random_state=0),
    ],
    ids=["forest", "boosting", "gp"],
)
def test_going_on_keeps_what_is_known_and_changes_something(classifier):
    home, away = (planet_or_not(mission(seed, prefix)) for seed, prefix in ((0, "A "), (1, "B ")))
    before = fitted_pipeline("x", classifier, home, seed=0)
    after = go_on(before, away)
    old, new = (planet_score(pipeline, away, away.label_meanings()) for pipeline in (before, after))
    assert np.any(old != new)
    truth = np.equal(away.labels, "planet")
    alone = [value_of("roc_auc", score, truth) for score in (old, new)]
    assert alone[1] > alone[0] - 0.02
    assert not after[-1].warm_start
    trees = getattr(after[-1], "estimators_", None)
    assert trees is None or len(trees) == 2 * classifier.n_estimators


def test_what_cannot_go_on_learns_from_the_rows_of_both():
    some = material(mission(0, "A "), mission(1, "B "))
    model = brought("warm_started", "neighbours", KNeighborsClassifier(), some)
    assert model.card["adaptation"] == "rows of both missions"


def test_rows_cannot_be_weighed_for_a_classifier_without_weights():
    some = material(mission(0, "A "), mission(1, "B "))
    with pytest.raises(BadTable, match="takes no weights"):
        brought("reweighted", "neighbours", KNeighborsClassifier(), some)


def test_a_warm_start_needs_the_same_classes():
    table = mission(0, "A ")
    model = SparseGP(inducing_points=5, epochs=1, warm_start=True, random_state=0)
    features = np.nan_to_num(table.features)
    model.fit(features, table.frame["disposition"])
    with pytest.raises(BadParameter, match="same classes"):
        model.fit(features, table.labels)


def test_an_unknown_way_and_a_missing_catalogue(tmp_path, caplog):
    home, away = mission(0, "A "), mission(1, "B ")
    with pytest.raises(BadParameter, match="by_magic"):
        run(tmp_path, home, away, {}, ways=["by_magic"])

    @dataclass(frozen=True)
    class Missing:
        kind: str = "missing"

        def __call__(self):
            raise DataNotFound("no such table; get it")

    run(
        tmp_path,
        home,
        away,
        {"logistic": LogisticRegression()},
        ways=["as_it_is"],
        judged={"catalogue": Missing()},
    )
    assert "catalogue cannot be judged" in caplog.text


def test_material_of_all_rows_holds_no_star_twice():
    some = material(mission(0, "A "), mission(1, "B "))
    parts = [
        set(table.targets)
        for table in (some.home_fit, some.home_calibration, some.away_fit, some.away_calibration)
    ]
    assert isinstance(some, Material)
    assert sum(map(len, parts)) == len(set().union(*parts))
