"""What a noise process is: relative flux added to a constant star."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star


class NoiseProcess(Protocol):
    """Draws one realisation, relative flux of shape (cadences,), zero where nothing happens."""

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray: ...
