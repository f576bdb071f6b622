"""The figure of one system: its light over an orbit, both eclipses, photocentre and parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from exoval.errors import ExovalError
from exoval.missions.kepler import EXPOSURE_DAYS
from exoval.physics.exact_flux import ExactModel
from exoval.physics.orbit import contact_interval, inclination, secondary_delay, seen_from_body_2
from exoval.physics.system_flux import SystemLight, system_flux
from exoval.physics.transit_flux import TransitModel
from exoval.system import Orbit, System
from exoval.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LIGHT, COLUMN, ROW = "#1f3b6f", "#c2541b", "#4a8f5c"
#: eclipses of a further orbit that are drawn in detail within one period of the first
MOST_EVENTS = 50


def plot_system(
    system: System, exposure: float = EXPOSURE_DAYS, transit_model: TransitModel | None = None
) -> Figure:
    """Draw flux over phase, close-ups of both eclipses, photocentre, sky and parameters.

    ``exposure`` is in days; the engine is ExactModel unless given. The orbit shown is that of the
    system's signal, with the dips of the other orbits when they happen; a system without one is
    shown for a day. Raises ExovalError, which names the
    extra to install, without matplotlib.
    """
    figure_class, ticks = _matplotlib()
    figure = figure_class(figsize=(11, 8.5), layout="constrained")
    grid = figure.add_gridspec(3, 3, height_ratios=(1.1, 1, 1))
    model = transit_model or ExactModel()
    orbit = system.signal
    whole = figure.add_subplot(grid[0, :])
    _draw_orbit(whole, system, orbit, exposure, model)
    for place, title, middle in _close_ups(orbit):
        seen = orbit if place == 0 else seen_from_body_2(orbit)
        times = middle + _around(seen, exposure)
        light = system_flux(times, system, exposure=exposure, transit_model=model)
        close = figure.add_subplot(grid[1, place])
        _draw_close_up(close, title, times - middle, light)
        centre = figure.add_subplot(grid[2, place], sharex=close)
        _draw_photocentre(centre, times - middle, light)
    _draw_sky(figure.add_subplot(grid[1, 2]), system)
    _write_parameters(figure.add_subplot(grid[2, 2]), system, orbit)
    for axes in figure.axes[:-2]:
        axes.yaxis.set_major_formatter(ticks(useOffset=False))
    figure.suptitle(
        f"{system.scenario.replace('_', ' ')}, exposure {exposure * MINUTES_PER_DAY:.3g} min"
    )
    return figure


def _matplotlib() -> tuple:
    try:
        from matplotlib.figure import Figure
        from matplotlib.ticker import ScalarFormatter
    except ImportError:
        raise ExovalError(
            "figures need matplotlib: pip install 'exoval[report]' and try again"
        ) from None
    return Figure, ScalarFormatter


def _draw_orbit(
    axes: Axes, system: System, orbit: Orbit | None, exposure: float, model: TransitModel
) -> None:
    """Flux from a quarter period before the first eclipse to three quarters after it."""
    period, epoch = (orbit.period, orbit.epoch) if orbit else (1.0, 0.0)
    phase = np.linspace(-0.25, 0.75, 4001)
    if orbit:
        phase = np.concatenate(
            [
                phase,
                *(
                    (middle - epoch + _around(orbit, exposure)) / period
                    for _, _, middle in _close_ups(orbit)
                ),
            ]
        )
        phase = np.sort((phase + 0.25) % 1 - 0.25)
        others = _times_of_others(system, epoch + period * np.array([-0.25, 0.75]), exposure)
        phase = np.sort(np.append(phase, (others - epoch) / period))
    flux = system_flux(epoch + phase * period, system, exposure=exposure, transit_model=model).flux
    axes.plot(phase, flux, color=LIGHT, lw=1)
    axes.set(xlabel="orbital phase", ylabel="relative flux", xlim=(-0.25, 0.75))
    if np.ptp(flux) == 0:
        axes.set_ylim(0.999, 1.001)


def _times_of_others(system: System, ends: np.ndarray, exposure: float) -> np.ndarray:
    """Times (days) between two ends around the eclipses of all orbits but the first."""
    times = [np.empty(0)]
    for orbit in system.orbits[1:]:
        for _, _, middle in _close_ups(orbit):
            first, last = np.ceil((ends - middle) / orbit.period)
            starts = middle + orbit.period * np.arange(first, last)[:MOST_EVENTS]
            times.append(np.add.outer(starts, _around(orbit, exposure)).ravel())
    times = np.concatenate(times)
    return times[(times >= ends[0]) & (times <= ends[1])]


def _close_ups(orbit: Orbit | None) -> list[tuple[int, str, float]]:
    """Position in the grid, title and mid-time of each eclipse to draw."""
    if orbit is None or orbit.radius_ratio == 0:
        return []
    start = orbit.transit_times[0] if orbit.transit_times else orbit.epoch
    delay = secondary_delay(
        orbit.period,
        eccentricity=orbit.eccentricity,
        argument_of_periastron=orbit.argument_of_periastron,
    )
    return [(0, "body 2 in front", start), (1, "body 2 behind", start + delay)]


def _around(orbit: Orbit, exposure: float) -> np.ndarray:
    """Times (days) from mid-eclipse, a few of its durations to either side."""
    contacts = contact_interval(orbit, separation=1 + orbit.radius_ratio) or (-0.02, 0.02)
    margin = 0.35 * (contacts[1] - contacts[0]) + exposure
    return np.linspace(contacts[0] - margin, contacts[1] + margin, 801)


def _draw_close_up(axes: Axes, title: str, days: np.ndarray, light: SystemLight) -> None:
    axes.plot(24 * days, light.flux, color=LIGHT, lw=1.2)
    depth = 1e6 * (light.flux.max() - light.flux.min())
    axes.set(title=f"{title}: {depth:,.0f} ppm", ylabel="relative flux")
    axes.tick_params(labelbottom=False)
    if depth == 0:
        axes.set_ylim(0.999, 1.001)


def _draw_photocentre(axes: Axes, days: np.ndarray, light: SystemLight) -> None:
    """Shift of the photocentre, in milliarcsec, from its position before the eclipse."""
    for values, name, colour in ((light.column, "column", COLUMN), (light.row, "row", ROW)):
        axes.plot(24 * days, 1e3 * (values - values[0]), color=colour, lw=1.2, label=name)
    axes.set(xlabel="hours from conjunction", ylabel="photocentre shift (mas)")
    axes.legend(frameon=False, fontsize=8)
    if np.ptp(light.column) == 0 and np.ptp(light.row) == 0:
        axes.set_ylim(-1, 1)


def _draw_sky(axes: Axes, system: System) -> None:
    """Positions of the sources; areas are proportional to light, a ring marks an orbit."""
    for source in system.sources:
        place, area = (source.offset_column, source.offset_row), 20 + 300 * source.flux_fraction
        axes.scatter(*place, s=area, color=LIGHT, alpha=0.6, lw=0)
        if source.orbit:
            axes.scatter(*place, s=area + 120, facecolor="none", edgecolor=COLUMN)
    reach = 1.4 * max(1.0, *(math.hypot(s.offset_column, s.offset_row) for s in system.sources))
    axes.set(
        xlabel="column (arcsec)",
        ylabel="row (arcsec)",
        title="sources (ring: has an orbit)",
        xlim=(-reach, reach),
        ylim=(-reach, reach),
    )
    axes.set_aspect("equal")


def _write_parameters(axes: Axes, system: System, orbit: Orbit | None) -> None:
    lines = [
        f"source {i}: {100 * source.flux_fraction:.4g} % of the light"
        for i, source in enumerate(system.sources)
    ]
    if orbit:
        lines += [
            f"period {orbit.period:.5g} d",
            f"R2/R1 {orbit.radius_ratio:.4g}   a/R1 {orbit.semi_major_axis_ratio:.4g}",
            f"b {orbit.impact_parameter:.3g}   i {math.degrees(inclination(orbit)):.2f} deg",
            f"e {orbit.eccentricity:.3g}   w {math.degrees(orbit.argument_of_periastron):.1f} deg",
            f"brightness ratio {orbit.surface_brightness_ratio:.3g}   M2/M1 {orbit.mass_ratio:.3g}",
        ]
    lines += [
        f"orbit {i}: {one.period:.5g} d   R2/R1 {one.radius_ratio:.3g}"
        f"   b {one.impact_parameter:.3g}"
        for i, one in enumerate(system.orbits[1:], start=2)
    ]
    lines += [
        f"{name} {value:.5g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in system.truth.items()
    ]
    axes.text(0, 1, "\n".join(lines[:16]), va="top", fontsize=9, family="monospace")
    axes.set_axis_off()
