"""A vetted list with probabilities for its own mixture of events, which no label was needed for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.errors import BadTable, DataNotFound, foreign_errors_as
from exoval.labels import PLANET
from exoval.models.planet_share import (
    PlanetShare,
    known_share_ratio,
    planet_probability_map,
    planet_share,
)
from exoval.running.whole_folder import MANIFEST
from exoval.vetting.trained_run import run_checksum

#: what a trained run says of the simulated events that it held back
HELD_BACK = "predictions_simulated.csv"
#: column of a vetted list with the probability by one classifier, and of the adapted one
BY_CLASSIFIER, ADAPTED = "P_planet_{}", "P_planet_{}_adapted"


@dataclass(frozen=True, kw_only=True)
class ListAdaptation:
    """How one classifier was adapted to a list, or why not (``refused``).

    ``events`` is the number of judged events of the list, ``at_home`` the ratio of the estimated
    share of planets to the true one among simulated events (``known_share_ratio``).
    """

    classifier: str
    events: int
    share: PlanetShare | None = None
    at_home: float = np.nan
    refused: str = ""


def adapted_list(
    run: str | Path, answers: pd.DataFrame, *, seed: int = 0
) -> tuple[pd.DataFrame, list[ListAdaptation]]:
    """The list with a column ``P_planet_NAME_adapted`` for each classifier, and how each was made.

    ``answers`` is what ``python -m exoval vet`` wrote by the trained ``run``. Planets are assumed
    to get the probabilities of the planets that the run held back; nothing is assumed of the rest
    (``exoval.models.planet_share``). The list must be all events that a search found, as the share
    of planets is that among them. Raises DataNotFound for a run without held-back events, BadTable
    if list and run have no classifier in common, or for probabilities that are none.
    """
    known = _held_back(Path(run))
    names = [
        name.removesuffix("_probability")
        for name in known
        if name.endswith("_probability")
        and BY_CLASSIFIER.format(name.removesuffix("_probability")) in answers
    ]
    if not names:
        raise BadTable(
            f"the list has no column P_planet_NAME of a classifier of {run}; give the list that "
            "python -m exoval vet wrote with this run"
        )
    columns, found = {}, []
    for name in names:
        column = BY_CLASSIFIER.format(name)
        survey = pd.to_numeric(answers[column], errors="coerce").to_numpy(float)
        judged = np.isfinite(survey)
        _check_probabilities(survey[judged], f"column {column} of the list", "vet again")
        scores, is_planet = known[f"{name}_probability"].to_numpy(float), known["is_planet"]
        try:
            at_home = known_share_ratio(
                scores, is_planet.to_numpy(), stars=known["target"].to_numpy(), seed=seed
            )
            share = planet_share(scores[is_planet], survey[judged])
        except BadTable as error:
            found.append(
                ListAdaptation(classifier=name, events=int(judged.sum()), refused=str(error))
            )
            continue
        ratio = planet_probability_map(scores[is_planet], survey[judged], share=share.share)
        columns[ADAPTED.format(name)] = np.where(judged, ratio(np.nan_to_num(survey)), np.nan)
        found.append(
            ListAdaptation(classifier=name, events=int(judged.sum()), share=share, at_home=at_home)
        )
    return answers.assign(**columns), found


def _held_back(run: Path) -> pd.DataFrame:
    """The held-back simulated events of a run, with ``is_planet``."""
    path = run / HELD_BACK
    if not path.is_file():
        raise DataNotFound(f"{path} is missing; give the output folder of python -m train")
    with foreign_errors_as(BadTable, f"{path} cannot be read", "train again"):
        known = pd.read_csv(path, dtype={"target": str})
        if known["target"].isna().any():
            raise BadTable(f"{path} has rows without a target; train again")
        for name in known.filter(regex="_probability$"):
            values = known[name].to_numpy(float)
            _check_probabilities(values, f"column {name} of {path}", "train again")
        return known.assign(is_planet=known["disposition"] == PLANET)


def check_origin(run: str | Path, path: str | Path) -> None:
    """Refuse a list whose manifest says that it has other probabilities than the run's.

    A list without a manifest is not checked. Raises BadTable if it was judged by another run, or
    for another share of planets (``planet_share``) than that of training: then its planets have not
    the probabilities of those that the run held back.
    """
    run, path = Path(run), Path(path)
    manifest = path.with_name(f"{path.stem}_{MANIFEST}")
    if not manifest.is_file():
        return
    with foreign_errors_as(BadTable, f"{manifest} cannot be read", "vet again"):
        origin = json.loads(manifest.read_text())
        judged_by, share = origin.get("run_sha256"), origin.get("settings", {}).get("planet_share")
    if share is not None:
        raise BadTable(
            f"{path} was judged for planet_share={share}, which the run's own events were not; vet "
            "again without a share"
        )
    if judged_by is not None and judged_by != run_checksum(run):
        raise BadTable(
            f"{path} was judged by another run than {run}, or before it was trained again; "
            "give its run, or vet again"
        )


def _check_probabilities(values: np.ndarray, what: str, remedy: str) -> None:
    """Raise BadTable unless all values are numbers from 0 to 1."""
    wrong = int(np.count_nonzero(~((values >= 0) & (values <= 1))))
    if wrong:
        raise BadTable(f"{what} has {wrong} values that are no probabilities; {remedy}")
