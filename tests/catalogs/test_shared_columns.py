"""Simulated events and threshold-crossing events in one definition."""

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.shared_ephemeris_match import CHANCE
from exoval.catalogs.shared_siblings import MOST
from exoval.catalogs.tce_columns import (
    DERIVED,
    MEASURED,
    NEEDED,
    measured_as_tce,
    tce_table,
    whitening_loss,
)
from exoval.catalogs.toi_columns import measured_as_toi, toi_table
from exoval.ephemeris_match import COLUMNS as MATCH_COLUMNS
from exoval.errors import BadTable, DataNotFound
from exoval.siblings import COLUMNS as SIBLING_COLUMNS
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable

RELATED = [
    column.name for column in (*SIBLING_COLUMNS, *MATCH_COLUMNS) if column.name not in CHANCE
]
#: the Sun with a Jupiter on a circular, central orbit of a year
JUPITER = {
    "target_id": 11904151,
    "tce_plnt_num": 1,
    "label": "PC",
    "tce_period": 365.25,
    "tce_time0bk": 200.0,
    "tce_duration": 13.0,
    "transit_depth": 10000.0,
    "tce_max_mult_ev": 100.0,
    "tce_max_sngle_ev": 50.0,
    "tce_num_transits": 4,
    "tce_bin_oedp_stat": 4.0,
    "tce_maxmes_original": 5.0,
    "wst_depth_original": 500.0,
    "tce_maxmesd": -100.0,
    "tce_dikco_msky": 0.3,
    "tce_dikco_msky_err": 0.1,
    "tce_steff": 5772.0,
    "tce_slogg": 4.438,
    "tce_sradius": 1.0,
}


def as_csv(tmp_path, *rows):
    path = tmp_path / "tce.csv"
    path.write_text("# a comment of the archive\n" + pd.DataFrame(rows).to_csv(index=False))
    return path


def measured(**values):
    names = [
        "period",
        "transit_duration",
        "transit_depth",
        "mes",
        "ses_max",
        "transit_count",
        "odd_even_sigma",
        "secondary_mes",
        "secondary_depth",
        "secondary_phase",
        "source_offset",
        "source_offset_error",
        "teff",
        "logg",
        "stellar_radius",
        "magnitude",
    ]
    frame = pd.DataFrame(
        [
            {
                "event": "one",
                "target": "KIC 1",
                "label": "planet",
                "disposition": "planet",
                **dict.fromkeys(names, 1.0),
                **values,
            }
        ]
    )
    return FeatureTable(
        frame, tuple(Column(name, "", "") for name in dict.fromkeys([*names, *values]))
    )


def test_a_jupiter_of_the_sun_has_its_radius_and_duration(tmp_path):
    row = tce_table(as_csv(tmp_path, JUPITER)).frame.iloc[0]
    assert row["planet_radius"] == pytest.approx(10.9, rel=0.01)
    assert row["duration_over_central"] == pytest.approx(1.0, rel=0.01)
    assert row["ses_over_mes"] == pytest.approx(1.0)
    assert row["odd_even_sigma"] == pytest.approx(2.0)
    assert row["source_offset_sigma"] == pytest.approx(3.0)
    assert row["secondary_phase"] == pytest.approx(100 / 365.25)
    assert (row["label"], row["disposition"], row["target"]) == ("planet", "planet", "KIC 11904151")


def test_marks_of_the_archive_become_missing(tmp_path):
    row = JUPITER | {
        "tce_dikco_msky_err": -1.0,
        "tce_maxmes_original": -1.0,
        "transit_depth": 0.0,
        "label": "NTP",
    }
    row = tce_table(as_csv(tmp_path, row)).frame.iloc[0]
    assert np.isnan(
        [
            row["source_offset_sigma"],
            row["secondary_mes"],
            row["transit_depth"],
            row["planet_radius"],
        ]
    ).all()
    assert (row["label"], row["disposition"]) == ("NTP", "false_positive")


def test_both_sides_have_the_same_columns(tmp_path):
    theirs = tce_table(as_csv(tmp_path, JUPITER))
    ours = measured_as_tce(measured())
    assert ours.feature_names == [one.name for one in (*MEASURED, *DERIVED)]
    ours = measured_as_tce(measured(**dict.fromkeys(RELATED, 1.0)))
    ours.require_columns_of(theirs)


def test_events_of_a_star_are_related_to_each_other(tmp_path):
    """A second event half a period later is the other eclipse of the first."""
    later = JUPITER | {
        "tce_plnt_num": 2,
        "tce_time0bk": 200.0 + 0.5 * 365.25,
        "tce_max_mult_ev": 20.0,
        "tce_duration": 26.0,
        "transit_depth": 1000.0,
    }
    alone = JUPITER | {"target_id": 757450}
    table = tce_table(as_csv(tmp_path, JUPITER, later, alone)).frame
    assert table["sibling_count"].tolist() == [1, 1, 0]
    assert table["siblings_before"].tolist() == [0, 1, 0]
    assert table["has_stronger_twin"].tolist() == [0, 1, 0]
    assert table["sibling_phase"].tolist()[:2] == pytest.approx([0.5, 0.5])
    assert table["sibling_depth"].tolist()[:2] == pytest.approx([-1, 1])
    assert table["sibling_duration"].tolist()[:2] == pytest.approx([np.log10(2), -np.log10(2)])
    assert np.isnan(table["sibling_phase"][2])


def test_events_beyond_those_of_a_simulation_count_no_further(tmp_path):
    rows = [JUPITER | {"tce_plnt_num": one, "tce_period": 3.0 * 1.7**one} for one in range(1, 7)]
    table = tce_table(as_csv(tmp_path, *rows)).frame
    assert set(table["sibling_count"]) == {MOST}
    assert table["siblings_before"].tolist() == [0, 1, 2, 3, 3, 3]


def test_strength_loses_what_whitening_takes():
    row = measured_as_tce(measured(mes=120.0, transit_duration=3.0)).frame.iloc[0]
    assert row["mes"] == pytest.approx(120 / whitening_loss(3.0))


def test_objects_of_interest_have_the_same_columns_too(tmp_path):
    jupiter = {
        "tid": 1,
        "tfopwg_disp": "KP",
        "pl_orbper": 365.25,
        "pl_trandurh": 13.0,
        "pl_trandep": 10000.0,
        "st_teff": 5772.0,
        "st_logg": 4.438,
        "st_rad": 1.0,
        "st_tmag": 10.0,
    }
    path = tmp_path / "toi.csv"
    pd.DataFrame(
        [
            jupiter,
            jupiter | {"tfopwg_disp": "PC"},
            jupiter | {"tfopwg_disp": "FA"},
            jupiter | {"pl_orbper": np.nan},
        ]
    ).to_csv(path, index=False)
    theirs = toi_table(path)
    theirs.require_columns_of(measured_as_toi(measured()))
    assert list(theirs.labels) == ["planet", "PC", "FA"]
    assert list(theirs.frame["disposition"]) == ["planet", "unknown", "false_positive"]
    assert theirs.frame["planet_radius"][0] == pytest.approx(10.9, rel=0.01)


def test_a_table_without_a_needed_feature_is_refused():
    table = measured()
    kept = tuple(column for column in table.columns if column.name != "mes")
    with pytest.raises(BadTable, match="mes"):
        measured_as_tce(FeatureTable(table.frame.drop(columns="mes"), kept))


def test_no_column_bears_a_label():
    assert not [name for name in NEEDED if name.startswith(("koi_", "fpwg_", "kepoi"))]


def test_without_the_table_the_archives_name_is_given(monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    with pytest.raises(DataNotFound, match="q1_q17_dr25_tce"):
        tce_table()


@pytest.mark.data
def test_the_whitening_loss_is_that_of_the_archives_own_columns():
    from exoval.catalogs.koi import TABLE

    koi = TABLE.read(None, ("koi_model_snr", "koi_max_mult_ev", "koi_duration", "koi_disposition"))
    koi = koi[(koi["koi_disposition"] != "FALSE POSITIVE") & (koi["koi_max_mult_ev"] > 8)]
    rest = koi["koi_model_snr"] / koi["koi_max_mult_ev"] / whitening_loss(koi["koi_duration"])
    assert np.nanmedian(rest) == pytest.approx(1.0, abs=0.02)
    for low, high in ((1, 2), (2, 4), (4, 8), (8, 16)):
        part = rest[(koi["koi_duration"] >= low) & (koi["koi_duration"] < high)]
        assert np.nanmedian(part) == pytest.approx(1.0, abs=0.05)
