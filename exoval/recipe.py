"""How the events of a labelled set were measured, so that any other event is measured alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from exoval.detrend.detrend import Detrend
from exoval.ephemeris import Ephemeris
from exoval.features.feature_group import FeatureGroup
from exoval.lightcurve import LightCurve
from exoval.missions.mission import Mission
from exoval.views.fine import FineViews
from exoval.views.view_form import ViewForm


@dataclass(frozen=True)
class Recipe:
    """What measured a labelled set, and what it covers.

    ``mission`` is that of the light curves to be measured; ``simulated`` the set's own where it is
    another one.
    """

    mission: Mission
    detrend: Detrend
    features: Mapping[str, FeatureGroup]
    threshold: float
    minimum_transits: int
    segments_per_light_curve: int
    views: bool = False
    view_form: ViewForm = field(default_factory=FineViews)
    simulated: Mission | None = None

    @property
    def periods(self) -> tuple[float, float]:
        """The shortest and the longest period that was simulated, days."""
        mission = self.simulated or self.mission
        return mission.minimum_period_days, mission.maximum_period_days


def segments_of_hosts(host: Mapping, settings: Mapping, mission: Mission) -> int:
    """Segments in a host's light curve: as the manifest says, or as the mission's schedule does.

    ``host`` is what the manifest says of the hosts, ``settings`` their configuration.
    """
    if "segments_per_light_curve" in host:
        return int(host["segments_per_light_curve"])
    if host.get("kind") != "procedural":
        return 1
    procedural = settings.get("procedural", settings)
    return int(procedural.get("segments") or mission.noise.schedule.segments)


def best_window(light_curve: LightCurve, ephemeris: Ephemeris, size: int) -> LightCurve:
    """The run of ``size`` segments, one after the other, with most cadences inside events."""
    segments = light_curve.segments
    inside = ephemeris.in_event(light_curve.time)
    best = max(
        _runs(len(segments), size),
        key=lambda run: sum(int(inside[segments[i].cadences].sum()) for i in run),
    )
    cadences = np.zeros(len(light_curve), dtype=bool)
    for i in best:
        cadences[segments[i].cadences] = True
    return light_curve.keep(cadences)


def _runs(count: int, size: int) -> Iterator[range]:
    size = min(size, count)
    return (range(first, first + size) for first in range(count - size + 1))
