"""Procedural light curves without a signal, simulated from a mission's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve, Segment
from exoval.noise.centroid_jitter import CentroidJitter
from exoval.noise.differential_precision import precision_of_stretch
from exoval.noise.granulation import Granulation
from exoval.noise.noise_process import NoiseProcess
from exoval.noise.red_noise import RedNoise
from exoval.noise.rotation import Rotation
from exoval.noise.sampling import Sampling
from exoval.noise.schedule import Schedule
from exoval.noise.white_noise import WhiteNoise
from exoval.star import Star

#: electrons per second of a simulated star; only ratios matter
LEVEL = 1e5


def any_processes() -> dict[str, NoiseProcess]:
    """Return granulation, rotation and red noise with their default settings."""
    return {"granulation": Granulation(), "rotation": Rotation(), "red": RedNoise()}


@dataclass(frozen=True)
class ProceduralNoise:
    """The noise of a mission: its schedule, white noise, centroid jitter and further processes.

    ``processes`` are added to the white noise, by name; a null removes one.
    """

    schedule: Schedule = field(default_factory=Schedule)
    white: WhiteNoise = field(default_factory=WhiteNoise)
    processes: Mapping[str, NoiseProcess | None] = field(default_factory=any_processes)
    centroid: CentroidJitter = field(default_factory=CentroidJitter)

    def __post_init__(self) -> None:
        kept = {name: process for name, process in self.processes.items() if process is not None}
        wrong = [name for name, process in kept.items() if not callable(process)]
        if wrong:
            raise BadParameter(
                f"noise processes {wrong} are not noise processes; give each the _target_ "
                "of a class of exoval.noise"
            )
        object.__setattr__(self, "processes", kept)

    def light_curve(
        self,
        rng: np.random.Generator,
        mission: str,
        star: Star,
        *,
        exposure: float,
        crowding: float = 1.0,
        segments: int | None = None,
        band: str = "",
    ) -> LightCurve:
        """Simulate one light curve of a star.

        ``exposure`` is in days, ``segments`` replaces the schedule's number of segments.
        ``crowding`` is the target's share of the aperture's light; the flux is decrowded, so
        crowding only raises the noise.
        """
        sampling = self.schedule(rng, exposure, segments=segments)
        return self.observe(rng, sampling, mission, star, crowding=crowding, band=band)

    def observe(
        self,
        rng: np.random.Generator,
        sampling: Sampling,
        mission: str,
        star: Star,
        *,
        crowding: float = 1.0,
        band: str = "",
    ) -> LightCurve:
        """Simulate a light curve at given cadences, such as those of a real light curve."""
        error = self.white.error(star, exposure=sampling.exposure) / np.sqrt(crowding)
        relative = self.white(rng, sampling, star) / np.sqrt(crowding)
        for process in self.processes.values():
            relative = relative + process(rng, sampling, star)
        column, row = (self.centroid(rng, sampling, error, relative) for _ in range(2))
        return LightCurve(
            target=star.target,
            mission=mission,
            time=sampling.time,
            flux=LEVEL * (1 + relative),
            flux_error=np.full(len(sampling), LEVEL * error),
            exposure=sampling.exposure,
            segments=_segments(sampling, relative, crowding),
            centroid_column=column,
            centroid_row=row,
            band=band,
        )


def _segments(sampling: Sampling, relative: np.ndarray, crowding: float) -> tuple[Segment, ...]:
    """The segments with the six-hour noise measured in each."""
    return tuple(
        Segment(
            number=number,
            start=part.start,
            stop=part.stop,
            crowding=crowding,
            noise_ppm=precision_of_stretch(sampling.time[part], 1 + relative[part], hours=6.0),
        )
        for number, part in enumerate(sampling.segments)
    )
