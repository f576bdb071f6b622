"""Learning a posterior from a labelled set's rates: from real draws of a made-up world."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from labelled_sets import SYSTEMS, gaussian_table, with_truth
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadTable
from exoval.models.calibrate import NoCalibration
from train.data.splits import StarSplit
from train.fitting.fit import fit
from train.fitting.sky_posterior import learn_sky_posteriors, sky_rates
from train.judging.population import judge_weighted


def learned(folder, table, folds=0):
    split = StarSplit()(table, seed=0)
    model = fit(
        "logistic",
        LogisticRegression(),
        calibration=NoCalibration(),
        table=table,
        split=split,
        seed=0,
        folds=folds,
    )
    return (
        model,
        split,
        learn_sky_posteriors([model], table, folder, split=split, seed=0, folds=folds),
    )


@pytest.mark.parametrize("folds", [0, 3])
def test_rates_of_labels_are_systems_times_what_is_found(tmp_path, folds):
    table = gaussian_table(rows=1200)
    _, split, sky = learned(with_truth(tmp_path, table), table, folds)
    posterior = sky.by_model["logistic"]
    for name, systems in SYSTEMS.items():
        assert posterior.rates[name].systems == pytest.approx(systems)
        assert posterior.rates[name].events == pytest.approx(0.5)
    # all rows of a label count alike: nothing to regress
    assert not posterior.regressions
    held_out = len(split.test) + (0 if folds else len(split.calibration))
    assert len(posterior.comparable.rate) == held_out


def test_the_posterior_is_better_in_the_population_than_the_mixture(tmp_path):
    table = gaussian_table(rows=3000, separation=0.5)
    model, split, sky = learned(with_truth(tmp_path, table), table)
    test = table.select(split.test)
    features = test.usable_matrix([column.name for column in model.columns])
    mixture = model.probabilities(test)
    answers = sky.by_model["logistic"](mixture, features)
    scores = {
        name: judge_weighted(
            planet, test.is_planet, test.targets, sky.of_rows[split.test], resamples=2, seed=0
        )
        for name, planet in (("mixture", model.of_planets(mixture)), ("sky", answers.planet))
    }
    base = scores["sky"]["base_rate_log_loss"]["value"]
    assert scores["sky"]["log_loss"]["value"] < base < scores["mixture"]["log_loss"]["value"]
    assert scores["sky"]["calibration_error"]["value"] < 0.02


def test_a_set_without_truths_has_no_posterior_and_says_why(tmp_path):
    table = gaussian_table(rows=400)
    folder = with_truth(tmp_path, table)
    (folder / "truth.parquet").unlink()
    _, _, sky = learned(folder, table)
    assert not sky.by_model and "truth.parquet" in sky.described()["missing"]


def test_without_left_out_events_there_is_no_posterior(tmp_path):
    table = gaussian_table(rows=400)
    folder = with_truth(tmp_path, table)
    model, split, _ = learned(folder, table)
    nobody = replace(split, calibration=np.zeros(0, dtype=int))
    sky = learn_sky_posteriors([model], table, folder, split=nobody, seed=0)
    assert "no left-out events" in sky.missing


def test_truths_of_other_events_are_refused(tmp_path):
    table = gaussian_table(rows=400)
    folder = with_truth(tmp_path, table)
    other = replace(table, frame=table.frame.assign(event=table.frame["event"] + "x"))
    with pytest.raises(BadTable, match="lacks 400 events"):
        sky_rates(other, folder)


def test_a_population_without_planets_has_no_posterior(tmp_path):
    table = gaussian_table(rows=400)
    folder = with_truth(tmp_path, table)
    truth = pd.read_parquet(folder / "truth.parquet")
    truth.loc[truth["label"] == "planet", "log_prior"] = -np.inf
    truth.to_parquet(folder / "truth.parquet")
    _, _, sky = learned(folder, table)
    assert "no planet is expected" in sky.missing


def test_nine_in_ten_events_of_a_label_reach_its_level(tmp_path):
    table = gaussian_table(rows=4000, separation=0.5)
    model, split, sky = learned(with_truth(tmp_path, table), table, folds=3)
    posterior = sky.by_model["logistic"]
    test = table.select(split.test)
    features = test.usable_matrix([column.name for column in model.columns])
    answers = posterior(model.probabilities(test), features)
    for place, name in enumerate(model.classes):
        mine = test.labels == name
        assert 0.89 <= answers.likely[mine, place].mean() <= 0.93


def test_a_pair_in_the_field_is_as_frequent_there_as_single_stars(tmp_path):
    table = gaussian_table(rows=400)
    folder = with_truth(tmp_path, table)
    truth = pd.read_parquet(folder / "truth.parquet")
    single, pair = (truth["label"].eq(one) for one in ("background_binary", "eclipsing_binary"))
    of_the_field = ["offset_arcsec", "magnitude_difference", "log_eligible_stars"]
    truth.loc[single | pair, of_the_field] = [8.0, 2.0, np.log(0.5)]
    # a tenth of the field's stars are pairs whose parts eclipse
    truth.loc[pair, "log_eligible_stars"] = np.log(0.05)
    truth.loc[pair, "companion_separation_arcsec"] = 0.1
    truth.to_parquet(folder / "truth.parquet")
    blends = sky_rates(table, folder).blends
    assert blends["background_binary"].density == pytest.approx(0.5)
    assert blends["eclipsing_binary"].density == pytest.approx(0.5)
    # without single stars nobody knows: a list of neighbours changes nothing
    truth[~single].to_parquet(folder / "truth.parquet")
    alone = table.select(np.flatnonzero(table.labels != "background_binary"))
    assert not sky_rates(alone, folder).blends["eclipsing_binary"].is_resolved


def test_blends_are_the_stars_of_kept_events(tmp_path):
    table = gaussian_table(rows=400)
    folder = with_truth(tmp_path, table)
    truth = pd.read_parquet(folder / "truth.parquet")
    of_field, of_pair = (
        truth["label"].eq("background_binary"),
        truth["label"].eq("eclipsing_binary"),
    )
    truth.loc[of_field, ["offset_arcsec", "magnitude_difference", "log_eligible_stars"]] = [
        3,
        2,
        -1,
    ]
    truth.loc[of_pair, ["companion_separation_arcsec", "source_share"]] = [0.1, 0.2]
    truth.to_parquet(folder / "truth.parquet")
    blends = sky_rates(table, folder).blends
    assert set(blends) == {"background_binary", "eclipsing_binary"}
    field, pair = blends["background_binary"], blends["eclipsing_binary"]
    assert len(field.rate) == (table.labels == "background_binary").sum()
    assert field.density == pytest.approx(np.exp(-1)) and field.difference == pytest.approx(2)
    # a fifth of the light is a quarter of the rest
    assert pair.difference == pytest.approx(-2.5 * np.log10(0.25))
    assert np.isnan(pair.density).all() and not pair.is_resolved
