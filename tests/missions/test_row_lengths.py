"""A value too many or too few in a row of text moves no column silently."""

import numpy as np
import pytest

from exoval.errors import BadLightCurve
from exoval.missions.tess import tess

TIME = 1865 + np.arange(60) / 48
FLUX = 1000 + np.random.default_rng(0).normal(size=60)
ROWS = [f"{time:.6f},{flux:.4f},1.0" for time, flux in zip(TIME, FLUX)]
NAMES = "time,flux,flux_err"


def read(folder, header, rows, name="TIC_7.csv"):
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]))
    return tess().read(path)


def joined(mark, row):
    return mark.join(row.split(","))


@pytest.mark.parametrize(
    ("header", "rows", "name"),
    [
        (NAMES, ROWS, "TIC_7.csv"),
        (NAMES, [f"{row}," for row in ROWS], "TIC_7.csv"),
        (f"{NAMES},", [f"{row}," for row in ROWS], "TIC_7.csv"),
        (f"{NAMES},", ROWS, "TIC_7.csv"),
        (f",{NAMES}", [f"{n},{row}" for n, row in enumerate(ROWS)], "TIC_7.csv"),
        (NAMES, [f"{row} # good" for row in ROWS], "TIC_7.csv"),
        (f"{NAMES},note", [f'{row},"a, b"' for row in ROWS], "TIC_7.csv"),
        (joined("\t", NAMES), [joined("\t", row) for row in ROWS], "TIC_7.tsv"),
        (joined("  ", NAMES), [f" {joined('   ', row)} " for row in ROWS], "TIC_7.txt"),
        (joined(";", NAMES), [joined(";", row).replace(".", ",") for row in ROWS], "TIC_7.txt"),
    ],
)
def test_as_many_values_as_names_are_read(header, rows, name, tmp_path):
    curve = read(tmp_path, header, rows, name)
    assert curve.time == pytest.approx(TIME, abs=1e-6)
    assert curve.flux == pytest.approx(FLUX, abs=1e-4)
    assert not any("values" in note for note in curve.notes)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        # the names of R's tables lack one for the number of the row
        (lambda rows: [f"{n},{row}" for n, row in enumerate(rows)], 1),
        (lambda rows: [*rows[:7], rows[7] + ",9", *rows[8:]], 8),
        (lambda rows: [rows[0] + ",9", *rows[1:]], 1),
        # decimal commas, and commas that part thousands
        (lambda rows: [row.replace(".", ",") for row in rows], 1),
        (lambda rows: [row.replace(",1", ",1,", 1) for row in rows], None),
    ],
)
@pytest.mark.parametrize(("mark", "name"), [(",", "TIC_7.csv"), (" ", "TIC_7.txt")])
def test_more_values_than_names_are_refused_with_the_row(change, number, mark, name, tmp_path):
    if mark == " " and number is None:
        pytest.skip("blanks part no thousands")
    rows = [joined(mark, row) for row in change(ROWS)]
    place = rf"row {number} " if number else "row "
    with pytest.raises(BadLightCurve, match=rf"TIC_7.*: {place}.* values for 3 columns"):
        read(tmp_path, joined(mark, NAMES), rows, name)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_few_rows_with_a_value_less_are_left_out_and_noted(lost, tmp_path):
    short = ROWS.copy()
    for number in (5, 40):
        values = short[number].split(",")
        del values[lost]
        short[number] = ",".join(values)
    curve = read(tmp_path, NAMES, short)
    kept = np.delete(np.arange(60), [5, 40])
    assert curve.time == pytest.approx(TIME[kept], abs=1e-6)
    assert curve.flux == pytest.approx(FLUX[kept], abs=1e-4)
    assert "2 rows with too few values left out" in curve.notes


def test_many_rows_with_a_value_less_are_refused(tmp_path):
    with pytest.raises(BadLightCurve, match=r"60 of 60 rows, .*fewer values than the 4 columns"):
        read(tmp_path, f"{NAMES},quality", ROWS)
