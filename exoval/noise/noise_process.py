"""The interface of a noise process: relative flux added to a constant star."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from exoval.noise.sampling import Sampling
from exoval.star import Star


class NoiseProcess(Protocol):
    """Draw one realisation, relative flux of shape (cadences,); zero is an undisturbed star."""

    def __call__(self, rng: np.random.Generator, sampling: Sampling, star: Star) -> np.ndarray: ...
