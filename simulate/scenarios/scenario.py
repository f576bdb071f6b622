"""The seam of scenarios: a draw, and nothing else."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from exoval.labels import LabelMeaning
from exoval.system import System
from simulate.observation import Observation


class Scenario(Protocol):
    """Draw everything in the aperture of one simulated target; ``meaning`` says what its label is.

    The label is the name under which a configuration has the scenario, and ``System.scenario``.
    """

    meaning: LabelMeaning

    def draw(self, rng: np.random.Generator, observation: Observation) -> System: ...
