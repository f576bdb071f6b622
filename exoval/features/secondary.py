"""Is there a secondary eclipse, at which phase, and what would it mean?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from exoval.features.reason import CODES, Reason
from exoval.folded.box_scan import FEWEST_CADENCES, STEPS_PER_DURATION
from exoval.folded.folded_event import FoldedEvent
from exoval.search.period_grid import duration_scale
from exoval.table.column import Column

#: Bond albedo for the equilibrium temperature
ALBEDO = 0.3


@dataclass(frozen=True)
class SecondaryFeatures:
    """The strongest dip away from the event, and the dip at phase one half, as in circular orbits.

    Albedo and temperature are those of a planet whose day side the secondary hides, after
    Thompson et al. 2018 (ApJS 235, 38).
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "secondary_snr",
            "sigma",
            "strength of the strongest dip away from the event, white noise",
        ),
        Column(
            "secondary_mes", "sigma", "that strength in the scatter at all phases", "tce_maxmes"
        ),
        Column(
            "secondary_sigma",
            "sigma",
            "strength of the strongest dip as the normal deviate of "
            "its probability among all phases tried",
        ),
        Column(
            "secondary_phase",
            "",
            "phase of the dip, 0 to 0.5 either side",
            "tce_maxmesd",
            needs_period=True,
        ),
        Column("secondary_depth", "ppm", "depth of the dip", "wst_depth"),
        Column("secondary_depth_ratio", "", "depth of the dip over the event's depth"),
        Column(
            "half_phase_sigma",
            "sigma",
            "signed depth at half phase over its error",
            needs_period=True,
        ),
        Column(
            "half_phase_ratio", "", "depth at half phase over the event's depth", needs_period=True
        ),
        Column(
            "half_period_sigma",
            "sigma",
            "event's depth minus that at half phase, over the "
            "error: small if the period is really half",
            needs_period=True,
        ),
        Column(
            "secondary_albedo",
            "",
            "geometric albedo of a planet that reflects the light hidden in the secondary",
            "tce_albedo",
            needs_period=True,
        ),
        Column(
            "secondary_temperature",
            "K",
            "temperature of a day side that emits it",
            "tce_ptemp",
            needs_period=True,
        ),
        Column(
            "secondary_temperature_ratio",
            "",
            "day side over equilibrium temperature",
            needs_period=True,
        ),
        Column("secondary_reason", "", f"why columns are missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; NaN where no phase away from the event has data."""
        half = _half_phase(folded)
        scan, second = folded.scan, folded.scan.second
        if second is None:
            return half | {"secondary_reason": Reason.NOT_COVERED}
        strength, depth = float(scan.strength[second]), float(scan.depth[second] - scan.level)
        event_depth, _ = folded.depth
        row = half | {
            "secondary_snr": strength,
            "secondary_mes": strength / folded.phase_noise,
            "secondary_sigma": among_phases(
                strength / folded.phase_noise, durations=_tried(scan.away)
            ),
            "secondary_phase": abs(scan.time_from_mid[second]) / folded.period,
            "secondary_depth": 1e6 * depth,
            "secondary_depth_ratio": depth / event_depth if event_depth > 0 else np.nan,
        }
        known = math.isfinite(half["half_phase_sigma"])
        reason = Reason.MEASURED if known else Reason.NOT_COVERED
        planet = _as_planet(folded, depth)
        if reason == Reason.MEASURED and not planet:
            reason = Reason.UNKNOWN_STAR
        return row | planet | {"secondary_reason": reason}


def _half_phase(folded: FoldedEvent) -> dict[str, float]:
    """Depth in a box half a period from the event; NaN where it holds too few cadences."""
    there = np.abs(folded.time_from_mid) > 0.5 * (folded.period - folded.duration)
    depth, error = folded.box_depth(there)
    depth -= folded.scan.level
    event_depth, event_error = folded.depth
    if there.sum() < FEWEST_CADENCES or not math.isfinite(event_depth):
        return dict.fromkeys(
            ("half_phase_sigma", "half_phase_ratio", "half_period_sigma"), math.nan
        )
    return {
        "half_phase_sigma": depth / error / folded.phase_noise,
        "half_phase_ratio": depth / event_depth if event_depth > 0 else math.nan,
        "half_period_sigma": (event_depth - depth)
        / np.hypot(error, event_error)
        / folded.phase_noise,
    }


def _tried(away: np.ndarray) -> float:
    """Total length of the phases tried, in durations."""
    return max(float(away.sum()) / STEPS_PER_DURATION, 1.0)


def among_phases(strength: float, *, durations: float) -> float:
    """Strength as a normal deviate, given that it is the largest along ``durations`` of noise.

    The correlation of a sliding box falls off linearly, so that its maxima are those of
    Siegmund 1985 (Sequential Analysis, ch. IV): P(max > u) = 1 - exp(-L u phi(u) nu(u sqrt(2 /
    m))) for L durations in steps of 1 / m, nu(x) = exp(-0.583 x). Negative for a maximum below
    the median one.
    """
    # the rate of upcrossings holds for high levels: below its maximum at 0.82 it falls again
    u = max(strength, 0.82)
    log_density = -0.5 * u * u - 0.5 * math.log(2 * math.pi)
    overshoot = -0.583 * u * math.sqrt(2 / STEPS_PER_DURATION)
    # one box at its own place, then the upcrossings along the rest
    expected = math.exp(float(log_ndtr(-strength))) + durations * u * math.exp(
        log_density + overshoot
    )
    if expected < 1e-12:
        log_chance = math.log(durations * u) + log_density + overshoot
    elif expected < 1:
        log_chance = math.log(-math.expm1(-expected))
    else:
        # near 1 the complement keeps the digits
        return float(ndtri_exp(-expected))
    return -float(ndtri_exp(log_chance))


def _as_planet(folded: FoldedEvent, depth: float) -> dict[str, float]:
    """Albedo and temperature that the secondary implies; empty if star or planet is unknown."""
    star, fit = folded.star, folded.transit
    if fit is None or not math.isfinite(star.density * star.teff):
        return {}
    ratio = fit.mean["radius_ratio"]
    # a / R of a circular orbit around the catalogue's star
    axis = folded.period ** (2 / 3) / (math.pi * duration_scale(star.density))
    shining = max(depth, 0.0)
    temperature = star.teff * (shining / ratio**2) ** 0.25
    equilibrium = star.teff * math.sqrt(0.5 / axis) * (1 - ALBEDO) ** 0.25
    return {
        "secondary_albedo": shining * (axis / ratio) ** 2,
        "secondary_temperature": temperature,
        "secondary_temperature_ratio": temperature / equilibrium,
    }
