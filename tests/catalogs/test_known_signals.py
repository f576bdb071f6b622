"""What catalogues know of stars, with and without an ephemeris, and which of them are missing."""

import pandas as pd
import pytest

from exoval.catalogs.known_signals import known_stars
from exoval.data_folder import SAMPLE

TOI = {
    "tid": [1, 2, 3, 3],
    "tfopwg_disp": ["PC", "CP", "CP", None],
    "pl_orbper": [5.0, None, 7.0, None],
    "pl_tranmid": [2458684.0] * 4,
    "pl_trandurh": [3.0] * 4,
}
BINARIES = {"TIC": [4, 5], "Per": [2.0, 3.0], "BJD0": [1400.0] * 2, "Wp_2g": [0.1, None]}


@pytest.fixture
def tables(tmp_path, monkeypatch):
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    (tmp_path / "tables").mkdir()
    return tmp_path / "tables"


def test_a_star_is_known_whether_or_not_its_entry_has_an_ephemeris(tables):
    pd.DataFrame(TOI).to_csv(tables / "toi.csv", index=False)
    pd.DataFrame(BINARIES).to_parquet(tables / "binaries.parquet")
    known = known_stars("TIC")
    assert set(known.signals) == {"TIC 1", "TIC 3", "TIC 4"}
    assert known.without_ephemeris == {
        "TIC 2": "no period",
        "TIC 3": "no period",
        "TIC 5": "no duration",
    }
    assert known.missing == () and known.warning == ""
    among = known.among(["TIC 2", "TIC 4", "TIC 9"])
    assert set(among.signals) == {"TIC 4"} and set(among.without_ephemeris) == {"TIC 2"}


def test_variability_without_an_ephemeris_makes_no_star_known(tables):
    pd.DataFrame(
        {
            "target_id": [1, 2],
            "tce_plnt_num": 1,
            "tce_period": [None, None],
            "tce_time0bk": 132.0,
            "tce_duration": 2.4,
            "label": ["NTP", "AFP"],
        }
    ).to_csv(tables / "tce.csv", index=False)
    assert known_stars("KIC").without_ephemeris == {"KIC 2": "no period"}


def test_a_missing_catalogue_is_named(tables, caplog):
    pd.DataFrame(TOI).to_csv(tables / "toi.csv", index=False)
    known = known_stars("TIC")
    assert known.missing == ("TESS eclipsing binary catalogue",)
    assert "without TESS eclipsing binary catalogue" in known.warning
    assert "known signals are incomplete: no TESS eclipsing binary catalogue" in caplog.text


def test_the_sample_s_tables_know_nothing_of_other_stars(monkeypatch, tmp_path):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    assert known_stars("KIC", stars_of=SAMPLE / "light_curves").missing == ()
    missing = known_stars("KIC", stars_of=tmp_path).missing
    assert len(missing) == 3 and all("the sample's stars" in one for one in missing)


def test_a_mission_without_catalogues_has_no_known_stars():
    known = known_stars("IBIS")
    assert (known.signals, known.without_ephemeris, known.missing) == ({}, {}, ())


@pytest.mark.data
def test_single_transits_and_binaries_without_a_width_are_known():
    known = known_stars("TIC")
    new = known.without_ephemeris.keys() - known.signals.keys()
    # 82 objects of interest and 171 binaries, of which some stars have another entry
    assert 150 < len(new) <= 253
    assert known.missing == ()
