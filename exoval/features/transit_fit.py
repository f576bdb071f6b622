"""Parameters of the limb-darkened transit that fits the event."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exoval.features.reason import CODES, Reason
from exoval.folded.folded_event import FoldedEvent
from exoval.search.period_grid import duration_scale
from exoval.table.column import Column
from exoval.units import EARTH_RADII_PER_SOLAR_RADIUS


@dataclass(frozen=True)
class TransitFitFeatures:
    """Limb-darkened transit of a circular orbit, exposures integrated exactly.

    Means and errors are those of the posterior of exoval.folded.limb_darkened_transit. The
    duration gives the stellar density (Seager & Mallén-Ornelas 2003, ApJ 585, 1038).
    """

    columns: ClassVar[tuple[Column, ...]] = (
        Column("transit_depth", "ppm", "light lost at mid-transit", "koi_depth"),
        Column("transit_depth_error", "ppm", "error of the transit depth"),
        Column("transit_duration", "h", "first to fourth contact", "koi_duration"),
        Column("transit_duration_error", "h", "error of the transit duration"),
        Column("ingress_duration", "h", "first to second contact", "koi_ingress"),
        Column("flat_share", "", "second to third contact over first to fourth; 0 grazing"),
        Column("radius_ratio", "", "planet radius over stellar radius", "koi_ror"),
        Column("radius_ratio_error", "", "error of the radius ratio"),
        Column("impact_parameter", "", "impact parameter in stellar radii", "koi_impact"),
        Column("impact_parameter_error", "", "error of the impact parameter"),
        Column(
            "scaled_axis",
            "",
            "a over stellar radius of a circular orbit",
            "koi_dor",
            needs_period=True,
        ),
        Column("planet_radius", "R_earth", "radius ratio times stellar radius", "koi_prad"),
        Column(
            "density_ratio",
            "",
            "stellar density the transit implies over the catalogue's",
            "koi_srho",
            needs_period=True,
        ),
        Column(
            "density_ratio_error",
            "dex",
            "error of the density ratio's logarithm",
            needs_period=True,
        ),
        Column("transit_chi2", "", "reduced chi-squared of the transit"),
        Column(
            "transit_over_trapezoid",
            "sigma",
            "signed root of the chi-squared difference, positive where the transit fits better",
        ),
        Column("transit_fit_reason", "", f"why the fit is missing: {CODES}"),
    )

    def __call__(self, folded: FoldedEvent) -> dict[str, float]:
        """The columns; only the reason if no transit could be fitted."""
        if folded.trapezoid is None:
            return {"transit_fit_reason": Reason.TOO_FEW_CADENCES}
        fit = folded.transit
        if fit is None:
            dips = folded.trapezoid.depth > 0
            return {"transit_fit_reason": Reason.NO_CONVERGENCE if dips else Reason.NO_DIP}
        mean, error, star = fit.mean, fit.error, folded.star
        # a over R of the same orbit around a star of solar density
        solar_axis = folded.period ** (2 / 3) / (math.pi * duration_scale(1.0))
        difference = folded.trapezoid.chi2 - fit.chi2
        return {
            "transit_depth": 1e6 * mean["depth"],
            "transit_depth_error": 1e6 * error["depth"],
            "transit_duration": 24 * mean["duration"],
            "transit_duration_error": 24 * error["duration"],
            "ingress_duration": 12 * (mean["duration"] - mean["flat_duration"]),
            "flat_share": mean["flat_duration"] / mean["duration"],
            "radius_ratio": mean["radius_ratio"],
            "radius_ratio_error": error["radius_ratio"],
            "impact_parameter": mean["impact_parameter"],
            "impact_parameter_error": error["impact_parameter"],
            "scaled_axis": math.exp(fit.log_axis),
            "planet_radius": mean["radius_ratio"] * star.radius * EARTH_RADII_PER_SOLAR_RADIUS,
            "density_ratio": math.exp(3 * (fit.log_axis - math.log(solar_axis))) / star.density,
            "density_ratio_error": 3 * fit.log_axis_error / math.log(10),
            "transit_chi2": fit.chi2 / max(fit.bins - 5, 1),
            "transit_over_trapezoid": float(np.sign(difference) * math.sqrt(abs(difference))),
            "transit_fit_reason": Reason.MEASURED,
        }
