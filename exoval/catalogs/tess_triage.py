"""TESS threshold-crossing events with their folded light curves (Yu et al. 2019, AJ 158, 25).

The table has 12,467 events of the first sectors' full-frame images, each with a view of the whole
period (201 bins), a view of the event (61 bins) and a label given by eye: PC (planet candidate), EB
(eclipsing binary), J (junk) or O (other). ``in_triage_form`` converts exoval's views to this form,
so that a network trained on simulated events can classify the published ones.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable
from exoval.catalogs.view_columns import as_view_rows, stacked_views
from exoval.errors import BadTable
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.table.column import Column
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.views.columns import averaged
from exoval.views.fine import FINE
from exoval.views.layout import ViewLayout
from exoval.views.medians import COARSE, drawn_share, event_duration

log = logging.getLogger(__name__)

NEEDED = (
    "row_id",
    "tic_id",
    "Disposition",
    "Period",
    "Duration",
    "Transit_Depth",
    "split",
    "global_view",
    "local_view",
)
TABLE = CatalogTable(
    file="../views/tess_triage_yu2019.parquet",
    name="TESS triage set with views (Yu et al. 2019)",
    download="Its light curves and labels are those of the repository yuliang419/Astronet-Triage",
    columns=NEEDED,
    words=("tic_id", "Disposition", "split", "global_view", "local_view"),
    gives="folded TESS events with labels given by eye, on which experiment=simulated_to_triage "
    "judges a model",
    absence="experiment=simulated_to_triage has no real events",
)
#: bins of the published views
TRIAGE_BINS = COARSE.bins
BINARY, JUNK = "eclipsing_binary", "no_transit"
#: labels given by eye, and the label here
LABEL = {"PC": PLANET, "EB": BINARY, "J": JUNK}
LOOKS_LIKE = {"planet": PLANET, "star": BINARY, "nothing": JUNK}
COLUMNS = (
    Column("period", "d", "orbital period"),
    Column("transit_duration", "h", "duration of the event"),
    Column("transit_depth", "ppm", "depth of the event"),
    Column("duration_over_period", "", "share of the period in the event"),
)
#: exoval's columns of the same quantities: the published ones are of a trapezoid too
MEASURED = {"period": "period", "trapezoid_duration": "transit_duration", "depth": "transit_depth"}


def triage_table(path: str | Path | None = None, *, split: str | None = None) -> FeatureTable:
    """Read the published events with their views; ``split`` is train, val, test or None for all.

    Labels are planet, eclipsing_binary and no_transit; events labelled O are left out and counted
    in the log. Raises DataNotFound without the table and BadTable if it lacks a column or its views
    have another length.
    """
    table = with_star_numbers(TABLE.read(path, NEEDED), "tic_id")
    if split is not None:
        table = table[table["split"] == split]
    known = table["Disposition"].isin(LABEL)
    if not known.all():
        log.info("%d events of another kind are left out", int((~known).sum()))
    table = table[known].reset_index(drop=True)
    if table.empty:
        raise BadTable(f"no event of split '{split}'; use train, val or test")
    label = table["Disposition"].map(LABEL)
    depth = table["Transit_Depth"].astype(float)
    frame = pd.DataFrame(
        {
            "event": "TCE " + table["row_id"].astype(str),
            "target": "TIC " + table["tic_id"],
            "label": label,
            "disposition": np.where(label == PLANET, PLANET, FALSE_POSITIVE),
            "period": table["Period"].astype(float),
            "transit_duration": 24.0 * table["Duration"],
            # a depth above 10^6 ppm is impossible
            "transit_depth": depth.where((depth > 0) & (depth < 1e6)),
        }
    )
    frame["duration_over_period"] = frame["transit_duration"] / 24 / frame["period"]
    views = as_view_rows(stacked_views(table, COARSE, name=TABLE.name))
    return FeatureTable(frame, COLUMNS, recipe={"catalogue": "yu2019"}, views=views)


def measured_as_triage(table: FeatureTable) -> FeatureTable:
    """Convert measured events to the form of the published ones: four columns and two views.

    Labels become planet, eclipsing_binary or no_transit, by what transits. Sets are best simulated
    with view_form=medians; fine views are averaged (``in_triage_form``). Raises BadTable if the
    table has no views, lacks a column, or does not state what transits for a label.
    """
    if table.views is None:
        raise BadTable("the labelled set has no views; simulate it with views=true")
    missing = [name for name in (*MEASURED, "duration") if name not in table.frame]
    if missing:
        raise BadTable(f"the table lacks {missing}; measure it with every feature group")
    looks = {
        label: LOOKS_LIKE.get(meaning.transits) for label, meaning in table.label_meanings().items()
    }
    unknown = [label for label, seen in looks.items() if seen is None]
    if unknown:
        raise BadTable(
            f"the table does not say what transits in events labelled {', '.join(unknown)}; "
            "simulate it again with this version"
        )
    label = table.frame["label"].map(looks)
    frame = (
        table.frame[[*IDENTITY, *MEASURED]]
        .rename(columns=MEASURED)
        .assign(label=label, disposition=np.where(label == PLANET, PLANET, FALSE_POSITIVE))
    )
    frame["transit_duration"] = event_duration(
        trapezoid=frame["transit_duration"].to_numpy(float),
        box=table.frame["duration"].to_numpy(float),
    )
    share = (table.recipe.get("view_form") or {}).get("longest_share")
    if share is not None:
        longest = 24 * frame["period"] * drawn_share(frame["period"].to_numpy(float), *share)
        frame["transit_duration"] = np.minimum(frame["transit_duration"], longest)
    frame["duration_over_period"] = frame["transit_duration"] / 24 / frame["period"]
    everything = np.arange(len(table))
    parts = [
        in_triage_form(table.views[rows], layout=table.views.layout)
        for rows in np.array_split(everything, max(1, len(table) // 2000))
    ]
    views = as_view_rows(np.concatenate(parts))
    return replace(table, frame=frame, columns=COLUMNS, views=views, meanings={})


def in_triage_form(values: np.ndarray, *, layout: ViewLayout) -> np.ndarray:
    """Convert views (rows, bins) to the resolution of the published ones, float32 (rows, 262).

    Views of that form are returned unchanged. Fine views are averaged, the whole period in 201 bins
    and the event in 61; both are shifted and scaled to a median of 0 and a lowest bin of -1. Raises
    BadTable for views of another form.
    """
    if layout.slices == COARSE.slices:
        return values
    if layout.slices != FINE.slices:
        raise BadTable(
            f"views with the stretches {', '.join(layout.bins)} cannot be brought to the published "
            "form; simulate the set with view_form=medians"
        )
    return np.concatenate(
        [
            _normalised(averaged(np.nan_to_num(values[:, FINE.slices[name]]), bins))
            for name, bins in TRIAGE_BINS.items()
        ],
        axis=1,
    ).astype(np.float32)


def _normalised(values: np.ndarray) -> np.ndarray:
    """Rows shifted and scaled to a median of 0 and a lowest value of -1."""
    level = values - np.median(values, axis=1, keepdims=True)
    depth = -level.min(axis=1, keepdims=True)
    return level / np.where(depth > 0, depth, 1.0)
