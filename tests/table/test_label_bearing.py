"""Columns that know the answer are refused, under whatever name they come."""

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.archive_column import feature_table
from exoval.catalogs.tce_features import TABLE
from exoval.errors import BadTable
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable
from exoval.table.label_bearing import reason_against, refuse_label_bearing


def rows(**features):
    size = len(next(iter(features.values())))
    identity = {
        "event": [f"e{i}" for i in range(size)],
        "target": "KIC 1",
        "label": "PC",
        "disposition": "planet",
    }
    return pd.DataFrame(identity | features)


@pytest.mark.parametrize(
    "planted",
    [
        Column("koi_score", "", "planted"),
        Column("harmless_name", "", "planted", "koi_score"),
        Column("harmless_name", "", "planted", "tce_nkoi"),
        Column("harmless_name", "", "planted", "koi_fpflag_ss"),
        Column("harmless_name", "", "planted", "tce_period, fpwg_disp_eb"),
        Column("harmless_name", "", "planted", "log10(fpp_prob)"),
        Column("harmless_name", "", "planted", "av_training_set"),
        Column("robovetter", "", "planted", "score"),
        Column("metallicity_error", "dex", "planted", "tce_smet_err"),
    ],
)
def test_a_table_with_a_planted_column_cannot_be_made(planted):
    frame = rows(period=[1.0, 2.0]).assign(**{planted.name: [0.0, 1.0]})
    columns = (Column("period", "d", "orbital period", "tce_period"), planted)
    with pytest.raises(BadTable, match=planted.name) as refused:
        FeatureTable(frame, columns)
    assert "take them out" in str(refused.value)


def test_measurements_are_not_refused():
    columns = [
        Column("period", "d", "", "koi_period"),
        Column("mes", "", "", "tce_max_mult_ev"),
        Column("label_free", "", "", "tce_depth"),
        Column("disparity", "", "", ""),
    ]
    refuse_label_bearing(columns)


def test_koi_columns_are_refused_when_they_are_joined_to_other_events():
    column = Column("koi_duration", "h", "only vetted events have it", "koi_duration")
    assert reason_against("koi_duration") is None
    assert "passed vetting" in reason_against("koi_duration", catalogue="tce")
    frame = rows(koi_duration=[1.0, np.nan])
    with pytest.raises(BadTable, match="gaps"):
        feature_table(frame, frame[["koi_duration"]], [column], "tce")


@pytest.mark.data
def test_errors_of_stellar_parameters_do_know_who_was_vetted(data_folder):
    """The reason for refusing them: two in three planets' stars have a spectrum's small error."""
    table = TABLE.read(None, ("label", "tce_smet_err"))
    small = (table["tce_smet_err"] < 0.2).groupby(table["label"]).mean()
    assert small["PC"] > 3 * small["AFP"] and small["PC"] > 3 * small["NTP"]
