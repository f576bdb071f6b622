"""A long table is a file or a folder of files that is read as one, whatever chunks it came in."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exoval.table import parquet_parts
from exoval.table.parquet_parts import names_to_check, parquet_files, writing_parts

SCHEMA = pa.schema([pa.field("name", pa.string()), pa.field("value", pa.float64())])
ROWS = pa.table({"value": np.arange(1000.0), "name": [f"row {number}" for number in range(1000)]})


def write(path, cuts, rows_a_file=10**6):
    with writing_parts(path, SCHEMA, rows_a_file=rows_a_file) as parts:
        for start, stop in zip([0, *cuts], [*cuts, len(ROWS)], strict=True):
            parts.write(ROWS.slice(start, stop - start))
    return parts.rows


@pytest.fixture
def small_groups(monkeypatch):
    monkeypatch.setattr(parquet_parts, "ROWS_A_GROUP", 64)


@pytest.mark.parametrize("rows_a_file", [128, 10**6])
def test_the_bytes_do_not_depend_on_the_chunks(tmp_path, small_groups, rows_a_file):
    found = []
    for number, cuts in enumerate([(), (1, 2, 500), tuple(range(7, 1000, 7)), (64, 128, 900)]):
        path = tmp_path / f"{number}.parquet"
        assert write(path, cuts, rows_a_file) == len(ROWS)
        found.append([file.read_bytes() for file in parquet_files(path)])
    assert all(one == found[0] for one in found)
    assert len(found[0]) == (8 if rows_a_file == 128 else 1)


def test_pandas_reads_a_folder_as_it_reads_a_file(tmp_path, small_groups):
    write(tmp_path / "file.parquet", (300,))
    write(tmp_path / "folder.parquet", (300,), rows_a_file=192)
    file, folder = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("file", "folder"))
    pd.testing.assert_frame_equal(file, folder)
    assert list(file["value"]) == list(range(1000))
    assert names_to_check(tmp_path / "file.parquet") == ["file.parquet"]
    assert len(names_to_check(tmp_path / "folder.parquet")) == 7


def test_no_more_than_a_group_and_a_chunk_waits(tmp_path, small_groups):
    with writing_parts(tmp_path / "it.parquet", SCHEMA) as parts:
        for start in range(0, 1000, 10):
            parts.write(ROWS.slice(start, 10))
            assert sum(map(len, parts._waiting)) < 64
    assert pq.ParquetFile(tmp_path / "it.parquet").metadata.num_row_groups == 16


def test_a_column_that_a_chunk_lacks_is_missing(tmp_path):
    path = tmp_path / "it.parquet"
    with writing_parts(path, SCHEMA) as parts:
        parts.write(ROWS.slice(0, 2).drop_columns(["name"]))
        parts.write(ROWS.slice(2, 1))
    assert pd.read_parquet(path)["name"].tolist() == [None, None, "row 2"]


def test_a_table_without_rows_keeps_its_columns(tmp_path):
    path = tmp_path / "it.parquet"
    with writing_parts(path, SCHEMA):
        pass
    assert pq.read_schema(path).equals(SCHEMA)


def test_a_block_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "it.parquet"
    write(path, ())
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError), writing_parts(path, SCHEMA) as parts:
        parts.write(ROWS)
        1 / 0  # noqa: B018
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_folder_takes_the_place_of_a_file_and_the_reverse(tmp_path, small_groups):
    path = tmp_path / "it.parquet"
    for rows_a_file in (10**6, 128, 10**6, 64):
        write(path, (), rows_a_file)
        assert path.is_dir() == (rows_a_file < 1000)
        assert len(pd.read_parquet(path)) == 1000
