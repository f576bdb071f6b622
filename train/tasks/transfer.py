"""Train on one table and judge on another of a different origin, in their shared columns."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import has_fit_parameter

from exoval.ephemeris_match import COLUMNS as MATCHES
from exoval.errors import BadTable, DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.running.output_path import make_folder, output_path
from exoval.running.progress import progress
from exoval.running.spreadsheet import write_csv
from exoval.siblings import COLUMNS as SIBLINGS
from exoval.table.feature_table import FeatureTable
from exoval.views.columns import with_view_columns
from train.data.labelled_set import empty_columns
from train.data.splits import Split, StarSplit
from train.data.tables import LabelledTable, without_stars_of
from train.fitting.fit import fit
from train.fitting.retraining import retraining_of, with_error
from train.judging.benches import on_a_bench
from train.judging.domain_auc import domain_auc
from train.judging.domain_importance import domain_importance
from train.judging.feature_gap import feature_gap, of_kind
from train.judging.headline import leading
from train.judging.metrics import HEADLINE, difference
from train.judging.scored import Scored, evaluate, score
from train.report.result_file import frame, write_result
from train.report.transfer_figure import transfer_figure
from train.run import describe_sets, predictions
from train.tasks.adapted import adapted_models, material_of
from train.tasks.ceiling import taught_by_labels
from train.tasks.undecided import at_planet_share, undecided

log = logging.getLogger(__name__)

#: columns that a table has only if its events are related to others
OF_OTHER_EVENTS = {column.name for column in (*SIBLINGS, *MATCHES)}
#: gives a table to a classifier in the form that it takes
AsSeen = Callable[[FeatureTable], FeatureTable]
#: copies that answer for the rows that models are fitted on, if ``calibration_folds`` is 0
ADAPTATION_FOLDS = 5
#: what an adapted model's card says
ADAPTATION = ("adaptation", "planet_share", "share_at_home", "class_shares", "unexplained")


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
    ways: Sequence[str] = (),
    ceiling_folds: int = 0,
    candidates: str | Path | None = None,
    identify: Callable[[str], dict] | None = None,
    planet_share: float | None = None,
    results: str | Path | None = None,
    settings: dict | None = None,
) -> dict:
    """Fit every classifier on ``source``, judge it on its held-out stars and on ``target``.

    Stars of the source are left out of the target, so that no star is both trained on and judged.
    ``columns`` are the features to use, all that both tables have if None. With ``view_bins``
    classifiers that take no views get each view in so many columns. The errors of probabilities
    come from training again, ``error_draws`` times as ``train.run.run`` says.

    The target's labels are used for judging alone, and for the ceiling: the same classifiers
    cross-validated over the target's stars in ``ceiling_folds`` folds, 0 for none. Models are also
    adapted to the target without its labels in every one of ``ways``, the preferred one first, and
    judged there again.

    Returns the result, which is written to ``transfer.json`` in ``output``, beside
    ``transfer.png``, ``gap.csv``, ``predictions_*.csv`` and ``features_target.parquet``, and to the
    file ``results``. ``candidates`` is a file for the probabilities of the target's events of
    unknown disposition: for a ``planet_share`` among these, or by the adapted models where there
    are any; ``identify`` says what stands there of an event by its name, by default the name and
    its star. Raises DataNotFound or BadTable for tables that cannot be used.
    """
    start = time.time()
    output = make_folder(output)
    whole = target()
    table, judged = in_common(source(), whole, columns=columns)
    judged = without_stars_of(judged, table)
    parts = split(table, seed=seed)
    seen = {name: as_seen(estimator, bins=view_bins) for name, estimator in classifier.items()}
    models = _fitted(
        classifier,
        {name: form(table) for name, form in seen.items()},
        calibration=calibration,
        split=parts,
        seed=seed,
        folds=calibration_folds,
        error_draws=error_draws,
        checkpoints=output / "checkpoints",
    )
    best = leading(models)
    adapted = adapted_models(
        models,
        classifier,
        ways=ways,
        calibration=calibration,
        material={
            name: material_of(form(table), parts, form(judged)) for name, form in seen.items()
        },
        folds=calibration_folds or ADAPTATION_FOLDS,
        seed=seed,
    )
    held_out = {
        model.name: score(model, seen[model.name](table.select(parts.test))) for model in models
    }
    elsewhere = {model.name: score(model, seen[model.name](judged)) for model in models}
    by_way = {
        name: {way: score(model, seen[name](judged)) for way, model in of.items()}
        for name, of in adapted.items()
    }
    ceiling = taught_by_labels(
        classifier,
        {name: form(judged) for name, form in seen.items()},
        calibration=calibration,
        folds=ceiling_folds,
        seed=seed,
    )
    gap = feature_gap(table, judged)
    resampling = {"resamples": bootstrap_resamples, "seed": seed}
    by_classifier = {
        name: {
            "source": evaluate(held_out[name], **resampling),
            "target": evaluate(elsewhere[name], **resampling),
            "adapted": {
                way: evaluate(scored, **resampling) for way, scored in by_way[name].items()
            },
        }
        | ({"ceiling": evaluate(ceiling[name], **resampling)} if ceiling else {})
        for name in progress(elsewhere, total=len(elsewhere), description="judge")
    }
    result = frame(settings or {}, seed=seed) | {
        "metrics": bench(by_classifier, best)
        | {
            "by_classifier": by_classifier,
            "domain_auc": by_kind(domain_auc, table, judged, **resampling),
        },
        "source": source.kind,
        "target": target.kind,
        "leading": best,
        "adaptations": {
            name: {way: adaptation_of(model) for way, model in of.items()}
            for name, of in adapted.items()
        },
        "sets": describe_sets(table, parts, real=None) | {"target": described(judged)},
        "domain_importance": by_kind(named_domain_importance, table, judged, seed=seed),
        "feature_gap": gap.to_dict("records"),
        "columns": table.feature_names,
    }
    result["seconds"] = round(time.time() - start, 1)
    preferred = {name: next(iter(of.values())) for name, of in by_way.items() if of}
    write(result, output=output, results=results, held_out=held_out, elsewhere=elsewhere, gap=gap)
    without_stars_of(whole, table).frame.to_parquet(output / "features_target.parquet")
    if preferred:
        write_csv(predictions(preferred, None), output / "predictions_adapted.csv")
    if candidates is not None:
        asked = elsewhere | preferred
        if planet_share is not None:
            asked = {
                model.name: at_planet_share(
                    model,
                    seen[model.name](judged),
                    elsewhere[model.name],
                    share=planet_share,
                )
                for model in models
            }
        found = undecided(asked, leading=best, identify=identify)
        write_csv(found, output_path(candidates, setting="candidates"))
    return result | {"verdict": verdict(result)}


def _fitted(
    classifier: Mapping[str, BaseEstimator],
    tables: Mapping[str, FeatureTable],
    *,
    calibration: Calibration,
    split: Split,
    seed: int,
    folds: int,
    error_draws: int,
    checkpoints: Path,
) -> list[FittedModel]:
    """Every classifier fitted on its table, with errors of its probabilities if asked for."""
    models = []
    for name, estimator in progress(
        classifier.items(), total=len(classifier), description="fit classifiers"
    ):
        shared = {"calibration": calibration, "table": tables[name], "split": split, "seed": seed}
        model = fit(name, estimator, folds=folds, checkpoints=checkpoints, **shared)
        if error_draws > 0:
            again = retraining_of(
                model,
                estimator,
                draws=error_draws,
                row_cap=None,
                checkpoints=checkpoints,
                **shared,
            )
            model = with_error(model, again, {"source": tables[name].select(split.test)})[0]
        models.append(model)
    return models


def as_seen(estimator: BaseEstimator, *, bins: int | None) -> AsSeen:
    """A function that gives a table to a classifier: with views, or with views as columns.

    ``bins`` is the number of columns for each view; None gives a classifier that takes no views
    the table as it is.
    """
    if bins is None or has_fit_parameter(estimator, "views"):
        return lambda table: table
    return lambda table: with_view_columns(table, bins=bins)


def bench(by_classifier: Mapping[str, dict], best: str) -> dict:
    """The headline, the target's numbers in the names of all benches, and its ceiling."""
    numbers = by_classifier[best]
    return {
        "headline": headline(source=numbers["source"], target=numbers["target"]),
        "target": on_a_bench(
            numbers["target"], adapted=next(iter(numbers["adapted"].values()), None)
        ),
        "ceiling": {
            name: on_a_bench(of["ceiling"]) for name, of in by_classifier.items() if "ceiling" in of
        },
    }


def in_common(
    table: FeatureTable, judged: FeatureTable, *, columns: Sequence[str] | None = None
) -> tuple[FeatureTable, FeatureTable]:
    """Both tables without empty columns, and those of other events that only one has.

    Only ``columns`` are kept, if they are given. A set whose stars were searched once does not
    relate the events of a star, and light curves without centroids have no positions. Raises
    BadTable if other columns differ.
    """
    alone = OF_OTHER_EVENTS & ({*table.feature_names} ^ {*judged.feature_names})
    if alone:
        log.warning("only one of both tables has, and no model uses: %s", ", ".join(sorted(alone)))
    empty = {name for one in (table, judged) for name in empty_columns(one)} - alone
    if empty:
        log.warning("missing in every row of a table, and not used: %s", ", ".join(sorted(empty)))
    table, judged = (
        one.only([name for name in one.feature_names if name not in alone | empty])
        for one in (table, judged)
    )
    judged.require_columns_of(table)
    return (table, judged) if columns is None else (table.only(columns), judged.only(columns))


def headline(source: dict, target: dict) -> dict:
    """The headline metrics on source and target, and the loss of ROC AUC between them.

    ``source`` and ``target`` are results of ``evaluate``.
    """
    found = {key: {"source": source[key], "target": target[key]} for key in HEADLINE}
    return found | {
        "auc_against": target["auc_against"],
        "auc_against_source": source["auc_against"],
        "roc_auc_drop": difference(source["roc_auc"], target["roc_auc"]),
    }


def adaptation_of(model: FittedModel) -> dict:
    """What an adapted model's card says of the adaptation."""
    return {key: model.card[key] for key in ADAPTATION if key in model.card}


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
