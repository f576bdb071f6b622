"""Light curves in one Parquet file with a row a star: cadences in list columns, stars in others.

Columns: target (catalogue number), the lists time and flux, and any of flux_err (a list), ra, dec,
magnitude, teff, logg, feh, radius and mass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from exoval.errors import BadLightCurve, BadParameter, foreign_errors_as
from exoval.missions.catalogue_star import catalogue_star
from exoval.missions.linear_flux import LinearFlux, linear_flux
from exoval.missions.mission import Mission
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.star import Star

#: columns of stars, by the parameter's name
STAR = {
    "radius": "radius",
    "teff": "teff",
    "logg": "logg",
    "feh": "metallicity",
    "magnitude": "magnitude",
    "ra": "ra",
    "dec": "dec",
    "mass": "mass",
}
#: the lists of a row: needed, and where there are any
NEEDED, OPTIONAL = ("time", "flux"), ("flux_err",)
#: a pause longer than this parts sectors, days
PAUSE_DAYS = 5.0
#: a median nearer to 0 than to 1
HALF = 0.5


@dataclass(frozen=True)
class StarRows:
    """The stars of one file, which belongs to ``product``; ``stars`` has a row for each.

    A star's light curve is one segment where the product is processed, else one for each stretch
    between pauses of ``PAUSE_DAYS``, numbered from 1. Files are opened for each read, so that the
    object is picklable.
    """

    mission: Mission
    product: PipelineProduct
    path: Path
    stars: pd.DataFrame

    def targets(self) -> list[str]:
        """Return all targets, ordered by catalogue number."""
        return [self.product.target_name(number) for number in sorted(self.stars.index)]

    def paths(self) -> list[Path]:
        """Return the file."""
        return [self.path]

    def segments(self, target: str) -> tuple[int, ...]:
        """Return the numbers of a known target's stretches; raises BadLightCurve."""
        return tuple(range(1, len(self._cuts(self._lists(target)["time"])) + 2))

    def star(self, target: str) -> Star:
        """Return the star as the file describes it; otherwise only its name is known."""
        row = self._row(target)
        known = {name: row[column] for column, name in STAR.items() if column in row}
        star = catalogue_star(target, known)
        mass = known.get("mass", np.nan)
        return replace(star, mass=float(mass), flags=()) if np.isfinite(mass) else star

    def read_segment(self, target: str, segment: int) -> PipelineSegment:
        """Return the cadences of one stretch of a known target; raises BadLightCurve."""
        lists = self._lists(target)
        edges = [0, *self._cuts(lists["time"]), len(lists["time"])]
        part = slice(edges[segment - 1], edges[segment])
        time, flux = (lists[name][part] for name in NEEDED)
        nothing = np.full(len(time), np.nan)
        error = lists["flux_err"][part] if "flux_err" in lists else nothing
        linear = self._linear(flux, error, target)
        return PipelineSegment(
            target=target,
            number=segment,
            time=time,
            quality=np.zeros(len(time), dtype=int),
            flux=linear.flux,
            flux_error=linear.error,
            centroid_column=nothing,
            centroid_row=nothing,
            exposure=self._exposure,
            flux_is_decrowded=self.product.corrects_crowding,
            notes=linear.notes,
            is_processed=self.product.is_processed,
        )

    def _linear(self, flux: np.ndarray, error: np.ndarray, target: str) -> LinearFlux:
        """Flux with the star's level in it; processed flux about zero is a relative change."""
        # binned flux of a quiet star scatters less than the cadences by which a scale is guessed
        if self.product.is_processed and abs(np.nanmedian(flux)) < HALF:
            return LinearFlux(1 + flux, error, ("flux about zero was read as 1 + relative change",))
        try:
            return linear_flux(flux, error)
        except BadParameter as problem:
            raise BadLightCurve(f"{self.path}, {target}: {problem}") from problem

    @property
    def _exposure(self) -> float:
        """The exposure in days: the widest bin of the processing, if the file has undergone it.

        Steps between the cadences of a thinned light curve say nothing of it.
        """
        bins = [getattr(step, "bin_days", 0.0) for step in self.mission.processing.values()]
        return max([self.mission.exposure_days, *(bins if self.product.is_processed else [])])

    def _cuts(self, time: np.ndarray) -> list[int]:
        if self.product.is_processed:
            return []
        return (np.flatnonzero(np.diff(time) > PAUSE_DAYS) + 1).tolist()

    def _row(self, target: str) -> pd.Series:
        return self.stars.loc[int(target.split()[-1])]

    def _lists(self, target: str) -> dict[str, np.ndarray]:
        """The lists of a star, float64 of one length; raises BadLightCurve."""
        row = self._row(target)
        with foreign_errors_as(BadLightCurve, f"cannot read {self.path}", "get the file again"):
            changed = self.path.stat().st_mtime_ns
        table = _row_group(str(self.path), changed, int(row["row_group"]))
        what = f"{self.path}, {target}: time and flux are no lists of numbers"
        with foreign_errors_as(BadLightCurve, what, "leave the star out of the file"):
            lists = {
                name: table[name][int(row["row"])]
                .values.to_numpy(zero_copy_only=False)
                .astype(np.float64)
                for name in table.column_names
            }
        lengths = {name: len(values) for name, values in lists.items()}
        if len(set(lengths.values())) > 1:
            raise BadLightCurve(
                f"{self.path}, {target}: lists of different lengths, {lengths}; leave the star out "
                "of the file"
            )
        return lists


def open_star_rows(mission: Mission, path: str | Path) -> StarRows:
    """Open a Parquet file with a row a star, as the mission's product whose pattern it fits.

    A file of another name is taken for one of the mission's own product. Raises BadLightCurve,
    naming the file, if it cannot be read or lacks a column.
    """
    path = Path(path)
    product = next(
        (one for one in mission.products if one.star_files and path.match(one.star_files)),
        mission.product,
    )
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            missing = [name for name in ("target", *NEEDED) if name not in names]
            if missing:
                raise BadLightCurve(
                    f"{path} lacks the columns {', '.join(missing)}; give one row a star with "
                    "target and the lists time and flux"
                )
            frame = file.read(["target", *(name for name in STAR if name in names)]).to_pandas()
            sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    except (OSError, pa.ArrowException) as error:
        raise BadLightCurve(f"cannot read {path} ({error}); get the file again") from error
    with foreign_errors_as(
        BadLightCurve, f"{path}: a target or parameter is no number", "give catalogue numbers alone"
    ):
        frame = frame.astype({"target": np.int64} | dict.fromkeys(frame.columns[1:], float))
    frame = frame.assign(
        row_group=np.repeat(np.arange(len(sizes)), sizes),
        row=np.concatenate([np.arange(size) for size in [*sizes, 0]]),
    )
    return StarRows(mission, product, path, frame.drop_duplicates("target").set_index("target"))


@lru_cache(maxsize=4)
def _row_group(path: str, changed: int, row_group: int) -> pa.Table:
    """The lists of one row group, cached: stars that lie together are often read in turn.

    ``changed`` is when the file was, so that one written again is read again.
    """
    try:
        with pq.ParquetFile(path) as file:
            names = [name for name in (*NEEDED, *OPTIONAL) if name in file.schema_arrow.names]
            return file.read_row_group(row_group, columns=names)
    except (OSError, pa.ArrowException) as error:
        raise BadLightCurve(f"cannot read {path} ({error}); get the file again") from error
