"""Transforms of a light curve in which nothing transits: its dips moved, removed or made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoval.errors import BadParameter
from exoval.lightcurve import LightCurve
from exoval.missions.mission import Mission
from exoval.noise.sampling import Sampling
from exoval.star import Star

AS_IS, INVERTED, SCRAMBLED = "as_is", "inverted", "scrambled"
INVERTED_SCRAMBLED, PART, MADE_UP, DISTURBED = (
    "inverted_scrambled",
    "part",
    "made_up",
    "disturbed",
)
TRANSFORMS = (AS_IS, INVERTED, SCRAMBLED, INVERTED_SCRAMBLED, PART, MADE_UP, DISTURBED)
#: transforms of light curves with two segments or more
OF_SEVERAL_SEGMENTS = (SCRAMBLED, INVERTED_SCRAMBLED)
#: smallest share of a light curve that is a part of it
SMALLEST_PART = 0.4
#: the instrument's processes among a mission's noise, with which a light curve is disturbed
DISTURBANCES = ("dropouts", "rolling_bands")
#: draws of the disturbances until one leaves a trace
MOST_DRAWS = 1000


def transformed(
    light_curve: LightCurve,
    transform: str,
    rng: np.random.Generator,
    *,
    mission: Mission,
    star: Star,
) -> LightCurve:
    """The light curve after one of ``TRANSFORMS``.

    ``mission`` gives the noise of a light curve that is made up or disturbed, and ``star`` its
    brightness and temperature. Raises BadParameter for another transform, and for a mission whose
    noise lacks what the transform needs.
    """
    if transform == AS_IS:
        return light_curve
    if transform == INVERTED:
        return invert(light_curve)
    if transform == SCRAMBLED:
        return scramble(light_curve, rng)
    if transform == INVERTED_SCRAMBLED:
        return scramble(invert(light_curve), rng)
    if transform == PART:
        return part(light_curve, rng)
    if transform == MADE_UP:
        return made_up(light_curve, rng, mission=mission, star=star)
    if transform == DISTURBED:
        return disturbed(light_curve, rng, mission=mission, star=star)
    raise BadParameter(f"unknown transform {transform!r}; use one of {', '.join(TRANSFORMS)}")


def invert(light_curve: LightCurve) -> LightCurve:
    """The light curve with every segment inverted about its median: dips become bumps."""
    flux = light_curve.flux.copy()
    for segment in light_curve.segments:
        part = segment.cadences
        flux[part] = 2 * np.nanmedian(flux[part]) - flux[part]
    return light_curve.with_flux(flux)


def scramble(light_curve: LightCurve, rng: np.random.Generator) -> LightCurve:
    """The light curve with the fluxes of its segments permuted, so that no period survives.

    Every segment keeps its own times. Its fluxes come from another segment, cut or padded with NaN
    to its length and scaled to its level. Only segments of one exposure change places. A light
    curve without two such segments is returned unchanged.
    """
    segments = light_curve.segments
    order = _order(light_curve, rng)
    if (order == np.arange(len(segments))).all():
        return light_curve
    flux = np.full(len(light_curve), np.nan)
    for place, origin in zip(segments, order):
        values = light_curve.flux[segments[origin].cadences]
        level = np.nanmedian(light_curve.flux[place.cadences]) / np.nanmedian(values)
        size = min(len(values), place.stop - place.start)
        flux[place.start : place.start + size] = level * values[:size]
    kept = np.isfinite(flux)
    return replace(light_curve, flux=flux).keep(kept)


def part(light_curve: LightCurve, rng: np.random.Generator) -> LightCurve:
    """A stretch of the light curve, of ``SMALLEST_PART`` to all of its cadences.

    Not of its time: between segments far apart a stretch may hold no cadence at all.
    """
    cadences = len(light_curve)
    length = (SMALLEST_PART + (1 - SMALLEST_PART) * rng.random()) * cadences
    start = (cadences - length) * rng.random()
    place = np.arange(cadences) + 0.5
    return light_curve.keep((place >= start) & (place <= start + max(length, 1.0)))


def made_up(
    light_curve: LightCurve, rng: np.random.Generator, *, mission: Mission, star: Star
) -> LightCurve:
    """Procedural noise of the mission at the cadences of the light curve, and its segments."""
    noise = mission.noise.observe(
        rng, _sampling(light_curve), light_curve.mission, star, band=light_curve.band
    )
    return replace(
        light_curve,
        flux=noise.flux,
        flux_error=noise.flux_error,
        centroid_column=noise.centroid_column,
        centroid_row=noise.centroid_row,
    )


def disturbed(
    light_curve: LightCurve, rng: np.random.Generator, *, mission: Mission, star: Star
) -> LightCurve:
    """The light curve with at least one disturbance by the instrument (``DISTURBANCES``).

    Processes are drawn until one leaves a trace, so that rare ones count. Raises BadParameter for a
    mission without them.
    """
    processes = [mission.noise.processes.get(name) for name in DISTURBANCES]
    processes = [process for process in processes if process is not None]
    sampling = _sampling(light_curve)
    for _ in range(MOST_DRAWS if processes else 0):
        relative = sum(process(rng, sampling, star) for process in processes)
        if relative.any():
            return light_curve.with_flux(light_curve.flux * (1 + relative))
    raise BadParameter(
        f"mission {light_curve.mission} has no disturbance by its instrument in noise.processes "
        f"({', '.join(DISTURBANCES)}); add one, or leave {DISTURBED} out of no_transit.transforms"
    )


def _sampling(light_curve: LightCurve) -> Sampling:
    return Sampling(
        time=light_curve.time,
        exposure=light_curve.exposure,
        starts=tuple(segment.start for segment in light_curve.segments),
    )


def _order(light_curve: LightCurve, rng: np.random.Generator) -> np.ndarray:
    """The segment from which each segment gets its flux; not all are their own if two are alike."""
    exposures = light_curve.exposures
    own = np.array([exposures[segment.start] for segment in light_curve.segments])
    order = np.arange(len(own))
    for exposure in np.unique(own):
        members = np.flatnonzero(own == exposure)
        if len(members) < 2:
            continue
        places = rng.permutation(len(members))
        while (places == np.arange(len(members))).all():
            places = rng.permutation(len(members))
        order[members] = members[places]
    return order
