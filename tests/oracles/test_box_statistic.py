"""The folding kernels against brute force and against astropy's box search."""

import numpy as np
import pytest
from astropy.timeseries import BoxLeastSquares

from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve, Segment
from exoval.search.folding import bin_in_time, search_periods
from exoval.search.refine import box_event
from exoval.search.weighted_flux import weighted_flux


def gappy(seed, count=3000, days=60.0):
    """Irregular times, unequal errors, a dip every four days."""
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(0, days, count))
    time = time[(time < 20) | (time > 27)]
    time[0] = 0.0
    error = 1e-4 * rng.uniform(0.5, 2, len(time))
    flux = 1 + error * rng.standard_normal(len(time))
    flux[np.abs((time - 1.93) % 4.0 - 2.0) > 1.85] -= 1e-4
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=error,
        exposure=0.02,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def searched(data, periods, durations, radix=1, floor=0.0, bins_per_duration=4.0):
    trials = np.tile(durations, (len(periods), 1))
    return search_periods(
        data.time,
        data.weight.astype(np.float32),
        data.signal.astype(np.float32),
        np.asarray(periods, dtype=float),
        trials,
        bins_per_duration,
        radix,
        floor,
        np.ones(len(periods), dtype=bool),
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_statistic_is_astropys(seed):
    curve = gappy(seed)
    durations = np.array([0.2, 0.3, 0.45])
    periods = np.array([3.2, 4.0, 5.0, 6.4])
    power, phase, duration = searched(weighted_flux(curve), periods, durations)
    compared = 0
    for i, period in enumerate(periods):
        # on this grid astropy's bins begin at the first cadence as ours do, at time zero
        model = BoxLeastSquares(curve.time, curve.flux, curve.flux_error)
        theirs = model.power([period], durations, objective="snr", oversample=4)
        # its last phase bin is overwritten by the first, and wide boxes do not go round
        if not 0.5 < theirs.transit_time[0] < period - 0.5 or not 0.5 < phase[i] * period:
            continue
        compared += 1
        assert power[i] == pytest.approx(theirs.depth_snr[0], rel=1e-4)
        assert phase[i] * period == pytest.approx(theirs.transit_time[0], abs=1e-6)
        assert duration[i] == pytest.approx(theirs.duration[0], abs=1e-6)
    assert compared >= 2


@pytest.mark.parametrize("period", [0.71, 3.3, 11.7])
def test_the_best_box_is_the_best_of_all_boxes(period):
    curve = gappy(7)
    data = weighted_flux(curve)
    durations = np.array([0.1, 0.17, 0.3])
    power, phase, duration = searched(data, [period], durations)
    bins = int(np.ceil(period / 0.1 * 4))
    place = np.floor(data.time / period % 1.0 * bins).astype(int)
    weight = np.bincount(place, data.weight, bins)
    signal = np.bincount(place, data.signal, bins)
    best = 0.0
    for width in np.round(durations * bins / period).astype(int):
        for start in range(bins):
            box = np.arange(start, start + width) % bins
            r, s = weight[box].sum(), signal[box].sum()
            if s < 0 and 0 < r < data.total:
                best = max(best, -s * np.sqrt(data.total / (r * (data.total - r))))
    assert power[0] == pytest.approx(best, rel=1e-4)
    # and the box it names has that strength on the light curve itself
    named = box_event(curve, Ephemeris(period, phase[0] * period, duration[0] * (1 - 1e-9)))
    assert named.signal_to_noise == pytest.approx(power[0], rel=0.01)


def test_bins_of_time_keep_every_sum():
    data = weighted_flux(gappy(3))
    time, weight, signal = bin_in_time(data.time, data.weight, data.signal, 0.25)
    assert len(time) < len(data) / 5
    assert weight.sum() == pytest.approx(data.total, rel=1e-5)
    assert np.dot(weight, time) == pytest.approx(np.dot(data.weight, data.time), rel=1e-5)
    expected = [data.signal[np.floor(data.time / 0.25) == np.floor(t / 0.25)].sum() for t in time]
    np.testing.assert_allclose(signal, expected, atol=1e-4)
    assert not np.any((time > 20.1) & (time < 26.9))


def test_a_box_of_too_little_weight_does_not_count():
    curve = gappy(5)
    data = weighted_flux(curve)
    inside = Ephemeris(4.0, 0.0, 0.3).in_event(data.time)
    full = data.total / len(data) * inside.sum() / 0.3  # weight per day of the true box
    free = searched(data, [4.0], [0.3])[0]
    assert searched(data, [4.0], [0.3], floor=0.5 * full)[0] == pytest.approx(free)
    assert searched(data, [4.0], [0.3], floor=3 * full)[0] == 0
