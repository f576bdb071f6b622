"""Train, calibrate and judge classifiers: the whole of ``python -m train`` as one function."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from exoval.errors import BadParameter, DataNotFound
from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN, meanings_to_plain
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.models.novelty import NoveltyScores
from exoval.running.checksums import checksum
from exoval.running.folder_lock import folder_lock
from exoval.running.output_path import make_folder
from exoval.running.progress import progress
from exoval.running.provenance import code_version
from exoval.running.spreadsheet import write_csv
from exoval.running.whole_folder import FULL, MANIFEST, folder_draft, publish
from exoval.table.feature_table import FeatureTable
from exoval.vetting.trained_run import METRICS, TRAINING_STARS
from exoval.views.store import ViewRows, Views, save_views
from train.data.labelled_set import LabelledSet, check_learnable, empty_columns, load_labelled_set
from train.data.row_cap import cap_of
from train.data.splits import Split, StarSplit
from train.fitting.fit import fit
from train.fitting.hyperparameter_search import HyperparameterSearch
from train.fitting.learning_curve import last_point, learning_curve_points
from train.fitting.retraining import retraining_of, with_error
from train.fitting.sky_posterior import SkyPosteriors, learn_sky_posteriors
from train.judging.feature_gap import feature_gap
from train.judging.headline import headline, held_back_log_loss, leading
from train.judging.novel_share import judge_novelty
from train.judging.population import effective_numbers, judge_in_population
from train.judging.scored import Scored, evaluate, score
from train.report.report import Evidence, write_report
from train.report.result_file import frame, write_result
from train.report.verdict import verdict

if TYPE_CHECKING:
    from exoval.missions.mission import Mission
    from train.data.real import RealCandidates

log = logging.getLogger(__name__)

#: files of a search for hyperparameters, which it writes itself
TRIALS = ("trials.csv", "trials.png")
#: files of a run, which a later one in the same folder replaces
OF_AN_EARLIER_RUN = (
    "report.html",
    "predictions_*.csv",
    "features_real.parquet",
    "views_real*",
    "models/*",
    "novelty/*",
)


@dataclass(frozen=True)
class RealEvents:
    """Real events to score; ``skipped`` counts reasons, ``missing`` says why there is no table.

    ``views`` are those of the table's rows, if the labelled set has views.
    """

    table: FeatureTable | None
    skipped: dict[str, int]
    missing: str = ""
    views: Views | None = None


def run(
    labelled_set: str | Path,
    *,
    output: str | Path,
    classifier: Mapping[str, BaseEstimator],
    calibration: Calibration,
    split: StarSplit,
    seed: int,
    real: RealCandidates | None = None,
    mission: Mission | None = None,
    bootstrap_resamples: int = 500,
    calibration_folds: int = 0,
    error_draws: int = 0,
    learning_curve: Sequence[float] = (),
    tuning: HyperparameterSearch | None = None,
    row_cap: Mapping[str, int | None] | None = None,
    verify: str = FULL,
    settings: dict | None = None,
) -> dict:
    """Fit and judge every classifier of ``classifier``, write to ``output``, return the result.

    ``real`` measures real candidates by the recipe of the labelled set; a ``mission`` replaces the
    recipe's for reading light curves. ``settings`` is the resolved configuration, for the record.
    Calibration is learned on a separate part, or cross-fitted with ``calibration_folds``.
    ``learning_curve`` lists further shares of the fitted stars to train on. With ``tuning`` every
    classifier gets its best settings from trials on the stars for fitting; trials in ``output``
    are resumed. ``row_cap`` maps a classifier, or ``others``, to the largest number of rows to fit
    it on. The errors of probabilities come from training again on parts of the stars, eight models
    and eight smaller ones for each of ``error_draws``; with 0 there are none. ``verify`` says how
    the files of the labelled set are checked (``exoval.running.whole_folder.check_files``). The
    result is written to ``metrics.json``, beside ``report.html``, ``predictions_simulated.csv``,
    ``predictions_real.csv``, ``training_stars.csv``, ``models/``, ``novelty/`` and
    ``manifest.json``. A killed run resumes from the checkpoints in ``output`` when it is started
    again. Raises DataNotFound or BadTable for a labelled set that cannot be used, BadParameter for
    settings out of range and for a folder that another process writes to.
    """
    start = time.time()
    check_settings(
        classifier,
        bootstrap_resamples=bootstrap_resamples,
        calibration_folds=calibration_folds,
        error_draws=error_draws,
        learning_curve=learning_curve,
    )
    labelled = load_labelled_set(labelled_set, verify=verify)
    output = make_folder(output)
    with folder_lock(output):
        return _fit_and_judge(
            labelled,
            output=output,
            classifier=classifier,
            calibration=calibration,
            split=split,
            seed=seed,
            real=real,
            mission=mission,
            bootstrap_resamples=bootstrap_resamples,
            calibration_folds=calibration_folds,
            error_draws=error_draws,
            learning_curve=learning_curve,
            tuning=tuning,
            row_cap=row_cap,
            verify=verify,
            settings=settings,
            start=start,
        )


def _fit_and_judge(
    labelled: LabelledSet,
    *,
    output: Path,
    classifier: Mapping[str, BaseEstimator],
    calibration: Calibration,
    split: StarSplit,
    seed: int,
    real: RealCandidates | None,
    mission: Mission | None,
    bootstrap_resamples: int,
    calibration_folds: int,
    error_draws: int,
    learning_curve: Sequence[float],
    tuning: HyperparameterSearch | None,
    row_cap: Mapping[str, int | None] | None,
    verify: str,
    settings: dict | None,
    start: float,
) -> dict:
    """Do what ``run`` says with a labelled set that was read, while the output's lock is held.

    ``start`` is when it began, in seconds of ``time.time``.
    """
    events = measure_real(real, labelled, mission)
    table, removed = usable_rows(labelled.table, events.table)
    parts = split(table, seed=seed)
    checkpoints = output / "checkpoints"
    caps, tuned = {name: cap_of(name, row_cap or {}) for name in classifier}, {}
    if tuning is not None:
        rows = (
            parts.fit if calibration_folds == 0 else np.concatenate([parts.fit, parts.calibration])
        )
        classifier, tuned = tuning(
            classifier, table.select(np.sort(rows)), seed=seed, folder=output, row_cap=caps
        )
    models = [
        fit(
            name,
            estimator,
            calibration=calibration,
            table=table,
            split=parts,
            seed=seed,
            folds=calibration_folds,
            checkpoints=checkpoints,
            row_cap=caps[name],
        )
        for name, estimator in progress(
            classifier.items(), total=len(classifier), description="fit classifiers"
        )
    ]
    held_out = table.select(parts.test)
    judged_tables = {"simulated": held_out} | ({"real": events.table} if events.table else {})
    models, error_coverage = with_errors(
        models,
        classifier,
        judged_tables,
        calibration=calibration,
        table=table,
        split=parts,
        seed=seed,
        draws=error_draws,
        caps=caps,
        checkpoints=checkpoints,
    )
    simulated = {model.name: score(model, held_out) for model in models}
    scored = {model.name: score(model, events.table) for model in models if events.table}
    resampling = {"resamples": bootstrap_resamples, "seed": seed}
    novel_share = judge_novelty(models, table, parts, events.table, **resampling)
    curve = learning_curve_points(
        classifier,
        calibration=calibration,
        table=table,
        split=parts,
        shares=learning_curve,
        seed=seed,
        real=events.table,
        row_cap=caps,
        resamples=bootstrap_resamples,
    )
    if curve:
        curve += [
            last_point(model, simulated[model.name], scored.get(model.name), **resampling)
            for model in models
        ]
    best = leading(models)
    sky = learn_sky_posteriors(
        models,
        table,
        labelled.folder,
        split=parts,
        seed=seed,
        folds=calibration_folds,
        verify=verify,
    )
    gap = feature_gap(table, events.table) if events.table else None
    result = frame(settings or {}, seed=seed) | {
        "metrics": {
            "simulated": judged(best, simulated, **resampling),
            "real": judged(best, scored, **resampling),
            "population": in_population(models, sky, table, parts, **resampling),
            "real_on_the_sky": on_the_sky(models, sky, events.table, **resampling),
            "error_coverage": error_coverage,
            "learning_curve": curve,
        },
        "leading": best,
        "labelled_set": str(labelled.folder),
        "host": labelled.manifest.host,
        "labels": meanings_to_plain({**table.meanings, **table.label_meanings()}),
        "counts": labelled.manifest.counts,
        "failures": [asdict(one) for one in labelled.manifest.failures],
        "sets": describe_sets(table, parts, real=events.table),
        "removed": removed,
        "cards": {model.name: model.card for model in models},
        "held_back_log_loss": held_back_log_loss(models, tuned),
        "novelty": novel_share.summary,
        "tuning": tuned,
        "sky": sky.described()
        | {"test": effective_numbers(held_out.is_planet, sky.of_rows[parts.test])},
        "real_missing": events.missing,
        "real_skipped": events.skipped,
        "feature_gap": [] if gap is None else gap.to_dict("records"),
        "recipe": labelled.manifest.recipe,
        "simulation_config": labelled.manifest.config,
        # a reader of these metrics asks for the manifest that lists all files
        "manifest": MANIFEST,
    }
    result["verdict"] = verdict(result)
    result["seconds"] = round(time.time() - start, 1)
    evidence = Evidence(
        result=result,
        simulated=simulated,
        real=scored,
        simulated_table=table,
        real_table=events.table,
        gap=gap,
        novel_share=novel_share,
    )
    write(output, evidence, models=models, sky=sky, views=events.views)
    shutil.rmtree(checkpoints, ignore_errors=True)
    return result


def with_errors(
    models: Sequence[FittedModel],
    classifier: Mapping[str, BaseEstimator],
    judged: Mapping[str, FeatureTable],
    *,
    calibration: Calibration,
    table: FeatureTable,
    split: Split,
    seed: int,
    draws: int,
    caps: Mapping[str, int | None],
    checkpoints: Path,
) -> tuple[list[FittedModel], dict[str, dict]]:
    """The models with errors of their probabilities, and by name how well these hold."""
    found, coverage = [], {}
    for model in progress(models, total=len(models), description="train again for errors"):
        retraining = retraining_of(
            model,
            classifier[model.name],
            calibration=calibration,
            table=table,
            split=split,
            seed=seed,
            draws=draws,
            row_cap=caps[model.name],
            checkpoints=checkpoints,
        )
        one, coverage[model.name] = with_error(model, retraining, judged)
        found.append(one)
    return found, coverage


def on_the_sky(
    models: Sequence[FittedModel],
    sky: SkyPosteriors,
    real: FeatureTable | None,
    *,
    resamples: int,
    seed: int,
) -> dict[str, dict]:
    """By classifier what its posterior on the sky is worth on real events that were judged."""
    if real is None:
        return {}
    known = real.select((real.frame["disposition"] != UNKNOWN).to_numpy())
    if len(known) == 0:
        return {}
    even = np.ones(len(known))
    return {
        model.name: judge_in_population(
            model, sky.by_model[model.name], known, even, resamples=resamples, seed=seed
        )
        for model in models
        if model.name in sky.by_model
    }


def in_population(
    models: Sequence[FittedModel],
    sky: SkyPosteriors,
    table: FeatureTable,
    split: Split,
    *,
    resamples: int,
    seed: int,
) -> dict[str, dict]:
    """By classifier what its posterior on the sky is worth on the test rows, as nature has them."""
    return {
        model.name: judge_in_population(
            model,
            sky.by_model[model.name],
            table.select(split.test),
            sky.of_rows[split.test],
            resamples=resamples,
            seed=seed,
        )
        for model in models
        if model.name in sky.by_model
    }


def judged(best: str, scored: Mapping[str, Scored], *, resamples: int, seed: int) -> dict:
    """What every classifier is worth on events of one origin, that of ``best`` in front."""
    found = {name: evaluate(rows, resamples=resamples, seed=seed) for name, rows in scored.items()}
    return headline(best, found, rows=len(scored[best].judged.star) if scored else 0)


def check_settings(
    classifier: Mapping[str, BaseEstimator],
    *,
    bootstrap_resamples: int,
    calibration_folds: int,
    error_draws: int = 0,
    learning_curve: Sequence[float],
) -> None:
    """Raise BadParameter for a setting out of range."""
    if not classifier or bootstrap_resamples < 1:
        raise BadParameter(
            f"{len(classifier)} classifiers and bootstrap_resamples="
            f"{bootstrap_resamples}; give at least one of each"
        )
    if calibration_folds < 0 or calibration_folds == 1:
        raise BadParameter(
            f"calibration_folds is {calibration_folds}; give 0 for a separate calibration "
            "part, or 2 or more for cross-fitting"
        )
    if error_draws < 0:
        raise BadParameter(f"error_draws is {error_draws}; give 0 for no errors, or 1 and more")
    if not all(0 < share < 1 for share in learning_curve):
        raise BadParameter(
            f"learning_curve is {list(learning_curve)}; give shares between 0 and "
            "1 of the stars, or []"
        )


def measure_real(
    real: RealCandidates | None, labelled: LabelledSet, mission: Mission | None = None
) -> RealEvents:
    """The measured real candidates; rows that a model cannot take are skipped with a reason.

    Raises BadTable if the columns are not those of the labelled set.
    """
    if real is None:
        return RealEvents(None, {}, "real candidates are turned off (real=none)")
    found = real.measure(labelled.recipe(mission))
    if found is None:
        return RealEvents(
            None,
            {},
            "no real light curves, or no catalogue of their signals, were found; set EXOVAL_DATA "
            "to their folder; python -m exoval doctor lists what is missing",
        )
    found.table.require_columns_of(labelled.table)
    infinite = found.table.unusable.any(axis=1)
    skipped = found.skipped["reason"].value_counts().to_dict()
    if infinite.any():
        skipped["a feature came out infinite"] = int(infinite.sum())
    table = found.table.select(~infinite)
    if len(table) == 0:
        return RealEvents(None, skipped, "none of the candidates could be measured")
    views = found.views and replace(
        found.views, values=found.views.values[~infinite], missing=found.views.missing[~infinite]
    )
    if views:
        table = replace(table, views=ViewRows.of_all(views, len(table)))
    return RealEvents(table, skipped, views=views)


def usable_rows(table: FeatureTable, real: FeatureTable | None) -> tuple[FeatureTable, dict]:
    """The labelled rows without stars of the real set and without empty features.

    Also returns what was removed. Raises BadTable if too few rows are left.
    """
    shared = np.isin(table.targets, real.targets) if real else np.zeros(len(table), dtype=bool)
    if shared.any():
        log.warning(
            "%d simulated rows are left out: their stars are among the real candidates",
            shared.sum(),
        )
    kept = table.select(~shared)
    check_learnable(kept)
    empty = empty_columns(kept)
    if empty:
        log.warning("features that are missing in every row are not used: %s", ", ".join(empty))
    removed = {"rows_of_real_stars": int(shared.sum()), "empty_features": empty}
    return kept.only([name for name in kept.feature_names if name not in empty]), removed


def describe_sets(table: FeatureTable, parts: Split, *, real: FeatureTable | None) -> dict:
    """Numbers of rows, stars, planets and false positives in every part."""
    sets = {name: table.select(rows) for name, rows in vars(parts).items()}
    if real:
        sets["real"] = real
    described = {}
    for name, part in sets.items():
        kind = part.frame["disposition"]
        described[name] = {
            "rows": len(part),
            "stars": len(set(part.targets)),
            "planets": int((kind == PLANET).sum()),
            "false_positives": int((kind == FALSE_POSITIVE).sum()),
            "unknown": int((kind == UNKNOWN).sum()),
        }
    return described


def write(
    output: Path,
    evidence: Evidence,
    *,
    models: list[FittedModel],
    sky: SkyPosteriors | None = None,
    views: Views | None,
) -> None:
    """Write result, predictions, models, tables and the report in place of an earlier run's.

    ``sky`` are the posteriors of the models, ``views`` those of the real events. The manifest comes
    last (``exoval.running.whole_folder``).
    """
    with folder_draft(output) as draft:
        _write_files(draft, evidence, models=models, views=views)
        for name, posterior in (sky.by_model if sky else {}).items():
            posterior.save(draft / "models" / name)
        publish(draft, manifest_of(evidence.result), also=TRIALS, instead_of=OF_AN_EARLIER_RUN)


def manifest_of(result: dict) -> dict:
    """What the manifest of a run says beside its files: what made it, and from what."""
    path = Path(result["labelled_set"]) / MANIFEST
    return {
        "kind": "trained run",
        "code": code_version(),
        "versions": result["version"],
        "command": result["command"],
        "data": {"labelled_set": {"folder": result["labelled_set"], "sha256": checksum(path)}},
    }


def _write_files(
    output: Path, evidence: Evidence, *, models: list[FittedModel], views: Views | None
) -> None:
    write_result(output / METRICS, evidence.result)
    novel_share = evidence.novel_share
    write_csv(
        predictions(evidence.simulated, novel_share.simulated), output / "predictions_simulated.csv"
    )
    if evidence.real:
        write_csv(predictions(evidence.real, novel_share.real), output / "predictions_real.csv")
    if novel_share.detectors is not None:
        novel_share.detectors.save(output / "novelty")
    for model in models:
        model.save(output / "models" / model.name)
    write_training_stars(output, evidence.simulated_table.targets)
    if evidence.real_table:
        evidence.real_table.save(output / "features_real.parquet")
    if views:
        save_views(
            output,
            "views_real",
            size=len(views),
            rows=zip(range(len(views)), views.values, views.missing),
            layout=views.layout,
        )
    try:
        write_report(output / "report.html", evidence)
    except DataNotFound as error:
        log.warning("metrics.json is written but no report.html: %s", error)


def write_training_stars(output: Path, targets: np.ndarray) -> None:
    """Write the names of the stars whose light curves the models saw, including held-out ones."""
    write_csv(pd.DataFrame({"target": sorted(set(targets))}), output / TRAINING_STARS)


def predictions(scored: dict[str, Scored], novelty: NoveltyScores | None) -> pd.DataFrame:
    """One row per event: identity, every classifier's probability, error and scenario, novelty."""
    first = next(iter(scored.values()))
    frame = pd.DataFrame(
        {
            "event": first.event,
            "target": first.star,
            "label": first.label,
            "disposition": first.disposition,
        }
    )
    for name, rows in scored.items():
        frame[f"{name}_probability"] = rows.probability
        frame[f"{name}_error"] = rows.error
        frame[f"{name}_scenario"] = rows.predicted
    if novelty is not None:
        frame["novelty"], frame["novelty_verdict"] = novelty.score, novelty.verdict
    return frame
