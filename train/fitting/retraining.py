"""Train a classifier again and again on stars that do not overlap, for the errors of its answers.

The stars of a labelled set are divided into quarters. For each quarter in turn, those of the other
three are split in two halves, and each half trains and calibrates a model: two independent draws
of the world, which are compared on events that neither has seen. Models of half as many stars say
how fast the spread falls with the number of stars, and so what it is for all of them.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student_t
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import HistGradientBoostingRegressor

from exoval.errors import BadParameter, BadTable
from exoval.models.calibrate import Calibration, logit
from exoval.models.fitted_model import FittedModel
from exoval.models.retraining_error import (
    RetrainingError,
    learn_variance,
    learn_variances,
    predicted_variance,
)
from exoval.table.feature_table import FeatureTable
from train.data.row_cap import capped_rows
from train.data.splits import Split, assign_stars
from train.fitting.fit import fit

log = logging.getLogger(__name__)

#: a share of the stars is asked about, and each model of a pair learns half of the others
QUARTERS = 4
SHARE_LEARNED = (1 - 1 / QUARTERS) / 2
#: intervals of one and two standard errors
WITHIN = (1, 2)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two models of different stars, with rows (indexes) of further stars; the same from less.

    ``fewer`` are two models of half as many stars each.
    """

    asked: np.ndarray
    models: tuple[FittedModel, FittedModel]
    fewer: tuple[FittedModel, FittedModel]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a pair says of the rows that it was asked about.

    ``log_odds`` are means of both models, ``square`` half the squared differences, of planet
    or not (rows,) and of every class (rows, classes); ``square_of_fewer`` is of planet.
    """

    features: np.ndarray
    log_odds: np.ndarray
    square: np.ndarray
    square_of_fewer: np.ndarray
    class_log_odds: np.ndarray
    class_square: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Retraining:
    """How the models of the pairs are trained: as the model of all stars was.

    ``fitted`` and ``calibrated`` are the rows (indexes) that the model of all stars was fitted and
    calibrated on; with ``cross_fitted`` they are the same, and each model of a pair is calibrated
    on the rows of the other. ``draws`` is the number of divisions into quarters.
    """

    name: str
    classifier: BaseEstimator
    calibration: Calibration
    table: FeatureTable
    fitted: np.ndarray
    calibrated: np.ndarray
    cross_fitted: bool
    draws: int
    seed: int
    checkpoints: Path | None = None

    def pairs(self) -> Iterator[Pair]:
        """Four pairs for each draw; raises BadTable if a part is too small to be fitted."""
        rows = np.union1d(self.fitted, self.calibrated)
        for number in range(self.draws * QUARTERS):
            draw, quarter = divmod(number, QUARTERS)
            part = self._divided(rows, QUARTERS, [draw])
            rest = rows[part != quarter]
            halves, quarters = (
                self._divided(rest, count, [draw, quarter, count]) for count in (2, 4)
            )
            yield Pair(
                asked=rows[part == quarter],
                models=self._two_models(rest, halves, f"{number}"),
                fewer=self._two_models(rest, quarters, f"{number}-fewer"),
            )

    def _two_models(
        self, rows: np.ndarray, part: np.ndarray, name: str
    ) -> tuple[FittedModel, FittedModel]:
        """Models of the parts 0 and 1 of the rows."""
        one, other = rows[part == 0], rows[part == 1]
        return self._model(one, other, f"{name}-0"), self._model(other, one, f"{name}-1")

    def _model(self, own: np.ndarray, others: np.ndarray, name: str) -> FittedModel:
        """A model of the stars of its own rows."""
        calibrated = others if self.cross_fitted else np.intersect1d(own, self.calibrated)
        if len(calibrated) == 0:
            raise BadTable("no events are left to calibrate on")
        return fit(
            self.name,
            reseeded(self.classifier, f"{self.seed}-{name}"),
            calibration=self.calibration,
            table=self.table,
            split=Split(np.intersect1d(own, self.fitted), calibrated, calibrated[:0]),
            seed=self.seed,
            checkpoints=None if self.checkpoints is None else self.checkpoints / f"pair{name}",
        )

    def _divided(self, rows: np.ndarray, parts: int, key: list[int]) -> np.ndarray:
        """The part of each row, the same for all rows of a star."""
        # every part needs its share of the few rows that calibrate
        role = np.where(np.isin(rows, self.fitted), "fitted ", "calibrated ").astype(object)
        return assign_stars(
            self.table.targets[rows],
            (role + self.table.labels[rows]).astype(str),
            share=np.full(parts, 1 / parts),
            random=np.random.default_rng([self.seed, *key]),
        )


def retraining_of(
    model: FittedModel,
    classifier: BaseEstimator,
    *,
    calibration: Calibration,
    table: FeatureTable,
    split: Split,
    seed: int,
    draws: int,
    row_cap: int | None = None,
    checkpoints: Path | None = None,
) -> Retraining:
    """The retraining of a model that ``fit`` made with these settings."""
    cross_fitted = model.card["calibration_folds"] > 0
    rows = np.sort(np.concatenate([split.fit, split.calibration])) if cross_fitted else split.fit
    fitted = capped_rows(model.name, table, rows, cap=row_cap, seed=seed)
    return Retraining(
        name=model.name,
        classifier=classifier,
        calibration=calibration,
        table=table,
        fitted=fitted,
        calibrated=fitted if cross_fitted else split.calibration,
        cross_fitted=cross_fitted,
        draws=draws,
        seed=seed,
        checkpoints=checkpoints,
    )


def with_error(
    model: FittedModel, retraining: Retraining, judged: Mapping[str, FeatureTable]
) -> tuple[FittedModel, dict]:
    """The model with the error of its probabilities, and how well that error holds.

    ``judged`` are tables of stars without part in the fits: for each, the dictionary has the shares
    of differences of two retrained models within one and two errors (``coverage``). With
    too few rows to retrain, the model comes back without errors, and the dictionary says why.
    """
    if retraining.draws == 0:
        return model, {"missing": "errors are turned off (error_draws=0)"}
    try:
        pairs = list(retraining.pairs())
    except (BadTable, BadParameter) as reason:
        log.warning("%s has no errors of probabilities: %s", model.name, reason)
        return model, {"missing": f"too few events to train again on a part of them: {reason}"}
    compared = [compare(pair, model, retraining.table.select(pair.asked)) for pair in pairs]
    scale = scale_to_all(compared)
    features = np.concatenate([one.features for one in compared])
    error = RetrainingError(
        planet=_variance_of_planet(compared, seed=retraining.seed),
        classes=learn_variances(
            np.concatenate([one.class_log_odds for one in compared]),
            features,
            np.concatenate([one.class_square for one in compared]),
            seed=retraining.seed,
        ),
        scale=scale,
    )
    found = {
        name: coverage(pairs, compared, rows, seed=retraining.seed) for name, rows in judged.items()
    }
    return replace(model, error=error), {"pairs": len(pairs), "scale": scale} | found


def compare(pair: Pair, model: FittedModel, asked: FeatureTable) -> Compared:
    """The answers of a pair; the classes are those of ``model``."""
    planet = np.stack([planet_log_odds(one, asked) for one in pair.models])
    classes = np.stack([class_log_odds(one, asked, model.classes) for one in pair.models])
    fewer = np.stack([planet_log_odds(one, asked) for one in pair.fewer])
    return Compared(
        features=asked.matrix([column.name for column in model.columns]),
        log_odds=planet.mean(axis=0),
        square=np.diff(planet, axis=0)[0] ** 2 / 2,
        square_of_fewer=np.diff(fewer, axis=0)[0] ** 2 / 2,
        class_log_odds=classes.mean(axis=0),
        class_square=np.diff(classes, axis=0)[0] ** 2 / 2,
    )


def scale_to_all(compared: Sequence[Compared]) -> float:
    """Variance of a model of all stars over that of a model of a pair.

    A power of the number of stars, between no fall and that of a mean, measured from half of a
    pair's stars to all of them. As the error comes from few pairs, it is widened to the quantile of
    Student's t.
    """
    fewer, more = (
        np.median(np.concatenate([getattr(one, name) for one in compared]))
        for name in ("square_of_fewer", "square")
    )
    power = float(np.clip(np.log2(fewer / more), 0, 1)) if min(fewer, more) > 0 else 0.0
    return SHARE_LEARNED**power * widening(len(compared)) ** 2


def widening(pairs: int) -> float:
    """One sigma of Student's t with a degree of freedom for each pair.

    >>> [round(widening(number), 2) for number in (4, 8, 1000)]
    [1.14, 1.07, 1.0]
    """
    return float(student_t.ppf(norm.cdf(1), pairs))


def coverage(
    pairs: Sequence[Pair], compared: Sequence[Compared], judged: FeatureTable, *, seed: int
) -> dict[str, float]:
    """Shares of the differences of two models within one and two of their errors, on other stars.

    The error of a pair is learned from all other pairs. Errors that hold give 0.68 and 0.95.
    """
    ratios = []
    for number, pair in enumerate(pairs):
        others = [*compared[:number], *compared[number + 1 :]]
        variance = _variance_of_planet(others, seed=seed)
        one, other = (planet_log_odds(model, judged) for model in pair.models)
        features = judged.matrix([column.name for column in pair.models[0].columns])
        error = widening(len(others)) * np.sqrt(
            2 * predicted_variance(variance, (one + other) / 2, features)
        )
        ratios.append(np.abs(one - other) / error)
    ratio = np.concatenate(ratios)
    return {f"within_{limit}_sigma": float(np.mean(ratio < limit)) for limit in WITHIN}


def planet_log_odds(model: FittedModel, table: FeatureTable) -> np.ndarray:
    """Log odds of planet (rows,)."""
    return logit(model.of_planets(model.probabilities(table)))


def class_log_odds(model: FittedModel, table: FeatureTable, classes: Sequence[str]) -> np.ndarray:
    """Log odds (rows, classes); classes that the model does not know have probability 0."""
    probability = np.zeros((len(table), len(classes)))
    for name, values in zip(model.classes, model.probabilities(table).T, strict=True):
        probability[:, classes.index(name)] = values
    return logit(probability)


def reseeded(classifier: BaseEstimator, key: str) -> BaseEstimator:
    """A copy of a classifier with other seeds, also in its members, that follow from a text."""
    copy = clone(classifier)
    seeds = {
        name: zlib.crc32(f"{key}-{value}".encode()) % 2**31
        for name, value in copy.get_params().items()
        if name.split("__")[-1] == "random_state" and isinstance(value, int)
    }
    return copy.set_params(**seeds)


def _variance_of_planet(
    compared: Sequence[Compared], *, seed: int
) -> HistGradientBoostingRegressor:
    log_odds, features, square = (
        np.concatenate([getattr(one, name) for one in compared])
        for name in ("log_odds", "features", "square")
    )
    return learn_variance(log_odds, features, square, seed=seed)
