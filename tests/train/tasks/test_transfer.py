"""Training on one table and judging on another."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from labelled_sets import write_labelled_set
from result_frame import problems
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter, BadTable
from exoval.models.calibrate import PlattCalibration
from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.views.medians import COARSE
from exoval.views.store import ViewRows, Views
from train.data.labelled_set import load_labelled_set
from train.data.splits import StarSplit
from train.data.tables import CatalogueTable, SimulatedTable, without_stars_of
from train.judging.benches import NAMES
from train.judging.domain_importance import domain_importance
from train.tasks.transfer import transfer


def table(seed, prefix, rows=240, offset=0.0):
    rng = np.random.default_rng(seed)
    label = rng.choice(["planet", "eclipsing_binary", "no_transit"], rows)
    centre = {"planet": 1.5, "eclipsing_binary": -1.0, "no_transit": -0.5}
    strength = rng.standard_normal(rows) + [centre[one] for one in label] + offset
    frame = pd.DataFrame(
        {
            "event": [f"{prefix} {i}" for i in range(rows)],
            "target": [f"{prefix} {i // 3}" for i in range(rows)],
            "label": label,
            "disposition": np.where(label == "planet", "planet", "false_positive"),
            "strength": strength,
            "noise": rng.standard_normal(rows),
        }
    )
    return FeatureTable(frame, (Column("strength", "sigma", ""), Column("noise", "", "")))


@dataclass(frozen=True)
class Given:
    rows: FeatureTable
    kind: str = "given"

    def __call__(self):
        return self.rows


def run(folder, source, target, **more):
    return transfer(
        output=folder,
        source=Given(source),
        target=Given(target),
        classifier={"logistic": LogisticRegression()},
        calibration=PlattCalibration(),
        split=StarSplit(),
        seed=0,
        bootstrap_resamples=40,
        **more,
    )


def test_what_is_judged_elsewhere_is_written(tmp_path):
    results = tmp_path / "results" / "short.json"
    numbers = run(tmp_path / "out", table(0, "a"), table(1, "b"), results=results)
    written = json.loads(results.read_text())
    assert problems(written) == []
    headline = written["metrics"]["headline"]
    assert headline["roc_auc"]["target"]["value"] == pytest.approx(
        numbers["metrics"]["headline"]["roc_auc"]["target"]["value"]
    )
    assert set(headline["auc_against"]) == {"eclipsing_binary", "no_transit"}
    assert headline["roc_auc_drop"]["value"] == pytest.approx(
        headline["roc_auc"]["source"]["value"] - headline["roc_auc"]["target"]["value"]
    )
    for name in ("transfer.json", "gap.csv", "predictions_target.csv", "predictions_source.csv"):
        assert (tmp_path / "out" / name).is_file()
    assert "given" in numbers["verdict"][0]


def test_a_bench_has_its_numbers_and_a_ceiling_that_chooses_nothing(tmp_path):
    source, target = table(0, "a"), table(1, "b")
    without = run(tmp_path / "without", source, target)["metrics"]
    found = run(tmp_path / "with", source, target, ceiling_folds=4)["metrics"]
    assert without["ceiling"] == {}
    assert set(found["target"]) == set(NAMES)
    assert found["target"] == without["target"]
    assert found["target"]["ece"] == found["by_classifier"]["logistic"]["target"][NAMES["ece"]]
    ceiling = found["ceiling"]["logistic"]["roc_auc"]
    assert ceiling["low"] < ceiling["value"] < ceiling["high"]
    assert ceiling["value"] > 0.85


def test_columns_that_are_empty_in_a_table_are_not_used(tmp_path):
    source, target = table(0, "a"), table(1, "b")
    empty = FeatureTable(target.frame.assign(noise=np.nan), target.columns)
    assert run(tmp_path, source, empty)["columns"] == ["strength"]


def test_stars_that_were_trained_on_are_not_judged(tmp_path):
    source = table(0, "a")
    both = FeatureTable(pd.concat([source.frame, table(1, "b").frame]), source.columns)
    numbers = run(tmp_path, source, both)
    judged = pd.read_csv(tmp_path / "predictions_target.csv")
    assert not set(judged["target"]) & set(source.targets)
    assert numbers["sets"]["target"]["rows"] == 240
    with pytest.raises(BadTable, match="also trained on"):
        without_stars_of(source, source)


def test_twice_the_same_command_gives_the_same_numbers(tmp_path):
    first, second = (
        run(tmp_path / name, table(0, "a"), table(1, "b"))["metrics"]["headline"]
        for name in ("one", "two")
    )
    assert first == second


def test_tables_that_differ_can_be_told_apart(tmp_path):
    alike = run(tmp_path / "one", table(0, "a"), table(1, "b"))["metrics"]["domain_auc"]["planet"]
    apart = run(tmp_path / "two", table(0, "a"), table(1, "b", offset=4))["metrics"]["domain_auc"]
    assert alike["value"] < 0.7 < 0.95 < apart["planet"]["value"]
    assert alike["low"] < alike["value"] < alike["high"]


def test_the_feature_that_tells_them_apart_is_named():
    found = domain_importance(table(0, "a"), table(1, "b", offset=3), seed=0)
    assert found["feature"][0] == "strength"
    assert found["drop"][0] > 0.3 > 0.05 > found["drop"][1]


def test_columns_that_differ_are_refused(tmp_path):
    other = table(1, "b")
    renamed = FeatureTable(
        other.frame.rename(columns={"noise": "weather"}),
        (other.columns[0], Column("weather", "", "")),
    )
    with pytest.raises(BadTable, match="weather"):
        run(tmp_path, table(0, "a"), renamed)


def test_columns_of_other_events_are_used_where_both_tables_have_them(tmp_path):
    with_siblings = [
        FeatureTable(
            one.frame.assign(sibling_count=float(number)),
            (*one.columns, Column("sibling_count", "", "")),
        )
        for number, one in enumerate((table(0, "a"), table(1, "b")))
    ]
    alone = run(tmp_path / "one", table(0, "a"), with_siblings[1])
    both = run(tmp_path / "two", *with_siblings)
    assert alone["columns"] == ["strength", "noise"]
    assert both["columns"] == ["strength", "noise", "sibling_count"]


def test_several_labelled_sets_are_one_table_of_the_reduced_columns(tmp_path):
    for name in ("one", "two"):
        write_labelled_set(tmp_path / name)
    whole = load_labelled_set(tmp_path / "one").table
    first = whole.feature_names[0]

    def reduce(table):
        return FeatureTable(table.frame[[*IDENTITY, first]], table.columns[:1])

    other = str(sorted(set(whole.labels) - {"planet"})[0])
    table = SimulatedTable([tmp_path / "one", tmp_path / "two"], reduce, leave_out=[other])()
    assert table.feature_names == [first] and other not in table.labels
    assert len(table) == 2 * np.sum(whole.labels != other)
    assert len(SimulatedTable(tmp_path / "one", reduce)()) == len(whole)


def test_a_catalogue_is_read_when_it_is_called():
    rows = table(0, "a")
    assert CatalogueTable(lambda: rows)() is rows


def test_models_are_adapted_in_the_ways_that_are_asked_for(tmp_path):
    ways = ["relearned_junk", "label_shift"]
    result = run(tmp_path, table(0, "a", rows=900), table(1, "b", rows=900), ways=ways)
    assert problems(json.loads((tmp_path / "transfer.json").read_text())) == []
    found = result["metrics"]["by_classifier"]["logistic"]["adapted"]
    assert list(found) == ways
    share = result["adaptations"]["logistic"]["relearned_junk"]["planet_share"]["share"]
    assert share == pytest.approx(1 / 3, abs=0.1)
    target = result["metrics"]["target"]
    assert target["ece"] == found["relearned_junk"]["calibration_error"]
    assert target["roc_auc"] == result["metrics"]["headline"]["roc_auc"]["target"]
    written = pd.read_csv(tmp_path / "predictions_adapted.csv")
    assert len(written) == 900 and written["logistic_probability"].between(0, 1).all()


def test_ways_that_need_labels_are_refused(tmp_path):
    with pytest.raises(BadParameter, match="anew"):
        run(tmp_path, table(0, "a"), table(1, "b"), ways=["anew"])


def test_a_way_that_refuses_is_left_out(tmp_path, caplog):
    # too few planets to bound their share
    result = run(tmp_path, table(0, "a", rows=90), table(1, "b"), ways=["relearned_junk"])
    assert result["metrics"]["by_classifier"]["logistic"]["adapted"] == {}
    assert "simulate more" in caplog.text
    assert not (tmp_path / "predictions_adapted.csv").exists()


def with_views(rows, seed):
    """The table with views of which one bin says what the label is."""
    values = np.random.default_rng(seed).standard_normal((len(rows), COARSE.length))
    values[:, COARSE.slices["local"].start + 30] += 8 * rows.is_planet
    missing = np.zeros((len(rows), len(COARSE.bins)), np.int16)
    views = Views(values.astype(np.float32), missing, COARSE)
    return replace(rows.only(["noise"]), views=ViewRows.of_all(views, len(rows)))


def test_views_are_columns_for_classifiers_that_take_none(tmp_path):
    source = with_views(table(0, "a", rows=900), 0)
    target = with_views(table(1, "b"), 1)
    blind = run(tmp_path / "one", source, target)["metrics"]["headline"]["roc_auc"]["target"]
    seeing = run(tmp_path / "two", source, target, view_bins=61)["metrics"]["headline"]
    assert blind["value"] < 0.65 < 0.9 < seeing["roc_auc"]["target"]["value"]


def test_columns_may_be_chosen(tmp_path):
    found = run(tmp_path, table(0, "a"), table(1, "b"), columns=["noise"])
    assert found["columns"] == ["noise"]
    assert abs(found["metrics"]["headline"]["roc_auc"]["target"]["value"] - 0.5) < 0.15


def test_the_ceiling_is_learned_from_labels_of_other_stars(tmp_path):
    # in the source the strength says the opposite
    source, target = table(0, "a"), table(1, "b", rows=400)
    upside_down = replace(source, frame=source.frame.assign(strength=-source.frame["strength"]))
    found = run(tmp_path, upside_down, target, ceiling_folds=4)["metrics"]["by_classifier"]
    assert found["logistic"]["target"]["roc_auc"]["value"] < 0.3
    assert found["logistic"]["ceiling"]["roc_auc"]["value"] > 0.85
    by_chance = replace(
        target,
        frame=target.frame.assign(strength=np.random.default_rng(0).standard_normal(400)),
    )
    found = run(tmp_path / "chance", source, by_chance, ceiling_folds=4)["metrics"]
    assert abs(found["by_classifier"]["logistic"]["ceiling"]["roc_auc"]["value"] - 0.5) < 0.12


def few(folder, target, frame):
    """The file of candidates among which one in a hundred is a planet."""
    path = folder / "few.csv"
    run(
        folder / "few",
        table(0, "a", rows=600),
        replace(target, frame=frame),
        candidates=path,
        planet_share=0.01,
    )
    return path


def test_events_without_a_disposition_get_a_probability_with_its_error(tmp_path):
    target = table(1, "b", rows=300)
    hidden = np.arange(300) < 60
    frame = target.frame.assign(
        label=np.where(hidden, "PC", target.labels),
        disposition=np.where(hidden, "unknown", target.frame["disposition"]),
    )
    numbers = run(
        tmp_path,
        table(0, "a", rows=600),
        replace(target, frame=frame),
        error_draws=1,
        candidates=tmp_path / "candidates.csv",
        identify=lambda event: {"number": int(event.split()[1])},
    )
    written = pd.read_csv(tmp_path / "candidates.csv")
    assert list(written) == ["number", "probability", "error", "logistic", "logistic_error"]
    assert list(written["number"]) == list(range(60))
    assert list(written["probability"]) == list(written["logistic"])
    truth = target.is_planet[:60]
    assert written["logistic"][truth].mean() > written["logistic"][~truth].mean() + 0.3
    assert written["logistic_error"].between(0, 0.5, inclusive="neither").all()
    rare = pd.read_csv(few(tmp_path, target, frame))
    assert np.all(rare["probability"] < written["probability"])
    # they are no part of what is judged
    counts = numbers["metrics"]["by_classifier"]["logistic"]["target"]["confusion"]["counts"]
    assert np.sum(counts) == 240


def test_shares_that_are_estimated_without_labels_bring_probabilities_nearer(tmp_path):
    source, target = table(0, "a", rows=900), table(1, "b", rows=900)
    rare = target.select(~target.is_planet | (np.arange(900) % 8 == 0))
    found = run(tmp_path, source, rare, ways=["label_shift"])
    found = found["metrics"]["by_classifier"]["logistic"]
    shifted = found["adapted"]["label_shift"]
    assert shifted["log_loss"]["value"] < found["target"]["log_loss"]["value"]
    assert shifted["roc_auc"]["value"] == pytest.approx(
        found["target"]["roc_auc"]["value"], abs=0.03
    )
