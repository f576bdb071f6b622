"""What each trend leaves for the search: injected and real events found, their depths, the time.

    python benchmarks/detrend_recovery.py [--small] [--injections 100]

(a) Planets are injected into real Kepler quarters and TESS sectors of quiet and of active stars
(5 to 95 % of the flux spans more than 2000 ppm) and into procedural light curves of spotted stars
(1 % spots, rotation within 1.5 to 6 days, at Kepler's and TESS's cadence). Their strength against
white noise is log-uniform in 8-40. Every detrending is followed by the same search; an event at
the true period or an alias (``recover``) counts as found. The depth is that of the limb-darkened
transit once the true event is hidden and the light curve detrended again, over the true one.
(b) False alarms: events above the threshold in the same light curves, inverted, without a planet.
(c) Confirmed planets and eclipsing binaries in a quarter of their own: found, and the depth over
that with the biweight.

Prints tables and, last, one line of JSON. Needs EXOVAL_DATA.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from command_line import command_line, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--small", action="store_true", help="a run of about half a minute")
    parser.add_argument("--injections", type=int, default=100)
    parser.add_argument("--save", type=written, help="file for the rows, as CSV")
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from share import share

from exoval.catalogs.eclipsing_binaries import read_eclipsing_binaries
from exoval.catalogs.koi import read_koi
from exoval.detrend.adaptive_spline import AdaptiveSpline
from exoval.detrend.biweight import Biweight
from exoval.detrend.detrend import Detrend
from exoval.detrend.point_scatter import point_scatter
from exoval.detrend.quietest import Quietest
from exoval.ephemeris import Ephemeris
from exoval.errors import ExovalError
from exoval.event import TransitEvent
from exoval.injection.inject import inject
from exoval.lightcurve import LightCurve
from exoval.measure import fold
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.missions.mission import Mission
from exoval.missions.tess import tess
from exoval.noise.granulation import Granulation
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.noise.robust_scatter import robust_scatter
from exoval.noise.rotation import Rotation
from exoval.noise.schedule import Schedule
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import durations, semi_major_axis_ratio
from exoval.running.progress import progress
from exoval.search.box_search import BoxSearch
from exoval.star import Star
from exoval.system import Orbit, Source, System
from simulate.hosts import ProceduralHosts, RealHosts
from simulate.recover import recover
from simulate.transform import invert

DETRENDS: dict[str, Detrend] = {
    "biweight": Biweight(),
    "adaptive spline": AdaptiveSpline(),
    "quietest": Quietest(),
}
SNR = (8.0, 40.0)
#: strength from which depths are compared
DEPTH_SNR = 12.0
#: span of the flux of an active star, 5 to 95 %, in ppm
ACTIVE_PPM = 2000.0
#: seconds of a procedural TESS cadence: two-minute ones would take most of the benchmark's time
TESS_SECONDS = 600.0


@dataclass(frozen=True)
class Kind:
    """A kind of star, its share of the injections, and the longest period."""

    name: str
    mission: Mission
    share: float
    longest_period: float
    active: bool | None = None

    @cached_property
    def hosts(self) -> RealHosts | ProceduralHosts:
        """Real stars, or spotted ones where activity is not asked for."""
        if self.active is not None:
            return RealHosts(mission=self.mission, mask_known_signals=True)
        return ProceduralHosts(mission=self.mission, segments=1)

    def draw(self, rng: np.random.Generator) -> tuple[LightCurve, Star]:
        """A light curve of this kind."""
        while True:
            host, star = self.hosts.draw(rng)
            if self.active is None or (span_ppm(host) > ACTIVE_PPM) == self.active:
                return host, star


def kinds() -> list[Kind]:
    """Quiet, active and spotted stars of both missions."""
    slow = replace(
        tess(), exposure_days=TESS_SECONDS / 86400, noise=spotted_noise(Schedule(segment_days=27.0))
    )
    return [
        Kind("kepler quiet", kepler(), 0.24, 30.0, active=False),
        Kind("kepler active", kepler(), 0.24, 30.0, active=True),
        Kind("tess quiet", tess(), 0.12, 9.0, active=False),
        Kind("tess active", tess(), 0.12, 9.0, active=True),
        Kind("kepler spotted", replace(kepler(), noise=spotted_noise(Schedule())), 0.14, 30.0),
        Kind("tess spotted", slow, 0.14, 9.0),
    ]


def spotted_noise(schedule: Schedule) -> ProceduralNoise:
    """Spots that dim the star by about a per cent and turn with it in 1.5 to 6 days."""
    rotation = Rotation(
        period_days=3.0,
        period_scatter_dex=0.15,
        rms_ppm=3500.0,
        rms_scatter_dex=0.15,
        teff_power=0.0,
        period_power=0.0,
        quality=30.0,
    )
    return ProceduralNoise(
        schedule=schedule, processes={"granulation": Granulation(), "rotation": rotation}
    )


def span_ppm(light_curve: LightCurve) -> float:
    """The span of the flux from 5 to 95 %, the largest of all segments, in ppm of its median."""
    spans = []
    for segment in light_curve.segments:
        low, middle, high = np.nanpercentile(light_curve.flux[segment.cadences], [5, 50, 95])
        noise = point_scatter(light_curve.flux[segment.cadences])
        # white noise spans 3.29 standard deviations
        spans.append(np.sqrt(max((high - low) ** 2 - (3.29 * noise) ** 2, 0.0)) / middle)
    return 1e6 * float(max(spans))


# ---------------------------------------------------------------- (a) and (b)


@dataclass(frozen=True)
class Injection:
    """A light curve with a planet, and the truth."""

    light_curve: LightCurve
    host: LightCurve
    star: Star
    truth: Ephemeris
    depth: float
    snr: float


def inject_planet(kind: Kind, rng: np.random.Generator) -> Injection:
    """A planet with log-uniform period and strength."""
    host, star = kind.draw(rng)
    noise = np.concatenate(
        [
            np.full(
                part.stop - part.start,
                point_scatter(host.flux[part.cadences]) / np.nanmedian(host.flux[part.cadences]),
            )
            for part in host.segments
        ]
    )
    period = float(np.exp(rng.uniform(np.log(0.8), np.log(kind.longest_period / 2.2))))
    wanted = np.exp(rng.uniform(*np.log(SNR)))
    axis = semi_major_axis_ratio(mass_1=1.0, mass_2=0.0, radius_1=1.0, period=period)
    orbit = Orbit(
        period=period,
        epoch=host.time[0] + rng.random() * period,
        radius_ratio=0.02,
        semi_major_axis_ratio=axis * rng.uniform(0.8, 1.1),
        impact_parameter=rng.uniform(0.0, 0.7),
    )
    for _ in range(4):
        source = Source(flux_fraction=1.0, orbit=orbit)
        system = System(scenario="planet", sources=(source,))
        light_curve = inject(host, system, transit_model=ExactModel()).light_curve
        strength = float(np.sqrt(np.nansum(((1 - light_curve.flux / host.flux) / noise) ** 2)))
        ratio = orbit.radius_ratio * np.sqrt(wanted / max(strength, 1e-3))
        orbit = replace(orbit, radius_ratio=float(np.clip(ratio, 1e-4, 0.3)))
    middle = np.array([source.orbit.epoch])
    depth = 1 - float(ExactModel()(middle, source.orbit, source.limb_darkening, 0.0)[0])
    truth = Ephemeris(period, orbit.epoch, durations(source.orbit)[0])
    return Injection(light_curve, host, star, truth, depth, strength)


def judged(injection: Injection, detrend: Detrend, longest: float) -> dict:
    """Whether the planet is found after a detrending, its depth, a false alarm, and the time."""
    search = BoxSearch(maximum_period_days=longest)
    start = time.perf_counter()
    flat = detrend(injection.light_curve)
    seconds = time.perf_counter() - start
    event = search(flat, injection.star)
    ends = (float(flat.time[0]), float(flat.time[-1]))
    found = event is not None and recover(event.ephemeris, injection.truth, baseline=ends).found
    alarm = search(detrend(invert(injection.host)), injection.star)
    return {
        "found": float(found),
        "depth_ratio": depth_of(injection.light_curve, injection.truth, injection.star, detrend)
        / injection.depth,
        "false_alarm": float(alarm is not None),
        "seconds": seconds,
    }


def depth_of(light_curve: LightCurve, ephemeris: Ephemeris, star: Star, detrend: Detrend) -> float:
    """Depth of the limb-darkened transit at an ephemeris; NaN without a dip."""
    event = TransitEvent(ephemeris=ephemeris)
    folded = fold(light_curve, event, star, detrend=detrend)
    if folded is None or folded.transit is None:
        return np.nan
    return folded.transit.mean["depth"]


def injections(number: int) -> pd.DataFrame:
    """One row for each injection and detrending."""
    rows = []
    for kind in kinds():
        rng, count = np.random.default_rng(5), max(round(kind.share * number), 1)
        for index in progress(range(count), total=count, description=kind.name):
            try:
                injection = inject_planet(kind, rng)
                rows += [
                    {
                        "kind": kind.name,
                        "index": index,
                        "snr": injection.snr,
                        "hours": 24 * injection.truth.duration,
                        "span_ppm": span_ppm(injection.host),
                        "detrend": name,
                        **judged(injection, detrend, kind.longest_period),
                    }
                    for name, detrend in DETRENDS.items()
                ]
            except ExovalError as error:
                print(f"left out: {error}")
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Share found, depth and false alarms for each kind of star and detrending."""
    table = []
    for (kind, detrend), part in rows.groupby(["kind", "detrend"], sort=False):
        ratio = part.depth_ratio[part.snr > DEPTH_SNR].dropna()
        table.append(
            {
                "kind": kind,
                "detrend": detrend,
                "n": len(part),
                "found": part.found.mean(),
                "false alarms": part.false_alarm.mean(),
                "depth ratio": ratio.median(),
                "its scatter": robust_scatter(ratio.to_numpy()),
                "no depth": int(part.depth_ratio[part.snr > DEPTH_SNR].isna().sum()),
                "median ms": 1e3 * part.seconds.median(),
            }
        )
    return pd.DataFrame(table)


# ---------------------------------------------------------------- (c) real events


def real_events(number: int) -> pd.DataFrame:
    """Confirmed planets and eclipsing binaries, each in one quarter of its star."""
    library, rng, rows = open_library(kepler()), np.random.default_rng(3), []
    known = set(library.targets())
    planets = [c for c in read_koi() if c.label == "CONFIRMED" and c.target in known]
    binaries = [c for c in read_eclipsing_binaries() if c.target in known]
    for name, candidates in (("planets", planets), ("eclipsing binaries", binaries)):
        short = [c for c in candidates if c.ephemeris.period < 15 and c.ephemeris.duration < 0.5]
        chosen = rng.permutation(len(short))[:number]
        for place in progress(chosen, total=len(chosen), description=name):
            candidate = short[int(place)]
            quarters = library.segments(candidate.target)
            light_curve = library.read(
                candidate.target, (quarters[int(rng.integers(len(quarters)))],)
            )
            rows += _judged_real(
                name, candidate.ephemeris, light_curve, library.star(candidate.target)
            )
    return pd.DataFrame(rows)


def _judged_real(name: str, truth: Ephemeris, light_curve: LightCurve, star: Star) -> list[dict]:
    """One row for each detrending; none where one of them fails."""
    ends = (float(light_curve.time[0]), float(light_curve.time[-1]))
    rows = []
    try:
        for trend, detrend in DETRENDS.items():
            event = BoxSearch()(detrend(light_curve), star)
            found = event is not None and recover(event.ephemeris, truth, baseline=ends).found
            depth = depth_of(light_curve, truth, star, detrend)
            rows.append({"kind": name, "detrend": trend, "found": float(found), "depth": depth})
    except ExovalError as error:
        print(f"left out: {error}")
        return []
    usual = rows[0]["depth"]
    return [row | {"target": star.target, "depth_ratio": row["depth"] / usual} for row in rows]


def summary_of_real(rows: pd.DataFrame) -> pd.DataFrame:
    """Share found, and the depth over that with the biweight."""
    groups = rows.groupby(["kind", "detrend"], sort=False)
    return groups.agg(
        n=("found", "size"),
        found=("found", "mean"),
        depth_ratio=("depth_ratio", "median"),
        lowest=("depth_ratio", lambda values: values.quantile(0.1)),
        highest=("depth_ratio", lambda values: values.quantile(0.9)),
    ).reset_index()


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    rows = injections(6 if options.small else options.injections)
    table = summary(rows)
    print("\n(a), (b) injected planets")
    print(table.round(3).to_string(index=False))
    real = real_events(2 if options.small else 60)
    print("\n(c) real events in one quarter; depth over that with the biweight")
    print(summary_of_real(real).round(3).to_string(index=False))
    if options.save:
        pd.concat([rows, real]).to_csv(Path(options.save), index=False)
    last_line(numbers(table, summary_of_real(real)), options)


def numbers(injected: pd.DataFrame, real: pd.DataFrame) -> dict:
    """The tables as records with intervals: shares, and depth ratios with the scatter of events."""
    records: dict[str, dict] = {}
    for row in injected.to_dict("records"):
        middle, spread = row["depth ratio"], row["its scatter"]
        records[f"{row['kind']}, {row['detrend']}"] = {
            "found": share(round(row["found"] * row["n"]), row["n"]),
            "false_alarms": share(round(row["false alarms"] * row["n"]), row["n"]),
            "depth_ratio": {
                "value": middle,
                "low": middle - spread,
                "high": middle + spread,
                "n": row["n"],
            },
            "seconds": row["median ms"] / 1e3,
        }
    for row in real.to_dict("records"):
        records[f"real {row['kind']}, {row['detrend']}"] = {
            "found": share(round(row["found"] * row["n"]), row["n"]),
            "depth_ratio": {
                "value": row["depth_ratio"],
                "low": row["lowest"],
                "high": row["highest"],
                "n": row["n"],
            },
        }
    return records


if __name__ == "__main__":
    main(OPTIONS)
