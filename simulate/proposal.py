"""Which draws are worth a search: a proposal that keeps importance weights exact.

Drawing a system costs little and searching its light curve much. A proposal therefore looks at what
was drawn, before the search, and passes most of the draws over that would teach nothing. A draw of
population weight w (prior over proposal density) that ends near the decision with probability pi is
searched with probability

    a = w sqrt(pi) / level, at least ``least`` and at most 1,

which for a given number of searches makes the effective sample size of the events near the decision
largest (Neyman allocation; Owen 2013, Monte Carlo theory, methods and examples, chapter 9). The
weight of what was searched is divided by a (``simulate.draw_density``), so that every mean over the
population stays what it was, whatever pi says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from exoval.errors import BadParameter, BadTable
from exoval.schema import as_record, read_json
from exoval.star import Star

AGAIN = "make it again with python -m simulate propose"
#: logarithm of the weight with which a system was drawn, before any proposal, in every truth
LOG_WEIGHT = "log_weight_drawn"
#: what else is known of a draw before its search, in every row of the table of truths
KNOWN = (
    "strongest_snr",
    "strongest_period_days",
    "strongest_duration_days",
    "strongest_depth_ppm",
    "host_noise_ppm",
    "host_slow_noise_ppm",
    "host_magnitude",
    "host_teff",
    "host_radius_solar",
)


@dataclass(frozen=True, kw_only=True)
class Chance:
    """The probability that a draw of one scenario ends near the decision, a logistic function.

    Its inputs are the logarithms of the columns ``names`` of ``KNOWN``, less ``middle``, over
    ``spread``, cut at three spreads, and their squares; those that are missing count as 0.
    ``coefficients`` are the constant, those of the inputs and those of their squares; those of
    ``transforms`` are added for what was done to a light curve without an injection.
    """

    names: list[str]
    middle: list[float]
    spread: list[float]
    coefficients: list[float]
    transforms: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = len(self.names)
        if not (len(self.middle) == len(self.spread) == size) or len(self.coefficients) != (
            1 + 2 * size
        ):
            raise BadTable(
                f"a proposal has {size} inputs, {len(self.middle)} middles, {len(self.spread)} "
                f"spreads and {len(self.coefficients)} coefficients; {AGAIN}"
            )

    def inputs(self, drawn: pd.DataFrame) -> np.ndarray:
        """Inputs and their squares, shape (draws, 2 inputs)."""
        missing = np.full(len(drawn), np.nan)
        values = np.empty((len(drawn), len(self.names)))
        for column, name in enumerate(self.names):
            values[:, column] = drawn.get(name, missing)
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = (np.log(values) - self.middle) / np.array(self.spread)
        scaled = np.clip(np.nan_to_num(scaled, nan=0.0, posinf=3.0, neginf=-3.0), -3, 3)
        return np.concatenate([scaled, scaled**2], axis=1)

    def __call__(self, drawn: pd.DataFrame) -> np.ndarray:
        """The probability for every draw, shape (draws,)."""
        logit = self.coefficients[0] + self.inputs(drawn) @ np.array(self.coefficients[1:])
        if self.transforms and "transform" in drawn:
            logit = logit + drawn["transform"].map(self.transforms).fillna(0.0).to_numpy(float)
        return expit(logit)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The probability with which draws of every scenario are searched.

    A scenario without an entry in ``chances`` is searched always. Signals below ``visible_snr``,
    for which no light curve is searched, are never passed over. Raises BadParameter unless
    0 < ``least`` <= 1 and ``level`` > 0.
    """

    chances: dict[str, Chance]
    level: float
    visible_snr: float
    least: float = 0.01

    def __post_init__(self) -> None:
        if not (0 < self.least <= 1 and self.level > 0):
            raise BadParameter(
                f"a proposal with level={self.level} and least={self.least}; give a positive level "
                "and a least probability in (0, 1]"
            )

    def acceptance(self, scenario: str, drawn: pd.DataFrame) -> np.ndarray:
        """Probability of a search for every draw of a scenario, shape (draws,).

        ``drawn`` has ``LOG_WEIGHT``, the columns of ``KNOWN`` and, without an injection,
        ``transform``. Raises BadTable without the weight.
        """
        if scenario not in self.chances:
            return np.ones(len(drawn))
        if LOG_WEIGHT not in drawn:
            raise BadTable(
                f"the truths lack {LOG_WEIGHT}, with which draws are weighed: simulate the set "
                "again with this version"
            )
        worth = np.exp(drawn[LOG_WEIGHT].to_numpy(float)) * np.sqrt(self.chances[scenario](drawn))
        chance = np.clip(worth / self.level, self.least, 1.0)
        if "strongest_snr" in drawn:
            chance[drawn["strongest_snr"].to_numpy(float) < self.visible_snr] = 1.0
        return chance

    def plain(self) -> dict:
        """The proposal as values that JSON has."""
        return asdict(self)


def read_proposal(path: str | Path) -> Proposal:
    """Read the file that ``python -m simulate propose`` wrote.

    Raises DataNotFound or BadTable if there is none or it is damaged.
    """
    plain = read_json(Path(path), remedy=AGAIN)
    return as_record(plain, Proposal, source=str(path), remedy=AGAIN)


def known_before_search(
    truths: Sequence[Mapping[str, object]], star: Star, *, noise: float, slow_noise: float
) -> dict[str, float]:
    """The columns of ``KNOWN``: of the strongest orbit of a star, of the star and its noise.

    ``truths`` are those of all orbits; ``noise`` and ``slow_noise`` are in ppm on six hours and on
    a day.
    """
    strength = [float(np.nan_to_num(truth.get("expected_snr", 0.0))) for truth in truths]
    strongest = truths[int(np.argmax(strength))]
    known = {
        "strongest_snr": strongest.get("expected_snr"),
        "strongest_period_days": strongest.get("period_days"),
        "strongest_duration_days": strongest.get("duration_days"),
        "strongest_depth_ppm": strongest.get("depth_ppm"),
        "host_noise_ppm": noise,
        "host_slow_noise_ppm": slow_noise,
        "host_magnitude": star.magnitude,
        "host_teff": star.teff,
        "host_radius_solar": star.radius,
    }
    return {name: float(value) for name, value in known.items() if value is not None} | {
        LOG_WEIGHT: float(truths[0]["log_prior"]) - float(truths[0]["log_proposal"])
    }
