"""The content of an event's page, which ``exoval.pages.plot_event`` draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from exoval.errors import BadLightCurve
from exoval.event import TransitEvent
from exoval.features.feature_group import FeatureGroup
from exoval.folded.folded_event import FoldedEvent
from exoval.lightcurve import LightCurve
from exoval.measure import MeasuredEvent
from exoval.recipe import Recipe
from exoval.search.box_search import BoxSearch
from exoval.search.periodogram import Periodogram
from exoval.search.single_event import SingleEvent
from exoval.star import Star


@dataclass(frozen=True)
class EventPage:
    """A measured event, the recipe that measured it and the periodogram of its light curve.

    ``periodogram`` is None where the light curve is too short to search.
    """

    measured: MeasuredEvent
    recipe: Recipe
    periodogram: Periodogram | None

    @property
    def folded(self) -> FoldedEvent:
        """The event as it was folded."""
        return self.measured.folded

    @property
    def raw(self) -> LightCurve:
        """The light curve that was measured, as delivered."""
        return self.folded.undetrended

    @property
    def row(self) -> Mapping[str, float]:
        """One value per column of ``features``."""
        return self.measured.row

    @property
    def features(self) -> Mapping[str, FeatureGroup]:
        """The groups that measured the event."""
        return self.recipe.features

    @property
    def time_zero(self) -> float:
        """The BJD of time 0."""
        return self.recipe.mission.time_zero


def event_page(measured: MeasuredEvent, recipe: Recipe) -> EventPage:
    """The page of an event as it was measured, without measuring it again.

    The box periodogram is that of the recipe's search, if that search has one, and reaches at
    least to the event's period.
    """
    folded = measured.folded
    search = recipe.search if isinstance(recipe.search, BoxSearch) else BoxSearch()
    reaching = replace(
        search,
        minimum_period_days=min(search.minimum_period_days, 0.9 * folded.period),
        maximum_period_days=max(search.maximum_period_days, 1.1 * folded.period),
    )
    flat = recipe.detrend(folded.undetrended)
    return EventPage(measured, recipe, reaching.periodogram(flat, folded.star))


def strongest_event(light_curve: LightCurve, star: Star, recipe: Recipe) -> TransitEvent:
    """The event that the recipe's search finds, or else the strongest single or double dip.

    ``light_curve`` is undetrended. Raises BadLightCurve if both searches find no event.
    """
    search, flat = recipe.search, recipe.detrend(light_curve)
    event = search(flat, star)
    if event is not None:
        return replace(event, source="box search")
    event = SingleEvent()(flat, star)
    if event is not None:
        return replace(event, source="search for single events")
    raise BadLightCurve(
        f"{flat.target}: no event above {search.threshold} sigma with {search.minimum_transits} "
        f"transits and a period of {search.minimum_period_days} to {search.maximum_period_days} "
        "days, and no strong single event; give --period, --epoch and --duration, or read more "
        "segments"
    )
