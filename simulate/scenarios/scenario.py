"""The contract of scenarios: one method that draws a system."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from exoval.labels import LabelMeaning
from exoval.system import System
from simulate.observation import Observation


class Scenario(Protocol):
    """Draws all sources in the aperture of one target; ``meaning`` says what its label stands for.

    The label is the scenario's name in the configuration and in ``System.scenario``, unless the
    scenario has an attribute ``label`` that says otherwise.
    """

    meaning: LabelMeaning

    def draw(self, rng: np.random.Generator, observation: Observation) -> System: ...


def event_label(name: str, scenario: Scenario) -> str:
    """Return the label of a scenario's signals: its name, or another that it declares."""
    return getattr(scenario, "label", name)
