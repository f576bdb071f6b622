"""The steps of a survey's processing, against lightkurve's and against their own words."""

import lightkurve
import numpy as np
import pytest

from exoval.errors import BadLightCurve, BadParameter
from exoval.lightcurve import LightCurve, Segment
from exoval.processing.even_thinning import EvenThinning
from exoval.processing.level import Level
from exoval.processing.outlier_clip import OutlierClip
from exoval.processing.savitzky_golay import SavitzkyGolay
from exoval.processing.step import processed_by
from exoval.processing.time_bins import TimeBins

STEP = 0.0204335982
CHAIN = (Level(), OutlierClip(), TimeBins(), SavitzkyGolay(), EvenThinning())


def two_quarters(seed=0, *, depth=0.0, noise=2e-4, half=0.1):
    """Two quarters of different levels with slow variation, gaps, outliers and boxes of a depth."""
    rng = np.random.default_rng(seed)
    first, second = np.arange(0, 33, STEP), np.arange(35.013, 120, STEP)
    time = 131.5 + np.concatenate([first, second])
    time = time[(time < 180) | (time > 182)]
    level = np.where(time < 166, 4000.0, 5200.0)
    flux = 1 + 2e-3 * np.sin(time / 2) + noise * rng.standard_normal(len(time))
    flux[rng.integers(len(time), size=12)] += 0.05
    flux[np.abs((time - 133) % 7.3) < half] -= depth
    edge = int(np.searchsorted(time, 166))
    flux[rng.integers(len(time), size=9)] = np.nan
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=level * flux,
        flux_error=np.full(len(time), 1.0),
        exposure=STEP,
        segments=(
            Segment(number=1, start=0, stop=edge),
            Segment(number=2, start=edge, stop=len(time)),
        ),
    )


def of_lightkurve(light_curve):
    """The same chain by lightkurve: time and flux, about 1."""
    parts = [
        lightkurve.LightCurve(
            time=light_curve.time[one.cadences], flux=light_curve.flux[one.cadences]
        ).normalize()
        for one in light_curve.segments
    ]
    whole = lightkurve.LightCurve(
        time=np.concatenate([part.time.value for part in parts]),
        flux=np.concatenate([np.asarray(part.flux.value) for part in parts]),
    )
    whole = whole.remove_nans().remove_outliers(sigma=7).bin(time_bin_size=0.05)
    flat = whole.flatten(window_length=101)
    flux = np.asarray(flat.flux, dtype=float)
    seen = np.isfinite(flux)
    time, flux = flat.time.value[seen], flux[seen]
    if len(time) > 1500:
        kept = np.linspace(0, len(time) - 1, 1500).astype(int)
        time, flux = time[kept], flux[kept]
    return time, flux


@pytest.mark.parametrize(("seed", "depth"), [(0, 0.0), (1, 0.002), (2, 0.02)])
def test_the_chain_is_that_of_lightkurve(seed, depth):
    light_curve = two_quarters(seed, depth=depth)
    ours = processed_by(CHAIN, light_curve)
    time, flux = of_lightkurve(light_curve)
    assert len(ours) == len(time) == 1500
    assert np.abs(ours.time - time).max() < 1e-9
    assert np.abs(ours.flux - flux).max() < 1e-9


def test_what_comes_out_is_what_users_publish():
    ours = processed_by(CHAIN, two_quarters())
    assert ours.is_processed
    assert len(ours.segments) == 1
    assert ours.exposure == 0.05
    assert np.isnan(ours.flux_error).all()
    assert np.isnan(ours.centroid_column).all()
    assert np.all(np.diff(ours.time) > 0.0499)


def test_a_trend_that_knows_no_event_takes_depth():
    light_curve = processed_by(CHAIN, two_quarters(3, depth=2e-4, noise=1e-4, half=0.35))
    inside = np.abs((light_curve.time - 133) % 7.3) < 0.3
    depth = 1 - np.median(light_curve.flux[inside])
    assert 0.5 < depth / 2e-4 < 0.95


def test_deep_and_rare_eclipses_are_outliers_to_a_clip():
    light_curve = Level()(two_quarters(4, depth=0.3))
    inside = np.abs((light_curve.time - 133) % 7.3) < 0.09
    few = light_curve.keep(~inside | (light_curve.time < 145))
    left = OutlierClip()(few)
    assert left.flux.min() > 0.9


def test_thinning_keeps_both_ends_and_short_light_curves():
    light_curve = Level()(two_quarters())
    thinned = EvenThinning(most=100)(light_curve)
    assert len(thinned) == 100
    assert thinned.time[0] == light_curve.time[0]
    assert thinned.time[-1] == light_curve.time[-1]
    assert EvenThinning(most=10**6)(light_curve) is light_curve


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: OutlierClip(sigma=0),
        lambda: TimeBins(bin_days=-1),
        lambda: SavitzkyGolay(window=100),
        lambda: SavitzkyGolay(times=0),
        lambda: EvenThinning(most=1),
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(BadParameter):
        wrong()


def test_too_short_a_light_curve_is_refused():
    light_curve = two_quarters()
    with pytest.raises(BadLightCurve, match="no bin"):
        TimeBins(bin_days=1.0)(light_curve.keep(np.arange(len(light_curve)) < 2))


def test_fluxes_that_are_not_finite_count_nowhere():
    """Each step alone, as another survey's chain may order them."""
    whole = two_quarters().keep(np.isfinite(two_quarters().flux))
    lost = np.zeros(len(whole), dtype=bool)
    lost[50:90] = True
    for step in (Level(), TimeBins(), SavitzkyGolay()):
        expected = step(whole.keep(~lost))
        for missing in (np.nan, np.inf):
            found = step(whole.with_flux(np.where(lost, missing, whole.flux)))
            np.testing.assert_allclose(found.time, expected.time)
            np.testing.assert_allclose(found.flux, expected.flux)
