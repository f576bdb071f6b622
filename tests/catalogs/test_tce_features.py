"""Archive columns become features: names, units and gaps."""

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.koi_features import koi_features
from exoval.catalogs.tce_features import COLUMNS, published_folds, tce_features
from exoval.errors import BadTable, DataNotFound
from exoval.features.shape import ShapeFeatures
from exoval.features.strength import StrengthFeatures
from exoval.features.transit_fit import TransitFitFeatures
from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN

CSV = """\
# This file was produced by the NASA Exoplanet Archive
# COLUMN kepid: KepID
kepid,tce_plnt_num,tce_period,tce_duration,tce_depth,tce_depth_err,tce_maxmesd,boot_fap,tce_bin_oedp_stat,tce_dikco_msky,tce_dikco_msky_err,tce_sdens
757450,1,10.0,2.4,100.0,5.0,-2.5,1e-20,9.0,1.2,0.4,1.41
757450,2,20.0,2.4,100.0,-1,16.0,-1,0,0,-1,0
1026032,1,5.0,2.4,100.0,5.0,0.0,0,4.0,0.3,0.1,2.82
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "tces.csv"
    path.write_text(CSV)
    return tce_features(path)


def test_the_archive_s_csv_without_labels(table):
    assert list(table.frame["event"]) == ["TCE 757450-01", "TCE 757450-02", "TCE 1026032-01"]
    assert list(table.targets) == ["KIC 757450", "KIC 757450", "KIC 1026032"]
    assert set(table.frame["disposition"]) == {UNKNOWN}
    assert "mes" not in table.feature_names, "a column that the file lacks is not made up"


def test_units(table):
    row = table.frame.iloc[0]
    assert row["secondary_phase"] == pytest.approx(0.25)  # 2.5 d before the event in 10 d
    assert table.frame["secondary_phase"][1] == pytest.approx(0.2)  # 16 d of 20 d is -4 d
    assert row["bootstrap_false_alarm"] == pytest.approx(-20)
    assert row["odd_even_sigma"] == pytest.approx(3)  # chi-squared of 9, one freedom
    assert row["image_offset_from_catalogue_sigma"] == pytest.approx(3)
    assert row["stellar_density"] == pytest.approx(1)  # g/cm3 in solar densities
    assert row["duration_over_period"] == pytest.approx(0.01)
    assert row["depth_over_error"] == pytest.approx(20)


def test_sentinels_are_gaps(table):
    row = table.frame.iloc[1]
    for name in (
        "transit_depth_error",
        "bootstrap_false_alarm",
        "odd_even_sigma",
        "image_offset_from_catalogue",
        "image_offset_from_catalogue_error",
        "image_offset_from_catalogue_sigma",
        "stellar_density",
        "depth_over_error",
    ):
        assert np.isnan(row[name]), name
    assert row["transit_depth"] == 100
    # zero is a probability too small for the table and no gap
    assert table.frame["bootstrap_false_alarm"][2] == -45


def test_labels_become_dispositions(tmp_path):
    path = tmp_path / "tces.parquet"
    pd.DataFrame(
        {
            "target_id": [1, 2, 3],
            "tce_plnt_num": 1,
            "tce_period": 5.0,
            "label": ["PC", "AFP", "NTP"],
            "exominer_fold": [0, 3, 0],
        }
    ).to_parquet(path)
    found = tce_features(path)
    assert list(found.labels) == ["PC", "AFP", "NTP"]
    assert list(found.frame["disposition"]) == [PLANET, FALSE_POSITIVE, FALSE_POSITIVE]
    assert list(published_folds(path)) == [0, 3, 0]


def test_names_that_the_project_has_come_in_its_units():
    ours = {
        column.name: column.unit
        for group in (ShapeFeatures, StrengthFeatures, TransitFitFeatures)
        for column in group.columns
    }
    shared = [column for column in COLUMNS if column.name in ours]
    assert len(shared) > 8
    assert {column.name: column.unit for column in shared} == {
        column.name: ours[column.name] for column in shared
    }


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    path = tmp_path / "tces.csv"
    path.write_text("tce_period\n1.0\n")
    with pytest.raises(BadTable, match="target_id, tce_plnt_num"):
        tce_features(path)
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    for read in (tce_features, koi_features):
        with pytest.raises(DataNotFound, match="Download"):
            read()


def test_koi_features_from_the_archive_s_csv(tmp_path):
    kois, positions = tmp_path / "koi.csv", tmp_path / "positions.csv"
    kois.write_text(
        "# comment\nkepid,kepoi_name,koi_disposition,koi_period,koi_duration,koi_ror,"
        "koi_impact,koi_slogg,koi_srad,koi_score\n"
        "1,K1.01,CONFIRMED,365.25,13.0,0.01,0.0,4.438,1.0,0.9\n"
        "2,K2.01,CANDIDATE,3.0,2.0,0.02,0.3,4.4,0.9,0.8\n"
    )
    positions.write_text("kepoi_name,pp_host_rel_prob,pp_host_prob_score\nK2.01,0.7,1.0\n")
    table = koi_features(kois, positions=positions)
    assert list(table.frame["disposition"]) == [PLANET, UNKNOWN]
    assert "koi_score" not in table.feature_names
    # a year and 13 hours: the central transit of the Earth over the Sun
    assert table.frame["density_ratio"][0] == pytest.approx(1.0, abs=0.05)
    assert np.isnan(table.frame["on_target_probability"][0])
    assert table.frame["on_target_probability"][1] == pytest.approx(0.7)


@pytest.mark.data
def test_the_labelled_table_holds_what_was_published(data_folder):
    table = tce_features()
    assert len(set(table.frame["event"])) == len(table) > 20_000
    assert set(table.labels) == {"PC", "AFP", "NTP"}
    assert len(table.columns) >= 44 and not np.isinf(table.features).any()
    # no error, offset or size is negative, so no sentinel is left
    for name in table.feature_names:
        if name.endswith("_error") or name.startswith("image_offset"):
            assert not (table.frame[name] <= 0).any(), name


@pytest.mark.data
def test_published_folds_tear_stars_apart(data_folder):
    table, fold = tce_features(), published_folds()
    several = pd.Series(fold).groupby(table.targets).nunique() > 1
    assert several.sum() > 1000
