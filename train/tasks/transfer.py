"""Train on one table and judge on another of a different origin, in their shared columns."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from exoval.ephemeris_match import COLUMNS as MATCHES
from exoval.errors import BadTable, DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.running.output_path import make_folder
from exoval.running.progress import progress
from exoval.running.spreadsheet import write_csv
from exoval.siblings import COLUMNS as SIBLINGS
from exoval.table.feature_table import FeatureTable
from train.data.labelled_set import empty_columns
from train.data.splits import StarSplit
from train.data.tables import LabelledTable, without_stars_of
from train.fitting.fit import fit
from train.fitting.out_of_fold import cross_fitted, out_of_fold, planet_or_not, star_folds
from train.judging.benches import on_a_bench
from train.judging.domain_auc import domain_auc
from train.judging.domain_importance import domain_importance
from train.judging.feature_gap import feature_gap, of_kind
from train.judging.headline import leading
from train.judging.metrics import HEADLINE, difference, judge
from train.judging.scored import Scored, evaluate, score
from train.report.result_file import frame, write_result
from train.report.transfer_figure import transfer_figure
from train.run import describe_sets, predictions
from train.tasks.adapted import adapted_models, material_of

log = logging.getLogger(__name__)

#: columns that a table has only if its events are related to others
OF_OTHER_EVENTS = {column.name for column in (*SIBLINGS, *MATCHES)}

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
    ways: Sequence[str] = (),
    ceiling_folds: int = 0,
    results: str | Path | None = None,
    settings: dict | None = None,
) -> dict:
    """Fit every classifier on ``source``, judge it on its held-out stars and on ``target``.

    Stars of the source are left out of the target, so that no star is both trained on and judged.
    The target's labels are used for judging alone. Models are also adapted to the target without
    its labels in every one of ``ways``, the preferred one first, and judged there again. With
    ``ceiling_folds`` the classifiers are cross-validated over stars on the target's own labels too:
    what its columns allow, which is reported beside and chooses nothing. Returns the result, which
    is written to ``transfer.json`` in ``output``, beside ``transfer.png``, ``gap.csv``,
    ``predictions_*.csv`` and ``features_target.parquet``, and to the file ``results``. Raises
    DataNotFound or BadTable for tables that cannot be used.
    """
    start = time.time()
    output = make_folder(output)
    table, judged = in_common(source(), target())
    judged = without_stars_of(judged, table)
    parts = split(table, seed=seed)
    models = [
        fit(
            name,
            estimator,
            calibration=calibration,
            table=table,
            split=parts,
            seed=seed,
            folds=calibration_folds,
            checkpoints=output / "checkpoints",
        )
        for name, estimator in progress(
            classifier.items(), total=len(classifier), description="fit classifiers"
        )
    ]
    held_out = {model.name: score(model, table.select(parts.test)) for model in models}
    elsewhere = {model.name: score(model, judged) for model in models}
    best = leading(models)
    adapted = adapted_models(
        models,
        classifier,
        ways=ways,
        calibration=calibration,
        material=material_of(table, parts, judged),
        folds=calibration_folds or ADAPTATION_FOLDS,
        seed=seed,
    )
    taken = {name: next(iter(of.values()), None) for name, of in adapted.items()}
    shifted = {name: score(model, judged) for name, model in taken.items() if model is not None}
    gap = feature_gap(table, judged)
    resampling = {"resamples": bootstrap_resamples, "seed": seed}
    by_classifier = {
        name: {
            "source": evaluate(held_out[name], **resampling),
            "target": evaluate(elsewhere[name], **resampling),
            "adapted": {
                way: evaluate(score(model, judged), **resampling) | adaptation_of(model)
                for way, model in adapted[name].items()
            },
        }
        for name in progress(elsewhere, total=len(elsewhere), description="judge")
    }
    result = frame(settings or {}, seed=seed) | {
        "metrics": {
            "headline": headline(
                source=by_classifier[best]["source"], target=by_classifier[best]["target"]
            ),
            "target": on_a_bench(
                by_classifier[best]["target"],
                adapted=next(iter(by_classifier[best]["adapted"].values()), None),
            ),
            "ceiling": ceiling(
                classifier,
                judged,
                calibration=calibration,
                folds=ceiling_folds,
                cache=output / "ceiling",
                **resampling,
            ),
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
    write(
        result,
        output=output,
        results=results,
        held_out=held_out,
        elsewhere=elsewhere,
        gap=gap,
        judged=judged,
    )
    if shifted:
        write_csv(predictions(shifted, None), output / "predictions_adapted.csv")
    return result | {"verdict": verdict(result)}


def in_common(table: FeatureTable, judged: FeatureTable) -> tuple[FeatureTable, FeatureTable]:
    """Both tables without empty columns, and those of other events that only one has.

    A set whose stars were searched once does not relate the events of a star, and light curves
    without centroids have no positions. Raises BadTable if other columns differ.
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
    return table, judged


def ceiling(
    classifier: Mapping[str, BaseEstimator],
    judged: FeatureTable,
    *,
    calibration: Calibration,
    folds: int,
    cache: Path,
    resamples: int,
    seed: int,
) -> dict[str, dict]:
    """The bench's numbers by name of classifiers taught by labels of other stars of the target.

    Empty with ``folds`` 0. Probabilities are calibrated across the folds.
    """
    if folds == 0:
        return {}
    known = judged.select(judged.frame["disposition"].to_numpy() != UNKNOWN)
    binary = planet_or_not(known)
    fold = star_folds(binary, folds=folds, seed=seed)
    truth = known.is_planet.astype(float)
    found = out_of_fold(classifier, known, fold, seed=seed, cache=cache)
    return {
        name: on_a_bench(
            judge(
                cross_fitted(one.score, truth, fold, calibration=calibration),
                known.is_planet,
                known.targets,
                resamples=resamples,
                seed=seed,
            )
        )
        for name, one in found.items()
    }


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
    judged: FeatureTable,
) -> None:
    """Write the result, predictions, distances and the figure."""
    write_result(output / "transfer.json", result)
    if results is not None:
        write_result(results, result)
    write_csv(predictions(held_out, None), output / "predictions_source.csv")
    write_csv(predictions(elsewhere, None), output / "predictions_target.csv")
    write_csv(gap, output / "gap.csv")
    judged.frame.to_parquet(output / "features_target.parquet")
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
