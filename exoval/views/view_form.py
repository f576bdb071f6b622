"""The contract of views: a folded event in, a row of fixed length out."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from exoval.folded.folded_event import FoldedEvent
from exoval.views.layout import ViewLayout


class ViewForm(Protocol):
    """Views of one event, float32 (layout.length,), and counts of empty bins, int16 (views,)."""

    layout: ViewLayout

    def __call__(self, folded: FoldedEvent) -> tuple[np.ndarray, np.ndarray]: ...
