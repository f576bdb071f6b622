"""Segments exchange their flux only with those of the same exposure."""

from dataclasses import replace

import numpy as np

from exoval.lightcurve import LightCurve, Segment
from simulate.transform import scramble


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
