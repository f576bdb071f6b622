"""A folder of light curves as plain tables, with a table of their stars."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from exoval.errors import BadLightCurve
from exoval.missions.catalogue_star import catalogue_star
from exoval.missions.mission import Mission
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.missions.table_file import (
    ENDINGS,
    is_target_table,
    read_any_table,
    read_table_segments,
    target_of,
)
from exoval.star import Star

#: file name of the table of stars: column target, and any parameters of catalogue_star
STARS = "stars"


@dataclass(frozen=True)
class TableFolder:
    """A folder with one table for each target (``exoval.missions.table_file``), named after it.

    A table ``stars`` (.csv, .ecsv, ...) in the same folder describes the stars: target, and any of
    radius, teff, logg, metallicity, magnitude, ra, dec.
    """

    mission: Mission
    files: dict[str, Path]
    stars: pd.DataFrame
    _last: dict[str, list[PipelineSegment]] = field(default_factory=dict, repr=False)

    def targets(self) -> list[str]:
        """Return all targets, ordered by name."""
        return sorted(self.files)

    def paths(self) -> list[Path]:
        """Return the tables of the targets and of the stars."""
        folders = {path.parent for path in self.files.values()}
        stars = [path for folder in folders for path in folder.glob(f"{STARS}.*")]
        return [*self.files.values(), *stars]

    def segments(self, target: str) -> tuple[int, ...]:
        """Return the segments of a known target, ascending; raises BadLightCurve."""
        return tuple(segment.number for segment in self._read(target))

    def star(self, target: str) -> Star:
        """Return the star as described by the table of stars; otherwise only its name is known."""
        values = self.stars.loc[target].to_dict() if target in self.stars.index else {}
        return catalogue_star(target, values)

    def read_segment(self, target: str, segment: int) -> PipelineSegment:
        """Read the cadences of a known (target, segment); raises BadLightCurve naming the file."""
        return next(part for part in self._read(target) if part.number == segment)

    def _read(self, target: str) -> list[PipelineSegment]:
        """Segments of a target; the latest are cached, because callers read them one by one."""
        if target not in self._last:
            self._last.clear()
            self._last[target] = read_table_segments(
                self.files[target],
                exposure_days=self.mission.exposure_days,
                clock=self.mission.clock,
            )
        return self._last[target]


def open_table_folder(mission: Mission, folder: str | Path) -> TableFolder:
    """Open all tables of a folder; raises BadLightCurve if the stars' table lacks targets."""
    paths = sorted(path for path in Path(folder).iterdir() if is_target_table(path))
    files = {target_of(path): path for path in paths if path.stem != STARS}
    return TableFolder(mission, files, _read_stars(Path(folder)))


def _read_stars(folder: Path) -> pd.DataFrame:
    path = next(
        (
            folder / f"{STARS}{ending}"
            for ending in ENDINGS
            if (folder / f"{STARS}{ending}").is_file()
        ),
        None,
    )
    if path is None:
        return pd.DataFrame()
    frame = read_any_table(path)
    if "target" not in frame:
        raise BadLightCurve(
            f"{path} has no column target; name the stars as their light curves are"
        )
    frame["target"] = frame["target"].astype(str).str.replace("_", " ")
    frame = frame.drop_duplicates("target", keep="last").set_index("target")
    return frame.apply(pd.to_numeric, errors="coerce")
