"""A folder of pipeline FITS files as downloaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from exoval.errors import BadLightCurve
from exoval.missions.mission import Mission
from exoval.missions.pipeline_fits import read_pipeline_segment_number
from exoval.missions.pipeline_product import PipelineProduct
from exoval.missions.pipeline_segment import PipelineSegment
from exoval.star import Star


@dataclass(frozen=True)
class FitsFolder:
    """Pipeline files by target, indexed by file name only: a broken file does not hide the others.

    Kepler's file names do not contain the quarter: the files of a target are opened when it is
    first read.
    """

    mission: Mission
    files: dict[str, list[Path]]
    _segments: dict[str, dict[int, Path]] = field(default_factory=dict, repr=False)

    def targets(self) -> list[str]:
        """Return all targets, ordered by catalogue number."""
        return sorted(self.files, key=lambda target: int(target.split()[-1]))

    def segments(self, target: str) -> tuple[int, ...]:
        """Return the quarters or sectors of a known target, ascending; raises BadLightCurve."""
        return tuple(sorted(self._by_segment(target)))

    def star(self, target: str) -> Star:
        """Return the star as described by the file of its last segment; raises BadLightCurve."""
        by_segment = self._by_segment(target)
        return self.mission.read_star(by_segment[max(by_segment)])

    def read_segment(self, target: str, segment: int) -> PipelineSegment:
        """Read the cadences of a known (target, segment); raises BadLightCurve naming the file."""
        return self.mission.read_segment(self._by_segment(target)[segment])

    def _by_segment(self, target: str) -> dict[int, Path]:
        if target not in self._segments:
            # of two files of one segment take the mission's own product, then the later processing
            self._segments[target] = {
                self._segment_of(path): path
                for path in sorted(self.files[target], key=self._preference)
            }
        return self._segments[target]

    def _preference(self, path: Path) -> tuple[int, Path]:
        product = identify(self.mission, path.name)[0]
        return -self.mission.products.index(product), path

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
        identity = identify(mission, path.name)[1]
        if identity is not None:
            by_target.setdefault(identity[0], []).append(path)
    return FitsFolder(mission, by_target)
