"""How much each simulated row counts."""

import numpy as np
import pandas as pd
import pytest

from exoval.errors import BadParameter, BadTable
from exoval.labels import LabelMeaning
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable
from train.data.row_weights import MOST, RowWeights, event_kinds, log_weights

MEANINGS = {
    label: LabelMeaning(
        short=label, description=label, transits=transits, counts_as_planet=transits == "planet"
    )
    for label, transits in (
        ("planet", "planet"),
        ("eclipsing_binary", "star"),
        ("no_transit", "nothing"),
    )
}
LABELS = ["planet"] * 3 + ["eclipsing_binary"] * 2 + ["no_transit"] * 5


def table(labels=LABELS):
    frame = pd.DataFrame(
        {
            "event": [f"event-{number}" for number in range(len(labels))],
            "target": "KIC 1",
            "label": labels,
            "disposition": ["planet" if one == "planet" else "false_positive" for one in labels],
            "period": 1.0,
        }
    )
    return FeatureTable(frame, (Column("period", "d", ""),), meanings=MEANINGS)


def test_planets_and_others_weigh_the_same_and_labels_keep_their_shares():
    weight = RowWeights(population=0)(table(), np.arange(10.0))
    assert weight.mean() == pytest.approx(1)
    assert weight[:3].sum() == pytest.approx(weight[3:].sum())
    assert weight[3] == pytest.approx(weight[9])


def test_rows_that_nature_does_not_have_count_as_all_others_without_a_population():
    impossible = np.where(np.arange(10) == 3, -np.inf, 0.0)
    assert np.array_equal(
        RowWeights(population=0)(table(), impossible),
        RowWeights(population=0)(table(), np.zeros(10)),
    )
    assert RowWeights(population=0.5)(table(), impossible)[3] == 0


def test_groups_can_weigh_the_same():
    weight = RowWeights(population=0, balance="groups")(table(), np.zeros(10))
    assert weight[:3].sum() == pytest.approx(weight[3:5].sum())
    assert weight[:3].sum() == pytest.approx(weight[5:].sum())


def test_rows_of_a_label_count_by_a_power_of_prior_over_proposal():
    log_weight = np.log([1.0, 4.0, 16.0, 1.0, 9.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    for power in (0.5, 1.0):
        weight = RowWeights(population=power, balance="none")(table(), log_weight)
        assert weight[1] / weight[0] == pytest.approx(4**power)
        assert weight[4] / weight[3] == pytest.approx(9**power)
        assert weight[:3].mean() == pytest.approx(1)


def test_rows_that_nature_does_not_have_count_as_drawn_where_the_population_is_left_out():
    weight = RowWeights(population=0, balance="none")(table(), np.full(10, -np.inf))
    assert weight.tolist() == [1] * 10


def test_no_row_stands_for_a_whole_label():
    labels = ["planet"] * 1000 + ["no_transit"]
    log_weight = np.zeros(1001)
    log_weight[0] = 50.0
    weight = RowWeights(population=1, balance="none")(table(labels), log_weight)
    assert weight[0] / weight[-1] == pytest.approx(MOST)


def test_events_that_nothing_was_drawn_for_have_no_density(tmp_path):
    rows = table(["planet", "no_transit", "no_transit"])
    truth = pd.DataFrame(
        {
            "event": rows.frame["event"],
            "label": rows.frame["label"],
            "log_prior": -5.0,
            "log_proposal": -2.0,
            "event_kind": ["signal", "leftover", "other"],
        }
    )
    truth.to_parquet(tmp_path / "truth.parquet")
    assert log_weights(rows, tmp_path).tolist() == [-3, -3, 0]
    assert event_kinds(rows, tmp_path).tolist() == ["signal", "leftover", "other"]
    truth.iloc[:2].to_parquet(tmp_path / "truth.parquet")
    with pytest.raises(BadTable, match="event-2"):
        log_weights(rows, tmp_path)


def test_settings_outside_their_range_are_refused():
    with pytest.raises(BadParameter, match="population=2"):
        RowWeights(population=2)
    with pytest.raises(BadParameter, match="balance='both'"):
        RowWeights(balance="both")
