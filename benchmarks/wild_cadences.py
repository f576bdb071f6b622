"""What leaving out wild cadences costs on good light curves and gives on spoiled ones.

    python benchmarks/wild_cadences.py [--injections 300] [--small]

Planets with signal-to-noise ratios of 5-50 are injected into real light curves without known
signals (single Kepler quarters and TESS sectors). Each light curve is searched and measured as
delivered and with one cadence in two hundred spoiled (exact zeros, half light, random levels, in
turn), with the removal of wild cadences (``exoval.detrend.wild_cadences``) and without it. A planet
is recovered if the search finds its ephemeris; the depth is that of the refined box over the mean
depth that was injected in the same box. The time is that of ``fold`` with the ephemeris known.

Prints a table and, last, one line of JSON. Needs EXOVAL_DATA.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, nullcontext
from unittest.mock import patch

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--injections", type=int, default=300)
    parser.add_argument("--small", action="store_true", help="twenty injections")
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from search_recovery import inject_planet, kinds, recovered
from share import as_text, share

from exoval.detrend.biweight import Biweight
from exoval.errors import ExovalError
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.measure import fold
from exoval.running.progress import progress
from exoval.search.box_search import BoxSearch

SPOILED_SHARE = 1 / 200
SPOILS = ("zeros", "half light", "random levels")
DETREND = Biweight()


def without_removal() -> ExitStack:
    """A context in which no cadence is wild."""
    stack = ExitStack()
    for place in (
        "exoval.detrend.flatten_segments.impossible_flux",
        "exoval.measure.impossible_flux",
    ):
        stack.enter_context(patch(place, lambda curve: np.zeros(len(curve), dtype=bool)))
    stack.enter_context(
        patch("exoval.detrend.flatten_segments.isolated", lambda t, _: np.zeros(len(t), bool))
    )
    stack.enter_context(
        patch("exoval.measure.against_the_fold", lambda curve, _: np.zeros(len(curve), bool))
    )
    return stack


def spoiled(light_curve: LightCurve, kind: str, rng: np.random.Generator) -> LightCurve:
    """The light curve with one cadence in two hundred replaced."""
    hit = rng.random(len(light_curve)) < SPOILED_SHARE
    level = np.median(light_curve.flux)
    values = {
        "zeros": np.zeros(len(light_curve)),
        "half light": 0.5 * light_curve.flux,
        "random levels": level * rng.uniform(0, 2, len(light_curve)),
    }[kind]
    return light_curve.with_flux(np.where(hit, values, light_curve.flux))


def one_row(injection, undetrended: LightCurve, longest_period: float) -> dict:
    """Whether the planet is found, its depth over the true one, and the seconds of a fold."""
    search = BoxSearch(minimum_period_days=0.5, maximum_period_days=longest_period)
    row = {"found": 0.0, "depth": np.nan, "seconds": np.nan}
    try:
        event = search(DETREND(undetrended), injection.star)
        row["found"] = float(event is not None and recovered(event, injection.truth, undetrended))
        start = time.process_time()
        folded = fold(
            undetrended, TransitEvent(ephemeris=injection.truth), injection.star, detrend=DETREND
        )
        row["seconds"] = time.process_time() - start
    except ExovalError:
        return row
    if folded is not None:
        inside = folded.event.ephemeris.in_event(injection.light_curve.time)
        injected = 1 - injection.light_curve.flux / injection.host.flux
        true_depth = np.nanmean(injected[inside])
        row["depth"] = folded.event.depth / true_depth if true_depth > 1e-6 else np.nan
    return row


def rows_of(number: int) -> pd.DataFrame:
    rows = []
    for kind in (one for one in kinds() if one.name != "kepler four quarters"):
        count = round(number * (2 / 3 if kind.name.startswith("kepler") else 1 / 3))
        for index in progress(range(count), total=count, description=kind.name):
            rng = np.random.default_rng([11, index])
            try:
                injection = inject_planet(kind, rng)
            except ExovalError as error:
                print(f"left out: {error}")
                continue
            bad = spoiled(injection.light_curve, SPOILS[index % len(SPOILS)], rng)
            for quality, curve in (("as delivered", injection.light_curve), ("spoiled", bad)):
                for removal in ("without", "with"):
                    with without_removal() if removal == "without" else nullcontext():
                        row = one_row(injection, curve, kind.longest_period)
                    rows.append(
                        {"kind": kind.name, "cadences": quality, "removal": removal, "index": index}
                        | {"snr": injection.signal_to_noise}
                        | row
                    )
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame) -> dict:
    found = {}
    print(f"{'cadences':14}{'removal':10}{'found':28}{'depth ratio':24}{'ms a fold':>10}")
    for (cadences, removal), part in rows.groupby(["cadences", "removal"]):
        recovered_share = share(part.found.sum(), len(part))
        strong = part[part.snr > 12].depth.dropna()
        low, middle, high = np.percentile(strong, [16, 50, 84])
        seconds = float(part.seconds.median())
        found[f"{cadences}, {removal}"] = {
            "found": recovered_share,
            "depth_ratio": {"low": low, "value": middle, "high": high, "n": len(strong)},
            "seconds": seconds,
        }
        depth = f"{middle:.4f} ({low:.3f}-{high:.3f})"
        print(
            f"{cadences:14}{removal:10}{as_text(recovered_share):28}{depth:24}{1e3 * seconds:10.2f}"
        )
    return found


if __name__ == "__main__":
    last_line(summary(rows_of(20 if OPTIONS.small else OPTIONS.injections)), OPTIONS)
