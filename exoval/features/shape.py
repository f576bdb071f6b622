"""Shape of the event without a model of the star: trapezoid, line and sinusoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.features.reason import CODES, Reason
from exoval.folded.folded_event import FoldedEvent
from exoval.folded.profile import Profile
from exoval.folded.trapezoid import TrapezoidFit
from exoval.table.column import Column

#: bins of the whole period in which sinusoid and trapezoid are compared
PERIOD_BINS = 200
#: longest stretch of phase without data across which a sinusoid is drawn
LONGEST_GAP = 0.25


@dataclass(frozen=True)
class ShapeFeatures:
    """Least-squares trapezoid on the folded event, against a straight line and a sinusoid."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("depth", "ppm", "depth of the trapezoid's floor"),
        Column("depth_error", "ppm", "error of the depth, red noise included"),
        Column("trapezoid_duration", "h", "first to fourth contact of the trapezoid"),
        Column("trapezoid_duration_error", "h", "error of the duration, red noise included"),
        Column(
            "ingress_share", "", "ingress over half the duration: 0 box, 1 triangle", "koi_ingress"
        ),
        Column("trapezoid_offset", "", "mid-time of the trapezoid from the box, in durations"),
        Column("trapezoid_chi2", "", "reduced chi-squared of the trapezoid"),
        Column("line_gain", "sigma", "root of the chi-squared gain over a straight line"),
        Column(
            "sinusoid_gain",
            "",
            "chi-squared gain of a sinusoid at the period over that of "
            "the trapezoid, both against a constant at all phases; missing if phases lack data",
            "SWEET",
            needs_period=True,
        ),
        Column("shape_reason", "", f"why the trapezoid is missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; only the reason where too few bins are filled."""
        profile, fit = folded.whole_profile, folded.trapezoid
        if fit is None:
            return {"shape_reason": Reason.TOO_FEW_CADENCES}
        return {
            "depth": 1e6 * fit.depth,
            "depth_error": 1e6 * fit.depth_error * folded.noise,
            "trapezoid_duration": 24 * fit.duration,
            "trapezoid_duration_error": 24 * fit.duration_error * folded.noise,
            "ingress_share": fit.ingress_share,
            "trapezoid_offset": fit.offset / folded.duration,
            "trapezoid_chi2": fit.chi2 / max(fit.bins - 5, 1),
            "line_gain": np.sqrt(max(_chi2_of_line(profile) - fit.chi2, 0.0)),
            "sinusoid_gain": _sinusoid_gain(folded, fit),
            "shape_reason": Reason.MEASURED,
        }


def _chi2_of_line(profile: Profile) -> float:
    weight = profile.error**-2.0
    time = profile.time - np.average(profile.time, weights=weight)
    dip = profile.dip - np.average(profile.dip, weights=weight)
    spread = np.sum(weight * time**2)
    slope = np.sum(weight * time * dip) / spread if spread > 0 else 0.0
    return float(np.sum(weight * (dip - slope * time) ** 2))


def _sinusoid_gain(folded: FoldedEvent, fit: TrapezoidFit) -> float:
    """Chi-squared gain of a sinusoid at the period over that of the trapezoid.

    NaN if the data do not determine the sinusoid: they are shorter than a period or leave more
    than ``LONGEST_GAP`` of it empty. The trapezoid's gain counts as at least 1, the gain of one
    free depth by chance; so the ratio is at most the chi-squared of a constant.
    """
    phase = (folded.time_from_mid / folded.period + 0.5) % 1
    index = np.minimum((phase * PERIOD_BINS).astype(np.int64), PERIOD_BINS - 1)
    weight = np.bincount(index, folded.weight, PERIOD_BINS)
    middle = (np.flatnonzero(weight > 0) + 0.5) / PERIOD_BINS
    gap = np.diff(middle, append=middle[0] + 1).max()
    if folded.light_curve.baseline < folded.period or gap > LONGEST_GAP:
        return float("nan")
    # bins for the slow sinusoid, single cadences for the event, which may be short
    filled = weight > 0
    dip = np.bincount(index, folded.weight * folded.dip, PERIOD_BINS)[filled] / weight[filled]
    angle = 2 * np.pi * middle
    wave = _gain(
        np.stack([np.ones(len(middle)), np.cos(angle), np.sin(angle)], axis=1), dip, weight[filled]
    )
    return wave / max(_gain_of_shape(fit.dip(folded.time_from_mid), folded.dip, folded.weight), 1.0)


def _gain_of_shape(shape: np.ndarray, dip: np.ndarray, weight: np.ndarray) -> float:
    """Chi-squared gain of a constant and a shape of free depth over a constant."""
    shape = shape - np.average(shape, weights=weight)
    norm = np.sum(weight * shape**2)
    return float(np.sum(weight * shape * dip) ** 2 / norm) if norm > 0 else 0.0


def _gain(design: np.ndarray, dip: np.ndarray, weight: np.ndarray) -> float:
    """Chi-squared gain of a linear model over a constant."""
    root = np.sqrt(weight)
    solution, *_ = np.linalg.lstsq(design * root[:, None], dip * root, rcond=None)
    constant = np.sum(weight * (dip - np.average(dip, weights=weight)) ** 2)
    return float(constant - np.sum(weight * (dip - design @ solution) ** 2))
