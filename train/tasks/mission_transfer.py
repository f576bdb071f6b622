"""Transfer of classifiers between missions, for every way of adapting them."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from exoval.errors import BadParameter, BadTable, DataNotFound, ExovalError
from exoval.models.calibrate import Calibration
from exoval.models.fitted_model import FittedModel
from exoval.running.output_path import make_folder
from exoval.running.progress import progress
from exoval.running.spreadsheet import write_csv
from exoval.table.feature_table import FeatureTable
from train.data.labelled_set import read_labelled_set
from train.data.splits import Split, StarSplit
from train.data.tables import LabelledTable, RealTable, without_stars_of
from train.fitting.adaptation.way import Material, fitted_at_home
from train.fitting.adaptation.ways import UNLABELLED, WAYS
from train.fitting.out_of_fold import planet_or_not
from train.judging.domain_auc import domain_auc
from train.judging.metrics import judge
from train.judging.scored import score
from train.report.mission_transfer_figure import mission_transfer_figure
from train.report.result_file import frame, write_result
from train.tasks.transfer import by_kind, described, named_domain_importance

if TYPE_CHECKING:
    from exoval.missions.mission import Mission
    from train.data.real import RealCandidates

log = logging.getLogger(__name__)

#: metrics of one fit in the table and the figure
SHOWN = ("roc_auc", "average_precision", "log_loss", "calibration_error")
#: share of the labelled events of the other mission for calibration
CALIBRATION_SHARE = 0.25


def mission_transfer(
    *,
    output: str | Path,
    source: LabelledTable,
    target: LabelledTable,
    classifier: Mapping[str, BaseEstimator],
    calibration: Calibration,
    split: StarSplit,
    seed: int,
    ways: Sequence[str] = tuple(WAYS),
    rows_of_target: Sequence[int] = (100, 300, 1000),
    repeats: int = 3,
    judged: Mapping[str, LabelledTable] | None = None,
    real: RealCandidates | None = None,
    target_set: str | Path | Sequence[str | Path] | None = None,
    mission: Mission | None = None,
    bootstrap_resamples: int = 500,
    results: str | Path | None = None,
    settings: dict | None = None,
) -> dict:
    """Adapt every classifier from ``source`` to ``target`` in every way, and judge it there.

    Classifiers learn planet or not. Ways that use labelled events of the target get
    ``rows_of_target`` of them (whole stars, ``repeats`` different choices), and finally all that
    the split leaves. Models are judged on the target's held-out stars, on the tables ``judged``
    (such as a catalogue's, without the stars trained on), and on the candidates of ``real``,
    measured like the labelled set ``target_set`` (the first of several). Returns the result, which
    is written to ``mission_transfer.json`` in ``output`` and to ``results``, with a table
    ``mission_transfer.csv`` and a figure. Raises BadParameter for an unknown way and BadTable for
    tables that cannot be used.
    """
    unknown = [way for way in ways if way not in WAYS]
    if unknown:
        raise BadParameter(f"unknown ways={unknown}; give some of {', '.join(WAYS)}")
    start, output = time.time(), make_folder(output)
    home, away = source(), target()
    away.require_columns_of(home)
    home, parts = without_stars_of(home, away), split(away, seed=seed)
    home_parts = split(home, seed=seed)
    tables = dict(judged or {})
    if real is not None and target_set is not None:
        first = target_set if isinstance(target_set, str | Path) else target_set[0]
        tables["real"] = RealTable(real, read_labelled_set(first).recipe(mission))
    tests = {"held_out": away.select(parts.test)} | _elsewhere(tables, home, away)
    rows, at_home = [], {}
    work = _work(
        classifier,
        ways=ways,
        sizes=rows_of_target,
        repeats=repeats,
        most=len(parts.fit) + len(parts.calibration),
    )
    for name, way, number, repeat in progress(
        work, total=len(work), description="bring to the other mission"
    ):
        material = material_for(home, home_parts, away, parts, number=number, seed=seed + repeat)
        try:
            if name not in at_home:
                at_home[name] = fitted_at_home(name, classifier[name], material, seed=seed)
            model = WAYS[way](
                name,
                classifier[name],
                calibration=calibration,
                material=material,
                home=at_home[name],
                seed=seed,
            )
        except BadTable as error:
            log.warning("%s, %s, %s rows: %s", name, way, number, error)
            continue
        # bootstrap intervals for the first choice only: several choices show their spread instead
        resamples = bootstrap_resamples if repeat == 0 else 0
        used = len(material.away_fit) + len(material.away_calibration)
        number = 0 if way in UNLABELLED else number or used
        rows += [
            _row(
                name=name,
                way=way,
                number=number,
                repeat=repeat,
                where=where,
                model=model,
                table=table,
                resamples=resamples,
                seed=seed,
            )
            for where, table in tests.items()
        ]
    if not rows:
        raise BadTable("every way of adapting failed; the log gives the reasons")
    result = frame(settings or {}, seed=seed) | {
        "metrics": {
            "by_way": rows,
            "domain_auc": by_kind(domain_auc, home, away, resamples=bootstrap_resamples, seed=seed),
        },
        "source": source.kind,
        "target": target.kind,
        "sets": {
            "source": described(home),
            "target_fit": described(away.select(parts.fit)),
            "target_calibration": described(away.select(parts.calibration)),
            **{where: described(table) for where, table in tests.items()},
        },
        "domain_importance": by_kind(named_domain_importance, home, away, seed=seed),
        "columns": home.feature_names,
        "seconds": round(time.time() - start, 1),
    }
    flat = flattened(rows)
    write(result, output, results, flat)
    return result | {"verdict": verdict(flat)}


def material_for(
    home: FeatureTable,
    home_parts: Split,
    away: FeatureTable,
    parts: Split,
    *,
    number: int | None,
    seed: int,
) -> Material:
    """The rows to learn from, with ``number`` labelled rows of the target (None: all)."""
    random = np.random.default_rng(seed)
    fit, calibration = parts.fit, parts.calibration
    if number is not None:
        for_calibration = round(CALIBRATION_SHARE * number)
        fit = some_stars(away, fit, number=number - for_calibration, random=random)
        calibration = some_stars(away, calibration, number=for_calibration, random=random)
    return Material(
        home_fit=planet_or_not(home.select(home_parts.fit)),
        home_calibration=planet_or_not(home.select(home_parts.calibration)),
        away_fit=planet_or_not(away.select(fit)),
        away_calibration=planet_or_not(away.select(calibration)),
        away_unlabelled=planet_or_not(away.select(parts.fit)),
    )


def some_stars(
    table: FeatureTable, rows: np.ndarray, *, number: int, random: np.random.Generator
) -> np.ndarray:
    """About ``number`` of the rows: all rows of random stars, until there are enough."""
    stars = table.targets[rows]
    order = {star: place for place, star in enumerate(random.permutation(np.unique(stars)))}
    place = np.array([order[star] for star in stars])
    last = np.sort(place)[min(number, len(rows)) - 1]
    return rows[place <= last]


def _elsewhere(
    judged: Mapping[str, LabelledTable], home: FeatureTable, away: FeatureTable
) -> dict[str, FeatureTable]:
    """The further tables to judge, without the stars trained on; a warning names missing ones."""
    found = {}
    for where, table in judged.items():
        try:
            rows = without_stars_of(without_stars_of(table(), home), away)
        except DataNotFound as error:
            log.warning("%s cannot be judged: %s", where, error)
            continue
        rows.require_columns_of(home)
        found[where] = rows
    return found


def _work(
    classifier: Mapping[str, BaseEstimator],
    *,
    ways: Sequence[str],
    sizes: Sequence[int],
    repeats: int,
    most: int,
) -> list[tuple[str, str, int | None, int]]:
    """Classifier, way, number of rows (None for all) and repeat of every fit."""
    work: list[tuple[str, str, int | None, int]] = []
    for name in classifier:
        for way in ways:
            if way not in UNLABELLED:
                work += [
                    (name, way, size, repeat)
                    for size in sizes
                    if size < most
                    for repeat in range(repeats)
                ]
            work.append((name, way, None, 0))
    return work


def _row(
    *,
    name: str,
    way: str,
    number: int,
    repeat: int,
    where: str,
    model: FittedModel,
    table: FeatureTable,
    resamples: int,
    seed: int,
) -> dict:
    """The metrics of one model on one table."""
    scored = score(model, table).judged
    return {
        "classifier": name,
        "way": way,
        "judged_on": where,
        "repeat": repeat,
        "rows_of_target": number,
        "how": model.card["adaptation"],
        "effective_rows": model.card.get("effective_rows", np.nan),
    } | judge(
        scored.probability,
        scored.is_planet,
        scored.star,
        resamples=resamples,
        seed=seed,
        keys=SHOWN,
    )


def flattened(rows: list[dict]) -> pd.DataFrame:
    """The table of all fits: columns of each metric and of its interval (``_low``, ``_high``)."""
    return pd.DataFrame(
        [
            {key: value for key, value in row.items() if key not in SHOWN}
            | {
                f"{key}{ending}": row[key][end]
                for key in SHOWN
                for ending, end in (("", "value"), ("_low", "low"), ("_high", "high"))
            }
            for row in rows
        ]
    )


def write(result: dict, output: Path, results: str | Path | None, table: pd.DataFrame) -> None:
    """Write the result, the table of all fits and the figure."""
    write_csv(table, output / "mission_transfer.csv")
    write_result(output / "mission_transfer.json", result)
    if results is not None:
        write_result(results, result)
    try:
        mission_transfer_figure(output / "mission_transfer.png", table)
    except ExovalError as error:
        log.warning("mission_transfer.json is written but no figure: %s", error)


def verdict(table: pd.DataFrame) -> list[str]:
    """The outcome: one line per classifier, way, number of rows and judged table."""
    lines = []
    keys = ["classifier", "judged_on", "way", "rows_of_target"]
    for (name, where, way, number), rows in table.groupby(keys, sort=False):
        auc, loss, error = (
            rows[key].astype(float).median() for key in ("roc_auc", "log_loss", "calibration_error")
        )
        # the bootstrap interval of a single choice of rows, the spread of several
        low, high = (
            (rows["roc_auc_low"].iloc[0], rows["roc_auc_high"].iloc[0])
            if len(rows) == 1
            else (rows["roc_auc"].min(), rows["roc_auc"].max())
        )
        interval = "" if low is None or np.isnan(low) else f" ({low:.3f}-{high:.3f})"
        lines.append(
            f"{name:30}{where:14}{way:14}{number:6d} rows of the target: ROC AUC "
            f"{auc:.3f}{interval}, log-loss {loss:.3f}, calibration error {error:.3f}"
        )
    return lines
