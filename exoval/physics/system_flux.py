"""Flux and photocentre of all sources in the aperture: the sum behind every scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from exoval.physics.phase_curve import phase_curve_flux
from exoval.physics.transit_flux import TransitModel
from exoval.system import Orbit, Source, System


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

    The dips of several orbits of one source add up. This is exact, except where the discs of two
    companions overlap in front of body 1: two bodies together hide at least what the larger hides
    alone and at most the sum, so the sum overstates the loss by at most the smaller one's own, and
    for more bodies by at most those of all but the largest. No source gives less than no light.
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


def orbit_alone(system: System, number: int) -> System:
    """Return the system in which only one of its orbits, counted from 0, dims its source.

    The light of the source's other companions stays, as a constant source in the same place. A
    system of one orbit is returned as it is.
    """
    if len(system.orbits) == 1 and number == 0:
        return system
    sources: list[Source] = []
    earlier = 0
    for source in system.sources:
        place = number - earlier
        earlier += len(source.orbits)
        constant = source.with_orbits(())
        if not 0 <= place < len(source.orbits):
            sources.append(constant)
            continue
        orbit = source.orbits[place]
        share = source.flux_fraction * _light_share(source, orbit)
        sources.append(replace(constant, orbit=orbit, flux_fraction=share))
        if share < source.flux_fraction:
            sources.append(replace(constant, flux_fraction=source.flux_fraction - share))
    return replace(system, sources=tuple(sources), further_truth=())


def _source_flux(
    time: np.ndarray, source: Source, exposure: float, transit_model: TransitModel
) -> np.ndarray:
    """Relative flux of a source with all its orbits."""
    models = [
        _orbit_flux(time, orbit, source, exposure=exposure, transit_model=transit_model)
        for orbit in source.orbits
    ]
    if len(models) == 1:
        return models[0]
    lost = sum(
        _light_share(source, orbit) * (1 - model)
        for orbit, model in zip(source.orbits, models, strict=True)
    )
    return np.maximum(1 - lost, 0.0)


def _light_share(source: Source, orbit: Orbit) -> float:
    """Light of body 1 and one companion as a share of all bodies'; exactly 1 if others are dark."""
    return (1 + _companion_light(orbit)) / (1 + sum(_companion_light(o) for o in source.orbits))


def _companion_light(orbit: Orbit) -> float:
    """Light of body 2 in units of body 1's."""
    return orbit.surface_brightness_ratio * orbit.radius_ratio**2


def _orbit_flux(
    time: np.ndarray,
    orbit: Orbit,
    source: Source,
    *,
    exposure: float,
    transit_model: TransitModel,
) -> np.ndarray:
    """Relative flux of body 1 and one companion, including a phase curve if the orbit has one."""
    if orbit.phase_curve is None:
        return transit_model(time, orbit, source.limb_darkening, exposure)
    return phase_curve_flux(
        time,
        orbit,
        limb_darkening=source.limb_darkening,
        exposure=exposure,
        transit_model=transit_model,
    )
