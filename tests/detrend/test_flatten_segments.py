"""What no detrending can flatten is refused with its remedy."""

import numpy as np
import pytest

from exoval.detrend.biweight import Biweight
from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve, Segment


def light_curve(time, flux):
    return LightCurve(
        target="TIC 1",
        mission="tess",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), 1e-3),
        exposure=1 / 144,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


def test_flux_about_zero_is_refused():
    change = np.random.default_rng(1).normal(-1.0, 500.0, 1000)
    with pytest.raises(BadLightCurve, match=r"median flux is -.*1 plus the relative change"):
        Biweight()(light_curve(1500 + np.arange(1000) / 144, change))


def test_rounded_times_are_refused():
    time = (2459000.5 + np.arange(1000) / 144).astype(np.float32)
    flux = np.random.default_rng(1).normal(1.0, 1e-3, 1000)
    with pytest.raises(BadLightCurve, match=r"only \d+ of 1000 times differ.*double precision"):
        Biweight()(light_curve(time, flux))
