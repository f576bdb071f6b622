"""How good posteriors are on the sky: metrics in which events count as often as nature has them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exoval.injection.importance_weights import effective_sample_size
from exoval.models.fitted_model import FittedModel
from exoval.posterior.sky_posterior import SkyPosterior
from exoval.table.feature_table import FeatureTable
from train.judging.metrics import METRICS, WeightedRows, intervals


def judge_in_population(
    model: FittedModel,
    posterior: SkyPosterior,
    table: FeatureTable,
    rate: np.ndarray,
    *,
    resamples: int,
    seed: int,
) -> dict:
    """Metrics of a posterior as ``{value, low, high}`` on rows of stars that were left out.

    ``rate`` (rows,) is how often nature shows each row (``exoval.posterior.event_rates``).
    """
    features = table.usable_matrix([column.name for column in model.columns])
    answers = posterior(model.probabilities(table), features)
    return judge_weighted(
        answers.planet, table.is_planet, table.targets, rate, resamples=resamples, seed=seed
    )


def judge_weighted(
    probability: np.ndarray,
    is_planet: np.ndarray,
    stars: np.ndarray,
    rate: np.ndarray,
    *,
    resamples: int,
    seed: int,
) -> dict:
    """The metrics of probabilities (rows,) with rows that count by their ``rate`` (rows,)."""
    rows = WeightedRows.resampled(probability, is_planet, stars, resamples=resamples, seed=seed)
    # rates of a mean of one, so that sums are of the size of numbers of rows
    relative = rate / max(float(rate.mean()), 1e-300)
    weighted = replace(rows, weights=rows.weights * relative)
    return intervals(weighted, tuple(METRICS))


def effective_numbers(is_planet: np.ndarray, rate: np.ndarray) -> dict[str, float]:
    """How many equally weighted planets and other events the rows are worth, and their rates."""
    return {
        "rows": len(rate),
        "effective_planets": effective_sample_size(rate[is_planet]),
        "effective_others": effective_sample_size(rate[~is_planet]),
        "planets_per_target": float(rate[is_planet].sum()),
        "others_per_target": float(rate[~is_planet].sum()),
    }
