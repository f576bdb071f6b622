"""Which stretches views consist of and how many bins each has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from exoval.errors import BadTable


@dataclass(frozen=True)
class ViewLayout:
    """Stretches that lie one after the other in a row: name -> bins."""

    bins: Mapping[str, int]

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


#: all phases; two durations to either side of the event, of the strongest other dip, of the odd
#: events and of the even ones
FINE = ViewLayout({"global": 2001, "local": 201, "secondary": 201, "odd": 201, "even": 201})
#: all phases and the event, as published for TESS full-frame images (Yu et al. 2019, AJ 158, 25)
COARSE = ViewLayout({"global": 201, "local": 61})
#: layouts differ in length, so that an array of views says which it has
LAYOUTS = {layout.length: layout for layout in (FINE, COARSE)}


def layout_of(length: int) -> ViewLayout:
    """The layout of rows of some length; BadTable if none has it."""
    if length not in LAYOUTS:
        raise BadTable(
            f"views of {length} bins have no known layout; they should have one of "
            f"{', '.join(map(str, LAYOUTS))}: simulate the set again with this version"
        )
    return LAYOUTS[length]
