"""A step of a survey's own processing: a light curve becomes another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

import numpy as np

from exoval.lightcurve import LightCurve, Segment


class Step(Protocol):
    """One step; the light curve that it returns may have fewer cadences and other times."""

    def __call__(self, light_curve: LightCurve) -> LightCurve: ...


def processed_by(steps: Iterable[Step], light_curve: LightCurve) -> LightCurve:
    """The light curve after all steps, one after the other, as users publish it.

    It says that it is processed, and has one segment, no error and no centroid: a product of plain
    times and fluxes has none of them. Raises BadLightCurve if a step leaves no cadence.
    """
    for step in steps:
        light_curve = step(light_curve)
    return as_published(light_curve)


def as_published(light_curve: LightCurve) -> LightCurve:
    """The times and fluxes alone, in one segment, marked as processed."""
    numbers = [segment.number for segment in light_curve.segments]
    nothing = np.full(len(light_curve), np.nan)
    return replace(
        light_curve,
        segments=(Segment(number=min(numbers), start=0, stop=len(light_curve)),),
        flux_error=nothing,
        centroid_column=nothing,
        centroid_row=nothing,
        is_processed=True,
    )
