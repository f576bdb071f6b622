"""The shape of the event: a trapezoid and what it implies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import least_squares

from exoval.feature_table import Column
from exoval.features.folded_event import FoldedEvent
from exoval.search.period_grid import duration_scale

#: Earth radii in a solar radius
EARTH_RADII_PER_SOLAR = 109.076
#: durations from mid-event within which a bin must be filled for a depth to start from
CORE = 0.4


@dataclass(frozen=True)
class ShapeFeatures:
    """Least-squares trapezoid on the folded event, against a straight line and a sinusoid.

    ``bins`` bins span ``window`` durations (full width). From the trapezoid follow radius ratio,
    impact parameter and the stellar density a circular orbit would need (Seager &
    Mallén-Ornelas 2003, ApJ 585, 1038), all without limb darkening.
    """

    bins: int = 61
    window: float = 4.0
    columns: ClassVar[tuple[Column, ...]] = (
        Column("depth", "ppm", "depth of the trapezoid's floor", "koi_depth"),
        Column("trapezoid_duration", "h", "first to fourth contact of the trapezoid",
               "koi_duration"),
        Column("ingress_share", "", "ingress over half the duration: 0 box, 1 triangle",
               "koi_ingress"),
        Column("trapezoid_offset", "", "mid-time of the trapezoid from the box, in durations"),
        Column("trapezoid_chi2", "", "reduced chi-squared of the trapezoid"),
        Column("line_gain", "sigma", "root of the chi-squared gain over a straight line"),
        Column("sinusoid_gain", "", "chi-squared gain of a sinusoid of the period over that of "
               "the trapezoid, both over a constant, all phases", "SWEET"),
        Column("radius_ratio", "", "square root of the depth", "koi_ror"),
        Column("impact_parameter", "", "from the trapezoid, circular orbit", "koi_impact"),
        Column("planet_radius", "R_earth", "radius ratio times stellar radius", "koi_prad"),
        Column("density_ratio", "", "stellar density the duration implies over the catalogue's",
               "koi_srho"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN where too few bins are filled or the fit does not converge."""
        phase, dip, error = binned_event(folded, self.window, self.bins)
        if len(phase) < 8 or not (np.abs(phase) < CORE).any():
            return {}
        fit = fit_trapezoid(phase, dip, error)
        if fit is None:
            return {}
        depth, duration, ingress, offset, chi2 = fit
        line = _chi2_of_line(phase, dip, error)
        row = {
            "depth": 1e6 * depth,
            "trapezoid_duration": 24 * duration * folded.duration,
            "ingress_share": ingress,
            "trapezoid_offset": offset,
            "trapezoid_chi2": chi2 / max(len(phase) - 5, 1),
            "line_gain": np.sqrt(max(line - chi2, 0.0)),
            "sinusoid_gain": _sinusoid_gain(folded, depth, duration * folded.duration, ingress),
        }
        return row | _implied(folded, depth, duration * folded.duration, ingress)


def binned_event(folded: FoldedEvent, window: float, bins: int
                 ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weighted means of the dip in bins of phase around the event.

    Returns bin phase (durations from mid-event), dip and its error, filled bins only.
    """
    window = min(window, folded.period / folded.duration)
    phase = folded.time_from_mid / folded.duration
    near = np.abs(phase) < 0.5 * window
    index = ((phase[near] / window + 0.5) * bins).astype(int).clip(0, bins - 1)
    weight = np.bincount(index, folded.weight[near], bins)
    filled = weight > 0
    mean_phase = np.bincount(index, folded.weight[near] * phase[near], bins)
    mean_dip = np.bincount(index, folded.weight[near] * folded.dip[near], bins)
    weight = weight[filled]
    return mean_phase[filled] / weight, mean_dip[filled] / weight, weight**-0.5


def trapezoid(phase: np.ndarray, depth: float, duration: float, ingress_share: float,
              offset: float) -> np.ndarray:
    """Dip of a trapezoid; ``ingress_share`` is ingress over half the duration."""
    distance = np.abs(phase - offset) / (0.5 * duration)
    return depth * np.clip((1 - distance) / max(ingress_share, 1e-6), 0, 1)


def fit_trapezoid(phase: np.ndarray, dip: np.ndarray, error: np.ndarray
                  ) -> tuple[float, float, float, float, float] | None:
    """Depth, duration, ingress share, offset (durations) and chi-squared of the best trapezoid.

    A level is fitted with them. None if no start converges.
    """
    start_depth = max(float(np.median(dip[np.abs(phase) < CORE])), float(error.min()))
    lower = [0.0, 0.2, 0.02, -0.5, -start_depth]
    upper = [5 * start_depth + 1e-12, 3.0, 1.0, 0.5, start_depth]

    def residual(parameters: np.ndarray) -> np.ndarray:
        *shape, level = parameters
        return (dip - level - trapezoid(phase, *shape)) / error

    best = None
    for ingress in (0.15, 0.8):
        start = [start_depth, 1.05, ingress, 0.0, 0.0]
        result = least_squares(residual, start, bounds=(lower, upper),
                               x_scale=[start_depth, 0.3, 0.3, 0.1, start_depth], max_nfev=60)
        if np.isfinite(result.cost) and (best is None or result.cost < best.cost):
            best = result
    if best is None:
        return None
    depth, duration, ingress, offset, _ = best.x
    return depth, duration, ingress, offset, 2 * best.cost


def _chi2_of_line(phase: np.ndarray, dip: np.ndarray, error: np.ndarray) -> float:
    coefficients = np.polyfit(phase, dip, 1, w=1 / error)
    return float(np.sum(((dip - np.polyval(coefficients, phase)) / error) ** 2))


def _sinusoid_gain(folded: FoldedEvent, depth: float, duration: float, ingress: float) -> float:
    """What a sinusoid at the period explains over what the trapezoid explains."""
    bins = 200
    index = ((folded.time_from_mid / folded.period + 0.5) * bins).astype(int).clip(0, bins - 1)
    weight = np.bincount(index, folded.weight, bins)
    filled = weight > 0
    dip = np.bincount(index, folded.weight * folded.dip, bins)[filled] / weight[filled]
    weight = weight[filled]
    phase = (np.flatnonzero(filled) + 0.5) / bins - 0.5
    angle = 2 * np.pi * phase
    models = ([np.cos(angle), np.sin(angle)],
              [trapezoid(phase * folded.period, depth, duration, ingress, 0.0)])
    gains = [_gain(np.stack([np.ones(len(phase)), *parts], axis=1), dip, weight)
             for parts in models]
    return float(gains[0] / gains[1]) if gains[1] > 0 else float("nan")


def _gain(design: np.ndarray, dip: np.ndarray, weight: np.ndarray) -> float:
    """Chi-squared gain of a linear model over a constant."""
    root = np.sqrt(weight)
    solution, *_ = np.linalg.lstsq(design * root[:, None], dip * root, rcond=None)
    constant = np.sum(weight * (dip - np.average(dip, weights=weight)) ** 2)
    return float(constant - np.sum(weight * (dip - design @ solution) ** 2))


def _implied(folded: FoldedEvent, depth: float, duration: float, ingress: float
             ) -> dict[str, float]:
    """Radius ratio, impact parameter, planet radius and density ratio from the trapezoid."""
    ratio = np.sqrt(max(depth, 0.0))
    # with s = (T23 / T14)^2, b^2 = ((1 - k)^2 - s (1 + k)^2) / (1 - s)
    share = (1 - ingress) ** 2
    impact_squared = ((1 - ratio) ** 2 - share * (1 + ratio) ** 2) / max(1 - share, 1e-9)
    impact = np.sqrt(np.clip(impact_squared, 0.0, (1 + ratio) ** 2))
    chord = np.sqrt(max((1 + ratio) ** 2 - impact**2, 0.0))
    central = duration_scale(1.0) * folded.period ** (1 / 3)
    density = (chord * central / duration) ** 3
    return {
        "radius_ratio": ratio,
        "impact_parameter": impact,
        "planet_radius": ratio * folded.star.radius * EARTH_RADII_PER_SOLAR,
        "density_ratio": density / folded.star.density,
    }
