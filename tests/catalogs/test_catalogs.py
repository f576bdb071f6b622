import logging
import math

import pandas as pd
import pytest

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.eclipsing_binaries import read_eclipsing_binaries
from exoval.catalogs.known_signals import (
    distinct_signals,
    stars_with_known_signals,
)
from exoval.catalogs.koi import TABLE as KOI
from exoval.catalogs.koi import read_koi
from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.catalogs.tce import TABLE as TCE
from exoval.catalogs.tce import read_tce
from exoval.data_folder import SAMPLE
from exoval.ephemeris import Ephemeris, is_same_signal
from exoval.errors import BadTable, DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from train.data.real import RealCandidates

ARCHIVE_CSV = """\
# This file was produced by the NASA Exoplanet Archive
# COLUMN kepid:          KepID
# COLUMN koi_duration:   Transit Duration [hrs]
kepid,kepoi_name,koi_disposition,koi_period,koi_time0bk,koi_duration,koi_depth
757450,K00889.01,CONFIRMED,8.88492,169.98,2.07,16053.0
1026032,K06252.01,FALSE POSITIVE,8.46,133.77,5.5,
1026957,K00958.01,CANDIDATE,21.76,,1.7,100.0
1432789,K01234.01,CANDIDATE,0.5,140.0,13.0,100.0
"""


def test_the_archive_s_csv_as_downloaded(tmp_path, caplog):
    path = tmp_path / "cumulative_2024.01.01.csv"
    path.write_text(ARCHIVE_CSV)
    with caplog.at_level(logging.INFO):
        first, second = read_koi(path)
    assert (first.target, first.name, first.label) == ("KIC 757450", "K00889.01", "CONFIRMED")
    assert first.disposition == PLANET and second.disposition == FALSE_POSITIVE
    assert first.ephemeris.period == 8.88492 and first.ephemeris.epoch == 169.98
    assert first.ephemeris.duration == pytest.approx(2.07 / 24)
    assert first.depth == pytest.approx(0.016053)
    assert math.isnan(second.depth) and math.isnan(first.signal_to_noise)
    # one row without epoch and one with a duration (in hours!) longer than its period
    assert "2 of 4 rows" in caplog.text


def test_eclipsing_binaries_in_days_and_bkjd(tmp_path, caplog):
    path = tmp_path / "kirk.csv"
    pd.DataFrame(
        {
            "KIC": [5, 5, 6, 7],
            "period": [2.0, 30.0, 4.0, 8.0],
            "bjd0": [54953.5, 55000.0, 54990.0, 5500.4],
            "pwidth": [0.1, 0.05, -1.0, 0.1],
            "pdepth": [0.3, -1.0, 0.2, 0.2],
        }
    ).to_csv(path, index=False)
    with caplog.at_level(logging.INFO):
        first, second = read_eclipsing_binaries(path)
    # BJD - 2400000 on a clock whose zero is BJD 2454833
    assert first.ephemeris.epoch == pytest.approx(2400000 + 54953.5 - 2454833)
    assert first.ephemeris.duration == pytest.approx(0.2)
    assert first.depth == 0.3 and math.isnan(second.depth)
    assert (first.label, first.disposition) == ("EB", FALSE_POSITIVE)
    assert first.name != second.name and first.target == second.target == "KIC 5"
    assert "2 of 4 rows" in caplog.text


def test_threshold_crossing_events(tmp_path):
    path = tmp_path / "tce.parquet"
    pd.DataFrame(
        {
            "target_id": [1, 1, 2, 3],
            "tce_plnt_num": [1, 2, 1, 1],
            "tce_period": 5.0,
            "tce_time0bk": 132.0,
            "tce_duration": 2.4,
            "label": ["PC", "NTP", "AFP", "PC"],
            "transit_depth": [100.0, 50.0, 0.0, 80.0],
            "tce_max_mult_ev": 9.0,
            "koi_disposition": ["CONFIRMED", None, "FALSE POSITIVE", None],
        }
    ).to_parquet(path)
    found = read_tce(path)
    assert [c.disposition for c in found] == [PLANET, FALSE_POSITIVE, FALSE_POSITIVE, UNKNOWN]
    assert [c.name for c in found] == ["TCE 1-01", "TCE 1-02", "TCE 2-01", "TCE 3-01"]
    assert found[0].ephemeris.duration == pytest.approx(0.1)
    assert found[0].depth == pytest.approx(1e-4) and math.isnan(found[2].depth)


@pytest.mark.parametrize(
    ("read", "table"),
    [
        (read_koi, "cumulative"),
        (read_tce, "q1_q17_dr25_tce"),
        (read_eclipsing_binaries, "J/AJ/151/68"),
    ],
)
def test_a_missing_table_is_named_with_its_source(read, table, tmp_path, monkeypatch):
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    with pytest.raises(DataNotFound, match=rf"{table}.*Download.*any name.*exoval doctor"):
        read()
    with pytest.raises(DataNotFound, match=r"absent\.csv"):
        read(tmp_path / "absent.csv")


def test_a_table_without_its_columns_or_broken_is_refused(tmp_path):
    path = tmp_path / "koi.csv"
    path.write_text("kepid,koi_period\n1,2\n")
    with pytest.raises(BadTable, match="koi_time0bk"):
        read_koi(path)
    path = tmp_path / "koi.parquet"
    path.write_bytes(b"PAR1 nonsense")
    with pytest.raises(BadTable, match=r"koi\.parquet"):
        read_koi(path)


def test_known_signals_without_tables_warn_and_go_on(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    assert stars_with_known_signals(signal_catalogues("KIC")) == {}
    assert caplog.text.count("known signals are incomplete") == 3


def test_without_data_the_catalogues_are_those_of_the_sample(tmp_path, monkeypatch, caplog):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    known = stars_with_known_signals(signal_catalogues("KIC"), stars_of=SAMPLE / "light_curves")
    assert len(known) == 20 and "incomplete" not in caplog.text
    # of other stars they know nothing
    stars_with_known_signals(signal_catalogues("KIC"), stars_of=tmp_path)
    assert "known signals are incomplete: EXOVAL_DATA is not set" in caplog.text


@pytest.mark.parametrize(("table", "columns"), [(TCE, None), (KOI, ("kepid", "koi_score"))])
def test_the_sample_passes_for_no_complete_table(table, columns, monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    with pytest.raises(DataNotFound, match=r"no complete.*EXOVAL_DATA is not set.*sample"):
        table.read_all(None) if columns is None else table.read(None, columns)


def test_an_ntp_does_not_make_a_known_signal(tmp_path):
    path = tmp_path / "tce.csv"
    pd.DataFrame(
        {
            "target_id": [1, 2, 2],
            "tce_plnt_num": [1, 1, 2],
            "tce_period": 5.0,
            "tce_time0bk": 132.0,
            "tce_duration": 2.4,
            "label": ["NTP", "AFP", "PC"],
        }
    ).to_csv(path, index=False)
    known = stars_with_known_signals([lambda: read_tce(path)])
    assert list(known) == ["KIC 2"]
    assert [candidate.label for candidate in known["KIC 2"]] == ["AFP", "PC"]


def test_a_signal_that_a_later_catalogue_names_again_counts_once():
    entries = [
        Candidate(
            target="KIC 1",
            name=name,
            ephemeris=Ephemeris(period, 1.0, 0.1),
            depth=1e-3,
            label="",
            disposition=PLANET,
            provenance="",
        )
        for name, period in (
            ("a", 3.0),
            ("b", 7.0),
            ("a again", 3.001),
            ("half", 1.5),
            ("twice", 14.002),
            ("near", 3.02),
            ("third", 1.0),
        )
    ]
    assert [one.name for one in distinct_signals(entries)] == ["a", "b", "near"]
    assert distinct_signals([]) == []


def test_real_candidates_and_lists_hide_the_same_signals(sample_folder):
    """A star's other signals are those of the tables, each once, whoever judges the event."""
    known = stars_with_known_signals(signal_catalogues("KIC"))
    candidates = RealCandidates(catalogs=signal_catalogues("KIC")).candidates(
        open_library(kepler())
    )
    for candidate, others in candidates:
        assert list(others) == [
            one.ephemeris
            for one in distinct_signals(known.get(candidate.target, ()))
            if not is_same_signal(one.ephemeris, candidate.ephemeris)
        ], candidate.name
    assert sum(len(others) for _, others in candidates) > 50


@pytest.mark.data
def test_real_tables_agree_where_they_list_the_same_signal(data_folder):
    """A PC and its KOI come from one pipeline run: epochs agree to a fraction of a transit."""
    by_star: dict[str, list] = {}
    for koi in read_koi():
        by_star.setdefault(koi.target, []).append(koi)
    apart = []
    for event in read_tce():
        for koi in by_star.get(event.target, []):
            same = abs(event.ephemeris.period / koi.ephemeris.period - 1) < 1e-4
            if event.label == "PC" and same:
                apart.append(
                    abs(koi.ephemeris.time_from_mid_event(event.ephemeris.epoch))
                    / koi.ephemeris.duration
                )
    assert len(apart) > 1500
    assert sum(value < 0.25 for value in apart) > 0.97 * len(apart)


@pytest.mark.data
def test_known_signals_of_real_stars(data_folder):
    known = stars_with_known_signals(signal_catalogues("KIC"))
    provenances = {candidate.provenance for candidate in known["KIC 10666592"]}
    assert provenances >= {"KOI", "TCE DR25"}
    assert len(known) > 5000
