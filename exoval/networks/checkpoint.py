"""The state of an unfinished training on disk, from which a killed training resumes."""

from __future__ import annotations

import hashlib
import logging
import pickle
import zlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

import numpy as np

from exoval.lazy_module import LazyModule
from exoval.running.output_path import make_folder, output_path, replacing
from exoval.running.provenance import code_version

if TYPE_CHECKING:
    import torch
else:
    torch = LazyModule("torch")

log = logging.getLogger(__name__)

#: errors of ``torch.load`` for a file that is damaged or holds more than plain data
DAMAGED = (
    OSError,
    RuntimeError,
    ValueError,
    EOFError,
    KeyError,
    pickle.UnpicklingError,
    BadZipFile,
    zlib.error,
)


def fingerprint(arrays: list[np.ndarray], settings: dict) -> str:
    """A digest of training data, settings and exoval's version, which identifies the training."""
    digest = hashlib.sha256(repr((code_version(), sorted(settings.items()))).encode())
    for array in arrays:
        digest.update(repr((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def write_checkpoint(path: str | Path, state: dict) -> None:
    """Write tensors, numbers, strings, and lists and dicts of them, atomically.

    Raises DataNotFound if the file cannot be written.
    """
    path = output_path(path, setting="checkpoint")
    make_folder(path.parent, setting="checkpoint")
    whole = BytesIO()
    # torch's own writer hides why a file could not be written
    torch.save(state, whole)
    with replacing(path, setting="checkpoint") as draft:
        draft.write_bytes(whole.getbuffer())


def read_checkpoint(path: str | Path, expected: str, *, device: torch.device) -> dict | None:
    """The last state of the training with the digest ``expected``; None without one.

    Only plain data are read, so that the file cannot run code. A file that is damaged or of
    another training is ignored with a warning, and training starts anew.
    """
    if not Path(path).is_file():
        return None
    try:
        # torch does not compare the checksums that it writes
        with ZipFile(path) as archive:
            changed = archive.testzip()
        if changed is not None:
            raise BadZipFile(f"{changed} has changed since it was written")
        state = torch.load(path, map_location=device, weights_only=True)
        found = state["fingerprint"]
    except DAMAGED as error:
        log.warning(
            "cannot read checkpoint %s (%s); training starts anew",
            path,
            str(error).partition("\n")[0],
        )
        return None
    if found != expected:
        log.warning(
            "checkpoint %s is of other data, other settings or another version of exoval; training "
            "starts anew",
            path,
        )
        return None
    return state


def random_to_plain(random: np.random.RandomState) -> dict:
    """The state of a NumPy generator as tensors and numbers."""
    _, keys, position, has_gauss, gauss = random.get_state()
    return {
        "keys": torch.as_tensor(keys.astype(np.int64)),
        "position": int(position),
        "has_gauss": int(has_gauss),
        "gauss": float(gauss),
    }


def random_from_plain(random: np.random.RandomState, plain: dict) -> None:
    """Restore the state of a NumPy generator from ``random_to_plain``."""
    keys = plain["keys"].cpu().numpy().astype(np.uint32)
    random.set_state(("MT19937", keys, plain["position"], plain["has_gauss"], plain["gauss"]))
