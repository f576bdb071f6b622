"""What ``python -m train`` leaves behind, ready to judge further events."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.missions.mission import Mission
from exoval.models.fitted_model import FittedModel, load_fitted_model
from exoval.models.novelty import Novelty, load_novelty
from exoval.recipe import Recipe, read_recipe

#: in the folder of a run, the stars whose light curves its models have seen
TRAINING_STARS = "training_stars.csv"


@dataclass(frozen=True, kw_only=True)
class TrainedRun:
    """The models of one run, the one that leads, and how their events were found and measured.

    ``novelty`` is None where the run left no detectors. ``caveat`` says what holds for every
    probability of the run, such as made-up noise; empty if nothing does. ``training_stars`` are
    those whose light curves went into the labelled set, empty where the run does not say.
    """

    models: dict[str, FittedModel]
    leading: str
    novelty: Novelty | None
    recipe: Recipe
    caveat: str = ""
    training_stars: frozenset[str] = frozenset()

    def choose(self, classifier: str) -> TrainedRun:
        """The same run led by another of its classifiers; BadParameter if it has none such."""
        if classifier not in self.models:
            raise BadParameter(
                f"no classifier '{classifier}' in this run; it has {', '.join(self.models)}"
            )
        return replace(self, leading=classifier)


def load_trained_run(folder: str | Path, mission: Mission | None = None) -> TrainedRun:
    """Read the output folder of ``python -m train``.

    Light curves are read as those of ``mission`` where one is given, such as another product of
    the same pixels. Raises DataNotFound if the folder is none, BadTable if it was made by a task
    that keeps no models, or is damaged.
    """
    folder = Path(folder)
    if not (folder / "metrics.json").is_file():
        raise DataNotFound(
            f"no metrics.json in {folder}; give the output folder of python -m train"
        )
    try:
        metrics = json.loads((folder / "metrics.json").read_text())
    except ValueError as error:
        raise BadTable(f"cannot read {folder / 'metrics.json'} ({error}); train again") from error
    paths = sorted(path.parent for path in (folder / "models").glob("*/model.json"))
    leading = metrics.get("leading")
    if paths and "recipe" not in metrics:
        raise BadTable(
            f"{folder} was trained by an older layout of exoval, whose runs are no longer read; "
            "simulate and train again with this version"
        )
    if not paths or not leading:
        raise BadTable(
            f"{folder} holds no fitted models; vetting needs a run of python -m train "
            "that fits and keeps them (the default task)"
        )
    recipe = read_recipe(metrics["recipe"], str(folder / "metrics.json"), mission)
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
        caveat=_caveat(metrics.get("host") or {}, recipe),
        training_stars=_training_stars(folder / TRAINING_STARS),
    )


def _caveat(host: dict, recipe: Recipe) -> str:
    """What holds against all answers of the run; ``host`` is what it says of its light curves."""
    caveats = [host.get("warning", "")]
    if recipe.mission.name != recipe.simulated.name:
        caveats.append(
            f"taught by light curves of {recipe.simulated.name}, asked about one of "
            f"{recipe.mission.name}"
        )
    return "; ".join(filter(None, caveats))


def _training_stars(path: Path) -> frozenset[str]:
    """The named stars; none where the file is not there."""
    if not path.is_file():
        return frozenset()
    return frozenset(pd.read_csv(path, dtype=str)["target"])
