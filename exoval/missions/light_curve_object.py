"""Light curves that other libraries hold in memory, such as lightkurve's, as exoval's own.

An object is recognised by its attributes or columns (time, flux), so that lightkurve is never
imported for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from exoval.errors import BadLightCurve, BadParameter
from exoval.lazy_module import LazyModule
from exoval.lightcurve import LightCurve, stitch
from exoval.missions.clock import JULIAN, on_clock, without_fill_times
from exoval.missions.linear_flux import linear_flux
from exoval.missions.mission import Mission
from exoval.missions.named_mission import default_missions, mission_naming
from exoval.missions.one_cadence import one_of_each_stretch
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.missions.quality_flags import quality_bits
from exoval.missions.stretches import STEPS, Stretch, joined, stretches_of
from exoval.noise.robust_scatter import robust_scatter
from exoval.plain_numbers import in_days, in_unit_of, missing, plain_numbers
from exoval.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    from astropy import time as times
else:
    times = LazyModule("astropy.time")

#: time formats of astropy that name a mission's clock
CLOCK_OF = {"btjd": "tess", "bkjd": "kepler"}
#: longest sectors, quarters and campaigns, days
LONGEST_SEGMENT = {"SECTOR": 29.0, "QUARTER": 99.0, "CAMPAIGN": 85.0}


def as_light_curve(given: object, mission: Mission | None = None) -> LightCurve:
    """Return what holds time and flux as a light curve; a LightCurve is returned itself.

    ``given`` is a light curve of lightkurve, any object or table with time and flux, or a list or
    collection of these, which are stitched; where they overlap, one cadence is read
    (``exoval.missions.one_cadence``). ``mission`` is assumed where the object names none.
    Times of astropy are moved to the mission's clock; flux in ppm, percent, magnitudes or about 0
    becomes linear; cadences are selected by quality, mask and plausibility as those of files are.
    Quarters and sectors are the object's own, or guessed from pauses. What was converted or guessed
    is in the notes. Raises BadLightCurve for an object without time and flux, a folded one, one
    whose mission or unit of flux is unknown, and several whose cadences alternate.
    """
    if isinstance(given, LightCurve):
        return given
    if _is_collection(given):
        parts = [as_light_curve(given[place], mission) for place in range(len(given))]
        return _together(parts, mission)
    if _column(given, "time") is None or _column(given, "flux") is None:
        raise BadLightCurve(
            f"a {type(given).__name__} holds no time and flux; give an exoval.lightcurve.LightCurve"
            " or a light curve of lightkurve"
        )
    return _Conversion(given, mission).light_curve()


def _together(parts: list[LightCurve], mission: Mission | None) -> LightCurve:
    """Light curves of one star as one, with one cadence where they overlap."""
    is_own = mission is not None and mission.name == parts[0].mission
    kept, notes = one_of_each_stretch(
        parts,
        [f"light curve {number} of {len(parts)}" for number in range(1, len(parts) + 1)],
        exposure_days=mission.exposure_days if is_own else parts[0].exposure,
    )
    whole = stitch(kept)
    if np.any(np.diff(whole.time) <= 0):
        raise BadLightCurve(
            f"{whole.target}: cadences of the {len(parts)} light curves alternate in time; give "
            "fewer, or one after the other"
        )
    return replace(whole, notes=(*whole.notes, *notes))


def _is_collection(given: object) -> bool:
    """Whether light curves are given together, such as lightkurve's LightCurveCollection."""
    together = isinstance(given, list | tuple) or type(given).__name__.endswith("Collection")
    return together and len(given) > 0


def _column(given: object, name: str) -> object:
    """The attribute, column or index of a name in lower or upper case; None without one."""
    index = getattr(given, "index", None)
    for word in (name, name.upper()):
        if getattr(index, "name", None) == word:
            return index.to_numpy()
        value = getattr(given, word, None)
        if value is not None and not callable(value):
            return value
        try:
            return given[word]
        except (KeyError, TypeError, IndexError, ValueError):
            continue
    return None


class _Conversion:
    """One foreign light curve on its way to exoval's."""

    def __init__(self, given: object, mission: Mission | None) -> None:
        self.given = given
        self.meta = {
            str(key).upper(): value
            for key, value in dict(getattr(given, "meta", None) or {}).items()
        }
        self.notes: list[str] = []
        self.mission = self._mission(mission)
        self.target = self._target()

    def light_curve(self) -> LightCurve:
        """The usable cadences of all segments."""
        arrays = self._arrays()
        order = np.argsort(arrays["time"], kind="stable")
        arrays = {name: values[order] for name, values in arrays.items()}
        parts, problems = [], []
        for segment in self._segments(arrays):
            try:
                parts.append(self.mission.usable(segment))
            except BadLightCurve as problem:
                problems.append(problem)
        if not parts:
            raise problems[0]
        self.notes += [f"left out: {problem}" for problem in problems]
        whole = stitch(parts)
        return replace(whole, notes=(*whole.notes, *dict.fromkeys(self.notes)))

    def _mission(self, assumed: Mission | None) -> Mission:
        """The mission that the object names; the assumed one if it names none or the same."""
        known = {mission.name: mission for mission in default_missions()}
        words = [str(self.meta.get(key, "")).lower() for key in ("MISSION", "TELESCOP")]
        words.append(CLOCK_OF.get(getattr(_column(self.given, "time"), "format", ""), ""))
        own = next((known[word] for word in words if word in known), None)
        own = own or mission_naming(str(self._name()), known.values())
        if own is None and assumed is None:
            raise BadLightCurve(
                "the light curve says of no mission; set its meta['MISSION'] (TESS, Kepler, K2), "
                "or give an exoval.lightcurve.LightCurve"
            )
        if own is None or (assumed and assumed.target_prefix == own.target_prefix):
            return assumed
        return own

    def _name(self) -> str:
        return str(self.meta.get("OBJECT") or self.meta.get("LABEL") or "")

    def _target(self) -> str:
        product = self.mission.product
        for key in (product.target_keyword, "TARGETID"):
            if str(self.meta.get(key, "")).strip().isdigit():
                return product.target_name(str(self.meta[key]).strip())
        name = self._name().strip()
        digits = name.removeprefix(product.target_prefix).strip()
        if digits.isdigit():
            return product.target_name(digits)
        if not name:
            self.notes.append("the light curve does not say which star it shows")
        return name or "unnamed star"

    # ---------------------------------------------------------------- arrays

    def _arrays(self) -> dict[str, np.ndarray]:
        """Time on the mission's clock, linear flux, its error, quality and centroids."""
        try:
            time, fills = without_fill_times(self._time(_column(self.given, "time")))
            self.notes += fills
            flux, error = self._linear(time)
            none = np.full(len(time), np.nan)
            quality = _column(self.given, "quality")
            quality = np.zeros(len(time)) if quality is None else np.ma.getdata(quality)
            centroids = {}
            for name, short, motion in (
                ("centroid_column", "centroid_col", "pos_corr1"),
                ("centroid_row", "centroid_row", "pos_corr2"),
            ):
                place, moved = _column(self.given, short), _column(self.given, motion)
                centroids[name] = none if place is None else plain_numbers(place)
                if place is not None and moved is not None:
                    centroids[name] = centroids[name] - plain_numbers(moved)
        except (TypeError, ValueError) as error_:
            raise BadLightCurve(
                f"{self.target}: time, flux, errors and quality must be flat arrays of numbers "
                f"({error_})"
            ) from error_
        sizes = {len(values) for values in (time, flux, error, quality, *centroids.values())}
        if len(sizes) > 1:
            raise BadLightCurve(
                f"{self.target}: time, flux, errors and quality differ in length; give one value "
                "per cadence"
            )
        if not np.isfinite(error).any():
            steps = np.diff(flux[np.isfinite(flux)])
            error = np.full(len(flux), robust_scatter(steps) / np.sqrt(2))
            self.notes.append("without errors, the scatter from cadence to cadence is taken")
        return {
            "time": time,
            "flux": flux,
            "flux_error": error,
            "quality": quality_bits(quality),
            **centroids,
        }

    def _time(self, time: object) -> np.ndarray:
        """Days on the mission's clock; masked ones as NaN."""
        unit = getattr(time, "unit", None)
        phase = unit is not None and hasattr(unit, "is_equivalent") and unit.is_equivalent("")
        if isinstance(time, times.TimeDelta) or phase:
            raise BadLightCurve(
                f"{self.target}: the light curve is folded; give it as it was before folding"
            )
        if not isinstance(time, times.Time):
            return self._from_numbers(plain_numbers(in_days(time)))
        if time.scale != "tdb" and time.scale != "local":
            self.notes.append(f"times were converted from the scale {time.scale} to TDB")
            time = time.tdb
        zero = self.mission.time_zero
        hidden = missing(time)
        first, rest = np.ma.getdata(time.jd1), np.ma.getdata(time.jd2)
        first, rest = (np.asarray(getattr(part, "unmasked", part)) for part in (first, rest))
        days = (first - zero) + rest
        if time.format == "jd" and np.nanmedian(np.where(hidden, np.nan, first)) < JULIAN:
            # numbers that nobody gave a clock
            return self._from_numbers(np.where(hidden, np.nan, first + rest))
        return np.where(hidden, np.nan, days)

    def _from_numbers(self, days: np.ndarray) -> np.ndarray:
        """Days without a stated clock on the mission's."""
        try:
            moved = on_clock(days, self.mission.time_zero)
        except BadParameter as problem:
            raise BadLightCurve(f"{self.target}: {problem}") from problem
        start = float(np.nanmin(moved)) if np.isfinite(moved).any() else np.nan
        self.notes.append(
            f"times without a clock are taken to begin {start:.2f} days after BJD "
            f"{self.mission.time_zero:.1f}"
        )
        return moved

    def _linear(self, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Linear flux and its error in one unit."""
        given, error = _column(self.given, "flux"), _column(self.given, "flux_err")
        error = np.full(len(time), np.nan) if error is None else in_unit_of(error, given)
        unit = str(getattr(given, "unit", None) or "")
        try:
            linear = linear_flux(plain_numbers(given), plain_numbers(error), unit=unit)
        except BadParameter as problem:
            raise BadLightCurve(f"{self.target}: {problem}") from problem
        self.notes += linear.notes
        return linear.flux, linear.error

    # ---------------------------------------------------------------- segments

    def _segments(self, arrays: Mapping[str, np.ndarray]) -> list[PipelineSegment]:
        """The quarters or sectors, each with its own exposure."""
        stretches = stretches_of(arrays["time"])
        keyword = self.mission.product.segment_keyword
        usual = self.mission.noise.schedule.segment_days
        groups = joined(stretches, LONGEST_SEGMENT.get(keyword, usual))
        numbers = list(range(1, len(groups) + 1))
        if len(groups) == 1:
            number = self.meta.get(keyword, self.meta.get("CAMPAIGN", 0))
            numbers = [int(number) if str(number).isdigit() else 0]
        else:
            self.notes.append(
                f"the light curve's {len(groups)} segments ({keyword.lower()}s) are guessed from "
                "pauses and counted from 1"
            )
        return [self._segment(arrays, group, number) for group, number in zip(groups, numbers)]

    def _segment(
        self, arrays: Mapping[str, np.ndarray], group: Stretch, number: int
    ) -> PipelineSegment:
        product, origin = self.mission.product, str(self.meta.get("FLUX_ORIGIN", "")).lower()
        corrected, raw = (
            origin.upper() in product.flux_columns[name][0] for name in ("pdcsap", "sap")
        )
        return PipelineSegment(
            target=self.target,
            number=number,
            exposure=self._exposure(group.step),
            crowding=_number(self.meta.get("CROWDSAP")) if corrected or raw else np.nan,
            noise_ppm=product.six_hour_noise(_number(self.meta.get(product.noise_keyword))),
            flux_is_decrowded=corrected and product.corrects_crowding,
            **{name: values[group.cadences] for name, values in arrays.items()},
        )

    def _exposure(self, step: float) -> float:
        """The header's exposure where it fits the step between cadences, else the step; days."""
        stated = _number(self.meta.get("TIMEDEL"))
        if not step > 0 or STEPS[0] * step < stated < STEPS[1] * step:
            return stated if stated > 0 else self.mission.exposure_days
        self.notes.append(
            f"the exposure is taken to be the step between cadences, {SECONDS_PER_DAY * step:.0f} s"
        )
        return step


def _number(value: object) -> float:
    """A header's value as a number; NaN if it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
