"""A library: the light curves of one mission in one folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exoval.data_folder import data_folder, is_sample
from exoval.errors import BadLightCurve, DataNotFound
from exoval.lightcurve import LightCurve, stitch
from exoval.missions.fits_folder import open_fits_folder
from exoval.missions.joined_folders import JoinedFolders
from exoval.missions.light_curve_folder import LightCurveFolder
from exoval.missions.mission import Mission
from exoval.missions.parquet_folder import open_parquet_folder
from exoval.missions.star_rows import open_star_rows
from exoval.missions.table_folder import open_table_folder
from exoval.star import Star

#: folder beside light_curves/ with light curves in forms that other people made
OTHER = "light_curves_other"


@dataclass(frozen=True)
class LightCurveLibrary:
    """The light curves of one mission in one folder; picklable for worker processes."""

    mission: Mission
    folder: str
    files: LightCurveFolder
    _known: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", frozenset(self.files.targets()))

    def targets(self) -> list[str]:
        """Return all targets, such as ``KIC 757450``, ordered by catalogue number."""
        return self.files.targets()

    def paths(self) -> list[Path]:
        """Return the files that the light curves are read from."""
        return self.files.paths()

    def segments(self, target: str) -> tuple[int, ...]:
        """Return the quarters or sectors of a target, ascending.

        Raises DataNotFound for an unknown target.
        """
        self._require(target)
        return self.files.segments(target)

    def star(self, target: str) -> Star:
        """Return the star as described by the light curves' headers.

        Raises DataNotFound for an unknown target and BadLightCurve for a broken file.
        """
        self._require(target)
        return self.files.star(target)

    def read(self, target: str, segments: Sequence[int] | None = None) -> LightCurve:
        """Return the usable cadences of the given quarters or sectors (default all) in time order.

        Raises DataNotFound for an unknown target or segment, and BadLightCurve if a file is broken,
        a segment has no usable cadence or two segments overlap in time.
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
    """Open the mission's light curves in ``folder``, by default $EXOVAL_DATA/light_curves.

    If EXOVAL_DATA is not set, the default is the sample that ships with exoval. The folder holds
    one of three kinds of files; the first kind found is used: Parquet files
    (``exoval.missions.parquet_folder``); FITS files as downloaded, in the folder or its subfolders;
    or one plain table for each target (``exoval.missions.table_file``), in a subfolder of the
    mission's name or in the folder itself. By default files with a row a star
    (``exoval.missions.star_rows``) in $EXOVAL_DATA/light_curves_other are added where a product of
    the mission names them and is not processed. ``folder`` may itself be such a file; a relative
    path that does not exist is looked for in the data folder.

    Raises DataNotFound if the folder does not exist or has no light curve of the mission, and
    BadLightCurve for a broken file.
    """
    product = mission.product
    if folder is not None and Path(folder).suffix == ".parquet":
        path = _in_data_folder(Path(folder))
        return LightCurveLibrary(mission, str(path), open_star_rows(mission, path))
    further = _rows_of_others(mission) if folder is None else []
    remedy = (
        "set EXOVAL_DATA to a folder with light_curves/ in it, give the folder, or download "
        f"some: {product.download}"
    )
    if folder is None:
        folder = data_folder() / "light_curves"
        # plain tables do not say which mission they belong to
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
    # a library may hold only cadences other than the mission's
    if files is None or not files.targets():
        fits = {path for one in mission.products for path in Path(folder).rglob(one.fits_files)}
        files = open_fits_folder(mission, files=sorted(fits))
    if not files.targets() and tables.is_dir():
        files, folder = open_table_folder(mission, tables), tables
    if further:
        files = JoinedFolders([*([files] if files.targets() else []), *further])
    if not files.targets():
        where = "the sample that ships with exoval" if is_sample(folder) else str(folder)
        raise DataNotFound(f"no light curve of mission {mission.name} in {where}; {remedy}")
    return LightCurveLibrary(mission, str(folder), files)


def _rows_of_others(mission: Mission) -> list[LightCurveFolder]:
    """The files with a row a star that other people made of the mission's unprocessed flux."""
    folder = data_folder() / OTHER
    return [
        open_star_rows(mission, path)
        for product in mission.products
        if product.star_files and not product.is_processed and folder.is_dir()
        for path in sorted(folder.glob(product.star_files))
    ]


def _in_data_folder(path: Path) -> Path:
    """A file as it is named or, if there is none, in the data folder; raises DataNotFound."""
    for found in (path, data_folder() / path):
        if found.is_file():
            return found
    raise DataNotFound(
        f"no light curves at {path}, nor in the data folder {data_folder()}; give another path or "
        "set EXOVAL_DATA"
    )
