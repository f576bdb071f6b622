"""Light curves in Parquet: one row per target and segment, cadences in list columns.

Columns: target (catalogue number), segment, exposure_seconds, data_release, crowdsap, cdpp3,
cdpp6, cdpp12, ra, dec, magnitude, teff, logg, feh, radius, and the lists time, quality,
sap_flux, sap_flux_err, pdcsap_flux, pdcsap_flux_err, mom_centr1, mom_centr2, pos_corr1,
pos_corr2, exactly as in the pipeline's FITS files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from exoval.errors import BadLightCurve
from exoval.missions.catalogue_star import catalogue_star
from exoval.missions.mission import Mission
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.star import Star
from exoval.units import SECONDS_PER_DAY

_STAR = {
    "radius": "radius",
    "teff": "teff",
    "logg": "logg",
    "feh": "metallicity",
    "magnitude": "magnitude",
    "ra": "ra",
    "dec": "dec",
}
_SCALARS = ["target", "segment", "exposure_seconds", "data_release", "crowdsap", *_STAR]
_CENTROIDS = ["mom_centr1", "mom_centr2", "pos_corr1", "pos_corr2"]


@dataclass(frozen=True)
class ParquetFolder:
    """A folder of Parquet files; ``index`` has one row per (target, segment), without cadences.

    Files are opened for each read, so that the folder is picklable; the latest row groups are
    cached.
    """

    mission: Mission
    index: pd.DataFrame

    def targets(self) -> list[str]:
        """Return all targets, ordered by catalogue number."""
        names = self.index.index.get_level_values("target").unique()
        return [self.mission.product.target_name(number) for number in names]

    def paths(self) -> list[Path]:
        """Return the files that hold the segments."""
        return [Path(name) for name in self.index["file"].unique()]

    def segments(self, target: str) -> tuple[int, ...]:
        """Return the quarters or sectors of a known target, ascending."""
        return tuple(int(number) for number in self._rows(target).index)

    def star(self, target: str) -> Star:
        """Return the star as described by the newest data release."""
        newest = self._rows(target).sort_values("data_release", kind="stable").iloc[-1]
        return catalogue_star(target, {name: newest[column] for column, name in _STAR.items()})

    def read_segment(self, target: str, segment: int) -> PipelineSegment:
        """Return the cadences of a known (target, segment).

        Raises BadLightCurve, naming the file, if its row cannot be read.
        """
        row = self._rows(target).loc[segment]
        flux = f"{self.mission.flux_column}_flux"
        names = ("time", "quality", flux, f"{flux}_err", *_CENTROIDS)
        table = _row_group(row["file"], int(row["row_group"]), names)
        lists = {
            name: table[name][int(row["row"])].values.to_numpy(zero_copy_only=False)
            for name in names
        }
        product = self.mission.product
        return PipelineSegment(
            target=target,
            number=segment,
            time=lists["time"],
            quality=lists["quality"],
            flux=lists[flux],
            flux_error=lists[f"{flux}_err"],
            centroid_column=lists["mom_centr1"] - lists["pos_corr1"],
            centroid_row=lists["mom_centr2"] - lists["pos_corr2"],
            exposure=float(row["exposure_seconds"]) / SECONDS_PER_DAY,
            crowding=float(row["crowdsap"]),
            noise_ppm=product.six_hour_noise(float(row[product.noise_column])),
            flux_is_decrowded=self.mission.flux_is_decrowded,
        )

    def _rows(self, target: str) -> pd.DataFrame:
        return self.index.loc[int(target.split()[-1])]


def open_parquet_folder(mission: Mission, *, files: list[Path]) -> ParquetFolder:
    """Index the files from their scalar columns.

    Rows with another exposure time than the mission's are left out. Of duplicate (target, segment)
    rows the newest data release is kept. Raises BadLightCurve, naming the file, if one cannot be
    read.
    """
    index = pd.concat([_index_of(path, mission.product.noise_column) for path in files])
    ratio = index["exposure_seconds"] / (SECONDS_PER_DAY * mission.exposure_days)
    index = index[(ratio > 0.9) & (ratio < 1.1)]
    index = index.sort_values(["target", "segment", "data_release"], kind="stable")
    index = index.drop_duplicates(["target", "segment"], keep="last")
    return ParquetFolder(mission, index.set_index(["target", "segment"]))


def _index_of(path: Path, noise_column: str) -> pd.DataFrame:
    try:
        with pq.ParquetFile(path) as file:
            frame = file.read(columns=[*_SCALARS, noise_column]).to_pandas()
            sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    except (OSError, pa.ArrowException, KeyError) as error:
        raise _broken(path, error) from error
    missing = {*_SCALARS, noise_column} - set(frame)
    if missing:
        raise BadLightCurve(
            f"{path} lacks the columns {sorted(missing)}; it is not a light-curve "
            "library, remove it from the folder"
        )
    return frame.assign(
        file=str(path),
        row_group=np.repeat(np.arange(len(sizes)), sizes),
        row=np.concatenate([np.arange(size) for size in [*sizes, 0]]),
    )


@lru_cache(maxsize=4)
def _row_group(path: str, row_group: int, columns: tuple[str, ...]) -> pa.Table:
    """One row group, cached: a star's segments lie together and are often read in turn."""
    try:
        with pq.ParquetFile(path, memory_map=True) as file:
            table = file.read_row_group(row_group, columns=list(columns))
    except (OSError, pa.ArrowException, KeyError) as error:
        raise _broken(path, error) from error
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise BadLightCurve(
            f"{path} lacks the columns {', '.join(missing)}; choose the other "
            "mission.flux_column, or get the files with them"
        )
    return table


def _broken(path: str | Path, error: Exception) -> BadLightCurve:
    return BadLightCurve(f"cannot read {path} ({error}); get the file again or remove it")
