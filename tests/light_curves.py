"""Synthetic events for the tests of features: trapezoids and boxes in white noise."""

import numpy as np

from exoval.ephemeris import Ephemeris
from exoval.folded.folded_event import FoldedEvent
from exoval.folded.trapezoid import trapezoid
from exoval.lightcurve import LightCurve, Segment
from exoval.search.refine import box_event
from exoval.star import Star

SUN = Star(target="KIC 1", radius=1.0, mass=1.0, teff=5772.0, logg=4.438, magnitude=12.0)


def folded(
    ephemeris,
    depth,
    ingress_share=0.2,
    noise=2e-4,
    days=90.0,
    seed=0,
    odd_depth=None,
    secondary=None,
    star=SUN,
    offset=0.0,
    centroids=False,
):
    """A trapezoid every period; ``secondary`` is (phase, depth) of a box.

    The light curve counts as never detrended; with ``centroids`` it has noisy ones.
    """
    rng = np.random.default_rng(seed)
    # a fraction of a cadence, lest rounding decide on which side of an edge a cadence falls
    time = np.arange(0, days, 0.0204) + offset + 0.00123456
    phase = ephemeris.time_from_mid_event(time) / ephemeris.duration
    depths = np.full(len(time), depth)
    if odd_depth is not None:
        depths[ephemeris.event_number(time) % 2 == 1] = odd_depth
    dip = depths * trapezoid(
        phase, depth=1.0, duration=1.0, ingress_share=ingress_share, offset=0.0
    )
    if secondary is not None:
        at = Ephemeris(
            ephemeris.period, ephemeris.epoch + secondary[0] * ephemeris.period, ephemeris.duration
        )
        dip = dip + secondary[1] * at.in_event(time)
    flux = 1 - dip + noise * rng.standard_normal(len(time))
    column, row = 100 + 1e-4 * rng.standard_normal((2, len(time)))
    where = {"centroid_column": column, "centroid_row": row} if centroids else {}
    curve = LightCurve(
        target=star.target,
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), noise),
        exposure=0.0204,
        segments=(Segment(number=1, start=0, stop=len(time), crowding=0.98),),
        **where,
    )
    return FoldedEvent(curve, box_event(curve, ephemeris), star, curve)
