"""The views in a row of fixed length, and how many bins each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from exoval.errors import BadParameter


@dataclass(frozen=True)
class ViewLayout:
    """Views that lie one after the other in a row: name -> bins.

    Raises BadParameter for an empty layout or a view without bins.

    >>> layout = ViewLayout({"global": 4, "local": 2})
    >>> layout.length, layout.slices["local"]
    (6, slice(4, 6, None))
    """

    bins: Mapping[str, int]

    def __post_init__(self) -> None:
        if not self.bins or min(self.bins.values()) < 1:
            raise BadParameter(
                f"the layout of views is {dict(self.bins)}; give one or more views, each with a "
                "positive number of bins"
            )

    @cached_property
    def length(self) -> int:
        """Bins of all views together."""
        return sum(self.bins.values())

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Where each view lies in a row."""
        ends = np.cumsum(list(self.bins.values()))
        return {
            name: slice(int(end) - size, int(end))
            for (name, size), end in zip(self.bins.items(), ends)
        }
