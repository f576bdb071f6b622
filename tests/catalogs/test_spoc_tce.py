"""TESS threshold-crossing events named by what other catalogues say of the same ephemeris."""

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.spoc_tce import UNNAMED, read_spoc_tce
from exoval.catalogs.spoc_tce_columns import (
    NEEDED,
    measured_as_spoc_tce,
    spoc_tce_table,
    whitening_loss,
)
from exoval.ephemeris import Ephemeris
from exoval.ephemeris_match import COLUMNS as MATCH_COLUMNS
from exoval.errors import BadTable, DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN
from exoval.siblings import COLUMNS as SIBLING_COLUMNS
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable

#: the Sun with a Jupiter on a circular, central orbit of 4 days
EVENT = {
    "tceid": "00000000007-01",
    "run": "s0001-s0001",
    "ticid": 7,
    "planetNumber": 1,
    "orbitalPeriodDays": 4.0,
    "transitEpochBtjd": 1326.0,
    "transitDurationHours": 2.89,
    "transitDepthPpm": 10000.0,
    "mes": 100.0,
    "maxses": 50.0,
    "expectedtransitcount": 4,
    "ws_mes": 5.0,
    "ws_mesphase": -1.0,
    "starTeffKelvin": 5772.0,
    "starLoggCgs": 4.438,
    "starRadiusSolarRadii": 1.0,
}


def candidate(label, disposition, period=4.0, epoch=1326.0, tic=7):
    return Candidate(
        target=f"TIC {tic}",
        name="one",
        ephemeris=Ephemeris(period, epoch, 0.12),
        depth=0.01,
        label=label,
        disposition=disposition,
        provenance="test",
        signal_to_noise=np.nan,
    )


def named(tmp_path, interest=(), binary_period=None, **event):
    path = tmp_path / "tce.csv"
    pd.DataFrame([EVENT | event]).to_csv(path, index=False)
    binaries = {} if binary_period is None else {7: (1.23, binary_period)}
    row = read_spoc_tce(path, needed=NEEDED, interest=list(interest), binaries=binaries).iloc[0]
    return row["label"], row["disposition"]


def test_an_event_has_the_name_of_the_object_with_its_ephemeris(tmp_path):
    planet, false = candidate("CP", PLANET), candidate("FP", FALSE_POSITIVE)
    assert named(tmp_path, [planet]) == (PLANET, PLANET)
    assert named(tmp_path, [false]) == ("FP", FALSE_POSITIVE)
    assert named(tmp_path, [candidate("PC", UNKNOWN)]) == ("PC", UNKNOWN)
    assert named(tmp_path, [candidate("CP", PLANET, tic=8)]) == (UNNAMED, FALSE_POSITIVE)


def test_years_later_the_same_phase_is_still_the_same(tmp_path):
    planet = candidate("CP", PLANET, epoch=1326.0 + 500 * 4.0)
    assert named(tmp_path, [planet]) == (PLANET, PLANET)


def test_another_phase_or_a_multiple_of_a_planets_period_is_not_a_planet(tmp_path):
    half_a_period_later = candidate("CP", PLANET, epoch=1328.0)
    assert named(tmp_path, [half_a_period_later]) == (UNKNOWN, UNKNOWN)
    planet = candidate("CP", PLANET)
    assert named(tmp_path, [planet], orbitalPeriodDays=8.0) == (UNKNOWN, UNKNOWN)
    assert named(tmp_path, [planet], orbitalPeriodDays=5.1) == (UNNAMED, FALSE_POSITIVE)


def test_binaries_are_known_by_their_period_or_half_of_it(tmp_path):
    assert named(tmp_path, binary_period=4.0) == ("EB", FALSE_POSITIVE)
    assert named(tmp_path, binary_period=8.0) == ("EB", FALSE_POSITIVE)
    assert named(tmp_path, binary_period=7.0) == (UNNAMED, FALSE_POSITIVE)
    assert named(tmp_path, [candidate("PC", UNKNOWN)], 8.0) == ("EB", FALSE_POSITIVE)
    # a confirmed planet that an automatic list of eclipses took up stays a planet
    assert named(tmp_path, [candidate("KP", PLANET)], 8.0) == (PLANET, PLANET)


def measured(**values):
    names = [
        "period",
        "transit_duration",
        "transit_depth",
        "mes",
        "ses_max",
        "transit_count",
        "secondary_mes",
        "secondary_phase",
        "teff",
        "logg",
        "stellar_radius",
    ]
    frame = pd.DataFrame(
        [
            {
                "event": "one",
                "target": "TIC 1",
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


def tables_of(tmp_path, monkeypatch, *events):
    """The three tables where EXOVAL_DATA says."""
    folder = tmp_path / "tables" / "tess"
    folder.mkdir(parents=True)
    pd.DataFrame(events).to_parquet(folder / "spoc_tces_s1-6.parquet")
    pd.DataFrame(
        [
            {
                "tid": 7,
                "tfopwg_disp": "KP",
                "pl_orbper": 4.0,
                "pl_tranmid": 2458326.0,
                "pl_trandurh": 2.9,
            }
        ]
    ).to_parquet(folder / "toi_2025-10.parquet")
    pd.DataFrame([{"TIC": 9, "Per": 2.0, "BJD0": 1300.0}]).to_parquet(
        folder / "eclipsing_binaries_prsa2022.parquet"
    )
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))


def test_both_sides_have_the_same_columns_and_meanings(tmp_path, monkeypatch):
    tables_of(tmp_path, monkeypatch, EVENT, EVENT | {"ticid": 9, "ws_mes": 0.0})
    theirs = spoc_tce_table()
    related = dict.fromkeys((column.name for column in (*SIBLING_COLUMNS, *MATCH_COLUMNS)), 1.0)
    measured_as_spoc_tce(measured(**related)).require_columns_of(theirs)
    assert list(theirs.labels) == [PLANET, "EB"]
    row = theirs.frame.iloc[0]
    assert row["planet_radius"] == pytest.approx(10.9, rel=0.01)
    assert row["duration_over_central"] == pytest.approx(1.0, rel=0.01)
    assert row["secondary_phase"] == pytest.approx(0.25)
    assert row["ses_over_mes"] == pytest.approx(1.0)
    assert np.isnan(theirs.frame["secondary_mes"][1])
    assert np.isnan(theirs.frame["secondary_phase"][1])


def test_only_events_of_one_run_are_related(tmp_path, monkeypatch):
    again = EVENT | {"planetNumber": 2, "orbitalPeriodDays": 8.0}
    other_run = EVENT | {"run": "s0001-s0002"}
    tables_of(tmp_path, monkeypatch, EVENT, again, other_run)
    assert spoc_tce_table().frame["sibling_count"].tolist() == [1, 1, 0]


def test_strength_loses_what_whitening_takes():
    row = measured_as_spoc_tce(measured(mes=120.0, transit_duration=3.0)).frame.iloc[0]
    assert row["mes"] == pytest.approx(120 / whitening_loss(3.0))


def test_no_column_comes_from_the_catalogues_of_labels():
    assert not [name for name in NEEDED if "disp" in name or "label" in name]


def test_a_table_without_a_column_is_refused(tmp_path):
    path = tmp_path / "tce.csv"
    pd.DataFrame([EVENT]).drop(columns="maxses").to_csv(path, index=False)
    with pytest.raises(BadTable, match="maxses"):
        read_spoc_tce(path, needed=NEEDED, interest=[], binaries={})
    with pytest.raises(BadTable, match="mes"):
        table = measured()
        kept = tuple(column for column in table.columns if column.name != "mes")
        measured_as_spoc_tce(FeatureTable(table.frame.drop(columns="mes"), kept))


def test_without_the_table_its_source_is_given(monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    with pytest.raises(DataNotFound, match="tcestats"):
        spoc_tce_table()


@pytest.mark.data
def test_planets_of_the_real_table_are_planets_by_their_columns():
    frame = spoc_tce_table().frame
    planets = frame[frame["label"] == PLANET]
    assert frame["event"].is_unique
    assert len(planets) > 100
    # hot Jupiters and smaller: nothing in the columns knew that
    assert planets["planet_radius"].quantile(0.95) < 25
    assert frame[frame["label"] == "EB"]["transit_depth"].median() > 10000


@pytest.mark.data
def test_the_whitening_loss_is_that_of_published_events(data_folder):
    published = pd.read_parquet(data_folder / "tables/tess/exominer_scores_2min_s1-67.parquet")
    published = published[(published["ExoMiner Score"] > 0.9) & (published["MES"] > 8)]
    hours = published["Transit Duration [hour]"]
    rest = published["Transit Model SNR"] / published["MES"] / whitening_loss(hours)
    for low, high in ((1, 2), (2, 4), (4, 8)):
        part = rest[(hours >= low) & (hours < high)]
        assert np.nanmedian(part) == pytest.approx(1.0, abs=0.05)
