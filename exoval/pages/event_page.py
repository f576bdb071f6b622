"""Everything that the page of one event shows: drawn in ``exoval.pages.plot_event``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from exoval.detrend.biweight import Biweight
from exoval.detrend.detrend import Detrend
from exoval.errors import BadLightCurve
from exoval.event import TransitEvent
from exoval.features.feature_group import FeatureGroup, default_features
from exoval.folded.folded_event import FoldedEvent
from exoval.lightcurve import LightCurve
from exoval.measure import fold, measure_folded
from exoval.search.box_search import BoxSearch
from exoval.search.periodogram import Periodogram
from exoval.search.single_event import SingleEvent
from exoval.star import Star


@dataclass(frozen=True)
class EventPage:
    """A light curve as delivered, its folded event, its periodogram and its features.

    ``features`` are grouped, and ``row`` has one value per column of theirs; ``periodogram`` is
    None where the light curve is too short to search. ``time_zero`` is the BJD of time 0.
    """

    raw: LightCurve
    folded: FoldedEvent
    periodogram: Periodogram | None
    features: Mapping[str, FeatureGroup]
    row: Mapping[str, float]
    time_zero: float = 0.0


def event_page(
    light_curve: LightCurve,
    star: Star,
    event: TransitEvent | None = None,
    search: BoxSearch | None = None,
    detrend: Detrend | None = None,
    features: Mapping[str, FeatureGroup] | None = None,
    time_zero: float = 0.0,
) -> EventPage:
    """Prepare the page of the given event, or of the strongest that ``search`` finds.

    Where the search finds none, the strongest dip that happens once or twice is taken. The
    ephemeris is refined, as for every event that is measured; the periodogram reaches at least to
    its period. Raises BadLightCurve if there is no such event.
    """
    search, detrend = search or BoxSearch(), detrend or Biweight()
    features = features or default_features()
    flat = detrend(light_curve)
    event = event or _found(flat, star, search)
    folded = fold(light_curve, event, star, detrend=detrend)
    if folded is None or not folded.inside.any():
        given = event.ephemeris
        raise BadLightCurve(
            f"{light_curve.target}: no dip in the data near period {given.period:.6g} d, epoch "
            f"{given.epoch:.6g} d, duration {24 * given.duration:.4g} h; the data run from "
            f"{light_curve.time[0]:.2f} to {light_curve.time[-1]:.2f} d: give another ephemeris "
            "or other segments"
        )
    reaching = replace(
        search,
        minimum_period_days=min(search.minimum_period_days, 0.9 * folded.period),
        maximum_period_days=max(search.maximum_period_days, 1.1 * folded.period),
    )
    return EventPage(
        light_curve,
        folded,
        reaching.periodogram(flat, star),
        features,
        measure_folded(folded, features=features),
        time_zero,
    )


def _found(flat: LightCurve, star: Star, search: BoxSearch) -> TransitEvent:
    """The event of the periodic search, or else of the search for single ones."""
    event = search(flat, star)
    if event is not None:
        return replace(event, source="box search")
    event = SingleEvent()(flat, star)
    if event is not None:
        return replace(event, source="search for single events")
    raise BadLightCurve(
        f"{flat.target}: no event above {search.threshold} sigma with {search.minimum_transits} "
        f"transits and a period of {search.minimum_period_days} to {search.maximum_period_days} "
        "days, and no strong single one; say where with --period, --epoch and --duration, or "
        "read more segments"
    )
