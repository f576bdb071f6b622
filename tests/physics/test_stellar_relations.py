from __future__ import annotations

import numpy as np
import pytest

from exoval.errors import BadParameter
from exoval.physics import stellar_relations as stars

MASSES = np.geomspace(*stars.MASS_RANGE, 500)
BANDPASS_NM = {"kepler": (430, 880), "tess": (620, 1000)}


@pytest.mark.parametrize(
    "relation",
    [
        stars.radius_from_mass,
        stars.teff_from_mass,
        lambda m: -stars.absolute_magnitude(m, band="kepler"),
        lambda m: -stars.absolute_magnitude(m, band="tess"),
    ],
)
def test_heavier_dwarfs_are_larger_hotter_and_brighter(relation):
    assert np.all(np.diff(relation(MASSES)) > 0)


def test_sun_is_recovered():
    assert stars.radius_from_mass(1.0) == pytest.approx(1.0, rel=0.03)
    assert stars.teff_from_mass(1.0) == pytest.approx(5772, rel=0.01)
    assert stars.absolute_magnitude(1.0, band="kepler") == pytest.approx(4.7, abs=0.1)
    assert stars.absolute_magnitude(1.0, band="tess") == pytest.approx(4.2, abs=0.1)


def test_inverses_return_the_mass():
    assert np.allclose(stars.mass_from_radius(stars.radius_from_mass(MASSES)), MASSES, rtol=0.03)
    assert np.allclose(stars.mass_from_teff(stars.teff_from_mass(MASSES)), MASSES, rtol=0.05)
    for band in stars.BANDS:
        magnitude = stars.absolute_magnitude(MASSES, band=band)
        assert np.allclose(
            stars.mass_from_absolute_magnitude(magnitude, band=band), MASSES, rtol=0.03
        )


def test_masses_beyond_the_sequence_are_clamped():
    assert stars.radius_from_mass(0.01) == stars.radius_from_mass(stars.MASS_RANGE[0])
    assert stars.radius_from_mass(50.0) == stars.radius_from_mass(stars.MASS_RANGE[1])


def flux_ratio(mass_2, mass_1, band):
    """Light of one dwarf over that of another at the same distance."""
    magnitudes = (stars.absolute_magnitude(mass, band=band) for mass in (mass_2, mass_1))
    return 10 ** (-0.4 * np.subtract(*magnitudes))


@pytest.mark.parametrize("band", stars.BANDS)
def test_flux_is_brightness_times_area(band):
    mass_1, mass_2 = 1.0, np.array([0.2, 0.5, 0.8, 1.6])
    ratio = stars.surface_brightness_ratio(
        teff_2=stars.teff_from_mass(mass_2), teff_1=stars.teff_from_mass(mass_1), band=band
    )
    area = (stars.radius_from_mass(mass_2) / stars.radius_from_mass(mass_1)) ** 2
    assert np.allclose(ratio * area, flux_ratio(mass_2, mass_1, band), rtol=0.1)


@pytest.mark.parametrize("band", stars.BANDS)
def test_brightness_rises_with_temperature_and_is_near_a_blackbody_for_warm_stars(band):
    teff = np.linspace(2100, 12000, 400)
    ratio = stars.surface_brightness_ratio(teff_2=teff, teff_1=5770.0, band=band)
    assert np.all(np.diff(ratio) > 0)
    warm = (teff > 5000) & (teff < 10000)
    wavelength = np.linspace(*BANDPASS_NM[band], 300)[:, None] * 1e-3
    photons = wavelength**-4 / np.expm1(14387.77 / (wavelength * np.append(teff[warm], 5770.0)))
    blackbody = photons.sum(axis=0)[:-1] / photons.sum(axis=0)[-1]
    assert np.abs(2.5 * np.log10(ratio[warm] / blackbody)).max() < 0.15


def test_companions_count_for_more_in_the_redder_band():
    assert flux_ratio(0.3, 1.0, "tess") > 2 * flux_ratio(0.3, 1.0, "kepler")


def test_unknown_band_is_refused():
    with pytest.raises(BadParameter, match="'gaia'"):
        stars.absolute_magnitude(1.0, band="gaia")


@pytest.mark.data
def test_sequence_follows_the_published_table(data_folder):
    lines = (data_folder / "tables/priors/EEM_dwarf_UBVIJHK_colors_Teff.txt").read_text()
    rows = [line.split() for line in lines.split("\n#SpT")[1].splitlines()[1:]]
    table = np.array(
        [
            [float(row[1]), float(row[6]), float(row[-2])]
            for row in rows
            if len(row) > 31 and row[-2].replace(".", "").isdigit()
        ]
    )
    table = table[(table[:, 2] >= 0.075) & (table[:, 2] <= 3.38)]
    assert len(table) > 60
    assert np.abs(stars.radius_from_mass(table[:, 2]) / table[:, 1] - 1).max() < 0.06
    assert np.abs(stars.teff_from_mass(table[:, 2]) / table[:, 0] - 1).max() < 0.03


@pytest.mark.data
def test_magnitudes_follow_the_published_colour_relations(data_folder):
    lines = (data_folder / "tables/priors/EEM_dwarf_UBVIJHK_colors_Teff.txt").read_text()
    names, *rows = lines.split("\n#SpT")[1].splitlines()
    names = ["SpT", *names.split()]
    rows = [dict(zip(names, row.split(), strict=False)) for row in rows if len(row.split()) > 31]
    wanted = ("Msun", "M_G", "Bp-Rp", "Mv", "B-V", "V-Rc", "V-Ic")
    rows = [
        row
        for row in rows
        if all(row[name].strip("-").replace(".", "", 1).isdigit() for name in wanted)
    ]
    # the rows the sequence keeps: between them it is an interpolation
    kept = 10 ** stars._LOG_COLUMNS["mass"]
    table = np.array([[float(row[name]) for name in wanted] for row in rows])
    table = table[np.abs(table[:, :1] / kept - 1).min(axis=1) < 1e-6]
    mass, gaia, colour, visual, blue, near, far = table.T
    tess = gaia - 0.00522555 * colour**3 + 0.0891337 * colour**2 - 0.633923 * colour + 0.0324473
    valid = (colour > -0.2) & (colour < 3.5)
    off = (tess - stars.absolute_magnitude(mass, band="tess"))[valid]
    assert valid.sum() > 25 and np.abs(off).max() < 0.012
    g, r = visual + 0.60 * blue - 0.12, visual - 0.42 * blue + 0.11
    i = r - 0.91 * (far - near) + 0.20
    kepler = np.where(g - r <= 0.3, 0.25 * g + 0.75 * r, 0.3 * g + 0.7 * i)
    off = kepler - stars.absolute_magnitude(mass, band="kepler")
    cool = (far - near < 1.15) & (mass <= 1.76)
    assert cool.sum() > 15 and np.abs(off[cool]).max() < 0.06
    assert np.abs(off[mass > 1.76]).max() < 0.1
