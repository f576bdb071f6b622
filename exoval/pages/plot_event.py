"""The page of one event: the figures that a vetter looks at first."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import PchipInterpolator

from exoval.errors import DataNotFound, ExovalError
from exoval.features.reason import Reason
from exoval.folded.folded_event import FoldedEvent
from exoval.noise.robust_scatter import MAD_TO_SIGMA
from exoval.pages.broken_time_axis import BrokenTimeAxis, broken_time_axis
from exoval.pages.event_page import EventPage
from exoval.running.output_path import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOT, DARK, MEAN, MODEL, OTHER = "#b8c0ca", "#3b4654", "#1f5fa8", "#d1495b", "#2f7d4a"
#: durations to either side of the middle in the close-ups
REACH = 2.0
#: periods in days written below a periodogram
ROUND_PERIODS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
#: most bins a duration in the close-ups
BINS_PER_DURATION = 9
#: most cadences drawn as dots; events and bins use all of them
MOST_DOTS = 60_000
#: more segments than this are not numbered on the page
MOST_SEGMENTS = 30
#: groups of numbered bins, which are left out of the list of features
NUMBERED = ("shape_bins",)


def plot_event(page: EventPage) -> Figure:
    """Draw the page: light curve, detrended, folded, odd and even, secondary, centroid, features.

    Needs matplotlib: ExovalError names the extra.
    """
    figure = figure_class()(figsize=(16, 13.5), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.05, h_pad=0.05)
    grid = figure.add_gridspec(5, 1, height_ratios=(0.75, 0.75, 1.15, 1.35, 2.2))
    raw, flat, features = (figure.add_subplot(grid[row]) for row in (0, 1, 4))
    middle = grid[2].subgridspec(1, 2, width_ratios=(2, 1))
    orbit, periodogram = (figure.add_subplot(place) for place in middle)
    lower = grid[3].subgridspec(1, 5, width_ratios=(1.7, 1, 1, 1.3, 1.2))
    event, odd = figure.add_subplot(lower[0]), figure.add_subplot(lower[1])
    even = figure.add_subplot(lower[2], sharey=odd)
    second, centroid = figure.add_subplot(lower[3]), figure.add_subplot(lower[4])
    clock = broken_time_axis(page.raw.time)
    _draw_raw(raw, page, clock)
    _draw_detrended(flat, page, clock)
    _draw_orbit(orbit, page.folded)
    _draw_periodogram(periodogram, page)
    _draw_event(event, page)
    _draw_parities(odd, even, page)
    _draw_secondary(second, page)
    _draw_centroid(centroid, page)
    _write_features(features, page)
    figure.suptitle(_title(page), fontsize=12, x=0.01, ha="left")
    return figure


def save_page(figure: Figure, path: str | Path, *, setting: str = "output") -> None:
    """Write a page as an image, in the format of the name's ending.

    ``setting`` is the option that an error message tells the user to change. Raises DataNotFound
    if the file cannot be written or matplotlib does not know the ending.
    """
    with replacing(path, setting=setting) as draft:
        try:
            figure.savefig(draft, dpi=100)
        except ValueError as error:
            raise DataNotFound(
                f"cannot write {path} ({error}); choose another {setting}"
            ) from error


def figure_class() -> type:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ExovalError(
            "figures need matplotlib: pip install 'exoval[report]' and try again"
        ) from None
    return Figure


def _title(page: EventPage) -> str:
    event, star = page.folded.event, page.folded.star
    ephemeris, count = event.ephemeris, event.transit_count
    known = [
        (f"R {star.radius:.3g} Rsun", star.radius),
        (f"M {star.mass:.3g} Msun", star.mass),
        (f"Teff {star.teff:.0f} K", star.teff),
        (f"log g {star.logg:.3g}", star.logg),
        (f"[Fe/H] {star.metallicity:.2g}", star.metallicity),
        (f"magnitude {star.magnitude:.2f}", star.magnitude),
    ]
    julian = f" (BJD {ephemeris.epoch + page.time_zero:.5f})" if page.time_zero else ""
    period = f"{ephemeris.period:.7g} d" + (" (one event: not measured)" if count == 1 else "")
    if not event.period_is_known:
        period = f"unknown ({event.possible_periods})"
    return (
        f"{page.raw.target}   {page.raw.mission}   segments "
        f"{_ranges([segment.number for segment in page.raw.segments])}   "
        f"ephemeris: {event.source or 'unknown'}, refined\n"
        f"period {period}   epoch {ephemeris.epoch:.5f} d{julian}   "
        f"duration {24 * ephemeris.duration:.3g} h   box depth {1e6 * event.depth:,.0f} ppm   "
        f"{event.signal_to_noise:.1f} sigma   {count} event{'s' * (count != 1)} with data\n"
        + (
            "   ".join(text for text, value in known if math.isfinite(value))
            or "nothing known of the star"
        )
    )


def _ranges(numbers: list[int]) -> str:
    """Numbers such as 0-3, 5, 7-9."""
    numbers = sorted(set(numbers))
    ends = [i for i, (a, b) in enumerate(pairwise(numbers)) if b != a + 1]
    starts = [0, *(i + 1 for i in ends)]
    return ", ".join(
        f"{numbers[a]}" if a == b else f"{numbers[a]}-{numbers[b]}"
        for a, b in zip(starts, [*ends, len(numbers) - 1])
    )


def _shown(events: np.ndarray) -> np.ndarray:
    """Indices of the cadences to draw: a regular subset, and all of them in events if few."""
    chosen = events & (events.sum() < MOST_DOTS / 30)
    chosen[:: max(math.ceil(len(events) / MOST_DOTS), 1)] = True
    return np.flatnonzero(chosen)


def _draw_raw(axes: Axes, page: EventPage, clock: BrokenTimeAxis) -> None:
    """Flux as delivered, each segment divided by its median."""
    curve = page.raw
    flux = np.full(len(curve), np.nan)
    for segment in curve.segments:
        part = segment.cadences
        flux[part] = curve.flux[part] / np.nanmedian(curve.flux[part])
    shown = _shown(page.folded.event.ephemeris.in_event(curve.time))
    for number, segment in enumerate(curve.segments):
        own = shown[(shown >= segment.start) & (shown < segment.stop)]
        axes.plot(clock(curve.time[own]), flux[own], ".", ms=1.5, color=(DARK, MEAN)[number % 2])
        if len(curve.segments) <= MOST_SEGMENTS:
            axes.text(
                clock(curve.time[segment.start]),
                1.01,
                f"{segment.number}",
                fontsize=7,
                transform=axes.get_xaxis_transform(),
                va="bottom",
                color=(DARK, MEAN)[number % 2],
            )
    axes.set(ylabel="raw flux over\nsegment's median")
    axes.set_ylim(*_range_with(flux, flux[page.folded.event.ephemeris.in_event(curve.time)]))
    _time_axis(axes, page, clock)
    axes.tick_params(labelbottom=False)


def _draw_detrended(axes: Axes, page: EventPage, clock: BrokenTimeAxis) -> None:
    """Detrended flux with the events' cadences in colour, and all events with data below."""
    folded = page.folded
    curve, ephemeris = folded.light_curve, folded.event.ephemeris
    low, high = _range_with(curve.flux, curve.flux[folded.inside])
    shown = _shown(folded.inside)
    for inside, colour in ((False, DARK), (True, MEAN)):
        own = shown[folded.inside[shown] == inside]
        axes.plot(clock(curve.time[own]), curve.flux[own], ".", ms=1.5 + inside, color=colour)
    axes.set_ylim(low - 0.16 * (high - low), high)
    numbers = np.unique(folded.event_number[folded.inside])
    middles = ephemeris.epoch + numbers * ephemeris.period
    middles = np.clip(middles, curve.time[0], curve.time[-1])
    many = len(numbers) > 150
    axes.plot(
        clock(middles),
        np.full(len(numbers), low - 0.08 * (high - low)),
        "|" if many else "^",
        ms=5,
        mew=0.6 if many else 1,
        color=MODEL,
    )
    zero = f"BJD - {page.time_zero:.9g}" if page.time_zero else "light curve's own clock"
    axes.set(
        ylabel="detrended\nflux",
        xlabel=f"time (d, {zero})"
        + ("; long gaps are cut out at the dotted lines" if len(clock.cuts) else ""),
    )
    _time_axis(axes, page, clock)


def _time_axis(axes: Axes, page: EventPage, clock: BrokenTimeAxis) -> None:
    time = page.raw.time
    ends = clock(time[[0, -1]])
    margin = 0.01 * max(float(np.ptp(ends)), 0.1)
    for cut in clock.cuts:
        axes.axvline(cut, color=DARK, lw=1, ls=":")
    ticks = clock.ticks()
    axes.set_xticks(clock(ticks), [f"{tick:.10g}" for tick in ticks])
    axes.set_xlim(ends[0] - margin, ends[1] + margin)
    axes.yaxis.get_major_formatter().set_useOffset(False)


def _range_with(flux: np.ndarray, event: np.ndarray) -> tuple[float, float]:
    """Flux limits that hold the event and the noise but not every outlier."""
    low, high = np.nanpercentile(flux, [0.2, 99.8])
    if np.isfinite(event).any():
        low = min(low, np.nanpercentile(event, 2))
    margin = 0.15 * (high - low) or 1e-3
    return float(low - margin), float(high + margin)


def _binned(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weighted mean position, mean value and its error in each filled bin."""
    good = np.isfinite(y) & (x >= edges[0]) & (x < edges[-1])
    index = np.clip(np.digitize(x[good], edges) - 1, 0, len(edges) - 2)
    total = np.bincount(index, weight[good], len(edges) - 1)
    filled = total > 0
    middle, mean = (
        np.bincount(index, weight[good] * values[good], len(edges) - 1)[filled] / total[filled]
        for values in (x, y)
    )
    return middle, mean, total[filled] ** -0.5


def _limits(axes: Axes, means: np.ndarray, errors: np.ndarray, scatter: float) -> None:
    """Set flux limits that show the bins and about two standard deviations of the dots."""
    if len(means) == 0:
        return
    low, high = np.min(means - errors), np.max(means + errors)
    room = max(0.15 * (high - low), min(2.5 * scatter, 1.5 * (high - low)))
    axes.set_ylim(low - room, high + room)


def _ppm(folded: FoldedEvent) -> tuple[np.ndarray, np.ndarray, float]:
    """Flux of each cadence against that outside the event, its weight, and the scatter; ppm."""
    weight = 1e-12 * folded.weight
    return -1e6 * folded.dip, weight, float(np.median(weight) ** -0.5)


def _model(folded: FoldedEvent) -> Callable[[np.ndarray], np.ndarray] | None:
    """The fitted transit, or else the trapezoid, in ppm at days from mid-event."""
    profile, fit = folded.whole_profile, folded.transit
    if fit is not None and len(profile) > 1:
        shape = PchipInterpolator(profile.time, fit.shape, extrapolate=False)
        return lambda time: -1e6 * (np.nan_to_num(shape(time)) + fit.mean["level"])
    trapezoid = folded.trapezoid
    if trapezoid is not None:
        return lambda time: -1e6 * (trapezoid.dip(time) + trapezoid.level)
    return None


def _away(folded: FoldedEvent) -> float:
    """Days from mid-event to the strongest other dip; NaN without a dip."""
    second = folded.scan.second
    return math.nan if second is None else float(folded.scan.time_from_mid[second])


def _draw_orbit(axes: Axes, folded: FoldedEvent) -> None:
    """The whole orbit from a quarter before to three quarters after the event."""
    phase = (folded.time_from_mid / folded.period + 0.25) % 1 - 0.25
    flux, weight, scatter = _ppm(folded)
    shown = _shown(folded.inside)
    axes.plot(phase[shown], flux[shown], ".", ms=1.5, color=DOT)
    # bins follow the event, so that a short one is not smoothed away
    bins = int(np.clip(4 * folded.period / folded.duration, 100, 1000))
    middle, mean, error = _binned(phase, flux, weight, np.linspace(-0.25, 0.75, bins + 1))
    axes.plot(middle, mean, ".", ms=4, color=MEAN)
    model = _model(folded)
    if model is not None:
        half = min(REACH * folded.duration, 0.25 * folded.period)
        time = np.linspace(-half, half, 400)
        axes.plot(time / folded.period, model(time), color=MODEL, lw=1)
    second = (_away(folded) / folded.period + 0.25) % 1 - 0.25
    for place, colour in ((0.0, MODEL), (second, OTHER)):
        if math.isfinite(place):
            axes.plot(place, 0.03, "^", color=colour, transform=axes.get_xaxis_transform())
    _limits(axes, mean, error, scatter)
    axes.set(xlim=(-0.25, 0.75), ylabel="flux (ppm)")
    axes.set_xlabel("orbital phase (triangles: red the event, green the strongest other dip)")
    axes.set_title("whole orbit", fontsize=10)


def _draw_periodogram(axes: Axes, page: EventPage) -> None:
    axes.set_title("box periodogram (red: the period and its multiples)", fontsize=10, pad=14)
    if page.periodogram is None:
        _say(axes, "too short to search")
        return
    axes.set(xlabel="period (d)", ylabel="power (sigma)", xscale="log")
    period, power = page.periodogram.period, page.periodogram.power
    # the maximum in each of a thousand steps, since peaks are much narrower than a pixel
    step = np.linspace(np.log(period[0]), np.log(period[-1]), 1001)
    starts = np.unique(np.searchsorted(np.log(period), step[:-1]).clip(0, len(period) - 1))
    axes.plot(period[starts], np.maximum.reduceat(power, starts), lw=0.8, color=DARK)
    for multiple in (1 / 3, 0.5, 1, 2, 3):
        at = multiple * page.folded.period
        if period[0] <= at <= period[-1]:
            axes.axvline(at, color=MODEL, lw=4 if multiple == 1 else 2, alpha=0.3, zorder=0)
            axes.text(
                at,
                1.0,
                {1 / 3: "1/3", 0.5: "1/2"}.get(multiple, f"{multiple:g}"),
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontsize=7,
                color=MODEL,
            )
    if not period[0] <= page.folded.period <= period[-1]:
        axes.text(
            0.03,
            0.95,
            f"{page.folded.period:.4g} d is too long to be searched for",
            transform=axes.transAxes,
            fontsize=8,
            color=MODEL,
            va="top",
        )
    ticks = [tick for tick in ROUND_PERIODS if period[0] <= tick <= period[-1]]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlim(period[0], period[-1])
    low, high = float(power.min()), float(power.max())
    axes.set_ylim(low - 0.05 * (high - low), high + 0.15 * (high - low))


def _around(folded: FoldedEvent, middle: float) -> np.ndarray:
    """Days of each cadence from ``middle``, which is in days from mid-event."""
    half = 0.5 * folded.period
    return (folded.time_from_mid - middle + half) % folded.period - half


def _close_up(
    axes: Axes, folded: FoldedEvent, middle: float, cadences: np.ndarray, reach: float = REACH
) -> tuple[np.ndarray, np.ndarray]:
    """Dots and bins around ``middle`` (days from mid-event), in hours and ppm; means and errors."""
    offset = _around(folded, middle)
    width = min(reach * folded.duration, 0.5 * folded.period)
    near = cadences & (np.abs(offset) < width)
    flux, weight, _ = _ppm(folded)
    dots = np.flatnonzero(near)[:: max(math.ceil(near.sum() / MOST_DOTS), 1)]
    axes.plot(24 * offset[dots], flux[dots], ".", ms=2, color=DOT)
    # fewer bins where there are few cadences, and none narrower than an exposure
    exposure = folded.light_curve.exposures[near].min(initial=folded.light_curve.exposure)
    most = min(BINS_PER_DURATION, max(folded.duration / exposure, 2))
    bins = max(round(min(2 * width / folded.duration * most, near.sum() / 2)), 3)
    middles, means, errors = _binned(
        24 * offset[near], flux[near], weight[near], 24 * np.linspace(-width, width, bins + 1)
    )
    axes.errorbar(middles, means, errors, fmt="o", ms=3.5, color=MEAN, elinewidth=1)
    axes.set(xlim=(-24 * width, 24 * width), xlabel="hours from middle")
    return means, errors


def _draw_event(axes: Axes, page: EventPage) -> None:
    """The event with the transit that was fitted to it and the trapezoid."""
    folded = page.folded
    means, errors = _close_up(axes, folded, 0.0, np.ones(len(folded.inside), dtype=bool))
    smooth = np.linspace(*axes.get_xlim(), 1001)
    title, fit, trapezoid = "event", folded.transit, folded.trapezoid
    if trapezoid is not None:
        axes.plot(
            smooth,
            -1e6 * (trapezoid.dip(smooth / 24) + trapezoid.level),
            color=OTHER,
            lw=1,
            ls="--",
        )
        title = f"event; trapezoid (green) {1e6 * trapezoid.depth:,.0f} ppm"
    if fit is not None:
        axes.plot(smooth, _model(folded)(smooth / 24), color=MODEL, lw=1.5)
        title += (
            f"\ntransit (red) {1e6 * fit.mean['depth']:,.0f} ppm, radius ratio "
            f"{fit.mean['radius_ratio']:.4g} ± {fit.error['radius_ratio']:.1g}"
        )
    _limits(axes, means, errors, _ppm(folded)[2])
    axes.set_ylabel("flux (ppm)")
    axes.set_title(title, fontsize=10)


def _draw_parities(left: Axes, right: Axes, page: EventPage) -> None:
    """Odd and even events on one scale with the model, and the depth of all as a line."""
    folded, means, errors = page.folded, [], []
    model, events = _model(folded), folded.matched
    odd = folded.event_number % 2 == 1
    sigma = page.row.get("odd_even_sigma", math.nan)
    for axes, name, parity in ((left, "odd", odd), (right, "even", ~odd)):
        own = events.number % 2 == (name == "odd")
        if not own.any():
            axes.set_title(f"no {name} events", fontsize=10)
            axes.set_xticks([])
            continue
        for values, new in zip((means, errors), _close_up(axes, folded, 0.0, parity, 1.5)):
            values.extend(new)
        if model is not None:
            smooth = np.linspace(*axes.get_xlim(), 500)
            axes.plot(smooth, model(smooth / 24), color=MODEL, lw=1)
        weight = events.error[own] ** -2.0
        depth, error = np.average(events.depth[own], weights=weight), weight.sum() ** -0.5
        apart = name == "even" and math.isfinite(sigma)
        axes.set_title(
            f"{own.sum()} {name}"
            + f", {sigma:.1f} sigma apart" * apart
            + f"\n{1e6 * depth:,.0f} ± {1e6 * error:,.0f} ppm",
            fontsize=10,
        )
    _limits(left, np.array(means), np.array(errors), _ppm(folded)[2])
    left.set_ylabel("flux (ppm)")
    right.tick_params(labelleft=False)


def _draw_secondary(axes: Axes, page: EventPage) -> None:
    """The strongest other dip, with the box that found it."""
    folded, scan, middle = page.folded, page.folded.scan, _away(page.folded)
    if scan.second is None:
        axes.set_title("strongest other dip", fontsize=10)
        _say(axes, "no data away\nfrom the event")
        return
    # an event within reach would set the scale and hide the dip
    means, errors = _close_up(axes, folded, middle, folded.clear)
    depth, error = float(scan.depth[scan.second]), float(scan.error[scan.second])
    half, edge = 12 * folded.duration, axes.get_xlim()[1]
    axes.plot(
        [-edge, -half, -half, half, half, edge],
        -1e6 * np.array([scan.level, scan.level, depth, depth, scan.level, scan.level]),
        color=OTHER,
        lw=1.5,
    )
    _limits(axes, means, errors, float(np.median(errors)))
    strength = float(scan.strength[scan.second]) / folded.phase_noise
    axes.set_ylabel("flux (ppm)")
    axes.set_title(
        f"strongest other dip: phase {(middle / folded.period) % 1:.3f}, "
        f"{strength:.1f} sigma\n{1e6 * (depth - scan.level):,.0f} ± "
        f"{1e6 * error * folded.phase_noise:,.0f} ppm",
        fontsize=10,
    )


def _draw_centroid(axes: Axes, page: EventPage) -> None:
    """Centroid against its level beside each event, in thousandths of a pixel."""
    folded, curve = page.folded, page.folded.light_curve
    if not (np.isfinite(curve.centroid_column) & np.isfinite(curve.centroid_row)).any():
        axes.set_title("centroid", fontsize=10)
        _say(axes, "no centroids")
        return
    width = min(REACH * folded.duration, 0.5 * folded.period)
    edges, ends = 24 * np.linspace(-width, width, 14), []
    for values, name, colour, shift in (
        (curve.centroid_column, "column", MEAN, -0.1),
        (curve.centroid_row, "row", MODEL, 0.1),
    ):
        moved = 1000 * _about_local_level(folded, values)
        good = np.isfinite(moved) & (np.abs(folded.time_from_mid) < width)
        scatter = MAD_TO_SIGMA * np.median(np.abs(moved[good])) if good.any() else np.nan
        weight = np.full(len(moved), 1 / scatter**2 if scatter > 0 else 0.0)
        middle, mean, error = _binned(
            24 * folded.time_from_mid, np.where(good, moved, np.nan), weight, edges
        )
        axes.errorbar(
            middle + shift * (edges[1] - edges[0]),
            mean,
            error,
            fmt="o",
            ms=3.5,
            color=colour,
            elinewidth=1,
            label=name,
        )
        ends += [*(mean - error), *(mean + error)]
    if not ends:
        axes.set_title("centroid", fontsize=10)
        _say(axes, "too few centroids\nbeside the events")
        return
    axes.axvspan(-12 * folded.duration, 12 * folded.duration, color=DOT, alpha=0.3, lw=0)
    axes.axhline(0, color=DARK, lw=0.5)
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper left", handletextpad=0)
    room = max(ends) - min(ends)
    axes.set_ylim(min(ends) - 0.15 * room, max(ends) + 0.3 * room)
    axes.set(xlabel="hours from middle", ylabel="millipixel", xlim=(edges[0], edges[-1]))
    sigma = page.row.get("centroid_sigma", math.nan)
    axes.set_title(
        f"centroid moves {page.row['centroid_shift']:.2g} millipixel,\n{sigma:.1f} sigma"
        if math.isfinite(sigma)
        else "centroid",
        fontsize=10,
    )


def _about_local_level(folded: FoldedEvent, values: np.ndarray) -> np.ndarray:
    """Values minus their straight line beside each event; NaN where one side has no data."""
    reach = np.abs(folded.time_from_mid) < (REACH + 0.5) * folded.duration
    near = np.flatnonzero(reach)
    moved = np.full(len(values), np.nan)
    for one in np.split(near, np.flatnonzero(np.diff(folded.event_number[near])) + 1):
        level = one[folded.clear[one] & np.isfinite(values[one])]
        sides = np.sign(folded.time_from_mid[level])
        if min((sides > 0).sum(), (sides < 0).sum()) >= 2:
            line = np.polyfit(folded.time_from_mid[level], values[level], 1)
            moved[one] = values[one] - np.polyval(line, folded.time_from_mid[one])
    return moved


def _say(axes: Axes, text: str) -> None:
    axes.text(
        0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=DARK, fontsize=9
    )
    axes.set(xticks=[], yticks=[])


def _write_features(axes: Axes, page: EventPage, columns: int = 5) -> None:
    """All features by group in ``columns`` columns; numbered bins are left out."""
    axes.set_axis_off()
    length = 1
    while len(entries := _entries(page, length)) > columns * length:
        length += 1
    size = min(8.0, 8.0 * 24 / length)
    # the panels above leave room for their numbers to the left
    left, width = -0.055, 1.06 / columns
    for number, (name, value, unit) in enumerate(entries):
        column, line = divmod(number, length)
        x, y = left + column * width, 1 - (line + 0.5) / length
        axes.text(x, y, name, fontsize=size, weight="normal" if value else "bold", va="center")
        axes.text(
            x + 0.81 * width, y, value, fontsize=size, ha="right", va="center", family="monospace"
        )
        axes.text(x + 0.821 * width, y, unit, fontsize=0.86 * size, va="center", color="#6b7684")
    axes.set(xlim=(0, 1), ylim=(0, 1))


def _entries(page: EventPage, length: int) -> list[tuple[str, str, str]]:
    """Name, value and unit line by line; a group's name is never the last of ``length`` lines."""
    entries: list[tuple[str, str, str]] = []
    for name, group in page.features.items():
        if name in NUMBERED:
            continue
        if len(entries) % length == length - 1:
            entries.append(("", "", ""))
        reason = page.row.get(f"{name}_reason", math.nan)
        why = f" ({Reason(int(reason)).name.lower().replace('_', ' ')})" if reason > 0 else ""
        entries.append((name.replace("_", " ") + why, "", ""))
        entries += [
            (f"  {c.name}", _number(page.row.get(c.name, math.nan)), c.unit)
            for c in group.columns
            if c.name != f"{name}_reason"
        ]
    return entries


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    if value == int(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    if 1e4 <= abs(value) < 1e9:
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) >= 0.01 else f"{value:.3g}"
