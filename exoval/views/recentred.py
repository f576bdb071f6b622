"""Views whose event lies at an unknown phase, brought to its middle; and what is measured there.

Some published folds are not about the listed epoch. The event is looked for at every phase with a
box of its listed duration, and everything else is made from the view of the whole period: a view
about the event, and a few numbers. Simulated views take the same road, so that both worlds find the
event with the same errors.
"""

from __future__ import annotations

import numpy as np

from exoval.noise.robust_scatter import robust_scatter
from exoval.table.column import Column
from exoval.views.medians import COARSE, standing_on_minus_one

#: durations to either side of the event in the view of it
REACH = 2.0
#: largest share of the period that a box may have
WIDEST = 0.3
#: durations from the middle of the event beyond which the light curve is clear of it
CLEAR = 1.5
#: parts of the event, in durations from its middle: the inner half, and the flanks of a triangle
INNER, FLANK = 0.25, (0.35, 0.65)

COLUMNS = (
    Column("fold_strength", "sigma", "deepest box of the fold over the scatter of other boxes"),
    Column("fold_height", "", "depth of that box over the highest bin above the level"),
    Column("fold_rise", "sigma", "highest box away from the event over their scatter"),
    Column("second_strength", "sigma", "second deepest box over the scatter of other boxes"),
    Column("second_depth_ratio", "", "depth of the second deepest box over that of the deepest"),
    Column("second_phase", "", "distance of the second deepest box from the first, in periods"),
    Column("opposite_depth_ratio", "", "depth half a period away over that of the deepest box"),
    Column("flank_ratio", "", "mean depth at first and last contact over that of the inner half"),
    Column("asymmetry", "", "difference of depth of both halves over that of the event"),
    Column("ellipsoidal_ratio", "", "wave of half the period, lowest at the event, over depth"),
    Column("wave_ratio", "", "wave of the period, lowest at the event, over depth"),
    Column("slow_scatter", "", "scatter of running means over that of neighbouring bins"),
)


def recentred(
    values: np.ndarray, duration_share: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Views about the deepest box, and the ``COLUMNS`` measured there.

    ``values`` (rows, length of ``COARSE``) are views of the whole period about any phase, flux
    increasing upwards; their views of the event are not used. ``duration_share`` (rows,) is the
    event's share of the period. The views returned, float32 of the same shape, have a median of 0
    and a lowest bin of -1; that of the event is interpolated in that of the period. Columns have
    shape (rows,).
    """
    views, rows = np.empty(values.shape, dtype=np.float32), []
    whole = COARSE.slices["global"]
    for row, (view, share) in enumerate(zip(values[:, whole].astype(float), duration_share)):
        share = float(np.clip(share if np.isfinite(share) else 0, 1 / len(view), WIDEST))
        middle = _at_middle(view, share)
        views[row] = _both_views(middle, share)
        rows.append(_measured(middle, share))
    return views, {column.name: np.array([row[column.name] for row in rows]) for column in COLUMNS}


def box_means(view: np.ndarray, width: float) -> np.ndarray:
    """Means of a periodic view (bins,) in boxes of ``width`` bins about every bin, (bins,).

    The bins at the ends of a box count with the share that lies in it.

    >>> box_means(np.array([0.0, 3.0, 0.0, 0.0]), 2.0).tolist()
    [0.75, 1.5, 0.75, 0.0]
    """
    away = np.abs((np.arange(len(view)) + len(view) // 2) % len(view) - len(view) // 2)
    weight = np.clip(0.5 * width + 0.5 - away, 0, 1)
    return np.fft.irfft(np.fft.rfft(view) * np.fft.rfft(weight / weight.sum()), len(view))


def _at_middle(view: np.ndarray, share: float) -> np.ndarray:
    """The view with its deepest box at the middle bin."""
    deepest = int(np.argmin(box_means(view, share * len(view))))
    return np.roll(view, len(view) // 2 - deepest)


def _both_views(middle: np.ndarray, share: float) -> np.ndarray:
    """The view of the period and that of the event, one after the other."""
    bins = len(middle)
    from_mid = np.linspace(-1, 1, COARSE.bins["local"]) * min(REACH * share, 0.5)
    local = np.interp(from_mid * bins + bins // 2, np.arange(bins), middle)
    return np.concatenate([standing_on_minus_one(one) for one in (middle, local)])


def _measured(middle: np.ndarray, share: float) -> dict[str, float]:
    """The columns of one view with the event at its middle bin."""
    bins = len(middle)
    phase = (np.arange(bins) - bins // 2) / bins
    from_mid = np.abs(phase) / share
    clear = from_mid > min(CLEAR, 0.4 / share)
    level = middle - np.median(middle[clear])
    boxes = box_means(level, share * bins)
    depth = max(-float(boxes[bins // 2]), 1e-9)
    scatter = max(float(robust_scatter(boxes[clear])), 1e-9)
    second = int(np.flatnonzero(clear)[np.argmin(boxes[clear])])
    inner = -_mean(level, from_mid < INNER)
    flank = -_mean(level, (from_mid > FLANK[0]) & (from_mid < FLANK[1]))
    halves = [-_mean(level, (from_mid < 0.5) & (side * phase > 0)) for side in (-1, 1)]
    outside, angle = level[clear], 2 * np.pi * phase[clear]
    harmonics = [f(n * angle) for n in (1, 2) for f in (np.cos, np.sin)]
    waves = np.stack([np.ones_like(angle), *harmonics])
    fitted = np.linalg.lstsq(waves.T, outside, rcond=None)[0]
    neighbours = max(float(robust_scatter(np.diff(outside))) / np.sqrt(2), 1e-9)
    return {
        "fold_strength": depth / scatter,
        "fold_height": depth / max(float(level.max()), 1e-9),
        "fold_rise": float(boxes[clear].max()) / scatter,
        "second_strength": -float(boxes[second]) / scatter,
        "second_depth_ratio": -float(boxes[second]) / depth,
        "second_phase": abs(float(phase[second])),
        "opposite_depth_ratio": -float(boxes[0]) / depth,
        "flank_ratio": float(np.clip(flank / max(inner, 0.1 * depth), -2, 2)),
        "asymmetry": abs(halves[0] - halves[1]) / depth,
        "ellipsoidal_ratio": -float(fitted[3]) / depth,
        "wave_ratio": -float(fitted[1]) / depth,
        "slow_scatter": float(np.std(box_means(level, 15.0)[clear])) / neighbours,
    }


def _mean(level: np.ndarray, chosen: np.ndarray) -> float:
    """Mean of the chosen bins; that of the middle bin where none is."""
    return float(level[chosen].mean()) if chosen.any() else float(level[len(level) // 2])
