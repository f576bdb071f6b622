"""Fitted estimators on disk without pickle, so that reading one cannot run foreign code."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from exoval.build import is_own_class, is_part
from exoval.errors import BadTable

#: folders of exoval whose classes fitted estimators consist of
ROOMS = ("classifiers", "models")
#: what feature scaling and scikit-learn's trees hold of numpy
NUMPY = frozenset({"numpy.arcsinh", "numpy.clip", "numpy.dtype"})


def write_archive(estimator: Any, path: Path) -> None:
    """Write an estimator in the format of skops: JSON and arrays in a zip file."""
    skops.io.dump(estimator, path)


def read_archive(path: Path) -> Any:
    """Read an estimator written by ``write_archive``.

    Only known types are built: classes of exoval's classifiers and models and of scikit-learn, what
    skops trusts by itself, and what was allowed by ``exoval.build.allow``. Raises BadTable for
    others and for a damaged file.
    """
    try:
        named = skops.io.get_untrusted_types(file=path)
        foreign = sorted(name for name in named if not _may_be_built(name))
        if foreign:
            raise BadTable(
                f"{path} wants to build {', '.join(foreign)}, which is not part of a model of "
                "exoval; if you know where the file is from, allow the class by exoval.build.allow"
            )
        return skops.io.load(path, trusted=named)
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


def _may_be_built(name: str) -> bool:
    """Whether an archive may name a type: a class has a state and no code of the archive's own."""
    module, _, own = name.rpartition(".")
    if module.split(".")[0] == "sklearn":
        return is_own_class(module, own)
    return name in NUMPY or is_part(name, ROOMS)


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
