"""Tables are recognised by their columns under any name, and rows are used or counted."""

import gzip
import io
import logging
import os

import pandas as pd
import pytest

from exoval.catalogs import (
    certified_false_positives,
    eclipsing_binaries,
    koi,
    positional_probability,
    robovetter,
    simulated_tce,
    spoc_tce,
    tce,
    tess_eclipsing_binaries,
    tess_exofinder,
    tess_triage,
    toi,
    vespa,
)
from exoval.catalogs.koi_features import koi_features
from exoval.catalogs.table import CatalogTable, candidates, without_ephemeris
from exoval.doctor import catalogue_tables
from exoval.errors import BadTable, DataNotFound
from exoval.labels import PLANET, UNKNOWN
from exoval.missions.tess import BTJD_ZERO

KOI = pd.DataFrame(
    {
        "kepid": [757450, 1026032],
        "kepoi_name": ["K00889.01", "K06252.01"],
        "koi_disposition": ["CONFIRMED", "FALSE POSITIVE"],
        "koi_period": [8.885, 8.46],
        "koi_time0bk": [169.98, 133.77],
        "koi_duration": [2.07, 5.5],
        "koi_depth": [16053.0, 100.0],
    }
)
TOI = pd.DataFrame(
    {
        "toi": [1136.01, 1136.02],
        "tid": [142276270, 142276270],
        "tfopwg_disp": ["CP", "PC"],
        "pl_orbper": [12.5187, 6.2586],
        "pl_tranmid": [2458684.0, 2458680.0],
        "pl_trandurh": [5.38, 3.2],
        "pl_trandep": [2320.0, 813.0],
    }
)
TCE = pd.DataFrame(
    {
        "target_id": [1, 2],
        "tce_plnt_num": [1, 2],
        "tce_period": [5.0, 6.0],
        "tce_time0bk": [132.0, 133.0],
        "tce_duration": [2.4, 3.0],
        "label": ["PC", "NTP"],
    }
)


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """The folder of tables of EXOVAL_DATA, empty."""
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    folder = tmp_path / "tables"
    folder.mkdir()
    return folder


def archive(frame):
    return "# This file was produced by the NASA Exoplanet Archive\n#\n" + frame.to_csv(index=False)


def parquet(frame):
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cumulative_2025.10.01_00.00.00.csv", archive(KOI).encode()),
        ("kepler/koi_dr25_2020-07.csv", archive(KOI).encode()),
        ("kepler/koi_dr25_2020-07.parquet", archive(KOI).encode()),
        ("mine/deep/down/table.txt", b"***PLEASE READ***\n" + archive(KOI).encode()),
        ("koi.csv.gz", gzip.compress(archive(KOI).encode())),
        ("koi", parquet(KOI)),
        ("koi.csv", parquet(KOI)),
        ("KOI.CSV", KOI.rename(columns=str.upper).to_csv(index=False).encode()),
    ],
)
def test_a_table_has_any_name_format_and_place(name, content, tables):
    path = tables / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    found = koi.read_koi()
    assert [(one.target, one.name, one.ephemeris.period) for one in found] == [
        ("KIC 757450", "K00889.01", 8.885),
        ("KIC 1026032", "K06252.01", 8.46),
    ]
    assert found[0].depth == pytest.approx(0.016053)


def test_the_newest_table_is_read_and_named_in_the_log(tables, caplog):
    archive_of = {
        "koi_dr25_2020-07.csv": 1.0,
        "cumulative_2025.10.01_00.00.00.csv": 2.0,
        "cumulative_2024.10.01_00.00.00.csv": 3.0,
    }
    for name, period in archive_of.items():
        (tables / name).write_text(archive(KOI.assign(koi_period=period)))
    with caplog.at_level(logging.INFO):
        assert koi.read_koi()[0].ephemeris.period == 2.0
    assert "cumulative_2025.10.01_00.00.00.csv of 2025-10-01, the first of 3" in caplog.text


def test_of_one_date_the_usual_place_comes_first(tables):
    for name, period in (("a.parquet", 1.0), ("kepler/koi_dr25_2020-07.parquet", 2.0)):
        path = tables / name
        path.parent.mkdir(exist_ok=True)
        KOI.assign(koi_period=period).to_parquet(path)
    (tables / "a.parquet").rename(tables / "koi_2020-07-01.parquet")
    assert koi.read_koi()[0].ephemeris.period == 2.0


def test_a_failed_download_does_not_hide_an_older_table(tables):
    (tables / "cumulative_2025.10.01.csv").write_text("")
    (tables / "cumulative_2025.11.01.csv").write_text("<html>\n<title>Error, try later</title>\n")
    (tables / "cumulative_2020.10.01.csv").write_text(archive(KOI))
    assert len(koi.read_koi()) == 2


def test_a_newer_copy_without_a_column_leaves_it_to_an_older_one(tables, caplog):
    (tables / "koi_2025-01-01.csv").write_text(archive(KOI))
    (tables / "koi_2020-01-01.csv").write_text(archive(KOI.assign(ra=[1.0, 2.0])))
    with caplog.at_level(logging.INFO):
        assert list(koi.TABLE.read(None, ("kepid", "ra"))["ra"]) == [1.0, 2.0]
    assert "as koi_2025-01-01.csv lacks columns that are needed" in caplog.text


def test_a_table_without_a_row_is_refused(tables):
    (tables / "koi_2025-01-01.csv").write_text(archive(KOI[:0]))
    with pytest.raises(BadTable, match="no row"):
        koi.read_koi()


ONE_OF_EACH = {
    koi: KOI,
    toi: TOI,
    tce: TCE,
    eclipsing_binaries: pd.DataFrame(
        {"KIC": [1], "period": [2.0], "bjd0": [54970.0], "pdepth": [0.1], "pwidth": [0.1]}
    ),
    tess_eclipsing_binaries: pd.DataFrame(
        {"TIC": [1], "Per": [2.0], "BJD0": [1400.0], "Wp_2g": [0.1], "Dp_2g": [0.2]}
    ),
    certified_false_positives: pd.DataFrame(
        {"kepid": [1], "kepoi_name": ["K00001.01"], "fpwg_disp_status": ["CERTIFIED FP"]}
    ),
    positional_probability: pd.DataFrame({"kepoi_name": ["K00001.01"], "pp_host_rel_prob": [0.9]}),
    robovetter: pd.DataFrame({"kepid": [1], "tce_plnt_num": [1], "score": [0.5], "disp": ["PC"]}),
    vespa: pd.DataFrame({"kepid": [1], "kepoi_name": ["K00001.01"], "fpp_prob": [0.1]}),
    spoc_tce: pd.DataFrame(
        {
            "tceid": ["1-01"],
            "run": ["s0001-s0001"],
            "ticid": [1],
            "orbitalPeriodDays": [1.0],
            "transitEpochBtjd": [1325.0],
            "transitDurationHours": [2.0],
        }
    ),
    tess_triage: pd.DataFrame(
        {name: [1.0] for name in tess_triage.NEEDED}
        | {"tic_id": [1], "global_view": [[0.0] * 201], "local_view": [[0.0] * 61]}
    ),
    tess_exofinder: pd.DataFrame(
        {name: [1.0] for name in tess_exofinder.NEEDED}
        | {"tic": [1], "global_view": [[0.0] * 201], "local_view": [[0.0] * 61]}
    ),
    simulated_tce: pd.DataFrame(
        {name: [1.0] for name in simulated_tce.NEEDED}
        | {"TCE_ID": ["000000001-01"], "KIC": [1], "dataset": ["inv"], "Expected_MES": [9.0]}
    ),
}


def test_no_kind_of_table_is_taken_for_another(tables):
    """All kinds side by side under names that say nothing: each finds its own file alone."""
    assert {module.TABLE.file for module in ONE_OF_EACH} == {
        table.file for table in catalogue_tables()
    }
    for number, frame in enumerate(ONE_OF_EACH.values()):
        frame.to_parquet(tables / f"{number}.parquet")
    for number, module in enumerate(ONE_OF_EACH):
        found = module.TABLE.found(tables.parent)
        assert [one.path.name for one in found] == [f"{number}.parquet"], module.TABLE.name


def test_detections_joined_with_their_objects_are_no_table_of_objects(tables):
    joined = TCE.assign(**{name: KOI[name] for name in KOI}, fpwg_disp_status="CERTIFIED FP")
    joined.to_parquet(tables / "everything.parquet")
    assert not koi.TABLE.found(tables.parent)
    assert not certified_false_positives.TABLE.found(tables.parent)
    assert len(tce.TABLE.found(tables.parent)) == 1


def test_detections_of_dr24_serve_where_there_are_none_of_dr25(tables):
    older = TCE.rename(columns={"target_id": "kepid", "label": "av_training_set"})
    path = tables / "q1_q17_dr24_tce_2025.11.01.csv"
    path.write_text(archive(older))
    first, second = tce.read_tce()
    assert (first.target, first.label, first.provenance) == ("KIC 1", "PC", "TCE DR24")
    assert second.name == "TCE 2-02"
    (tables / "tce_2020-01-01.csv").write_text(archive(TCE))
    assert tce.read_tce()[0].provenance == "TCE DR25"


def test_exofop_s_list_of_tois(tables, caplog):
    exofop = TOI.rename(
        columns={
            "toi": "TOI",
            "tid": "TIC ID",
            "tfopwg_disp": "TFOPWG Disposition",
            "pl_orbper": "Period (days)",
            "pl_tranmid": "Epoch (BJD)",
            "pl_trandurh": "Duration (hours)",
            "pl_trandep": "Depth (ppm)",
        }
    )
    (tables / "exofop_tess_tois.csv").write_text(exofop.to_csv(index=False))
    with caplog.at_level(logging.INFO):
        ours = toi.read_toi()
    assert "TIC ID as tid" in caplog.text and "Epoch (BJD) as pl_tranmid" in caplog.text
    (tables / "exofop_tess_tois.csv").write_text(archive(TOI))
    # as text, where not-a-number equals itself
    assert repr(ours) == repr(toi.read_toi())
    assert ours[0].ephemeris.epoch == 2458684.0 - BTJD_ZERO
    assert ours[0].depth == pytest.approx(2.32e-3)


def test_community_objects_are_no_tois(tables):
    ctoi = "TIC ID,CTOI,TFOPWG Disposition,User Disposition,Transit Epoch (BJD),Period (days),"
    (tables / "ctoi.csv").write_text(ctoi + "Duration (hours)\n1,1.01,PC,PC,2458684.0,3.0,2.0\n")
    assert not toi.TABLE.found(tables.parent)


def test_binaries_as_their_own_sites_publish_them(tables):
    (tables / "kebc_v3.csv").write_text(
        "# Kepler Eclipsing Binary Catalog\n#KIC,period,period_err,bjd0,bjd0_err,pdepth,pwidth,\n"
        "5,2.0,0.1,54953.5,0.1,0.3,0.1,\n"
    )
    (tables / "hlsp_tess-ebs.csv").write_text(
        "tess_id,period,bjd0,prim_width_2g,prim_depth_2g\n7,4.0,1553.0,0.05,0.2\n"
    )
    kepler = eclipsing_binaries.read_eclipsing_binaries()
    tess = tess_eclipsing_binaries.read_tess_eclipsing_binaries()
    assert [(one.target, one.ephemeris.duration, one.depth) for one in (*kepler, *tess)] == [
        ("KIC 5", pytest.approx(0.2), 0.3),
        ("TIC 7", pytest.approx(0.2), 0.2),
    ]
    # BJD - 2400000 on Kepler's clock, and BTJD as it is
    assert kepler[0].ephemeris.epoch == pytest.approx(120.5) and tess[0].ephemeris.epoch == 1553.0


@pytest.mark.parametrize("word", ["", "nan", "NOT DISPOSITIONED", "CANDIDATE"])
def test_an_object_without_disposition_is_of_unknown_disposition(word, tables):
    text = archive(KOI).replace("FALSE POSITIVE", word)
    (tables / "koi.csv").write_text(text)
    first, second = koi.read_koi()
    assert (first.disposition, second.disposition) == (PLANET, UNKNOWN)
    assert second.label == (word if word == "CANDIDATE" else "NOT DISPOSITIONED")


def test_an_unknown_word_counts_as_unknown_and_is_named(tables, caplog):
    (tables / "toi.csv").write_text(archive(TOI.assign(tfopwg_disp=["CP", "MAYBE"])))
    assert [one.disposition for one in toi.read_toi()] == [PLANET, UNKNOWN]
    assert "'MAYBE' (1 rows)" in caplog.text


def test_rows_that_cannot_be_used_are_counted_and_the_others_read(tables, caplog):
    text = archive(KOI) + (
        ",,,days,BKJD,h,ppm\n"
        "KIC 5,K00005.01,CANDIDATE,3.0,131.0,2.0,100\n"
        "6,K00006.01,CANDIDATE,unknown,131.0,2.0,100\n"
        "7.0,,CANDIDATE,4.0,131.0,2.0,100\n"
    )
    (tables / "koi.csv").write_text(text)
    with caplog.at_level(logging.INFO):
        found = koi.read_koi()
    assert [(one.target, one.name) for one in found[2:]] == [
        ("KIC 5", "K00005.01"),
        ("KIC 7", "KIC 7"),
    ]
    assert "2 values of koi_period are no numbers" in caplog.text
    assert "1 of 6 rows have no star" in caplog.text
    assert "1 of 5 rows have no usable ephemeris" in caplog.text


def test_a_table_of_one_s_own_is_found_at_its_place_with_its_texts(tables):
    own = CatalogTable(file="ibis/candidates.csv", name="Ibis candidates", download="ask")
    with pytest.raises(DataNotFound, match=r"ask, and put it at .*ibis/candidates\.csv"):
        own.read(None, ("star",))
    (tables / "ibis").mkdir()
    (tables / "ibis/candidates.csv").write_text("star,verdict,hours\nA1,PC,2.0\nA2,FP,--\n")
    frame = own.read(None, ("star", "verdict", "hours"))
    assert list(frame["star"]) == ["A1", "A2"] and list(frame["verdict"]) == ["PC", "FP"]
    assert frame["hours"].dtype == float


def test_a_missing_table_says_what_where_and_how_to_see_more(tables):
    with pytest.raises(DataNotFound) as raised:
        toi.read_toi()
    for part in ("TESS Project Candidates", str(tables), "any name", "python -m exoval doctor"):
        assert part in str(raised.value)


def test_a_row_without_ephemeris_gives_no_candidate_but_its_star():
    nothing = float("nan")
    frame = pd.DataFrame(
        [
            ("TIC 1", 5.0, 10.0, 0.1, "PC"),
            ("TIC 2", nothing, 10.0, 0.1, "PC"),
            ("TIC 3", 0.0, 10.0, 0.1, "PC"),
            ("TIC 4", 5.0, nothing, 0.1, "CP"),
            ("TIC 5", 5.0, 10.0, nothing, "CP"),
            ("TIC 6", 5.0, 10.0, 0.0, "CP"),
            ("TIC 7", 5.0, 10.0, 5.0, "CP"),
            ("TIC 8", nothing, 10.0, 0.1, "NTP"),
        ],
        columns=["target", "period", "epoch", "duration", "label"],
    ).assign(name="a", depth=1e-3, disposition="PC", signal_to_noise=nothing)
    assert [one.target for one in candidates(frame, provenance="")] == ["TIC 1"]
    assert {one.target: one.lacks for one in without_ephemeris(frame)} == {
        "TIC 2": "no period",
        "TIC 3": "no period",
        "TIC 4": "no epoch",
        "TIC 5": "no duration",
        "TIC 6": "no duration",
        "TIC 7": "a duration as long as its period",
    }
    named = frame.assign(other_name=["TOI-1.01", "TOI-2.01", *[None] * 6])
    assert [one.names for one in without_ephemeris(named)][:2] == [("a", "TOI-2.01"), ("a",)]


@pytest.mark.data
def test_the_dated_names_are_those_that_are_read(data_folder):
    for table in catalogue_tables():
        found = table.found(data_folder)
        assert found[0].path.resolve() == (data_folder / "tables" / table.file).resolve()


def test_the_time_of_the_last_change_decides_without_a_date(tables):
    for name, period, changed in (("a.csv", 1.0, 1.7e9), ("b.csv", 2.0, 1.6e9)):
        (tables / name).write_text(archive(KOI.assign(koi_period=period)))
        os.utime(tables / name, (changed, changed))
    assert koi.read_koi()[0].ephemeris.period == 1.0


def test_measurements_of_a_table_with_units_are_numbers(tables):
    """Columns that a reader of everything takes, below a row of units."""
    (tables / "koi.csv").write_text(
        archive(KOI).replace("koi_depth\n", "koi_depth\n,,,d,d,h,ppm\n")
    )
    features = koi_features().frame
    assert list(features["event"]) == ["K00889.01", "K06252.01"]
    assert list(features["period"]) == [8.885, 8.46]
    assert list(features["duration_over_period"]) == pytest.approx(
        [2.07 / 24 / 8.885, 5.5 / 24 / 8.46]
    )
