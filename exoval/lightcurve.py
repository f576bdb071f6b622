"""A light curve: cadences of one target, quarter after quarter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from exoval.errors import BadLightCurve


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One quarter or sector: the slice ``start:stop`` of the light curve's arrays.

    ``crowding`` is the target's share of the flux in the photometric aperture, ``noise_ppm`` the
    pipeline's combined differential precision (CDPP) at about six hours; NaN where unknown.
    """

    number: int
    start: int
    stop: int
    crowding: float = float("nan")
    noise_ppm: float = float("nan")

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
    were left out by the reader. ``exposure`` is in days. ``flux_is_decrowded`` says that light of
    known neighbours was already subtracted (true of PDCSAP). ``band`` names the passband; an empty
    name stands for the band of the mission's name. ``notes`` are sentences on what a reader
    converted or guessed, ``left_out`` the number of cadences it left out for each reason.

    Raises BadLightCurve if the arrays differ in length or if no flux is finite.
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

    def __post_init__(self) -> None:
        size = len(self.time)
        for name in ("centroid_column", "centroid_row"):
            if len(getattr(self, name)) == 0:
                object.__setattr__(self, name, np.full(size, np.nan))
        names = ("flux", "flux_error", "centroid_column", "centroid_row")
        wrong = [name for name in names if len(getattr(self, name)) != size]
        if wrong:
            raise BadLightCurve(
                f"{self.target}: {', '.join(wrong)} and time differ in length; "
                "give one value per cadence"
            )
        if not np.isfinite(self.flux).any():
            raise BadLightCurve(
                f"{self.target}: none of {size} cadences has a finite flux; leave this target out"
            )

    def __len__(self) -> int:
        return len(self.time)

    @property
    def baseline(self) -> float:
        """Time from the first cadence to the last, in days."""
        return float(self.time[-1] - self.time[0])

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
        before = np.concatenate([[0], np.cumsum(cadences)])
        segments = tuple(
            replace(s, start=int(before[s.start]), stop=int(before[s.stop]))
            for s in self.segments
            if before[s.stop] > before[s.start]
        )
        names = ("time", "flux", "flux_error", "centroid_column", "centroid_row")
        arrays = {name: getattr(self, name)[cadences] for name in names}
        return replace(self, segments=segments, **arrays)


def stitch(parts: list[LightCurve]) -> LightCurve:
    """Join light curves of one target, one after the other in time.

    Each note is kept once, in order of time; numbers of cadences left out are added.

    Raises BadLightCurve if the list is empty or mixes targets or missions.
    """
    if not parts:
        raise BadLightCurve("nothing to stitch; give at least one light curve")
    identities = {(part.target, part.mission) for part in parts}
    if len(identities) > 1:
        raise BadLightCurve(f"cannot stitch different targets {sorted(identities)}; give one")
    parts = sorted(parts, key=lambda part: part.time[0])
    offsets = np.cumsum([0] + [len(part) for part in parts])
    segments = tuple(
        replace(s, start=s.start + int(offset), stop=s.stop + int(offset))
        for part, offset in zip(parts, offsets)
        for s in part.segments
    )
    names = ("time", "flux", "flux_error", "centroid_column", "centroid_row")
    arrays = {name: np.concatenate([getattr(p, name) for p in parts]) for name in names}
    return replace(
        parts[0],
        segments=segments,
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        left_out=dict(sum((Counter(part.left_out) for part in parts), Counter())),
        **arrays,
    )
