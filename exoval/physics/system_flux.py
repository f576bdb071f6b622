"""Flux and photocentre of all sources in the aperture: the sum behind every scenario."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.physics.phase_curve import phase_curve_flux
from exoval.physics.transit_flux import TransitModel
from exoval.system import Source, System


@dataclass(frozen=True)
class SystemLight:
    """Relative flux of the aperture and its photocentre, one value for each cadence.

    ``flux`` is one out of eclipse or, with phase curves, varies about one; ``column`` and ``row``
    are arcsec from the target along the detector's axes.
    """

    flux: np.ndarray
    column: np.ndarray
    row: np.ndarray


def system_flux(
    time: np.ndarray, system: System, *, exposure: float, transit_model: TransitModel
) -> SystemLight:
    """Sum the sources of a system: F = sum f_i m_i and x = sum f_i m_i x_i / F.

    ``time`` holds mid-exposure days (any shape), ``exposure`` days. Out of eclipse F is exactly 1.0
    and the photocentre exactly constant, unless an orbit has a phase curve. The photocentre is NaN
    where all light is hidden.
    """
    # written with the lost light d_i = f_i (1 - m_i), so that F is exactly 1 out of eclipse
    shape = np.shape(time)
    flux = np.ones(np.size(time))
    column, row = (np.full(flux.shape, place) for place in _undimmed_photocentre(system))
    for source in system.sources:
        if source.orbit is None or source.flux_fraction == 0:
            continue
        model = _source_flux(time, source, exposure, transit_model).reshape(-1)
        dimmed = np.flatnonzero(model != 1)  # a few percent of a light curve
        lost = source.flux_fraction * (1 - model[dimmed])
        flux[dimmed] -= lost
        column[dimmed] -= lost * source.offset_column
        row[dimmed] -= lost * source.offset_row
    changed = np.flatnonzero(flux != 1)
    shining = np.where(flux[changed] > 0, flux[changed], np.nan)
    column[changed] /= shining
    row[changed] /= shining
    return SystemLight(flux.reshape(shape), column.reshape(shape), row.reshape(shape))


def _undimmed_photocentre(system: System) -> tuple[float, float]:
    """Column and row of the photocentre out of eclipse."""
    return (
        sum(source.flux_fraction * source.offset_column for source in system.sources),
        sum(source.flux_fraction * source.offset_row for source in system.sources),
    )


def _source_flux(
    time: np.ndarray, source: Source, exposure: float, transit_model: TransitModel
) -> np.ndarray:
    """Relative flux of a source with an orbit, including a phase curve if the orbit has one."""
    if source.orbit.phase_curve is None:
        return transit_model(time, source.orbit, source.limb_darkening, exposure)
    return phase_curve_flux(
        time,
        source.orbit,
        limb_darkening=source.limb_darkening,
        exposure=exposure,
        transit_model=transit_model,
    )
