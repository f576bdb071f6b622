import numpy as np
import pytest

from exoval.errors import BadParameter
from exoval.missions.linear_flux import is_magnitude, linear_flux

CHANGE = np.random.default_rng(1).normal(0, 3e-4, 500)
CHANGE[200:210] -= 0.01
ERROR = np.full(500, 3e-4)


@pytest.mark.parametrize(
    ("unit", "name", "scale"),
    [
        ("ppm", "FLUX_CORR", 1e6),
        ("PPM", "f", 1e6),
        ("1e-6", "f", 1e6),
        ("", "flux_ppm", 1e6),
        ("", "flux", 1e6),
        ("ppt", "f", 1e3),
        ("0.001", "f", 1e3),
        ("‰", "f", 1e3),
        ("", "flux [ppt]", 1e3),
        ("", "flux", 1e3),
        ("%", "f", 1e2),
        ("10**-2", "f", 1e2),
        ("10**-6", "f", 1e6),
        ("", "Flux (%)", 1e2),
        ("", "flux_percent", 1e2),
        ("", "flux per mille", 1e3),
        ("", "flux ‰", 1e3),
        ("", "flux", 1.0),
        ("dimensionless", "flux", 1.0),
    ],
)
def test_changes_about_zero(unit, name, scale):
    linear = linear_flux(scale * CHANGE, scale * ERROR, unit=unit, name=name)
    assert linear.flux == pytest.approx(1 + CHANGE, abs=1e-12)
    assert linear.error == pytest.approx(ERROR)
    assert len(linear.notes) == 1


@pytest.mark.parametrize("noise", [3e-5, 1e-3, 1.9e-2])
@pytest.mark.parametrize("scale", [1.0, 1e3, 1e6])
def test_the_scatter_tells_the_scale_for_the_noise_of_photometry(noise, scale):
    change = np.random.default_rng(2).normal(0, noise, 4000)
    # slow variation far above the noise must not matter
    change += 20 * noise * np.sin(np.linspace(0, 6, 4000))
    flux = linear_flux(scale * change, np.full(4000, np.nan)).flux
    assert flux == pytest.approx(1 + change, abs=1e-9)


@pytest.mark.parametrize("unit", ["", "e-/s", "ADU", "ppm"])
@pytest.mark.parametrize("level", [1.0, 1e6, 5e4])
def test_flux_with_a_level_is_left_alone(unit, level):
    linear = linear_flux(level * (1 + CHANGE), level * ERROR, unit=unit)
    assert linear.flux == pytest.approx(level * (1 + CHANGE)) and linear.notes == ()


def test_counts_about_zero_are_left_alone():
    assert linear_flux(1e6 * CHANGE, ERROR, unit="e-/s", name="FLUX").notes == ()


@pytest.mark.parametrize(
    ("unit", "name", "per_magnitude"),
    [
        ("mag", "TFA1", 1),
        ("mag(AB)", "f", 1),
        ("", "TESS_mag", 1),
        ("", "dmag", 1),
        ("", "Tmag", 1),
        ("", "delta_Kepmag", 1),
        ("", "Mag_corr (mmag)", 1e3),
        ("", "dmag [millimag]", 1e3),
        ("mmag", "f", 1e3),
    ],
)
def test_magnitudes(unit, name, per_magnitude):
    magnitude = per_magnitude * -2.5 * np.log10(1 + CHANGE) + (0 if name == "dmag" else 11.0)
    error = per_magnitude * 2.5 / np.log(10) * ERROR
    linear = linear_flux(magnitude, error, unit=unit, name=name)
    assert linear.flux == pytest.approx((1 + CHANGE) / np.median(1 + CHANGE), rel=1e-9)
    assert linear.error == pytest.approx(ERROR, rel=0.02)
    assert linear.notes == ("magnitudes were converted to flux relative to their median",)


def test_missing_magnitudes_stay_missing():
    magnitude = np.array([11.0, np.nan, 11.0])
    assert np.isnan(linear_flux(magnitude, magnitude, unit="mag").flux).tolist() == [0, 1, 0]
    nothing = np.full(3, np.nan)
    assert np.isnan(linear_flux(nothing, nothing, unit="mag").flux).all()


@pytest.mark.parametrize("scale", [1e-3, 1e12])
def test_a_scatter_of_no_photometry_is_refused(scale):
    with pytest.raises(BadParameter, match=r"lies about zero.*flux_ppm or flux_ppt"):
        linear_flux(scale * CHANGE, ERROR)


def test_a_unit_is_stronger_than_a_name():
    assert not is_magnitude("e-/s", "mag_aper_flux") and is_magnitude("mag", "flux")
