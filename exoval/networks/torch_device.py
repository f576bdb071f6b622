"""The device on which a torch model computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exoval.errors import BadParameter
from exoval.lazy_module import LazyModule

if TYPE_CHECKING:
    import torch
else:
    torch = LazyModule("torch")


def torch_device(name: str) -> torch.device:
    """The device of this name; ``auto`` is the graphics card if there is one.

    Raises BadParameter for an unknown name, or for ``cuda`` without a graphics card.

    >>> torch_device("cpu")
    device(type='cpu')
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name not in ("cpu", "cuda"):
        raise BadParameter(f"device is '{name}'; use 'auto', 'cpu' or 'cuda'")
    if name == "cuda" and not torch.cuda.is_available():
        raise BadParameter("device is 'cuda' but torch finds no graphics card; use 'auto'")
    return torch.device(name)
