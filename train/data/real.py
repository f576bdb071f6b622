"""Real candidates with known dispositions, measured exactly as the simulated events were."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.known_signals import distinct_signals, is_signal
from exoval.errors import DataNotFound, ExovalError
from exoval.event import TransitEvent
from exoval.measure import declared_columns, fold, measure_folded
from exoval.missions.library import LightCurveLibrary, open_library
from exoval.recipe import Recipe, best_window
from exoval.running.progress import progress
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.views.store import Views

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RealSet:
    """Measured real candidates and those that could not be judged.

    ``skipped`` has the columns event, target, disposition and reason; ``views`` are those of the
    table's rows, if the labelled set has views.
    """

    table: FeatureTable
    skipped: pd.DataFrame
    views: Views | None = None


@dataclass(frozen=True)
class RealCandidates:
    """Candidates of one or more catalogues whose light curves are at hand.

    ``catalogs`` are functions that return candidates; earlier ones win where two name the same
    signal. Those of ``seen_again`` are given the library and find its stars in the catalogue of
    another mission (``exoval.catalogs.seen_again``). Each candidate is measured at its
    catalogue's ephemeris in the run of ``segments_per_light_curve`` consecutive segments that
    holds most of its events, with the other signals of the star cut out, as a pipeline would
    after finding them; what is no signal (an NTP) stays.
    """

    catalogs: tuple[Callable[[], list[Candidate]], ...]
    folder: str | None = None
    seen_again: tuple[Callable[[LightCurveLibrary], list[Candidate]], ...] = ()

    def measure(self, recipe: Recipe) -> RealSet | None:
        """The measured candidates; None, with a warning, where there are no data to measure."""
        try:
            library = open_library(recipe.mission, folder=self.folder)
            candidates = self.candidates(library)
        except DataNotFound as error:
            log.warning("real candidates cannot be judged: %s", error)
            return None
        rows, pictures, skipped = [], [], []
        for candidate, others in progress(
            candidates, total=len(candidates), description="measure real candidates"
        ):
            identity = _identity(candidate)
            try:
                row, views = _measure(candidate, others, library, recipe)
            except ExovalError as error:
                skipped.append(identity | {"reason": str(error)})
                continue
            rows.append(identity | row)
            pictures.append(views)
        columns = declared_columns(recipe.features)
        names = [*IDENTITY, *(column.name for column in columns)]
        frame = pd.DataFrame(rows, columns=names).astype({c.name: float for c in columns})
        reasons = pd.DataFrame(skipped, columns=["event", "target", "disposition", "reason"])
        views = None
        if recipe.views and pictures:
            views = Views(*(np.stack(parts) for parts in zip(*pictures)))
        return RealSet(FeatureTable(frame, columns, {"real": True}), reasons, views)

    def candidates(self, library: LightCurveLibrary) -> list[tuple[Candidate, list[Candidate]]]:
        """Every candidate with a light curve, and the other signals of its star."""
        at_hand = set(library.targets())
        by_star: dict[str, list[Candidate]] = {}
        for candidate in [
            *(one for catalog in self.catalogs for one in catalog()),
            *(one for catalog in self.seen_again for one in catalog(library)),
        ]:
            if candidate.target in at_hand:
                by_star.setdefault(candidate.target, []).append(candidate)
        return [
            (candidate, [other for other in signals if other is not candidate and is_signal(other)])
            for signals in map(distinct_signals, by_star.values())
            for candidate in signals
        ]


class _NotJudged(ExovalError):
    """Why a candidate is outside what the labelled set covers."""


def _measure(
    candidate: Candidate, others: list[Candidate], library: LightCurveLibrary, recipe: Recipe
) -> tuple[dict[str, float], tuple[np.ndarray, np.ndarray] | None]:
    """Features and views of a candidate; raises an ExovalError that says why there are none."""
    ephemeris = candidate.ephemeris
    shortest, longest = recipe.periods
    if not shortest <= ephemeris.period <= longest:
        raise _NotJudged(f"period outside the {shortest:g}-{longest:g} days that were simulated")
    light_curve = library.read(candidate.target)
    for other in others:
        light_curve = light_curve.keep(~other.ephemeris.in_event(light_curve.time, 1.5))
    window = best_window(light_curve, ephemeris, recipe.segments_per_light_curve)
    event = TransitEvent(ephemeris=ephemeris, depth=candidate.depth, source="catalogue")
    folded = fold(window, event, library.star(candidate.target), detrend=recipe.detrend)
    if folded is None:
        raise _NotJudged("no dip at the catalogue ephemeris in the data at hand")
    row = measure_folded(folded, features=recipe.features)
    if row.get("transit_count", np.inf) < recipe.minimum_transits:
        raise _NotJudged(f"fewer than {recipe.minimum_transits} transits in the data")
    if row.get("white_snr", np.inf) < recipe.threshold:
        raise _NotJudged(
            f"weaker than the detection threshold of {recipe.threshold:g} in the data at hand"
        )
    return row, recipe.view_form(folded) if recipe.views else None


def _identity(candidate: Candidate) -> dict[str, str]:
    return {
        "event": candidate.name,
        "target": candidate.target,
        "label": candidate.label,
        "disposition": candidate.disposition,
    }
