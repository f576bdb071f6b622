"""What a store of light curves can be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from exoval.missions.pipeline_segment import PipelineSegment
from exoval.star import Star


class LightCurveFolder(Protocol):
    """The storage of a library's light curves; callers ask only for targets and segments it has."""

    def targets(self) -> list[str]: ...
    def segments(self, target: str) -> tuple[int, ...]: ...
    def star(self, target: str) -> Star: ...
    def read_segment(self, target: str, segment: int) -> PipelineSegment: ...
    def paths(self) -> list[Path]: ...
