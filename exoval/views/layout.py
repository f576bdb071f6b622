"""Which stretches views consist of and how many bins each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from exoval.errors import BadParameter


@dataclass(frozen=True)
class ViewLayout:
    """Stretches that lie one after the other in a row: name -> bins.

    Raises BadParameter without a stretch, or for one without bins.
    """

    bins: Mapping[str, int]

    def __post_init__(self) -> None:
        if not self.bins or min(self.bins.values()) < 1:
            raise BadParameter(
                f"a layout of views with the stretches {dict(self.bins)}; give one or more, each "
                "with a positive number of bins"
            )

    @cached_property
    def length(self) -> int:
        """Bins of all stretches together."""
        return sum(self.bins.values())

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Where each stretch is in a row."""
        ends = np.cumsum(list(self.bins.values()))
        return {
            name: slice(int(end) - size, int(end))
            for (name, size), end in zip(self.bins.items(), ends)
        }
