"""The posteriors of a trained run in another population: rates change, no classifier is trained.

A run's models say what an event is in the simulated mixture, which no population changes. Rates of
the simulated events, and the regressions of them, are what another population of planets or of
pairs of stars changes (``exoval.posterior``). The output is a run like the given one, with its
models and other posteriors.
"""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadParameter, BadTable
from exoval.posterior.event_rates import PLANETS_IN_SYSTEMS
from exoval.posterior.sky_posterior import ARCHIVE, DESCRIPTION
from exoval.running.folder_lock import folder_lock
from exoval.running.output_path import make_folder
from exoval.running.whole_folder import FULL, MANIFEST, folder_draft, publish
from exoval.schema import read_json
from exoval.table.feature_table import FeatureTable, load_feature_table
from exoval.vetting.trained_run import METRICS, load_trained_run
from train.data.labelled_set import load_labelled_set
from train.data.splits import Split, StarSplit
from train.fitting.sky_posterior import learn_sky_posteriors
from train.judging.population import effective_numbers
from train.report.result_file import frame, write_result
from train.run import OF_AN_EARLIER_RUN, in_population, manifest_of, on_the_sky, usable_rows

log = logging.getLogger(__name__)

#: files of a run that the output has as they are; the report is that of the old population
KEPT = ("predictions_*.csv", "training_stars.csv", "features_real.parquet", "novelty/**/*")
PREDICTIONS, REAL = "predictions_simulated.csv", "features_real.parquet"


def another_population(
    labelled_set: str | Path,
    *,
    run: str | Path,
    output: str | Path,
    split: StarSplit,
    seed: int,
    planets: object | None = None,
    binaries: object | None = None,
    planets_in_systems: float = PLANETS_IN_SYSTEMS,
    bootstrap_resamples: int = 500,
    verify: str = FULL,
    settings: dict | None = None,
) -> dict:
    """Write a run with the posteriors of another population, and return its result.

    ``run`` is the output of a training on ``labelled_set`` with the same ``split`` and ``seed``.
    ``planets`` and ``binaries`` replace those of the simulation (``exoval.reweight``); None keeps
    them. ``planets_in_systems`` is explained by ``exoval.posterior.event_rates``. Raises
    BadParameter if the output is the run itself, BadTable if the run was not trained on the set.
    """
    start = time.time()
    run, output = Path(run), Path(output)
    if output.resolve() == run.resolve():
        raise BadParameter(f"output={output} is the run itself; choose another output")
    trained = load_trained_run(run, verify=verify)
    before = read_json(run / METRICS, remedy="train again")
    labelled = load_labelled_set(labelled_set, verify=verify)
    real = load_feature_table(run / REAL, verify=verify) if (run / REAL).exists() else None
    table, _ = usable_rows(labelled.table, real)
    parts = split(table, seed=seed)
    _check_same_stars(table, parts, run)
    models = list(trained.models.values())
    folds = int(models[0].card["calibration_folds"])
    population = {"planets": planets, "binaries": binaries}
    sky = learn_sky_posteriors(
        models,
        table,
        labelled.folder,
        split=parts,
        seed=seed,
        folds=folds,
        verify=verify,
        population={name: one for name, one in population.items() if one is not None},
        planets_in_systems=planets_in_systems,
    )
    if sky.missing:
        raise BadTable(f"no posterior on the sky: {sky.missing}")
    resampling = {"resamples": bootstrap_resamples, "seed": seed}
    held_out = table.is_planet[parts.test]
    metrics = before["metrics"] | {
        "population": in_population(models, sky, table, parts, **resampling),
        "real_on_the_sky": on_the_sky(models, sky, real, **resampling),
    }
    result = (
        before
        | frame(settings or {}, seed=seed)
        | {
            "metrics": metrics,
            "sky": sky.described() | {"test": effective_numbers(held_out, sky.of_rows[parts.test])},
            "verdict": [*map(_sentence, metrics["population"].items())],
            "seconds": round(time.time() - start, 1),
        }
    )
    make_folder(output)
    with folder_lock(output), folder_draft(output) as draft:
        _copy(run, draft)
        for model in models:
            model.save(draft / "models" / model.name)
            sky.by_model[model.name].save(draft / "models" / model.name)
        write_result(draft / METRICS, result)
        publish(draft, manifest_of(result), instead_of=OF_AN_EARLIER_RUN)
    return result


def _check_same_stars(table: FeatureTable, parts: Split, run: Path) -> None:
    """Raise BadTable unless the run left out the stars that this split leaves out."""
    judged = set(pd.read_csv(run / PREDICTIONS)["event"].astype(str))
    ours = set(table.frame["event"].to_numpy(dtype=str)[parts.test])
    if judged != ours:
        raise BadTable(
            f"{run} left out {len(judged)} events, of which {len(judged & ours)} are among the "
            f"{len(ours)} that this set, split and seed leave out; give the set that it was "
            "trained on, with its split and seed"
        )


def _copy(run: Path, draft: Path) -> None:
    """Copy what the population does not change."""
    for pattern in KEPT:
        for path in run.glob(pattern):
            if path.is_file() and path.name not in (MANIFEST, DESCRIPTION, ARCHIVE):
                place = draft / path.relative_to(run)
                make_folder(place.parent)
                shutil.copyfile(path, place)


def _sentence(named: tuple[str, dict]) -> str:
    """A sentence on the posteriors of one classifier."""
    name, found = named
    loss, base, error = (
        np.nan if found[key]["value"] is None else found[key]["value"]
        for key in ("log_loss", "base_rate_log_loss", "calibration_error")
    )
    return (
        f"{name}: in this population log-loss {loss:.4f} (base rate {base:.4f}), calibration error "
        f"{error:.4f} on the events of held-out stars."
    )
