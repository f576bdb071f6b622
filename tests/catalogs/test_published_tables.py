"""Readers of what others concluded."""

import math

import pandas as pd
import pytest

from exoval.catalogs.certified_false_positives import read_certified_false_positives
from exoval.catalogs.positional_probability import read_positional_probabilities
from exoval.catalogs.robovetter import read_robovetter
from exoval.catalogs.vespa import read_vespa
from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.labels import FALSE_POSITIVE, UNKNOWN


def write(path, **columns):
    path.write_text("# archive header\n" + pd.DataFrame(columns).to_csv(index=False))
    return path


def test_robovetter_of_one_data_set(tmp_path):
    path = write(
        tmp_path / "robovetter.csv",
        kepid=[1, 1, 1],
        tce_plnt_num=[1, 2, 1],
        score=[0.9, 0.1, 0.5],
        disp=["PC", "FP", "PC"],
        dataset=["obs", "obs", "inv"],
    )
    found = read_robovetter(path)
    assert list(found["event"]) == ["TCE 1-01", "TCE 1-02"]
    assert list(found["passed"]) == [True, False]
    assert list(read_robovetter(path, dataset="inv")["score"]) == [0.5]
    with pytest.raises(BadParameter, match="inv, obs"):
        read_robovetter(path, dataset="scr9")


def test_vespa_and_its_gaps(tmp_path):
    path = write(
        tmp_path / "fpp.csv", kepid=[1, 2], kepoi_name=["K1.01", "K2.01"], fpp_prob=[0.25, -1.0]
    )
    found = read_vespa(path)
    assert found["false_positive_probability"][0] == 0.25
    assert math.isnan(found["false_positive_probability"][1])


def test_certified_false_positives_with_causes(tmp_path):
    path = write(
        tmp_path / "fpwg.csv",
        kepid=[1, 2, 3],
        kepoi_name=["K1.01", "K2.01", "K3.01"],
        fpwg_disp_status=["CERTIFIED FP", "POSSIBLE PLANET", "NOT EXAMINED"],
        fpwg_disp_eb=[1, 0, None],
        fpwg_disp_offst=[1, 0, None],
    )
    found = read_certified_false_positives(path)
    assert list(found["disposition"]) == [FALSE_POSITIVE, UNKNOWN, UNKNOWN]
    assert list(found["cause"]) == ["eclipsing_binary + centroid_offset", "", ""]


def test_positional_probabilities(tmp_path):
    path = write(
        tmp_path / "pp.csv", kepoi_name=["K1.01"], pp_host_rel_prob=[0.8], pp_host_prob_score=[0.5]
    )
    row = read_positional_probabilities(path).iloc[0]
    assert (row["on_target_probability"], row["on_target_score"]) == (0.8, 0.5)
    assert math.isnan(row["unknown_source_probability"])


@pytest.mark.parametrize(
    "read",
    [
        read_robovetter,
        read_vespa,
        read_certified_false_positives,
        read_positional_probabilities,
    ],
)
def test_a_missing_table_or_column_says_how_to_get_it(read, tmp_path, monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    with pytest.raises(DataNotFound, match="Download"):
        read()
    with pytest.raises(BadTable, match="Download"):
        read(write(tmp_path / "wrong.csv", nothing=[1]))
