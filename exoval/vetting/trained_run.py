"""The output of ``python -m train``, read to judge further events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from exoval.ephemeris_match import SurveyEvents
from exoval.errors import BadParameter, BadTable, DataNotFound, foreign_errors_as
from exoval.missions.mission import Mission
from exoval.models.fitted_model import FittedModel, load_fitted_model
from exoval.models.novelty import Novelty, load_novelty
from exoval.posterior.sky_posterior import SkyPosterior, has_posterior, load_sky_posterior
from exoval.recipe import Recipe, read_recipe
from exoval.running.checksums import checksum
from exoval.running.spreadsheet import as_name
from exoval.running.whole_folder import FULL, MANIFEST, check_files
from exoval.schema import read_record

#: file of a run that lists the stars whose light curves its models have seen
TRAINING_STARS = "training_stars.csv"
METRICS = "metrics.json"
#: files of a run that are read, as the patterns of its manifest
READ = (METRICS, f"{TRAINING_STARS}*", "models/*", "novelty/*")
AGAIN = "train again"
REMEDY = f"copy the folder again, or {AGAIN}"


@dataclass(frozen=True, kw_only=True)
class Host:
    """What a set or run says of the light curves that it used.

    ``kind`` is real or procedural, ``warning`` is about every answer.
    """

    kind: str = ""
    mission: str = ""
    warning: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Metrics:
    """What ``metrics.json`` holds that judging further events needs."""

    leading: str | None = None
    recipe: dict | None = None
    host: Host | None = None
    manifest: str = ""


@dataclass(frozen=True, kw_only=True)
class TrainedRun:
    """The models of one run, its leading model, and the recipe of its events.

    ``novelty`` is None if the run has no detectors. ``caveat`` is a warning about every
    probability of the run, such as procedural noise; it may be empty. ``training_stars`` are the
    stars whose light curves went into the labelled set; it is empty if the run does not list them.
    ``posteriors`` turn the probabilities of models, by name, into posteriors on the sky.
    """

    models: dict[str, FittedModel]
    leading: str
    novelty: Novelty | None
    recipe: Recipe
    caveat: str = ""
    training_stars: frozenset[str] = frozenset()
    posteriors: Mapping[str, SkyPosterior] = field(default_factory=dict)

    def choose(self, classifier: str) -> TrainedRun:
        """The same run with this classifier leading; BadParameter if the run does not have it."""
        if classifier not in self.models:
            raise BadParameter(
                f"no classifier '{classifier}' in this run; it has {', '.join(self.models)}"
            )
        return replace(self, leading=classifier)


def load_trained_run(
    folder: str | Path, mission: Mission | None = None, *, verify: str = FULL
) -> TrainedRun:
    """Read the output folder of ``python -m train``.

    A ``mission``, such as another product of the same pixels, replaces the run's for reading
    light curves. ``verify`` says how the files are checked
    (``exoval.running.whole_folder.check_files``). Raises DataNotFound if the folder is not a run,
    BadTable if its task keeps no models, an older layout wrote it, or it is damaged.
    """
    folder = Path(folder)
    if not (folder / METRICS).is_file():
        raise DataNotFound(f"no {METRICS} in {folder}; give the output folder of python -m train")
    check_files(folder, READ, verify=verify, remedy=REMEDY)
    metrics = read_record(folder / METRICS, _Metrics, remedy=AGAIN)
    paths = sorted(path.parent for path in (folder / "models").glob("*/model.json"))
    leading = metrics.leading
    if paths and metrics.recipe is None:
        raise BadTable(
            f"{folder} was written by an older layout of exoval, whose runs this version cannot "
            "read; simulate and train again"
        )
    if not paths or not leading:
        raise BadTable(
            f"{folder} holds no fitted models; vetting needs a run of python -m train "
            "that fits and keeps them (the default task)"
        )
    recipe = read_recipe(metrics.recipe, str(folder / METRICS), mission)
    if metrics.manifest and not (folder / MANIFEST).is_file():
        raise BadTable(f"no {MANIFEST} in {folder}, which lists the files of the run; {REMEDY}")
    models = {path.name: load_fitted_model(path) for path in paths}
    try:
        novelty = load_novelty(folder / "novelty")
    except DataNotFound:
        novelty = None
    return TrainedRun(
        models=models,
        leading=leading if leading in models else next(iter(models)),
        novelty=novelty,
        recipe=recipe,
        caveat=_caveat(metrics.host, recipe),
        training_stars=_training_stars(folder / TRAINING_STARS),
        posteriors={
            path.name: posterior_of(models[path.name], path)
            for path in paths
            if has_posterior(path)
        },
    )


def posterior_of(model: FittedModel, folder: Path) -> SkyPosterior:
    """The posterior in a model's folder; BadTable for that of another model."""
    posterior = load_sky_posterior(folder)
    is_its_own = (
        posterior.classes == tuple(model.classes)
        and posterior.planets.tolist() == model.is_planet_class.tolist()
        and all(one.n_features_in_ == len(model.columns) for one in posterior.regressions.values())
    )
    if not is_its_own:
        raise BadTable(
            f"{folder} holds the posterior of another model than its own, of the labels "
            f"{', '.join(posterior.classes)}; {REMEDY}"
        )
    return posterior


def with_survey_events(run: TrainedRun, events: SurveyEvents) -> TrainedRun:
    """Return the run with another list of the survey's events to compare an event with.

    Raises BadParameter for a run whose model does not compare with any.
    """
    if not run.recipe.has_survey:
        raise BadParameter(
            "this model compares no event with those of other stars; simulate its training set "
            "with survey_events, or leave the list out"
        )
    return replace(run, recipe=replace(run.recipe, survey_events=events))


def _caveat(host: Host | None, recipe: Recipe) -> str:
    """Warnings about every answer of the run; ``host`` is its record of the light curves used."""
    caveats = [(host and host.warning) or ""]
    if recipe.mission.name != recipe.simulated.name:
        caveats.append(
            f"the model was trained on light curves of {recipe.simulated.name}, this one is from "
            f"{recipe.mission.name}"
        )
    return "; ".join(filter(None, caveats))


def _training_stars(path: Path) -> frozenset[str]:
    """The stars in the file; empty if it does not exist."""
    if not path.is_file():
        return frozenset()
    with foreign_errors_as(BadTable, f"cannot read {path}", AGAIN):
        return frozenset(map(as_name, pd.read_csv(path, dtype=str, na_filter=False)["target"]))


def run_checksum(folder: str | Path) -> str:
    """The checksum by which a vetted list names its run: of its manifest, or else its metrics."""
    manifest = Path(folder) / MANIFEST
    return checksum(manifest if manifest.is_file() else Path(folder) / METRICS)
