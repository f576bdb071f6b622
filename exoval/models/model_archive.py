"""Fitted estimators on disk without pickle, so that reading one cannot run foreign code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import skops.io

from exoval.allow_list import is_listed
from exoval.errors import BadTable, foreign_errors_as
from exoval.running.output_path import replacing

#: what fitted estimators consist of, beside the classifiers themselves and what skops trusts
CONSISTS_OF = frozenset(
    {
        # feature scaling
        "exoval.models.transit_shape_map.TransitShapeMap",
        "numpy.arcsinh",
        "numpy.clip",
        "numpy.dtype",
        # trees, neighbours and optimisers of scikit-learn
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
        "sklearn.gaussian_process.kernels.ConstantKernel",
        "sklearn.gaussian_process.kernels.Product",
        "sklearn.gaussian_process.kernels.RBF",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.metrics._dist_metrics.ManhattanDistance64",
        "sklearn.metrics._dist_metrics.MinkowskiDistance64",
        "sklearn.neighbors._ball_tree.BallTree",
        "sklearn.neighbors._ball_tree.BallTree64",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.neighbors._kd_tree.KDTree64",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.tree._tree.Tree",
    }
)


def write_archive(estimator: Any, path: Path) -> None:
    """Write an estimator in the format of skops: JSON and arrays in a zip file.

    Raises DataNotFound if the file cannot be written.
    """
    with replacing(path) as draft:
        skops.io.dump(estimator, draft)


def read_archive(path: Path) -> Any:
    """Read an estimator written by ``write_archive``.

    Only known types are built: those of ``CONSISTS_OF``, the classifiers of ``conf`` and what skops
    trusts by itself, such as scikit-learn's estimators. Raises BadTable for others and for a
    damaged file.
    """
    with foreign_errors_as(BadTable, f"cannot read {path}", "train again with this version"):
        named = skops.io.get_untrusted_types(file=path)
        foreign = sorted(name for name in named if not _may_be_built(name))
        if foreign:
            raise BadTable(
                f"{path} wants to build {', '.join(foreign)[:300]}, which is not part of a model "
                "of exoval; if you know where the file is from, allow the class by "
                "exoval.build.allow"
            )
        return skops.io.load(path, trusted=named)


def _may_be_built(name: str) -> bool:
    """Whether an archive may name a type: a class has a state and no code of the archive's own."""
    return name in CONSISTS_OF or is_listed(name, "classifier")
