"""A mission's reader and catalogue, one file each, are found by the names of its stars."""

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits

from exoval.__main__ import main
from exoval.catalogs.named_signal import named_signal
from exoval.missions.library import open_library
from exoval.missions.named_mission import default_missions, mission_naming, named_mission

MISSION = ("exoval/missions/ibis.py", "conf/mission/ibis.yaml")
CATALOGUE = "exoval/catalogs/ibis_candidates.py"
PERIOD, EPOCH, DEPTH = 2.2, 3001.1, 0.004


def ibis_file(folder, star=7, field=3):
    """Forty days of a star with a transit, as the survey would write them."""
    rng = np.random.default_rng(star)
    time = 3000.0 + np.arange(5760) / 144
    flux = 1 + 3e-4 * rng.standard_normal(len(time))
    away = np.abs((time - EPOCH + 0.5 * PERIOD) % PERIOD - 0.5 * PERIOD)
    flux -= DEPTH * np.clip((0.06 - away) / 0.02, 0, 1)
    columns = {
        "TIME": ("D", time),
        "FLUX": ("E", 1e4 * flux),
        "RAW": ("E", 9e3 * flux),
        "ERROR": ("E", np.full(len(time), 3.0)),
        "FLAGS": ("J", np.where(np.arange(len(time)) == 100, 8, 0)),
    }
    primary = fits.PrimaryHDU()
    headers = {"TELESCOP": "Ibis", "STAR": star, "FIELD": field, "VMAG": 11.0, "FEH": 0.0}
    headers |= {"RADIUS": 1.0, "TEFF": 5800.0, "LOGG": 4.4, "RA_OBJ": 95.0, "DEC_OBJ": -48.0}
    primary.header.update(headers)
    table = fits.BinTableHDU.from_columns(
        [fits.Column(name, kind, array=values) for name, (kind, values) in columns.items()]
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"ibis_{star}_f{field}.fits"
    fits.HDUList([primary, table]).writeto(path)
    return path


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Light curves and the table of candidates, where EXOVAL_DATA points."""
    for star in (7, 8):
        ibis_file(tmp_path / "light_curves", star)
    (tmp_path / "tables/ibis").mkdir(parents=True)
    row = {"star": [7], "period": PERIOD, "epoch": EPOCH, "hours": 2.4, "depth": DEPTH}
    pd.DataFrame(row | {"verdict": "PC"}).to_csv(tmp_path / "tables/ibis/candidates.csv")
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    return tmp_path


def test_its_files_are_read(data, add):
    add(*MISSION)
    library = open_library(named_mission("ibis"))
    assert library.targets() == ["IBIS 7", "IBIS 8"] and library.segments("IBIS 7") == (3,)
    light_curve, star = library.read("IBIS 7"), library.star("IBIS 7")
    assert len(light_curve) == 5759  # one cadence is flagged
    assert (star.teff, star.magnitude) == (5800.0, 11.0)


def test_a_star_and_a_signal_are_known_by_their_names(data, add):
    assert mission_naming("IBIS 7", default_missions()) is None
    add(*MISSION, CATALOGUE)
    assert mission_naming("ibis 7", default_missions()).name == "ibis"
    assert named_signal("IC 7.01", "IBIS").ephemeris.period == PERIOD


def test_plot_event_draws_its_stars(data, add, monkeypatch, capsys):
    pytest.importorskip("matplotlib")
    add(*MISSION, CATALOGUE)
    monkeypatch.chdir(data)
    for target, options in (("IBIS 7", ()), ("IC 7.01", ("--mission", "ibis"))):
        main(["plot-event", target, "--maximum-period", "5", *options, "--features", "row.csv"])
        row = pd.read_csv(data / "row.csv").set_index("name")["value"]
        assert row["period"] == pytest.approx(PERIOD, rel=1e-3)
        assert row["depth"] == pytest.approx(1e6 * DEPTH, rel=0.2)
    assert "IBIS_7.png" in capsys.readouterr().out


@pytest.mark.slow
def test_vet_judges_its_stars_by_a_model_of_another_mission(data, add, taught, monkeypatch, capsys):
    add(*MISSION)
    monkeypatch.chdir(data)
    main(["vet", str(taught / "run"), "IBIS 7", "--mission", "ibis"])
    row = pd.read_csv(data / "vetted.csv").iloc[0]
    assert row["target"] == "IBIS 7"
    assert row["period_days"] == pytest.approx(PERIOD, rel=1e-3)
    assert row["P_planet"] + row["P_white_dwarf_binary"] == pytest.approx(1)
    assert "light curves of kepler, this one is from ibis" in row["caveats"]
    assert "white_dwarf_binary" in capsys.readouterr().out
