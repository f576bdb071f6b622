"""A light curve: cadences of one target, quarter after quarter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from exoval.errors import BadLightCurve
from exoval.plain_numbers import (
    in_days,
    in_unit_of,
    is_logarithmic,
    missing,
    plain_numbers,
)
from exoval.units import SECONDS_PER_DAY

#: relative difference of exposures that counts as none: headers round
SAME_EXPOSURE = 0.01
#: arrays of a light curve, one value a cadence
ARRAYS = ("time", "flux", "flux_error", "centroid_column", "centroid_row")
#: no photometry of transits exposes longer
LONGEST_EXPOSURE_DAYS = 1.0
#: the years in which there has been photometry of transits, and those of today's missions
LONGEST_DAYS = 40_000.0
#: the reason by which cadences masked by the caller are counted
MASKED = "masked"


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One quarter or sector: the slice ``start:stop`` of the light curve's arrays.

    ``crowding`` is the target's share of the flux in the photometric aperture, ``noise_ppm`` the
    pipeline's combined differential precision (CDPP) at about six hours; NaN where unknown.
    ``exposure`` is in days; NaN if it is that of the light curve.
    """

    number: int
    start: int
    stop: int
    crowding: float = float("nan")
    noise_ppm: float = float("nan")
    exposure: float = float("nan")

    @property
    def cadences(self) -> slice:
        """Slice of the light curve's arrays that holds this segment."""
        return slice(self.start, self.stop)


@dataclass(frozen=True, kw_only=True)
class LightCurve:
    """Flux of one target against time, as the pipeline delivered it: nothing detrended.

    Arrays have one shape (cadences,): ``time`` (days, mid-exposure, ascending), ``flux`` and
    ``flux_error`` (any linear unit; 1 after detrending), ``centroid_column`` and ``centroid_row``
    (pixels; NaN where unknown). All cadences are usable: flagged ones and those with missing flux
    were left out by the reader. ``exposure`` is in days, that of most of the time where segments
    have several; ``exposures`` gives it for every cadence. ``flux_is_decrowded`` says that light of
    known neighbours was already subtracted (true of PDCSAP). ``band`` names the passband; an empty
    name stands for the band of the mission's name. ``notes`` are sentences on what a reader
    converted or guessed, ``left_out`` the number of cadences it left out for each reason.
    ``is_processed`` says that a survey's own processing (``Mission.processing``) was applied.

    Lists, masked arrays, table columns, quantities with a unit and other byte orders are accepted
    and become plain arrays of 64-bit floats, times days. Cadences whose time or flux is masked are
    left out; other masked values are NaN.

    Raises BadLightCurve if the arrays are not numbers, not flat, differ in length, if no flux is
    finite, if the exposure is longer than a day, or if the times span more than ``LONGEST_DAYS``.
    """

    target: str
    mission: str
    time: np.ndarray
    flux: np.ndarray
    flux_error: np.ndarray
    exposure: float
    segments: tuple[Segment, ...]
    centroid_column: np.ndarray = field(default_factory=lambda: np.empty(0))
    centroid_row: np.ndarray = field(default_factory=lambda: np.empty(0))
    flux_is_decrowded: bool = True
    band: str = ""
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    is_processed: bool = False

    def __post_init__(self) -> None:
        size, masks = len(self.time), (missing(self.time), missing(self.flux))
        self._set(segments=tuple(self.segments), notes=tuple(self.notes))
        self._set(**self._plain_values())
        wrong = [name for name in ARRAYS[1:] if len(getattr(self, name)) != size]
        if wrong:
            raise BadLightCurve(
                f"{self.target}: {', '.join(wrong)} and time differ in length; "
                "give one value per cadence"
            )
        hidden = np.logical_or(*masks)
        if hidden.any():
            self._leave_out(hidden)
        if not np.isfinite(self.flux).any():
            raise BadLightCurve(
                f"{self.target}: none of {size} cadences has a finite flux; leave this target out"
            )
        # one broken time stamp would make every grid of times and periods as long as itself
        first, last = np.fmin.reduce(self.time), np.fmax.reduce(self.time)
        if not np.isnan(first) and not last - first <= LONGEST_DAYS:
            raise BadLightCurve(
                f"{self.target}: times from {first:.6g} to {last:.6g} days span more than "
                f"{LONGEST_DAYS:.0f} days; give days, and remove the cadences whose time is wrong"
            )
        if self.exposure > LONGEST_EXPOSURE_DAYS:
            raise BadLightCurve(
                f"{self.target}: the exposure is {self.exposure:g} days; give it in days, such as "
                f"{self.exposure / SECONDS_PER_DAY:.6f} for {self.exposure:g} s"
            )
        exposure, segments = _with_usual_exposure(self.exposure, self.segments)
        self._set(exposure=exposure, segments=segments)

    def _set(self, **values: object) -> None:
        """Replace fields while the light curve is made."""
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _plain_values(self) -> dict[str, object]:
        """The arrays and the exposure as plain numbers; unknown centroids as NaN."""
        if is_logarithmic(self.flux):
            raise BadLightCurve(
                f"{self.target}: flux is in {self.flux.unit}; give linear flux, "
                "10**(-0.4 * magnitude)"
            )
        values = {name: getattr(self, name) for name in ARRAYS}
        values["time"] = in_days(self.time)
        values["flux_error"] = in_unit_of(self.flux_error, self.flux)
        try:
            plain = {name: plain_numbers(value) for name, value in values.items()}
            exposure = in_days(self.exposure)
            exposure = float(getattr(exposure, "value", exposure))
        except (TypeError, ValueError) as error:
            raise BadLightCurve(
                f"{self.target}: time, flux, errors and centroids must be flat arrays of numbers "
                f"({error}); give days on the mission's clock and linear flux"
            ) from error
        for name in ("centroid_column", "centroid_row"):
            if len(plain[name]) == 0:
                plain[name] = np.full(len(plain["time"]), np.nan)
        return plain | {"exposure": exposure}

    def _leave_out(self, hidden: np.ndarray) -> None:
        """Drop masked cadences, and count them."""
        if hidden.all():
            raise BadLightCurve(
                f"{self.target}: all {len(hidden)} cadences are masked; leave this target out"
            )
        self._set(segments=_at(self.segments, ~hidden))
        self._set(**{name: getattr(self, name)[~hidden] for name in ARRAYS})
        counts = Counter(self.left_out) + Counter({MASKED: int(hidden.sum())})
        self._set(left_out=dict(counts))

    def __len__(self) -> int:
        return len(self.time)

    @property
    def baseline(self) -> float:
        """Time from the first cadence to the last, in days."""
        return float(self.time[-1] - self.time[0])

    @property
    def has_one_exposure(self) -> bool:
        """Whether all segments have the light curve's exposure."""
        return all(np.isnan(segment.exposure) for segment in self.segments)

    @property
    def exposures(self) -> np.ndarray:
        """Exposure of every cadence in days, shape (cadences,)."""
        exposures = np.full(len(self), self.exposure)
        for segment in self.segments:
            if not np.isnan(segment.exposure):
                exposures[segment.cadences] = segment.exposure
        return exposures

    def with_flux(self, flux: np.ndarray, flux_error: np.ndarray | None = None) -> LightCurve:
        """Return the same cadences with another flux and, if given, another error."""
        error = self.flux_error if flux_error is None else flux_error
        return replace(self, flux=flux, flux_error=error)

    def keep(self, cadences: np.ndarray) -> LightCurve:
        """Return the light curve at the cadences where the boolean mask is true.

        Raises BadLightCurve if the mask selects no cadence.
        """
        cadences = np.asarray(cadences, dtype=bool)
        if not cadences.any():
            raise BadLightCurve(f"{self.target}: no cadence left; select more cadences")
        arrays = {name: getattr(self, name)[cadences] for name in ARRAYS}
        return replace(self, segments=_at(self.segments, cadences), **arrays)

    def leave_out(self, cadences: np.ndarray, reason: str) -> LightCurve:
        """Return the light curve without the cadences of a mask, counted under a reason.

        Raises BadLightCurve if no cadence is left.
        """
        number = int(np.count_nonzero(cadences))
        if not number:
            return self
        if number == len(self):
            raise BadLightCurve(
                f"{self.target}: all {number} cadences are left out ({reason}); leave this target "
                "out"
            )
        counts = {**self.left_out, reason: self.left_out.get(reason, 0) + number}
        return replace(self.keep(~np.asarray(cadences, dtype=bool)), left_out=counts)


def stitch(parts: list[LightCurve]) -> LightCurve:
    """Join light curves of one target, one after the other in time.

    Segments keep their part's exposure. Each note is kept once, in order of time; numbers of
    cadences left out are added.

    Raises BadLightCurve if the list is empty or mixes targets or missions.
    """
    if not parts:
        raise BadLightCurve("nothing to stitch; give at least one light curve")
    identities = {(part.target, part.mission) for part in parts}
    if len(identities) > 1:
        raise BadLightCurve(f"cannot stitch different targets {sorted(identities)}; give one")
    parts = sorted(parts, key=lambda part: part.time[0])
    offsets = np.cumsum([0] + [len(part) for part in parts])
    same = all(_alike(part.exposure, parts[0].exposure) for part in parts)
    segments = tuple(
        replace(
            s,
            start=s.start + int(offset),
            stop=s.stop + int(offset),
            exposure=part.exposure if np.isnan(s.exposure) and not same else s.exposure,
        )
        for part, offset in zip(parts, offsets)
        for s in part.segments
    )
    arrays = {name: np.concatenate([getattr(p, name) for p in parts]) for name in ARRAYS}
    return replace(
        parts[0],
        segments=segments,
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        left_out=dict(sum((Counter(part.left_out) for part in parts), Counter())),
        **arrays,
    )


def _at(segments: tuple[Segment, ...], kept: np.ndarray) -> tuple[Segment, ...]:
    """The segments of the cadences where the boolean mask is true; empty ones are left out."""
    before = np.concatenate([[0], np.cumsum(kept)])
    return tuple(
        replace(s, start=int(before[s.start]), stop=int(before[s.stop]))
        for s in segments
        if before[s.stop] > before[s.start]
    )


def _with_usual_exposure(
    exposure: float, segments: tuple[Segment, ...]
) -> tuple[float, tuple[Segment, ...]]:
    """The exposure of most of the time; segments that share it have none of their own."""
    if all(np.isnan(segment.exposure) for segment in segments):
        return exposure, segments
    own = [exposure if np.isnan(s.exposure) else s.exposure for s in segments]
    days = [
        sum((s.stop - s.start) * other for s, other in zip(segments, own) if _alike(other, one))
        for one in own
    ]
    usual = own[int(np.argmax(days))]
    first = [next(other for other in [usual, *own] if _alike(one, other)) for one in own]
    return usual, tuple(
        replace(s, exposure=np.nan if one == usual else one) for s, one in zip(segments, first)
    )


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_EXPOSURE * other
