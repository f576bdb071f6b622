"""Fitted estimators on disk without pickle, so that reading one cannot run foreign code.

A zip file holds a card (``exoval.models.model_card``) and all arrays, one after the other, in one
file beside it: hundreds of trees are read in a fraction of a second. Estimators of which a card may
not name all classes, such as others of scikit-learn, are written in the format of skops. So were
all of earlier versions.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from exoval.allow_list import is_listed
from exoval.errors import BadTable, foreign_errors_as
from exoval.models.model_card import (
    CardReader,
    CardWriter,
    NotOnTheList,
    dtype_from_plain,
    plain_dtype,
)
from exoval.running.output_path import replacing

CARD, ARRAYS = "card.json", "arrays.bin"
#: arrays begin at multiples of this many bytes
ALIGNED = 64
AGAIN = "train again with this version"
#: what estimators in the format of skops consist of, beside classifiers and what skops trusts
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
    """Write an estimator as a card and arrays or, where a card may not name a class, by skops.

    Raises DataNotFound if the file cannot be written.
    """
    writer = CardWriter()
    try:
        card = writer.card(estimator)
    except NotOnTheList:
        # imported here: it takes seconds, and few models need it
        import skops.io

        with replacing(path) as draft:
            skops.io.dump(estimator, draft)
        return
    with replacing(path) as draft, zipfile.ZipFile(draft, "w") as file:
        dtypes = list(dict.fromkeys(array.dtype for array in writer.arrays))
        places = _write_arrays(file, writer.arrays, dtypes)
        described = {
            "estimator": card,
            "arrays": places,
            "dtypes": [plain_dtype(one) for one in dtypes],
        }
        file.writestr(CARD, json.dumps(described))


def read_archive(path: Path) -> Any:
    """Read an estimator written by ``write_archive``.

    Only known types are built: those that a card may name (``exoval.models.parts``) or, in the
    format of skops, those of ``CONSISTS_OF``, the classifiers of ``conf`` and what skops trusts by
    itself, such as scikit-learn's estimators. Raises BadTable for others and for a damaged file.
    """
    with foreign_errors_as(BadTable, f"cannot read {path}", AGAIN):
        with zipfile.ZipFile(path) as file:
            if CARD in file.namelist():
                return _from_card(file)
        return _from_skops(path)


def _write_arrays(
    file: zipfile.ZipFile, arrays: Sequence[np.ndarray], dtypes: Sequence[np.dtype]
) -> list[dict]:
    """Write arrays one after the other; return number of type, shape, order and place of each."""
    places, end = [], 0
    with file.open(ARRAYS, "w", force_zip64=True) as stream:
        for array in arrays:
            start = -(-end // ALIGNED) * ALIGNED
            is_fortran = array.flags.f_contiguous and not array.flags.c_contiguous
            stream.write(bytes(start - end))
            stream.write(array.tobytes(order="F" if is_fortran else "C"))
            end = start + array.nbytes
            places.append(
                {
                    "dtype": dtypes.index(array.dtype),
                    "shape": list(array.shape),
                    "at": start,
                    "order": "F" if is_fortran else "C",
                }
            )
    return places


def _from_card(file: zipfile.ZipFile) -> Any:
    """The estimator of a file with a card."""
    described = json.loads(file.read(CARD))
    if not isinstance(described, dict) or set(described) != {"estimator", "arrays", "dtypes"}:
        raise BadTable(f"{file.filename} holds a card of another form; {AGAIN}")
    content = file.read(ARRAYS)
    dtypes = [dtype_from_plain(one) for one in described["dtypes"]]
    arrays = [_array(place, dtypes, content) for place in described["arrays"]]
    return CardReader(arrays).value(described["estimator"])


def _array(place: dict, dtypes: Sequence[np.dtype], content: bytes) -> np.ndarray:
    """One array of the file, of its own: no other is kept in memory for it."""
    dtype, shape, start = dtypes[place["dtype"]], tuple(place["shape"]), place["at"]
    if not all(isinstance(one, int) and one >= 0 for one in (*shape, start)):
        raise BadTable(f"an array of the card has the shape {str(shape)[:60]}; {AGAIN}")
    order = "F" if place["order"] == "F" else "C"
    return np.ndarray(shape, dtype, buffer=content, offset=start, order=order).copy(order="K")


def _from_skops(path: Path) -> Any:
    """The estimator of a file in the format of skops."""
    # imported here: it takes seconds, and this version writes few of these files
    import skops.io

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
    """Whether skops may build a type: a class has a state and no code of the archive's own."""
    return name in CONSISTS_OF or is_listed(name, "classifier")
