"""Signals by the names that people type."""

import pandas as pd
import pytest

from exoval.catalogs.koi import read_koi
from exoval.catalogs.named_signal import named_signal, star_of_name
from exoval.catalogs.toi import read_toi, toi_name
from exoval.errors import DataNotFound

KOI = {"koi_disposition": "CONFIRMED", "koi_time0bk": 130.0, "koi_duration": 2.0}
TOI = {"tfopwg_disp": "CP", "pl_tranmid": 2458520.0, "pl_trandurh": 2.0}


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """Two planets of one Kepler star, two TOIs of one TESS star and one without a number."""
    for part in ("kepler", "tess"):
        (tmp_path / "tables" / part).mkdir(parents=True)
    koi = {"kepoi_name": ["K00157.01", "K00157.02"], "kepler_name": ["Kepler-11 c", None]}
    pd.DataFrame({"kepid": 6541920, "koi_period": [13.0, 22.7]} | koi | KOI).to_parquet(
        tmp_path / "tables/kepler/koi_dr25_2020-07.parquet"
    )
    toi = {"toi": [1136.01, 1136.02, None], "tid": [142276270, 142276270, 5]}
    pd.DataFrame(toi | {"pl_orbper": [12.5, 6.3, 2.0]} | TOI).to_parquet(
        tmp_path / "tables/tess/toi_2025-10.parquet"
    )
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    return tmp_path / "tables"


@pytest.mark.parametrize(
    "name",
    ["TOI-1136.02", "TOI 1136.02", "toi1136.02", "TOI-01136.2", "TOI_1136.02", "1136.02"],
)
def test_a_toi_by_its_number(tables, name):
    found = named_signal(name, "TIC")
    assert found.target == "TIC 142276270" and found.ephemeris.period == 6.3


@pytest.mark.parametrize("name", ["TIC 142276270.02", "tic142276270.02", "TIC-142276270.2"])
def test_a_toi_by_its_star_and_the_number_of_its_row(tables, name):
    assert named_signal(name, "TIC").ephemeris.period == 6.3


@pytest.mark.parametrize(
    "name", ["K00157.01", "KOI-157.01", "koi 157.1", "Kepler-11 c", "KEPLER 11c", "Kepler-11C"]
)
def test_an_object_of_interest_and_its_planets_name(tables, name):
    assert named_signal(name, "KIC").name == "K00157.01"


@pytest.mark.parametrize(("name", "prefix"), [("TOI-1136", "TIC"), ("KOI-157", "KIC")])
def test_a_system_lists_its_signals(tables, name, prefix):
    with pytest.raises(DataNotFound, match=r"is a system with 2 .*\.01.*\.02.*or the star"):
        named_signal(name, prefix)
    with pytest.raises(DataNotFound, match=r"system with 1 .*Kepler-11 c \(K00157.01\)"):
        named_signal("Kepler-11", "KIC")


def test_a_name_of_another_missions_stars_says_so(tables):
    with pytest.raises(DataNotFound, match=r"a signal of a TIC star.*named KIC"):
        named_signal("TOI-1136.01", "KIC")
    with pytest.raises(DataNotFound, match=r"a signal of a KIC star.*named TIC"):
        named_signal("Kepler-11 c", "TIC")


@pytest.mark.parametrize(
    ("table", "name", "prefix", "told"),
    [
        ("tess/toi_2025-10", "TOI-1136.01", "TIC", "no TOI table.*Download"),
        ("kepler/koi_dr25_2020-07", "Kepler-11 c", "KIC", "no KOI table.*Download"),
        ("kepler/koi_dr25_2020-07", "K00157.01", "KIC", "no KOI table.*Download"),
    ],
)
def test_the_missing_table_is_named_though_others_are_there(tables, table, name, prefix, told):
    (tables / f"{table}.parquet").unlink()
    pd.DataFrame(
        {"TIC": [7], "Per": 3.0, "BJD0": 1500.0, "Wp_2g": 0.02, "Dp_2g": 0.1}
        | {"Wp_pf": 0.02, "Dp_pf": 0.1}
    ).to_parquet(tables / "tess/eclipsing_binaries_prsa2022.parquet")
    with pytest.raises(DataNotFound, match=told):
        named_signal(name, prefix)


def test_a_table_without_the_numbers_says_which_column_is_missing(tables):
    path = tables / "tess/toi_2025-10.parquet"
    pd.read_parquet(path).drop(columns="toi").to_parquet(path)
    with pytest.raises(DataNotFound, match=r"no column 'toi'.*Download.*'TIC 1234567\.01'"):
        named_signal("TOI-1136.01", "TIC")
    assert named_signal("TIC 142276270.01", "TIC").ephemeris.period == 12.5


def test_similar_names_are_suggested(tables):
    with pytest.raises(DataNotFound, match=r"TOI-1136\.02"):
        named_signal("TOI-1136.03", "TIC")
    with pytest.raises(DataNotFound, match="similar names are Kepler-11 c"):
        named_signal("Kepler-11 d", "KIC")


def test_other_names_are_those_of_the_table(tables):
    names = [one.other_names for one in read_toi()]
    assert names == [("TOI-1136.01",), ("TOI-1136.02",), ()]
    assert [one.other_names for one in read_koi()] == [("Kepler-11 c",), ()]


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (1136.01, "TOI-1136.01"),
        (1136.1, "TOI-1136.10"),
        ("1136.01", "TOI-1136.01"),
        ("toi 1136.1", "TOI-1136.01"),
        ("0.01", None),
        (float("nan"), None),
        ("1136", None),
        (None, None),
    ],
)
def test_the_name_of_a_number(number, name):
    assert toi_name(number) == name


@pytest.mark.parametrize("name", ["TOI-2.01", "toi 2.1", "TIC 1001.01", "TOI of TIC 1001.01"])
def test_an_entry_without_ephemeris_is_not_said_to_be_unknown(tmp_path, monkeypatch, name):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/toi.csv").write_text(
        "toi,tid,tfopwg_disp,pl_orbper,pl_tranmid,pl_trandurh\n"
        "2.01,1001,PC,,2458684.0,5.4\n3.01,1002,PC,5.0,2458684.0,5.4\n"
    )
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    with pytest.raises(DataNotFound, match=r"listed with no period .* star 'TIC 1001'"):
        named_signal(name, "TIC")
    assert named_signal("TOI-3.01", "TIC").target == "TIC 1002"


@pytest.mark.parametrize("name", ["TOI-1136 d", "TOI 1136d", "toi-1136 b", "TIC 142276270 c"])
def test_the_letter_of_a_planet_is_said_to_be_unknown(tables, name):
    with pytest.raises(DataNotFound, match=r"letters of planets.*TOI-1136\.01.*TOI-1136\.02"):
        named_signal(name, "TIC")


def test_the_letter_of_a_planet_of_an_unknown_system(tables):
    with pytest.raises(DataNotFound, match=r"letters of planets; none of the system is listed"):
        named_signal("TOI-9999 b", "TIC")
    with pytest.raises(DataNotFound, match=r"letters of planets.*Kepler-11 c \(K00157\.01\)"):
        named_signal("KIC 6541920 b", "KIC")


def test_the_letter_of_a_planet_where_even_the_numbers_are_missing(tables):
    path = tables / "tess/toi_2025-10.parquet"
    pd.read_parquet(path).drop(columns="toi").to_parquet(path)
    with pytest.raises(DataNotFound, match=r"no column 'toi'.*letters of planets"):
        named_signal("TOI-1136 d", "TIC")


@pytest.mark.parametrize(
    ("name", "prefix", "star"),
    [
        ("TOI-1136", "TIC", "TIC 142276270"),
        ("TOI-1136.03", "TIC", "TIC 142276270"),
        ("TOI 1136 d", "TIC", "TIC 142276270"),
        ("1136.02", "TIC", "TIC 142276270"),
        ("KOI-157", "KIC", "KIC 6541920"),
        ("K00157.07", "KIC", "KIC 6541920"),
        ("Kepler-11", "KIC", "KIC 6541920"),
        ("Kepler-11 h", "KIC", "KIC 6541920"),
    ],
)
def test_the_star_of_a_name(tables, name, prefix, star):
    """An ephemeris that is given needs the star alone."""
    assert star_of_name(name, prefix) == star
    for unknown in ("TOI-113.01", "Kepler-1 b", "WASP-18 b"):
        with pytest.raises(DataNotFound):
            star_of_name(unknown, prefix)


def test_the_star_of_an_entry_without_ephemeris(tmp_path, monkeypatch):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/toi.csv").write_text(
        "toi,tid,tfopwg_disp,pl_orbper,pl_tranmid,pl_trandurh\n2.01,1001,PC,,2458684.0,5.4\n"
    )
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    assert star_of_name("TOI-2.01", "TIC") == star_of_name("TOI-2 b", "TIC") == "TIC 1001"
