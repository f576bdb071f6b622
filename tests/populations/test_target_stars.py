import numpy as np
import pytest

from exoval.errors import BadParameter
from exoval.populations.target_stars import TargetStars


def drawn(count=400, **knobs):
    stars = TargetStars(**knobs)
    rng = np.random.default_rng(1)
    return [stars.sample(rng, str(number), band="tess") for number in range(count)]


def test_stars_are_within_their_ranges():
    stars = drawn(brightest=8.0, faintest=12.0, lightest=0.5, heaviest=1.2)
    assert all(8 <= star.magnitude <= 12 and 0.5 <= star.mass <= 1.2 for star in stars)
    assert all(
        star.logg == pytest.approx(4.438068 + np.log10(star.mass / star.radius**2))
        for star in stars
    )


def test_magnitudes_have_the_slope():
    magnitudes = np.array(
        [star.magnitude for star in drawn(2000, brightest=8.0, faintest=12.0, magnitude_slope=0.3)]
    )
    # of 10^(0.3 m) between 8 and 12 the half below 10 holds 1 / (1 + 10^0.6)
    assert np.mean(magnitudes < 10) == pytest.approx(1 / (1 + 10**0.6), abs=0.03)


def test_places_are_uniform_over_the_cap():
    stars = drawn(1000, ra_degrees=40.0, dec_degrees=-30.0, field_radius_degrees=20.0)
    ra, dec = (np.radians([getattr(star, name) for star in stars]) for name in ("ra", "dec"))
    cosine = np.sin(dec) * np.sin(np.radians(-30)) + np.cos(dec) * np.cos(np.radians(-30)) * np.cos(
        ra - np.radians(40)
    )
    distance = np.degrees(np.arccos(cosine))
    assert distance.max() <= 20 + 1e-6
    inner = (1 - np.cos(np.radians(10))) / (1 - np.cos(np.radians(20)))
    assert np.mean(distance < 10) == pytest.approx(inner, abs=0.05)


def test_fields_in_the_plane_are_crowded():
    def median_crowding(dec):
        stars = TargetStars(ra_degrees=192.86, dec_degrees=dec, field_radius_degrees=2.0)
        rng = np.random.default_rng(0)
        return np.median(
            [
                stars.crowding(
                    rng, stars.sample(rng, "x", band="tess"), band="tess", aperture_arcsec=40.0
                )
                for _ in range(60)
            ]
        )

    # the Galactic pole, and 63 degrees from it through its equator
    assert median_crowding(27.13) > median_crowding(-62.87) + 0.02


@pytest.mark.parametrize(
    "wrong", [{"brightest": 15.0}, {"lightest": 2.0}, {"field_radius_degrees": 0.0}]
)
def test_empty_ranges_are_refused(wrong):
    with pytest.raises(BadParameter, match="give"):
        TargetStars(**wrong)
