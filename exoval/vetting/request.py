"""A request to judge an event, named by a star, a signal, files or an ephemeris."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.known_signals import (
    distinct_signals,
    is_signal,
    other_signals,
    stars_with_known_signals,
)
from exoval.catalogs.named_signal import named_signal, star_of_name
from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.catalogs.star_id import star_number
from exoval.data_folder import data_folder
from exoval.ephemeris import Ephemeris, falls_on, is_same_signal
from exoval.errors import BadLightCurve, BadParameter, DataNotFound
from exoval.event import NO_PERIOD, TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.library import LightCurveLibrary, open_library
from exoval.missions.mission import Mission
from exoval.star import POSSIBLE, Star, surface_gravity


@dataclass(frozen=True)
class VettingRequest:
    """A request to judge an event; what it leaves open is searched or looked up.

    ``target`` is a star such as ``KIC 10666592`` or a catalogued signal such as ``K00002.01``.
    ``files`` are read instead of the ``segments`` of the target in the library ``data``.
    ``epoch_days`` is mid-event on the mission's clock, a Julian date or on another clock that its
    range tells (``exoval.missions.clock``), ``duration_hours`` runs from first to last contact; an
    ephemeris given here replaces the catalogue's. ``others`` are ephemerides of further signals of
    the star, in the same form; one without a period is a single transit. ``star`` holds parameters
    that replace those of the light curve, by their names in ``Star``. ``name`` is the answer's
    name. ``notes`` are caveats about the request itself. ``refused`` says why the row of a table
    cannot be judged, and ``row`` is its number.

    >>> str(VettingRequest(target="K00002.01")), VettingRequest(target="K00002.01").is_given
    ('K00002.01', False)
    """

    target: str | None = None
    files: tuple[str, ...] = ()
    period_days: float | None = None
    epoch_days: float | None = None
    duration_hours: float | None = None
    segments: tuple[int, ...] | None = None
    data: Path | None = None
    name: str = ""
    others: tuple[tuple[float | None, float, float], ...] = ()
    star: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()
    refused: str = ""
    # two rows that ask the same are one request
    row: int | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return self.name or self.target or (self.files[0] if self.files else "nothing")

    @property
    def is_single_transit(self) -> bool:
        """Whether one transit is given: epoch and duration, and no period or a period of 0."""
        return not self.period_days and None not in (self.epoch_days, self.duration_hours)

    @property
    def is_given(self) -> bool:
        """Whether an ephemeris, or a single transit, is given; BadParameter if it is incomplete."""
        if self.is_single_transit:
            return True
        given = {
            "period": self.period_days,
            "epoch": self.epoch_days,
            "duration": self.duration_hours,
        }
        missing = [name for name, value in given.items() if value is None]
        if missing and len(missing) < len(given):
            raise BadParameter(
                f"{', '.join(missing)} missing; give period, epoch and duration together, "
                "or leave all three out to search the light curve"
            )
        return not missing

    @property
    def impossible(self) -> str:
        """Why no transit has the given ephemeris; empty if one may, or if none is given."""
        period, duration = self.period_days, self.duration_hours
        for name in ("period_days", "epoch_days", "duration_hours"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                return f"the {name.partition('_')[0]} is {value}; give a number"
        if period is not None and period < 0:
            return f"the period is {period:g} days; give a positive one"
        if period is not None and period > NO_PERIOD:
            return (
                f"the period is {period:g} days, longer than any data; give days, or no period for "
                "a single transit"
            )
        if duration is not None and duration <= 0:
            return f"the duration is {duration:g} hours; give a positive one"
        if period and duration is not None and 24 * period <= duration:
            return (
                f"the duration, {duration:g} hours, is as long as the period, {period:g} days; "
                "check the units of both"
            )
        return ""

    def event_and_target(self, mission: Mission) -> tuple[TransitEvent | None, str | None]:
        """The event and the star of the request; None for what it leaves open.

        Raises BadParameter for an incomplete ephemeris, DataNotFound for an unknown signal.
        """
        event = None
        if self.is_single_transit:
            event = TransitEvent.seen_once(
                epoch=_epoch(self.epoch_days, mission),
                duration=self.duration_hours / 24,
                source=", ".join(
                    ("as given, without a period", *mission.clock.of_epoch(self.epoch_days).notes)
                ),
            )
        elif self.is_given:
            event = TransitEvent(
                ephemeris=_ephemeris(
                    (self.period_days, self.epoch_days, self.duration_hours), mission
                ),
                source=", ".join(("as given", *mission.clock.of_epoch(self.epoch_days).notes)),
            )
        if self.target is None:
            return event, None
        star = star_name(self.target, mission)
        if star is not None:
            return event, star
        if event is not None:
            return event, star_of_name(self.target, mission.target_prefix)
        signal = named_signal(self.target, mission.target_prefix)
        named = TransitEvent(
            ephemeris=signal.ephemeris,
            source=f"{signal.name} in {signal.provenance} ({signal.label})",
        )
        return named, signal.target

    def is_signal(self, mission: Mission) -> bool:
        """Whether the target is a catalogued signal, to be judged at its catalogued ephemeris."""
        return (
            self.target is not None
            and not self.is_given
            and star_name(self.target, mission) is None
        )

    def other_signals(
        self, mission: Mission, event: TransitEvent, target: str | None
    ) -> list[Ephemeris]:
        """The star's other signals, on the mission's clock; they are cut out before judging.

        For a catalogued signal they come from the catalogues, for any other target from
        ``others``. Ephemerides of the event itself (``is_same_signal``) are not among them, nor
        are single transits that may be of it.
        """
        if not self.is_signal(mission):
            given = [_ephemeris(other, mission) for other in self.others if other[0]]
            once = [_single(other, mission) for other in self.others if not other[0]]
            return [
                *(one for one in given if not is_same_signal(one, event.ephemeris)),
                *(one for one in once if not _may_be_of(event, one)),
            ]
        known = _catalogued(mission.target_prefix, str(data_folder()))
        return other_signals(event.ephemeris, known.get(target, ()))

    def signals_of_star(self, mission: Mission, target: str) -> list[Ephemeris]:
        """All known signals of the star that have a period, on the mission's clock.

        They are those of ``others`` and of the catalogues, whatever the request asks for, so that
        an event is one of the same star however it is named. A recipe that searches for several
        events takes them as events of the star.
        """
        given = [_ephemeris(other, mission) for other in self.others if other[0]]
        known = _catalogued(mission.target_prefix, str(data_folder())).get(target, ())
        listed = distinct_signals([one for one in known if is_signal(one)])
        return [*given, *(one.ephemeris for one in listed)]

    def library(
        self, mission: Mission, opened: Callable[..., LightCurveLibrary] = open_library
    ) -> LightCurveLibrary:
        """The library of light curves in the folder ``data``, or in that of EXOVAL_DATA.

        ``opened`` opens a library, or knows it from an earlier request.
        """
        inside = self.data is not None and (self.data / "light_curves").is_dir()
        return opened(mission, folder=self.data / "light_curves" if inside else self.data)

    def light_curve(
        self,
        mission: Mission,
        target: str | None,
        *,
        opened: Callable[..., LightCurveLibrary] = open_library,
    ) -> tuple[LightCurve, Star]:
        """The light curve of the files, or else of the target in the library, and its star.

        A file that names no star is taken to show ``target``. ``opened`` opens a library, or knows
        it from an earlier request. Raises BadParameter if the files show another star.
        """
        if not self.files:
            library = self.library(mission, opened)
            star = library.star(target)
            return library.read(target, self.segments), _with_parameters(star, self.star)
        light_curve, star = _read_files(self.files, mission)
        if target is not None and mission.names_no_star(light_curve.target, self.files[0]):
            note = f"{Path(self.files[0]).name} names no star and was taken as {target}'s"
            light_curve = replace(light_curve, target=target, notes=(*light_curve.notes, note))
            star = replace(star, target=target)
        if target is not None and light_curve.target != target:
            raise BadParameter(
                f"{self.files[0]} is a light curve of {light_curve.target}, not of {target}; "
                "leave the target out or give another file"
            )
        return light_curve, _with_parameters(star, self.star)


def star_name(target: str, mission: Mission) -> str | None:
    """The mission's name of a star, from any usual spelling; None for the name of a signal.

    Raises DataNotFound for a star of another mission, BadParameter for a rounded number.
    """
    prefix = mission.target_prefix
    number = star_number(target, prefix=prefix)
    if number is not None:
        return f"{prefix} {number}"
    if not signal_catalogues(prefix):
        return target.strip()
    if re.fullmatch(r"(?!KOI|TOI|TCE)[A-Z]{3,4}[\s_-]*\d+", target.strip().upper()):
        raise DataNotFound(
            f"'{target}' is not a target of {mission.name}, whose stars are written "
            f"'{prefix} 1234567'; choose another --mission"
        )
    return None


@lru_cache(maxsize=4)
def _catalogued(target_prefix: str, folder: str) -> dict[str, tuple[Candidate, ...]]:
    """The catalogued signals by star; read once for each folder of data."""
    return stars_with_known_signals(signal_catalogues(target_prefix))


def _ephemeris(given: tuple[float, float, float], mission: Mission) -> Ephemeris:
    """Period and epoch in days and duration in hours as an ephemeris on the mission's clock."""
    period, epoch, duration = given
    return Ephemeris(period, _epoch(epoch, mission), duration / 24)


def _single(given: tuple[float | None, float, float], mission: Mission) -> Ephemeris:
    """A single transit, as an ephemeris whose next event lies beyond all data."""
    return _ephemeris((NO_PERIOD, *given[1:]), mission)


def _may_be_of(event: TransitEvent, single: Ephemeris) -> bool:
    """Whether a single transit may be of a signal: at one of its events, or both seen once."""
    return not event.period_is_known or falls_on(
        single.epoch, event.ephemeris, duration=single.duration
    )


def _epoch(days: float, mission: Mission) -> float:
    """A mid-event, given on any clock that its range tells, on the mission's clock."""
    return float(mission.clock.convert(days, mission.clock.of_epoch(days)))


def _with_parameters(star: Star, given: tuple[tuple[str, float], ...]) -> Star:
    """The star with the given parameters; the gravity follows from a given mass and radius.

    A parameter that no star has (``exoval.star.POSSIBLE``) is left out.
    """
    # as Star does: what no star has is unknown
    parameters = {
        name: value for name, value in given if POSSIBLE[name][0] < value <= POSSIBLE[name][1]
    }
    if {"mass", "radius"} <= set(parameters) and "logg" not in parameters:
        parameters["logg"] = surface_gravity(mass=parameters["mass"], radius=parameters["radius"])
    return replace(star, **parameters)


def _read_files(paths: tuple[str, ...], mission: Mission) -> tuple[LightCurve, Star]:
    light_curve = mission.read_files(paths)
    try:
        return light_curve, mission.read_star(paths[-1])
    except BadLightCurve:
        # files of other pipelines may lack the star's parameters
        return light_curve, Star(target=light_curve.target)
