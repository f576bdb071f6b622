"""Real candidates as ``train`` measures them, without a light curve."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from labelled_sets import changed, gaussian_table

from exoval.table.feature_table import FeatureTable


@dataclass
class FakeReal:
    """What the real candidates look like to ``run``."""

    table: FeatureTable | None

    def measure(self, recipe):
        if self.table is None:
            return None
        skipped = pd.DataFrame(
            {
                "event": ["K1", "K2"],
                "target": ["a", "b"],
                "disposition": ["planet"] * 2,
                "reason": ["no data"] * 2,
            }
        )
        return type("RealSet", (), {"table": self.table, "skipped": skipped, "views": None})


def koi_table(rows=60, seed=5, prefix="KOI "):
    table = gaussian_table(rows=rows, stars=rows, seed=seed, prefix=prefix)
    label = np.where(table.labels == "planet", "CONFIRMED", "FALSE POSITIVE")
    label[::6] = "CANDIDATE"
    kind = np.where(label == "CANDIDATE", "unknown", table.frame["disposition"])
    return changed(table, label=label, disposition=kind)
