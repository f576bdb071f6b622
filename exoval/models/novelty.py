"""Novelty of an event with respect to the training set: one score and one verdict a row.

A classifier gives probabilities for any row, also for one unlike its training set. Several
detectors look for such rows: an isolation forest (Liu, Ting & Zhou 2008), the local outlier
factor (Breunig et al. 2000), the latent variance of a Gaussian process, and, if real events are
given, a classifier that tells simulated from real ones. Each detector's output is converted to
the share of reference rows, of known origin and never fitted on, that are at least as novel.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, RobustScaler

from exoval.errors import BadTable, DataNotFound, foreign_errors_as, listed
from exoval.features.shape_bins import PREFIX as SHAPE_BIN
from exoval.models.fitted_model import AGAIN, FittedModel, load_fitted_model
from exoval.models.model_archive import read_archive, write_archive
from exoval.running.checksums import CHECKSUMS, check_seal, sealed
from exoval.running.output_path import make_folder, replacing
from exoval.running.whole_folder import difference
from exoval.schema import as_record, read_json
from exoval.table.feature_table import FeatureTable

#: false-alarm rate: share of known rows that all detectors together call novel
SHARE_CALLED_NOVEL = 0.05
FAMILIAR, NOVEL = "familiar", "novel"
#: fewest rows of known origin; with fewer a share of one in twenty cannot be measured
FEWEST_REFERENCES = 60
NEIGHBOURS = 20
DESCRIPTION, DETECTORS = "novelty.json", "detectors.zip"
#: the archive of versions before, which is still read
SKOPS_DETECTORS = "detectors.skops"


@dataclass(frozen=True)
class NoveltyScores:
    """Novelty ``score`` in [0, 1], 1 for the most novel, and ``verdict``, both of shape (rows,).

    ``tails`` has one column a detector: the share of known rows that are at least as novel.
    """

    score: np.ndarray
    verdict: np.ndarray
    tails: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class Novelty:
    """Fitted detectors of novelty; ``references`` are their sorted outputs for known rows.

    ``gp`` is a fitted model whose classifier has a latent variance (``latent``), or None.
    """

    feature_names: tuple[str, ...]
    scaling: Pipeline
    detectors: Mapping[str, object]
    references: Mapping[str, np.ndarray]
    gp: FittedModel | None = field(default=None, repr=False)

    def __call__(
        self,
        table: FeatureTable,
        *,
        domain: np.ndarray | None = None,
        known_domain: np.ndarray | None = None,
    ) -> NoveltyScores:
        """Novelty of the rows of a table; BadTable if it lacks a feature.

        ``domain`` (rows,) and ``known_domain`` are outputs of ``domain_scores`` for these rows and
        for simulated ones; if given, they count as one more detector.
        """
        novelty = self.by_detector(table)
        references = dict(self.references)
        if domain is not None and known_domain is not None:
            novelty["domain"], references["domain"] = domain, np.sort(known_domain)
        tails = pd.DataFrame(
            {name: tail_share(values, references[name]) for name, values in novelty.items()}
        )
        # Bonferroni: the false-alarm rate is split among the detectors
        together = np.minimum(1.0, tails.shape[1] * tails.min(axis=1).to_numpy())
        verdict = np.where(together <= SHARE_CALLED_NOVEL, NOVEL, FAMILIAR)
        return NoveltyScores(1 - together, verdict, tails)

    def by_detector(self, table: FeatureTable) -> dict[str, np.ndarray]:
        """Output of every detector, larger for more novel rows, shape (rows,) each."""
        missing = [name for name in self.feature_names if name not in table.feature_names]
        if missing:
            raise BadTable(
                f"the table lacks {missing}, which the novelty detectors need; "
                "measure it with the feature groups of training"
            )
        with foreign_errors_as(BadTable, "the novelty detectors cannot judge the rows", AGAIN):
            scaled = self.scaling.transform(table.usable_matrix(self.feature_names))
            found = {name: -one.score_samples(scaled) for name, one in self.detectors.items()}
        if self.gp is not None:
            found["gp_variance"] = latent_variance(self.gp, table)
        return found

    def save(self, directory: str | Path) -> None:
        """Write detectors, references and the Gaussian process's model; no pickle."""
        directory = make_folder(directory)
        write_archive({"scaling": self.scaling, **self.detectors}, directory / DETECTORS)
        (directory / SKOPS_DETECTORS).unlink(missing_ok=True)
        if self.gp is not None:
            self.gp.save(directory / "gp")
        description = {
            "feature_names": self.feature_names,
            "gp": self.gp is not None,
            "references": {name: values.tolist() for name, values in self.references.items()},
        }
        files = {DETECTORS: directory / DETECTORS}
        with replacing(directory / DESCRIPTION) as draft:
            draft.write_text(json.dumps(sealed(description, name=DESCRIPTION, files=files)))


def load_novelty(directory: str | Path) -> Novelty:
    """Read detectors written by ``Novelty.save``.

    Raises DataNotFound if the folder has none, BadTable if a file of it is damaged; those of an
    older version have no checksums.
    """
    directory = Path(directory)
    if not (directory / DESCRIPTION).is_file():
        raise DataNotFound(f"no novelty detectors in {directory}; make them with python -m train")
    plain = read_json(directory / DESCRIPTION, remedy=AGAIN)
    written = as_record(plain, _Written, source=str(directory / DESCRIPTION), remedy=AGAIN)
    archives = (directory / name for name in (DETECTORS, SKOPS_DETECTORS))
    path = next((one for one in archives if one.is_file()), None)
    if path is None:
        raise BadTable(f"{directory} lacks {DETECTORS}; {AGAIN}")
    if CHECKSUMS in plain:
        sums = check_seal(plain, directory / DESCRIPTION, remedy=AGAIN)
        wrong = difference(path, None, sums.get(path.name, ""))
        if wrong:
            raise BadTable(f"{path} {wrong}; {AGAIN}")
    detectors = read_archive(path)
    names = set(written.references) - {"gp_variance"}
    if not isinstance(detectors, dict) or set(detectors) != {"scaling", *names}:
        raise BadTable(
            f"the detectors in {directory} are not those of {DESCRIPTION} "
            f"({listed(sorted(names))}); {AGAIN}"
        )
    return Novelty(
        feature_names=written.feature_names,
        scaling=detectors.pop("scaling"),
        detectors=detectors,
        references={name: np.array(values) for name, values in written.references.items()},
        gp=load_fitted_model(directory / "gp") if written.gp else None,
    )


@dataclass(frozen=True, kw_only=True)
class _Written:
    """What ``novelty.json`` holds."""

    feature_names: tuple[str, ...]
    gp: bool
    references: dict[str, list[float]]


def fit_novelty(
    fitted: FeatureTable, known: FeatureTable, *, seed: int, gp: FittedModel | None = None
) -> Novelty:
    """Fit the detectors on some rows, with others as the reference for what is usual.

    ``known`` are the reference rows: of the same origin, on other stars. Raises BadTable with too
    few of them.
    """
    if len(known) < FEWEST_REFERENCES:
        raise BadTable(
            f"{len(known)} rows are too few as a reference for novelty, which needs "
            f"{FEWEST_REFERENCES} that were not fitted; simulate more systems"
        )
    scaling, detectors = _fitted_detectors(fitted, seed=seed)
    unjudged = Novelty(
        feature_names=scalar_names(fitted),
        scaling=scaling,
        detectors=detectors,
        references={},
        gp=gp,
    )
    references = {name: np.sort(values) for name, values in unjudged.by_detector(known).items()}
    return Novelty(
        feature_names=unjudged.feature_names,
        scaling=scaling,
        detectors=detectors,
        references=references,
        gp=gp,
    )


def fit_novelty_crosswise(rows: FeatureTable, *, seed: int, folds: int = 5) -> Novelty:
    """Fit the detectors on all rows, each with a reference that was fitted without its star.

    For few rows: none is set aside. A detector of all rows knows slightly more than those of the
    references, which are fitted on four fifths. Raises BadTable with too few rows or stars.
    """
    stars = len(set(rows.targets))
    if len(rows) < FEWEST_REFERENCES or stars < 2:
        raise BadTable(
            f"{len(rows)} rows of {stars} stars are too few for novelty, which needs "
            f"{FEWEST_REFERENCES}; simulate more systems"
        )
    splitter = GroupKFold(min(folds, stars), shuffle=True, random_state=seed)
    found: dict[str, list[np.ndarray]] = {}
    for fitted, out in splitter.split(rows.features, groups=rows.targets):
        scaling, detectors = _fitted_detectors(rows.select(fitted), seed=seed)
        part = rows.select(out).matrix(scalar_names(rows))
        for name, detector in detectors.items():
            found.setdefault(name, []).append(-detector.score_samples(scaling.transform(part)))
    scaling, detectors = _fitted_detectors(rows, seed=seed)
    return Novelty(
        feature_names=scalar_names(rows),
        scaling=scaling,
        detectors=detectors,
        references={name: np.sort(np.concatenate(parts)) for name, parts in found.items()},
    )


def _fitted_detectors(rows: FeatureTable, *, seed: int) -> tuple[Pipeline, dict[str, object]]:
    """The scaling and the detectors of some rows."""
    scaling = _scaling()
    scaled = scaling.fit_transform(rows.matrix(scalar_names(rows)))
    neighbours = min(NEIGHBOURS, len(scaled) - 1)
    return scaling, {
        "isolation_forest": IsolationForest(n_estimators=200, random_state=seed).fit(scaled),
        "local_outlier_factor": LocalOutlierFactor(neighbours, novelty=True).fit(scaled),
    }


def scalar_names(table: FeatureTable) -> tuple[str, ...]:
    """The features by which events are compared: all except the bins of their shape."""
    return tuple(name for name in table.feature_names if not name.startswith(SHAPE_BIN))


def tail_share(novelty: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Share of the sorted reference, with the row added, that is at least as novel, (rows,).

    >>> tail_share(np.array([2.5]), np.array([0.0, 1.0, 2.0])).tolist()
    [0.25]
    """
    as_odd = len(reference) - np.searchsorted(reference, novelty, side="left")
    return (as_odd + 1) / (len(reference) + 1)


def latent_variance(model: FittedModel, table: FeatureTable) -> np.ndarray:
    """Mean latent variance of a Gaussian process at every row, shape (rows,)."""
    features = table.matrix([column.name for column in model.columns])
    scaled = model.pipeline[:-1].transform(features)
    return model.pipeline[-1].latent(scaled)[1].mean(axis=1)


def domain_scores(
    simulated: FeatureTable, real: FeatureTable, *, seed: int, folds: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """P(real) of simulated and of real rows, by classifiers that saw no row of their star.

    The classifiers are boosted trees. Simulated and real rows have the same total weight, so that
    one half means chance. Raises BadTable with fewer real stars than folds.
    """
    stars = np.concatenate([simulated.targets, real.targets])
    folds = min(folds, len(set(real.targets)), len(set(simulated.targets)))
    if folds < 2:
        raise BadTable(
            f"{len(set(real.targets))} real stars are too few to compare real with simulated "
            "events; give two or more"
        )
    names = list(scalar_names(simulated))
    features = np.concatenate([table.matrix(names) for table in (simulated, real)])
    is_real = np.repeat([False, True], [len(simulated), len(real)])
    score = np.full(len(is_real), 0.5)
    for part in (is_real, ~is_real):
        if part.sum() < 2:
            return score[~is_real], score[is_real]
    fold = np.empty(len(is_real), dtype=int)
    for part in (np.flatnonzero(is_real), np.flatnonzero(~is_real)):
        splitter = GroupKFold(folds, shuffle=True, random_state=seed)
        for number, (_, out) in enumerate(splitter.split(part, groups=stars[part])):
            fold[part[out]] = number
    for number in range(folds):
        # rows of the fold's stars are left out of fitting, also where they are in another fold
        out = fold == number
        inside = ~out & ~np.isin(stars, stars[out])
        if len(set(is_real[inside])) < 2:
            continue
        trees = HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.1,
            max_leaf_nodes=8,
            class_weight="balanced",
            random_state=seed,
        )
        trees.fit(features[inside], is_real[inside])
        score[out] = trees.predict_proba(features[out])[:, 1]
    return score[~is_real], score[is_real]


def _scaling() -> Pipeline:
    """Robust scaling that never saturates: a value far outside training stays far outside."""
    values = Pipeline(
        [
            ("robust", RobustScaler()),
            ("compress", FunctionTransformer(np.arcsinh)),
            (
                "median",
                SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True),
            ),
        ]
    )
    missing = MissingIndicator(features="missing-only", error_on_new=False)
    return Pipeline(
        [
            ("varying", VarianceThreshold()),
            ("scale", FeatureUnion([("values", values), ("missing", missing)])),
        ]
    )
