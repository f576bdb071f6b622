"""Catalogue ephemerides must put the dips of the real light curves where they are."""

import numpy as np
import pytest
from scipy.ndimage import median_filter

from exoval.catalogs.eclipsing_binaries import read_eclipsing_binaries
from exoval.catalogs.koi import read_koi
from exoval.catalogs.tce import read_tce
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library


def median_detrended(curve, days):
    """Flux over its running median, segment by segment; windows are far longer than events."""
    flux = np.empty(len(curve))
    for segment in curve.segments:
        part = curve.flux[segment.cadences]
        window = min(int(days / curve.exposure), len(part)) // 2 * 2 - 1
        flux[segment.cadences] = part / median_filter(part, window, mode="nearest")
    return flux


def depth_at(curve, flux, ephemeris, shift=0.0):
    """Median flux beside the event minus that in its inner half, ``shift`` durations away."""
    phase = np.abs(ephemeris.time_from_mid_event(curve.time - shift * ephemeris.duration))
    inside = phase < 0.25 * ephemeris.duration
    beside = (phase > 0.75 * ephemeris.duration) & (phase < 2 * ephemeris.duration)
    return np.median(flux[beside]) - np.median(flux[inside])


@pytest.mark.parametrize(
    ("target", "name"),
    [("KIC 10666592", "K00002.01"), ("KIC 757450", "K00889.01"), ("KIC 8644288", "K00137.02")],
)
def test_depths_of_known_planets_agree_with_the_catalogue(target, name, sample_folder):
    (koi,) = (candidate for candidate in read_koi() if candidate.name == name)
    assert koi.target == target
    curve = open_library(kepler()).read(target)
    flux = median_detrended(curve, max(1.0, 4 * koi.ephemeris.duration))
    assert depth_at(curve, flux, koi.ephemeris) == pytest.approx(koi.depth, rel=0.1)


def catalogued_dips(read, library, label, count):
    """The deepest detached signals of a catalogue among the stars at hand."""
    at_hand = set(library.targets())
    found = [
        c
        for c in read()
        if c.target in at_hand
        and c.label == label
        and c.ephemeris.duration < 0.05 * c.ephemeris.period
        and c.depth > 5e-4
    ]
    return sorted(found, key=lambda candidate: -candidate.depth)[:count]


def centred_dips(dips, library):
    """How many of the signals are deeper at their epoch than a duration before and after it."""
    centred = 0
    for candidate in dips:
        curve = library.read(candidate.target)
        flux = median_detrended(curve, max(1.0, 4 * candidate.ephemeris.duration))
        depths = [depth_at(curve, flux, candidate.ephemeris, shift) for shift in (-1, 0, 1)]
        centred += depths[1] > 0 and depths[1] > 2 * max(depths[0], depths[2])
    return centred


@pytest.mark.parametrize(("read", "label"), [(read_koi, "CONFIRMED"), (read_tce, "PC")])
def test_the_dip_of_a_planet_is_at_the_epoch_and_not_beside_it(read, label, sample_folder):
    library = open_library(kepler())
    dips = catalogued_dips(read, library, label, 8)
    assert len(dips) == 8
    assert centred_dips(dips, library) >= len(dips) - 1


@pytest.mark.data
@pytest.mark.parametrize(("read", "label"), [(read_eclipsing_binaries, "EB"), (read_tce, "AFP")])
def test_the_dip_of_a_binary_is_at_the_epoch_and_not_beside_it(read, label, data_folder):
    library = open_library(kepler())
    dips = catalogued_dips(read, library, label, 8)
    assert len(dips) >= 5
    assert centred_dips(dips, library) >= len(dips) - 1
