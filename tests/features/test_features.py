"""Features say what was put into the light curve."""

import numpy as np
import pytest
from light_curves import SUN, folded

from exoval.ephemeris import Ephemeris
from exoval.features.odd_even import OddEvenFeatures
from exoval.features.position import PositionFeatures
from exoval.features.reason import Reason
from exoval.features.secondary import SecondaryFeatures
from exoval.features.shape import ShapeFeatures
from exoval.features.strength import StrengthFeatures
from exoval.features.transit_fit import TransitFitFeatures
from exoval.features.uniqueness import UniquenessFeatures
from exoval.lightcurve import LightCurve
from exoval.search.period_grid import duration_scale

EPHEMERIS = Ephemeris(3.3, 2.0, 0.25)


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


def test_the_implied_density_of_a_central_transit_is_the_stars():
    duration = duration_scale(1.0) * 10 ** (1 / 3)
    ratio = 0.12
    # contacts of a central transit: T14 ~ (1 + k), T23 ~ (1 - k)
    event = folded(Ephemeris(10.0, 2.0, duration * (1 + ratio)), ratio**2,
                   ingress_share=2 * ratio / (1 + ratio), noise=1e-5)
    row = TransitFitFeatures()(event)
    assert row["density_ratio"] == pytest.approx(1, rel=0.25)
    assert row["impact_parameter"] < 0.5
    # a limb-darkened star loses more at its bright centre: the same depth takes a smaller planet
    assert 0.88 < row["planet_radius"] / (0.12 * 109.076) < 0.98


def test_too_little_data_gives_nothing_instead_of_an_error():
    event = folded(EPHEMERIS, 2e-3)
    sparse = event.light_curve.keep(np.arange(len(event.light_curve)) < 4)
    for group in (ShapeFeatures(), OddEvenFeatures(), SecondaryFeatures(), PositionFeatures(),
                  StrengthFeatures()):
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
    alike = [OddEvenFeatures()(folded(EPHEMERIS, 1e-3, seed=s))["odd_even_sigma"]
             for s in range(20)]
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
    event = folded(EPHEMERIS, 2e-3)
    assert SecondaryFeatures()(event)["secondary_snr"] < 5
    assert UniquenessFeatures()(event)["uniqueness"] > 20


def test_the_box_scan_agrees_with_a_box_put_by_hand():
    event = folded(EPHEMERIS, 2e-3, secondary=(0.37, 5e-4))
    scan = event.scan
    best = np.nanargmin(np.abs(scan.time_from_mid - 0.37 * 3.3))
    inside = np.abs(event.time_from_mid - scan.time_from_mid[best]) < 0.5 * EPHEMERIS.duration
    depth, error = event.box_depth(inside)
    assert scan.depth[best] == pytest.approx(depth, rel=0.1)
    assert scan.strength[best] == pytest.approx(depth / error, rel=0.1)


def test_the_centroid_moves_in_the_event():
    event = folded(EPHEMERIS, 2e-3)
    curve = event.light_curve
    rng = np.random.default_rng(0)
    drift = 1e-3 * np.sin(curve.time / 9)
    column = 100 + drift + 1e-4 * rng.standard_normal(len(curve))
    row_pixel = 50 - drift + 1e-4 * rng.standard_normal(len(curve))
    moved = LightCurve(curve.target, curve.mission, curve.time, curve.flux, curve.flux_error,
                       curve.exposure, curve.segments, column + 2e-4 * event.inside, row_pixel)
    row = PositionFeatures()(type(event)(moved, event.event, event.star))
    assert row["centroid_shift"] == pytest.approx(0.2, rel=0.25)
    assert row["centroid_sigma"] > 10
    assert row["source_offset"] == pytest.approx(2e-4 / 2e-3, rel=0.35)


def test_without_centroids_the_position_is_missing_but_crowding_is_not():
    row = PositionFeatures()(folded(EPHEMERIS, 2e-3))
    assert row == {"crowding": 0.98, "position_reason": Reason.NO_CENTROID}


def test_a_star_without_radius_has_no_planet_radius():
    star = type(SUN)("KIC 2")
    row = TransitFitFeatures()(folded(EPHEMERIS, 2e-3, star=star))
    assert np.isnan(row["planet_radius"])
    assert np.isfinite(row["radius_ratio"])
