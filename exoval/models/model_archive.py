"""Fitted estimators on disk without pickle, so that reading one cannot run foreign code."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from exoval.errors import BadTable

#: what our own estimators consist of beyond what skops trusts by itself
TRUSTED = frozenset(
    {
        "exoval.classifiers.boosted_trees.BoostedTrees",
        "exoval.classifiers.deep_kernel_gp.DeepKernelGP",
        "exoval.classifiers.ensemble.Ensemble",
        "exoval.classifiers.gaussian_discriminant.GaussianDiscriminant",
        "exoval.classifiers.laplace_gp.LaplaceGP",
        "exoval.classifiers.sparse_gp.SparseGP",
        "exoval.classifiers.transit_cnn.TransitCNN",
        "exoval.models.transit_shape_map.TransitShapeMap",
        "numpy.arcsinh",
        "numpy.clip",
        "numpy.dtype",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.tree._tree.Tree",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.neighbors._kd_tree.KDTree64",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.neighbors._ball_tree.BallTree64",
        "sklearn.neighbors._ball_tree.BallTree",
    }
)


def write_archive(estimator: Any, path: Path) -> None:
    """Write an estimator in the format of skops: JSON and arrays in a zip file."""
    skops.io.dump(estimator, path)


def read_archive(path: Path, *, trusted: tuple[str, ...] = ()) -> Any:
    """Read an estimator written by ``write_archive``.

    Only known types are built: those that skops trusts, those of exoval, and those named in
    ``trusted`` (full dotted names). Raises BadTable for other types and for a damaged file.
    """
    try:
        foreign = sorted(set(skops.io.get_untrusted_types(file=path)) - TRUSTED - set(trusted))
        if foreign:
            raise BadTable(
                f"{path} wants to build {', '.join(foreign)}, which is not part of a model of "
                "exoval; name it in trusted= if you trust the file"
            )
        return skops.io.load(path, trusted=sorted(TRUSTED | set(trusted)))
    except (
        BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        ImportError,
        UntrustedTypesFoundException,
    ) as error:
        raise BadTable(f"cannot read {path} ({error}); train again with this version") from error


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
