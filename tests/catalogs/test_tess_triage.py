"""The triage set of Yu et al. 2019 and our events in its form."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.tess_triage import (
    LABEL,
    LOOKS_LIKE,
    TRIAGE_BINS,
    in_triage_form,
    measured_as_triage,
    triage_table,
)
from exoval.errors import BadTable, DataNotFound
from exoval.labels import TRANSITS, LabelMeaning
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable
from exoval.views.fine import BINS, FINE, LENGTH, SLICES
from exoval.views.medians import COARSE, drawn_share
from exoval.views.store import ViewRows, Views


def published(folder, rows=6, bins=TRIAGE_BINS, **changes):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "row_id": np.arange(rows),
            "tic_id": 100 + np.arange(rows),
            "Disposition": (["PC", "EB", "J", "O"] * rows)[:rows],
            "Period": 2.0,
            "Duration": 0.1,
            "Transit_Depth": 1000.0,
            "split": (["train", "test"] * rows)[:rows],
            "global_view": list(random.random((rows, bins["global"]))),
            "local_view": list(random.random((rows, bins["local"]))),
        }
    ).assign(**changes)
    path = folder / "triage.parquet"
    frame.to_parquet(path)
    return path, frame


def dips(depth, width, bins):
    """Rows of a box of some depth around the middle."""
    place = (np.arange(bins) + 0.5) / bins - 0.5
    return np.where(np.abs(place) < width / 2, -depth, 0.0)


def test_what_the_eye_said_becomes_our_labels_and_others_are_left_out(tmp_path):
    path, frame = published(tmp_path)
    table = triage_table(path)
    assert list(table.labels) == [LABEL[word] for word in frame["Disposition"] if word in LABEL]
    assert set(table.frame["disposition"]) == {"planet", "false_positive"}
    first = table.frame.iloc[0]
    assert first["target"] == "TIC 100"
    assert first["transit_duration"] == pytest.approx(2.4)
    assert first["duration_over_period"] == pytest.approx(0.05)


def test_published_views_come_one_after_the_other(tmp_path):
    path, frame = published(tmp_path)
    values = triage_table(path).views[np.arange(5)]
    for name, part in COARSE.slices.items():
        assert values[0, part] == pytest.approx(frame[f"{name}_view"][0], rel=1e-6)


def test_a_part_of_the_published_split(tmp_path):
    path, frame = published(tmp_path)
    kept = frame[(frame["split"] == "test") & frame["Disposition"].isin(LABEL)]
    assert set(triage_table(path, split="test").targets) == {f"TIC {n}" for n in kept["tic_id"]}
    with pytest.raises(BadTable, match="train, val or test"):
        triage_table(path, split="nowhere")


def test_impossible_depths_are_missing(tmp_path):
    path, _ = published(tmp_path, Transit_Depth=[1e3, 3e8, -5.0, 1e3, 1e3, 1e3])
    assert np.isnan(triage_table(path).frame["transit_depth"]).tolist() == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_views_of_another_length_and_no_table(tmp_path, monkeypatch):
    path, _ = published(tmp_path, bins={"global": 2001, "local": 61})
    with pytest.raises(BadTable, match="2001"):
        triage_table(path)
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    with pytest.raises(DataNotFound, match="Yu et al"):
        triage_table()


def test_the_form_has_a_level_of_zero_and_a_floor_of_minus_one():
    random = np.random.default_rng(2)
    values = random.normal(0.2, 0.05, (4, LENGTH)).astype(np.float32)
    for name in TRIAGE_BINS:
        values[:, SLICES[name]] += dips(0.8, 0.2, BINS[name])
    formed = in_triage_form(values, layout=FINE)
    for name, bins in TRIAGE_BINS.items():
        part = formed[:, COARSE.slices[name]]
        assert part.min(axis=1) == pytest.approx(-1)
        assert np.median(part, axis=1) == pytest.approx(0, abs=1e-6)
        place = np.arange(BINS[name]) * bins // BINS[name]
        by_hand = np.array([values[0, SLICES[name]][place == one].mean() for one in range(bins)])
        by_hand -= np.median(by_hand)
        assert part[0] == pytest.approx(by_hand / -by_hand.min(), abs=1e-5)


def test_views_of_the_published_form_stay_as_they_are():
    values = np.random.default_rng(0).standard_normal((3, COARSE.length)).astype(np.float32)
    assert np.array_equal(in_triage_form(values, layout=COARSE), values)


def test_whatever_transits_looks_like_something():
    assert set(LOOKS_LIKE) == set(TRANSITS)
    assert set(LOOKS_LIKE.values()) == set(LABEL.values())


def meanings():
    return {
        "nearby_planet": LabelMeaning(
            short="NTP", description="", transits="planet", counts_as_planet=False, on_target=False
        ),
        "no_transit": LabelMeaning(
            short="NTT", description="", transits="nothing", counts_as_planet=False
        ),
    }


def test_measured_events_in_the_same_columns(tmp_path):
    names = ("period", "duration", "trapezoid_duration", "depth", "mes")
    frame = pd.DataFrame(
        {
            "event": ["a", "b"],
            "target": ["TIC 1", "TIC 2"],
            "label": ["nearby_planet", "no_transit"],
            "disposition": "false_positive",
        }
        | dict.fromkeys(names, 1.0)
    )
    # no trapezoid could be fitted to the second: its box counts
    frame["trapezoid_duration"] = [1.2, np.nan]
    views = ViewRows.of_all(
        Views(np.zeros((2, LENGTH), np.float32), np.zeros((2, len(SLICES)), np.int16), FINE), 2
    )
    columns = tuple(Column(name, "", "") for name in names)
    table = FeatureTable(frame, columns, views=views, meanings=meanings())
    found = measured_as_triage(table)
    assert found.feature_names == triage_table(published(tmp_path)[0]).feature_names
    assert list(found.labels) == ["planet", "no_transit"]
    assert list(found.frame["disposition"]) == ["planet", "false_positive"]
    assert list(found.frame["transit_duration"]) == [1.2, 1.0]
    assert found.frame["duration_over_period"][0] == pytest.approx(0.05)
    ended = replace(table, recipe={"view_form": {"longest_share": [0.01, 0.02]}})
    share = measured_as_triage(ended).frame["duration_over_period"]
    assert share.to_numpy() == pytest.approx(drawn_share(1.0, 0.01, 0.02))
    with pytest.raises(BadTable, match="no views"):
        measured_as_triage(FeatureTable(frame, table.columns))
    with pytest.raises(BadTable, match="what transits in events labelled nearby_planet"):
        measured_as_triage(FeatureTable(frame, columns, views=views))
