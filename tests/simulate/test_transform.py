"""Segments exchange their flux only with those of the same exposure."""

from dataclasses import replace

import numpy as np
import pytest
from commands import simulation

from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve, Segment
from exoval.star import Star
from simulate.transform import (
    AS_IS,
    DISTURBED,
    INVERTED,
    INVERTED_SCRAMBLED,
    MADE_UP,
    PART,
    SMALLEST_PART,
    TRANSFORMS,
    invert,
    scramble,
    transformed,
)


def curve(seconds):
    """Segments of 50 cadences, each with a flux of its own shape and an exposure."""
    size = 50 * len(seconds)
    rng = np.random.default_rng(0)
    return LightCurve(
        target="TIC 1",
        mission="tess",
        time=np.arange(size) * 0.02,
        flux=1 + 1e-3 * rng.standard_normal(size),
        flux_error=np.full(size, 1e-3),
        exposure=0.02,
        segments=tuple(
            Segment(number=i, start=50 * i, stop=50 * (i + 1), exposure=own / 86400)
            for i, own in enumerate(seconds)
        ),
    )


def shapes(given):
    parts = [given.flux[segment.cadences] for segment in given.segments]
    return [part / np.median(part) for part in parts]


def origins(seconds, seed):
    """The segment of the light curve from which each segment of the scrambled one is."""
    given = curve(seconds)
    own = shapes(given)
    return [
        next(i for i, one in enumerate(own) if np.allclose(one, shape))
        for shape in shapes(scramble(given, np.random.default_rng(seed)))
    ]


def test_only_segments_of_one_exposure_change_places():
    seconds = [1800, 200, 1800, 200, 120]
    for seed in range(5):
        order = origins(seconds, seed)
        assert [seconds[i] for i in order] == seconds
        assert sorted(order) == [0, 1, 2, 3, 4]
        assert order == [2, 3, 0, 1, 4]


def test_without_two_of_one_exposure_nothing_changes():
    given = curve([1800, 200, 120])
    assert scramble(given, np.random.default_rng(0)) is given
    one = replace(given, segments=(Segment(number=0, start=0, stop=150),))
    assert scramble(one, np.random.default_rng(0)) is one


def test_segments_of_one_exposure_are_never_all_at_home():
    for seed in range(10):
        assert origins([600, 600, 600], seed) != [0, 1, 2]


STAR = Star(target="KIC 1", teff=5700.0, radius=1.0, mass=1.0, magnitude=13.0)


@pytest.fixture(scope="module")
def kepler():
    return simulation("mission=kepler", "host=procedural")[1]["mission"]


def turned(name, given, mission, seed=0):
    return transformed(given, name, np.random.default_rng(seed), mission=mission, star=STAR)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_is_drawn_from_its_generator_alone(name, kepler):
    given = curve([1765] * 4)
    one, again = (turned(name, given, kepler) for _ in range(2))
    np.testing.assert_array_equal(one.flux, again.flux)
    assert np.isfinite(one.flux).all() and len(one) <= len(given)
    other = turned(name, given, kepler, seed=1)
    same = len(one) == len(other) and np.array_equal(one.flux, other.flux)
    assert same == (name in (AS_IS, INVERTED))


def test_inverting_and_scrambling_are_both_done(kepler):
    given = curve([1765] * 4)
    expected = scramble(invert(given), np.random.default_rng(0))
    np.testing.assert_array_equal(turned(INVERTED_SCRAMBLED, given, kepler).flux, expected.flux)


def test_a_part_is_one_stretch(kepler):
    given, shares = curve([1765] * 4), []
    for seed in range(200):
        one = turned(PART, given, kepler, seed)
        first = int(np.flatnonzero(given.time == one.time[0])[0])
        np.testing.assert_array_equal(one.flux, given.flux[first : first + len(one)])
        shares.append(len(one) / len(given))
    assert min(shares) > SMALLEST_PART - 0.02 and max(shares) > 0.95
    assert np.mean(shares) == pytest.approx(0.5 * (1 + SMALLEST_PART), abs=0.03)


def test_a_part_of_segments_far_apart_has_light(kepler):
    given = curve([1765] * 2)
    apart = replace(given, time=given.time + np.where(np.arange(100) < 50, 0.0, 700.0))
    for seed in range(100):
        assert len(turned(PART, apart, kepler, seed)) >= SMALLEST_PART * 100 - 1


def test_noise_that_is_made_up_keeps_the_cadences_and_nothing_of_the_flux(kepler):
    given = curve([1765] * 4)
    one = turned(MADE_UP, given, kepler)
    assert np.array_equal(one.time, given.time) and one.segments == given.segments
    assert abs(np.corrcoef(one.flux[:50], given.flux[:50])[0, 1]) < 0.5
    assert one.target == given.target


def test_a_disturbance_is_there_every_time(kepler):
    given = curve([1765] * 4)
    for seed in range(20):
        one = turned(DISTURBED, given, kepler, seed)
        assert 0 < np.abs(one.flux / given.flux - 1).max() < 0.1


def test_a_mission_without_disturbances_says_so(kepler):
    quiet = replace(kepler, noise=replace(kepler.noise, processes={}))
    with pytest.raises(BadParameter, match=r"no disturbance .* \(dropouts, rolling_bands\)"):
        turned(DISTURBED, curve([1765]), quiet)
    with pytest.raises(BadParameter, match="unknown transform 'turned'"):
        turned("turned", curve([1765]), kepler)
