"""The only road from a light curve and an event to numbers, for simulated and real alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exoval.detrend.detrend import Detrend
from exoval.event import TransitEvent
from exoval.feature_table import Column
from exoval.features.folded_event import FeatureGroup, FoldedEvent
from exoval.lightcurve import LightCurve
from exoval.search.refine import refine
from exoval.star import Star


def measure(light_curve: LightCurve, event: TransitEvent, star: Star, detrend: Detrend,
            features: Mapping[str, FeatureGroup]) -> dict[str, float] | None:
    """Detrend with the event hidden from the trend, refine its ephemeris, measure every group.

    ``light_curve`` is undetrended. Returns one float per declared column, NaN where a group
    found nothing to measure; None if no box near the event holds data. Raises BadLightCurve if
    nothing is left after detrending.
    """
    flat = detrend(light_curve, event.ephemeris)
    refined = refine(flat, event.ephemeris, source=event.source)
    if refined is None:
        return None
    folded = FoldedEvent(flat, refined, star)
    row = {column.name: np.nan for column in declared_columns(features)}
    for group in features.values():
        row.update(group(folded))
    return {name: float(value) for name, value in row.items()}


def declared_columns(features: Mapping[str, FeatureGroup]) -> tuple[Column, ...]:
    """The columns of all groups, in order."""
    return tuple(column for group in features.values() for column in group.columns)
