"""Train on one table and judge on another of a different origin, in their shared columns."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import has_fit_parameter

from exoval.ephemeris_match import COLUMNS as MATCHES
from exoval.errors import BadTable, DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.prior_shift import estimate_priors
from exoval.running.output_path import make_folder, output_path
from exoval.running.progress import progress
from exoval.running.spreadsheet import write_csv
from exoval.siblings import COLUMNS as SIBLINGS
from exoval.table.feature_table import FeatureTable
from exoval.views.columns import with_view_columns
from train.data.splits import StarSplit
from train.data.tables import LabelledTable, without_stars_of
from train.fitting.fit import fit, fitted_pipeline, planet_score
from train.fitting.out_of_fold import cross_fitted, planet_or_not, star_folds
from train.fitting.retraining import retraining_of, with_error
from train.judging.domain_auc import domain_auc
from train.judging.domain_importance import domain_importance
from train.judging.feature_gap import feature_gap, of_kind
from train.judging.headline import leading
from train.judging.metrics import HEADLINE, difference
from train.judging.scored import Scored, evaluate, score
from train.report.result_file import frame, write_result
from train.report.transfer_figure import transfer_figure
from train.run import describe_sets, predictions

log = logging.getLogger(__name__)

#: metrics of the headline beside those of every training
ALSO = (
    "accuracy",
    "recall_at_precision_0.9",
    "recall_at_precision_0.95",
    "recall_at_precision_0.97",
)
#: gives a table to a classifier in the form that it takes
AsSeen = Callable[[FeatureTable], FeatureTable]

#: columns that a table has only if its events are related to others
OF_OTHER_EVENTS = {column.name for column in (*SIBLINGS, *MATCHES)}


def transfer(
    *,
    output: str | Path,
    source: LabelledTable,
    target: LabelledTable,
    classifier: Mapping[str, BaseEstimator],
    calibration: Calibration,
    split: StarSplit,
    seed: int,
    bootstrap_resamples: int = 500,
    calibration_folds: int = 0,
    error_draws: int = 0,
    columns: Sequence[str] | None = None,
    view_bins: int | None = None,
    ceiling_folds: int = 0,
    candidates: str | Path | None = None,
    identify: Callable[[str], dict] | None = None,
    planet_share: float | None = None,
    results: str | Path | None = None,
    settings: dict | None = None,
) -> dict:
    """Fit every classifier on ``source``, judge it on its held-out stars and on ``target``.

    Stars of the source are left out of the target, so that no star is both trained on and judged.
    The target's labels are used for judging alone, and for the ceiling: the same classifiers
    cross-validated over the target's stars in ``ceiling_folds`` folds, 0 for none. ``columns`` are
    the features to use, all that both tables have if None. With
    ``view_bins`` classifiers that take no views get each view in so many columns. The errors of
    probabilities come from training again, ``error_draws`` times as ``train.run.run`` says.

    Returns the result, which is written to ``transfer.json`` in ``output``, beside
    ``transfer.png``, ``gap.csv`` and ``predictions_*.csv``, and to the file ``results``.
    ``candidates`` is a file for the probabilities of the target's events of unknown disposition.
    They hold for a ``planet_share`` among these, or for the class shares that are estimated without
    labels if it is None; ``identify`` says what stands there of an event by its name, by default
    the name and its star.
    Raises DataNotFound or BadTable for tables that cannot be used.
    """
    start = time.time()
    output = make_folder(output)
    table, judged = in_common(source(), target())
    if columns is not None:
        table, judged = table.only(columns), judged.only(columns)
    judged = without_stars_of(judged, table)
    parts = split(table, seed=seed)
    seen = {name: as_seen(estimator, bins=view_bins) for name, estimator in classifier.items()}
    models = [
        fit(
            name,
            estimator,
            calibration=calibration,
            table=seen[name](table),
            split=parts,
            seed=seed,
            folds=calibration_folds,
            checkpoints=output / "checkpoints",
        )
        for name, estimator in progress(
            classifier.items(), total=len(classifier), description="fit classifiers"
        )
    ]
    best = leading(models)
    if error_draws > 0:
        models = [
            with_error(
                model,
                retraining_of(
                    model,
                    classifier[model.name],
                    calibration=calibration,
                    table=seen[model.name](table),
                    split=parts,
                    seed=seed,
                    draws=error_draws,
                    row_cap=None,
                    checkpoints=output / "checkpoints",
                ),
                {"source": seen[model.name](table.select(parts.test))},
            )[0]
            for model in progress(models, total=len(models), description="train again for errors")
        ]
    held_out = {
        model.name: score(model, seen[model.name](table.select(parts.test))) for model in models
    }
    elsewhere = {model.name: score(model, seen[model.name](judged)) for model in models}
    shifted = {
        model.name: with_estimated_shares(model, seen[model.name](judged), elsewhere[model.name])
        for model in models
    }
    ceiling = (
        taught_by_labels(
            classifier,
            {name: as_it(judged) for name, as_it in seen.items()},
            calibration=calibration,
            folds=ceiling_folds,
            seed=seed,
        )
        if ceiling_folds > 0
        else {}
    )
    gap = feature_gap(table, judged)
    resampling = {"resamples": bootstrap_resamples, "seed": seed}
    by_classifier = {
        name: {
            "source": evaluate(held_out[name], **resampling),
            "target": evaluate(elsewhere[name], **resampling),
            "target_with_estimated_shares": evaluate(shifted[name], **resampling),
        }
        | ({"ceiling": evaluate(ceiling[name], **resampling)} if ceiling else {})
        for name in progress(elsewhere, total=len(elsewhere), description="judge")
    }
    result = frame(settings or {}, seed=seed) | {
        "metrics": {
            "headline": headline(by_classifier[best]["source"], by_classifier[best]["target"]),
            "by_classifier": by_classifier,
            "domain_auc": by_kind(domain_auc, table, judged, **resampling),
        },
        "source": source.kind,
        "target": target.kind,
        "leading": best,
        "sets": describe_sets(table, parts, real=None) | {"target": described(judged)},
        "domain_importance": by_kind(named_domain_importance, table, judged, seed=seed),
        "feature_gap": gap.to_dict("records"),
        "columns": table.feature_names,
    }
    result["seconds"] = round(time.time() - start, 1)
    write(result, output=output, results=results, held_out=held_out, elsewhere=elsewhere, gap=gap)
    if candidates is not None:
        found = undecided(
            shifted
            if planet_share is None
            else {
                model.name: shifted_to(
                    model.priors_at(planet_share),
                    model,
                    table=seen[model.name](judged),
                    scored=elsewhere[model.name],
                )
                for model in models
            },
            leading=best,
            identify=identify,
        )
        write_csv(found, output_path(candidates, setting="candidates"))
    return result | {"verdict": verdict(result)}


def as_seen(estimator: BaseEstimator, *, bins: int | None) -> AsSeen:
    """A function that gives a table to a classifier: with views, or with views as columns.

    ``bins`` is the number of columns for each view; None gives a classifier that takes no views
    the table as it is.
    """
    if bins is None or has_fit_parameter(estimator, "views"):
        return lambda table: table
    return lambda table: with_view_columns(table, bins=bins)


def with_estimated_shares(model: FittedModel, table: FeatureTable, scored: Scored) -> Scored:
    """The scored rows with probabilities at the class shares that are estimated without a label."""
    shares = estimate_priors(model.probabilities(table), trained=trained_shares(model)).shares
    priors = dict(zip(model.classes, map(float, shares), strict=True))
    return shifted_to(priors, model, table=table, scored=scored)


def shifted_to(
    priors: dict[str, float], model: FittedModel, *, table: FeatureTable, scored: Scored
) -> Scored:
    """The scored rows of a table with probabilities at other class shares."""
    answers = model.answers(table, priors=priors)
    low, high = answers.planet_interval
    most = np.argmax(answers.probability, axis=1)
    return replace(
        scored,
        probability=answers.planet,
        error=0.5 * (high - low),
        predicted=np.array(model.classes)[most],
        predicted_is_planet=model.is_planet_class[most],
    )


def trained_shares(model: FittedModel) -> np.ndarray:
    """Shares of the model's classes among the rows that it was calibrated on, (classes,)."""
    return np.array([model.card["class_shares"].get(name, 0.0) for name in model.classes])


def taught_by_labels(
    classifier: Mapping[str, BaseEstimator],
    tables: Mapping[str, FeatureTable],
    *,
    calibration: Calibration,
    folds: int,
    seed: int,
) -> dict[str, Scored]:
    """Planet or not by the labels of other stars: every row scored by a copy without its fold.

    ``tables`` holds the rows as each classifier sees them; those of unknown disposition are left
    out.
    """
    found = {}
    for name, estimator in classifier.items():
        table = tables[name].select((tables[name].frame["disposition"] != UNKNOWN).to_numpy())
        binary = planet_or_not(table)
        fold = star_folds(binary, folds=folds, seed=seed)
        raw = np.full(len(table), np.nan)
        for number in np.unique(fold):
            out = fold == number
            copy = fitted_pipeline(name, estimator, binary.select(~out), seed=seed)
            raw[out] = planet_score(copy, binary.select(out), binary.label_meanings())
        calibrated = cross_fitted(raw, table.is_planet.astype(float), fold, calibration=calibration)
        is_planet = calibrated >= 0.5
        found[name] = Scored(
            event=table.frame["event"].to_numpy(dtype=str),
            star=table.targets,
            label=table.labels,
            disposition=table.frame["disposition"].to_numpy(dtype=str),
            probability=calibrated,
            error=np.full(len(table), np.nan),
            predicted=np.where(is_planet, PLANET, FALSE_POSITIVE),
            predicted_is_planet=is_planet,
        )
    return found


def undecided(
    scored: Mapping[str, Scored],
    *,
    leading: str,
    identify: Callable[[str], dict] | None = None,
) -> pd.DataFrame:
    """The events of unknown disposition with the probability and its error by every model.

    After what ``identify`` says of an event, columns are probability and error by the ``leading``
    model, and for each model its name and ``_error``. An error is empty for a model without one.
    """
    first = scored[leading]
    chosen = first.disposition == UNKNOWN
    if identify is None:
        found = pd.DataFrame({"event": first.event[chosen], "target": first.star[chosen]})
    else:
        found = pd.DataFrame([identify(str(name)) for name in first.event[chosen]])
    named = [("probability", "error", first)]
    named += [(name, f"{name}_error", rows) for name, rows in scored.items()]
    for probability, error, rows in named:
        found[probability] = rows.probability[chosen].round(5)
        found[error] = rows.error[chosen].round(5)
    return found


def in_common(table: FeatureTable, judged: FeatureTable) -> tuple[FeatureTable, FeatureTable]:
    """Both tables without columns of other events that only one of them has.

    A set whose stars were searched once does not relate the events of a star. Raises BadTable if
    other columns differ.
    """
    alone = OF_OTHER_EVENTS & ({*table.feature_names} ^ {*judged.feature_names})
    if alone:
        log.warning("only one of both tables has, and no model uses: %s", ", ".join(sorted(alone)))
    table, judged = (
        one.only([name for name in one.feature_names if name not in alone])
        for one in (table, judged)
    )
    judged.require_columns_of(table)
    return table, judged


def headline(source: dict, target: dict) -> dict:
    """The headline metrics on source and target, and the loss of ROC AUC between them.

    ``source`` and ``target`` are results of ``evaluate``.
    """
    found = {key: {"source": source[key], "target": target[key]} for key in (*HEADLINE, *ALSO)}
    return found | {
        "auc_against": target["auc_against"],
        "auc_against_source": source["auc_against"],
        "roc_auc_drop": difference(source["roc_auc"], target["roc_auc"]),
    }


def described(table: FeatureTable) -> dict:
    """Numbers of rows, stars and labels of a table."""
    names, counts = np.unique(table.labels, return_counts=True)
    return {
        "rows": len(table),
        "stars": len(set(table.targets)),
        "labels": {str(name): int(count) for name, count in zip(names, counts)},
    }


def by_kind(
    compare: Callable[..., dict], table: FeatureTable, judged: FeatureTable, **settings: int
) -> dict:
    """The results of ``compare`` for the planets of two tables, and for the others."""
    return {
        kind: compare(*(rows.select(of_kind(rows, kind)) for rows in (table, judged)), **settings)
        for kind in (PLANET, FALSE_POSITIVE)
    }


def named_domain_importance(
    table: FeatureTable, judged: FeatureTable, *, seed: int, most: int | None = None
) -> dict[str, float]:
    """The features that separate two tables, by name, with the largest drop of ROC AUC first.

    At most ``most`` features, or all if None; empty with too few rows.
    """
    try:
        found = domain_importance(table, judged, seed=seed)
    except BadTable:
        return {}
    found = found.head(most) if most is not None else found
    return dict(zip(found["feature"], found["drop"].round(4)))


def write(
    result: dict,
    *,
    output: Path,
    results: str | Path | None,
    held_out: dict[str, Scored],
    elsewhere: dict[str, Scored],
    gap: pd.DataFrame,
) -> None:
    """Write the result, predictions, distances and the figure."""
    write_result(output / "transfer.json", result)
    if results is not None:
        write_result(results, result)
    write_csv(predictions(held_out, None), output / "predictions_source.csv")
    write_csv(predictions(elsewhere, None), output / "predictions_target.csv")
    write_csv(gap, output / "gap.csv")
    try:
        best = result["leading"]
        transfer_figure(
            output / "transfer.png",
            source=held_out[best],
            target=elsewhere[best],
            gap=gap,
            name=best,
        )
    except DataNotFound as error:
        log.warning("transfer.json is written but no transfer.png: %s", error)


def verdict(result: dict) -> list[str]:
    """The outcome in sentences."""
    lines = []
    for name, of in result["metrics"]["by_classifier"].items():
        home, away = of["source"], of["target"]
        against = ", ".join(
            f"{number['value']:.3f} against {label}"
            for label, number in away["auc_against"].items()
            if number["value"] is not None
        )
        lines.append(
            f"{name}: ROC AUC {home['roc_auc']['value']:.3f} on held-out stars of the "
            f"{result['source']} table, {away['roc_auc']['value']:.3f} on the "
            f"{result['target']} ({against}); recall at precision 0.99 "
            f"{away['recall_at_precision_0.99']['value']:.3f}."
        )
    return lines
