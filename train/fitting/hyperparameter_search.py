"""Search for hyperparameters: ``python -m train tuning=optuna classifier=NAME``.

A trial cross-validates the classifier by star; its value is the log-loss of P(planet) on the
left-out folds. Test stars are never used. A tree-structured Parzen estimator (Bergstra et al.
2011, NeurIPS 24) proposes the trials, and a trial is pruned if it is worse than the median of the
others (Golovin et al. 2017, KDD).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import StratifiedGroupKFold

from exoval.errors import BadParameter, BadTable, DataNotFound, MissingDependency
from exoval.networks.checkpoint import fingerprint
from exoval.running.output_path import replacing
from exoval.running.progress import progress
from exoval.running.spreadsheet import write_csv
from exoval.table.feature_table import FeatureTable
from train.data.row_cap import cap_of, capped_rows
from train.fitting.fit import fitted_pipeline, planet_score
from train.judging.metrics import value_of
from train.report import figures
from train.report.tuning_figure import tuning_figure

if TYPE_CHECKING:
    import optuna

log = logging.getLogger(__name__)

STORAGE = "trials.db"
#: complete trials that are needed before another is pruned
UNPRUNED_TRIALS = 5
#: attribute of a failed trial
REASON = "reason"


@dataclass(frozen=True, kw_only=True)
class HyperparameterSearch:
    """Search for hyperparameters; ``space`` maps classifier to setting to its range.

    A range has ``low`` and ``high`` (integers if both are) and optionally ``log: true``, or
    ``choices``. Trials are cross-validated in ``folds`` folds of stars. The first
    ``random_trials`` are drawn at random; after ``timeout_minutes`` no further trial starts.
    Raises BadParameter for settings or ranges that cannot be used.
    """

    space: Mapping[str, Mapping[str, Mapping[str, Any]]]
    trials: int = 40
    folds: int = 3
    random_trials: int = 8
    timeout_minutes: float | None = None

    def __post_init__(self) -> None:
        if self.trials < 1 or self.folds < 2:
            raise BadParameter(
                f"trials={self.trials} and folds={self.folds}; give at least one "
                "trial and two folds"
            )
        for classifier, ranges in self.space.items():
            for setting, bounds in ranges.items():
                _check_range(f"{classifier}.{setting}", bounds)

    def __call__(
        self,
        classifiers: Mapping[str, BaseEstimator],
        table: FeatureTable,
        *,
        seed: int,
        folder: Path,
        row_cap: Mapping[str, int | None] | None = None,
    ) -> tuple[dict[str, BaseEstimator], dict[str, dict]]:
        """The classifiers with their best settings, and a summary of the trials of each.

        ``table`` holds the rows for fitting; each classifier gets at most ``row_cap`` of them.
        Trials are stored in ``folder`` (SQLite), from which an interrupted search resumes;
        ``trials.csv`` and ``trials.png`` are written there. Raises BadParameter for a classifier
        without a search space or if ``folder`` has trials of another search, DataNotFound if they
        cannot be stored, MissingDependency without optuna.
        """
        _optuna()
        lacking = sorted(set(classifiers) - set(self.space))
        if lacking:
            raise BadParameter(
                f"no search space for {', '.join(lacking)}; add search_space: with its name and "
                "ranges to conf/classifier/NAME.yaml"
            )
        best, found, frames = {}, {}, []
        for name, classifier in classifiers.items():
            cap = cap_of(name, row_cap or {})
            with _storing(folder / STORAGE):
                study = self._study(name, classifier, table, seed=seed, folder=folder)
                self._search(study, name, classifier, table=table, seed=seed, cap=cap)
            frames.append(trials_table(name, study))
            found[name] = summary(name, study)
            best[name] = clone(classifier).set_params(**found[name]["settings"])
        trials = pd.concat(frames, ignore_index=True)
        write_csv(trials, folder / "trials.csv")
        if figures.available():
            importance = {name: one["importance"] for name, one in found.items()}
            with replacing(folder / "trials.png") as draft:
                draft.write_bytes(tuning_figure(trials, importance))
        return best, found

    def _study(
        self, name: str, classifier: BaseEstimator, table: FeatureTable, *, seed: int, folder: Path
    ) -> optuna.Study:
        """The study in the folder, a new one or one to resume."""
        optuna = _optuna()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(
            storage=f"sqlite:///{folder / STORAGE}",
            study_name=name,
            direction="minimize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(UNPRUNED_TRIALS),
        )
        mark = self._mark(name, classifier, table, seed=seed)
        if study.user_attrs.setdefault("mark", mark) != mark:
            raise BadParameter(
                f"the trials of '{name}' in {folder / STORAGE} are of other data, other settings "
                "or another version of exoval; delete that file or choose another output=DIR"
            )
        study.set_user_attr("mark", mark)
        for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
        if not study.trials:
            study.enqueue_trial(first_settings(classifier, self.space[name]))
        return study

    def _mark(self, name: str, classifier: BaseEstimator, table: FeatureTable, *, seed: int) -> str:
        """A digest of everything that determines a trial's value."""
        settings = {
            "space": json.dumps(_plain(self.space[name]), sort_keys=True),
            "seed": seed,
            "folds": self.folds,
            "random_trials": self.random_trials,
            "classifier": repr(classifier),
        }
        _, stars = np.unique(table.targets, return_inverse=True)
        return fingerprint([table.features, table.is_planet, stars], settings)

    def _search(
        self,
        study: optuna.Study,
        name: str,
        classifier: BaseEstimator,
        *,
        table: FeatureTable,
        seed: int,
        cap: int | None,
    ) -> None:
        """Run the remaining trials."""
        optuna = _optuna()
        parts = [
            (capped_rows(name, table, fitted, cap=cap, seed=seed), out)
            for fitted, out in self._parts(table, seed=seed)
        ]
        start = pd.Timestamp.now()
        finished = len(_finished(study))
        for number in progress(
            range(finished, self.trials),
            total=max(0, self.trials - finished),
            description=f"trials of {name}",
        ):
            minutes = (pd.Timestamp.now() - start).total_seconds() / 60
            if self.timeout_minutes is not None and minutes >= self.timeout_minutes:
                log.warning(
                    "search of %s ends after %d of %d trials (timeout_minutes=%g)",
                    name,
                    number,
                    self.trials,
                    self.timeout_minutes,
                )
                break
            # seeded by the number of earlier trials: a resumed search proposes the same trials as
            # an uninterrupted one
            study.sampler = optuna.samplers.TPESampler(
                seed=seed + 1000 * number, n_startup_trials=self.random_trials
            )
            study.optimize(
                lambda trial: self._worth(
                    trial, name, classifier, table=table, parts=parts, seed=seed
                ),
                n_trials=1,
                catch=(BadTable,),
            )
        if not study.get_trials(states=(optuna.trial.TrialState.COMPLETE,)):
            raise BadParameter(
                f"none of the {len(study.trials)} trials of '{name}' could be "
                "fitted; give more trials or a narrower search space"
            )

    def _parts(self, table: FeatureTable, *, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Fitted and left-out rows of every fold; BadTable if the stars are too few."""
        splitter = StratifiedGroupKFold(self.folds, shuffle=True, random_state=seed)
        try:
            parts = list(splitter.split(table.features, table.labels, table.targets))
        except ValueError as error:
            raise BadTable(
                f"{len(set(table.targets))} stars cannot be divided into tuning.folds="
                f"{self.folds}: {error}; give fewer folds"
            ) from error
        if any(not table.is_planet[fitted].any() for fitted, _ in parts):
            raise BadTable(
                "without the stars of one fold no planets are left to fit; give fewer "
                "tuning.folds or simulate more stars"
            )
        return parts

    def _worth(
        self,
        trial: optuna.Trial,
        name: str,
        classifier: BaseEstimator,
        *,
        table: FeatureTable,
        parts: list[tuple[np.ndarray, np.ndarray]],
        seed: int,
    ) -> float:
        """Log-loss on the left-out rows; a bad trial is pruned between folds."""
        copy = clone(classifier).set_params(**suggested(trial, self.space[name]))
        score, judged = np.full(len(table), np.nan), np.zeros(len(table), dtype=bool)
        meanings = table.label_meanings()
        for number, (fitted, out) in enumerate(parts):
            try:
                pipeline = fitted_pipeline(name, copy, table.select(fitted), seed=seed)
            except BadTable as error:
                trial.set_user_attr(REASON, str(error))
                raise
            score[out], judged[out] = planet_score(pipeline, table.select(out), meanings), True
            worth = value_of("log_loss", score[judged], table.is_planet[judged])
            trial.report(worth, number)
            if number + 1 < len(parts) and trial.should_prune():
                raise _optuna().TrialPruned
        return worth


def suggested(trial: optuna.Trial, ranges: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The trial's proposed value for every setting."""
    settings = {}
    for setting, bounds in ranges.items():
        if "choices" in bounds:
            # as text, because the storage takes no lists
            texts = [json.dumps(choice) for choice in bounds["choices"]]
            settings[setting] = json.loads(trial.suggest_categorical(setting, texts))
            continue
        whole = isinstance(bounds["low"], int) and isinstance(bounds["high"], int)
        suggest = trial.suggest_int if whole else trial.suggest_float
        settings[setting] = suggest(
            setting, bounds["low"], bounds["high"], log=bounds.get("log", False)
        )
    return settings


def first_settings(
    classifier: BaseEstimator, ranges: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The classifier's own settings as a first trial, as far as they lie in their ranges.

    A search that starts with all of them cannot end with worse ones.
    """
    own, first = classifier.get_params(), {}
    for setting, bounds in ranges.items():
        value = own[setting] if setting in own else None
        if "choices" in bounds:
            value = list(value) if isinstance(value, tuple) else value
            if value in bounds["choices"]:
                first[setting] = json.dumps(value)
        elif isinstance(value, int | float) and bounds["low"] <= value <= bounds["high"]:
            first[setting] = value
    return first


def trials_table(name: str, study: optuna.Study) -> pd.DataFrame:
    """One row a trial: classifier, number, state, log_loss, seconds and the settings.

    The log-loss of a pruned trial is that of its finished folds.
    """
    rows = []
    for trial in study.trials:
        seconds = trial.duration.total_seconds() if trial.duration else np.nan
        last = trial.intermediate_values.get(max(trial.intermediate_values, default=-1), np.nan)
        rows.append(
            {
                "classifier": name,
                "number": trial.number,
                "state": trial.state.name.lower(),
                "log_loss": last if trial.value is None else trial.value,
                "seconds": round(seconds, 2),
                **trial.params,
            }
        )
    return pd.DataFrame(rows)


def summary(name: str, study: optuna.Study) -> dict:
    """Best settings and their log-loss, counts of trials by state, importance of the settings."""
    settings = {
        setting: json.loads(value) if isinstance(value, str) else value
        for setting, value in study.best_trial.params.items()
    }
    states = [trial.state.name.lower() for trial in study.trials]
    return {
        "settings": settings,
        "held_back_log_loss": float(study.best_value),
        "trial": study.best_trial.number,
        "trials": len(_finished(study)),
        "states": {state: states.count(state) for state in sorted(set(states))},
        "importance": importances(study),
    }


def importances(study: optuna.Study) -> dict[str, float]:
    """Share of the log-loss's variance that each setting explains; empty if undefined.

    From a functional analysis of variance over the trials (Hutter et al. 2014, ICML 32).
    """
    optuna = _optuna()
    try:
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    except (RuntimeError, ValueError) as error:
        log.warning("the importance of settings could not be computed: %s", error)
        return {}
    return {setting: float(share) for setting, share in found.items()}


def _finished(study: optuna.Study) -> list:
    """The finished trials; a failed trial without a reason was interrupted and is left out."""
    states = _optuna().trial.TrialState
    return [
        trial
        for trial in study.trials
        if trial.state in (states.COMPLETE, states.PRUNED)
        or (trial.state == states.FAIL and REASON in trial.user_attrs)
    ]


def _check_range(name: str, bounds: Mapping[str, Any]) -> None:
    """Raise BadParameter for a range from which no value can be drawn."""
    if "choices" in bounds:
        if not bounds["choices"]:
            raise BadParameter(f"search space of {name} has no choices; give at least one")
        return
    low, high = bounds.get("low"), bounds.get("high")
    if low is None or high is None or not low < high or (bounds.get("log") and low <= 0):
        raise BadParameter(
            f"search space of {name} is {dict(bounds)}; give low < high (above 0 "
            "for log: true) or choices"
        )


def _plain(ranges: Mapping[str, Mapping[str, Any]]) -> dict:
    return {setting: dict(bounds) for setting, bounds in ranges.items()}


@contextmanager
def _storing(path: Path) -> Iterator[None]:
    """Turn an error of the database of trials, such as that of a full disk, into a sentence."""
    from sqlalchemy.exc import OperationalError  # comes with optuna

    try:
        yield
    except Exception as error:
        # optuna fails once more, in other words, while it notes that a trial has failed
        cause = error
        while cause is not None and not isinstance(cause, OperationalError):
            cause = cause.__cause__ or cause.__context__
        if cause is None:
            raise
        raise DataNotFound(
            f"cannot write {path} ({cause.orig}); finished trials are kept: free some space and "
            "give the same command again, or choose another output=DIR"
        ) from error


def _optuna() -> ModuleType:
    """The module; MissingDependency if it is not installed."""
    try:
        import optuna
    except ImportError as error:
        raise MissingDependency(
            "optuna is not installed; pip install 'exoval[sweep]' or leave tuning=optuna out"
        ) from error
    return optuna
