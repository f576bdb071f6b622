"""Transit least squares behind the common door, and its absence told in one line."""

import importlib.util

import numpy as np
import pytest

from exoval.ephemeris import Ephemeris
from exoval.errors import BadParameter, ExovalError, MissingDependency
from exoval.lightcurve import LightCurve, Segment
from exoval.search.refine import refine
from exoval.search.tls import TransitLeastSquares
from exoval.star import Star

STAR = Star(
    target="KIC 1", radius=1.0, mass=1.0, teff=5772.0, logg=4.44, metallicity=0.0, magnitude=12.0
)
TRUTH = Ephemeris(4.7, 2.0, 0.15)


def light_curve():
    time = np.arange(0.0, 40.0, 0.0204)
    flux = 1 + 2e-4 * np.random.default_rng(2).standard_normal(len(time))
    flux -= 8e-4 * TRUTH.in_event(time)
    return LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), 2e-4),
        exposure=0.0204,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def test_its_event_is_refined_as_every_other(capsys):
    event = TransitLeastSquares()(light_curve(), STAR)
    refined = refine(light_curve(), TRUTH)
    assert event.ephemeris.period == pytest.approx(refined.ephemeris.period, abs=2e-3)
    assert event.signal_to_noise == pytest.approx(refined.signal_to_noise, rel=0.05)
    assert event.signal_detection_efficiency > 7
    # it would otherwise print versions and progress for each of a million light curves
    assert capsys.readouterr() == ("", "")


def test_periods_with_too_few_transits_are_not_searched():
    event = TransitLeastSquares(maximum_period_days=30, minimum_transits=10)(light_curve(), STAR)
    assert event is None or event.ephemeris.period <= 40 / 9


def test_a_missing_package_is_one_clear_error(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match=r"pip install 'exoval\[tls\]'") as caught:
        TransitLeastSquares()
    assert isinstance(caught.value, ExovalError)


@pytest.mark.parametrize("wrong", [{"minimum_period_days": 40.0}, {"minimum_transits": 1}])
def test_wrong_parameters_are_refused(wrong):
    with pytest.raises(BadParameter):
        TransitLeastSquares(**wrong)
