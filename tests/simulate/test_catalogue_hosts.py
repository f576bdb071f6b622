"""Hosts from a table have the table's parameters and the table's noise."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.known_signals import KnownStars
from exoval.errors import BadTable, DataNotFound
from exoval.missions.kepler import kepler
from exoval.noise.differential_precision import differential_precision
from simulate.catalogue_hosts import CatalogueHosts


def hosts(path, **columns):
    frame = pd.DataFrame(
        {
            "kepid": [11, 12, 13],
            "mass": [1.0, 0.8, np.nan],
            "radius": [1.0, 0.75, 1.0],
            "teff": [5772.0, 5000.0, 6000.0],
            "cdpp": [40.0, 200.0, 100.0],
        }
        | columns
    )
    frame.to_csv(path, index=False)
    return CatalogueHosts(
        mission=kepler(),
        table="mine.csv",
        identity_column="kepid",
        noise_column="cdpp",
        noise_hours=4.5,
        download="make it",
        path=str(path),
    )


def test_a_light_curve_is_as_noisy_as_its_star(tmp_path):
    drawn = hosts(tmp_path / "mine.csv")
    noise = {"KIC 11": [], "KIC 12": []}
    for seed in range(24):
        light_curve, star = drawn.draw(np.random.default_rng(seed))
        noise[star.target].append(differential_precision(light_curve, hours=4.5))
        assert light_curve.target == star.target and star.flags == ("logg", "magnitude")
    # what differencing neighbouring bins takes out of the correlated part leaves a little less
    assert 0.8 < np.median(noise["KIC 11"]) / 40 < 1.1
    assert 0.8 < np.median(noise["KIC 12"]) / 200 < 1.1


def test_a_star_is_as_faint_as_its_photon_noise_says(tmp_path):
    """Noise grows with the root of the light that is missing: tenfold at five magnitudes."""
    # of the stars' 4.5 hours, 25 ppm on six are 25 / sqrt(0.75)
    drawn = hosts(tmp_path / "mine.csv", cdpp=[25 / 0.75**0.5, 100 / 0.75**0.5, 1.0])
    magnitudes = {}
    for seed in range(8):
        _, star = drawn.draw(np.random.default_rng(seed))
        magnitudes[star.target] = star.magnitude
    assert magnitudes["KIC 11"] == pytest.approx(12.0)
    assert magnitudes["KIC 12"] == pytest.approx(12.0 + 2.5 * np.log10(4.0**2))


def test_gravity_follows_from_mass_and_radius(tmp_path):
    drawn = hosts(tmp_path / "mine.csv", radius=[2.0, 2.0, 2.0], mass=[1.0, 1.0, 1.0])
    _, star = drawn.draw(np.random.default_rng(0))
    assert star.logg == pytest.approx(4.438068 - 2 * np.log10(2.0), abs=1e-3)
    assert star.density == pytest.approx(1 / 8)


def test_a_table_without_the_noise_or_without_a_complete_star_is_refused(tmp_path):
    with pytest.raises(BadTable, match="lacks the columns other"):
        bad = hosts(tmp_path / "mine.csv")
        CatalogueHosts(
            mission=kepler(),
            table="mine.csv",
            identity_column="kepid",
            noise_column="other",
            noise_hours=4.5,
            download="make it",
            path=bad.path,
        ).draw(np.random.default_rng(0))
    with pytest.raises(DataNotFound, match="no star with mass"):
        hosts(tmp_path / "mine.csv", teff=[np.nan] * 3).draw(np.random.default_rng(0))


def test_its_table_is_found_under_any_name_and_known_stars_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    (tmp_path / "tables").mkdir()
    elsewhere = hosts(tmp_path / "tables/stars of mine.csv", kepid=[11, 12, 14], mass=[1.0] * 3)
    monkeypatch.setattr(
        "simulate.catalogue_hosts.known_stars",
        lambda *_, **__: KnownStars({}, {"KIC 12": "no period", "KIC 99": "no epoch"}),
    )
    drawn = replace(elsewhere, path=None)
    assert list(drawn.stars["target"]) == ["KIC 11", "KIC 14"]
    described = drawn.describe()
    assert described["stars_left_out_for_known_signals"] == 1
    assert described["missing_catalogues"] == []
