"""Does the star vary at the event's period before detrending?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.features.reason import CODES, Reason
from exoval.folded.folded_event import FoldedEvent
from exoval.lightcurve import LightCurve
from exoval.table.column import Column

#: bins of two periods to which sinusoids are fitted, and fewest filled ones
BINS, FEWEST_BINS = 240, 40


@dataclass(frozen=True)
class SinusoidFeatures:
    """Sinusoids in the undetrended light curve outside the event, each segment over its median.

    SWEET (Thompson et al. 2018, ApJS 235, 38) at half, once and twice the period, and the terms
    of a close pair at the period (Morris & Naftilan 1993, ApJ 419, 344). Errors are scaled to
    the residuals.
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "sweet_sigma",
            "sigma",
            "strongest sinusoid at half, once or twice the period over its error",
            "SWEET",
            needs_period=True,
        ),
        Column("sweet_amplitude", "ppm", "amplitude of the strongest sinusoid", needs_period=True),
        Column(
            "sweet_over_depth",
            "",
            "amplitude of the strongest sinusoid over the event's depth",
            needs_period=True,
        ),
        Column(
            "double_period_wave",
            "",
            "sinusoid at twice the period over that at the period",
            needs_period=True,
        ),
        Column(
            "ellipsoidal_amplitude",
            "ppm",
            "light at quadrature above that at conjunction, twice a period",
            needs_period=True,
        ),
        Column(
            "ellipsoidal_sigma", "sigma", "ellipsoidal amplitude over its error", needs_period=True
        ),
        Column(
            "reflection_amplitude",
            "ppm",
            "light opposite the event above that beside it, once a period",
            needs_period=True,
        ),
        Column(
            "reflection_sigma", "sigma", "reflection amplitude over its error", needs_period=True
        ),
        Column(
            "beaming_amplitude",
            "ppm",
            "light before half phase above that after it",
            needs_period=True,
        ),
        Column("sinusoid_reason", "", f"why columns are missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; only the reason if the undetrended light curve is not given."""
        if folded.undetrended is None:
            return {"sinusoid_reason": Reason.NOT_GIVEN}
        phase, flux, weight = _binned(folded, folded.undetrended)
        if len(phase) < FEWEST_BINS:
            return {"sinusoid_reason": Reason.TOO_FEW_CADENCES}
        depth, _ = folded.depth
        waves = [_wave(phase, flux, weight, (harmonic,)) for harmonic in (2.0, 1.0, 0.5)]
        sizes = [np.hypot(*values) for values, _ in waves]
        sigmas = [
            size / np.hypot(*errors) * math.sqrt(2) for size, (_, errors) in zip(sizes, waves)
        ]
        strongest = int(np.argmax(sigmas))
        (reflection, beaming, ellipsoidal, _), errors = _wave(phase, flux, weight, (1.0, 2.0))
        return {
            "sweet_sigma": sigmas[strongest],
            "sweet_amplitude": 1e6 * sizes[strongest],
            "sweet_over_depth": sizes[strongest] / depth if depth > 0 else np.nan,
            "double_period_wave": sizes[2] / sizes[1] if sizes[1] > 0 else np.nan,
            "ellipsoidal_amplitude": -1e6 * ellipsoidal,
            "ellipsoidal_sigma": -ellipsoidal / errors[2],
            "reflection_amplitude": -1e6 * reflection,
            "reflection_sigma": -reflection / errors[0],
            "beaming_amplitude": 1e6 * beaming,
            "sinusoid_reason": Reason.MEASURED,
        }


def _binned(folded: FoldedEvent, curve: LightCurve) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Phase (periods from an even event, -1 to 1), mean flux about 0 and weight of filled bins.

    Cadences within a duration of an event are left out; each segment's level is divided out.
    """
    flux = np.array(curve.flux, dtype=float)
    for segment in curve.segments:
        part = segment.cadences
        flux[part] /= np.nanmedian(flux[part])
    cycle = (curve.time - folded.event.ephemeris.epoch) / folded.period
    away = np.abs(cycle - np.floor(cycle + 0.5)) > folded.duration / folded.period
    good = np.flatnonzero(away & np.isfinite(flux))
    place = 0.5 * cycle[good]
    index = ((place - np.floor(place)) * BINS).astype(np.int64)
    index = np.minimum(index, BINS - 1)
    count = np.bincount(index, minlength=BINS)
    filled = count > 0
    mean = np.bincount(index, flux[good] - 1, BINS)[filled] / count[filled]
    phase = 2 * (np.flatnonzero(filled) + 0.5) / BINS
    return phase, mean, count[filled].astype(float)


def _wave(
    phase: np.ndarray, flux: np.ndarray, weight: np.ndarray, harmonics: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Cosine and sine amplitudes of each harmonic with a constant, and their errors."""
    parts = [np.ones(len(phase))]
    for harmonic in harmonics:
        angle = 2 * np.pi * harmonic * phase
        parts += [np.cos(angle), np.sin(angle)]
    design = np.stack(parts, axis=1)
    curvature = design.T @ (design * weight[:, None])
    solution = np.linalg.lstsq(curvature, design.T @ (weight * flux), rcond=None)[0]
    residual = flux - design @ solution
    scale = np.sum(weight * residual**2) / max(len(phase) - design.shape[1], 1)
    error = np.sqrt(np.maximum(np.diag(np.linalg.pinv(curvature)) * scale, 1e-30))
    return solution[1:], error[1:]
