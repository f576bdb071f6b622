"""The window of a trend is long enough for the events of the search, and no longer."""

from pathlib import Path

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.detrend.biweight import Biweight
from exoval.detrend.event_window import KNOTS_PER_EVENT, WINDOW_PER_EVENT, event_window
from exoval.detrend.median import Median
from exoval.detrend.quietest import Quietest
from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve, Segment
from exoval.star import Star

MISSIONS = sorted(path.stem for path in (Path(__file__).parents[2] / "conf/mission").glob("*.yaml"))
#: searched up to 16-30 days: the longest trial durations are below half a day
SHORT = {"kepler", "k2", "tess", "tess_120s", "tess_120s_raw", "tess_ffi", "ngts"}


def composed(*overrides):
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", ["detrend=biweight", *overrides, "host=procedural"])
    return (instantiate(config[name], _convert_="all") for name in ("detrend", "search"))


def longest_trial(search, baseline=2000.0):
    """The longest box that a search tries, from its own periodogram's trial durations."""
    periods = np.array([min(search.maximum_period_days, baseline / (search.minimum_transits - 1))])
    return float(search._durations(periods, search._density(Star(target="KIC 1")), 0.02).max())


def light_curve(flux, time):
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), 1e-4),
        exposure=0.02,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


@pytest.mark.parametrize(
    "overrides",
    [(f"mission={name}",) for name in MISSIONS]
    + [("experiment=plato_two_years",), ("mission=plato", "search.longest_duration=3")],
)
def test_the_window_is_twice_the_longest_box_of_the_search(overrides):
    detrend, search = composed(*overrides)
    assert detrend.window == pytest.approx(max(1.5, WINDOW_PER_EVENT * longest_trial(search)))


@pytest.mark.parametrize("mission", sorted(SHORT))
@pytest.mark.parametrize("kind", [Biweight, Median, Quietest])
def test_short_searches_keep_their_trend_bit_for_bit(mission, kind):
    detrend, _ = composed(f"mission={mission}", f"detrend={kind.__name__.lower()}")
    time = np.arange(0.0, 40.0, 0.02)
    rng = np.random.default_rng(1)
    flux = 1 + 1e-3 * np.sin(2 * np.pi * time / 7) + 1e-4 * rng.standard_normal(len(time))
    curve = light_curve(flux, time)
    np.testing.assert_array_equal(detrend(curve).flux, kind()(curve).flux)


@pytest.mark.parametrize("kind", [Biweight, Median, Quietest])
def test_a_long_event_keeps_its_depth(kind):
    time, event = np.arange(0.0, 90.0, 0.02), Ephemeris(60.0, 40.0, 0.7)
    noise = 1e-4 * np.random.default_rng(2).standard_normal(len(time))
    curve = light_curve(1 + noise - 1e-3 * event.in_event(time), time)

    def depth(detrend):
        flat = detrend(curve)
        return 1 - float(np.median(flat.flux[event.in_event(flat.time, 0.8)]))

    assert depth(kind()) < 0.8e-3
    assert depth(kind(longest_period_days=400.0)) == pytest.approx(1e-3, rel=0.15)


@pytest.mark.parametrize("wrong", [{"longest_period_days": 0.0}, {"longest_duration": -1.0}])
def test_impossible_events_are_refused(wrong):
    usual = {"longest_period_days": 30.0, "longest_duration": 2.0}
    with pytest.raises(BadParameter, match=next(iter(wrong))):
        event_window(1.5, **{**usual, **wrong})


def test_splines_leave_long_events_as_well():
    usual, *splines = Quietest(longest_period_days=400.0)._trends
    longest = usual.window / WINDOW_PER_EVENT
    assert min(one.knot_days for one in splines) == pytest.approx(KNOTS_PER_EVENT * longest)
    assert [one.knot_days for one in Quietest(longest_period_days=30.0)._trends[1:]] == [0.6, 0.35]
