"""Several stores of light curves as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from exoval.missions.pipeline_segment import PipelineSegment
from exoval.star import Star

if TYPE_CHECKING:
    from exoval.missions.light_curve_folder import LightCurveFolder


@dataclass(frozen=True)
class JoinedFolders:
    """Stores of light curves, of which the first that has a star gives all of its segments."""

    stores: Sequence[LightCurveFolder]

    @cached_property
    def _store_of(self) -> dict[str, LightCurveFolder]:
        return {target: one for one in reversed(self.stores) for target in one.targets()}

    def targets(self) -> list[str]:
        """Return the targets of all stores, ordered by catalogue number."""
        return sorted(self._store_of, key=lambda target: (len(target), target))

    def paths(self) -> list[Path]:
        """Return the files of all stores."""
        return [path for store in self.stores for path in store.paths()]

    def segments(self, target: str) -> tuple[int, ...]:
        """Return the segments of a known target, ascending."""
        return self._store_of[target].segments(target)

    def star(self, target: str) -> Star:
        """Return the star as its store describes it."""
        return self._store_of[target].star(target)

    def read_segment(self, target: str, segment: int) -> PipelineSegment:
        """Return the cadences of a known (target, segment)."""
        return self._store_of[target].read_segment(target, segment)
