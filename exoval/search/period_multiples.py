"""Multiples of a found period that explain the events nearly as well."""

from __future__ import annotations

from fractions import Fraction

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.search.event_strengths import strongest_event
from exoval.search.refine import box_event

#: a third, a half, twice and three times the period
MULTIPLES = (Fraction(1, 3), Fraction(1, 2), Fraction(2), Fraction(3))
#: a multiple fits nearly as well with at least this share of the strength. A half with data where
#: it adds events without a dip has 0.71, a double that leaves out half of equal events as well
NEARLY = 0.9


def fitting_multiples(light_curve: LightCurve, event: TransitEvent) -> list[tuple[float, float]]:
    """Return the multiples of an event's period that fit nearly as well, with their strengths.

    A fraction of the period does so if the events it adds fall into gaps, a multiple if the events
    it leaves out are few, weak or without data. ``light_curve`` is detrended. Each entry is a
    period in days and the signal-to-noise ratio of its best box; strongest first.
    """
    if event.transit_count < 2:
        return []
    own = event.ephemeris
    least = NEARLY * box_event(light_curve, own).signal_to_noise
    found = []
    for multiple in MULTIPLES:
        period = float(multiple) * own.period
        if period <= 2 * own.duration:
            continue
        epochs = [own.epoch + number * own.period for number in range(multiple.numerator)]
        boxes = [box_event(light_curve, Ephemeris(period, at, own.duration)) for at in epochs]
        best = max(boxes, key=lambda box: box.signal_to_noise)
        if best.signal_to_noise >= least > 0 and not _is_one_event(light_curve, best):
            found.append((period, best.signal_to_noise))
    return sorted(found, key=lambda one: -one[1])


def _is_one_event(light_curve: LightCurve, box: TransitEvent) -> bool:
    """Whether one of its events is stronger than all together, as one bad event is."""
    return strongest_event(light_curve, box.ephemeris)[0] >= box.signal_to_noise
