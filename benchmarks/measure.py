"""Milliseconds to measure an event: detrending and folding, every feature group, the views.

    python benchmarks/measure.py [repeats]

A four-year Kepler-like light curve of 65,000 cadences with 300 transits, and one quarter of it, on
one thread. Times are the least of the repeats after compilation, in processor time, so that other
work on the machine does not count. Groups are timed one after the other on a fresh event, so that
the first group that needs a shared quantity pays for it. Prints tables and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("repeats", type=int, nargs="?", default=15, help="default 15")
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.folded.folded_event import FoldedEvent
from exoval.lightcurve import LightCurve, Segment
from exoval.measure import measure_folded
from exoval.missions.kepler import EXPOSURE_DAYS
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import durations
from exoval.search.refine import refine
from exoval.star import SOLAR_LOGG, SOLAR_TEFF, Star
from exoval.system import Orbit
from exoval.views.fine import event_views

QUARTER = 90.0
SUN = Star(
    target="KIC 1",
    radius=1.0,
    mass=1.0,
    teff=SOLAR_TEFF,
    logg=SOLAR_LOGG,
    metallicity=0.0,
    magnitude=12.0,
)


def light_curve(days: float, transits: int) -> tuple[LightCurve, TransitEvent]:
    """An undetrended light curve with noise, slow variation, centroids and a planet."""
    rng = np.random.default_rng(0)
    time_ = np.arange(0, days, EXPOSURE_DAYS)
    orbit = Orbit(
        period=days / transits,
        epoch=1.7,
        radius_ratio=0.03,
        semi_major_axis_ratio=14.0,
        impact_parameter=0.4,
    )
    flux = ExactModel()(time_, orbit, (0.4, 0.25), EXPOSURE_DAYS)
    flux *= 1 + 1e-3 * np.sin(time_ / 3) + 1e-4 * rng.standard_normal(len(time_))
    centroids = 100 + 1e-4 * rng.standard_normal((2, len(time_)))
    edges = np.searchsorted(time_, np.arange(0, days + QUARTER, QUARTER))
    segments = tuple(
        Segment(number=i, start=int(a), stop=int(b), crowding=0.95, noise_ppm=60.0)
        for i, (a, b) in enumerate(itertools.pairwise(edges))
        if b > a
    )
    curve = LightCurve(
        target="KIC 1",
        mission="kepler",
        time=time_,
        flux=1e5 * flux,
        flux_error=np.full(len(time_), 10.0),
        exposure=EXPOSURE_DAYS,
        segments=segments,
        centroid_column=centroids[0],
        centroid_row=centroids[1],
    )
    return curve, TransitEvent(ephemeris=Ephemeris(orbit.period, orbit.epoch, durations(orbit)[0]))


def fastest(function, repeats: int) -> float:
    """Milliseconds of processor time of the fastest call."""
    best = np.inf
    for _ in range(repeats):
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return 1e3 * best


def group_times(
    flat: LightCurve, event: TransitEvent, curve: LightCurve, groups: dict, repeats: int
) -> dict[str, float]:
    """Least time of each group, called one after the other on a fresh event."""
    spent = {name: np.inf for name in groups}
    for _ in range(repeats):
        folded = FoldedEvent(flat, event, SUN, curve)
        for name, group in groups.items():
            start = time.process_time()
            group(folded)
            spent[name] = min(spent[name], 1e3 * (time.process_time() - start))
    return spent


def measured(label: str, days: float, transits: int, built: dict, repeats: int) -> dict[str, float]:
    """Print and return the times of one light curve."""
    curve, event = light_curve(days, transits)
    flat = built["detrend"](curve, event.ephemeris)
    refined = refine(flat, event.ephemeris)
    folded = FoldedEvent(flat, refined, SUN, curve)
    measure_folded(folded, features=built["feature"])  # compile before the clock runs
    event_views(folded)
    times = {
        "detrend": fastest(lambda: built["detrend"](curve, event.ephemeris), 3),
        "refine": fastest(lambda: refine(flat, event.ephemeris), 3),
        **{
            f"  {name}": spent
            for name, spent in group_times(flat, refined, curve, built["feature"], repeats).items()
        },
        "scalars": fastest(
            lambda: measure_folded(
                FoldedEvent(flat, refined, SUN, curve), features=built["feature"]
            ),
            repeats,
        ),
        "views": fastest(lambda: event_views(folded), repeats),
    }
    print(f"\n{label}: {len(curve)} cadences, {transits} transits")
    for name, spent in times.items():
        print(f"{name:20s}{spent:9.2f} ms")
    return times


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    repeats = options.repeats
    with initialize_config_module("conf", version_base="1.3"):
        built = instantiate(compose("simulate", ["host=procedural"]), _convert_="all")
    quarter = measured("one quarter", QUARTER, 12, built, repeats)
    years = measured("four years", 65000 * EXPOSURE_DAYS, 300, built, repeats)
    last_line(
        {
            "ms_scalars_4yr": round(years["scalars"], 2),
            "ms_views_4yr": round(years["views"], 3),
            "ms_detrend_4yr": round(years["detrend"], 2),
            "ms_refine_4yr": round(years["refine"], 2),
            "ms_scalars_quarter": round(quarter["scalars"], 2),
            "ms_views_quarter": round(quarter["views"], 3),
        },
        options,
    )


if __name__ == "__main__":
    main(OPTIONS)
