"""Transforms of a light curve that keep its noise and remove or move its dips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoval.lightcurve import LightCurve

AS_IS, INVERTED, SCRAMBLED = "as_is", "inverted", "scrambled"


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
