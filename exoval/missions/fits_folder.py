"""A folder of pipeline FITS files as downloaded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from exoval.errors import BadLightCurve
from exoval.missions.mission import Mission
from exoval.missions.one_cadence import cadence_rank
from exoval.missions.pipeline_fits import read_pipeline_segment_number, read_pipeline_target
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.star import Star


@dataclass(frozen=True)
class FitsFolder:
    """Pipeline files by target, indexed by file name only: a broken file does not hide the others.

    Kepler's file names do not contain the quarter: the files of a target are opened when it is
    first read. Those named by a star's Gaia number are opened for its number in the mission's
    catalogue.
    """

    mission: Mission
    files: dict[str, list[Path]]
    _segments: dict[str, dict[int, list[Path]]] = field(default_factory=dict, repr=False)

    def targets(self) -> list[str]:
        """Return all targets, ordered by catalogue number."""
        return sorted(self.files, key=lambda target: int(target.split()[-1]))

    def paths(self) -> list[Path]:
        """Return all files."""
        return [path for paths in self.files.values() for path in paths]

    def segments(self, target: str) -> tuple[int, ...]:
        """Return the quarters or sectors of a known target, ascending; raises BadLightCurve."""
        return tuple(sorted(self._by_segment(target)))

    def star(self, target: str) -> Star:
        """Return the star as described by the file of its last segment; raises BadLightCurve."""
        by_segment = self._by_segment(target)
        return self.mission.read_star(by_segment[max(by_segment)][0])

    def read_segment(self, target: str, segment: int) -> PipelineSegment:
        """Read the cadences of a known (target, segment); raises BadLightCurve naming the file.

        The ``notes`` name the files of the same segment that were left out.
        """
        path, *others = self._by_segment(target)[segment]
        read = self.mission.read_segment(path)
        notes = tuple(
            f"{other.name} was left out: {path.name} shows the same time" for other in others
        )
        return replace(read, target=target, notes=(*read.notes, *notes))

    def _by_segment(self, target: str) -> dict[int, list[Path]]:
        """The files of each segment, the one to read first."""
        if target not in self._segments:
            found: dict[int, list[Path]] = {}
            # the later processing first
            for path in sorted(self.files[target], reverse=True):
                found.setdefault(self._segment_of(path), []).append(path)
            self._segments[target] = {
                number: self._ranked(paths) for number, paths in found.items()
            }
        return self._segments[target]

    def _ranked(self, paths: list[Path]) -> list[Path]:
        """Files of one segment: the mission's own product first, then the mission's cadence."""
        paths = sorted(paths, key=self._product_rank)
        best = [path for path in paths if self._product_rank(path) == self._product_rank(paths[0])]
        if len(best) > 1:
            best = sorted(best, key=self._cadence_rank)
        return best + paths[len(best) :]

    def _product_rank(self, path: Path) -> int:
        return self.mission.products.index(identify(self.mission, path.name)[0])

    def _cadence_rank(self, path: Path) -> tuple[int, float]:
        return cadence_rank(self.mission.read_segment(path).exposure, self.mission.exposure_days)

    def _segment_of(self, path: Path) -> int:
        product, identity = identify(self.mission, path.name)
        if identity is None:
            raise BadLightCurve(
                f"{path} is not named like a {product.telescope} light curve; "
                "keep the archive's file names"
            )
        number = identity[1]
        return read_pipeline_segment_number(path, product) if number is None else number


def identify(
    mission: Mission, file_name: str
) -> tuple[PipelineProduct, tuple[str, int | None] | None]:
    """Return the product whose naming a file follows, with target and segment; None if unknown."""
    for product in mission.products:
        identity = product.identify(file_name)
        if identity is not None:
            return product, identity
    return mission.product, None


def open_fits_folder(mission: Mission, *, files: list[Path]) -> FitsFolder:
    """Group the files by the target in their names; files with other names are left out."""
    by_target: dict[str, list[Path]] = {}
    for path in files:
        product, identity = identify(mission, path.name)
        if identity is not None:
            by_target.setdefault(_catalogue_name(path, product, identity[0]), []).append(path)
    return FitsFolder(mission, by_target)


def _catalogue_name(path: Path, product: PipelineProduct, named: str) -> str:
    """The star's name in the mission's catalogue, if the headers know it."""
    if named.startswith(f"{product.target_prefix} "):
        return named
    try:
        return read_pipeline_target(path, product)
    except BadLightCurve:
        # a broken file is named when it is read
        return named
