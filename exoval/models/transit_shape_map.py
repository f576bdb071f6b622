"""A self-organising map of transit shapes, and the position of an event on it.

Kohonen's map (1982, Biol. Cybern. 43, 59) of the folded, binned event, as Armstrong, Pollacco &
Santerne 2017 (MNRAS 465, 2634) use it. Similar shapes lie side by side on the map, and the share
of planets among the training events near a pixel says what such shapes usually are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from exoval.errors import BadParameter
from exoval.features.shape_bins import BINS, PREFIX

#: rows processed at a time
CHUNK = 4096
#: shapes are clipped to this many depths before they are compared
MOST_DEPTHS = 3.0


def shape_columns(feature_names: Sequence[str]) -> list[int]:
    """Indexes of the folded event's bins among the features; empty if a bin is missing."""
    wanted = [f"{PREFIX}{i:02d}" for i in range(BINS)]
    names = list(feature_names)
    return [names.index(name) for name in wanted] if set(wanted) <= set(names) else []


class TransitShapeMap(TransformerMixin, BaseEstimator):
    """Replaces the shape columns by two: local share of planets on the map, and distance to it.

    The map has ``side`` pixels a side. In ``rounds`` of batch training the neighbourhood shrinks
    from half the map to ``smoothing`` pixels; planets are counted within the latter. The map is
    trained without labels. The share of a training row comes from the rows of the other
    ``folds``, so that its own label does not enter. ``planets`` are the labels that count as
    planet. Rows without a shape get NaN. Without ``columns`` the features pass unchanged.

    Fitting raises BadParameter if there are ``columns`` but no label in ``planets``.
    """

    def __init__(
        self,
        *,
        columns: Sequence[int] = (),
        planets: Sequence[str] = (),
        side: int = 20,
        rounds: int = 20,
        smoothing: float = 0.7,
        folds: int = 5,
        random_state: int = 0,
    ) -> None:
        self.columns = columns
        self.planets = planets
        self.side = side
        self.rounds = rounds
        self.smoothing = smoothing
        self.folds = folds
        self.random_state = random_state

    def fit(self, features: np.ndarray, labels: np.ndarray) -> TransitShapeMap:
        """Train the map on features (rows, columns) and count planets on it."""
        self._fit(np.asarray(features, dtype=float), labels)
        return self

    def fit_transform(self, features: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Train the map, and transform each training row by shares from the other folds."""
        features = np.asarray(features, dtype=float)
        places, distance, known = self._fit(features, labels)
        planets = np.isin(labels, list(self.planets))
        fold = np.random.default_rng(self.random_state).integers(self.folds, size=len(features))
        share = np.full(len(features), np.nan)
        for number in range(self.folds):
            out = fold == number
            counted = self._shares(places[known & ~out], planets[known & ~out])
            share[known & out] = counted[places[known & out]]
        return self._replace(features, share, distance)

    def transform(self, features: np.ndarray) -> np.ndarray:
        """Features (rows, columns), the shape columns replaced by the map's two at the end."""
        check_is_fitted(self, "pixels_")
        features = np.asarray(features, dtype=float)
        places, distance, known = self._locate(features)
        share = np.full(len(features), np.nan)
        share[known] = self.shares_[places[known]]
        return self._replace(features, share, distance)

    def _fit(
        self, features: np.ndarray, labels: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if len(self.columns) and not len(self.planets):
            raise BadParameter(
                "the map of transit shapes counts planets, but planets=[] is empty; give the "
                "labels that count as planet"
            )
        self.n_features_in_ = features.shape[1]
        shapes = self._shapes(features)
        known = np.isfinite(shapes).all(axis=1)
        self.pixels_ = self._trained(shapes[known])
        places, distance, known = self._locate(features)
        self.shares_ = self._shares(places[known], np.isin(labels, list(self.planets))[known])
        return places, distance, known

    def _shapes(self, features: np.ndarray) -> np.ndarray:
        shapes = features[:, list(self.columns)]
        return np.clip(shapes, -MOST_DEPTHS, MOST_DEPTHS)

    def _trained(self, shapes: np.ndarray) -> np.ndarray:
        """Pixels (side^2, bins) after batch training from a plane of the principal components."""
        if len(shapes) < 3 or shapes.shape[1] == 0:
            mean = shapes.mean(axis=0) if len(shapes) else np.zeros(shapes.shape[1])
            return np.tile(mean, (self.side**2, 1))
        mean = shapes.mean(axis=0)
        _, sizes, axes = np.linalg.svd(_thinned(shapes - mean), full_matrices=False)
        spread = sizes[:2] / np.sqrt(min(len(shapes), CHUNK))
        grid = _grid(self.side)
        place = (grid / max(self.side - 1, 1) - 0.5) * 4
        pixels = mean + (place * spread) @ axes[:2]
        for width in np.geomspace(
            max(0.5 * self.side, self.smoothing), self.smoothing, self.rounds
        ):
            sums, counts = np.zeros_like(pixels), np.zeros(len(pixels))
            for start in range(0, len(shapes), CHUNK):
                part = shapes[start : start + CHUNK]
                nearest = _nearest(part, pixels)[0]
                rows = np.arange(len(part))
                membership = csr_array(
                    (np.ones(len(part)), (nearest, rows)), shape=(len(pixels), len(part))
                )
                sums += membership @ part
                counts += np.bincount(nearest, minlength=len(pixels))
            kernel = _kernel(grid, width)
            near = kernel @ counts
            # a pixel far from every event stays where it was
            moved = near > 1e-3
            pixels[moved] = (kernel @ sums)[moved] / near[moved, None]
        return pixels

    def _locate(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Best-matching pixel, root mean square distance to it, and which rows have a shape."""
        shapes = self._shapes(features)
        known = np.isfinite(shapes).all(axis=1) & (shapes.shape[1] > 0)
        places = np.zeros(len(features), dtype=np.int64)
        distance = np.full(len(features), np.nan)
        rows = np.flatnonzero(known)
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            places[part], distance[part] = _nearest(shapes[part], self.pixels_)
        return places, distance, known

    def _shares(self, places: np.ndarray, planets: np.ndarray) -> np.ndarray:
        """Share of planets near each pixel; one row of the overall share is added to each."""
        overall = planets.mean() if len(planets) else 0.5
        counts = np.bincount(places, minlength=self.side**2).astype(float)
        hits = np.bincount(places, planets.astype(float), self.side**2)
        kernel = _kernel(_grid(self.side), self.smoothing)
        return (kernel @ hits + overall) / (kernel @ counts + 1)

    def _replace(self, features: np.ndarray, share: np.ndarray, distance: np.ndarray) -> np.ndarray:
        if not len(self.columns):
            return features
        others = np.delete(features, list(self.columns), axis=1)
        return np.column_stack([others, share, distance])


def _grid(side: int) -> np.ndarray:
    """Place of every pixel, shape (side^2, 2)."""
    return (
        np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1)
        .reshape(-1, 2)
        .astype(float)
    )


def _kernel(grid: np.ndarray, width: float) -> np.ndarray:
    """Weight of every pixel for every other, 1 for itself, shape (side^2, side^2)."""
    apart = ((grid[:, None, :] - grid[None, :, :]) ** 2).sum(axis=2)
    return np.exp(-0.5 * apart / width**2)


def _nearest(shapes: np.ndarray, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of the nearest pixel of each shape and the root mean square difference to it."""
    squares = (pixels**2).sum(axis=1) - 2 * shapes @ pixels.T
    nearest = squares.argmin(axis=1)
    difference = shapes - pixels[nearest]
    return nearest, np.sqrt((difference**2).mean(axis=1))


def _thinned(rows: np.ndarray) -> np.ndarray:
    """At most CHUNK rows, evenly spaced."""
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), CHUNK)).astype(int)]
