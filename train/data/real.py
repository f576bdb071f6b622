"""Real candidates with known dispositions, measured exactly as the simulated events were."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.known_signals import distinct_signals, other_signals
from exoval.ephemeris import Ephemeris
from exoval.errors import DataNotFound, ExovalError, NoDip
from exoval.event import TransitEvent
from exoval.measure import MeasuredEvent, declared_columns
from exoval.missions.library import LightCurveLibrary, open_library
from exoval.real_event import limits_exceeded, measure_real_event
from exoval.recipe import Recipe
from exoval.running.progress import progress
from exoval.star import Star
from exoval.table.feature_table import IDENTITY, FeatureTable
from exoval.views.store import Views

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RealSet:
    """Measured real candidates, and those that were skipped.

    ``skipped`` has the columns event, target, disposition and reason. ``views`` are those of the
    table's rows; None for a labelled set without views.
    """

    table: FeatureTable
    skipped: pd.DataFrame
    views: Views | None = None


@dataclass(frozen=True)
class RealCandidates:
    """Candidates of one or more catalogues whose light curves are available.

    ``catalogs`` are functions that return candidates; if two name the same signal, the earlier
    function counts. Functions in ``seen_again`` get the library and find its stars in the catalogue
    of another mission (``exoval.catalogs.seen_again``). Each candidate is measured at its
    catalogued ephemeris, in the ``segments_per_light_curve`` consecutive segments with most of
    its events. Other signals of the star are cut out, as a pipeline does after finding them, or
    are events of the star beside it (``measure_real_event``); non-transiting phenomena (NTP) are
    left in and are no events. ``folder`` is a folder of light curves or a file with a row a star.
    ``stars`` gives the stars that the light curves say nothing of.
    """

    catalogs: tuple[Callable[[], list[Candidate]], ...]
    folder: str | None = None
    seen_again: tuple[Callable[[LightCurveLibrary], list[Candidate]], ...] = ()
    stars: Callable[[], Mapping[str, Star]] | None = None

    def measure(self, recipe: Recipe) -> RealSet | None:
        """The measured candidates; None, with a warning, if there are no data."""
        try:
            library = open_library(recipe.mission, folder=self.folder)
            candidates = self.candidates(library)
            stars = self.stars() if self.stars is not None else {}
        except DataNotFound as error:
            log.warning("real candidates cannot be judged: %s", error)
            return None
        rows, pictures, skipped = [], [], []
        for candidate, others in progress(
            candidates, total=len(candidates), description="measure real candidates"
        ):
            identity = _identity(candidate)
            try:
                star = _described(library.star(candidate.target), stars)
                measured = _measure(candidate, others, library, star, recipe=recipe)
            except ExovalError as error:
                skipped.append(identity | {"reason": str(error)})
                continue
            rows.append(identity | measured.row)
            pictures.append(measured.views)
        columns = declared_columns(recipe.features)
        names = [*IDENTITY, *(column.name for column in columns)]
        frame = pd.DataFrame(rows, columns=names).astype({c.name: float for c in columns})
        reasons = pd.DataFrame(skipped, columns=["event", "target", "disposition", "reason"])
        views = None
        if recipe.view_form is not None and pictures:
            values, missing = (np.stack(parts) for parts in zip(*pictures))
            views = Views(values, missing, recipe.view_form.layout)
        return RealSet(FeatureTable(frame, columns, recipe={"real": True}), reasons, views)

    def candidates(self, library: LightCurveLibrary) -> list[tuple[Candidate, list[Ephemeris]]]:
        """Every candidate with a light curve, and the other signals of its star.

        A missing catalogue is named in the log. Raises DataNotFound if all are missing.
        """
        at_hand = set(library.targets())
        by_star: dict[str, list[Candidate]] = {}
        for candidate in self._listed(library):
            if candidate.target in at_hand:
                by_star.setdefault(candidate.target, []).append(candidate)
        return [
            (candidate, other_signals(candidate.ephemeris, of_star))
            for of_star in by_star.values()
            for candidate in distinct_signals(of_star)
        ]

    def _listed(self, library: LightCurveLibrary) -> list[Candidate]:
        """The entries of all catalogues at hand, in their order."""
        listed: list[Candidate] = []
        missing: list[DataNotFound] = []
        for read in (
            *self.catalogs,
            *(partial(catalog, library) for catalog in self.seen_again),
        ):
            try:
                listed += read()
            except DataNotFound as error:
                missing.append(error)
        if missing and len(missing) == len(self.catalogs) + len(self.seen_again):
            raise missing[0]
        for error in missing:
            log.warning("real candidates are incomplete: %s", error)
        return listed


class _NotJudged(ExovalError):
    """A candidate lies outside the range of the labelled set."""


def _measure(
    candidate: Candidate,
    others: list[Ephemeris],
    library: LightCurveLibrary,
    star: Star,
    *,
    recipe: Recipe,
) -> MeasuredEvent:
    """The measured candidate; an ExovalError gives the reason to skip it."""
    shortest, longest = recipe.periods
    if not shortest <= candidate.ephemeris.period <= longest:
        raise _NotJudged(f"period outside the {shortest:g}-{longest:g} days that were simulated")
    event = TransitEvent(ephemeris=candidate.ephemeris, depth=candidate.depth, source="catalogue")
    light_curve = library.read(candidate.target)
    try:
        measured = measure_real_event(light_curve, event, star, recipe, others=others)
    except NoDip as error:
        # the same sentence for every candidate, so that they are counted together
        raise _NotJudged("no dip at the catalogue ephemeris in the data at hand") from error
    exceeded = limits_exceeded(measured, recipe)
    if exceeded:
        raise _NotJudged(exceeded[0])
    return measured


def _described(star: Star, stars: Mapping[str, Star]) -> Star:
    """The star, or that of the same name if nothing is known of it."""
    is_unknown = not math.isfinite(star.radius) and not math.isfinite(star.teff)
    return stars.get(star.target, star) if is_unknown else star


def _identity(candidate: Candidate) -> dict[str, str]:
    return {
        "event": candidate.name,
        "target": candidate.target,
        "label": candidate.label,
        "disposition": candidate.disposition,
    }
