from dataclasses import replace

import numpy as np
import pytest
from noisy_boxes import CADENCE, light_curve, sampling

from exoval.ephemeris import Ephemeris
from exoval.search.refine import box_event
from exoval.whitening.whitened_light_curve import whiten

EPHEMERIS = Ephemeris(5.3, 133.1, 0.2)


def whitened(curve, ephemeris=EPHEMERIS):
    dip = 1 - curve.flux / np.median(curve.flux)
    hidden = ephemeris.in_event(curve.time, 2.0)
    return whiten(curve.time, dip, curve.flux_error**-2.0, exposure=CADENCE, hidden=hidden)


def events(curve, ephemeris=EPHEMERIS):
    time = curve.time
    return whitened(curve, ephemeris).events(ephemeris.in_event(time), ephemeris.event_number(time))


# slow bands count as no quieter than the last that detrending leaves alone: the larger of two
# estimates is too large, and costs long events some of their strength
@pytest.mark.parametrize(
    ("duration", "ratio", "tolerance"),
    [(0.06, 1.0, 0.02), (0.2, 0.98, 0.03), (0.5, 0.92, 0.05)],
)
def test_in_white_noise_it_is_the_white_statistic(duration, ratio, tolerance):
    ephemeris = replace(EPHEMERIS, duration=duration)
    ours, white = [], []
    for seed in range(10):
        curve = light_curve(sampling(90), (ephemeris, 12.0), seed=seed)
        ours.append(events(curve, ephemeris).total_strength)
        white.append(box_event(curve, ephemeris).signal_to_noise)
    assert np.mean(ours) / np.mean(white) == pytest.approx(ratio, abs=tolerance)
    assert np.std(np.array(ours) - white) < 0.6


def test_errors_that_change_are_white_noise_too():
    time = sampling(90)
    error = np.where(time < 170, 2e-4, 8e-4)
    curve = light_curve(time, (EPHEMERIS, 12.0), error=error)
    white = box_event(curve, EPHEMERIS).signal_to_noise
    assert events(curve).total_strength == pytest.approx(white, abs=1.2)


def test_errors_that_are_too_small_do_not_make_events_stronger():
    curve = light_curve(sampling(90), (EPHEMERIS, 12.0))
    wrong = curve.with_flux(curve.flux, 0.1 * curve.flux_error)
    assert events(wrong).total_strength == pytest.approx(events(curve).total_strength, rel=1e-6)


def test_depth_is_that_of_the_box():
    found = events(light_curve(sampling(90), (EPHEMERIS, 100.0)))
    depth = 100 * 2e-4 / EPHEMERIS.in_event(sampling(90)).sum() ** 0.5
    assert found.gain.sum() / found.information.sum() == pytest.approx(depth, rel=0.03)


def test_the_events_own_depth_does_not_raise_its_noise():
    weak, strong = (
        events(light_curve(sampling(90), (EPHEMERIS, strength))) for strength in (10.0, 1000.0)
    )
    # the event moves the median flux a little, and with it the level of the dip
    assert strong.information == pytest.approx(weak.information, rel=0.04)
    assert strong.total_strength == pytest.approx(1000, rel=0.05)


def test_single_events_add_up_to_the_whole():
    curve = light_curve(sampling(90), (EPHEMERIS, 20.0))
    found = events(curve)
    weights = np.sqrt(found.information)
    assert np.sum(weights * found.strength) / np.sqrt(np.sum(weights**2)) == pytest.approx(
        found.total_strength
    )
    seen = EPHEMERIS.event_number(curve.time[EPHEMERIS.in_event(curve.time)])
    assert found.number.tolist() == np.unique(seen).tolist()


def test_a_gap_over_events_takes_their_strength_and_no_more():
    curve = light_curve(sampling(90), (EPHEMERIS, 60.0))
    number = EPHEMERIS.event_number(curve.time)
    kept = curve.keep((number < 5) | (number > 8))
    # four of seventeen are gone
    assert events(kept).total_strength == pytest.approx(
        events(curve).total_strength * (13 / 17) ** 0.5, rel=0.05
    )


def test_what_fills_a_gap_does_not_count():
    curve = light_curve(sampling(90), (EPHEMERIS, 40.0))
    inside = EPHEMERIS.in_event(curve.time)
    third = inside & (np.arange(len(curve)) % 3 == 0)
    assert events(curve.keep(~third)).total_strength == pytest.approx(
        events(curve).total_strength * (2 / 3) ** 0.5, rel=0.08
    )


def test_no_cadence_in_an_event_gives_none():
    curve = light_curve(sampling(90))
    empty = curve.keep(~EPHEMERIS.in_event(curve.time))
    found = events(empty)
    assert len(found.number) == 0
    assert np.isnan(found.total_strength)


def test_a_light_curve_of_a_day_is_too_short():
    assert whitened(light_curve(sampling(1.0))) is None


def test_boxes_without_an_event_have_unit_scatter_in_white_and_in_red_noise():
    curve = light_curve(sampling(300))
    rng = np.random.default_rng(2)
    red = np.zeros(len(curve))
    for i, step in enumerate(rng.standard_normal(len(curve) - 1)):
        red[i + 1] = 0.9 * red[i] + 3e-4 * step
    for flux in (curve.flux, curve.flux + red):
        own = curve.with_flux(flux)
        clear = ~EPHEMERIS.in_event(own.time, 2.0)
        boxes = whitened(own).empty_boxes(clear, duration=0.2)
        assert np.std(boxes) == pytest.approx(1.0, abs=0.08)
        assert np.mean(boxes) == pytest.approx(0.0, abs=0.08)


def test_boxes_without_an_event_do_not_see_it():
    weak, strong = (light_curve(sampling(90), (EPHEMERIS, strength)) for strength in (0.0, 50.0))
    clear = ~EPHEMERIS.in_event(weak.time, 3.0)
    boxes = [whitened(one).empty_boxes(clear, duration=0.2) for one in (weak, strong)]
    assert len(boxes[0]) > 300
    # the flanks of the whitened event reach beyond it
    assert np.std(boxes[1]) == pytest.approx(np.std(boxes[0]), rel=0.1)


def test_boxes_longer_than_the_light_curve_are_none():
    curve = light_curve(sampling(20))
    assert len(whitened(curve).empty_boxes(np.ones(len(curve), dtype=bool), duration=40.0)) == 0


@pytest.mark.parametrize("days", [1.5, 2.0, 4.0, 7.0, 15.0, 30.0])
def test_short_light_curves_are_measured(days):
    ephemeris = Ephemeris(0.6, 130.3, 0.1)
    found = events(light_curve(sampling(days), (ephemeris, 20.0)), ephemeris)
    assert found.total_strength == pytest.approx(20.0, abs=7.0)
