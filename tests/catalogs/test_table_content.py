"""A table is read by what it holds: every format gives the same rows, whatever the file's name."""

import gzip
import io

import pandas as pd
import pytest
from astropy.table import Table

from exoval.catalogs.table_content import count_rows, headers_of, read_columns

ROWS = pd.DataFrame(
    {
        "star": [11, 12, 13],
        "name": ["b", "c", "d e"],
        "period": [0.1234567890123, 400.5, 2.0],
        "note": ["", "# not a comment", "a, b"],
    }
)
CSV = ROWS.to_csv(index=False)


def written(kind):
    """The rows as bytes in a format that astropy or pandas writes."""
    binary = kind in ("parquet", "indexed", "fits", "votable")
    file = io.BytesIO() if binary else io.StringIO()
    if kind == "parquet":
        ROWS.to_parquet(file)
    elif kind == "indexed":
        ROWS.set_index("star").to_parquet(file)
    else:
        Table.from_pandas(ROWS).write(file, format=kind)
    return file.getvalue() if binary else file.getvalue().encode()


BINARY = ("parquet", "indexed", "fits", "votable", "ascii.ecsv", "ascii.ipac")
TEXTS = {
    "plain": CSV,
    "byte order mark": "\ufeff" + CSV,
    "windows": CSV.replace("\n", "\r\n"),
    "tabs": ROWS.to_csv(index=False, sep="\t"),
    "semicolons": ROWS.to_csv(index=False, sep=";"),
    "quoted": ROWS.to_csv(index=False, quoting=1),
    "archive": "# This file was produced by an archive\n# COLUMN star: number\n#\n" + CSV,
    "banner": "***PLEASE READ*** no longer updated, see below\n\n" + CSV,
    "header in a comment": "# catalogue, third revision\n#" + CSV,
    "delimiter at the end": "".join(f"{line},\n" for line in CSV.splitlines()),
    "comments and blanks inside": CSV.replace("\n12", "\n# half\n\n12"),
}


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("name", ["table.parquet", "table.csv", "download"])
@pytest.mark.parametrize("kind", BINARY)
def test_a_format_is_known_by_its_content(kind, name, compress, tmp_path):
    content = written(kind)
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if compress else content)
    assert any({"star", "period"} <= set(header.columns) for header in headers_of(path))
    frame = read_columns(path, ("star", "period"))
    assert list(frame["star"]) == [11, 12, 13] and list(frame["name"]) == ["b", "c", "d e"]
    # IPAC tables are written with fewer digits
    assert frame["period"].to_list() == pytest.approx([0.1234567890123, 400.5, 2.0], rel=1e-9)
    assert count_rows(path, ("star",)) == 3


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_of_any_kind_give_the_same_rows(kind, tmp_path):
    path = tmp_path / "koi.parquet"
    path.write_text(TEXTS[kind], newline="")
    assert any({"star", "period"} <= set(header.columns) for header in headers_of(path))
    frame = read_columns(path, ("star", "name", "period"))
    expected = ROWS.assign(note=[None, "# not a comment", "a, b"])
    pd.testing.assert_frame_equal(
        frame[list(ROWS)].fillna(""), expected.fillna(""), check_dtype=False
    )


def test_columns_between_blanks(tmp_path):
    path = tmp_path / "table.txt"
    path.write_text("  star   period\n  11     0.5\n  12     --\n")
    frame = read_columns(path, ("star", "period"))
    assert list(frame["star"]) == [11, 12]
    assert frame["period"][0] == 0.5 and pd.isna(frame["period"][1])


def test_a_row_of_too_many_values_is_left_out_and_counted(tmp_path, caplog):
    path = tmp_path / "table.csv"
    path.write_text("star,period\n1,2.0\n2,3.0,4.0,5.0\n3,6.0\n")
    assert list(read_columns(path, ("star",))["star"]) == [1, 3]
    assert "1 rows have more values than columns" in caplog.text


def test_the_header_is_the_line_that_names_what_is_wanted(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("written by, somebody\nstar,period\n1,2.0\n")
    assert list(read_columns(path, ("star", "period"))) == ["star", "period"]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02" * 50, b"PAR1 nonsense", b"\x1f\x8b nonsense"]
)
def test_what_is_no_table_has_no_header_and_cannot_be_read(content, tmp_path):
    path = tmp_path / "koi.csv"
    path.write_bytes(content)
    assert headers_of(path) == ()
    with pytest.raises((OSError, ValueError)):
        read_columns(path, ("star",))


def test_a_changed_file_is_looked_at_again(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("star,period\n1,2.0\n")
    assert headers_of(path)[0].columns == ("star", "period")
    path.write_text("star,duration,depth\n1,2.0,3.0\n")
    assert headers_of(path)[0].columns == ("star", "duration", "depth")
