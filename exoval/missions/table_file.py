"""Light curves as plain tables: CSV, Parquet or ECSV with the columns time and flux.

Further columns, all optional: error, quality (0 is good), segment (quarters, sectors, seasons;
without it a table is one segment), crowding (the target's share of the aperture's light),
centroid_column and centroid_row (pixels). The names in ``ALSO`` are accepted too, in upper or lower
case; other columns are ignored. The file is named after its target, with underscores for spaces:
``TIC_11491822.csv``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from astropy import units
from astropy.table import Table
from astropy.time import TimeBase

from exoval.errors import BadLightCurve
from exoval.missions.clock import on_clock
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.units import SECONDS_PER_DAY

ENDINGS = (".csv", ".ecsv", ".parquet")
#: largest usable median time between cadences
LONGEST_STEP_DAYS = 1.5
#: other names of the columns
ALSO = {
    "error": ("flux_error", "flux_err", "fluxerr"),
    "quality": ("flag", "flags", "sap_quality"),
    "segment": ("quarter", "sector", "campaign", "season"),
    "centroid_column": ("centroid_col", "mom_centr1", "x"),
    "centroid_row": ("mom_centr2", "y"),
}


def is_table(path: str | Path) -> bool:
    """Return whether a file's name ends like a table's."""
    return Path(path).suffix.lower() in ENDINGS


def target_of(path: str | Path) -> str:
    """Return the target that a table's file name gives.

    >>> target_of("light_curves/TIC_11491822.csv")
    'TIC 11491822'
    """
    return Path(path).stem.replace("_", " ")


def read_table_segments(
    path: str | Path, *, exposure_days: float, time_zero: float = 0.0
) -> list[PipelineSegment]:
    """Read the segments of one table, ascending.

    ``time`` is in days since the mission's ``time_zero`` or a Julian date. ``flux`` is linear with
    a positive level; a column ``crowding`` means that it includes the light of neighbours.
    Exposures last ``exposure_days``. Raises BadLightCurve, naming the file and the remedy.
    """
    frame = _with_known_names(read_any_table(path), path)
    if frame.empty:
        raise BadLightCurve(f"{path} holds no cadence; get it again or remove it")
    numbers = (
        _segment_numbers(frame, path) if "segment" in frame else np.zeros(len(frame), dtype=int)
    )
    frame["time"] = on_clock(_numbers(frame, "time", path), time_zero)
    return [
        _segment(rows, path, number, exposure_days)
        for number, rows in frame.groupby(numbers, sort=True)
    ]


def read_any_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV, ECSV or Parquet file, with lower-case column names; raises BadLightCurve."""
    try:
        ending = Path(path).suffix.lower()
        if ending == ".parquet":
            frame = pd.read_parquet(path)
        elif ending == ".ecsv":
            frame = _plain(Table.read(path, format="ascii.ecsv"), path)
        else:
            frame = pd.read_csv(path, comment="#", skipinitialspace=True)
    except (OSError, ValueError, TypeError, KeyError, pa.ArrowException) as error:
        raise BadLightCurve(
            f"cannot read {path} ({error}); give CSV, ECSV or Parquet with the "
            "columns time and flux"
        ) from error
    frame = frame.rename(columns=lambda name: str(name).strip().lower())
    twice = sorted(set(frame.columns[frame.columns.duplicated()]))
    if twice:
        raise BadLightCurve(
            f"{path} has more than one column {', '.join(twice)} (upper and lower "
            "case are the same); rename all but one"
        )
    return frame


def _plain(table: Table, path: str | Path) -> pd.DataFrame:
    """A table of astropy as plain numbers, with times converted to days."""
    for name in table.colnames:
        column = table[name]
        if isinstance(column, TimeBase):
            table[name] = column.jd
        elif name.lower() == "time" and column.unit not in (None, units.dimensionless_unscaled):
            if not column.unit.is_equivalent(units.day):
                raise BadLightCurve(f"{path}: time is in {column.unit}; give days")
            table[name] = column * column.unit.to(units.day)
        elif name.lower() == "flux" and isinstance(
            column.unit, units.function.FunctionUnitBase | type(units.mag)
        ):
            raise BadLightCurve(
                f"{path}: flux is in {column.unit}; give linear flux, 10**(-0.4 * magnitude)"
            )
    return table.to_pandas()


def _with_known_names(frame: pd.DataFrame, path: str | Path) -> pd.DataFrame:
    for name, others in ALSO.items():
        found = [other for other in others if other in frame]
        if name not in frame and found:
            frame = frame.rename(columns={found[0]: name})
    missing = [name for name in ("time", "flux") if name not in frame]
    if missing:
        raise BadLightCurve(
            f"{path} has no column {' and '.join(missing)}, only "
            f"{', '.join(frame.columns)}; name them time and flux"
        )
    return frame


def _segment(
    frame: pd.DataFrame, path: str | Path, number: int, exposure_days: float
) -> PipelineSegment:
    size = len(frame)
    arrays = {
        name: _numbers(frame, name, path) if name in frame else np.full(size, np.nan)
        for name in ("time", "flux", "error", "centroid_column", "centroid_row")
    }
    _check_cadence(arrays["time"], exposure_days, path)
    quality = _numbers(frame, "quality", path) if "quality" in frame else np.zeros(size)
    # the bits of a table's flags are unknown: every value other than 0 is bad
    good = quality == 0
    arrays["flux"] = np.where(good, arrays["flux"], np.nan)
    if not np.nanmedian(np.append(arrays["flux"], 1e-300)) > 0:
        raise BadLightCurve(
            f"{path}: the median flux of segment {number} is not above 0; give "
            "linear flux, such as 1 plus the relative change"
        )
    crowding = _crowding(frame, path) if "crowding" in frame else np.nan
    return PipelineSegment(
        target=target_of(path),
        number=number,
        time=arrays["time"],
        quality=np.zeros(size, dtype=int),
        flux=arrays["flux"],
        flux_error=arrays["error"],
        centroid_column=arrays["centroid_column"],
        centroid_row=arrays["centroid_row"],
        exposure=exposure_days,
        crowding=crowding,
        flux_is_decrowded="crowding" not in frame,
    )


def _crowding(frame: pd.DataFrame, path: str | Path) -> float:
    values = _numbers(frame, "crowding", path)
    crowding = float(np.median(values[np.isfinite(values)])) if np.isfinite(values).any() else 1.0
    if not 0 < crowding <= 1:
        raise BadLightCurve(
            f"{path}: crowding {crowding:g}; give the target's share of the "
            "aperture's light, above 0 and at most 1"
        )
    return crowding


def _segment_numbers(frame: pd.DataFrame, path: str | Path) -> np.ndarray:
    """The segment of every cadence."""
    numbers = _numbers(frame, "segment", path)
    odd = int(np.sum(~(numbers == np.floor(numbers))))
    if odd:
        raise BadLightCurve(
            f"{path}: column segment of {odd} rows is empty or not a whole number; "
            "number the seasons 1, 2, ..."
        )
    return numbers.astype(int)


def _check_cadence(time: np.ndarray, exposure_days: float, path: str | Path) -> None:
    """Refuse cadences that overlap or are days apart: another mission's, or not in days."""
    time = time[np.isfinite(time)]
    distinct = np.unique(time)
    if len(distinct) < 0.5 * len(time):
        raise BadLightCurve(
            f"{path}: only {len(distinct)} of {len(time)} times differ; write them "
            "in double precision, one row a cadence"
        )
    steps = np.diff(distinct)
    if not len(steps):
        return
    step = float(np.median(steps))
    if step > LONGEST_STEP_DAYS:
        raise BadLightCurve(
            f"{path}: cadences are {step:.3g} days apart; give time in days, and "
            "a light curve that sees every night"
        )
    if step < 0.5 * exposure_days:
        raise BadLightCurve(
            f"{path}: cadences are {SECONDS_PER_DAY * step:.3g} s apart where this mission exposes "
            f"for {SECONDS_PER_DAY * exposure_days:.3g} s; bin them, or set the mission's exposure"
        )


def _numbers(frame: pd.DataFrame, name: str, path: str | Path) -> np.ndarray:
    if frame[name].dtype.kind == "M":
        raise BadLightCurve(f"{path}: column {name} holds calendar dates; give days, such as BJD")
    try:
        return frame[name].to_numpy(dtype=float, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise BadLightCurve(f"{path}: column {name} is not numeric ({error}); fix it") from error
