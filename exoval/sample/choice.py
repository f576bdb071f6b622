"""The choice of stars and quarters in the sample, by catalogues and noise but never by a model.

If a rule selects too many stars, a hash of their names decides which are taken.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.known_signals import known_stars
from exoval.catalogs.koi import read_koi
from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.catalogs.tess_eclipsing_binaries import read_tess_eclipsing_binaries
from exoval.catalogs.toi import read_toi
from exoval.ephemeris import Ephemeris
from exoval.errors import DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.lightcurve import LightCurve
from exoval.missions.library import LightCurveLibrary
from exoval.real_event import best_window

#: Kepler's quarters of full length; quarters 0, 1 and 17 were shorter
FULL_QUARTERS = range(2, 17)
#: quarters of stars without any catalogued event
HOST_QUARTERS = 40
#: number of those stars with a run of quarters; the others have one quarter
LONG_HOSTS = 2
#: quarters in a run
RUN = 3
#: lowest log g of a dwarf, around which small planets are detectable
DWARF_LOGG = 4.0
#: stars with confirmed planets, and as many with false positives
KOI_STARS = 10
#: stars shown in the documentation: they come first, with a run of quarters if they have one
SHOWN = ("KIC 6541920", "KIC 10666592", "KIC 2305372")
#: quarters behind the signal-to-noise ratios of the KOI table
CATALOGUE_QUARTERS = 17
#: least expected signal-to-noise ratio in one quarter; searches require 7.1
LEAST_SNR = 12.0
#: least number of events in a quarter or sector, as searches require
LEAST_EVENTS = 3


@dataclass(frozen=True)
class Part:
    """A star and its quarters or sectors in the sample."""

    target: str
    segments: tuple[int, ...]


def choose_hosts(kepler: LightCurveLibrary) -> list[Part]:
    """Return the quietest dwarfs without any catalogued signal, quietest first.

    A quiet star has a small six-hour CDPP in its first full quarter, which is the quarter chosen.
    Raises DataNotFound if too few stars qualify.
    """
    listed = {event.target for read in signal_catalogues("KIC") for event in read()}
    listed |= set(known_stars("KIC").without_ephemeris)
    full = {
        target: _full_quarters(kepler, target)
        for target in kepler.targets()
        if target not in listed and kepler.star(target).logg >= DWARF_LOGG
    }
    noise = {
        target: kepler.read(target, quarters[:1]).segments[0].noise_ppm
        for target, quarters in full.items()
        if quarters
    }
    quiet = sorted((target for target in noise if math.isfinite(noise[target])), key=noise.get)
    stars = _enough(quiet, HOST_QUARTERS - LONG_HOSTS * (RUN - 1), "quiet dwarfs")
    long = _hashed(target for target in stars if len(full[target]) >= RUN)[:LONG_HOSTS]
    return [Part(target, full[target][: RUN if target in long else 1]) for target in stars]


def choose_koi_stars(kepler: LightCurveLibrary) -> list[Part]:
    """Return stars with a KOI that can be vetted in one quarter, half of them planets.

    The quarter of a star is the one with most cadences inside its first such KOI, as for any real
    event; its other KOIs are vetted if they show in that quarter. Raises DataNotFound if too few
    stars qualify.
    """
    first: dict[str, Candidate] = {}
    for koi in sorted(read_koi(), key=lambda koi: koi.name):
        if koi.target in kepler.targets() and _shows_in_a_quarter(koi, kepler):
            first.setdefault(koi.target, koi)
    chosen = []
    for kind in (PLANET, FALSE_POSITIVE):
        stars = _hashed(star for star, koi in first.items() if koi.disposition == kind)
        stars.sort(key=lambda star: star not in SHOWN)
        chosen += _enough(stars, KOI_STARS, f"stars with a KOI that is {kind}")
    return [
        _part(kepler.read(star), first[star].ephemeris, RUN if star in SHOWN else 1)
        for star in chosen
    ]


def choose_sectors(tess: LightCurveLibrary) -> list[Part]:
    """Return one sector of a planet host and one of an eclipsing binary.

    The stars with the lowest catalogue numbers are taken. Raises DataNotFound if no star qualifies.
    """
    planets = [event for event in read_toi() if event.disposition == PLANET]
    binaries = read_tess_eclipsing_binaries()
    return [
        _lowest(events, {event.target for event in others}, tess)
        for events, others in ((planets, binaries), (binaries, read_toi()))
    ]


def _lowest(events: list[Candidate], left_out: set[str], library: LightCurveLibrary) -> Part:
    at_hand = [
        event
        for event in events
        if event.target in library.targets()
        and event.target not in left_out
        and _is_searched_for(event, library)
    ]
    for event in sorted(at_hand, key=lambda event: int(event.target.split()[-1])):
        light_curve = library.read(event.target)
        if _events_seen(best_window(light_curve, event.ephemeris, 1), event) >= LEAST_EVENTS:
            return _part(light_curve, event.ephemeris, 1)
    raise DataNotFound(
        f"no star among {len(at_hand)} shows {LEAST_EVENTS} events in a sector; "
        "give a folder with more light curves"
    )


def _full_quarters(kepler: LightCurveLibrary, target: str) -> tuple[int, ...]:
    return tuple(number for number in kepler.segments(target) if number in FULL_QUARTERS)


def _shows_in_a_quarter(koi: Candidate, kepler: LightCurveLibrary) -> bool:
    """Return whether ephemeris and strength predict enough signal in the best quarter."""
    expected = koi.signal_to_noise / math.sqrt(CATALOGUE_QUARTERS)
    if not expected >= LEAST_SNR or not _is_searched_for(koi, kepler):
        return False
    window = best_window(kepler.read(koi.target), koi.ephemeris, 1)
    return _events_seen(window, koi) >= LEAST_EVENTS


def _is_searched_for(event: Candidate, library: LightCurveLibrary) -> bool:
    mission = library.mission
    return mission.minimum_period_days <= event.ephemeris.period <= mission.maximum_period_days


def _events_seen(light_curve: LightCurve, event: Candidate) -> int:
    ephemeris = event.ephemeris
    time = light_curve.time[ephemeris.in_event(light_curve.time)]
    return len(np.unique(ephemeris.event_number(time)))


def _part(light_curve: LightCurve, ephemeris: Ephemeris, size: int) -> Part:
    window = best_window(light_curve, ephemeris, size)
    return Part(light_curve.target, tuple(segment.number for segment in window.segments))


def _hashed(targets: Iterable[str]) -> list[str]:
    """Targets in an arbitrary but reproducible order."""
    return sorted(targets, key=lambda target: hashlib.sha256(target.encode()).hexdigest())


def _enough(stars: list[str], count: int, what: str) -> list[str]:
    if len(stars) < count:
        raise DataNotFound(
            f"{len(stars)} {what} where {count} are needed; give a folder with more light curves"
        )
    return stars[:count]
