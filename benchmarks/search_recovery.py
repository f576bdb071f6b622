"""Recovery by searches: injected planets, false alarms without a planet, and real planets.

    python benchmarks/search_recovery.py [--injections 500] [--tls-every 1] [--small]
        [--kinds quarters sectors ...] [--searches ours whitened ...]

(a) Planets with signal-to-noise ratios of 5-50 are injected into real light curves without known
signals: single Kepler quarters, four consecutive Kepler quarters, and TESS sectors. Our box search,
the same with candidates judged after whitening, the same without prewhitening, astropy's and TLS
search the same detrended light curves, over the same periods and with the same refinement and
threshold, and are judged by the same ``recover``.
TLS, which takes a quarter of a minute there, searches every fifth of the longer ones.
(b) False alarms of our search, with and without whitening, above its threshold, on the same stars'
light curves inverted, and with their quarters in another order.
(c) Confirmed planets among the Kepler Objects of Interest with koi_max_mult_ev > 12 and three or
more transits in the light curves: is the catalogue's period, or an alias, among the events that our
search finds successively in the whole light curve? Every miss is listed with its cause.

Prints tables and, last, one line of JSON. Needs EXOVAL_DATA.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

from command_line import command_line, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--small", action="store_true", help="a run of about a minute")
    parser.add_argument("--injections", type=int, default=500)
    parser.add_argument(
        "--tls-every", type=int, default=1, help="TLS searches every N-th one; 0: none"
    )
    parser.add_argument("--false-alarm-light-curves", type=int, default=150)
    parser.add_argument("--kinds", nargs="*", help="light curves: quarter, four, sector; all")
    parser.add_argument("--searches", nargs="*", help="ours, whitened, boxes, astropy, tls; all")
    parser.add_argument("--only", default="abc", help="parts to run")
    parser.add_argument("--save", type=written, help="file for the injections, as CSV")
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from share import as_text, share

from exoval.catalogs.koi import TABLE, read_koi
from exoval.detrend.biweight import Biweight
from exoval.ephemeris import Ephemeris
from exoval.errors import ExovalError
from exoval.event import TransitEvent
from exoval.injection.inject import inject
from exoval.lightcurve import LightCurve
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.missions.tess import tess
from exoval.noise.differential_precision import differential_precision
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import durations, semi_major_axis_ratio
from exoval.running.progress import progress
from exoval.search.astropy_bls import AstropyBoxSearch
from exoval.search.box_search import BoxSearch
from exoval.search.refine import box_event, refine
from exoval.search.search import Search
from exoval.search.search_again import search_again
from exoval.search.tls import TransitLeastSquares
from exoval.star import Star
from exoval.system import Orbit, Source, System
from simulate.hosts import RealHosts
from simulate.recover import recover
from simulate.transform import invert, scramble

SNR_EDGES = (5, 7, 9, 12, 16, 25, 50)
THRESHOLDS = (7.1, 8.0, 9.0, 10.0, 12.0, 15.0)
DETREND = Biweight()
#: searches of which false alarms are counted
JUDGED = ("ours", "whitened")
#: all Kepler stars of the library with so many quarters are hosts of threshold-crossing events
LONG = 4


@dataclass(frozen=True)
class Kind:
    """A kind of light curve, the injected and searched periods, and its share of injections.

    TLS searches every ``tls_every``-th of them.
    """

    name: str
    hosts: RealHosts
    longest_period: float
    share: float
    tls_every: int = 1


def kinds() -> list[Kind]:
    chosen = OPTIONS.kinds if __name__ == "__main__" else None
    every = [
        Kind("kepler quarter", RealHosts(mission=kepler()), 30.0, 0.6),
        Kind("kepler four quarters", long_hosts(LONG), 50.0, 0.1, tls_every=5),
        Kind("tess sector", RealHosts(mission=tess()), 9.0, 0.3),
    ]
    return [kind for kind in every if not chosen or any(word in kind.name for word in chosen)]


def long_hosts(segments: int) -> RealHosts:
    """Kepler stars without known signals that have ``segments`` quarters."""
    hosts = RealHosts(mission=kepler())
    long = [name for name in hosts.eligible if len(hosts.library.segments(name)) >= segments]
    return RealHosts(mission=kepler(), targets=long, segments_per_light_curve=segments)


def searches(longest: float) -> dict[str, Search]:
    return {
        "ours": BoxSearch(minimum_period_days=0.5, maximum_period_days=longest),
        "whitened": BoxSearch(minimum_period_days=0.5, maximum_period_days=longest, whitened=True),
        "boxes": BoxSearch(minimum_period_days=0.5, maximum_period_days=longest, prewhiten=0),
        "astropy": AstropyBoxSearch(minimum_period_days=0.5, maximum_period_days=longest),
        "tls": TransitLeastSquares(minimum_period_days=0.5, maximum_period_days=longest),
    }


# ---------------------------------------------------------------- (a) injected planets


@dataclass(frozen=True, kw_only=True)
class Injection:
    """A light curve with a planet in it, also detrended, and the one without."""

    light_curve: LightCurve
    host: LightCurve
    flat: LightCurve
    star: Star
    truth: Ephemeris
    signal_to_noise: float


def inject_planet(kind: Kind, rng: np.random.Generator) -> Injection:
    """A planet with log-uniform period and log-uniform strength in the data."""
    host, star = kind.hosts.draw(rng)
    period = np.exp(rng.uniform(np.log(0.5), np.log(kind.longest_period)))
    wanted = np.exp(rng.uniform(np.log(SNR_EDGES[0]), np.log(SNR_EDGES[-1])))
    light_curve, truth, strength = with_planet(host, rng, period=period, strength=wanted)
    return Injection(
        light_curve=light_curve,
        host=host,
        flat=DETREND(light_curve),
        star=star,
        truth=truth,
        signal_to_noise=strength,
    )


def with_planet(
    host: LightCurve, rng: np.random.Generator, *, period: float, strength: float
) -> tuple[LightCurve, Ephemeris, float]:
    """A light curve with a planet of about a strength, its ephemeris and its strength."""
    orbit = Orbit(
        period=period,
        epoch=host.time[0] + rng.random() * period,
        radius_ratio=0.02,
        semi_major_axis_ratio=semi_major_axis_ratio(
            mass_1=1.0, mass_2=0.0, radius_1=1.0, period=period
        )
        * rng.uniform(0.8, 1.1),
        impact_parameter=rng.uniform(0.0, 0.8),
    )
    for _ in range(4):
        system = System(scenario="planet", sources=(Source(flux_fraction=1.0, orbit=orbit),))
        light_curve = inject(host, system, transit_model=ExactModel()).light_curve
        injected = injected_strength(light_curve, host)
        ratio = orbit.radius_ratio * np.sqrt(strength / max(injected, 1e-3))
        orbit = replace(orbit, radius_ratio=float(np.clip(ratio, 1e-4, 0.3)))
    return light_curve, Ephemeris(period, orbit.epoch, durations(orbit)[0]), injected


def injected_strength(light_curve: LightCurve, host: LightCurve) -> float:
    """Missing light over the noise per cadence (from six hours), added in quadrature."""
    noise = 1e-6 * differential_precision(host, hours=6.0) * np.sqrt(0.25 / host.exposure)
    return float(np.sqrt(np.nansum((1 - light_curve.flux / host.flux) ** 2)) / noise)


def found_by(search: Search, injection: Injection) -> tuple[float, float]:
    """Whether a search finds the planet, and the seconds it takes."""
    start = time.perf_counter()
    event = search(injection.flat, injection.star)
    seconds = time.perf_counter() - start
    return float(event is not None and recovered(event, injection.truth, injection.flat)), seconds


def recovered(event: TransitEvent, truth: Ephemeris, light_curve: LightCurve) -> bool:
    ends = (float(light_curve.time[0]), float(light_curve.time[-1]))
    return recover(event.ephemeris, truth, baseline=ends).found


def recover_injections(
    number: int, tls_every: int, save: Path | None, chosen: list[str] | None = None
) -> pd.DataFrame:
    rows = []
    for kind in kinds():
        count, rng = round(kind.share * number), np.random.default_rng(7)
        every = searches(kind.longest_period)
        for index in progress(range(count), total=count, description=f"injections, {kind.name}"):
            try:
                injection = inject_planet(kind, rng)
            except ExovalError as error:
                print(f"left out: {error}")
                continue
            row = {
                "kind": kind.name,
                "snr": injection.signal_to_noise,
                **{name + end: np.nan for name in every for end in ("", "_s")},
            }
            for name, search in every.items():
                if chosen and name not in chosen:
                    continue
                if name == "tls" and (not tls_every or (index + 1) % (kind.tls_every * tls_every)):
                    continue
                row[name], row[f"{name}_s"] = found_by(search, injection)
            rows.append(row)
            if save:
                pd.DataFrame(rows).to_csv(save, index=False)
    return pd.DataFrame(rows)


def recovery_table(rows: pd.DataFrame) -> pd.DataFrame:
    """By bin of strength: share found by each search, and by ours where TLS also searched."""
    bins = pd.cut(rows.snr, SNR_EDGES)
    both = rows.dropna(subset=["tls"])
    table = pd.DataFrame(
        {
            "n": rows.groupby(bins, observed=False).size(),
            "ours": rows.groupby(bins, observed=False).ours.mean(),
            "whitened": rows.groupby(bins, observed=False).whitened.mean(),
            "only whitened": (rows.whitened > rows.ours).groupby(bins, observed=False).sum(),
            "not whitened": (rows.whitened < rows.ours).groupby(bins, observed=False).sum(),
            "no waves": rows.groupby(bins, observed=False).boxes.mean(),
            "astropy": rows.groupby(bins, observed=False).astropy.mean(),
            "only ours": (rows.ours > rows.astropy).groupby(bins, observed=False).sum(),
            "only astropy": (rows.ours < rows.astropy).groupby(bins, observed=False).sum(),
            "n tls": both.groupby(bins, observed=False).size(),
            "tls": both.groupby(bins, observed=False).tls.mean(),
            "ours there": both.groupby(bins, observed=False).ours.mean(),
            "only ours/tls": (both.ours > both.tls).groupby(bins, observed=False).sum(),
            "only tls": (both.ours < both.tls).groupby(bins, observed=False).sum(),
        }
    )
    return table.round(3)


def report_injections(rows: pd.DataFrame) -> dict:
    print("\n(a) share of injected planets found, by signal-to-noise ratio")
    print(recovery_table(rows).to_string())
    for kind, part in rows.groupby("kind"):
        tls = part.dropna(subset=["tls"])
        print(
            f"{kind}: n={len(part)} ours {as_text(share(part.ours.sum(), len(part)))} whitened "
            f"{as_text(share(part.whitened.sum(), len(part)))} (68 %), mean seconds "
            f"{part.whitened_s.mean():.3f}; without waves "
            f"{part.boxes.mean():.3f} astropy {part.astropy.mean():.3f}"
            f"; of {len(tls)} with TLS: ours {tls.ours.mean():.3f} tls {tls.tls.mean():.3f}; "
            f"median seconds ours {part.ours_s.median():.3f} (mean "
            f"{part.ours_s.mean():.3f}) without waves {part.boxes_s.median():.3f} astropy "
            f"{part.astropy_s.median():.3f} tls {part.tls_s.median():.2f}"
        )
    both = rows.dropna(subset=["tls"])
    return {
        "injections": len(rows),
        "recovery_ours": round(float(rows.ours.mean()), 4),
        "recovery_whitened": round(float(rows.whitened.mean()), 4),
        "recovery_without_waves": round(float(rows.boxes.mean()), 4),
        "recovery_astropy": round(float(rows.astropy.mean()), 4),
        "recovery_tls": round(float(both.tls.mean()), 4),
        "injections_tls": len(both),
        "recovery_ours_where_tls": round(float(both.ours.mean()), 4),
    }


# ---------------------------------------------------------------- (b) false alarms


def false_alarms(number: int) -> pd.DataFrame:
    """Strength of our search's event in light curves without a periodic signal; 0 without one."""
    rows = []
    # stars without threshold-crossing events, and stars whose events were rejected as transits
    for kind in kinds():
        rng, every = np.random.default_rng(11), searches(kind.longest_period)
        hosts = kind.hosts
        for _ in progress(range(number), total=number, description=f"false alarms, {kind.name}"):
            host, star = hosts.draw(rng)
            changed = {"inverted": invert(host)}
            if len(host.segments) > 1:
                changed["scrambled"] = scramble(host, rng)
            for transform, light_curve in changed.items():
                try:
                    flat = DETREND(light_curve)
                    strength = {name: _strength(every[name], flat, star) for name in JUDGED}
                except ExovalError:
                    continue
                clean = len(hosts.library.segments(star.target)) < LONG
                rows.append(
                    {
                        "kind": kind.name + (", clean" if clean else ", TCE hosts"),
                        "transform": transform,
                        "target": star.target,
                        **strength,
                    }
                )
    return pd.DataFrame(rows)


def _strength(search: Search, flat: LightCurve, star: Star) -> float:
    event = search(flat, star)
    return 0.0 if event is None else event.signal_to_noise


def report_false_alarms(rows: pd.DataFrame) -> dict:
    print("\n(b) events per light curve where nothing periodic is, by threshold")
    table = {
        (kind, transform, name): {"n": len(part), "stars": part.target.nunique()}
        | {f">{t:g}": round(float((part[name] >= t).mean()), 3) for t in THRESHOLDS}
        for (kind, transform), part in rows.groupby(["kind", "transform"])
        for name in JUDGED
    }
    print(pd.DataFrame(table).T.to_string())
    at = BoxSearch().threshold
    for (kind, transform), part in rows.groupby(["kind", "transform"]):
        alarms = ", ".join(
            f"{name} {as_text(share(int((part[name] >= at).sum()), len(part)))}" for name in JUDGED
        )
        print(f"{kind}, {transform}, above {at:g} (68 %): {alarms}")
    return {
        f"false_alarms_{transform}{end}": round(float((part[name] >= at).mean()), 4)
        for transform, part in rows.groupby("transform")
        for name, end in (("ours", ""), ("whitened", "_whitened"))
    }


# ---------------------------------------------------------------- (c) real planets


def real_planets() -> pd.DataFrame:
    """Strong confirmed KOIs of the library, with their strength in its light curves."""
    strong = TABLE.read(None, ("kepoi_name", "koi_max_mult_ev"), optional=())
    strong = set(strong.kepoi_name[strong.koi_max_mult_ev > 12])
    library = open_library(kepler())
    known = set(library.targets())
    chosen = [
        c for c in read_koi() if c.label == "CONFIRMED" and c.name in strong and c.target in known
    ]
    return pd.DataFrame([{"target": c.target, "name": c.name, "candidate": c} for c in chosen])


def transits_with_data(light_curve: LightCurve, ephemeris: Ephemeris) -> int:
    """Number of events of which cadences cover at least half."""
    inside = ephemeris.in_event(light_curve.time)
    _, counts = np.unique(ephemeris.event_number(light_curve.time[inside]), return_counts=True)
    return int(np.sum(counts * light_curve.exposure > 0.5 * ephemeris.duration))


def find_real_planets(limit: int | None) -> pd.DataFrame:
    planets, library, rows = real_planets(), open_library(kepler()), []
    targets = list(planets.groupby("target"))[:limit]
    for target, part in progress(targets, total=len(targets), description="real planets"):
        flat = DETREND(library.read(target))
        search = BoxSearch(minimum_period_days=0.5, maximum_period_days=0.5 * flat.baseline)
        start = time.perf_counter()
        # as many as are known, and some more for the star's other variation
        events = search_again(search, flat, library.star(target), count=len(part) + 4)
        seconds = time.perf_counter() - start
        rows += [
            judged(candidate, events, flat) | {"seconds": seconds} for candidate in part.candidate
        ]
    return pd.DataFrame(rows)


def judged(candidate: object, events: list[TransitEvent], flat: LightCurve) -> dict:
    """The alias at which a planet was found, or the cause of its miss."""
    truth, ends = candidate.ephemeris, (float(flat.time[0]), float(flat.time[-1]))
    alias, rank = "", 0
    for number, event in enumerate(events, start=1):
        alias = recover(event.ephemeris, truth, baseline=ends).alias
        if alias:
            rank = number
            break
    near = refine(flat, truth)
    strength = box_event(flat, truth).signal_to_noise if near is None else near.signal_to_noise
    return {
        "name": candidate.name,
        "period": truth.period,
        "alias": alias,
        "rank": rank,
        "transits": transits_with_data(flat, truth),
        "snr_here": strength,
        "cause": "" if alias else cause_of_miss(truth, events, strength),
    }


def cause_of_miss(truth: Ephemeris, events: list[TransitEvent], strength: float) -> str:
    threshold = BoxSearch().threshold
    if strength < threshold:
        return f"SNR {strength:.1f} at the catalogue's ephemeris, below the threshold"
    close = [event for event in events if abs(event.ephemeris.period / truth.period - 1) < 0.005]
    if close:
        off = abs(truth.time_from_mid_event(close[0].ephemeris.epoch)) / truth.duration
        return (
            f"found at {close[0].ephemeris.period:.5f} d, mid-event {off:.1f} durations off: "
            "transit times vary or the drift is over half a duration"
        )
    found = ", ".join(
        f"{event.ephemeris.period:.3f} d ({event.signal_to_noise:.0f})" for event in events
    )
    return f"SNR {strength:.1f} here, but found instead: {found}"


def report_real_planets(rows: pd.DataFrame) -> dict:
    print("\n(c) confirmed KOIs with koi_max_mult_ev > 12 in whole light curves, searched blind")
    print(rows.round(3).to_string(index=False))
    judgeable = rows[rows.transits >= 3]
    hits = int((judgeable.alias != "").sum())
    found = share(hits, len(judgeable))
    print(
        f"with three transits or more {as_text(found)} (68 %) are found, by alias "
        f"{judgeable.alias.replace('', 'missed').value_counts().to_dict()}"
    )
    for _, miss in judgeable[judgeable.alias == ""].iterrows():
        print(f"missed {miss['name']}, {miss.period:.4f} d: {miss.cause}")
    return {
        "koi_period_found": found,
        "koi_judged": len(judgeable),
    }


def main(options: argparse.Namespace) -> None:
    """Run the chosen parts."""
    small, result = options.small, {}
    if "a" in options.only:
        injections = recover_injections(
            10 if small else options.injections,
            options.tls_every,
            options.save,
            options.searches,
        )
        result |= report_injections(injections)
    if "b" in options.only:
        alarms = false_alarms(4 if small else options.false_alarm_light_curves)
        result |= report_false_alarms(alarms)
    if "c" in options.only:
        result |= report_real_planets(find_real_planets(1 if small else None))
    last_line(result, options)


if __name__ == "__main__":
    main(OPTIONS)
