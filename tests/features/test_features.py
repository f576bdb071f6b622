"""Features say what was put into the light curve."""

import numpy as np
import pytest
from light_curves import SUN, folded
from scipy.stats import norm

from exoval.ephemeris import Ephemeris
from exoval.features.odd_even import OddEvenFeatures
from exoval.features.position import PositionFeatures
from exoval.features.reason import Reason
from exoval.features.secondary import SecondaryFeatures, among_phases
from exoval.features.shape import ShapeFeatures
from exoval.features.sinusoid import SinusoidFeatures
from exoval.features.star import evolved
from exoval.features.strength import StrengthFeatures
from exoval.features.transit_fit import TransitFitFeatures
from exoval.features.uniqueness import UniquenessFeatures, shift_shape
from exoval.folded.false_alarm import log_false_alarm
from exoval.lightcurve import LightCurve
from exoval.physics.exact_flux import ExactModel
from exoval.physics.limb_darkening import quadratic_limb_darkening
from exoval.physics.orbit import durations
from exoval.search.period_grid import duration_scale
from exoval.system import Orbit

EPHEMERIS = Ephemeris(3.3, 2.0, 0.25)


def transit(ratio, impact, noise, seed=0):
    """A limb-darkened transit of a sun, and its orbit."""
    orbit = Orbit(
        period=10.0,
        epoch=2.0,
        radius_ratio=ratio,
        semi_major_axis_ratio=10.0 ** (2 / 3) / (np.pi * duration_scale(1.0)),
        impact_parameter=impact,
    )
    event = folded(
        Ephemeris(10.0, 2.0, 0.95 * durations(orbit)[0]), 0.0, noise=noise, seed=seed, days=200
    )
    curve = event.light_curve
    light = ExactModel()(
        curve.time, orbit, quadratic_limb_darkening(5772, 4.438, band="kepler"), curve.exposure
    )
    return type(event)(curve.with_flux(curve.flux * light), event.event, SUN), orbit


def cut(event, cadences):
    """The event with the cadences left of which ``cadences`` of it says so."""
    curve = event.light_curve.keep(cadences(event))
    return type(event)(curve, event.event, event.star)


@pytest.mark.parametrize("ingress_share", [0.1, 0.4, 0.95])
def test_the_trapezoid_is_found_again(ingress_share):
    row = ShapeFeatures()(folded(EPHEMERIS, 2e-3, ingress_share))
    assert row["depth"] == pytest.approx(2000, rel=0.06)
    assert row["trapezoid_duration"] == pytest.approx(24 * 0.25, rel=0.06)
    assert row["ingress_share"] == pytest.approx(ingress_share, abs=0.12)
    assert row["trapezoid_chi2"] == pytest.approx(1, abs=0.6)
    assert row["sinusoid_gain"] < 0.5


def test_a_sinusoid_is_told_from_a_transit():
    event = folded(Ephemeris(3.3, 2.0, 1.2), 0.0)
    curve = event.light_curve
    wave = 1e-3 * np.cos(2 * np.pi * (curve.time - 2.0) / 3.3)
    event = type(event)(curve.with_flux(curve.flux - wave), event.event, event.star)
    assert ShapeFeatures()(event)["sinusoid_gain"] > 1


def test_the_sinusoid_has_no_gain_where_the_data_do_not_tell_it():
    gain = [
        ShapeFeatures()(event)["sinusoid_gain"]
        for event in (
            folded(Ephemeris(118.0, 50.3, 0.2), 2e-3),
            cut(folded(Ephemeris(20.0, 7.3, 0.2), 2e-3), lambda e: e.time_from_mid < 4),
        )
    ]
    assert np.isnan(gain).all()


@pytest.mark.parametrize("place", np.linspace(0, 0.3, 5))
def test_the_sinusoid_is_small_however_short_the_event(place):
    # an event of half a bin of the period, anywhere in the bin
    event = folded(Ephemeris(60.0, 20.0 + place, 0.15), 2e-3, days=180)
    # of chi-squared of white noise two parameters take about 2
    assert ShapeFeatures()(event)["sinusoid_gain"] < 20 / event.event.signal_to_noise**2


def test_a_sinusoid_beside_no_event_gains_no_more_than_there_is():
    event = folded(Ephemeris(3.3, 2.0, 0.2), 0.0)
    most = np.sum(event.weight * (event.dip - np.average(event.dip, weights=event.weight)) ** 2)
    assert 0 <= ShapeFeatures()(event)["sinusoid_gain"] <= most


@pytest.mark.parametrize(("ratio", "impact"), [(0.1, 0.2), (0.1, 0.8), (0.05, 0.5)])
def test_a_transit_is_found_again(ratio, impact):
    event, orbit = transit(ratio, impact, noise=5e-5)
    row = TransitFitFeatures()(event)
    off = [
        abs(row[name] - true) / row[f"{name}_error"]
        for name, true in (
            ("radius_ratio", ratio),
            ("impact_parameter", impact),
            ("transit_duration", 24 * durations(orbit)[0]),
        )
    ]
    assert max(off) < 3
    assert row["radius_ratio"] == pytest.approx(ratio, rel=0.05)
    assert row["transit_duration"] == pytest.approx(24 * durations(orbit)[0], rel=0.02)
    assert row["transit_chi2"] == pytest.approx(1, abs=0.4)


def test_the_implied_density_of_a_transit_is_the_stars():
    event, _ = transit(0.1, 0.3, noise=5e-5)
    row = TransitFitFeatures()(event)
    # a star of one solar density has this a / R at this period
    axis = 10.0 ** (2 / 3) / (np.pi * duration_scale(1.0))
    assert row["scaled_axis"] == pytest.approx(axis, rel=0.06)
    assert row["density_ratio"] == pytest.approx(1, rel=0.2)
    assert row["planet_radius"] == pytest.approx(0.1 * 109.076, rel=0.03)


def test_the_errors_of_a_transit_cover_the_truth():
    pulls = []
    for seed in range(25):
        event, orbit = transit(0.05, 0.4, noise=3e-4, seed=seed)
        row = TransitFitFeatures()(event)
        pulls.append(
            (row["transit_duration"] - 24 * durations(orbit)[0]) / row["transit_duration_error"]
        )
    # mean of squares of 25 unit normals: 1 +- 0.28; a prior can only make it smaller
    assert 0.2 < np.mean(np.square(pulls)) < 2.0


def test_a_limb_darkened_transit_fits_better_than_a_trapezoid():
    event, _ = transit(0.1, 0.2, noise=5e-5)
    assert TransitFitFeatures()(event)["transit_over_trapezoid"] > 5


def test_too_little_data_gives_nothing_instead_of_an_error():
    event = folded(EPHEMERIS, 2e-3)
    sparse = event.light_curve.keep(np.arange(len(event.light_curve)) < 4)
    for group in (
        ShapeFeatures(),
        OddEvenFeatures(),
        SecondaryFeatures(),
        PositionFeatures(),
        StrengthFeatures(),
    ):
        row = group(type(event)(sparse, event.event, event.star))
        assert set(row) <= {column.name for column in group.columns}


def test_strength_is_depth_over_error_and_adds_in_quadrature():
    row = StrengthFeatures()(folded(EPHEMERIS, 1e-3, ingress_share=0.02))
    cadences = 90 / 3.3 * 0.25 / 0.0204
    assert row["white_snr"] == pytest.approx(1e-3 / 2e-4 * np.sqrt(cadences), rel=0.05)
    assert row["transit_count"] == 27
    assert row["ses_median"] == pytest.approx(row["white_snr"] / np.sqrt(27), rel=0.1)
    assert row["ses_max_share"] < 0.1
    assert row["red_noise"] == pytest.approx(1, abs=0.2)


def test_one_deep_event_takes_the_share():
    event = folded(Ephemeris(10.0, 2.0, 0.25), 1e-4)
    curve = event.light_curve
    dip = 5e-3 * (np.abs(curve.time - 32.0) < 0.125)
    event = type(event)(curve.with_flux(curve.flux - dip), event.event, event.star)
    row = StrengthFeatures()(event)
    assert row["ses_max_share"] > 0.9
    assert row["robust_over_white"] < 0.3


def test_red_noise_lowers_the_mes():
    event = folded(EPHEMERIS, 1e-3)
    curve = event.light_curve
    rng = np.random.default_rng(2)
    wave = np.convolve(rng.standard_normal(len(curve) + 40), np.ones(41) / 41, mode="valid")
    noisy = type(event)(curve.with_flux(curve.flux + 6e-4 * wave), event.event, event.star)
    row = StrengthFeatures()(noisy)
    assert row["red_noise"] > 1.5
    assert row["mes"] < row["white_snr"] / 1.5


def test_odd_and_even_depths():
    alike = [
        OddEvenFeatures()(folded(EPHEMERIS, 1e-3, seed=s))["odd_even_sigma"] for s in range(20)
    ]
    # the absolute value of a unit normal has mean 0.8
    assert np.mean(alike) == pytest.approx(0.8, abs=0.4)
    unlike = OddEvenFeatures()(folded(EPHEMERIS, 1e-3, odd_depth=6e-4))
    assert unlike["odd_even_sigma"] > 5
    assert unlike["odd_even_ratio"] == pytest.approx(0.5, abs=0.1)


def test_a_secondary_is_found_at_its_phase():
    row = SecondaryFeatures()(folded(EPHEMERIS, 2e-3, secondary=(0.37, 5e-4)))
    assert row["secondary_phase"] == pytest.approx(0.37, abs=0.02)
    assert row["secondary_depth_ratio"] == pytest.approx(0.29, abs=0.06)
    assert row["secondary_snr"] > 15


def test_without_a_secondary_nothing_stands_out():
    row = SecondaryFeatures()(folded(EPHEMERIS, 2e-3))
    assert row["secondary_snr"] < 5
    assert abs(row["half_phase_sigma"]) < 3.5
    row = UniquenessFeatures()(folded(EPHEMERIS, 2e-3))
    assert row["uniqueness"] > 20
    assert row["red_noise_ratio"] == pytest.approx(1, abs=0.3)
    assert row["secondary_excess"] < 0 < row["primary_excess"]
    assert row["chases"] == 1


def test_a_period_really_half_shows_at_half_phase():
    row = SecondaryFeatures()(folded(EPHEMERIS, 2e-3, secondary=(0.5, 1.9e-3)))
    assert row["half_phase_ratio"] == pytest.approx(1, abs=0.15)
    assert row["half_phase_sigma"] > 10
    assert SecondaryFeatures()(folded(EPHEMERIS, 2e-3))["half_period_sigma"] > 20


def test_a_secondary_that_reflects_all_light_has_albedo_one():
    ratio, axis = 0.1, 3.3 ** (2 / 3) / (np.pi * duration_scale(1.0))
    event = folded(EPHEMERIS, 0.0102, secondary=(0.5, (ratio / axis) ** 2), noise=2e-5)
    row = SecondaryFeatures()(event)
    fit = event.transit.mean["radius_ratio"]
    assert row["secondary_albedo"] == pytest.approx((ratio / fit) ** 2, rel=0.15)


@pytest.mark.parametrize("durations", [20.0, 200.0])
def test_the_largest_of_many_boxes_of_white_noise_is_unit_normal(durations):
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((600, int(durations * 4) + 3))
    # boxes of four quarter steps, as the scan makes them
    boxes = sum(noise[:, i : i + int(durations * 4)] for i in range(4)) / 2
    deviates = [among_phases(strength, durations=durations) for strength in boxes.max(axis=1)]
    assert np.mean(deviates) == pytest.approx(0, abs=0.2)
    assert np.std(deviates) == pytest.approx(1, abs=0.2)


def test_shifting_the_shape_agrees_with_least_squares():
    event = folded(EPHEMERIS, 2e-3, ingress_share=0.4)
    time, depth, error = shift_shape(event)
    at = np.argmin(np.abs(time - 0.9))
    shape = event.trapezoid.dip(event.time_from_mid - time[at] + event.trapezoid.offset)
    shape /= event.trapezoid.depth
    information = np.sum(event.weight * shape**2)
    expected = np.sum(event.weight * shape * event.dip) / information
    assert depth[at] == pytest.approx(expected, abs=0.35 * information**-0.5)
    assert error[at] == pytest.approx(information**-0.5, rel=0.05)


def test_a_dip_beside_every_event_shortens_the_chase():
    # the next dip follows 0.7 of a tenth of the period later
    event = folded(Ephemeris(12.0, 2.0, 0.25), 2e-3, secondary=(0.07, 2e-3))
    assert UniquenessFeatures()(event)["chases"] == pytest.approx(0.7, abs=0.15)


def test_false_alarms_of_normal_boxes_are_those_of_a_normal_sum():
    pulls = np.random.default_rng(0).standard_normal(4000)
    pulls = (pulls - pulls.mean()) / pulls.std()
    for strength in (3.0, 5.0, 8.0):
        expected = norm.logsf(strength) / np.log(10)
        assert log_false_alarm(pulls, strength=strength, count=50) == pytest.approx(
            expected, rel=0.1
        )


def test_skewed_boxes_raise_more_false_alarms_and_agree_with_drawing():
    rng = np.random.default_rng(1)
    pulls = rng.exponential(size=3000) - 1
    drawn = rng.choice(pulls, size=(200_000, 5)).sum(axis=1) / np.sqrt(5)
    chance = np.mean(drawn > 4)
    assert log_false_alarm(pulls, strength=4.0, count=5) == pytest.approx(np.log10(chance), abs=0.2)
    assert log_false_alarm(pulls, strength=4.0, count=5) > norm.logsf(4.0) / np.log(10) + 0.5


def test_waves_are_measured_before_detrending():
    event = folded(EPHEMERIS, 2e-3)
    phase = 2 * np.pi * (event.light_curve.time - EPHEMERIS.epoch) / EPHEMERIS.period
    wave = -4e-4 * np.cos(2 * phase) - 2e-4 * np.cos(phase) + 1e-4 * np.sin(phase)
    varying = event.light_curve.with_flux(5e4 * (event.light_curve.flux + wave))
    row = SinusoidFeatures()(type(event)(event.light_curve, event.event, SUN, varying))
    assert row["ellipsoidal_amplitude"] == pytest.approx(400, abs=30)
    assert row["reflection_amplitude"] == pytest.approx(200, abs=30)
    assert row["beaming_amplitude"] == pytest.approx(100, abs=30)
    assert row["sweet_sigma"] > 8 and row["ellipsoidal_sigma"] > 8
    assert SinusoidFeatures()(event)["sweet_sigma"] < 5


def test_what_repeats_every_period_is_no_noise_and_noise_keeps_its_size():
    event = folded(EPHEMERIS, 2e-3, secondary=(0.4, 4e-3))
    phase = 2 * np.pi * (event.light_curve.time - EPHEMERIS.epoch) / EPHEMERIS.period
    curve = event.light_curve.with_flux(event.light_curve.flux + 1e-3 * np.cos(2 * phase))
    assert type(event)(curve, event.event, SUN).red_noise == pytest.approx(1, abs=0.2)


def test_matched_events_do_not_mind_where_their_cadences_fall():
    # one parity keeps only the cadences of ingress and egress
    event = folded(EPHEMERIS, 2e-3, ingress_share=0.8, noise=1e-5)
    phase = np.abs(event.time_from_mid) / EPHEMERIS.duration
    odd = event.event_number % 2 == 1
    curve = event.light_curve.keep(~(odd & (phase < 0.08)))
    row = OddEvenFeatures()(type(event)(curve, event.event, SUN))
    assert row["odd_even_ratio"] < 0.05


def test_odd_durations_unlike_even_ones_are_noticed():
    short, long = (
        folded(Ephemeris(6.6, 2.0 + shift, width), 2e-3, noise=1e-4)
        for shift, width in ((0.0, 0.2), (3.3, 0.3))
    )
    flux = short.light_curve.flux + long.light_curve.flux - 1
    event = type(short)(short.light_curve.with_flux(flux), folded(EPHEMERIS, 2e-3).event, SUN)
    row = OddEvenFeatures()(event)
    assert row["odd_even_duration_sigma"] > 5
    assert row["odd_even_duration_ratio"] == pytest.approx(0.4, abs=0.1)


def test_giants_are_told_from_dwarfs():
    assert evolved(5772, 4.44) == 0 and evolved(4800, 2.9) == 1 and evolved(6200, 3.3) == 1
    assert np.isnan(evolved(np.nan, 4.4))


def test_the_box_scan_agrees_with_a_box_put_by_hand():
    event = folded(EPHEMERIS, 2e-3, secondary=(0.37, 5e-4))
    scan = event.scan
    best = np.nanargmin(np.abs(scan.time_from_mid - 0.37 * 3.3))
    inside = np.abs(event.time_from_mid - scan.time_from_mid[best]) < 0.5 * EPHEMERIS.duration
    depth, error = event.box_depth(inside)
    assert scan.depth[best] == pytest.approx(depth, rel=0.1)
    assert scan.error[best] == pytest.approx(error, rel=0.1)


def test_the_centroid_moves_in_the_event():
    event = folded(EPHEMERIS, 2e-3)
    curve = event.light_curve
    rng = np.random.default_rng(0)
    drift = 1e-3 * np.sin(curve.time / 9)
    column = 100 + drift + 1e-4 * rng.standard_normal(len(curve))
    row_pixel = 50 - drift + 1e-4 * rng.standard_normal(len(curve))
    moved = LightCurve(
        target=curve.target,
        mission=curve.mission,
        time=curve.time,
        flux=curve.flux,
        flux_error=curve.flux_error,
        exposure=curve.exposure,
        segments=curve.segments,
        centroid_column=column + 2e-4 * event.inside,
        centroid_row=row_pixel,
    )
    row = PositionFeatures()(type(event)(moved, event.event, event.star))
    assert row["centroid_shift"] == pytest.approx(0.2, rel=0.25)
    assert row["centroid_sigma"] > 10
    assert row["source_offset"] == pytest.approx(2e-4 / 2e-3, rel=0.35)


def test_without_centroids_the_position_is_missing_but_crowding_is_not():
    row = PositionFeatures()(folded(EPHEMERIS, 2e-3))
    assert row == {"crowding": 0.98, "position_reason": Reason.NO_CENTROID}


def test_a_star_without_radius_has_no_planet_radius():
    star = type(SUN)(target="KIC 2")
    row = TransitFitFeatures()(folded(EPHEMERIS, 2e-3, star=star))
    assert np.isnan(row["planet_radius"])
    assert np.isfinite(row["radius_ratio"])


def test_the_deviate_of_the_largest_box_is_finite_and_grows_with_strength():
    strength = np.concatenate([np.linspace(-5, 12, 300), [50.0, 1000.0, 1e5]])
    for length in (3.0, 300.0, 3e5):
        deviate = np.array([among_phases(one, durations=length) for one in strength])
        assert np.isfinite(deviate).all()
        assert (np.diff(deviate) > -1e-9).all()
