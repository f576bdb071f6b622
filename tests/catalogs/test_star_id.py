"""A star is one star, however a table or a person writes its number."""

import logging

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.certified_false_positives import read_certified_false_positives
from exoval.catalogs.eclipsing_binaries import read_eclipsing_binaries
from exoval.catalogs.koi import read_koi
from exoval.catalogs.robovetter import read_robovetter
from exoval.catalogs.star_id import star_number, with_star_numbers
from exoval.catalogs.tce import read_tce
from exoval.catalogs.tess_eclipsing_binaries import read_tess_eclipsing_binaries
from exoval.catalogs.toi import read_toi
from exoval.catalogs.vespa import read_vespa
from exoval.errors import BadParameter

TIC = 74482749
GAIA = 5853498713190525696


@pytest.mark.parametrize(
    "written",
    [
        TIC,
        np.int32(TIC),
        float(TIC),
        np.float64(TIC),
        "74482749",
        "74482749.0",
        " TIC 74482749.0",
        "TIC74482749",
        "tic-074482749",
        "Tic_74482749",
        "7.4482749E7",
        "TIC 7.4482749e+07",
    ],
)
def test_one_star_in_many_spellings(written):
    assert star_number(written, prefix="TIC") == TIC


@pytest.mark.parametrize(
    "written",
    ["KIC 74482749", "TIC", "", "nan", float("nan"), 74482749.5, "1136.01", "K00002.01", -1, "-5"],
)
def test_what_is_no_number_of_such_a_star_is_none(written):
    assert star_number(written, prefix="TIC") is None


def test_no_digit_of_a_long_number_is_lost():
    assert star_number(str(GAIA)) == star_number(GAIA) == GAIA
    assert star_number(f"Gaia DR3 {GAIA}", prefix="Gaia DR3") == GAIA
    assert with_star_numbers(pd.DataFrame({"id": [GAIA]}), "id")["id"].tolist() == [str(GAIA)]
    assert with_star_numbers(pd.DataFrame({"id": [f"{GAIA}"]}), "id")["id"].tolist() == [str(GAIA)]


@pytest.mark.parametrize("written", ["1.42276E+08", float(GAIA), f"{float(GAIA):.6e}"])
def test_a_number_that_lost_digits_is_refused(written):
    with pytest.raises(BadParameter, match="digits"):
        star_number(written)
    with pytest.raises(BadParameter, match="digits"):
        with_star_numbers(pd.DataFrame({"id": [written]}), "id")


def test_rows_without_a_number_are_left_out_and_counted(caplog):
    table = pd.DataFrame({"tid": [7.0, None, 8.0], "x": [1, 2, 3]})
    with caplog.at_level(logging.WARNING):
        kept = with_star_numbers(table, "tid")
    assert kept["tid"].tolist() == ["7", "8"] and kept["x"].tolist() == [1, 3]
    assert kept.index.tolist() == [0, 1]
    assert "1 of 3 rows" in caplog.text
    mixed = pd.DataFrame({"tid": ["TIC 7.0", 8.0, "nobody", None]})
    assert with_star_numbers(mixed, "tid")["tid"].tolist() == ["7", "8"]


KOI = {"koi_period": 3.0, "koi_time0bk": 130.0, "koi_duration": 2.0}
TCE = {"tce_plnt_num": 1, "tce_period": 3.0, "tce_time0bk": 130.0, "tce_duration": 2.0}
TOI = {"tfopwg_disp": "PC", "pl_orbper": 3.0, "pl_tranmid": 2458520.0, "pl_trandurh": 2.0}
EB = {"Per": 3.0, "BJD0": 1500.0, "Wp_2g": 0.02, "Dp_2g": 0.1, "Wp_pf": 0.02, "Dp_pf": 0.1}


@pytest.mark.parametrize(
    ("read", "column", "columns", "prefix"),
    [
        (read_koi, "kepid", {"kepoi_name": "K1", "koi_disposition": "CANDIDATE"} | KOI, "KIC"),
        (read_tce, "target_id", {"label": "AFP"} | TCE, "KIC"),
        (
            read_eclipsing_binaries,
            "KIC",
            {"period": 3.0, "bjd0": 55000.0, "pwidth": 0.02, "pdepth": 0.1},
            "KIC",
        ),
        (read_toi, "tid", TOI, "TIC"),
        (read_tess_eclipsing_binaries, "TIC", EB, "TIC"),
    ],
)
def test_catalogues_with_numbers_that_became_floats_name_the_same_stars(
    tmp_path, read, column, columns, prefix
):
    whole, missing = tmp_path / "whole.parquet", tmp_path / "missing.parquet"
    pd.DataFrame({column: [TIC]} | columns, index=[0]).to_parquet(whole)
    pd.DataFrame({column: [TIC, None]} | columns, index=[0, 1]).to_parquet(missing)
    (one,), (same,) = read(whole), read(missing)
    assert one.target == same.target == f"{prefix} {TIC}"
    assert one.name == same.name


@pytest.mark.parametrize(
    ("read", "columns"),
    [
        (read_robovetter, {"tce_plnt_num": 1, "score": 0.9, "disp": "PC"}),
        (read_vespa, {"kepoi_name": "K1", "fpp_prob": 0.1}),
        (read_certified_false_positives, {"kepoi_name": "K1", "fpwg_disp_status": None}),
    ],
)
def test_tables_of_verdicts_name_the_same_stars(tmp_path, read, columns):
    path = tmp_path / "table.parquet"
    pd.DataFrame({"kepid": [TIC, None]} | columns, index=[0, 1]).to_parquet(path)
    assert read(path)["target"].tolist() == [f"KIC {TIC}"]
