"""Host stars and the light curves into which signals are injected."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.known_signals import KnownStars, known_stars
from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.catalogs.star_id import star_number
from exoval.data_folder import is_sample
from exoval.errors import BadLightCurve, BadParameter, DataNotFound
from exoval.labels import FALSE_POSITIVE
from exoval.lightcurve import LightCurve, Segment
from exoval.missions.library import LightCurveLibrary, open_library
from exoval.missions.mission import Mission
from exoval.noise.red_noise import exponentially_correlated
from exoval.running.fingerprint import files_fingerprint, fingerprint
from exoval.star import Star

log = logging.getLogger(__name__)

#: full width of the cut around each event of a known signal, in durations
MASKED_DURATIONS = 2.0
#: fewest real stars for a fair sample of a mission's noise
FEW_STARS = 10


class Hosts(Protocol):
    """A source of host light curves; ``kind`` is ``real`` or ``procedural``.

    ``describe`` gives the manifest's entries, which include ``segments_per_light_curve``; ``data``
    identifies what the draws depend on beside the settings, and is empty if that is nothing.
    """

    kind: str

    def draw(self, rng: np.random.Generator) -> tuple[LightCurve, Star]: ...
    def describe(self) -> dict: ...
    def data(self) -> dict: ...


@dataclass(frozen=True, kw_only=True)
class RealHosts:
    """Real light curves of a mission, a few consecutive segments at a time.

    A host has ``segments_per_light_curve`` consecutive quarters or sectors, or as many as the
    star has; stars with fewer than ``minimum_segments`` are left out. ``targets`` restricts the
    stars. ``leave_out_known_signals`` leaves out all stars that catalogues list, so that the
    injected signal is the only one and no star with a real label is trained on. With
    ``mask_known_signals`` stars of planets and candidates are used with every event cut out,
    unless the cut exceeds ``largest_masked_share`` of the time or an event has no ephemeris. Stars
    of false positives are left out: their light also varies between events. With ``span_days`` a
    host is a stretch of one of these lengths, each as likely as it is listed, where its segments
    reach so far: files that users join cover less than whole quarters. ``star_limits`` gives the
    lowest and highest value of parameters, such as {logg: [3.9, 5]}: a survey's targets are chosen.
    """

    mission: Mission
    folder: str | None = None
    targets: Sequence[str] | None = None
    segments_per_light_curve: int = 1
    minimum_segments: int = 1
    leave_out_known_signals: bool = True
    mask_known_signals: bool = False
    largest_masked_share: float = 0.3
    span_days: Sequence[float] | None = None
    star_limits: Mapping[str, Sequence[float]] | None = None
    kind: str = field(default="real", init=False)

    def __post_init__(self) -> None:
        if not 1 <= self.minimum_segments <= self.segments_per_light_curve:
            raise BadParameter(
                f"segments_per_light_curve={self.segments_per_light_curve} and "
                f"minimum_segments={self.minimum_segments}; give 1 <= "
                "minimum_segments <= segments_per_light_curve"
            )
        check_spans(self.span_days)
        wrong = set(self.star_limits or {}) - {field.name for field in fields(Star)}
        if wrong:
            raise BadParameter(
                f"star_limits names {', '.join(sorted(wrong))}; give parameters of stars, such as "
                "{teff: [4000, 7000]}"
            )

    @cached_property
    def library(self) -> LightCurveLibrary:
        """The library of light curves; DataNotFound if there are none."""
        return open_library(self.mission, folder=self.folder)

    @cached_property
    def known(self) -> KnownStars:
        """The stars of the library that catalogues list; none if the settings ignore them."""
        if not self.leave_out_known_signals and not self.mask_known_signals:
            return KnownStars({}, {})
        known = known_stars(self.mission.target_prefix, stars_of=self.library.folder)
        return known.among(self.library.targets())

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Known stars of the library that are no hosts, and why."""
        found = {}
        for target in (*self.known.signals, *self.known.without_ephemeris):
            reason = self._reason(target)
            if reason:
                found[target] = reason
        return found

    def _reason(self, target: str) -> str:
        """Why a known star is no host; empty if its events are cut out."""
        signals = self.known.signals.get(target, ())
        if signals and not self.mask_known_signals:
            return "known signal"
        if target in self.known.without_ephemeris:
            return f"known signal with {self.known.without_ephemeris[target]}"
        if any(signal.disposition == FALSE_POSITIVE for signal in signals):
            return "known false positive"
        if _masked_share(signals) > self.largest_masked_share:
            return f"events take more than {self.largest_masked_share:g} of the time"
        return ""

    @property
    def left_out(self) -> frozenset[str]:
        """Stars of the library with a known signal that is not masked."""
        return frozenset(self.reasons)

    @cached_property
    def unknown_stars(self) -> frozenset[str]:
        """Stars without radius and temperature, for which no system can be drawn."""
        return frozenset(filter(self._is_unknown, self.library.targets()))

    def _is_unknown(self, target: str) -> bool:
        try:
            star = self.library.star(target)
        except BadLightCurve:
            return False  # kept, so that its own error is counted when it is drawn
        return not math.isfinite(star.radius) and not math.isfinite(star.teff)

    @cached_property
    def other_stars(self) -> frozenset[str]:
        """Stars outside ``star_limits``."""
        if not self.star_limits:
            return frozenset()
        return frozenset(filter(self._is_other, self.library.targets()))

    def _is_other(self, target: str) -> bool:
        try:
            star = self.library.star(target)
        except BadLightCurve:
            return False  # as in unknown_stars
        limits = (self.star_limits or {}).items()
        return not all(low <= getattr(star, name) <= high for name, (low, high) in limits)

    def _is_short(self, target: str) -> bool:
        """Whether a star of the library has too few segments; False for an unknown star."""
        return (
            self.minimum_segments > 1
            and target in self.library.targets()
            and len(self.library.segments(target)) < self.minimum_segments
        )

    @cached_property
    def eligible(self) -> tuple[str, ...]:
        """Targets that can be drawn, including requested ones that are unknown.

        Drawing an unknown target gives an error with its name. Raises DataNotFound if no target
        is left.
        """
        wanted = self.wanted
        lost = self.left_out | (
            frozenset() if self.targets else self.unknown_stars | self.other_stars
        )
        eligible = tuple(
            str(target) for target in wanted if target not in lost and not self._is_short(target)
        )
        if not eligible:
            counts = Counter(self._loss(target) for target in wanted)
            raise DataNotFound(
                f"none of {len(wanted)} stars with light curves can be a host: "
                f"{', '.join(f'{reason} ({count})' for reason, count in counts.most_common())}; "
                "give other targets, set host.leave_out_known_signals=false or lower "
                "host.minimum_segments"
            )
        return eligible

    @property
    def wanted(self) -> Sequence[str]:
        """The requested stars as the mission names them, from any usual spelling; or all."""
        if not self.targets:
            return self.library.targets()
        prefix = self.mission.target_prefix
        numbers = {str(one): star_number(one, prefix=prefix) for one in self.targets}
        return [one if n is None else f"{prefix} {n}" for one, n in numbers.items()]

    def _loss(self, target: str) -> str:
        """Why a star is no host."""
        if target in self.reasons:
            return self.reasons[target]
        if target in self.other_stars:
            return "outside host.star_limits"
        if self._is_short(target):
            return f"fewer than {self.minimum_segments} segments"
        return "neither radius nor temperature"

    def draw(self, rng: np.random.Generator) -> tuple[LightCurve, Star]:
        """A random star and random consecutive segments of it.

        Raises DataNotFound for an unknown target and BadLightCurve for an unreadable one.
        """
        target = self.eligible[int(rng.integers(len(self.eligible)))]
        segments = self.library.segments(target)
        size = min(self.segments_per_light_curve, len(segments))
        first = int(rng.integers(len(segments) - size + 1))
        light_curve = self.library.read(target, segments[first : first + size])
        if self.mission.processing and light_curve.is_processed:
            raise BadLightCurve(
                f"{target}: its light curve is processed already, and a signal belongs in before "
                "that; give light curves of the pipeline, or host=procedural"
            )
        light_curve = stretch_of(light_curve, self.span_days, rng)
        for signal in self.known.signals.get(target, ()):
            light_curve = light_curve.keep(
                ~signal.ephemeris.in_event(light_curve.time, MASKED_DURATIONS)
            )
        return light_curve, self.library.star(target)

    @property
    def warning(self) -> str:
        """Warnings about missing catalogues and about the sample; empty without any."""
        return "; ".join(part for part in (self.small_data, self.known.warning) if part)

    @property
    def small_data(self) -> str:
        """A warning about the sample that ships with exoval; empty for other light curves."""
        if not is_sample(self.library.folder):
            return ""
        stars = [star for star in self.eligible if star in self.library.targets()]
        segments = sum(len(self.library.segments(star)) for star in stars)
        kind = self.mission.product.segment_keyword.lower()
        return (
            f"the sample that ships with exoval: {segments} {kind}s of {len(stars)} stars, real "
            "but few; set EXOVAL_DATA and train on more stars before you trust a probability"
        )

    def describe(self) -> dict:
        """What the manifest says of the hosts."""
        if self.leave_out_known_signals and not signal_catalogues(self.mission.target_prefix):
            log.warning(
                "no catalogue of signals of %s stars: every star is used as one without signals; "
                "name quiet stars with host.targets",
                self.mission.target_prefix,
            )
        described = {
            "kind": self.kind,
            "mission": self.mission.name,
            "stars": len(self.eligible),
            "stars_left_out_for_known_signals": len(self.left_out),
            "stars_left_out_by_reason": dict(Counter(self.reasons.values()).most_common()),
            "stars_with_masked_signals": len(self.known.signals.keys() - self.left_out),
            "stars_left_out_without_parameters": len(self.unknown_stars - self.left_out),
            "stars_left_out_by_limits": len(self.other_stars - self.left_out - self.unknown_stars),
            "segments_per_light_curve": self.segments_per_light_curve,
            "minimum_segments": self.minimum_segments,
            "missing_catalogues": list(self.known.missing),
        }
        return described | ({"warning": self.warning} if self.warning else {})

    def data(self) -> dict:
        """The files of the light curves, the stars to draw from, and the events that are cut."""
        cut = [self.known.signals.get(target, ()) for target in self.eligible]
        return {
            "light_curves": files_fingerprint(self.library.paths()),
            "stars": fingerprint(self.eligible),
            "cut_events": fingerprint([[one.ephemeris for one in signals] for signals in cut]),
        }


@dataclass(frozen=True)
class ProceduralHosts:
    """Procedural stars and light curves from the mission's settings, for use without data.

    There are ``stars`` different stars of the mission's field, and every draw of a star has new
    noise. ``segments`` replaces the number of segments in the mission's schedule. ``span_days`` is
    that of ``RealHosts``.
    """

    mission: Mission
    segments: int | None = None
    stars: int = 500
    span_days: Sequence[float] | None = None
    kind: str = field(default="procedural", init=False)

    def __post_init__(self) -> None:
        check_spans(self.span_days)

    def draw(self, rng: np.random.Generator) -> tuple[LightCurve, Star]:
        """A random star of the procedural field and a light curve of it."""
        star, crowding = self.star(int(rng.integers(self.stars)))
        light_curve = self.mission.noise.light_curve(
            rng,
            self.mission.name,
            star,
            exposure=self.mission.exposure_days,
            crowding=crowding,
            segments=self.segments,
            band=self.mission.band,
        )
        light_curve = stretch_of(light_curve, self.span_days, rng)
        decrowded = self.mission.flux_is_decrowded
        return replace(light_curve, flux_is_decrowded=decrowded), star

    def star(self, number: int) -> tuple[Star, float]:
        """The star with this number and its share of its aperture's light, always the same."""
        rng = np.random.default_rng([number, 20210])
        mission = self.mission
        star = mission.targets.sample(
            rng, f"procedural {mission.name} {number:05d}", band=mission.band
        )
        aperture = mission.aperture_radius_pixels * mission.pixel_scale_arcsec
        return star, mission.targets.crowding(
            rng, star, band=mission.band, aperture_arcsec=aperture
        )

    def describe(self) -> dict:
        """What the manifest says of the hosts."""
        return {
            "kind": self.kind,
            "mission": self.mission.name,
            "stars": self.stars,
            "segments_per_light_curve": self.segments or self.mission.noise.schedule.segments,
            "warning": "noise is procedural, not real: do not trust probabilities trained on it",
        }

    def data(self) -> dict:
        """Nothing: all is made up from the settings."""
        return {}


def check_spans(span_days: Sequence[float] | None) -> None:
    """Raise BadParameter for a length of hosts that is not positive."""
    if span_days is not None and not all(days > 0 for days in span_days):
        raise BadParameter(f"span_days={list(span_days)}; give lengths above 0, or null")


def stretch_of(
    light_curve: LightCurve, span_days: Sequence[float] | None, rng: np.random.Generator
) -> LightCurve:
    """A stretch of one of these lengths; the whole light curve without them or if it is shorter."""
    if not span_days:
        return light_curve
    days = float(rng.choice(np.asarray(span_days, dtype=float)))
    time = light_curve.time
    # a stretch begins at a cadence: a pause within it counts, none before it
    begins = time[time <= time[-1] - days]
    if not len(begins):
        return light_curve
    start = begins[int(rng.integers(len(begins)))]
    return light_curve.keep((time >= start) & (time <= start + days))


def procedural_light_curve(
    rng: np.random.Generator,
    *,
    target: str,
    mission: Mission,
    days: float,
    noise_ppm: float,
    correlated_share: float,
    correlation_days: float,
) -> LightCurve:
    """One segment with white noise, ``noise_ppm`` on six hours, and exponentially correlated noise.

    The scatter of the correlated noise per cadence is ``correlated_share`` times that of the
    white noise. One day of data is missing.
    """
    time = np.arange(0, days, mission.exposure_days)
    gap = rng.random() * days
    time = time[(time < gap) | (time > gap + 1.0)]
    white = 1e-6 * noise_ppm * math.sqrt(0.25 / mission.exposure_days)
    red = correlated_share * white * exponentially_correlated(rng, time, timescale=correlation_days)
    flux = 1e5 * (1 + white * rng.standard_normal(len(time)) + red)
    segment = Segment(number=0, start=0, stop=len(time), crowding=1.0, noise_ppm=noise_ppm)
    return LightCurve(
        target=target,
        mission=mission.name,
        time=time,
        flux=flux,
        flux_error=np.full(len(time), 1e5 * white),
        exposure=mission.exposure_days,
        segments=(segment,),
    )


def _masked_share(signals: Sequence[Candidate]) -> float:
    """The share of the time in the cuts around the events of some signals."""
    return sum(
        MASKED_DURATIONS * signal.ephemeris.duration / signal.ephemeris.period for signal in signals
    )


def automatic_hosts(*, procedural: ProceduralHosts, **real: object) -> Hosts:
    """Real hosts with the given settings of ``RealHosts`` where ``choose_hosts`` finds any."""
    return choose_hosts(real=RealHosts(**real), procedural=procedural)


def choose_hosts(*, real: RealHosts, procedural: ProceduralHosts) -> Hosts:
    """Real hosts if there are light curves, else procedural ones with a warning.

    Raises DataNotFound if real ones were named, by a folder or by targets, and are not there.
    """
    try:
        if len(real.eligible) < FEW_STARS:
            log.warning(
                "ONLY %d STARS with real light curves: a model trained on them knows no other "
                "stars; add light curves, or give host=procedural",
                len(real.eligible),
            )
        if real.small_data:
            log.warning("SMALL DATA: %s", real.small_data)
    except DataNotFound as error:
        if real.folder is not None or real.targets:
            raise
        log.warning("NO REAL LIGHT CURVES: %s", error)
        log.warning(
            "PROCEDURAL NOISE is used instead; probabilities trained on it are for trying "
            "the software, not for science"
        )
        return procedural
    return real
