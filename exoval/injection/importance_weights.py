"""Importance weights: change the population of a labelled set without simulating again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from exoval.errors import BadTable, DataNotFound, foreign_errors_as
from exoval.running.whole_folder import FULL, check_files
from exoval.table.parquet_parts import names_to_check, parquet_files

log = logging.getLogger(__name__)

#: columns of every table of truths; further columns depend on the scenario
REQUIRED = ("label", "log_prior", "log_proposal")
#: columns with which a star's weight is computed; in the rows of its further orbits, those of the
#: first orbit have the prefix ``first_``
OF_THE_FIRST = ("period_days", "planet_radius_earth", "mass_ratio", "log_transit_probability")
#: least effective sample sizes, as a share of the rows and as a number; below them a warning is
#: logged
LEAST_SHARE, LEAST_SIZE = 0.10, 50.0


def reweight(
    labelled_set: str | Path | pd.DataFrame, *, population: Mapping[str, object] | None = None
) -> pd.Series:
    """Return the weights of all drawn rows in a population: prior over proposal density.

    ``labelled_set`` is the folder that ``python -m simulate`` wrote, or its table of truths.
    Without a ``population`` the weights are those of the simulated one. Of a population,
    ``planets`` replaces the density of every row with a planet and ``binaries`` that of every row
    with a pair; the geometry and the number of stars that may carry the signal stay. Rows without a
    density (no injection) have weight 1. The mean weight of a scenario's rows is the expected
    number of its events per target, within the range that was drawn: weights cannot restore what
    was never drawn. Where scenarios have different numbers of systems, as after a proposal, weights
    of several of them compare once divided by these. All rows of a star have the weight of its
    first orbit.

    Raises DataNotFound for a folder without truths and BadTable for a table that lacks columns.
    """
    truth = _of_the_first_orbits(read_truth(labelled_set))
    log_prior = truth["log_prior"].to_numpy(dtype=float).copy()
    for part, rows, density in _parts(truth, population or {}):
        log.debug("new %s for %d rows", part, rows.sum())
        log_prior[rows] = density + _unchanged(truth[rows])
    log_weight = log_prior - truth["log_proposal"].to_numpy(dtype=float)
    return pd.Series(np.exp(log_weight), index=truth.index, name="weight")


def effective_sample_size(weights: np.ndarray) -> float:
    """Return the effective sample size (sum w)^2 / sum w^2; 0 if all weights are 0.

    Kish (1965), Survey Sampling.

    >>> round(effective_sample_size(np.array([1.0, 1.0, 1.0, 0.1])), 2)
    3.19
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
    """Return rows and effective sample size of every scenario, and warn where it is too small.

    Only rows of one ``status`` count (None: all rows). An effective size below a tenth of the rows
    or below 50 has collapsed: its entry has ``collapsed`` true. Raises as ``reweight`` does.
    """
    sizes = EffectiveSampleSizes(population=population, status=status)
    sizes.add(read_truth(labelled_set))
    return sizes.by_scenario()


class EffectiveSampleSizes:
    """Effective sample sizes of a table of truths that is given a part at a time.

    Holds three numbers a scenario. Arguments are those of ``effective_sample_sizes``.
    """

    def __init__(
        self, *, population: Mapping[str, object] | None = None, status: str | None = "kept"
    ) -> None:
        self.population = population
        self.status = status
        #: rows, sum of weights and of their squares
        self._sums: dict[str, np.ndarray] = {}

    def add(self, truth: pd.DataFrame) -> None:
        """Count the rows of a part; raises as ``reweight`` does."""
        weights = reweight(truth, population=self.population).to_numpy()
        counted = (
            np.ones(len(truth), bool) if self.status is None else truth["status"].eq(self.status)
        )
        for scenario in truth["label"].unique():
            chosen = weights[counted & (truth["label"] == scenario)]
            sums = self._sums.setdefault(str(scenario), np.zeros(3))
            # one by one, so that sums do not depend on where the parts are cut
            rows = np.stack([np.ones(len(chosen)), chosen, chosen**2], axis=1)
            sums[:] = np.cumsum(np.vstack([sums, rows]), axis=0)[-1]

    def by_scenario(self) -> dict[str, dict[str, float]]:
        """Rows and effective size of every scenario; a warning names those that collapsed."""
        sizes = {}
        for scenario, (rows, total, square) in self._sums.items():
            size = total**2 / square if square > 0 else 0.0
            sizes[scenario] = {
                "rows": int(rows),
                "effective": round(float(size), 1),
                "collapsed": bool(size < LEAST_SHARE * rows or size < LEAST_SIZE),
            }
        weak = [
            f"{name} {entry['effective']:g} of {entry['rows']}"
            for name, entry in sizes.items()
            if entry["collapsed"] and entry["rows"]
        ]
        if weak:
            log.warning(
                "effective sample sizes collapse, %s rows; draw more systems, or weight them "
                "by a population closer to the simulated one",
                ", ".join(weak),
            )
        return sizes


def read_truth(labelled_set: str | Path | pd.DataFrame, *, verify: str = FULL) -> pd.DataFrame:
    """Read the table of truths of a labelled set, or check a given table.

    Raises DataNotFound for a folder without the table and BadTable if columns are missing or the
    file has changed (``exoval.running.whole_folder.check_files`` explains ``verify``).
    """
    if isinstance(labelled_set, pd.DataFrame):
        truth = labelled_set
    else:
        path = Path(labelled_set) / "truth.parquet"
        if not parquet_files(path):
            raise DataNotFound(
                f"no table of truths at {path}; make a labelled set with python -m simulate"
            )
        check_files(labelled_set, names_to_check(path), verify=verify)
        with foreign_errors_as(BadTable, f"cannot read {path}", "simulate the set again"):
            # its parts alone: pandas would take whatever else lies in the folder for rows
            parts = [pq.read_table(str(one)) for one in parquet_files(path)]
            truth = pa.concat_tables(parts).to_pandas()
    _require(truth, REQUIRED)
    return truth


def _of_the_first_orbits(truth: pd.DataFrame) -> pd.DataFrame:
    """The truths with the values of the first orbit in the rows of further ones."""
    if "first_period_days" not in truth:
        return truth
    further = truth["first_period_days"].notna()
    known = [name for name in OF_THE_FIRST if name in truth]
    firsts = {name: truth.get(f"first_{name}", np.nan) for name in known}
    return truth.assign(**{name: truth[name].mask(further, firsts[name]) for name in known})


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
    """Rows and new log densities for every replaced part of the population."""
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
    """The log prior without the replaced density: geometry and number of eligible stars."""
    stars = (
        truth["log_eligible_stars"].fillna(0.0).to_numpy(dtype=float)
        if "log_eligible_stars" in truth
        else 0.0
    )
    return truth["log_transit_probability"].to_numpy(dtype=float) + stars
