import math

import numpy as np
import pytest
from scipy.integrate import quad

from exoval.errors import BadParameter
from exoval.noise.centroid_jitter import CentroidJitter
from exoval.noise.differential_precision import precision_of_stretch
from exoval.noise.dropouts import Dropouts
from exoval.noise.flares import Flares, flare, flare_mean
from exoval.noise.granulation import Granulation, frequency_of_maximum_power
from exoval.noise.momentum_dumps import MomentumDumps
from exoval.noise.oscillator import averaged_oscillator, oscillator
from exoval.noise.outliers import Outliers
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.noise.pulsation import Pulsation
from exoval.noise.ramps import Ramps
from exoval.noise.red_noise import RedNoise, exponentially_correlated
from exoval.noise.rolling_bands import RollingBands
from exoval.noise.rotation import Rotation
from exoval.noise.sampling import Sampling
from exoval.noise.segment_offsets import SegmentOffsets
from exoval.noise.white_noise import WhiteNoise
from exoval.star import Star

SUN = Star(target="sun", radius=1.0, mass=1.0, teff=5772.0, logg=4.438068, magnitude=12.0)
EXPOSURE = 0.02


def sampling(days=200.0, exposure=EXPOSURE, **others):
    return Sampling(np.arange(exposure / 2, days, exposure), exposure, **others)


def rng(seed=0):
    return np.random.default_rng(seed)


def correlation(values, lag):
    return np.mean(values[lag:] * values[:-lag]) / np.mean(values**2)


def test_white_noise_is_the_law_of_its_three_parts():
    noise = WhiteNoise(
        photon_ppm=30.0,
        background_ppm=20.0,
        floor_ppm=10.0,
        reference_magnitude=12.0,
        scatter_dex=0.0,
    )
    assert noise.hourly_ppm(12.0) == pytest.approx(math.sqrt(30**2 + 20**2 + 10**2))
    # five magnitudes: photons times 10, background times 100
    assert noise.hourly_ppm(17.0) == pytest.approx(math.sqrt(300**2 + 2000**2 + 10**2))
    values = noise(rng(), sampling(), SUN)
    hours = EXPOSURE * 24
    assert np.std(values) == pytest.approx(
        1e-6 * noise.hourly_ppm(12.0) / math.sqrt(hours), rel=0.03
    )
    assert noise.error(SUN, exposure=EXPOSURE) == pytest.approx(np.std(values), rel=0.03)


def test_real_scatter_exceeds_the_stated_error():
    noise = WhiteNoise(excess=2.0, scatter_dex=0.0)
    ratio = np.std(noise(rng(), sampling(), SUN)) / noise.error(SUN, exposure=EXPOSURE)
    assert ratio == pytest.approx(2.0, rel=0.03)


@pytest.mark.parametrize(
    "wrong",
    [
        {"photon_ppm": -1},
        {"excess": 0.0},
        {"scatter_dex": -0.1},
        {"photon_ppm": 0, "background_ppm": 0, "floor_ppm": 0},
    ],
)
def test_impossible_white_noise_is_refused(wrong):
    with pytest.raises(BadParameter, match="white noise"):
        WhiteNoise(**wrong)


def test_red_noise_forgets_exponentially():
    times = np.cumsum(rng(3).uniform(0.005, 0.015, 200_000))
    values = exponentially_correlated(rng(1), times, timescale=0.5)
    assert np.std(values) == pytest.approx(1.0, rel=0.03)
    for days in (0.25, 0.5, 1.0):
        assert correlation(values, round(days / 0.01)) == pytest.approx(
            math.exp(-days / 0.5), abs=0.04
        )


def test_red_noise_has_its_rms_over_gaps_too():
    levels = [
        RedNoise(100.0, 0.3, scatter_dex=0.0)(rng(seed), sampling(30), SUN).std()
        for seed in range(40)
    ]
    assert np.mean(levels) == pytest.approx(1e-4, rel=0.05)


@pytest.mark.parametrize("quality", [1 / math.sqrt(2), 5.0])
def test_an_oscillator_has_the_correlation_of_its_equation(quality):
    angular = 6.0
    values = oscillator(
        rng(), np.arange(0, 6000, 0.05), angular_frequency=angular, quality=quality, rms=2.0
    )
    assert np.std(values) == pytest.approx(2.0, rel=0.03)
    damping = angular / (2 * quality)
    ringing = angular * math.sqrt(1 - 1 / (4 * quality**2))
    for lag in (4, 10, 21):
        age = 0.05 * lag
        expected = math.exp(-damping * age) * (
            math.cos(ringing * age) + damping / ringing * math.sin(ringing * age)
        )
        assert correlation(values, lag) == pytest.approx(expected, abs=0.03)


def test_an_averaged_oscillator_is_the_mean_of_a_finer_one():
    """Its rms falls as the exposure exceeds its time scale, as that of averaged samples does."""
    angular, exposure = 60.0, 0.1
    averaged = averaged_oscillator(
        rng(),
        np.arange(0, 400, exposure),
        exposure=exposure,
        angular_frequency=angular,
        quality=math.sqrt(0.5),
        rms=1.0,
    )
    fine = oscillator(
        rng(1),
        np.arange(0, 400, exposure / 20),
        angular_frequency=angular,
        quality=math.sqrt(0.5),
        rms=1.0,
    )
    means = fine.reshape(-1, 20).mean(axis=1)
    assert np.std(averaged) == pytest.approx(np.std(means), rel=0.06)


def test_granulation_of_a_giant_is_stronger_and_slower():
    giant = Star(target="giant", radius=10.0, mass=1.2, teff=4800.0, logg=2.5, magnitude=12.0)
    assert frequency_of_maximum_power(SUN) == pytest.approx(3140)
    assert frequency_of_maximum_power(giant) == pytest.approx(
        3140 * 10 ** (2.5 - 4.438068) * math.sqrt(5772 / 4800)
    )
    dwarf, big = (Granulation()(rng(), sampling(), star) for star in (SUN, giant))
    # 3710 * 3140^-0.613 = 27 ppm in each of two components, averaged over half an hour
    assert 15e-6 < np.std(dwarf) < 45e-6
    assert np.std(big) > 8 * np.std(dwarf)
    assert correlation(big, 3) > correlation(dwarf, 3)
    assert np.std(Granulation(2.0)(rng(), sampling(), SUN)) == pytest.approx(2 * np.std(dwarf))


def test_spots_turn_with_the_star():
    knobs = {"period_scatter_dex": 0.0, "rms_scatter_dex": 0.0, "quality": 30.0}
    times = sampling(2000, 0.1)
    values = Rotation(period_days=10.0, **knobs, half_share=0.0)(rng(), times, SUN)
    power = np.abs(np.fft.rfft(values)) ** 2
    frequency = np.fft.rfftfreq(len(values), 0.1)
    assert 1 / frequency[np.argmax(power)] == pytest.approx(10.0, rel=0.05)
    variances = [
        np.var(Rotation(period_days=10.0, rms_ppm=300.0, **knobs)(rng(seed), times, SUN))
        for seed in range(20)
    ]
    assert np.sqrt(np.mean(variances)) == pytest.approx(300e-6, rel=0.1)
    cool = Star(target="cool", teff=4000.0)
    ratio = np.std(Rotation(period_days=10.0, **knobs)(rng(), times, cool)) / np.std(
        Rotation(period_days=10.0, **knobs)(rng(), times, SUN)
    )
    assert ratio == pytest.approx((4000 / 5772) ** Rotation().teff_power, rel=1e-6)
    assert not Rotation(share=0.0)(rng(), times, SUN).any()


def test_pulsation_is_of_its_share_and_temperatures():
    process = Pulsation(share=0.4, coolest_kelvin=5000, hottest_kelvin=6000)
    times = sampling(5)
    share = np.mean([process(rng(seed), times, SUN).any() for seed in range(400)])
    assert share == pytest.approx(0.4, abs=0.08)
    assert not any(
        process(rng(seed), times, Star(target="hot", teff=7000.0)).any() for seed in range(20)
    )


def test_a_long_exposure_smooths_pulsation():
    knobs = {"share": 1.0, "modes": 1, "period_days": 0.1, "period_scatter_dex": 0.0}
    short, long = (
        Pulsation(**knobs)(rng(2), Sampling(np.arange(0, 3, 0.01), exposure), SUN)
        for exposure in (1e-6, 0.1)
    )
    assert np.std(short) > 1e-6
    # a sinusoid and its overtone vanish in a mean over a whole period
    assert np.std(long) < 1e-9 * np.std(short) + 1e-15


def test_flares_have_the_template_s_area():
    width = 0.01
    area = (
        quad(lambda t: float(flare(np.array(t), width)), -width, 0)[0]
        + quad(lambda t: float(flare(np.array(t), width)), 0, 40 * width, limit=200)[0]
    )
    for exposure in (0.001, 0.02, 0.3):
        instants = np.arange(-1, 1, exposure) + 0.37 * exposure
        assert exposure * flare_mean(instants, width, exposure=exposure).sum() == pytest.approx(
            area, rel=0.02
        )


def test_only_cool_stars_flare_and_only_upwards():
    process = Flares(per_day=0.5, hottest_kelvin=4500)
    assert not process(rng(), sampling(), SUN).any()
    flux = process(rng(), sampling(), Star(target="cool", teff=3500.0))
    assert flux.min() >= 0 and flux.max() > 1e-4


def test_dropouts_go_down_and_recover():
    flux = Dropouts(per_year=20.0, ppm=1000.0, scatter_dex=0.0, recovery_days=0.5)(
        rng(), sampling(), SUN
    )
    assert flux.max() <= 0
    steps = np.diff(flux)
    assert -1.01e-3 < steps.min() < -0.9e-3
    assert steps.max() < 1e-3 * EXPOSURE / 0.5 * 3


def test_the_drift_between_dumps_repeats():
    times = sampling(30, dumps=tuple(np.arange(0.0, 30.0, 3.0)))
    flux = MomentumDumps(drift_ppm=100.0, jump_ppm=0.0)(rng(), times, SUN)
    cadences = round(3 / EXPOSURE)
    assert flux[:-cadences] == pytest.approx(flux[cadences:], abs=1e-9)
    assert np.ptp(flux) > 1e-5
    assert not MomentumDumps()(rng(), sampling(30), SUN).any()


def test_jumps_end_after_their_minutes():
    times = sampling(30, dumps=(10.0,))
    flux = MomentumDumps(drift_ppm=0.0, jump_ppm=500.0, jump_minutes=120.0)(rng(), times, SUN)
    struck = np.flatnonzero(flux)
    assert times.time[struck].min() >= 10.0 and times.time[struck].max() < 10.0 + 120 / 1440
    assert len(struck) == pytest.approx(120 / 1440 / EXPOSURE, abs=1)


def test_outliers_are_as_many_as_said_and_larger_in_faint_stars():
    process = Outliers(share=0.01, ppm=300.0, scatter_dex=0.0, up_share=0.8)
    flux = process(rng(), sampling(2000), SUN)
    hit = flux[flux != 0]
    assert len(hit) == pytest.approx(0.01 * len(flux), rel=0.15)
    assert np.mean(hit > 0) == pytest.approx(0.8, abs=0.05)
    assert np.abs(hit) == pytest.approx(3e-4)
    faint = process(rng(), sampling(2000), Star(target="faint", magnitude=14.5))
    assert np.abs(faint).max() == pytest.approx(3e-3)


def test_rolling_bands_come_back_with_the_season():
    times = sampling(1440, starts=tuple(range(0, round(1440 / EXPOSURE), round(90 / EXPOSURE))))
    process = RollingBands(share=1.0, ppm=100.0, scatter_dex=0.0, period_days=1.0)
    flux = process(rng(), times, SUN)
    struck = [number for number, part in enumerate(times.segments) if flux[part].any()]
    assert len(struck) == 4 and set(np.diff(struck)) == {4}
    part = times.segments[struck[0]]
    frequency = np.fft.rfftfreq(part.stop - part.start, EXPOSURE)
    power = np.abs(np.fft.rfft(flux[part])) ** 2
    # half the power within a factor of two and a half of one cycle a day
    near = (frequency > 0.4) & (frequency < 2.5)
    assert power[near].sum() > 0.5 * power[1:].sum()


def test_rolling_bands_are_in_their_share_of_the_stars():
    process, times = RollingBands(share=0.2, seasons=1), sampling(90)
    generator = rng()
    struck = [process(generator, times, SUN).any() for _ in range(2000)]
    assert np.mean(struck) == pytest.approx(0.2, abs=0.03)


def test_offsets_and_ramps_begin_where_segments_do():
    times = sampling(30, starts=(0, 500, 1000))
    flux = SegmentOffsets(1000.0)(rng(), times, SUN)
    assert np.flatnonzero(np.diff(flux)).tolist() == [499, 999]
    ramps = Ramps(1000.0, timescale_days=0.5)(rng(), times, SUN)
    for part in times.segments:
        assert ramps[part] == pytest.approx(
            ramps[part.start] * np.exp(-(times.time[part] - times.time[part.start]) / 0.5)
        )


def test_ramps_of_scattered_light_are_of_very_different_heights():
    times = sampling(2000, starts=tuple(range(0, 96000, 48)))
    first = [part.start for part in times.segments]
    even, scattered = (
        np.abs(Ramps(1000.0, scatter_dex=scatter)(rng(), times, SUN)[first])
        for scatter in (0.0, 0.7)
    )
    # log10 of a normal deviate's modulus has a standard deviation of pi / sqrt(8) / ln 10
    normal = math.pi / math.sqrt(8) / math.log(10)
    assert np.std(np.log10(even)) == pytest.approx(normal, rel=0.1)
    assert np.std(np.log10(scattered)) == pytest.approx(math.hypot(normal, 0.7), rel=0.1)


def test_precision_of_white_noise_is_that_of_its_mean():
    times = sampling(400)
    flux = 1 + 1e-3 * rng().standard_normal(len(times))
    for hours in (3.0, 12.0):
        expected = 1e3 / math.sqrt(hours / 24 / EXPOSURE)
        assert precision_of_stretch(times.time, flux, hours=hours) == pytest.approx(
            expected, rel=0.1
        )
    assert math.isnan(precision_of_stretch(times.time[:5], flux[:5], hours=6.0))


def test_centroids_have_photon_noise_and_follow_the_star():
    still = {"floor_pixels": 0.0, "slow_pixels": 0.0, "trend_pixels": 0.0, "follow_pixels": 0.0}
    times = sampling(50)
    flat = np.zeros(len(times))
    assert np.std(
        CentroidJitter(width_pixels=1.5, **still)(rng(), times, 1e-4, flat)
    ) == pytest.approx(1.5e-4, rel=0.05)
    still["follow_pixels"] = 0.2
    star = 0.01 * np.sin(times.time)
    slopes = [
        CentroidJitter(width_pixels=0.0, **still)(rng(seed), times, 1e-4, star)
        @ star
        / (star @ star)
        for seed in range(300)
    ]
    assert np.std(slopes) == pytest.approx(0.2, rel=0.15)


def test_a_null_takes_a_process_away_and_nonsense_is_refused():
    assert list(ProceduralNoise(processes={"red": RedNoise(), "spots": None}).processes) == ["red"]
    with pytest.raises(BadParameter, match=r"\['red'\] are not noise processes"):
        ProceduralNoise(processes={"red": {"ppm": 3.0}})


def test_the_light_of_neighbours_raises_the_noise():
    noise = ProceduralNoise(processes={}, white=WhiteNoise(scatter_dex=0.0))
    alone, crowded = (
        noise.light_curve(rng(), "any", SUN, exposure=EXPOSURE, crowding=crowding)
        for crowding in (1.0, 0.25)
    )
    ratio = np.std(crowded.flux) / np.std(alone.flux)
    assert ratio == pytest.approx(2.0)
    assert crowded.segments[0].crowding == 0.25
