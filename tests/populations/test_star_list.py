"""The field counted in a user's list of stars."""

import numpy as np
import pandas as pd
import pytest

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.populations.star_list import StarList


@pytest.fixture
def stars():
    rng = np.random.default_rng(0)
    magnitude = rng.uniform(14, 20, 6000)
    return pd.DataFrame({"Kepler_mag": magnitude, "Mact": 1.6 - 0.05 * magnitude})


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_density_is_stars_per_square_arcsec_and_magnitude(stars, tmp_path, suffix):
    path = tmp_path / f"stars.{suffix}"
    stars.to_csv(path, index=False) if suffix == "csv" else stars.to_parquet(path)
    field = StarList(str(path), 2.0)
    # 1000 stars per magnitude on two square degrees
    assert field.density(17.0, band="kepler") * 3600**2 == pytest.approx(500, rel=0.15)
    edges = np.arange(14.25, 20, 0.5)
    total = sum(np.exp(field.log_prob(m, band="kepler")) * 0.5 for m in edges) * 3600**2 * 2
    assert total == pytest.approx(6000, rel=0.01)
    assert np.isneginf(field.log_prob(10.0, band="kepler"))


@pytest.mark.parametrize("seed", [0, 1])
def test_masses_are_those_of_stars_of_that_magnitude(stars, tmp_path, seed):
    stars.to_csv(tmp_path / "stars.csv", index=False)
    field = StarList(str(tmp_path / "stars.csv"), 1.0)
    masses = field.sample(np.random.default_rng(seed), 400, 16.0, band="kepler")
    assert masses.min() >= 1.6 - 0.05 * 16.25 - 1e-9
    assert masses.max() <= 1.6 - 0.05 * 15.75 + 1e-9
    assert masses.mean() == pytest.approx(0.8, abs=0.004)


def test_without_masses_fainter_stars_are_lighter(stars, tmp_path):
    stars[["Kepler_mag"]].to_csv(tmp_path / "stars.csv", index=False)
    field = StarList(str(tmp_path / "stars.csv"), 1.0)
    bright, faint = (
        field.sample(np.random.default_rng(0), 50, m, band="kepler").mean() for m in (14.5, 19.5)
    )
    assert 0.1 < faint < bright < 2


def test_a_list_without_magnitudes_is_named_with_the_remedy(tmp_path):
    pd.DataFrame({"mass": [1.0], "colour": [0.5]}).to_csv(tmp_path / "stars.csv", index=False)
    with pytest.raises(BadTable, match="no magnitudes in the kepler band; name a column one of"):
        StarList(str(tmp_path / "stars.csv"), 1.0).log_prob(15.0, band="kepler")


def test_empty_magnitudes_no_file_no_area(tmp_path):
    path = tmp_path / "stars.csv"
    pd.DataFrame({"kepmag": [np.nan, np.nan]}).to_csv(path, index=False)
    with pytest.raises(BadTable, match="no finite magnitude"):
        StarList(str(path), 1.0).density(15.0, band="kepler")
    with pytest.raises(DataNotFound, match="no star list at"):
        StarList(str(tmp_path / "none.csv"), 1.0)
    with pytest.raises(BadParameter, match="area_square_degrees=0"):
        StarList(str(path), 0)
