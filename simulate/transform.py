"""Light curves that hold the noise of a star but none of its dips where they were."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoval.lightcurve import LightCurve

AS_IS, INVERTED, SCRAMBLED = "as_is", "inverted", "scrambled"


def invert(light_curve: LightCurve) -> LightCurve:
    """Turn every segment upside down about its median: dips become bumps and bumps dips."""
    flux = light_curve.flux.copy()
    for segment in light_curve.segments:
        part = segment.cadences
        flux[part] = 2 * np.nanmedian(flux[part]) - flux[part]
    return light_curve.with_flux(flux)


def scramble(light_curve: LightCurve, rng: np.random.Generator) -> LightCurve:
    """Put the fluxes of the segments in another order, so that nothing periodic survives.

    Every segment keeps its own times; its fluxes come from another one, cut or padded with NaN
    to its length, scaled to its level. With a single segment nothing can be permuted and the
    light curve comes back as it was.
    """
    segments = light_curve.segments
    if len(segments) < 2:
        return light_curve
    order = rng.permutation(len(segments))
    while (order == np.arange(len(segments))).all():
        order = rng.permutation(len(segments))
    flux = np.full(len(light_curve), np.nan)
    for place, origin in zip(segments, order):
        values = light_curve.flux[segments[origin].cadences]
        level = np.nanmedian(light_curve.flux[place.cadences]) / np.nanmedian(values)
        size = min(len(values), place.stop - place.start)
        flux[place.start : place.start + size] = level * values[:size]
    kept = np.isfinite(flux)
    return replace(light_curve, flux=flux).keep(kept)
