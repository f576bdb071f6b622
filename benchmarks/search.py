"""Seconds to search a light curve, for our box search, astropy's and TLS in one run.

    python benchmarks/search.py [--rounds 3] [--skip-peers-of 4yr_200d]

White noise with one planet and gaps: four years of Kepler half-hours (periods of 0.5-30 and of
0.5-200 days), one quarter (0.5-30 days) and 27 days of TESS at two minutes (0.5-13 days). Ours is
the whole public search: periodogram, signal detection efficiency and refinement of the highest
peaks, the best of ``rounds``. astropy is its compiled ``fast`` method on the same trial periods
with as many trial durations, octave by octave, without steps after the periodogram. TLS (Hippke &
Heller 2019) runs on its own grid and templates with one thread; the second call is timed, after
compilation. All times are CPU seconds of one thread; the peers run once. The last line is one JSON
object.
"""

from __future__ import annotations

import argparse
import os
import resource
import time as clock
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--skip-peers-of", nargs="*", default=[], metavar="CASE")
    OPTIONS = parser.parse_args()

# astropy's kernel reads this when it is loaded
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from astropy.timeseries import BoxLeastSquares
from transitleastsquares import transitleastsquares

from exoval.ephemeris import Ephemeris
from exoval.lightcurve import LightCurve, Segment
from exoval.missions.kepler import EXPOSURE_DAYS
from exoval.search.box_search import BoxSearch, cheapest_radix
from exoval.search.folding import GROUP_PER_CHUNK, phase_bins
from exoval.search.period_grid import duration_scale
from exoval.star import Star
from exoval.units import MINUTES_PER_DAY

HALF_HOUR, TWO_MINUTES = EXPOSURE_DAYS, 2 / MINUTES_PER_DAY
NOISE = 2e-4
STAR = Star(target="KIC 1", radius=1.0, mass=1.0)


@dataclass(frozen=True)
class Case:
    """A light curve's sampling and the periods to search."""

    name: str
    days: float
    cadence: float
    longest_period: float
    truth: Ephemeris

    def light_curve(self) -> LightCurve:
        """White noise and a box, with two days lost a month and one point in a hundred."""
        rng = np.random.default_rng(1)
        time = np.arange(0, self.days, self.cadence)
        time = time[(time % 30 < 28) & (rng.random(len(time)) > 0.01)]
        flux = 1 + NOISE * rng.standard_normal(len(time))
        inside = self.truth.in_event(time)
        flux[inside] -= 20 * NOISE / np.sqrt(inside.sum())
        return LightCurve(
            target="KIC 1",
            mission="kepler",
            time=time,
            flux=flux,
            flux_error=np.full(len(time), NOISE),
            exposure=self.cadence,
            segments=(Segment(number=1, start=0, stop=len(time)),),
        )

    def search(self) -> BoxSearch:
        """Our search for this case."""
        return BoxSearch(maximum_period_days=self.longest_period)


CASES = (
    Case("4yr", 1470, HALF_HOUR, 30, Ephemeris(11.3, 3.1, 0.16)),
    Case("4yr_200d", 1470, HALF_HOUR, 200, Ephemeris(91.3, 33.1, 0.3)),
    Case("quarter", 97, HALF_HOUR, 30, Ephemeris(7.3, 3.1, 0.14)),
    Case("tess27d", 27, TWO_MINUTES, 13, Ephemeris(4.3, 1.1, 0.12)),
)


def cpu_seconds(work: Callable[[], object], rounds: int = 1) -> tuple[float, object]:
    """Least CPU seconds of several rounds, and what the work returned."""
    best = np.inf
    for _ in range(rounds):
        begin = clock.process_time()
        answer = work()
        best = min(best, clock.process_time() - begin)
    return best, answer


def astropy_periodogram(curve: LightCurve, search: BoxSearch, periods: np.ndarray) -> float:
    """The period of astropy's highest peak on our grid."""
    model = BoxLeastSquares(curve.time, curve.flux, curve.flux_error)
    octave = np.maximum(np.log2(periods / periods[0]), 0).astype(int)
    best = (-np.inf, np.nan)
    for number in np.unique(octave):
        part = periods[octave == number]
        central = duration_scale(1.0) * np.cbrt(part[[0, -1]])
        durations = np.geomspace(
            search.shortest_duration * central[0],
            search.longest_duration * central[1],
            search.duration_count,
        )
        result = model.power(
            part,
            durations,
            objective="likelihood",
            method="fast",
            oversample=search.bins_per_duration,
        )
        top = int(np.argmax(result.power))
        best = max(best, (float(result.power[top]), float(part[top])))
    return best[1]


def tls_period(curve: LightCurve, longest: float) -> float:
    """The period that TLS finds, on its own grid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = transitleastsquares(curve.time, curve.flux, curve.flux_error, verbose=False)
        return float(
            model.power(
                period_min=0.5,
                period_max=longest,
                n_transits_min=3,
                use_threads=1,
                show_progress_bar=False,
                verbose=False,
            ).period
        )


def operations(curve: LightCurve, search: BoxSearch, periods: np.ndarray) -> float:
    """Additions and box evaluations of ours, per cadence of the light curve and trial period."""
    total = 0.0
    octave = np.maximum(np.log2(periods / periods[0]), 0).astype(int)
    for number in np.unique(octave):
        part = periods[octave == number]
        shortest = max(
            search.shortest_duration * duration_scale(1.0) * np.cbrt(part[0]), curve.exposure
        )
        points = min(len(curve), 2 * search.bins_per_duration * curve.baseline / shortest)
        bins = phase_bins(float(np.median(part)), shortest, search.bins_per_duration)
        radix = cheapest_radix(int(points), bins)
        group = max(GROUP_PER_CHUNK * radix**2, 1)
        folds = 2 * points / group
        additions = 2 * bins * (radix**4 / group + radix)
        total += len(part) * (folds + additions + bins * (2 + search.duration_count))
    return total / len(curve) / len(periods)


def memory_speed() -> float:
    """Bytes a second that one thread sums from memory, in single precision."""
    values = np.ones(64_000_000, dtype=np.float32)
    seconds, _ = cpu_seconds(values.sum, rounds=5)
    return values.nbytes / seconds


def measure(case: Case, rounds: int, peers: bool) -> dict[str, float]:
    """The seconds and results of all searches for one case."""
    curve, search = case.light_curve(), case.search()
    search(curve, STAR)  # compiles
    seconds, event = cpu_seconds(lambda: search(curve, STAR), rounds)
    periods = search.periodogram(curve).period
    row = {
        "points": len(curve),
        "periods": len(periods),
        "ours": seconds,
        "found_ours": event.ephemeris.period / case.truth.period,
        "operations": operations(curve, search, periods),
        "nanoseconds": 1e9 * seconds / len(curve) / len(periods),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    if peers:
        row["astropy"], found = cpu_seconds(lambda: astropy_periodogram(curve, search, periods))
        row["found_astropy"] = found / case.truth.period
        row["tls"], found = cpu_seconds(lambda: tls_period(curve, case.longest_period))
        row["found_tls"] = found / case.truth.period
    return row


def report(rows: dict[str, dict[str, float]], bandwidth: float) -> None:
    """Print the table."""
    for name, row in rows.items():
        print(f"{name}: {row['points']:.0f} points, {row['periods']:.0f} trial periods")
        print(
            f"  ours     {row['ours']:8.4f} s   period/true {row['found_ours']:.5f}   "
            f"{row['operations']:.3f} operations and {row['nanoseconds']:.3f} ns a "
            f"point-period"
        )
        for peer in ("astropy", "tls"):
            if peer in row:
                print(
                    f"  {peer:8s} {row[peer]:8.3f} s   period/true {row['found_' + peer]:.5f}   "
                    f"{row[peer] / row['ours']:.1f} times ours"
                )
        floor = 8e9 / bandwidth
        print(
            f"  reading weight and flux of every point for every period, at memory speed, "
            f"would take {floor:.2f} ns a point-period: ours takes "
            f"{row['nanoseconds'] / floor:.2f} of it"
        )


def main(options: argparse.Namespace) -> None:
    """Measure, print, and end with the JSON line."""
    # ours first, so that the peak memory is ours and not a peer's
    rows = {case.name: measure(case, options.rounds, False) for case in CASES}
    bandwidth = memory_speed()
    tls_period(CASES[-1].light_curve(), 1.0)  # compiles
    for case in CASES:
        if case.name not in options.skip_peers_of:
            peers = measure(case, options.rounds, True)
            rows[case.name] = {**peers, "memory_mb": rows[case.name]["memory_mb"]}
    report(rows, bandwidth)
    peak = max(row["memory_mb"] for row in rows.values())
    print(
        f"memory speed {bandwidth / 1e9:.1f} GB/s; peak memory with all libraries loaded, "
        f"before the peers ran: {peak:.0f} MB"
    )
    summary = {f"seconds_{name}": row["ours"] for name, row in rows.items()}
    summary |= {
        f"ratio_{peer}_{name}": row[peer] / row["ours"]
        for name, row in rows.items()
        for peer in ("astropy", "tls")
        if peer in row
    }
    summary |= {
        "memory_mb": peak,
        "memory_gb_per_second": bandwidth / 1e9,
        "operations_per_point_period_4yr": rows["4yr"]["operations"],
    }
    last_line({key: round(value, 4) for key, value in summary.items()}, options)


if __name__ == "__main__":
    main(OPTIONS)
