"""Epochs of a table whose rows are on several clocks, or have none."""

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.eclipsing_binaries import read_eclipsing_binaries
from exoval.catalogs.epoch_column import epochs_on_clock
from exoval.catalogs.koi import read_koi
from exoval.catalogs.tess_eclipsing_binaries import read_tess_eclipsing_binaries
from exoval.catalogs.toi import read_toi
from exoval.errors import BadParameter
from exoval.missions.tess import BTJD_ZERO


@pytest.mark.parametrize(
    ("bad", "expected", "told"),
    [
        (0.0, np.nan, "1 epochs are 0"),
        (58690.0, np.nan, "1 epochs are on no clock"),
        (np.nan, np.nan, ""),
        (np.inf, np.nan, ""),
        (1690.5, 1690.5, ""),
        (2458690.5, 1690.5, ""),
    ],
)
def test_a_row_changes_no_other(bad, expected, told, caplog):
    epochs = pd.Series([2458684.25, bad, 2458700.5])
    found = epochs_on_clock(epochs, BTJD_ZERO, catalogue="TOI")
    np.testing.assert_allclose(found, [1684.25, expected, 1700.5], atol=1e-8)
    assert told in caplog.text and bool(told) is bool(caplog.text)


def test_a_whole_table_on_another_clock():
    with pytest.raises(BadParameter, match="MJD or BJD - 2400000"):
        epochs_on_clock(pd.Series([58684.0, 58690.0]), BTJD_ZERO, catalogue="TOI")


def test_every_catalogue_reads_row_by_row(tmp_path):
    """The first row's epoch is given on another clock or not at all; the second is right."""
    path = tmp_path / "table.csv"
    head = "tid,tfopwg_disp,pl_orbper,pl_tranmid,pl_trandurh,toi\n"
    path.write_text(head + "1,PC,3.0,0,2,1.01\n2,PC,3.0,2458684.5,2,2.01\n")
    assert [one.ephemeris.epoch for one in read_toi(path)] == [1684.5]
    path.write_text("TIC,Per,BJD0,Wp_2g\n1,3,0,0.1\n2,3,2458684.5,0.1\n3,3,1684.5,0.1\n")
    assert [one.ephemeris.epoch for one in read_tess_eclipsing_binaries(path)] == [1684.5] * 2
    head = "kepid,kepoi_name,koi_disposition,koi_period,koi_time0bk,koi_duration\n"
    path.write_text(head + "1,K1.01,CANDIDATE,3,2454955.5,2\n2,K2.01,CANDIDATE,3,122.5,2\n")
    assert [one.ephemeris.epoch for one in read_koi(path)] == [122.5] * 2
    path.write_text("KIC,period,bjd0,pwidth\n1,3,2454955.5,0.1\n2,3,54955.5,0.1\n3,3,0,0.1\n")
    assert [one.ephemeris.epoch for one in read_eclipsing_binaries(path)] == [122.5] * 2


def test_decimal_commas_of_a_spreadsheet(tmp_path, caplog):
    """A comma before three digits follows the other cells of its column."""
    caplog.set_level("INFO")
    path = tmp_path / "toi.csv"
    path.write_text(
        "tid;tfopwg_disp;pl_orbper;pl_tranmid;pl_trandurh;toi\n"
        "1;PC;3,125;2458684,5;2;1,01\n2;PC;3,25;2458684,5;2,5;2,01\n"
    )
    assert [one.ephemeris.period for one in read_toi(path)] == [3.125, 3.25]
    assert [24 * one.ephemeris.duration for one in read_toi(path)] == pytest.approx([2, 2.5])
    assert "pl_orbper is read with decimal commas" in caplog.text
