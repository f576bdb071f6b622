"""What a further search of a star costs, beside its first search and beside a whole new one.

    python benchmarks/further_search.py [--quarters 60] [--four-years 12] [--small]

A planet is injected into real Kepler light curves of stars without known signals, and each star is
searched for up to four events. A further search looks only at periods at which something can be
above the threshold (``exoval.search.searched``); ``whole`` looks at every period again. Both begin
from what the search before them left. Gives CPU seconds of one thread, their ratio to the first
search of the same star, and how often both find the same events. Ranges are 10 to 90 %. The last
line is one JSON object. Needs EXOVAL_DATA.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass, field

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--quarters", type=int, default=60)
    parser.add_argument("--four-years", type=int, default=12)
    parser.add_argument("--small", action="store_true", help="two of each")
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from search_recovery import DETREND, kinds, long_hosts, with_planet
from share import as_text, share

from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.removal import REMOVED_DURATIONS
from exoval.running.progress import progress
from exoval.search.box_search import BoxSearch
from exoval.search.search_again import search_again
from exoval.search.searched import Searched
from exoval.star import Star

MOST_EVENTS = 4
WEAKEST, STRONGEST = 10.0, 60.0


@dataclass
class Timed:
    """A box search that goes on, or begins anew each time, and the CPU seconds of every search."""

    search: BoxSearch
    goes_on: bool
    seconds: list[float] = field(default_factory=list)

    def event_and_searched(
        self, light_curve: LightCurve, star: Star, earlier: Searched | None = None
    ) -> tuple[TransitEvent | None, Searched]:
        start = time.process_time()
        found = self.search.event_and_searched(light_curve, star, earlier if self.goes_on else None)
        self.seconds.append(time.process_time() - start)
        return found


def rows_of(name: str, hosts, longest: float, number: int) -> list[dict]:
    """One row a star: seconds of its searches both ways, and whether the events agree."""
    rng = np.random.default_rng([17, len(name)])
    search, rows = BoxSearch(maximum_period_days=longest), []
    for index in progress(range(number), total=number, description=name):
        host, star = hosts.draw(rng)
        period = float(np.exp(rng.uniform(np.log(0.5), np.log(longest / 4))))
        strength = float(np.exp(rng.uniform(np.log(WEAKEST), np.log(STRONGEST))))
        flat = DETREND(with_planet(host, rng, period=period, strength=strength)[0])
        if not index:
            search(flat, star)  # compiles
        events, timed = {}, {}
        for way in ("goes_on", "whole"):
            timed[way] = Timed(search, way == "goes_on")
            events[way] = search_again(
                timed[way], flat, star, count=MOST_EVENTS, margin=REMOVED_DURATIONS
            )
        if len(timed["whole"].seconds) > 1:
            rows.append(
                {
                    "light_curve": name,
                    "first": timed["whole"].seconds[0],
                    "goes_on": float(np.mean(timed["goes_on"].seconds[1:])),
                    "whole": float(np.mean(timed["whole"].seconds[1:])),
                    "same": float(agree(events["goes_on"], events["whole"])),
                }
            )
    return rows


def agree(ours: list[TransitEvent], others: list[TransitEvent]) -> bool:
    """Whether two lists hold the same events in the same order."""
    return len(ours) == len(others) and all(
        abs(one.ephemeris.period / other.ephemeris.period - 1) < 1e-3
        for one, other in zip(ours, others, strict=True)
    )


def spread(values: pd.Series) -> dict:
    low, middle, high = values.quantile([0.1, 0.5, 0.9])
    return {"value": float(middle), "low": float(low), "high": float(high), "n": len(values)}


def report(rows: pd.DataFrame) -> dict:
    """Costs by light curve."""
    return {
        name: {
            "seconds": spread(of["first"]),
            "further_over_first": spread(of["goes_on"] / of["first"]),
            "whole_over_first": spread(of["whole"] / of["first"]),
            "further_over_whole": spread(of["goes_on"] / of["whole"]),
            "total_further_over_whole": float(of["goes_on"].sum() / of["whole"].sum()),
            "same_events": share(of["same"].sum(), len(of)),
        }
        for name, of in rows.groupby("light_curve", sort=False)
    }


def main(options: argparse.Namespace) -> None:
    """Measure, print, and end with the JSON line."""
    quarters, years = (2, 2) if options.small else (options.quarters, options.four_years)
    rows = rows_of("quarter", kinds()[0].hosts, 30.0, quarters)
    rows += rows_of("four years", long_hosts(17), 400.0, years)
    result = report(pd.DataFrame(rows))
    for name, found in result.items():
        print(f"{name}: a first search takes {found['seconds']['value']:.3f} s")
        for key in ("further_over_first", "whole_over_first", "further_over_whole"):
            one = found[key]
            print(f"  {key:20s} {one['value']:.2f} ({one['low']:.2f}-{one['high']:.2f})")
        print(f"  all further searches over all whole ones {found['total_further_over_whole']:.2f}")
        print(f"  the same events: {as_text(found['same_events'])}")
    last_line(result, options)


if __name__ == "__main__":
    main(OPTIONS)
