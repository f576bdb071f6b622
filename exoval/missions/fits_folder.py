"""A folder of pipeline FITS files, as downloaded."""

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
    """Files by target, from their names alone, so that a broken one does not hide the others.

    Kepler's names do not tell the quarter: those of a target are opened when it is asked for.
    """

    mission: Mission
    files: dict[str, list[Path]]
    _segments: dict[str, dict[int, Path]] = field(default_factory=dict, repr=False)

    def targets(self) -> list[str]:
        """All targets, by catalogue number."""
        return sorted(self.files, key=lambda target: int(target.split()[-1]))

    def segments(self, target: str) -> tuple[int, ...]:
        """Quarters or sectors of a known target, ascending; raises BadLightCurve."""
        return tuple(sorted(self._by_segment(target)))

    def star(self, target: str) -> Star:
        """The star as the file of its last segment describes it; raises BadLightCurve."""
        by_segment = self._by_segment(target)
        return self.mission.read_star(by_segment[max(by_segment)])

    def read_segment(self, target: str, segment: int) -> PipelineSegment:
        """The cadences of a known (target, segment); raises BadLightCurve naming the file."""
        return self.mission.read_segment(self._by_segment(target)[segment])

    def _by_segment(self, target: str) -> dict[int, Path]:
        if target not in self._segments:
            # of two files of one segment the mission's own product wins, then the later processing
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
    """The product that a file is named like, with target and segment, or None if like none."""
    for product in mission.products:
        identity = product.identify(file_name)
        if identity is not None:
            return product, identity
    return mission.product, None


def open_fits_folder(mission: Mission, *, files: list[Path]) -> FitsFolder:
    """Group the files by the target in their names; files named otherwise are left out."""
    by_target: dict[str, list[Path]] = {}
    for path in files:
        identity = identify(mission, path.name)[1]
        if identity is not None:
            by_target.setdefault(identity[0], []).append(path)
    return FitsFolder(mission, by_target)
