"""A map of the sky gives its own counts where it has them."""

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import SkyCoord

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.populations.density_map import DensityMap, _pixel
from exoval.populations.galactic_disc import GalacticDisc


def write(path, nside=2, **changes):
    """Ten stars a square degree and magnitude in pixel 0, one more in each further pixel."""
    limits = np.arange(10.0, 20.1, 0.5)
    rate = 10.0 + np.arange(12 * nside**2)
    arrays = {
        "mag_faint_limit": limits,
        "nside": nside,
        "ordering": "RING",
        "density": (limits - 10)[:, None] * rate[None, :],
    } | changes
    np.savez(path, **arrays)
    return str(path)


@pytest.mark.parametrize("nside", [1, 2, 16, 64])
def test_pixels_are_those_of_healpix(nside):
    healpix = pytest.importorskip("astropy_healpix")
    rng = np.random.default_rng(nside)
    longitude, latitude = 360 * rng.random(4000), np.degrees(np.arcsin(2 * rng.random(4000) - 1))
    expected = healpix.lonlat_to_healpix(
        longitude * units.deg, latitude * units.deg, nside, order="ring"
    )
    assert [_pixel(nside, x, y) for x, y in zip(longitude, latitude)] == list(expected)


def test_density_is_the_maps_and_goes_on_as_the_discs(tmp_path):
    sky = DensityMap(write(tmp_path / "map.npz"), frame="galactic")
    pixel = _pixel(2, *(200.0, 0.0))
    place = SkyCoord(l=200, b=0, unit="deg", frame="galactic").icrs
    ra, dec = float(place.ra.deg), float(place.dec.deg)
    assert sky.density(15.0, band="tess", ra=ra, dec=dec) * 3600**2 == pytest.approx(10 + pixel)
    equatorial = DensityMap(write(tmp_path / "map.npz"))
    assert equatorial.density(15.0, band="tess", ra=200.0, dec=0.0) * 3600**2 == pytest.approx(
        10 + pixel
    )
    assert equatorial.density(15.0, band="tess") > 0
    disc = GalacticDisc()
    grows = sky.density(22.0, band="tess", ra=ra, dec=dec) / sky.density(
        19.75, band="tess", ra=ra, dec=dec
    )
    assert grows == pytest.approx(
        disc.density(22.0, band="tess", ra=ra, dec=dec)
        / disc.density(19.75, band="tess", ra=ra, dec=dec)
    )
    assert np.isneginf(
        DensityMap(write(tmp_path / "none.npz", density=np.zeros((21, 48)))).log_prob(
            15.0, band="tess", ra=ra, dec=dec
        )
    )
    masses = sky.sample(np.random.default_rng(0), 50, 15.0, band="tess", ra=ra, dec=dec)
    assert ((masses >= 0.1) & (masses <= 2.5)).all()


def test_what_is_no_map_is_refused(tmp_path):
    with pytest.raises(DataNotFound, match="no star-density map"):
        DensityMap(str(tmp_path / "missing.npz"))
    with pytest.raises(BadTable, match="RING order"):
        DensityMap(write(tmp_path / "a.npz", ordering="NESTED")).density(
            15.0, band="tess", ra=1.0, dec=2.0
        )
    with pytest.raises(BadParameter, match="frame='sky'"):
        DensityMap(write(tmp_path / "a.npz"), frame="sky")
    (tmp_path / "b.npz").write_text("no numbers")
    with pytest.raises(BadTable, match="cannot read"):
        DensityMap(str(tmp_path / "b.npz")).density(15.0, band="tess", ra=1.0, dec=2.0)


@pytest.mark.data
def test_a_published_map_and_the_disc_agree_away_from_the_bulge(data_folder):
    path = data_folder / "tables" / "priors" / "raven_trilegal_density_nside16.npz"
    sky, disc = DensityMap(str(path)), GalacticDisc()
    ratios = [
        sky.density(magnitude, band="tess", ra=ra, dec=dec)
        / disc.density(magnitude, band="tess", ra=ra, dec=dec)
        for magnitude in (13.0, 16.0, 19.0)
        for ra, dec in ((290.7, 44.5), (150.0, 30.0), (60.0, -60.0), (200.0, -10.0))
    ]
    assert 0.5 < np.median(ratios) < 2 and max(ratios) < 5 and min(ratios) > 0.2, ratios
