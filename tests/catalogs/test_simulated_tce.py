"""Kepler's simulated threshold-crossing events as surveys of known truth."""

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.simulated_tce import simulated_tce_table
from exoval.errors import BadTable, DataNotFound
from exoval.labels import PLANET
from exoval.units import EARTH_RADII_PER_SOLAR_RADIUS


def written(folder, **changes):
    """Tables of four simulated events, of which one is a known signal."""
    events = pd.DataFrame(
        {
            "TCE_ID": ["1-01", "2-01", "3-01", "3-02"],
            "KIC": [1, 2, 3, 3],
            "dataset": ["inj2", "inj3", "inv", "inv"],
            "Expected_MES": [10.0, 20.0, np.nan, np.nan],
            "period": [3.0, 4.0, 5.0, 6.0],
            "duration": 5.0,
            "depth": [400.0, 900.0, 0.0, 100.0],
            "MES": 12.0,
            "NTran": 30,
            "Ts": 5700,
            "logg": 4.4,
            "Rs": [1.0, 2.0, 1.0, 1.0],
        }
    ).assign(**changes)
    paths = folder / "simulated.csv", folder / "known.csv"
    events.to_csv(paths[0], index=False)
    # of the other run the same name is another event
    known = {"tce": ["3-02", "2-01"], "dataset": ["inv", "scr1"]}
    pd.DataFrame(known).to_csv(paths[1], index=False)
    return paths


def test_runs_say_what_an_event_is_and_known_signals_are_left_out(tmp_path):
    path, dropped = written(tmp_path)
    table = simulated_tce_table(path, dropped=dropped)
    assert list(table.labels) == [PLANET, "AFP", "NTP"]
    assert list(table.targets) == ["KIC 1", "KIC 2", "KIC 3"]
    assert list(table.is_planet) == [True, False, False]
    # a depth of nothing is not measured; a planet's radius follows from depth and star
    radius = table.frame["planet_radius"]
    assert np.isnan(table.frame["transit_depth"][2])
    assert radius[0] == pytest.approx(0.02 * EARTH_RADII_PER_SOLAR_RADIUS, rel=1e-6)
    assert radius[1] == pytest.approx(3 * radius[0])


def test_tables_that_are_missing_or_of_another_kind_are_refused(tmp_path):
    _, dropped = written(tmp_path)
    with pytest.raises(DataNotFound):
        simulated_tce_table(tmp_path / "nowhere.csv", dropped=dropped)
    with pytest.raises(BadTable, match="TCE_ID"):
        simulated_tce_table(dropped, dropped=dropped)


@pytest.mark.data
def test_every_run_of_the_archive_is_read(data_folder):
    table = simulated_tce_table()
    runs = pd.Series(table.frame["event"]).str.split(expand=True)[1]
    assert set(runs) == {"inj2", "inj3", "inv", "scr1"}
    # inverted and scrambled events of known signals are in the archive's list
    assert (runs == "inv").sum() < 19_529 and (runs == "scr1").sum() < 24_209
    assert table.frame["event"].is_unique
    assert table.is_planet.sum() == (runs == "inj2").sum()
