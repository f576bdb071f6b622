"""Completeness: the share of a scenario's signals that the search finds, by period and size.

All drawn signals are counted on a grid of period and size (depth, radius or expected strength),
with the weights of the population and binomial errors. A smooth function of both interpolates the
cells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit
from scipy.stats import beta

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.injection.importance_weights import reweight
from exoval.running.output_path import output_path, replacing
from exoval.running.whole_folder import FULL, check_files
from exoval.schema import as_record, read_json

#: edges of periods in days, in octaves
PERIOD_EDGES = 0.25 * 2.0 ** np.arange(14)
#: edges of sizes, in quarter decades of depth and half octaves of radius and strength
SIZE_EDGES = {
    "depth_ppm": 10.0 ** np.arange(1.0, 6.01, 0.25),
    "planet_radius_earth": 0.5 * 2.0 ** np.arange(0.0, 5.51, 0.5),
    "expected_snr": 2.0 ** np.arange(0.0, 10.01, 0.5),
}
#: statuses of examples that the search found
FOUND = ("recovered", "kept")
FILE = "completeness.json"
#: arrays of one value a cell
CELLS = ("rows", "rows_found", "drawn", "found")
#: number of draws that the fitted surface counts for when it is blended with a cell's own draws
SURFACE_DRAWS = 8.0


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """Counts of one scenario in cells of period and size; arrays of shape (periods, sizes).

    ``period_edges`` are days, ``size_edges`` in the unit that ``size_name`` ends in. ``rows`` and
    ``rows_found`` count draws. ``drawn`` is the effective number (sum w)^2 / sum w^2 of the
    weighted draws in a cell, ``found`` is that number times the weighted share found. Raises
    BadParameter for arrays of other shapes or edges that do not ascend.
    """

    scenario: str
    size_name: str
    period_edges: np.ndarray
    size_edges: np.ndarray
    rows: np.ndarray
    rows_found: np.ndarray
    drawn: np.ndarray
    found: np.ndarray

    def __post_init__(self) -> None:
        cells = len(np.ravel(self.period_edges)) - 1, len(np.ravel(self.size_edges)) - 1
        shapes = {name: np.shape(getattr(self, name)) for name in CELLS}
        if any(shape != cells for shape in shapes.values()):
            raise BadParameter(
                f"completeness of {self.scenario[:60]} has arrays of shapes {shapes} for cells "
                f"{cells}; give one value a cell"
            )
        if not (np.all(np.diff(self.period_edges) > 0) and np.all(np.diff(self.size_edges) > 0)):
            raise BadParameter(
                f"edges of the completeness of {self.scenario[:60]} do not ascend; sort them"
            )

    @property
    def fraction(self) -> np.ndarray:
        """Share found in each cell; NaN in cells without draws."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.drawn > 0, self.found / self.drawn, np.nan)

    def interval(self, *, confidence: float = 0.6827) -> tuple[np.ndarray, np.ndarray]:
        """Return Jeffreys' interval of every cell: quantiles of Beta(found + 1/2, missed + 1/2).

        Brown, Cai & DasGupta (2001, Statistical Science 16, 101). Without draws it covers nearly
        all of [0, 1]. Raises BadParameter unless 0 < confidence < 1.
        """
        if not 0 < confidence < 1:
            raise BadParameter(f"confidence {confidence} is not between 0 and 1; give e.g. 0.68")
        posterior = beta(self.found + 0.5, self.drawn - self.found + 0.5)
        return posterior.ppf(0.5 - 0.5 * confidence), posterior.ppf(0.5 + 0.5 * confidence)

    def __call__(
        self, period: np.ndarray | float, size: np.ndarray | float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the efficiency and its standard error at periods (days) and sizes, broadcast.

        Each cell's share is blended with a logistic surface fitted to all cells, which counts as
        ``SURFACE_DRAWS`` draws. The result is made monotonic in size and interpolated between cell
        centres in the logarithms, so it lies in [0, 1] and never decreases with size. The error is
        that of the nearby draws, 0.35 without draws. Both are NaN outside the grid.
        """
        period, size = np.broadcast_arrays(np.asarray(period, float), np.asarray(size, float))
        with np.errstate(divide="ignore", invalid="ignore"):
            at = (
                _cell(np.log(period), np.log(self.period_edges)),
                _cell(np.log(size), np.log(self.size_edges)),
            )
        share = 0.5 + 0.0 * self.drawn if not self.drawn.any() else self._blended()
        drawn, found = _between(self.drawn, *at), _between(self.found, *at)
        jeffreys = beta(found + 0.5, np.maximum(drawn - found, 0) + 0.5)
        outside = np.isnan(at[0]) | np.isnan(at[1])
        return (
            np.where(outside, np.nan, _between(share, *at)),
            np.where(outside, np.nan, jeffreys.std()),
        )

    def _blended(self) -> np.ndarray:
        """Shares of the cells blended with the surface, monotonic in size."""
        surface = logistic_surface(self)
        share = (self.found + SURFACE_DRAWS * surface) / (self.drawn + SURFACE_DRAWS)
        weights = self.drawn + SURFACE_DRAWS
        rows = [isotonic_regression(row, weights=weight).x for row, weight in zip(share, weights)]
        return np.clip(rows, 0.0, 1.0)

    def summary(self) -> dict:
        """Return the draws, their effective number, and the share found with its 68 % interval."""
        drawn, found = int(self.rows.sum()), int(self.rows_found.sum())
        low, high = beta(found + 0.5, drawn - found + 0.5).ppf([0.1587, 0.8413])
        return {
            "rows": drawn,
            "rows_found": found,
            "cells": int((self.rows > 0).sum()),
            "effective_draws": round(float(self.drawn.sum()), 1),
            "share": round(found / drawn, 4),
            "low": round(float(low), 4),
            "high": round(float(high), 4),
        }


def measure_completeness(
    truth: pd.DataFrame,
    scenario: str,
    *,
    size_name: str = "depth_ppm",
    weights: np.ndarray | None = None,
) -> Completeness | None:
    """Count which of one scenario's draws were found; None without draws of known period and size.

    ``truth`` is a labelled set's table of truths. A draw is found if its status is recovered or
    kept; failed examples do not count. ``weights`` (one per row of ``truth``) default to prior over
    proposal density of the population that was simulated. The grid spans the cells that hold draws;
    draws without any event in the data have no depth and are not counted. Raises BadTable if a
    column is missing and BadParameter for an unknown size.
    """
    counts = CompletenessCounts(scenario, size_name=size_name)
    counts.add(truth, weights=weights)
    return counts.completeness()


class CompletenessCounts:
    """Counts of one scenario's draws from a table of truths that is given a part at a time.

    Holds one number a cell for each of five sums. Arguments are those of
    ``measure_completeness``. Raises BadParameter for an unknown size.
    """

    def __init__(self, scenario: str, *, size_name: str = "depth_ppm") -> None:
        if size_name not in SIZE_EDGES:
            raise BadParameter(
                f"no grid for size '{size_name}'; use one of {', '.join(SIZE_EDGES)}"
            )
        self.scenario, self.size_name = scenario, size_name
        self._edges = PERIOD_EDGES, SIZE_EDGES[size_name]
        #: rows, rows found, weights, their squares, and weights found, in every cell
        self._sums = np.zeros((5, *(len(edges) - 1 for edges in self._edges)))
        #: only relative weights matter, and their squares must not underflow
        self._scale = 0.0

    def add(self, truth: pd.DataFrame, *, weights: np.ndarray | None = None) -> None:
        """Count the draws of a part; raises BadTable if a column is missing."""
        if "label" not in truth or "status" not in truth:
            raise BadTable("the table of truths lacks label or status; simulate it again")
        if "period_days" not in truth or self.size_name not in truth:
            return
        weights = np.asarray(reweight(truth) if weights is None else weights, dtype=float)
        values = [truth[name].to_numpy(float) for name in ("period_days", self.size_name)]
        counted = ((truth["label"] == self.scenario) & (truth["status"] != "failed")).to_numpy()
        for edges, value in zip(self._edges, values, strict=True):
            counted &= (value >= edges[0]) & (value < edges[-1])
        if not counted.any():
            return
        found = truth["status"].isin(FOUND).to_numpy()[counted].astype(float)
        place = tuple(
            np.searchsorted(edges, value[counted], side="right") - 1
            for edges, value in zip(self._edges, values, strict=True)
        )
        weight = self._scaled(weights[counted])
        for sums, value in zip(
            self._sums, (np.ones(len(found)), found, weight, weight**2, weight * found), strict=True
        ):
            np.add.at(sums, place, value)

    def _scaled(self, weights: np.ndarray) -> np.ndarray:
        """Weights in units near the largest one so far; earlier sums are brought to them.

        Units are powers of two, so that sums do not depend on where the parts are cut.
        """
        largest = weights.max()
        if largest > self._scale:
            scale = 2.0 ** np.ceil(np.log2(largest))
            ratio = self._scale / scale
            self._sums[2:] *= np.array([ratio, ratio**2, ratio])[:, None, None]
            self._scale = scale
        return weights / self._scale if self._scale > 0 else weights

    def completeness(self) -> Completeness | None:
        """The completeness in the cells that the draws span; None without draws."""
        rows, rows_found, mass, square, kept = self._sums
        if not rows.any():
            return None
        spans = [_span(rows.any(axis=axis)) for axis in (1, 0)]
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn = np.where(square > 0, mass**2 / square, 0.0)
            share = np.where(mass > 0, kept / mass, 0.0)
        cells = {
            "rows": rows.astype(int),
            "rows_found": rows_found.astype(int),
            "drawn": drawn,
            "found": drawn * share,
        }
        period_edges, size_edges = (
            edges[span.start : span.stop + 1]
            for edges, span in zip(self._edges, spans, strict=True)
        )
        return Completeness(
            scenario=self.scenario,
            size_name=self.size_name,
            period_edges=period_edges,
            size_edges=size_edges,
            **{name: values[spans[0], spans[1]] for name, values in cells.items()},
        )


def _span(filled: np.ndarray) -> slice:
    """From the first to the last cell that is filled."""
    places = np.flatnonzero(filled)
    return slice(int(places[0]), int(places[-1]) + 1)


def logistic_surface(cells: Completeness) -> np.ndarray:
    """Fit the shares of all cells by top / (1 + exp(-(a + b ln size + c ln period))), b >= 0.

    The fit has the maximum likelihood with weak priors, of top at one and of the other parameters
    at zero, so that it exists for any counts. Shape (periods, sizes).
    """
    period, size = (
        np.log(edges[:-1] * edges[1:]) / 2 for edges in (cells.period_edges, cells.size_edges)
    )
    x = (size - size.mean())[None, :] / max(np.ptp(size), 1.0)
    y = (period - period.mean())[:, None] / max(np.ptp(period), 1.0)

    def surface(values: np.ndarray) -> np.ndarray:
        top, shift, slope, tilt = values
        return top * expit(shift + slope * x + tilt * y)

    def loss(values: np.ndarray) -> float:
        share = np.clip(surface(values), 1e-9, 1 - 1e-9)
        missed = cells.drawn - cells.found
        pull = 0.005 * np.sum(values[1:] ** 2) - 0.5 * np.log(values[0])
        return float(-np.sum(cells.found * np.log(share) + missed * np.log1p(-share)) + pull)

    best = minimize(
        loss,
        (0.9, 0.0, 3.0, 0.0),
        method="L-BFGS-B",
        bounds=((0.05, 1.0), (-60, 60), (0.0, 100), (-60, 60)),
    )
    return surface(best.x)


def _cell(value: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Fractional index of values among cell centres; NaN outside the edges."""
    centres = 0.5 * (edges[:-1] + edges[1:])
    index = np.interp(value, centres, np.arange(len(centres)))
    return np.where((value >= edges[0]) & (value <= edges[-1]), index, np.nan)


def _between(cells: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Bilinear interpolation at fractional indices; arbitrary where they are NaN."""
    row, column = np.nan_to_num(row), np.nan_to_num(column)
    low, left = np.floor(row).astype(int), np.floor(column).astype(int)
    high, right = np.minimum(low + 1, len(cells) - 1), np.minimum(left + 1, cells.shape[1] - 1)
    up, over = row - low, column - left
    return (1 - up) * ((1 - over) * cells[low, left] + over * cells[low, right]) + up * (
        (1 - over) * cells[high, left] + over * cells[high, right]
    )


def save_completeness(efficiencies: Mapping[str, Completeness], folder: str | Path) -> Path:
    """Write the efficiencies of a labelled set into its folder as JSON and return the path."""
    entries = {
        name: {
            key: value.tolist() if isinstance(value, np.ndarray) else value
            for key, value in vars(one).items()
        }
        for name, one in efficiencies.items()
    }
    path = output_path(folder) / FILE
    with replacing(path) as draft:
        draft.write_text(json.dumps(entries, indent=1))
    return path


def load_completeness(labelled_set: str | Path, *, verify: str = FULL) -> dict[str, Completeness]:
    """Read the detection efficiency of every scenario of a labelled set, by scenario key.

    Raises DataNotFound if the folder has no such file and BadTable if it cannot be parsed or has
    changed (``exoval.running.whole_folder.check_files`` explains ``verify``).
    """
    path = Path(labelled_set) / FILE
    if not path.is_file():
        raise DataNotFound(
            f"no detection efficiencies at {path}; make a labelled set with python -m simulate"
        )
    remedy = "simulate the labelled set again"
    check_files(labelled_set, [FILE], verify=verify)
    entries = read_json(path, remedy=remedy)
    return as_record(entries, dict[str, Completeness], source=str(path), remedy=remedy)
