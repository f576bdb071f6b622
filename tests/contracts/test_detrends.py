"""Every detrending of conf/detrend keeps what is flat flat and what dips deep."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, BadParameter
from exoval.lightcurve import LightCurve, Segment

FILES = sorted((Path(__file__).parents[2] / "conf/detrend").glob("*.yaml"))
NOISE = 1e-4
EVENT = Ephemeris(9.0, 4.0, 0.4)
TIME = np.arange(0.0, 60.0, 0.02)


def class_of(path):
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"detrend={path.stem}"])
    settings = OmegaConf.to_container(config.detrend, resolve=True)
    module, name = settings.pop("_target_").rsplit(".", 1)
    return getattr(importlib.import_module(module), name), settings


@pytest.fixture(params=FILES, ids=[path.stem for path in FILES])
def detrend(request):
    part, settings = class_of(request.param)
    return part(**settings)


def noisy(time=TIME, seed=0):
    return 1 + NOISE * np.random.default_rng(seed).standard_normal(len(time))


def slow(time=TIME):
    return 1 + 5e-4 * np.sin(2 * np.pi * time / 15) + 1e-4 * time


def light_curve(flux, time=TIME, starts=(0,)):
    stops = [*starts[1:], len(time)]
    segments = tuple(
        Segment(number=i, start=a, stop=b) for i, (a, b) in enumerate(zip(starts, stops))
    )
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), NOISE),
        exposure=0.02,
        segments=segments,
    )


def test_there_are_at_least_three():
    assert {"biweight", "spline", "median"} <= {path.stem for path in FILES}


def test_flat_stays_flat_and_errors_are_the_noise(detrend):
    flux = noisy()
    flat = detrend(light_curve(flux))
    assert len(flat) == len(TIME)
    # the trend averages tens of cadences: it must move a cadence by much less than its noise
    assert np.std(flat.flux - flux) < 0.25 * NOISE
    assert flat.flux_error == pytest.approx(NOISE, rel=0.1)


def test_slow_variation_goes(detrend):
    flat = detrend(light_curve(slow() * noisy()))
    inner = (flat.time > 1) & (flat.time < 59)
    assert np.std(flat.flux[inner]) == pytest.approx(NOISE, rel=0.15)


def test_the_ends_of_a_segment_hold_no_dip_deeper_than_the_slope_allows(detrend):
    flux = slow() * noisy()
    flat = detrend(light_curve(flux))
    for end in (flat.time < 0.3, flat.time > 59.7):
        # a one-sided window is off by a quarter of its width times the slope (3e-4 a day)
        assert abs(np.mean(flat.flux[end]) - 1) < 1.3e-4 + 3 * NOISE / np.sqrt(end.sum())


def test_the_scale_does_not_matter(detrend):
    flux = slow() * noisy()
    one, other = (detrend(light_curve(scale * flux)) for scale in (1.0, 7.3e4))
    assert one.flux == pytest.approx(other.flux, abs=1e-10)


def test_offsets_between_segments_go(detrend):
    middle = len(TIME) // 2
    flux = slow() * noisy() * np.where(np.arange(len(TIME)) < middle, 1.0, 1.4)
    flat = detrend(light_curve(flux, starts=(0, middle)))
    beside = np.abs(flat.time - TIME[middle]) < 2
    assert np.abs(flat.flux[beside] - 1).max() < 2e-4 + 6 * NOISE


def test_segments_know_nothing_of_each_other(detrend):
    middle = len(TIME) // 2
    flux = slow() * noisy()
    other = flux.copy()
    other[middle:] *= 1 + 0.01 * np.sin(TIME[middle:])
    one, two = (detrend(light_curve(f, starts=(0, middle))) for f in (flux, other))
    early = TIME[:middle]
    assert np.array_equal(one.flux[np.isin(one.time, early)], two.flux[np.isin(two.time, early)])


def test_missing_values_and_gaps_are_safe(detrend):
    flux = slow() * noisy()
    flux[::7] = np.nan
    jump = np.where(TIME > 30, 1.01, 1.0)
    kept = (TIME < 20) | (TIME > 21.5)
    flat = detrend(light_curve((flux * jump)[kept], TIME[kept], starts=(0, (1500 - 75))))
    assert np.isfinite(flat.flux).all()
    assert len(flat) == np.isfinite(flux[kept]).sum()
    around = np.abs(flat.time - 20.75) < 1.5
    assert np.std(flat.flux[around]) < 5 * NOISE


def test_a_hidden_event_keeps_its_depth_and_steers_nothing(detrend):
    dips = 1 - 0.005 * EVENT.in_event(TIME)
    with_dips, without = (
        detrend(light_curve(slow() * noisy() * shape), EVENT)
        for shape in (dips, np.ones_like(dips))
    )
    assert with_dips.flux == pytest.approx(without.flux * dips, abs=1e-12)
    depth = 1 - with_dips.flux[EVENT.in_event(with_dips.time)].mean()
    assert depth == pytest.approx(0.005, rel=0.02)


def test_an_event_that_fills_most_of_its_period_leaves_something_to_see(detrend):
    wide = Ephemeris(1.0, 0.3, 0.45)
    flat = detrend(light_curve(slow() * noisy() * (1 - 0.01 * wide.in_event(TIME))), wide)
    depth = 1 - flat.flux[wide.in_event(flat.time, 0.9)].mean()
    assert depth == pytest.approx(0.01, rel=0.05)


def test_dips_stay_and_single_bright_points_go(detrend):
    flux = slow() * noisy()
    flux[500] *= 1.01
    flux[1500:1503] *= 0.95
    flat = detrend(light_curve(flux))
    assert TIME[500] not in flat.time
    assert flat.flux[flat.time == TIME[1501]][0] == pytest.approx(0.95, abs=0.002)


def test_a_deep_short_dip_survives_unhidden(detrend):
    event = Ephemeris(9.0, 4.0, 0.15)
    flat = detrend(light_curve(slow() * noisy() * (1 - 0.01 * event.in_event(TIME))))
    depth = 1 - flat.flux[event.in_event(flat.time)].mean()
    assert depth == pytest.approx(0.01, rel=0.03)


@pytest.mark.parametrize("size", [1, 2, 4, 9, 30])
def test_a_short_segment_neither_fails_nor_spoils_the_others(detrend, size):
    time = np.concatenate([TIME[:1500], TIME[1500] + 2 + 0.02 * np.arange(size)])
    flux = noisy(time)
    flat = detrend(light_curve(flux, time, starts=(0, 1500)))
    assert np.isfinite(flat.flux).all()
    assert (flat.time < 30).sum() == 1500
    if size >= 9:
        assert (flat.time > 30).sum() == size


def test_an_event_longer_than_a_stretch_is_bridged(detrend):
    kept = ~((np.abs(TIME - 20.0) > 0.3) & (np.abs(TIME - 20.0) < 1.5))
    event = Ephemeris(90.0, 20.0, 0.8)
    flat = detrend(light_curve(noisy()[kept], TIME[kept]), event)
    assert (np.abs(flat.time - 20.0) < 0.3).sum() == (np.abs(TIME - 20.0) <= 0.3).sum()
    assert np.isfinite(flat.flux).all()


def test_times_that_do_not_ascend_are_refused(detrend):
    with pytest.raises(BadLightCurve, match="ascend"):
        detrend(light_curve(noisy(), TIME[::-1].copy()))


@pytest.mark.parametrize(
    "flux", [np.ones(500), -np.ones(500), np.zeros(500)], ids=["constant", "negative", "zero"]
)
def test_a_light_curve_without_noise_or_light_is_refused(detrend, flux):
    with pytest.raises(BadLightCurve, match=r"KIC 1: (nothing left|the median flux is)"):
        detrend(light_curve(flux, TIME[:500]))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_parameter_that_is_not_positive_is_refused_by_name(path):
    part, settings = class_of(path)
    for name in settings:
        with pytest.raises(BadParameter, match=f"{name}=-1"):
            part(**{**settings, name: -1})
