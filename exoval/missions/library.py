"""A folder of light curves of one mission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from exoval.data_folder import data_folder, is_sample
from exoval.errors import BadLightCurve, DataNotFound
from exoval.lightcurve import LightCurve, stitch
from exoval.missions.fits_folder import open_fits_folder
from exoval.missions.mission import Mission
from exoval.missions.parquet_folder import open_parquet_folder
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.missions.table_folder import open_table_folder
from exoval.star import Star


class LightCurveFolder(Protocol):
    """Where a library's light curves lie; asked only for targets and segments it has."""

    def targets(self) -> list[str]: ...
    def segments(self, target: str) -> tuple[int, ...]: ...
    def star(self, target: str) -> Star: ...
    def read_segment(self, target: str, segment: int) -> PipelineSegment: ...


@dataclass(frozen=True)
class LightCurveLibrary:
    """The light curves of one mission in one folder; can be sent to worker processes."""

    mission: Mission
    folder: str
    files: LightCurveFolder
    _known: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", frozenset(self.files.targets()))

    def targets(self) -> list[str]:
        """All targets, such as ``KIC 757450``, by catalogue number."""
        return self.files.targets()

    def segments(self, target: str) -> tuple[int, ...]:
        """Quarters or sectors of a target, ascending.

        Raises DataNotFound for an unknown target.
        """
        self._require(target)
        return self.files.segments(target)

    def star(self, target: str) -> Star:
        """What the light curves' headers say of the star.

        Raises DataNotFound for an unknown target and BadLightCurve for a broken file.
        """
        self._require(target)
        return self.files.star(target)

    def read(self, target: str, segments: Sequence[int] | None = None) -> LightCurve:
        """The usable cadences of the given quarters or sectors, or of all, in time order.

        Raises DataNotFound for an unknown target or segment, and BadLightCurve where a file is
        broken, a segment holds nothing usable or two segments overlap in time.
        """
        known = self.segments(target)
        wanted = known if segments is None else sorted({int(number) for number in segments})
        missing = sorted(set(wanted) - set(known))
        if missing:
            raise DataNotFound(
                f"{target} has no segment {', '.join(map(str, missing))} in {self.folder}; "
                f"it has {', '.join(map(str, known))}"
            )
        parts = [self.mission.usable(self.files.read_segment(target, number)) for number in wanted]
        light_curve = stitch(parts)
        if np.any(np.diff(light_curve.time) <= 0):
            raise BadLightCurve(f"{target}: segments {wanted} overlap in time; ask for fewer")
        return light_curve

    def _require(self, target: str) -> None:
        if target not in self._known:
            raise DataNotFound(
                f"no light curve of '{target}' in {self.folder}; targets are written "
                f"'{self.targets()[0]}'. To get more: {self.mission.product.download}"
            )


def open_library(mission: Mission, *, folder: str | Path | None = None) -> LightCurveLibrary:
    """The mission's light curves in ``folder``, by default in $EXOVAL_DATA/light_curves.

    Where EXOVAL_DATA is not set, those of the sample that ships with exoval.

    The folder holds Parquet files (see ``exoval.missions.parquet_folder``) or, in it or in its
    subfolders, FITS files as downloaded, or one plain table a target (see
    ``exoval.missions.table_file``), in a subfolder of the mission's name or in the folder itself.
    The first kind there is wins. Raises DataNotFound if there is no folder or nothing of the
    mission in it, and BadLightCurve for a broken file.
    """
    product = mission.product
    remedy = (
        "set EXOVAL_DATA to a folder with light_curves/ in it, give the folder, or download "
        f"some: {product.download}"
    )
    if folder is None:
        folder = data_folder() / "light_curves"
        # plain tables do not tell their mission
        tables = folder / mission.name
    else:
        own = Path(folder) / mission.name
        tables = own if own.is_dir() else Path(folder)
    if not Path(folder).is_dir():
        raise DataNotFound(f"no folder {folder} with light curves; {remedy}")
    parquet = sorted(Path(folder).glob(product.parquet_files))
    files: LightCurveFolder | None = (
        open_parquet_folder(mission, files=parquet) if parquet else None
    )
    # a library may hold nothing but other cadences than the mission's
    if files is None or not files.targets():
        fits = {path for one in mission.products for path in Path(folder).rglob(one.fits_files)}
        files = open_fits_folder(mission, files=sorted(fits))
    if not files.targets() and tables.is_dir():
        files, folder = open_table_folder(mission, tables), tables
    if not files.targets():
        where = "the sample that ships with exoval" if is_sample(folder) else str(folder)
        raise DataNotFound(f"no light curve of mission {mission.name} in {where}; {remedy}")
    return LightCurveLibrary(mission, str(folder), files)
