from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exoval.errors import BadParameter
from exoval.physics.limb_darkening import quadratic_limb_darkening


def profile(u1, u2):
    mu = np.linspace(0, 1, 200)
    return 1 - u1 * (1 - mu) - u2 * (1 - mu) ** 2


@given(st.floats(1000, 30000), st.floats(1, 6), st.sampled_from(["kepler", "tess"]))
def test_disc_darkens_monotonically_and_stays_bright(teff, logg, band):
    u1, u2 = quadratic_limb_darkening(teff, logg, band=band)
    assert u1 > 0 and u1 + u2 < 1
    brightness = profile(u1, u2)
    assert brightness.min() > 0 and np.all(np.diff(brightness) > 0)


@given(st.floats(2300, 10000), st.floats(3.5, 5.0), st.sampled_from(["kepler", "tess"]))
def test_coefficients_are_continuous(teff, logg, band):
    here = quadratic_limb_darkening(teff, logg, band=band)
    there = quadratic_limb_darkening(teff + 1e-3, logg + 1e-6, band=band)
    assert np.allclose(here, there, atol=1e-5)


@pytest.mark.parametrize("teff", [3000, 4000, 5000, 6000, 8000])
def test_bluer_band_is_darker_at_the_limb(teff):
    kepler, tess = (
        sum(quadratic_limb_darkening(teff, 4.5, band=band)) for band in ("kepler", "tess")
    )
    assert kepler > tess


def test_bad_arguments_are_refused():
    with pytest.raises(BadParameter, match="band 'plato'"):
        quadratic_limb_darkening(5772, 4.4, band="plato")
    with pytest.raises(BadParameter, match="logg=nan"):
        quadratic_limb_darkening(5772, np.nan, band="tess")


def priors(name, **options):
    return pd.read_csv(Path(os.environ["EXOVAL_DATA"]) / "tables/priors" / name, **options)


def error(table, band):
    """Fitted minus tabulated pair; ``table`` has columns teff, logg, u1, u2."""
    stars = zip(table.teff, table.logg, strict=True)
    fit = [quadratic_limb_darkening(teff, logg, band=band) for teff, logg in stars]
    return np.array(fit) - table[["u1", "u2"]].to_numpy()


@pytest.mark.data
def test_tess_coefficients_follow_claret_2017():
    table = priors("claret_2017_table25.csv.gz").query("feh == 0 and xi == 2")
    hot = error(table.query("4500 <= teff <= 10000 and 3.5 <= logg <= 5"), "tess")
    assert len(hot) > 80 and np.abs(hot).max() < 0.025 and np.abs(hot.sum(axis=1)).max() < 0.007
    table = priors("claret_2017_table15.csv.gz")
    cool = error(table.query("teff <= 4000 and 3.5 <= logg <= 5"), "tess")
    assert len(cool) > 60 and np.abs(cool).max() < 0.05


@pytest.mark.data
def test_kepler_coefficients_follow_two_published_tables():
    names = {"Teff": "teff", "a": "u1", "b": "u2"}
    claret = priors("ldc_kepler.csv", skipinitialspace=True).rename(columns=names)
    claret = error(claret.query("Z == 0 and teff >= 4500"), "kepler")
    assert len(claret) > 80 and np.abs(claret).max() < 0.025
    sing = priors(
        "sing2010_LD_kepler.dat",
        sep=";",
        comment="#",
        names=["teff", "logg", "feh", "u", "u1", "u2"],
    )
    sing = sing.apply(pd.to_numeric, errors="coerce").dropna()
    sing = error(sing.query("feh == 0 and 4500 <= teff <= 10000 and 3.5 <= logg <= 5"), "kepler")
    assert len(sing) > 50 and np.abs(sing.sum(axis=1)).max() < 0.05
