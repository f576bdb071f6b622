"""The examination of a machine names what is found, what is missing and what is nearly right."""

import pandas as pd
import pytest
from commands import run_command
from fabricate import cadences, kepler_fits

from exoval.doctor import catalogue_tables, examination
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess

TOI = pd.DataFrame(
    {
        "tid": [1, 2, 3],
        "tfopwg_disp": "PC",
        "pl_orbper": 5.0,
        "pl_tranmid": 2458684.0,
        "pl_trandurh": 3.0,
    }
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two TOI tables, a table of objects that lacks a column, a broken file and a Kepler star."""
    (tmp_path / "tables/mine").mkdir(parents=True)
    TOI[:1].to_csv(tmp_path / "tables/toi_2020-01-01.csv", index=False)
    TOI.to_parquet(tmp_path / "tables/mine/toi_2025-01-01.parquet")
    pd.DataFrame(
        {
            "kepid": [1],
            "kepoi_name": ["K00001.01"],
            "koi_disposition": ["CANDIDATE"],
            "koi_period": [1.0],
            "koi_time0bk": [131.0],
        }
    ).to_csv(tmp_path / "tables/cumulative.csv", index=False)
    (tmp_path / "tables/broken.parquet").write_bytes(b"PAR1")
    (tmp_path / "tables/notes.md").write_text("to do")
    kepler_fits(tmp_path / "light_curves", 1, 3, cadences(count=900, start=300.0, seed=1))
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    return tmp_path


def test_what_is_found_is_named_with_rows_and_date(folder):
    text = examination([kepler(), tess()])
    (line,) = (line for line in text.splitlines() if line.startswith("  TOI table"))
    assert line.split()[2:] == ["3", "rows", "2025-01-01", "tables/mine/toi_2025-01-01.parquet"]
    assert "not read: tables/toi_2020-01-01.csv (2020-01-01)" in text
    assert f"data folder: {folder} (EXOVAL_DATA)" in text


def test_what_is_missing_is_named_with_its_cost_and_source(folder):
    missing = examination([]).partition("catalogues that are missing:")[2]
    for table in catalogue_tables():
        if table.title == "TOI table":
            assert table.name not in missing
        else:
            assert f"{table.name}\n    without it: {table.absence}\n    {table.download}" in missing


def test_a_file_that_nearly_is_a_catalogue_is_named_with_what_it_lacks(folder):
    strange = examination([]).partition("files that are none of these catalogues:")[2]
    assert "tables/cumulative.csv: like the KOI table, but without koi_duration" in strange
    assert "tables/broken.parquet: cannot be read as a table" in strange
    assert "notes.md" not in strange and "toi_" not in strange


def test_light_curves_are_counted_by_mission(folder):
    lines = examination([kepler(), tess()]).splitlines()
    assert "kepler" in lines[-2] and "1 stars" in lines[-2]
    assert "tess" in lines[-1] and "none; lightkurve" in lines[-1]


def test_versions_and_devices_are_listed(folder):
    lines = examination([]).splitlines()
    for name, version in (("pandas", pd.__version__), ("GPU", ""), ("processor", "cores")):
        assert any(line.startswith(name) and version in line for line in lines)


def test_every_catalogue_says_what_its_absence_costs():
    for table in catalogue_tables():
        assert table.columns and table.absence and table.gives, table.name
        assert table.download.startswith(("Download", "Join", "Its light curves"))


def test_the_command_examines_the_sample_too(tmp_path, monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    done = run_command(tmp_path, "exoval", "doctor")
    assert done.returncode == 0, done.stderr
    assert "the sample that ships with exoval" in done.stdout
    assert "set EXOVAL_DATA to a folder of your own" in done.stdout
    assert "56 stars" in done.stdout


def test_a_folder_that_is_named_and_holds_no_data_is_an_error(tmp_path, folder):
    done = run_command(tmp_path, "exoval", "doctor", "--data", "none")
    assert done.returncode == 2 and "none holds neither light_curves/ nor tables/" in done.stderr
    done = run_command(tmp_path, "exoval", "doctor", "--data", str(folder))
    assert done.returncode == 0 and "toi_2025-01-01" in done.stdout
