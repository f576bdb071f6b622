"""The tables of a set hold every event of its shards, and repeats count once."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from simulated_outcomes import COLUMNS, OUTCOMES, finished_shards

from exoval.injection.importance_weights import read_truth, reweight
from exoval.table.feature_table import load_feature_table
from exoval.views.layout import ViewLayout
from exoval.views.store import open_views
from simulate.example import DRAWN, FAILED, KEPT, VISIBLE
from simulate.labelled_set import Contents, write_labelled_set
from simulate.scenarios.no_transit import NoTransit
from simulate.scenarios.planet import Planet

LAYOUT = ViewLayout({"whole": 3, "event": 2})
WEIGHTS = {"log_prior": 0.0, "log_proposal": 0.0}
#: as ``OUTCOMES``, with weights and views, and the found period of what was not injected
WHOLE = [
    replace(
        one,
        truth=one.truth
        and one.truth
        | WEIGHTS
        | ({"found_period_days": one.row["period"]} if one.scenario == "no_transit" else {}),
        views=None
        if one.status != KEPT
        else (np.arange(5, dtype=np.float32) + 10 * number, np.array([number, 0], dtype=np.int16)),
    )
    for number, one in enumerate(OUTCOMES)
]
CONTENTS = Contents(
    scenarios=["planet", "no_transit"],
    columns=COLUMNS,
    recipe={"detrend": "biweight"},
    meanings={"planet": Planet.meaning, "no_transit": NoTransit.meaning},
    layout=LAYOUT,
)


@pytest.fixture(params=[1, 2, 100])
def written(tmp_path, request):
    shards = finished_shards(
        tmp_path / "work", WHOLE, batch_size=1, shard_size=request.param, views=True
    )
    folder = tmp_path / "set"
    folder.mkdir()
    return folder, write_labelled_set(folder, shards, CONTENTS)


def test_a_light_curve_searched_twice_as_it_is_counts_once(written):
    folder, manifest = written
    truth = read_truth(folder)
    assert list(truth.loc[truth.label == "no_transit", "status"]) == [KEPT, FAILED, KEPT]
    assert manifest["counts"]["no_transit"] == {
        "drawn": 2,
        "visible": 2,
        "recovered": 2,
        "kept": 2,
        "failed": 1,
    }
    assert {"stage": "repeat", "count": 1, "targets": ["KIC 1"]}.items() <= manifest["failures"][
        1
    ].items()


def test_a_repeat_stays_the_event_that_it_is(tmp_path):
    again = replace(WHOLE[-1], index=89, number=2, label="no_transit")
    shards = finished_shards(tmp_path / "work", [*WHOLE, again], views=True)
    (tmp_path / "set").mkdir()
    write_labelled_set(tmp_path / "set", shards, CONTENTS)
    last = read_truth(tmp_path / "set").iloc[-1]
    assert (last.event, last.label, last.status) == ("no_transit-0000089.2", "no_transit", FAILED)
    assert len(load_feature_table(tmp_path / "set" / "features.parquet")) == 3


def test_the_table_keeps_units_labels_and_missing_values(written):
    folder, manifest = written
    loaded = load_feature_table(folder / "features.parquet")
    assert loaded.columns == COLUMNS
    assert loaded.meanings == CONTENTS.meanings
    assert loaded.recipe == {"detrend": "biweight"}
    assert manifest["kept"] == len(loaded) == 3
    assert list(loaded.labels) == ["planet", *["no_transit"] * 2]
    assert list(loaded.frame.disposition) == ["planet", *["false_positive"] * 2]
    np.testing.assert_array_equal(loaded.features, [[1.5, 80.0], [9.0, np.nan], [8.0, 7.0]])


def test_views_are_those_of_the_rows(written):
    folder, _ = written
    views = open_views(folder)
    np.testing.assert_array_equal(views.values, np.arange(5) + 10 * np.array([[0], [4], [6]]))
    np.testing.assert_array_equal(views.missing, [[0, 0], [4, 0], [6, 0]])


def test_the_truth_has_a_row_for_what_was_missed(written):
    truth = read_truth(written[0])
    assert list(truth[truth.label == "planet"].status) == [KEPT, VISIBLE, DRAWN]
    assert truth.event.is_unique
    assert truth.loc[truth.label == "planet", "transform"].isna().all()


def test_the_files_do_not_depend_on_the_shards(tmp_path):
    written = []
    for size in (1, 3):
        folder = tmp_path / str(size)
        folder.mkdir()
        shards = finished_shards(tmp_path / f"work-{size}", WHOLE, shard_size=size, views=True)
        write_labelled_set(folder, shards, CONTENTS)
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert written[0] == written[1]


def test_a_text_that_is_missing_in_a_whole_shard_stays_a_text(tmp_path):
    outcomes = [
        replace(WHOLE[1], index=0, truth={**WEIGHTS, "note": None}, views=None),
        replace(WHOLE[1], index=1, truth={**WEIGHTS, "note": "late"}, views=None),
    ]
    shards = finished_shards(tmp_path / "work", outcomes, batch_size=1, shard_size=1)
    (tmp_path / "set").mkdir()
    write_labelled_set(tmp_path / "set", shards, replace(CONTENTS, layout=None))
    note = pd.read_parquet(tmp_path / "set" / "truth.parquet")["note"]
    assert note.isna()[0] and note[1] == "late"


def test_a_set_of_which_every_example_failed_has_tables_without_rows(tmp_path):
    outcomes = [
        replace(OUTCOMES[3], index=number, scenario=scenario)
        for scenario in ("planet", "no_transit")
        for number in range(3)
    ]
    shards = finished_shards(tmp_path / "work", outcomes)
    (tmp_path / "set").mkdir()
    manifest = write_labelled_set(tmp_path / "set", shards, replace(CONTENTS, layout=None))
    assert manifest["kept"] == 0 and manifest["counts"]["planet"]["failed"] == 3
    assert len(load_feature_table(tmp_path / "set" / "features.parquet")) == 0
    assert len(reweight(tmp_path / "set")) == 0
