"""One page that shows whether an event is a planet: what a vetter looks at first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from exoval.errors import ExovalError
from exoval.event_page import EventPage
from exoval.features.folded_event import FoldedEvent
from exoval.features.shape import binned_event, fit_trapezoid, trapezoid
from exoval.views.event_views import secondary_middle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOT, DARK, MEAN, MODEL, OTHER = "#b8c0ca", "#3b4654", "#1f5fa8", "#d1495b", "#4a8f5c"
#: durations either side of mid-event in the close-ups
REACH = 2.5
#: periods in days written below a periodogram
ROUND_PERIODS = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
#: bins a duration in the close-ups
BINS_PER_DURATION = 7
#: cadences drawn as dots at most; bins are made of all
MOST_DOTS = 20_000


def plot_event(page: EventPage) -> Figure:
    """Draw the page: light curve, detrended, folded, odd and even, secondary, centroid, features.

    Needs matplotlib: ExovalError names the extra.
    """
    figure = _figure_class()(figsize=(15, 13), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.04, h_pad=0.04)
    grid = figure.add_gridspec(5, 12, height_ratios=(0.75, 0.75, 1.15, 1.4, 1.8))
    raw, flat = figure.add_subplot(grid[0, :]), figure.add_subplot(grid[1, :])
    _draw_raw(raw, page)
    _draw_detrended(flat, page)
    flat.sharex(raw)
    _draw_orbit(figure.add_subplot(grid[2, :8]), page.folded)
    _draw_periodogram(figure.add_subplot(grid[2, 8:]), page)
    _draw_event(figure.add_subplot(grid[3, :4]), page.folded)
    odd = figure.add_subplot(grid[3, 4:6])
    _draw_parities(odd, figure.add_subplot(grid[3, 6:8], sharey=odd), page)
    _draw_secondary(figure.add_subplot(grid[3, 8:10]), page)
    _draw_centroid(figure.add_subplot(grid[3, 10:]), page)
    _write_features(figure.add_subplot(grid[4, :]), page)
    figure.suptitle(_title(page), fontsize=12, x=0.01, ha="left")
    return figure


def _figure_class() -> type:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ExovalError(
            "pictures need matplotlib: pip install 'exoval[report]' and try again"
        ) from None
    return Figure


def _title(page: EventPage) -> str:
    event, star = page.folded.event, page.folded.star
    ephemeris = event.ephemeris
    known = [(f"R {star.radius:.3g} Rsun", star.radius), (f"M {star.mass:.3g} Msun", star.mass),
             (f"Teff {star.teff:.0f} K", star.teff), (f"log g {star.logg:.3g}", star.logg),
             (f"[Fe/H] {star.metallicity:.2g}", star.metallicity),
             (f"mag {star.magnitude:.2f}", star.magnitude)]
    segments = ", ".join(str(segment.number) for segment in page.raw.segments)
    julian = f"(BJD {ephemeris.epoch + page.time_zero:.5f})   " if page.time_zero else ""
    return (
        f"{page.raw.target}   {page.raw.mission}   segments {segments}\n"
        f"period {ephemeris.period:.7g} d   epoch {ephemeris.epoch:.5f} d "
        f"{julian}duration {24 * ephemeris.duration:.3g} h   "
        f"depth {1e6 * event.depth:,.0f} ppm   {event.signal_to_noise:.1f} sigma   "
        f"{event.transit_count} events\n"
        + ("   ".join(text for text, value in known if math.isfinite(value))
           or "nothing known of the star")
    )


def _thinned(count: int) -> slice:
    return slice(None, None, max(count // MOST_DOTS, 1))


def _draw_raw(axes: Axes, page: EventPage) -> None:
    """Flux as delivered, every segment over its own median, events marked below."""
    curve = page.raw
    for number, segment in enumerate(curve.segments):
        part = segment.cadences
        flux = curve.flux[part] / np.nanmedian(curve.flux[part])
        shown = _thinned(len(curve))
        axes.plot(curve.time[part][shown], flux[shown], ".", ms=1.5,
                  color=(DARK, MEAN)[number % 2])
    axes.set(ylabel="raw flux", xlim=_padded(curve.time))
    axes.tick_params(labelbottom=False)


def _draw_detrended(axes: Axes, page: EventPage) -> None:
    curve, ephemeris = page.folded.light_curve, page.folded.event.ephemeris
    shown = _thinned(len(curve))
    axes.plot(curve.time[shown], curve.flux[shown], ".", ms=1.5, color=DARK)
    low, high = _dip_range(page.folded)
    axes.set_ylim(low - 0.12 * (high - low), high)
    numbers = np.unique(page.folded.event_number[page.folded.inside])
    axes.plot(ephemeris.epoch + numbers * ephemeris.period,
              np.full(len(numbers), low - 0.06 * (high - low)), "^", ms=4, color=MODEL)
    zero = f"BJD - {page.time_zero:.0f}" if page.time_zero else "light curve's own clock"
    axes.set(ylabel="detrended", xlabel=f"time (d, {zero})")


def _padded(time: np.ndarray) -> tuple[float, float]:
    margin = 0.01 * (time[-1] - time[0])
    return time[0] - margin, time[-1] + margin


def _dip_range(folded: FoldedEvent) -> tuple[float, float]:
    """Flux limits that hold the event and the noise but not every outlier."""
    flux = folded.light_curve.flux
    low, high = np.percentile(flux, [0.2, 99.8])
    if folded.inside.any():
        low = min(low, np.percentile(flux[folded.inside], 2))
    margin = 0.25 * (high - low)
    return low - margin, high + margin


def _binned(x: np.ndarray, y: np.ndarray, weight: np.ndarray, edges: np.ndarray
            ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middles, weighted means and their errors of the filled bins."""
    good = np.isfinite(y) & (x >= edges[0]) & (x < edges[-1])
    index = np.clip(np.digitize(x[good], edges) - 1, 0, len(edges) - 2)
    total = np.bincount(index, weight[good], len(edges) - 1)
    filled = total > 0
    mean = np.bincount(index, weight[good] * y[good], len(edges) - 1)[filled] / total[filled]
    return 0.5 * (edges[1:] + edges[:-1])[filled], mean, total[filled] ** -0.5


def _limits(axes: Axes, means: np.ndarray, errors: np.ndarray, scatter: float) -> None:
    """Room for the bins and about two standard deviations of the dots."""
    if len(means) == 0:
        return
    low, high = np.min(means - errors), np.max(means + errors)
    room = max(0.15 * (high - low), min(2.5 * scatter, 1.5 * (high - low)))
    axes.set_ylim(low - room, high + room)


def _draw_orbit(axes: Axes, folded: FoldedEvent) -> None:
    """The whole orbit from a quarter before to three quarters after the event, in ppm."""
    phase = (folded.time_from_mid / folded.period + 0.25) % 1 - 0.25
    flux = 1e6 * (folded.light_curve.flux - 1)
    shown = _thinned(len(phase))
    axes.plot(phase[shown], flux[shown], ".", ms=1.5, color=DOT)
    # bins follow the event, so that a short one is not smoothed away
    bins = int(np.clip(4 * folded.period / folded.duration, 100, 1000))
    middle, mean, error = _binned(phase, flux, 1e-12 * folded.weight,
                                  np.linspace(-0.25, 0.75, bins + 1))
    axes.plot(middle, mean, ".", ms=4, color=MEAN)
    second = secondary_middle(folded.time_from_mid, folded.weight, folded.light_curve.flux,
                              folded.period, folded.duration) / folded.period
    for place, colour in ((0.0, MODEL), ((second + 0.25) % 1 - 0.25, OTHER)):
        if math.isfinite(place):
            axes.plot(place, 0.02, "^", color=colour, transform=axes.get_xaxis_transform())
    _limits(axes, mean, error, 1e6 * np.median(folded.light_curve.flux_error))
    axes.set(xlim=(-0.25, 0.75), xlabel="orbital phase (triangles: event, strongest other dip)",
             ylabel="flux (ppm)", title="whole orbit")


def _draw_periodogram(axes: Axes, page: EventPage) -> None:
    axes.set_title("box periodogram (red: period and multiples)", fontsize=10,
                   pad=14)
    axes.set(xlabel="period (d)", ylabel="power (sigma)", xscale="log")
    if page.periodogram is None:
        _say(axes, "too short to search")
        return
    period, power = page.periodogram.period, page.periodogram.power
    # the highest of each of a thousand steps: peaks are much narrower than a pixel
    step = np.linspace(np.log(period[0]), np.log(period[-1]), 1001)
    starts = np.unique(np.searchsorted(np.log(period), step[:-1]).clip(0, len(period) - 1))
    axes.plot(period[starts], np.maximum.reduceat(power, starts), lw=0.8, color=DARK)
    for multiple in (1 / 3, 0.5, 1, 2, 3):
        at = multiple * page.folded.period
        if period[0] <= at <= period[-1]:
            axes.axvline(at, color=MODEL, lw=4 if multiple == 1 else 2, alpha=0.3, zorder=0)
            axes.text(at, 1.0, {1 / 3: "1/3", 0.5: "1/2"}.get(multiple, f"{multiple:g}"),
                      transform=axes.get_xaxis_transform(), ha="center", va="bottom", fontsize=7,
                      color=MODEL)
    ticks = [tick for tick in ROUND_PERIODS if period[0] <= tick <= period[-1]]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlim(period[0], period[-1])


def _close_up(axes: Axes, folded: FoldedEvent, middle: float, cadences: np.ndarray,
              reach: float = REACH) -> tuple[np.ndarray, np.ndarray]:
    """Dots and bins around ``middle`` (days from mid-event), in hours and ppm; means and errors."""
    half = 0.5 * folded.period
    offset = (folded.time_from_mid - middle + half) % folded.period - half
    width = min(reach * folded.duration, half)
    near = cadences & (np.abs(offset) < width)
    flux = 1e6 * (folded.light_curve.flux[near] - 1)
    shown = _thinned(int(near.sum()))
    axes.plot(24 * offset[near][shown], flux[shown], ".", ms=2, color=DOT)
    bins = round(2 * BINS_PER_DURATION * width / folded.duration) | 1
    middles, means, errors = _binned(24 * offset[near], flux, 1e-12 * folded.weight[near],
                                     24 * np.linspace(-width, width, bins + 1))
    axes.errorbar(middles, means, errors, fmt="o", ms=3.5, color=MEAN, elinewidth=1)
    axes.set(xlim=(-24 * width, 24 * width), xlabel="hours from middle")
    return means, errors


def _draw_event(axes: Axes, folded: FoldedEvent) -> None:
    """The event with the trapezoid that its shape features come from."""
    means, errors = _close_up(axes, folded, 0.0, np.ones(len(folded.inside), dtype=bool))
    title = "event"
    phase, dip, error = binned_event(folded, 4.0, 61)
    fit = fit_trapezoid(phase, dip, error) if len(phase) >= 8 else None
    if fit is not None:
        depth, duration, ingress, offset, _ = fit
        smooth = np.linspace(-REACH, REACH, 1001)
        level = _level(phase, dip, error, trapezoid(phase, depth, duration, ingress, offset))
        base = 1 - np.median(folded.dip + folded.light_curve.flux)
        model = trapezoid(smooth, depth, duration, ingress, offset) + level + base
        axes.plot(24 * folded.duration * smooth, -1e6 * model, color=MODEL, lw=1.5)
        title = f"event and trapezoid: {1e6 * depth:,.0f} ppm, ingress share {ingress:.2f}"
    _limits(axes, means, errors, 1e6 * np.median(folded.light_curve.flux_error))
    axes.set(ylabel="flux (ppm)", title=title)


def _level(phase: np.ndarray, dip: np.ndarray, error: np.ndarray, model: np.ndarray) -> float:
    """What the trapezoid was fitted with beneath it."""
    return float(np.average(dip - model, weights=error**-2.0))


def _draw_parities(left: Axes, right: Axes, page: EventPage) -> None:
    folded = page.folded
    odd = folded.event_number % 2 == 1
    means, errors = [], []
    for axes, name, parity in ((left, "odd", odd), (right, "even", ~odd)):
        depth, error = folded.box_depth(folded.inside & parity)
        count = len(np.unique(folded.event_number[folded.inside & parity]))
        for values, new in zip((means, errors), _close_up(axes, folded, 0.0, parity, 1.5)):
            values.extend(new)
        if math.isfinite(depth):
            axes.axhspan(-1e6 * (depth + error), -1e6 * (depth - error), color=MODEL, alpha=0.4)
        axes.set_title(f"{name} ({count}): {1e6 * depth:,.0f} ± {1e6 * error:,.0f}"
                       if math.isfinite(depth) else f"no {name} events", fontsize=10)
    _limits(left, np.array(means), np.array(errors),
            1e6 * np.median(folded.light_curve.flux_error))
    right.tick_params(labelleft=False)
    sigma = page.row.get("odd_even_sigma", math.nan)
    if math.isfinite(sigma):
        left.text(0.03, 0.03, f"{sigma:.1f} sigma apart", transform=left.transAxes, fontsize=9)


def _draw_secondary(axes: Axes, page: EventPage) -> None:
    folded = page.folded
    axes.set_title("strongest other dip", fontsize=10)
    middle = secondary_middle(folded.time_from_mid, folded.weight, folded.light_curve.flux,
                              folded.period, folded.duration)
    if not math.isfinite(middle):
        _say(axes, "no data away\nfrom the event")
        return
    # an event within reach would hide by its depth what is to be seen
    means, errors = _close_up(axes, folded, middle, folded.clear)
    for edge in (-0.5, 0.5):
        axes.axvline(24 * edge * folded.duration, color=OTHER, lw=1, ls=":")
    _limits(axes, means, errors, 0.5 * float(np.median(errors)))
    depth, error = folded.box_depth(_box(folded, middle))
    phase = abs(middle) / folded.period
    axes.set_title(f"other dip, phase {phase:.2f}:\n{1e6 * depth:,.0f} ± {1e6 * error:,.0f} ppm",
                   fontsize=10)


def _box(folded: FoldedEvent, middle: float) -> np.ndarray:
    half = 0.5 * folded.period
    offset = (folded.time_from_mid - middle + half) % folded.period - half
    return np.abs(offset) < 0.5 * folded.duration


def _draw_centroid(axes: Axes, page: EventPage) -> None:
    """Centroid against its level beside each event, in thousandths of a pixel."""
    folded, curve = page.folded, page.folded.light_curve
    axes.set_title("centroid", fontsize=10)
    if not (np.isfinite(curve.centroid_column) & np.isfinite(curve.centroid_row)).any():
        _say(axes, "no centroids")
        return
    width = REACH * folded.duration
    edges = 24 * np.linspace(-width, width, 16)
    for values, name, colour, shift in ((curve.centroid_column, "column", MEAN, -0.1),
                                        (curve.centroid_row, "row", MODEL, 0.1)):
        moved = 1000 * _about_local_level(folded, values)
        good = np.isfinite(moved) & (np.abs(folded.time_from_mid) < width)
        scatter = 1.4826 * np.median(np.abs(moved[good])) if good.any() else np.nan
        weight = np.full(len(moved), 1 / scatter**2 if scatter > 0 else 0.0)
        middle, mean, error = _binned(24 * folded.time_from_mid, np.where(good, moved, np.nan),
                                      weight, edges)
        axes.errorbar(middle + shift * (edges[1] - edges[0]), mean, error, fmt="o", ms=3.5,
                      color=colour, elinewidth=1, label=name)
    axes.axvspan(-12 * folded.duration, 12 * folded.duration, color=DOT, alpha=0.3, lw=0)
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper left", handletextpad=0)
    axes.margins(y=0.25)
    axes.set(xlabel="hours from middle", ylabel="millipixel")
    sigma = page.row.get("centroid_sigma", math.nan)
    if math.isfinite(sigma):
        axes.set_title(f"centroid: {page.row['centroid_shift']:.2g} mpix,\n{sigma:.1f} sigma",
                       fontsize=10)


def _about_local_level(folded: FoldedEvent, values: np.ndarray) -> np.ndarray:
    """Values minus their straight line beside each event; NaN where one side has no data."""
    beside = folded.clear & (np.abs(folded.time_from_mid) < REACH * folded.duration)
    moved = np.full(len(values), np.nan)
    near = np.flatnonzero(np.abs(folded.time_from_mid) < REACH * folded.duration)
    for one in np.split(near, np.flatnonzero(np.diff(folded.event_number[near])) + 1):
        level = one[beside[one] & np.isfinite(values[one])]
        sides = np.sign(folded.time_from_mid[level])
        if min((sides > 0).sum(), (sides < 0).sum()) >= 2:
            line = np.polyfit(folded.time_from_mid[level], values[level], 1)
            moved[one] = values[one] - np.polyval(line, folded.time_from_mid[one])
    return moved


def _say(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center",
              va="center", color=DARK, fontsize=9)
    axes.set(xticks=[], yticks=[])


def _write_features(axes: Axes, page: EventPage, columns: int = 4) -> None:
    """All features by group, flowing down ``columns`` columns."""
    axes.set_axis_off()
    total = sum(1 + len(group.columns) for group in page.features.values())
    length = math.ceil(total / columns)
    while len(entries := _entries(page, length)) > columns * length:
        length += 1
    size = min(9.0, 0.9 * 270 / max(length, 1))
    for number, (name, value, unit) in enumerate(entries):
        column, line = divmod(number, length)
        x, y = column / columns, 1 - (line + 0.5) / length
        bold = "normal" if value else "bold"
        axes.text(x, y, name, fontsize=size, weight=bold, va="center")
        axes.text(x + 0.66 / columns, y, value, fontsize=size, ha="right", va="center",
                  family="monospace")
        axes.text(x + 0.68 / columns, y, unit, fontsize=size, va="center", color="#6b7684")
    axes.set(xlim=(0, 1), ylim=(0, 1))


def _entries(page: EventPage, length: int) -> list[tuple[str, str, str]]:
    """Name, value and unit line by line; no group's name stands last of ``length`` lines."""
    entries: list[tuple[str, str, str]] = []
    for name, group in page.features.items():
        if len(entries) % length == length - 1:
            entries.append(("", "", ""))
        entries.append((name.replace("_", " "), "", ""))
        entries += [(f"  {c.name}", _number(page.row.get(c.name, math.nan)), c.unit)
                    for c in group.columns]
    return entries


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    if value == int(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e9 else f"{value:.4g}"
