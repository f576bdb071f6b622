"""Views by medians: bins by hand, the published normalisation, and the way to disk and network."""

import numpy as np
import pytest
from light_curves import folded
from sklearn.base import clone

from exoval.classifiers.transit_cnn import TransitCNN
from exoval.detrend.adaptive_spline import AdaptiveSpline
from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.views.fine import FINE
from exoval.views.layout import ViewLayout
from exoval.views.medians import (
    COARSE,
    LONGEST,
    MedianViews,
    bin_medians,
    drawn_share,
    event_duration,
    standing_on_minus_one,
)
from exoval.views.store import ViewRows, open_views, save_views

EPHEMERIS = Ephemeris(3.3, 2.0, 0.25)


def test_stretches_lie_one_after_the_other():
    for layout in (FINE, COARSE):
        stops = [part.stop for part in layout.slices.values()]
        assert stops == list(np.cumsum(list(layout.bins.values())))
    with pytest.raises(BadParameter, match="positive number of bins"):
        ViewLayout({})


def test_bins_are_medians_of_what_lies_in_them():
    random = np.random.default_rng(0)
    time = np.sort(random.uniform(-1, 1, 400))
    flux = random.standard_normal(400)
    found, lost = bin_medians(time, flux, half_window=0.5, width=0.1, bins=21)
    assert lost == 0
    starts = -0.5 + np.arange(21) * (1.0 - 0.1) / 20
    by_hand = [np.median(flux[(time >= start) & (time < start + 0.1)]) for start in starts]
    assert found == pytest.approx(by_hand)


def test_an_empty_bin_is_counted_and_gets_the_median_of_all():
    time = np.concatenate([np.linspace(-1, -0.2, 50), np.linspace(0.2, 1, 50)])
    flux = np.arange(100.0)
    found, lost = bin_medians(time, flux, half_window=1.0, width=0.1, bins=20)
    assert lost == 3
    assert np.sum(found == np.median(flux)) == 3


def test_the_level_is_zero_and_the_lowest_bin_minus_one():
    values, missing = MedianViews()(folded(EPHEMERIS, 2e-3, noise=2e-4))
    assert values.shape == (COARSE.length,) and values.dtype == np.float32
    assert missing.shape == (2,) and missing.dtype == np.int16
    for part in COARSE.slices.values():
        assert np.median(values[part]) == pytest.approx(0, abs=1e-6)
        assert values[part].min() == pytest.approx(-1)
    assert not standing_on_minus_one(np.full(5, 3.0)).any()


def test_the_event_fills_a_quarter_of_its_window():
    values, _ = MedianViews()(folded(EPHEMERIS, 2e-3, noise=2e-5))
    local = values[COARSE.slices["local"]]
    assert np.sum(local < -0.5) == pytest.approx(61 / 4, abs=3)
    whole = values[COARSE.slices["global"]]
    assert np.sum(whole < -0.5) == pytest.approx(201 * 0.25 / 3.3, abs=3)


def test_without_hiding_the_trend_follows_a_long_event():
    """A spline of close knots eats an event that it does not know of."""

    class Stiff:
        def __call__(self, light_curve, event=None):
            assert event is None
            return light_curve.with_flux(np.ones(len(light_curve)), light_curve.flux_error)

    event = folded(EPHEMERIS, 2e-3)
    values, _ = MedianViews(detrend=Stiff())(
        type(event)(event.light_curve, event.event, event.star, event.light_curve)
    )
    assert not values.any()


def test_the_best_box_of_a_triangle_is_two_thirds_of_it():
    """The largest height times root of width of a box on 1 - |t| is at a width of 2/3 of 2."""
    half = np.linspace(0.01, 1, 1000)
    best = half[np.argmax((half - half**2 / 2) / np.sqrt(half))]
    assert 1 / best == pytest.approx(LONGEST, abs=0.01)
    assert event_duration(trapezoid=2.0, box=1.8) == 2.0
    assert event_duration(trapezoid=2.0, box=1.0) == LONGEST
    assert event_duration(trapezoid=np.nan, box=1.0) == 1.0


@pytest.mark.parametrize("name", ["global_width", "local_width", "reach"])
def test_widths_are_positive(name):
    with pytest.raises(BadParameter, match=name):
        MedianViews(**{name: 0.0})


def test_they_go_to_disk_and_to_a_network(tmp_path):
    random = np.random.default_rng(1)
    truth = random.random(400) < 0.5
    values = 0.2 * random.standard_normal((400, COARSE.length)).astype(np.float32)
    values[truth, COARSE.slices["local"].start + 26 : COARSE.slices["local"].start + 35] -= 1
    save_views(
        tmp_path,
        "views",
        size=400,
        rows=((row, values[row], np.zeros(2)) for row in range(400)),
        layout=COARSE,
    )
    found = open_views(tmp_path)
    assert found.layout == COARSE
    assert np.array_equal(found.view("local"), values[:, 201:])
    network = TransitCNN(networks=1, epochs=8, batch_size=32, learning_rate=0.01, random_state=0)
    features = random.standard_normal((400, 1))
    fitted = clone(network).fit(features, truth, views=ViewRows.of_all(found, 400))
    assert np.mean(fitted.predict(features, views=values) == truth) > 0.95
    with pytest.raises(BadParameter, match="262"):
        fitted.predict(features, views=np.zeros((400, FINE.length), np.float32))


def test_the_adaptive_spline_is_as_stiff_as_it_may_be():
    event = folded(EPHEMERIS, 0.0)
    curve = event.light_curve
    quiet = AdaptiveSpline()(curve)
    wave = 1 + 5e-3 * np.sin(2 * np.pi * curve.time / 2.0)
    wavy = AdaptiveSpline()(curve.with_flux(curve.flux * wave, curve.flux_error))
    noise = np.std(np.diff(curve.flux)) / np.sqrt(2)
    # a wave of two days is gone, and from a quiet star hardly anything is taken
    assert np.std(wavy.flux) < 1.3 * noise
    assert np.std(quiet.flux * np.median(curve.flux) - curve.flux) < 0.15 * noise


def test_an_empty_bin_may_lie_between_its_neighbours():
    time = np.concatenate([np.linspace(-1, -0.2, 50), np.linspace(0.2, 1, 50)])
    flux = np.where(time < 0, 1.0, 3.0)
    found, lost = bin_medians(time, flux, half_window=1.0, width=0.1, bins=20, bridged=True)
    assert lost == 3
    assert np.all(np.diff(found) >= 0)
    assert np.diff(found)[np.diff(found) > 0] == pytest.approx([0.5] * 4)


def test_a_fold_about_the_first_cadence_is_that_of_the_event_at_another_phase():
    event = folded(EPHEMERIS, 2e-3, noise=1e-5)
    here, there = (MedianViews(about=about)(event)[0] for about in ("event", "start"))
    whole = COARSE.slices["global"]
    away = (EPHEMERIS.epoch - event.light_curve.time.min()) / EPHEMERIS.period
    dip = np.flatnonzero(there[whole] < -0.5)
    expected = 100 + 201 * (away - np.round(away))
    assert dip.mean() == pytest.approx(expected, abs=1.5)
    assert np.sum(here[whole] < -0.5) == pytest.approx(len(dip), abs=1)
    with pytest.raises(BadParameter, match="about"):
        MedianViews(about="middle")


@pytest.mark.parametrize(("duration", "is_left"), [(0.1, False), (0.4, True)])
def test_clipping_hollows_out_an_event_that_is_rare_enough(duration, is_left):
    # a dip of a share d of the time is sqrt((1 - d) / d) standard deviations deep: 5.7 and 2.7
    event = folded(Ephemeris(3.3, 2.0, duration), 2e-2, noise=1e-4)
    clipped = MedianViews(clip_sigma=4.0)(event)[0]
    untouched = MedianViews()(event)[0]
    whole = COARSE.slices["global"]
    inside = np.abs(np.arange(201) - 100) < 0.3 * duration / 3.3 * 201
    assert np.all(untouched[whole][inside] < -0.9)
    assert np.all(clipped[whole][inside] < -0.9) == is_left
    with pytest.raises(BadParameter, match="clip_sigma"):
        MedianViews(clip_sigma=0.0)


def test_shares_that_are_drawn_from_periods_are_even_in_their_logarithm():
    periods = np.random.default_rng(0).uniform(0.1, 20, 4000)
    shares = drawn_share(periods, 0.1, 0.6)
    assert 0.1 <= shares.min() and shares.max() <= 0.6
    even = np.log(shares / 0.1) / np.log(6)
    assert np.quantile(even, [0.25, 0.5, 0.75]) == pytest.approx([0.25, 0.5, 0.75], abs=0.03)
    # neighbours in period are not neighbours in share
    assert abs(np.corrcoef(even, periods)[0, 1]) < 0.05


def test_a_long_event_fills_more_of_a_view_whose_duration_ends_earlier():
    event = folded(Ephemeris(3.3, 2.0, 0.6), 2e-2, noise=1e-4)
    whole, ended = (
        MedianViews(longest_share=share)(event)[0][COARSE.slices["local"]]
        for share in (None, (0.1, 0.1))
    )
    assert np.sum(ended < -0.5) > 1.5 * np.sum(whole < -0.5)
    short = folded(EPHEMERIS, 2e-3, noise=2e-4)
    assert np.array_equal(MedianViews(longest_share=(0.9, 0.95))(short)[0], MedianViews()(short)[0])
    with pytest.raises(BadParameter, match="longest_share"):
        MedianViews(longest_share=(0.5, 0.1))
