"""The columns of a light curve in a table: their names, clock, unit and segments.

Needed are a time (``time`` or a name with BJD, BTJD, BKJD, HJD, JD or MJD in it) and a flux
(``flux`` or one of ``FLUX_NAMES``) or a magnitude. Further columns, all optional: error, quality (0
is good), segment (quarters, sectors, seasons; without it a table is one segment, or one for each
long stretch of another cadence), crowding (the target's share of the aperture's light),
centroid_column and centroid_row (pixels). The names in ``ALSO`` are accepted too, in upper or lower
case; other columns are ignored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadLightCurve, BadParameter, listed, reason_of
from exoval.missions.clock import (
    MissionClock,
    StatedClock,
    stated_clock,
    without_fill_times,
)
from exoval.missions.exposure import SHORTEST, cadence_step, exposure_of
from exoval.missions.fits_file import whole_number
from exoval.missions.linear_flux import is_magnitude, linear_flux
from exoval.missions.one_cadence import SAME_EXPOSURE
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.missions.quality_flags import quality_bits
from exoval.missions.stretches import numbers_by_cadence
from exoval.units import SECONDS_PER_DAY

#: largest usable median time between cadences
LONGEST_STEP_DAYS = 1.5
#: middle of a folded light curve, as share of its length, and the most of its steps that are equal
ABOUT_ZERO, EQUAL_STEPS = 0.05, 0.9
#: names of flux that is corrected for systematics, the preferred first
FLUX_NAMES = (
    "flux",
    "pdcsap_flux",
    "flux_corr",
    "corr_flux",
    "det_flux",
    "kspsap_flux",
    "cal_psf_flux",
    "cal_aper_flux",
    "fcor",
    "detrended_flux",
    "flux_detrended",
    "normalized_flux",
    "norm_flux",
    "flux_norm",
    "relative_flux",
    "rel_flux",
    "flux_rel",
)
#: other names of the columns
ALSO = {
    "error": ("flux_error", "flux_err", "fluxerr", "err", "e_flux", "flux_unc", "uncertainty"),
    "quality": ("flag", "flags", "sap_quality"),
    "segment": ("quarter", "sector", "campaign", "season"),
    "centroid_column": ("centroid_col", "mom_centr1", "x"),
    "centroid_row": ("mom_centr2", "y"),
}
#: no light curve has so many segments
MOST_SEGMENTS = 10**9
#: words in the names of columns that are no measurement
_NOT_A_VALUE = {"err", "error", "unc", "uncertainty", "sigma", "bkg", "background"}
#: words in the names of columns that are no time of a cadence
_NOT_A_TIME = {"corr", "correction", "size", "step", "offset", "ref", "delta"}
#: words in the names of flux that is not corrected for systematics
_RAW = {"sap", "raw"}
#: levels that magnitudes have, and the relative noise, of which flux of such a level is rare
MAGNITUDE_LEVELS, QUIET = (3.0, 25.0), 3e-3


def segments_of(
    frame: pd.DataFrame,
    path: str | Path,
    *,
    target: str,
    clock: MissionClock,
    exposure_days: float,
    stated: StatedClock | None = None,
    stated_exposure: float = math.nan,
    quality_bitmask: int = -1,
) -> list[PipelineSegment]:
    """Return the segments of a table's rows, ascending.

    Times become days on ``clock``, as ``stated`` by the file or else by the unit
    (``frame.attrs["units"]``) and name of their column, or their range. Without a column of
    segments their number is ``frame.attrs["segment"]``, else 0. Flux becomes linear
    (``exoval.missions.linear_flux``); a column ``crowding`` means that it includes the light of
    neighbours. Cadences with any bit of ``quality_bitmask`` in their quality are left out. The
    exposure is the stated one, ``exposure_days`` where cadences are so far apart, else the median
    step. Raises BadLightCurve, naming the file and the remedy.
    """
    if frame.empty:
        raise BadLightCurve(f"{path} holds no cadence; get it again or remove it")
    time_name, flux_name = time_and_flux(list(frame.columns), path)
    rows, notes = _measured(
        _with_known_names(frame),
        path,
        names=(time_name, flux_name),
        clock=clock,
        stated=stated or StatedClock(),
    )
    if "segment" in rows:
        numbers = _segment_numbers(rows, path)
    else:
        numbers = numbers_by_cadence(rows["time"].to_numpy())
        if numbers.any():
            notes += (f"{numbers.max()} segments are told by their cadences and counted from 1",)
            stated_exposure = math.nan
        else:
            numbers[:] = frame.attrs.get("segment", 0)
    segments = []
    for number, part in rows.groupby(numbers, sort=True):
        time, flux = (part[name].to_numpy() for name in ("time", "flux"))
        good = _is_good(part, quality_bitmask)
        _check_cadence(time, path)
        _check_level(flux[good], path, number)
        exposure, exposure_notes = _exposure(time, stated_exposure, exposure_days)
        segments.append(
            PipelineSegment(
                target=target,
                number=int(number),
                time=time,
                quality=np.zeros(len(part), dtype=int),
                flux=np.where(good, flux, np.nan),
                flux_error=part["error"].to_numpy(),
                centroid_column=_numbers(part, "centroid_column", path),
                centroid_row=_numbers(part, "centroid_row", path),
                exposure=exposure,
                crowding=_crowding(part, path),
                flux_is_decrowded="crowding" not in rows,
                notes=(*notes, *exposure_notes),
            )
        )
    return segments


def _measured(
    frame: pd.DataFrame,
    path: str | Path,
    *,
    names: tuple[str, str],
    clock: MissionClock,
    stated: StatedClock,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The rows with time on the clock, linear flux and its error, and what was converted."""
    time_name, flux_name = names
    given = frame.attrs.get("units", {})
    if not stated.kind:
        stated = stated_clock(
            given.get(time_name, ""), frame.attrs.get("clock", ""), _words_of(time_name)
        )
    time, fills = without_fill_times(_numbers(frame, time_name, path))
    try:
        found = clock.of(time, stated)
        linear = linear_flux(
            _numbers(frame, flux_name, path),
            _numbers(frame, "error", path),
            unit=given.get(flux_name, ""),
            name=flux_name,
        )
    except BadParameter as problem:
        raise BadLightCurve(f"{path}: {problem}") from problem
    rows = frame.assign(time=clock.convert(time, found), flux=linear.flux, error=linear.error)
    notes = (*frame.attrs.get("notes", ()), *fills, *found.notes, *linear.notes)
    if frame.attrs.get("is_unnamed") and len(linear.flux) > 2 and np.all(np.diff(linear.flux) > 0):
        raise BadLightCurve(
            f"{path}: the columns have no names, and the second, which would be the flux, ascends "
            "as times do; write a first line with the names of the columns, such as flux and time"
        )
    if not given.get(flux_name) and _may_be_magnitudes(linear.flux):
        # taken for flux, a dip would be a brightening, and a hundredth of its depth
        level = f"flux of about {np.nanmedian(linear.flux):.3g} may be magnitudes"
        remedy = (
            "write a first line with the names of its columns, time and flux or mag"
            if frame.attrs.get("is_unnamed")
            else f"name the column {flux_name} mag, or give flux divided by its median"
        )
        raise BadLightCurve(f"{path}: {level}; {remedy}")
    return rows, notes


def _may_be_magnitudes(flux: np.ndarray) -> bool:
    """Whether flux has a level like magnitudes' and less noise than counts of so faint a star.

    Counts of 3 to 25 have the noise of photons, above 20 %, and flux relative to its median is
    about 1.
    """
    flux = flux[np.isfinite(flux)]
    if len(flux) < 2 or not MAGNITUDE_LEVELS[0] < np.median(flux) < MAGNITUDE_LEVELS[1]:
        return False
    return np.median(np.abs(np.diff(flux))) < QUIET * np.median(flux)


def time_and_flux(columns: Sequence[str], path: str | Path) -> tuple[str, str]:
    """Return the names of the columns of time and flux; raises BadLightCurve without them."""
    values = [name for name in columns if not _is_error(name)]
    times = [name for name in values if name == "time"]
    times += [
        name
        for name in values
        if re.match(r"times?\b|time_", name) and not set(_words(name)) & _NOT_A_TIME
    ]
    # a barycentric clock is better than another
    clocks = [name for name in values if stated_clock(_words_of(name)).kind]
    times += sorted(clocks, key=lambda name: bool(stated_clock(_words_of(name)).caveat))
    spelled = {_joined(name): name for name in reversed(columns)}
    fluxes = [spelled[name] for name in FLUX_NAMES if name in spelled]
    fluxes += [name for name in values if _is_flux(name)]
    fluxes += [name for name in values if is_magnitude("", name)]
    missing = [what for what, found in (("time", times), ("flux", fluxes)) if not found]
    if missing:
        raise BadLightCurve(
            f"{path} has no column {' and '.join(missing)}, only {listed(columns)}; name them time "
            "and flux"
        )
    return times[0], fluxes[0]


def _is_error(name: str) -> bool:
    """Whether a column's name is that of an error or background: flux_err, e_flux."""
    words = _words(name)
    return bool(set(words) & _NOT_A_VALUE) or (words[0] in ("e", "sig", "std") and len(words) > 1)


def _is_flux(name: str) -> bool:
    """Whether a column's name begins or ends with flux and is not that of raw flux."""
    words = [word for word in _words(name) if word]
    return bool(words) and "flux" in (words[0], words[-1]) and not set(words) & _RAW


def _joined(name: str) -> str:
    """A column's name with underscores for whatever else parts its words."""
    return re.sub(r"[^a-z0-9]+", "_", name).strip("_")


def _words(name: str) -> list[str]:
    return re.split(r"[^a-z]+", name) or [""]


def _words_of(name: str) -> str:
    """A column's name for the search for a clock's: underscores part words, as blanks do."""
    return name.replace("_", " ")


def _with_known_names(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with exoval's names of the optional columns."""
    for name, others in ALSO.items():
        found = [other for other in others if other in frame]
        if name not in frame and found:
            frame = frame.rename(columns={found[0]: name})
    if "error" not in frame:
        errors = [name for name in frame if set(_words(name)) & {"err", "error", "sigma"}]
        if errors:
            frame = frame.rename(columns={errors[0]: "error"})
    return frame


def _is_good(frame: pd.DataFrame, bitmask: int) -> np.ndarray:
    if "quality" not in frame:
        return np.ones(len(frame), dtype=bool)
    return (quality_bits(frame["quality"].to_numpy()) & bitmask) == 0


def _exposure(time: np.ndarray, stated: float, usual: float) -> tuple[float, tuple[str, ...]]:
    """The exposure of a table: stated, the mission's, or the step between cadences."""
    step = cadence_step(time)
    if stated > 0 or not step > 0 or step < SHORTEST:
        return exposure_of(time, stated=stated, otherwise=usual)
    if abs(step / usual - 1) < SAME_EXPOSURE:
        return usual, ()
    return step, (
        f"the step between cadences, {SECONDS_PER_DAY * step:.4g} s, was taken as exposure",
    )


def _check_level(flux: np.ndarray, path: str | Path, number: int) -> None:
    # a segment without flux is refused later, with its name
    if not np.nanmedian(np.append(flux, 1e-300)) > 0:
        raise BadLightCurve(
            f"{path}: the median flux of segment {number} is not above 0; give "
            "linear flux, such as 1 plus the relative change"
        )


def _crowding(frame: pd.DataFrame, path: str | Path) -> float:
    if "crowding" not in frame:
        return math.nan
    values = _numbers(frame, "crowding", path)
    crowding = float(np.median(values[np.isfinite(values)])) if np.isfinite(values).any() else 1.0
    if not 0 < crowding <= 1:
        raise BadLightCurve(
            f"{path}: crowding {crowding:g}; give the target's share of the "
            "aperture's light, above 0 and at most 1"
        )
    return crowding


def _segment_numbers(frame: pd.DataFrame, path: str | Path) -> np.ndarray:
    """The segment of every cadence; S0041 is 41."""
    if frame["segment"].dtype == object:
        texts = frame["segment"].map(str)
        values = {text: whole_number(text) for text in texts.unique()}
        if None not in values.values():
            return texts.map(lambda text: min(values[text], MOST_SEGMENTS)).to_numpy(dtype=int)
    numbers = _numbers(frame, "segment", path)
    odd = int(np.sum(~((numbers == np.floor(numbers)) & (np.abs(numbers) < MOST_SEGMENTS))))
    if odd:
        raise BadLightCurve(
            f"{path}: column segment of {odd} rows is empty or not a whole number of a segment; "
            "number the seasons 1, 2, ..."
        )
    return numbers.astype(int)


def _check_cadence(time: np.ndarray, path: str | Path) -> None:
    """Refuse rounded times, those of a folded light curve, and those that are not in days."""
    time = time[np.isfinite(time)]
    distinct = np.unique(time)
    if len(distinct) < 0.5 * len(time):
        raise BadLightCurve(
            f"{path}: only {len(distinct)} of {len(time)} times differ; write them "
            "in double precision, one row a cadence"
        )
    step = cadence_step(distinct)
    if _is_folded(distinct):
        raise BadLightCurve(
            f"{path}: times from {distinct[0]:.3g} to {distinct[-1]:.3g} d at unequal steps are "
            "those of a folded light curve; give it as it was before folding"
        )
    if step > LONGEST_STEP_DAYS:
        raise BadLightCurve(
            f"{path}: cadences are {step:.3g} days apart; give time in days, and "
            "a light curve that sees every night"
        )


def _is_folded(time: np.ndarray) -> bool:
    """Whether distinct times lie about zero, as far on both sides, at unequal steps."""
    if len(time) < 3 or abs(time[0] + time[-1]) > ABOUT_ZERO * (time[-1] - time[0]):
        return False
    step = np.diff(time)
    return np.mean(np.abs(step / np.median(step) - 1) < SAME_EXPOSURE) < EQUAL_STEPS


def _numbers(frame: pd.DataFrame, name: str, path: str | Path) -> np.ndarray:
    """A column as floats; NaN where the table lacks it."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    if frame[name].dtype.kind == "M":
        raise BadLightCurve(f"{path}: column {name} holds calendar dates; give days, such as BJD")
    try:
        return frame[name].to_numpy(dtype=float, na_value=np.nan)
    except (ValueError, TypeError) as error:
        if re.search(r"'\d{4}-\d\d-\d\d", str(error)):
            raise BadLightCurve(
                f"{path}: column {name} holds calendar dates; give days, such as BJD"
            ) from error
        raise BadLightCurve(
            f"{path}: column {name} is not numeric ({reason_of(error)}); write numbers with a "
            "decimal point"
        ) from error
