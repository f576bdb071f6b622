"""The list of a survey's events comes from a file or from a catalogue."""

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.survey_list import read_survey_list, survey_of
from exoval.catalogs.tce import read_tce
from exoval.errors import BadTable, DataNotFound

ROWS = "target,period_days,epoch_days,duration_hours,depth_ppm\n"


def written(tmp_path, rows):
    path = tmp_path / "events.csv"
    path.write_text(ROWS + rows)
    return path


def test_a_file_is_read_in_days_and_relative_flux(tmp_path):
    listed = read_survey_list(written(tmp_path, "KIC 2,5.0,130.5,2.4,900\nKIC 1,3.0,121.0,4.8,\n"))
    assert listed.target.tolist() == ["KIC 1", "KIC 2"]
    np.testing.assert_allclose(listed.period, [3, 5])
    np.testing.assert_allclose(listed.epoch, [121, 130.5])
    np.testing.assert_allclose(listed.duration, [0.2, 0.1])
    np.testing.assert_allclose(listed.depth, [np.nan, 9e-4])


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(DataNotFound, match=r"no list of the survey's events at nowhere.csv"):
        read_survey_list("nowhere.csv")
    with pytest.raises(BadTable, match="give epoch_days on the clock of the mission"):
        read_survey_list(written(tmp_path, "TIC 1,3.0,2459000.5,4.8,100\n"))
    (tmp_path / "events.csv").write_text("target,period_days\nTIC 1,3.0\n")
    with pytest.raises(BadTable, match="lacks the columns epoch_days, duration_hours, depth_ppm"):
        read_survey_list(tmp_path / "events.csv")


def test_a_catalogue_is_a_list(tmp_path):
    path = tmp_path / "tces.parquet"
    pd.DataFrame(
        {
            "target_id": [7, 8],
            "tce_plnt_num": 1,
            "tce_period": [5.0, 2.0],
            "tce_time0bk": [140.0, 132.0],
            "tce_duration": 2.4,
            "transit_depth": [300.0, -1.0],
            "label": ["PC", "AFP"],
        }
    ).to_parquet(path)
    listed = survey_of(read_tce(path))
    assert listed.target.tolist() == ["KIC 8", "KIC 7"]
    np.testing.assert_allclose(listed.depth, [np.nan, 3e-4], rtol=1e-6)
    np.testing.assert_allclose(listed.duration, 0.1)


CATALOGUES = [("koi", "KIC "), ("toi", "TIC "), ("spoc_tce", "TIC ")]


@pytest.mark.data
@pytest.mark.parametrize(("name", "prefix"), CATALOGUES)
def test_catalogues_are_named(data_folder, name, prefix):
    listed = read_survey_list(name)
    assert len(listed) > 1000 and all(one.startswith(prefix) for one in listed.target[:50])
    # nearly all depths are below one, in relative flux
    assert 1e-5 < np.nanmedian(listed.depth) < 0.1
    assert 0.05 < np.median(listed.duration) < 0.5
