"""The seam of scenarios: a draw, and nothing else."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from exoval.system import System
from simulate.observation import Observation


class Scenario(Protocol):
    """Draw everything in the aperture of one simulated target."""

    def draw(self, rng: np.random.Generator, observation: Observation) -> System: ...
