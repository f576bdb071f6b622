"""A request to judge an event, named by a star, a signal, files or an ephemeris."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.known_signals import other_signals, stars_with_known_signals
from exoval.catalogs.named_signal import named_signal
from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.data_folder import data_folder
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, BadParameter, DataNotFound
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.library import open_library
from exoval.missions.mission import Mission
from exoval.star import Star


@dataclass(frozen=True)
class VettingRequest:
    """A request to judge an event; what it leaves open is searched or looked up.

    ``target`` is a star such as ``KIC 10666592`` or a catalogued signal such as ``K00002.01``.
    ``files`` are read instead of the ``segments`` of the target in the library ``data``.
    ``epoch_days`` is mid-event on the mission's clock, a Julian date or on another clock that its
    range tells (``exoval.missions.clock``), ``duration_hours`` runs from first to last contact; an
    ephemeris given here replaces the catalogue's. ``others`` are ephemerides of further signals of
    the star, in the same form. ``star`` holds parameters that replace those of the light curve, by
    their names in ``Star``. ``name`` is the answer's name.

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
    others: tuple[tuple[float, float, float], ...] = ()
    star: tuple[tuple[str, float], ...] = ()

    def __str__(self) -> str:
        return self.name or self.target or self.files[0]

    @property
    def is_given(self) -> bool:
        """Whether an ephemeris is given; BadParameter if it is incomplete."""
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

    def event_and_target(self, mission: Mission) -> tuple[TransitEvent | None, str | None]:
        """The event and the star of the request; None for what it leaves open.

        Raises BadParameter for an incomplete ephemeris, DataNotFound for an unknown signal.
        """
        event = None
        if self.is_given:
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
        signal = named_signal(self.target, mission.target_prefix)
        named = TransitEvent(
            ephemeris=signal.ephemeris,
            source=f"{signal.name} in {signal.provenance} ({signal.label})",
        )
        return event or named, signal.target

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
        ``others``.
        """
        if not self.is_signal(mission):
            return [_ephemeris(other, mission) for other in self.others]
        known = _catalogued(mission.target_prefix, str(data_folder()))
        return other_signals(event.ephemeris, known.get(target, ()))

    def light_curve(self, mission: Mission, target: str | None) -> tuple[LightCurve, Star]:
        """The light curve of the files, or else of the target in the library, and its star.

        Raises BadParameter if the files show another star than ``target``.
        """
        if not self.files:
            inside = self.data is not None and (self.data / "light_curves").is_dir()
            library = open_library(
                mission, folder=self.data / "light_curves" if inside else self.data
            )
            star = library.star(target)
            return library.read(target, self.segments), replace(star, **dict(self.star))
        light_curve, star = _read_files(self.files, mission)
        if target is not None and light_curve.target != target:
            raise BadParameter(
                f"{self.files[0]} is a light curve of {light_curve.target}, not of {target}; "
                "leave the target out or give another file"
            )
        return light_curve, replace(star, **dict(self.star))


def star_name(target: str, mission: Mission) -> str | None:
    """The mission's name of a star, from any usual spelling; None for the name of a signal.

    Raises DataNotFound for a star of another mission.
    """
    prefix = mission.target_prefix
    star = re.fullmatch(rf"(?:{prefix})?[\s_-]*0*(\d+)", target.strip(), re.IGNORECASE)
    if star:
        return f"{prefix} {int(star[1])}"
    if not signal_catalogues(prefix):
        return target.strip()
    if re.fullmatch(r"[A-Za-z]{3}\s*\d+", target.strip()):
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
    clock = mission.clock
    return Ephemeris(period, float(clock.convert(epoch, clock.of_epoch(epoch))), duration / 24)


def _read_files(paths: tuple[str, ...], mission: Mission) -> tuple[LightCurve, Star]:
    light_curve = mission.read_files(paths)
    try:
        return light_curve, mission.read_star(paths[-1])
    except BadLightCurve:
        # files of other pipelines may lack the star's parameters
        return light_curve, Star(target=light_curve.target)
