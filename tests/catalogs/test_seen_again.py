"""Kepler's signals in light curves that TESS took of the same stars."""

import numpy as np
import pandas as pd
import pytest
from fabricate import tess_fits

from exoval.catalogs.koi import read_koi
from exoval.catalogs.seen_again import SeenAgain, koi_positions
from exoval.errors import BadParameter, DataNotFound
from exoval.missions.library import open_library
from exoval.missions.tess import tess
from train.data.real import RealCandidates

ARCSEC = 1 / 3600
KOI = {
    "kepid": 757450,
    "kepoi_name": "K00001.01",
    "koi_disposition": "CONFIRMED",
    "koi_period": 2.5,
    "koi_time0bk": 130.25,
    "koi_duration": 3.0,
    "koi_depth": 9000.0,
    "koi_model_snr": 200.0,
    "ra": 290.0,
    "dec": 44.0,
}


@pytest.fixture
def koi_table(tmp_path, monkeypatch):
    def write(*rows):
        folder = tmp_path / "tables" / "kepler"
        folder.mkdir(parents=True, exist_ok=True)
        pd.DataFrame([KOI, *rows]).to_parquet(folder / "koi_dr25_2020-07.parquet")
        monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))

    return write


def seen_again(**settings):
    return SeenAgain(read_koi, koi_positions, **settings)


def test_a_star_is_known_by_its_place_and_its_clock_is_turned(tmp_path, koi_table):
    koi_table(
        KOI | {"kepoi_name": "K00001.02", "koi_period": 7.0},
        KOI | {"kepid": 999, "kepoi_name": "K00009.01", "dec": 46.0},
    )
    # two arcsec away in both directions; cos(44 deg) makes 2.8 arcsec of right ascension two
    tess_fits(tmp_path, tic=11, ra=290.0 + 2.8 * ARCSEC, dec=44.0 + 2 * ARCSEC)
    tess_fits(tmp_path, tic=12, ra=290.0, dec=44.0 + 30 * ARCSEC)
    found = seen_again()(open_library(tess(), folder=tmp_path))
    assert [(one.target, one.name) for one in found] == [
        ("TIC 11", "K00001.01"),
        ("TIC 11", "K00001.02"),
    ]
    assert found[0].disposition == "planet"
    # the same moment in BJD
    assert found[0].ephemeris.epoch + 2457000 == pytest.approx(130.25 + 2454833)
    assert found[0].ephemeris.period == 2.5


def test_two_stars_at_one_place_are_nobodys(tmp_path, koi_table):
    koi_table(KOI | {"kepid": 757451, "kepoi_name": "K00002.01", "dec": 44.0 + 1 * ARCSEC})
    tess_fits(tmp_path, tic=11, ra=290.0, dec=44.0)
    assert seen_again()(open_library(tess(), folder=tmp_path)) == []
    assert len(seen_again(within_arcsec=0.5)(open_library(tess(), folder=tmp_path))) == 1


def test_real_candidates_take_them_beside_other_catalogues(tmp_path, koi_table):
    koi_table()
    tess_fits(tmp_path, tic=11, ra=290.0, dec=44.0)
    candidates = RealCandidates((), seen_again=(seen_again(),)).candidates(
        open_library(tess(), folder=tmp_path)
    )
    assert [candidate.name for candidate, _ in candidates] == ["K00001.01"]


def test_stars_without_a_place_are_left_out(tmp_path, koi_table):
    koi_table()
    tess_fits(tmp_path, tic=11, ra=np.nan, dec=np.nan)
    assert seen_again()(open_library(tess(), folder=tmp_path)) == []


def test_wrong_radius_and_missing_table(tmp_path, monkeypatch):
    with pytest.raises(BadParameter, match="within_arcsec"):
        seen_again(within_arcsec=0.0)
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    with pytest.raises(DataNotFound):
        koi_positions()
