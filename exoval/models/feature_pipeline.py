"""The steps before every classifier: scaling, outliers and missing values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer

from exoval.models.transit_shape_map import TransitShapeMap

#: scaled values are clipped at this many standard deviations
CLIP = 3.0


def feature_pipeline(
    classifier: BaseEstimator,
    rows: int,
    *,
    seed: int = 0,
    shape_columns: Sequence[int] = (),
    planets: Sequence[str] = (),
) -> Pipeline:
    """A classifier (step ``classifier``) behind feature scaling that tolerates NaN.

    Every feature is mapped to a normal distribution by its ranks among the ``rows`` it is
    fitted on, so that heavy tails (depth, signal-to-noise) weigh as much as other features. A
    value outside the range of training becomes the extreme of that range. Missing values become
    the median, and each feature with gaps in training gets a 0/1 column that flags them. Features
    that are constant or empty in training are dropped. The bins of the folded event
    (``shape_columns``) become two columns by a map of transit shapes, which is trained with the
    rest and counts the labels ``planets`` as planets.
    """
    quantiles = QuantileTransformer(
        n_quantiles=min(200, rows),
        output_distribution="normal",
        subsample=100_000,
        random_state=seed,
    )
    values = Pipeline(
        [
            ("normal", quantiles),
            ("clip", FunctionTransformer(np.clip, kw_args={"a_min": -CLIP, "a_max": CLIP})),
            # imputing after ranking keeps the median from becoming a spike in the ranks
            (
                "median",
                SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True),
            ),
        ]
    )
    missing = MissingIndicator(features="missing-only", error_on_new=False)
    steps = [
        ("varying", VarianceThreshold()),
        ("scale", FeatureUnion([("values", values), ("missing", missing)])),
        ("classifier", classifier),
    ]
    if len(shape_columns):
        shapes = TransitShapeMap(
            columns=list(shape_columns), planets=list(planets), random_state=seed
        )
        steps.insert(0, ("shapes", shapes))
    return Pipeline(steps)
