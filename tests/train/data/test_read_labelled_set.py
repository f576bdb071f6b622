"""Labelled sets that cannot be learned from are refused with a sentence."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from labelled_sets import changed, gaussian_table, write_labelled_set

from exoval.errors import BadTable
from exoval.labels import PLANET, LabelMeaning
from train.data.labelled_set import load_labelled_set, read_labelled_set


def test_a_set_of_an_older_layout_is_refused(tmp_path):
    folder = write_labelled_set(tmp_path / "set")
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["recipe"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadTable, match=r"older layout .* simulate it again"):
        read_labelled_set(folder)


def test_the_recipe_of_a_set_is_that_of_its_manifest(tmp_path):
    recipe = read_labelled_set(write_labelled_set(tmp_path / "set")).recipe()
    assert recipe.mission.name == "kepler" and list(recipe.features) == ["ephemeris"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ([], r"it is \[\] instead of a set of named entries"),
        (None, "it is None instead of"),
        ("text", "it is 'text' instead of"),
        ({"recipe": []}, r"recipe is \[\] instead of a set of named entries"),
        ({"recipe": None}, "recipe is None instead of"),
        ({"config": 5}, "config is 5 instead of"),
        ({"counts": []}, r"counts is \[\] instead of"),
        ({"counts": {"planet": 5}}, r"counts\.planet is 5 instead of"),
        ({"counts": {"planet": {"kept": "many"}}}, r"counts\.planet\.kept is 'many' instead of"),
        ({"failures": {"stage": "search"}}, "failures is .* instead of a list"),
        ({"failures": [{"stage": "search"}]}, r"failures\[0\] lacks reason, count"),
        ({"host": "real"}, "host is 'real' instead of"),
        ({"host": {"warning": ["a"]}}, r"host: warning is \['a'\] instead of a text"),
    ],
)
def test_a_malformed_manifest_is_refused_with_the_entry(change, message, tmp_path):
    folder = write_labelled_set(tmp_path / "set")
    path = folder / "manifest.json"
    if isinstance(change, dict):
        change = json.loads(path.read_text()) | change
    else:
        # without entries there is no checksum, which is compared first
        message = "it is .* instead of|has changed since it was written"
    path.write_text(json.dumps(change))
    with pytest.raises(BadTable, match=rf"manifest\.json:? ({message})"):
        read_labelled_set(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"segments_per_light_curve": "many"}, "segments_per_light_curve is 'many' instead of"),
        ({"segments_per_light_curve": [1]}, "segments_per_light_curve is .* instead of"),
        ({"max_events": {"a": 1}}, "max_events is .* instead of a whole number"),
        ({"survey_events": 5}, "survey_events is 5 instead of a text"),
        ({"views": "yes"}, "views is 'yes' instead of true or false"),
        ({"mission": "kepler"}, "mission is 'kepler' instead of a set of named entries"),
        ({"mission": {"a": 1}}, "mission names no mission"),
        ({"search": {"a": 1}}, "search names no part"),
        ({"detrend": {"a": 1}}, "detrend names no part"),
        ({"feature": {"shape": {"a": 1}}}, "feature has no groups shape"),
        ({"feature": {"shape": 5}}, "feature has no groups shape"),
        ({"views": True}, "view_form"),
    ],
)
def test_a_malformed_recipe_is_refused_with_the_entry(change, message, tmp_path):
    folder = write_labelled_set(tmp_path / "set")
    path = folder / "manifest.json"
    plain = json.loads(path.read_text())
    path.write_text(json.dumps(plain | {"recipe": plain["recipe"] | change}))
    with pytest.raises(BadTable, match=rf"manifest\.json.*{message}"):
        read_labelled_set(folder).recipe()


@pytest.mark.parametrize("value", [1e300, -1e300, np.inf, -np.inf])
def test_values_that_no_model_can_take_are_refused(value, tmp_path):
    table = gaussian_table()
    column = table.frame["feature_3"].to_numpy(copy=True)
    column[[5, 9]] = value
    write_labelled_set(tmp_path / "set", changed(table, feature_3=column))
    with pytest.raises(BadTable, match=r"in columns \{'feature_3': 2\}"):
        load_labelled_set(tmp_path / "set")


def test_large_and_missing_values_are_read(tmp_path):
    table = gaussian_table()
    column = table.frame["feature_3"].to_numpy(copy=True)
    column[[5, 9]] = 1e99, np.nan
    write_labelled_set(tmp_path / "set", changed(table, feature_3=column))
    assert load_labelled_set(tmp_path / "set").table.features[5, 3] == 1e99


def test_two_events_of_one_name_are_refused(tmp_path):
    table = gaussian_table()
    names = table.frame["event"].to_list()
    names[7] = names[3]
    write_labelled_set(tmp_path / "set", changed(table, event=names))
    with pytest.raises(BadTable, match=f"more than one event of the names {names[3]};"):
        read_labelled_set(tmp_path / "set")


def test_a_label_that_the_set_does_not_declare_is_refused(tmp_path):
    table = gaussian_table()
    meanings = {
        name: LabelMeaning(short=name, description=name, counts_as_planet=name == PLANET)
        for name in set(table.labels)
    }
    write_labelled_set(tmp_path / "set", replace(table, meanings=meanings))
    assert len(load_labelled_set(tmp_path / "set").table) == len(table)
    labels = table.frame["label"].to_list()
    labels[1] = "eclipsing_binry"
    wrong = replace(changed(table, label=labels), meanings=meanings)
    write_labelled_set(tmp_path / "set", wrong)
    with pytest.raises(BadTable, match=r"labels eclipsing_binry, and declares only .*no_transit"):
        read_labelled_set(tmp_path / "set")


def test_features_with_one_value_are_counted_in_a_warning(tmp_path, caplog):
    table = gaussian_table()
    some = np.where(np.arange(len(table)) % 2, 4.0, np.nan)
    constant = changed(table, feature_2=3.0, feature_4=0.0, feature_5=some, feature_6=np.nan)
    write_labelled_set(tmp_path / "set", constant)
    read_labelled_set(tmp_path / "set")
    (said,) = [one.getMessage() for one in caplog.records if "one value" in one.getMessage()]
    # missing in some rows may tell rows apart, and a feature without any value is said elsewhere
    assert "2 of 8 features have one value" in said and said.endswith("feature_2, feature_4")


@pytest.mark.parametrize("column", ["event", "target", "label", "disposition"])
@pytest.mark.parametrize("value", [None, 5.0])
def test_rows_without_a_name_are_refused(column, value, tmp_path):
    folder = write_labelled_set(tmp_path / "set")
    wrong = pq.read_table(folder / "features.parquet")
    place = wrong.schema.get_field_index(column)
    kind = pa.string() if value is None else pa.float64()
    values = pa.array([value, *[(value and 1.0) or "a"] * (len(wrong) - 1)], kind)
    wrong = wrong.set_column(place, wrong.schema.field(column).with_type(kind), values)
    pq.write_table(wrong, folder / "features.parquet")
    with pytest.raises(BadTable, match=rf"{column} must hold texts|rows without {column}"):
        read_labelled_set(folder)
