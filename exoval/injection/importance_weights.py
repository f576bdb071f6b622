"""Change the universe a labelled set was drawn from, without simulating it again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadTable, DataNotFound

log = logging.getLogger(__name__)

#: columns that every truth has; the rest depends on the scenario
REQUIRED = ("label", "log_prior", "log_proposal")
#: effective sample sizes below which a warning is given: a share of the rows, and a number
LEAST_SHARE, LEAST_SIZE = 0.10, 50.0


def reweight(
    labelled_set: str | Path | pd.DataFrame, *, population: Mapping[str, object] | None = None
) -> pd.Series:
    """Weights of all drawn rows, prior over proposal density, in a population.

    ``labelled_set`` is the folder that ``python -m simulate`` wrote, or its table of truths.
    Without a ``population`` the weights are those of the one it was drawn for. Of a population,
    ``planets`` replaces the density of every row with a planet and ``binaries`` that of every
    row with a pair; what stays is the geometry and the number of stars the signal may belong
    to. Rows without a density (nothing injected) weigh 1. The mean weight of a scenario's rows is
    the expected number of its events per target, of those that its draw can make: where nothing
    was drawn no weight brings it back.

    Raises DataNotFound for a folder without truths and BadTable for a table that lacks columns.
    """
    truth = read_truth(labelled_set)
    log_prior = truth["log_prior"].to_numpy(dtype=float).copy()
    for part, rows, density in _parts(truth, population or {}):
        log.debug("new %s for %d rows", part, rows.sum())
        log_prior[rows] = density + _unchanged(truth[rows])
    log_weight = log_prior - truth["log_proposal"].to_numpy(dtype=float)
    return pd.Series(np.exp(log_weight), index=truth.index, name="weight")


def effective_sample_size(weights: np.ndarray) -> float:
    """How many equally weighted rows say as much, (sum w)^2 / sum w^2; 0 without weight.

    Kish (1965), Survey Sampling.
    """
    weights = np.asarray(weights, dtype=float)
    square = float(np.sum(weights**2))
    return float(np.sum(weights)) ** 2 / square if square > 0 else 0.0


def effective_sample_sizes(
    labelled_set: str | Path | pd.DataFrame,
    *,
    population: Mapping[str, object] | None = None,
    status: str | None = "kept",
) -> dict[str, dict[str, float]]:
    """Rows and effective sample size of every scenario, with a warning where it collapses.

    Counts the rows of one ``status`` (all rows for None). It collapses below a tenth of the rows
    or below 50; the entry then has ``collapsed`` true. Raises as ``reweight`` does.
    """
    truth = read_truth(labelled_set)
    weights = reweight(truth, population=population)
    counted = np.ones(len(truth), bool) if status is None else truth["status"] == status
    sizes = {}
    for scenario in truth["label"].unique():
        chosen = weights[counted & (truth["label"] == scenario)]
        size = effective_sample_size(chosen)
        collapsed = size < LEAST_SHARE * len(chosen) or size < LEAST_SIZE
        sizes[str(scenario)] = {
            "rows": len(chosen),
            "effective": round(size, 1),
            "collapsed": bool(collapsed),
        }
    weak = [
        f"{name} {entry['effective']:g} of {entry['rows']}"
        for name, entry in sizes.items()
        if entry["collapsed"] and entry["rows"]
    ]
    if weak:
        log.warning(
            "effective sample sizes collapse, %s rows; draw more systems, or weigh them "
            "by a population nearer to what was drawn",
            ", ".join(weak),
        )
    return sizes


def read_truth(labelled_set: str | Path | pd.DataFrame) -> pd.DataFrame:
    """The table of truths of a labelled set, or the table itself, checked.

    Raises DataNotFound for a folder without one and BadTable if columns are missing.
    """
    if isinstance(labelled_set, pd.DataFrame):
        truth = labelled_set
    else:
        path = Path(labelled_set) / "truth.parquet"
        if not path.is_file():
            raise DataNotFound(
                f"no table of truths at {path}; make a labelled set with python -m simulate"
            )
        truth = pd.read_parquet(path)
    _require(truth, REQUIRED)
    return truth


def _require(truth: pd.DataFrame, names: tuple[str, ...]) -> None:
    missing = [name for name in names if name not in truth]
    if missing:
        raise BadTable(
            f"the table of truths lacks {', '.join(missing)}; simulate the labelled "
            "set again with this version"
        )


def _parts(
    truth: pd.DataFrame, population: Mapping[str, object]
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """For every replaced part of the population, its rows and their new log densities."""
    parts = []
    if population.get("planets") is not None and "planet_radius_earth" in truth:
        _require(truth, ("period_days", "log_transit_probability"))
        rows = truth["planet_radius_earth"].notna().to_numpy()
        chosen = truth[rows]
        density = population["planets"].log_prob(
            chosen["period_days"].to_numpy(), chosen["planet_radius_earth"].to_numpy()
        )
        parts.append(("planets", rows, np.asarray(density, dtype=float)))
    if population.get("binaries") is not None and "mass_ratio" in truth:
        _require(truth, ("period_days", "primary_mass_solar", "log_transit_probability"))
        rows = truth["mass_ratio"].notna().to_numpy()
        columns = ["primary_mass_solar", "period_days", "mass_ratio"]
        density = [
            float(population["binaries"].of(mass).log_prob(period, mass_ratio))
            for mass, period, mass_ratio in truth.loc[rows, columns].to_numpy()
        ]
        parts.append(("binaries", rows, np.array(density, dtype=float)))
    return parts


def _unchanged(truth: pd.DataFrame) -> np.ndarray:
    """The log prior but for the exchanged density: geometry and number of eligible stars."""
    stars = (
        truth["log_eligible_stars"].fillna(0.0).to_numpy(dtype=float)
        if "log_eligible_stars" in truth
        else 0.0
    )
    return truth["log_transit_probability"].to_numpy(dtype=float) + stars
