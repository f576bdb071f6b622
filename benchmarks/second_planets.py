"""Recovery of a second planet, and of a planet behind a binary, by a search that goes on.

    python benchmarks/second_planets.py [--pairs 80] [--binaries 40] [--tls-every 2] [--small]

Signals are injected into single Kepler quarters of stars without known signals in which our search
finds nothing.
(a) Two planets of signal-to-noise ratios of 8-40 each, with periods that are not multiples of each
other. The weaker one is also injected alone: what is lost then was not lost by the stronger one.
(b) One such planet, and an eclipsing binary with both eclipses. It is found if any of the events is
the planet.
Our box search and TLS search the same detrended light curves by the same ``search_again``: 2.2
durations about each event of what was found are cut out, and the rest is searched, up to four
events (a) or five (b). Both are refined, and judged by the same ``recover``. TLS searches every
N-th light curve. The cost of a further search is the time beyond that of the first, per further
search.

Prints tables and, last, one line of JSON; intervals of shares are 68 %, those of times 10 to 90 %.
Needs EXOVAL_DATA.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from itertools import count

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--small", action="store_true", help="three of each kind")
    parser.add_argument("--pairs", type=int, default=80)
    parser.add_argument("--binaries", type=int, default=40)
    parser.add_argument(
        "--tls-every", type=int, default=2, help="TLS searches every N-th one; 0: none"
    )
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from search_recovery import DETREND, kinds, recovered, searches, with_planet
from share import as_text, share

from exoval.ephemeris import Ephemeris, is_same_signal
from exoval.event import TransitEvent
from exoval.injection.inject import inject
from exoval.lightcurve import LightCurve
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import semi_major_axis_ratio
from exoval.removal import REMOVED_DURATIONS
from exoval.running.progress import progress
from exoval.search.search import Search
from exoval.search.search_again import search_again
from exoval.star import Star
from exoval.system import Orbit, Source, System

WEAKEST, STRONGEST = 8.0, 40.0
BINS = (7.0, 12.0, 18.0, 45.0)
MOST_EVENTS = {"pair": 4, "binary": 5}
#: longest period of an injected binary: several eclipses in a quarter
LONGEST_BINARY_DAYS = 15.0


@dataclass(frozen=True, kw_only=True)
class Injected:
    """A light curve with several signals, detrended, and the planets in it by their names."""

    kind: str
    flat: LightCurve
    star: Star
    planets: dict[str, tuple[Ephemeris, float]]
    alone: LightCurve


def quiet_hosts(rng: np.random.Generator, ours: Search):
    """Light curves in which the search finds nothing, without end."""
    kind = kinds()[0]
    for _ in count():
        host, star = kind.hosts.draw(rng)
        if ours(DETREND(host), star) is None:
            yield host, star


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def pair(host: LightCurve, star: Star, rng: np.random.Generator) -> Injected:
    """Two planets in one light curve, the stronger and the weaker."""
    planets, light_curve, layers = [], host, []
    while len(planets) < 2:
        period, strength = log_uniform(rng, 0.5, 30.0), log_uniform(rng, WEAKEST, STRONGEST)
        alone, truth, injected = with_planet(host, rng, period=period, strength=strength)
        if any(is_same_signal(truth, one) for one, _ in planets):
            continue
        planets.append((truth, injected))
        layers.append(alone)
        light_curve = light_curve.with_flux(light_curve.flux * alone.flux / host.flux)
    weaker = int(np.argmin([strength for _, strength in planets]))
    return Injected(
        kind="pair",
        flat=DETREND(light_curve),
        star=star,
        planets={"stronger": planets[1 - weaker], "weaker": planets[weaker]},
        alone=DETREND(layers[weaker]),
    )


def behind_binary(host: LightCurve, star: Star, rng: np.random.Generator) -> Injected:
    """A planet in the light curve of an eclipsing binary."""
    alone, truth, strength = with_planet(
        host,
        rng,
        period=log_uniform(rng, 0.5, 30.0),
        strength=log_uniform(rng, WEAKEST, STRONGEST),
    )
    period = log_uniform(rng, 1.0, LONGEST_BINARY_DAYS)
    orbit = Orbit(
        period=period,
        epoch=host.time[0] + rng.random() * period,
        radius_ratio=rng.uniform(0.2, 0.8),
        semi_major_axis_ratio=semi_major_axis_ratio(
            mass_1=1.0, mass_2=0.5, radius_1=1.0, period=period
        ),
        impact_parameter=rng.uniform(0.0, 0.9),
        surface_brightness_ratio=log_uniform(rng, 0.01, 0.8),
        mass_ratio=0.5,
    )
    system = System(scenario="binary", sources=(Source(flux_fraction=1.0, orbit=orbit),))
    light_curve = inject(alone, system, transit_model=ExactModel()).light_curve
    return Injected(
        kind="binary",
        flat=DETREND(light_curve),
        star=star,
        planets={"behind": (truth, strength)},
        alone=DETREND(alone),
    )


def timed(search: Search, light_curve: LightCurve, star: Star, most: int):
    """Up to ``most`` events, the seconds of the first search and those of one further search."""
    seconds, found = [], []
    for number in (1, most):
        start = time.perf_counter()
        found = search_again(search, light_curve, star, count=number, margin=REMOVED_DURATIONS)
        seconds.append(time.perf_counter() - start)
    # the last search finds nothing, unless as many were found as were asked for
    further = min(len(found) + 1, most) - 1
    return found, seconds[0], (seconds[1] - seconds[0]) / further if further else np.nan


def rank_of(truth: Ephemeris, found: list[TransitEvent], flat: LightCurve) -> float:
    """The place at which a planet was found, from 1; NaN if it was not."""
    places = [place for place, one in enumerate(found, 1) if recovered(one, truth, flat)]
    return float(places[0]) if places else np.nan


def rows_of(injected: Injected, names: list[str]) -> list[dict]:
    """One row a planet: whether each search finds it, at which place, and the time it takes."""
    every, rows = searches(30.0), {}
    for planet, (truth, strength) in injected.planets.items():
        alone = every["ours"](injected.alone, injected.star)
        rows[planet] = {
            "kind": injected.kind,
            "planet": planet,
            "snr": strength,
            "period": truth.period,
            "alone": np.nan
            if planet == "stronger"
            else float(alone is not None and recovered(alone, truth, injected.alone)),
        }
    for name in names:
        found, first, further = timed(
            every[name], injected.flat, injected.star, MOST_EVENTS[injected.kind]
        )
        for planet, (truth, _) in injected.planets.items():
            rank = rank_of(truth, found, injected.flat)
            rows[planet] |= {
                name: float(np.isfinite(rank)),
                f"{name}_rank": rank,
                f"{name}_first_s": first,
                f"{name}_further_s": further,
                f"{name}_events": len(found),
            }
    return list(rows.values())


def all_rows(numbers: dict[str, int], tls_every: int) -> pd.DataFrame:
    rows = []
    for make, kind in ((pair, "pair"), (behind_binary, "binary")):
        rng = np.random.default_rng([13, len(kind)])
        hosts = quiet_hosts(rng, searches(30.0)["ours"])
        for index in progress(range(numbers[kind]), total=numbers[kind], description=kind):
            with_tls = tls_every and index % tls_every == 0
            injected = make(*next(hosts), rng)
            rows += [
                row | {"index": index}
                for row in rows_of(injected, ["ours", "tls"] if with_tls else ["ours"])
            ]
    return pd.DataFrame(rows)


def shares(rows: pd.DataFrame, name: str) -> dict:
    tried = rows[name].dropna()
    return share(tried.sum(), len(tried))


def report(rows: pd.DataFrame) -> dict:
    """Shares found by planet and strength, and the cost of a further search."""
    result: dict[str, dict] = {}
    strengths = pd.cut(rows.snr, BINS)
    print(f"{'planet':10}{'strength':14}{'ours':28}{'alone':28}{'tls':28}ours, the same")
    for planet in ("stronger", "weaker", "behind"):
        of_planet = rows[rows.planet == planet]
        parts = {"all": of_planet} | {
            f"{bin.left:g}-{bin.right:g}": part
            for bin, part in of_planet.groupby(strengths, observed=True)
        }
        for label, part in parts.items():
            both = part[part.tls.notna()] if "tls" in part else part[:0]
            found = {name: shares(part, name) for name in ("ours", "alone") if len(part)}
            found |= {"tls": shares(both, "tls"), "ours_where_tls": shares(both, "ours")}
            result.setdefault(planet, {})[label] = found
            print(
                f"{planet:10}{label:14}" + "".join(f"{as_text(one):28}" for one in found.values())
            )
    return {"found": result} | costs(rows)


def costs(rows: pd.DataFrame) -> dict:
    """Seconds of the first search, of a further one, and their ratio, by kind."""
    result: dict[str, dict] = {}
    for kind, part in rows.drop_duplicates(["kind", "index"]).groupby("kind"):
        for name in ("ours", "tls"):
            first, further = part.get(f"{name}_first_s"), part.get(f"{name}_further_s")
            if first is None or not first.notna().any():
                continue
            both = {"first": first, "further": further, "ratio": further / first}
            result[f"{kind}, {name}"] = {key: spread(one) for key, one in both.items()}
            print(
                f"{kind}, {name}: "
                + ", ".join(
                    f"{key} {one['value']:.3f} ({one['low']:.3f}-{one['high']:.3f})"
                    for key, one in result[f"{kind}, {name}"].items()
                )
                + f", of {first.notna().sum()} light curves"
            )
    return {"seconds": result}


def spread(values: pd.Series) -> dict:
    low, middle, high = np.percentile(values.dropna(), [10, 50, 90])
    return {"value": middle, "low": low, "high": high, "n": int(values.notna().sum())}


if __name__ == "__main__":
    NUMBERS = {"pair": OPTIONS.pairs, "binary": OPTIONS.binaries}
    if OPTIONS.small:
        NUMBERS = dict.fromkeys(NUMBERS, 3)
    last_line(report(all_rows(NUMBERS, OPTIONS.tls_every)), OPTIONS)
