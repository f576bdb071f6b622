"""A model that gives planets half of the probability, whatever it is asked."""

from typing import ClassVar

import numpy as np

from exoval.labels import LabelMeaning
from exoval.models.fitted_model import ModelAnswers


class Undecided:
    """It stands in for a ``FittedModel`` where only what is judged matters."""

    classes = ("planet", "no_transit")
    meanings: ClassVar[dict] = {
        name: LabelMeaning(short=name, description=name, counts_as_planet=name == "planet")
        for name in classes
    }
    training_range: ClassVar[dict] = {}
    card: ClassVar[dict] = {"class_shares": {"planet": 0.5, "no_transit": 0.5}}

    def answers(self, table, *, priors=None, with_errors=True):
        half = np.full((len(table), 2), 0.5)
        return ModelAnswers(
            probability=half,
            planet=half[:, 0],
            interval=(half, half),
            planet_interval=(half[:, 0], half[:, 0]),
        )
