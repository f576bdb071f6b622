"""Which files of a data folder are tables of a kind, and which of them is the newest."""

import os

import pytest

from exoval.catalogs.table_search import date_in, files_of, tables_with


def is_kind(header):
    return {"star", "period"} <= set(header.columns)


def put(folder, name, text="star,period\n1,2.0\n", changed="2024-06-01"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    seconds = (int(changed[:4]) - 1970) * 365.2425 * 86400 + 5 * 30.5 * 86400
    os.utime(path, (seconds, seconds))
    return path


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("koi_dr25_2020-07.parquet", "2020-07-01"),
        ("cumulative_2025.10.01_00.00.00.csv", "2025-10-01"),
        ("TOI_20251102.csv", "2025-11-02"),
        ("from_2019-01-01_to_2021-12-31.csv", "2021-12-31"),
        ("toi 2025_03_09 (1).csv.gz", "2025-03-09"),
        ("kirk2016.csv", None),
        ("spoc_s1-67.csv", None),
        ("4202001234.csv", None),
        ("table_2025-13.csv", None),
    ],
)
def test_dates_in_names(name, day):
    found = date_in(name)
    assert (found and f"{found:%Y-%m-%d}") == day


def test_the_newest_comes_first_by_name_before_change(tmp_path):
    put(tmp_path, "tables/deep/er/old_2020-07.csv", changed="2026-01-01")
    put(tmp_path, "tables/new_2023-01-05.csv", changed="2010-01-01")
    put(tmp_path, "tables/undated.csv", changed="2022-01-01")
    put(tmp_path, "views/other.csv", "star,duration\n1,2.0\n")
    put(tmp_path, "tables/.hidden_2030-01.csv")
    put(tmp_path, "light_curves/star_2030-01.csv")
    found = tables_with(tmp_path, is_kind)
    assert [one.path.name for one in found] == [
        "new_2023-01-05.csv",
        "undated.csv",
        "old_2020-07.csv",
    ]
    assert [one.dated for one in found] == [True, False, True]
    assert found[0].day == "2023-01-05" and found[1].day.endswith("(last change)")


def test_linked_folders_are_searched(tmp_path):
    elsewhere = put(tmp_path / "archive", "koi.csv").parent
    (tmp_path / "data/tables").mkdir(parents=True)
    (tmp_path / "data/tables/kepler").symlink_to(elsewhere)
    assert [path.name for path in files_of(tmp_path / "data")] == ["koi.csv"]


def test_a_folder_without_tables_has_none(tmp_path):
    assert tables_with(tmp_path, is_kind) == []
