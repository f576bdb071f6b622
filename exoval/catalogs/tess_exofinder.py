"""Folded TESS Objects of Interest with their dispositions (TESS_ExoFinder, one sector each).

The table has 1,130 events of sectors 1-48, each with a view of the whole period (201 bins) and one
of the event (61 bins). Both are of flux upside down that keeps the star's variation, and neither is
about the event, which lies at any phase: ``exoval.views.recentred`` finds it. Its own column of
labels is noisy and not read. Dispositions are those of the TOI table, by star and ephemeris.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.table import CatalogTable
from exoval.catalogs.toi import read_toi
from exoval.catalogs.toi_columns import SHARED, star_columns
from exoval.catalogs.view_columns import as_view_rows, stacked_views
from exoval.ephemeris import SAME_FOUND_PERIOD, Ephemeris, is_same_signal
from exoval.errors import BadTable
from exoval.labels import PLANET, UNKNOWN
from exoval.table.feature_table import FeatureTable
from exoval.views.medians import COARSE
from exoval.views.recentred import COLUMNS, recentred

log = logging.getLogger(__name__)

NEEDED = ("tic", "period", "epoch", "duration", "depth", "global_view", "local_view")
TABLE = CatalogTable(
    file="../views/tess_exofinder.parquet",
    name="Folded TESS Objects of Interest (TESS_ExoFinder)",
    download="Download the folds of the repository Hultstrand/TESS_ExoFinder as one table",
    columns=NEEDED,
    words=("global_view", "local_view"),
    gives="folded TESS Objects of Interest, on which experiment=simulated_to_exofinder judges a "
    "model",
    absence="experiment=simulated_to_exofinder has no real events",
)
#: label of events that no TESS Object of Interest matches
UNMATCHED = "unmatched"


def read_exofinder(
    path: str | Path | None = None, *, interest: Sequence[Candidate] | None = None
) -> pd.DataFrame:
    """Read the events with the columns ``NEEDED``, ``label`` and ``disposition``.

    Period and epoch (BTJD) are in days, duration in hours, depth in ppm. Both labels are those of
    the TESS Object of Interest (``interest``; the table's by default) of the same star with the
    same period, or else with half or twice the period and coinciding events; an event without one
    is ``UNMATCHED`` and of unknown disposition. Raises DataNotFound without a table and BadTable
    if it lacks a column.
    """
    table = with_star_numbers(TABLE.read(path, NEEDED), "tic")
    by_star: dict[str, list[Candidate]] = {}
    for signal in read_toi() if interest is None else interest:
        by_star.setdefault(signal.target, []).append(signal)
    found = [
        matched(
            Ephemeris(event.period, event.epoch, event.duration / 24),
            by_star.get(f"TIC {event.tic}", ()),
        )
        for event in table[["tic", "period", "epoch", "duration"]].itertuples()
    ]
    table = table.assign(
        label=[UNMATCHED if one is None else one.label for one in found],
        disposition=[UNKNOWN if one is None else one.disposition for one in found],
    )
    log.info("%d of %d events have no entry in the TOI table", found.count(None), len(found))
    return table.assign(label=table["label"].mask(table["disposition"] == PLANET, PLANET))


def matched(event: Ephemeris, signals: Sequence[Candidate]) -> Candidate | None:
    """Return the catalogued signal that an event is: that of the nearest period; None without any.

    Periods agree within ``SAME_FOUND_PERIOD``, and so do half and twice a period if the events
    coincide (``exoval.ephemeris.is_same_signal``).
    """
    same = [
        one
        for one in signals
        if 0.4 < event.period / one.ephemeris.period < 2.5
        and is_same_signal(event, one.ephemeris, within=SAME_FOUND_PERIOD)
    ]
    return min(same, key=lambda one: abs(np.log(event.period / one.ephemeris.period)), default=None)


def exofinder_table(
    path: str | Path | None = None, *, toi: str | Path | None = None
) -> FeatureTable:
    """Read the events in the columns and views that measured events have too.

    ``path`` and ``toi`` are the table of folds and that of TESS Objects of Interest, which also
    gives the stars. Raises DataNotFound without them and BadTable if one lacks a column or a view
    has another length.
    """
    table = read_exofinder(path, interest=read_toi(toi))
    identity = pd.DataFrame(
        {
            "event": event_names(table),
            "target": "TIC " + table["tic"],
            "label": table["label"],
            "disposition": table["disposition"],
        }
    )
    found = pd.DataFrame(
        {
            "pl_orbper": table["period"].astype(float),
            "pl_trandurh": table["duration"].astype(float),
            "pl_trandep": table["depth"].astype(float),
        }
    )
    stars = star_columns(toi).reindex(table["tic"]).reset_index(drop=True)
    shared = SHARED.of_catalogue(identity, pd.concat([found, stars], axis=1))
    # their flux is upside down
    views = as_view_rows(-stacked_views(table, COARSE, name=TABLE.name))
    return _about_the_event(replace(shared, views=views, recipe={"catalogue": "exofinder"}))


def event_names(table: pd.DataFrame) -> pd.Series:
    """Names of events that keep what a list of them needs: star, period and epoch (days)."""
    return (
        "TIC "
        + table["tic"]
        + " P"
        + table["period"].map("{:.6f}".format)
        + " E"
        + table["epoch"].map("{:.4f}".format)
    )


def named_event(event: str) -> dict[str, int | float]:
    """Return the TIC number, period (days) and epoch (BTJD) that ``event_names`` put into a name.

    >>> named_event("TIC 1167538 P13.779900 E2155.2100")
    {'tic': 1167538, 'period': 13.7799, 'epoch': 2155.21}
    """
    _, number, period, epoch = event.split()
    return {"tic": int(number), "period": float(period[1:]), "epoch": float(epoch[1:])}


@dataclass(frozen=True, kw_only=True)
class AsExofinder:
    """Convert measured events to the form of the published ones, without those that are no TOIs.

    Sets are simulated with ``experiment=exofinder_events``. TESS Objects of Interest have passed
    vetting (Guerrero et al. 2021, ApJS 254, 39): events deeper than ``deepest_ppm``, of bodies
    larger than ``largest_earth_radii``, with a second dip, a difference of odd and even events or
    an ellipsoidal wave above ``sigma`` in one sector, have not: three sigma, as many were vetted on
    several sectors. Shifts of the light are no reason, as the quick-look pipeline looks for none. A
    number is None where nothing is left out for it.
    """

    deepest_ppm: float | None = 50_000.0
    largest_earth_radii: float | None = 30.0
    sigma: float | None = 3.0

    def __call__(self, table: FeatureTable) -> FeatureTable:
        """The rows in the columns of ``exofinder_table``; BadTable without views of that form."""
        if table.views is None or table.views.layout.slices != COARSE.slices:
            raise BadTable(
                "the labelled set has no views in medians; simulate it with "
                "experiment=exofinder_events"
            )
        shared = replace(SHARED.of_measured(table), views=table.views)
        kept = self.passes(table.frame, shared.frame)
        log.info("%d of %d simulated events would be TOIs", kept.sum(), len(kept))
        return _about_the_event(shared.select(kept))

    def passes(self, measured: pd.DataFrame, shared: pd.DataFrame) -> np.ndarray:
        """Whether each event passes the vetting, shape (rows,); missing numbers pass."""
        limits = (
            (shared["transit_depth"], self.deepest_ppm),
            (shared["planet_radius"], self.largest_earth_radii),
            (measured["secondary_mes"], self.sigma),
            (measured["odd_even_sigma"].abs(), self.sigma),
            (measured["ellipsoidal_sigma"].abs(), self.sigma),
        )
        above = [values.gt(most).to_numpy() for values, most in limits if most is not None]
        return ~np.any([np.zeros(len(measured), dtype=bool), *above], axis=0)


def _about_the_event(table: FeatureTable) -> FeatureTable:
    """The table with its views about the event and the columns that are measured in them."""
    share = table.frame["duration_over_period"].to_numpy(float)
    views, measured = recentred(table.views[np.arange(len(table))], share)
    return replace(
        table,
        frame=table.frame.assign(**measured),
        columns=(*table.columns, *COLUMNS),
        views=as_view_rows(views),
    )
