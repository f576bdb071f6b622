"""Split of a table by star into rows for fitting, calibration and test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exoval.errors import BadParameter, BadTable
from exoval.table.feature_table import FeatureTable


@dataclass(frozen=True)
class Split:
    """Row indexes of the three parts: fitting, calibration and test."""

    fit: np.ndarray
    calibration: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class StarSplit:
    """A split by star in which every part has about its share of every label.

    The shares are of rows; ``fit`` gets the remainder. Raises BadParameter unless both shares are
    positive and leave rows to fit.
    """

    calibration_share: float = 0.2
    test_share: float = 0.25

    def __post_init__(self) -> None:
        shares = (self.calibration_share, self.test_share)
        if min(shares) <= 0 or sum(shares) >= 1:
            raise BadParameter(
                f"calibration_share and test_share are {shares}; give two positive "
                "shares with a sum below 1"
            )

    def __call__(self, table: FeatureTable, *, seed: int) -> Split:
        """Split the rows of a table.

        Raises BadTable if the stars are too few for every part to hold planets and others.
        """
        share = np.array(
            [1 - self.calibration_share - self.test_share, self.calibration_share, self.test_share]
        )
        part = assign_stars(
            table.targets, table.labels, share=share, random=np.random.default_rng(seed)
        )
        parts = [np.flatnonzero(part == number) for number in range(3)]
        for name, rows in zip(("fit", "calibration", "test"), parts, strict=True):
            planets = int(table.is_planet[rows].sum())
            if planets == 0 or planets == len(rows):
                raise BadTable(
                    f"the {name} part has {planets} planets in {len(rows)} rows because the "
                    f"{len(table)} rows come from only {len(set(table.targets))} stars; simulate "
                    "more systems on more stars"
                )
        return Split(*parts)


def assign_stars(
    stars: np.ndarray, labels: np.ndarray, *, share: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """The part (0, 1, ...) of every row, the same for all rows of a star.

    Stars are assigned one by one, those with most rows first, each to the part that is furthest
    below its share of that star's labels.

    >>> stars, share = np.array(["a", "a", "b", "b"]), np.array([0.5, 0.5])
    >>> part = assign_stars(stars, stars, share=share, random=np.random.default_rng(0))
    >>> bool(part[0] == part[1] and part[2] == part[3])
    True
    """
    names, star = np.unique(stars, return_inverse=True)
    _, label = np.unique(labels, return_inverse=True)
    rows = np.zeros((len(names), label.max() + 1))
    np.add.at(rows, (star, label), 1)
    wanted = share[:, None] * rows.sum(axis=0)
    given = np.zeros_like(wanted)
    part_of_star = np.empty(len(names), dtype=int)
    order = random.permutation(len(names))
    for number in order[np.argsort(-rows[order].sum(axis=1), kind="stable")]:
        # relative shortage, so that a small part gets its share beside a large one
        shortage = ((wanted - given) / wanted * rows[number]).sum(axis=1)
        part = int(np.argmax(shortage))
        given[part] += rows[number]
        part_of_star[number] = part
    return part_of_star[star]
