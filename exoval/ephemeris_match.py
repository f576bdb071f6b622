"""An event and the events of all other stars of a survey: whose dips may have leaked into it.

The light of a bright eclipsing binary reaches other targets far away: in the wings of its image,
by reflections, along the columns of the detector and from one amplifier to another. Its dips then
appear there at its own ephemeris and a fraction of its depth (Coughlin et al. 2014, AJ 147, 119).
Nothing but a list of the survey's events is needed to see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from exoval.event import TransitEvent
from exoval.table.column import Column

#: period of an event over that of the event whose light it has: a search finds a signal at its
#: period, at half of it where both eclipses are alike, and at twice
RATIOS = (0.5, 1.0, 2.0)
#: Largest differences of coinciding events, in the shorter of both durations: the growth of the
#: time between their middles over the span of the data, and that time at the middle of the span.
#: The mean time of the weakest detections (7 sigma) is uncertain by about 0.07 of a duration, which
#: sqrt(12) times grow to 0.25 over the span. Among Kepler's events the excess over random epochs
#: hardly grows beyond (767 events; 796 at twice the drift and half as much again apart)
MOST_DRIFT, MOST_APART = 0.5, 0.25
#: leaked light is a small share of what it leaks from: the source's dip is at least so many times
#: deeper than the dip of the leak
LEAST_DEPTH_RATIO = 3.0
#: half the width of the range of periods in which the density of a survey's periods is counted, as
#: a share of the period
NEAR_PERIOD = 0.02
#: differences below this share of a duration say no more
SMALLEST_DIFFERENCE = 0.01
#: pairs of events that are compared at once; bounds the memory
PAIRS_AT_ONCE = 2_000_000

COLUMNS = tuple(
    Column(name, unit, description, needs_period=True)
    for name, unit, description in (
        (
            "has_deeper_match",
            "",
            "1 if an event of another star coincides and is at least three times deeper",
        ),
        ("matching_stars", "", "number of other stars with an event that coincides"),
        (
            "chance_matches",
            "dex",
            "logarithm of the number of other stars' events expected to coincide by chance",
        ),
        (
            "match_depth",
            "dex",
            "logarithm of the depth of the deepest event that coincides over the event's",
        ),
        (
            "match_period_drift",
            "",
            "growth of the time between both over the span of the data, in durations",
        ),
        (
            "match_epoch_distance",
            "",
            "time between both at the middle of the span, in durations",
        ),
        (
            "match_chance",
            "dex",
            "logarithm of the number of events expected to coincide so closely by chance",
        ),
    )
)
NAMES = tuple(column.name for column in COLUMNS)


@dataclass(frozen=True, kw_only=True, eq=False)
class SurveyEvents:
    """The events that a survey has found, sorted by period; arrays of shape (events,).

    ``target`` is the star's name as in the light curves; ``period``, ``epoch`` and ``duration`` are
    in days on the light curves' clock, ``depth`` is relative flux and NaN if unknown.
    """

    target: np.ndarray
    period: np.ndarray
    epoch: np.ndarray
    duration: np.ndarray
    depth: np.ndarray

    @classmethod
    def of_table(cls, events: pd.DataFrame) -> SurveyEvents:
        """Return the rows of a table whose columns are named so.

        Rows without ephemeris are left out. A depth of zero or less is unknown.
        """
        ephemeris = events[["period", "epoch", "duration"]].to_numpy(dtype=float)
        usable = np.isfinite(ephemeris).all(axis=1) & (ephemeris[:, [0, 2]] > 0).all(axis=1)
        rows = events[usable].sort_values("period", kind="stable")
        values = {
            name: rows[name].to_numpy(dtype=float) for name in ("period", "epoch", "duration")
        }
        depth = rows["depth"].to_numpy(dtype=float)
        return cls(
            target=rows["target"].to_numpy(dtype=str),
            depth=np.where(depth > 0, depth, np.nan),
            **values,
        )

    def __len__(self) -> int:
        return len(self.period)

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last day of the data, as all signals but one in a hundred tell.

        A signal is seen three times at least, from its epoch on.
        """
        if not len(self):
            return np.nan, np.nan
        third = self.epoch + 2 * self.period
        return float(self.epoch.min()), float(np.quantile(third, 0.99, method="higher"))

    def joined(self, other: SurveyEvents) -> SurveyEvents:
        """Return the events of both lists."""
        both = {
            one.name: np.concatenate([getattr(self, one.name), getattr(other, one.name)])
            for one in fields(self)
        }
        order = np.argsort(both["period"], kind="stable")
        return SurveyEvents(**{name: values[order] for name, values in both.items()})


def ephemeris_match(
    events: pd.DataFrame, survey: SurveyEvents, *, span: tuple[float, float] | None = None
) -> pd.DataFrame:
    """Return ``COLUMNS`` for every row of a table of events, with the table's index.

    ``events`` has the columns target, period, epoch, duration (days) and depth. Events of the same
    target are never compared. ``span`` is the first and the last day of the data in which the
    events were seen, that of the survey if None. Two events coincide if their periods have a ratio
    of a half, one or two up to ``MOST_DRIFT``, and their middles differ by less than
    ``MOST_APART``. The number expected by chance follows from the density of the survey's periods
    near the event's and the share of a period within the limits. Columns about the match describe
    the deepest that coincides; they are missing without one, and all are for an event without
    ephemeris.
    """
    own = _Own.of_table(events, survey.span if span is None else span)
    values = np.full((len(events), len(COLUMNS)), np.nan)
    if len(survey):
        values[:, 2] = np.log10(_expected(own, survey))
    values[own.is_known, :2] = 0.0
    for pairs in _coinciding(own, survey):
        _fill(values, own, survey, pairs)
    return pd.DataFrame(values, columns=list(NAMES), index=events.index)


def match_of_event(
    event: TransitEvent, target: str, survey: SurveyEvents, *, span: tuple[float, float]
) -> dict[str, float]:
    """Return ``COLUMNS`` for one event, seen between the two days of ``span``."""
    row = {
        "target": target,
        "period": event.ephemeris.period,
        "epoch": event.ephemeris.epoch,
        "duration": event.ephemeris.duration,
        "depth": event.depth,
    }
    found = ephemeris_match(pd.DataFrame([row]), survey, span=span).iloc[0]
    return {name: float(found[name]) for name in NAMES}


@dataclass(frozen=True, kw_only=True)
class _Own:
    """The events to compare; arrays of shape (events,), and the days of their data."""

    target: np.ndarray
    period: np.ndarray
    epoch: np.ndarray
    duration: np.ndarray
    depth: np.ndarray
    length: float

    @classmethod
    def of_table(cls, events: pd.DataFrame, span: tuple[float, float]) -> _Own:
        first, last = span
        values = {
            name: events[name].to_numpy(dtype=float)
            for name in ("period", "epoch", "duration", "depth")
        }
        period = np.where(values["period"] > 0, values["period"], np.nan)
        # the event nearest to the middle of the data, where the error of the period counts least
        epoch = values["epoch"] + period * np.round(
            (0.5 * (first + last) - values["epoch"]) / period
        )
        values |= {"period": period, "epoch": epoch}
        return cls(target=events["target"].to_numpy(dtype=str), length=last - first, **values)

    @property
    def scale(self) -> np.ndarray:
        """Relative difference of periods that grows to one duration over the span."""
        duration = np.where(self.duration > 0, self.duration, np.nan)
        return duration / np.maximum(self.length, self.period)

    @property
    def is_known(self) -> np.ndarray:
        """Whether an event has an ephemeris."""
        return np.isfinite(self.scale) & np.isfinite(self.epoch)


@dataclass(frozen=True, kw_only=True)
class _Pairs:
    """Events that coincide: places in both lists, and differences in durations."""

    own: np.ndarray
    other: np.ndarray
    drift: np.ndarray
    apart: np.ndarray

    def keep(self, rows: np.ndarray) -> _Pairs:
        """The pairs at some places, or of a mask."""
        return _Pairs(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


def _expected(own: _Own, survey: SurveyEvents) -> np.ndarray:
    """Number of events that coincide with each by chance; NaN without ephemeris."""
    found = np.zeros(len(own.period))
    for ratio in RATIOS:
        at = own.period / ratio
        low, high = (
            np.searchsorted(survey.period, at * (1 + side * NEAR_PERIOD)) for side in (-1, 1)
        )
        # an empty range does not mean that there is never an event
        density = np.maximum(high - low, 1) / (2 * NEAR_PERIOD)
        shorter = np.minimum(own.period, at)
        in_phase = np.minimum(2 * MOST_APART * own.duration / shorter, 1.0)
        found += density * np.minimum(2 * MOST_DRIFT * own.scale, 2 * NEAR_PERIOD) * in_phase
    return np.where(own.is_known, found, np.nan)


def _coinciding(own: _Own, survey: SurveyEvents) -> Iterator[_Pairs]:
    """Pairs of events of different stars that coincide, all of an event in one part."""
    near = [_near(own, survey, ratio) for ratio in RATIOS]
    counts = sum(high - low for low, high in near)
    parts = np.cumsum(counts) // PAIRS_AT_ONCE
    for part in np.unique(parts[counts > 0]):
        rows = np.flatnonzero((parts == part) & (counts > 0))
        found = [
            _compared(own, survey, ratio, *_pairs(rows, low[rows], high[rows]))
            for ratio, (low, high) in zip(RATIOS, near)
        ]
        yield _Pairs(
            **{
                one.name: np.concatenate([getattr(pairs, one.name) for pairs in found])
                for one in fields(_Pairs)
            }
        )


def _near(own: _Own, survey: SurveyEvents, ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """First and last place (exclusive) in the survey of periods at this ratio of each event's."""
    reach = np.where(own.is_known, MOST_DRIFT * own.scale, -1.0)
    low = np.searchsorted(survey.period, own.period / ratio * (1 - reach), side="left")
    high = np.searchsorted(survey.period, own.period / ratio * (1 + reach), side="right")
    return low, np.where(own.is_known, np.maximum(high, low), low)


def _pairs(rows: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every row with every place from its ``low`` to its ``high``."""
    count = high - low
    first = np.repeat(low - (np.cumsum(count) - count), count)
    return np.repeat(rows, count), first + np.arange(count.sum())


def _compared(
    own: _Own, survey: SurveyEvents, ratio: float, rows: np.ndarray, places: np.ndarray
) -> _Pairs:
    """The pairs of different stars whose events coincide."""
    period, other = own.period[rows], survey.period[places]
    duration = np.minimum(own.duration[rows], survey.duration[places])
    drift = np.maximum(own.length, period) * np.abs(1 - ratio * other / period) / duration
    apart = own.epoch[rows] - survey.epoch[places]
    apart -= np.round(apart / other) * other
    # at half or twice a period every event of the longer falls on one of the shorter
    shorter = np.minimum(period, other)
    apart = np.abs(apart - np.round(apart / shorter) * shorter) / duration
    pairs = _Pairs(own=rows, other=places, drift=drift, apart=apart)
    coincide = (drift < MOST_DRIFT) & (apart < MOST_APART)
    return pairs.keep(coincide & (own.target[rows] != survey.target[places]))


def _fill(values: np.ndarray, own: _Own, survey: SurveyEvents, pairs: _Pairs) -> None:
    """Write the columns of the events in some pairs."""
    if not len(pairs.own):
        return
    star = np.unique(survey.target[pairs.other], return_inverse=True)[1]
    several = np.unique(np.stack([pairs.own, star]), axis=1)[0]
    rows, count = np.unique(several, return_counts=True)
    values[rows, 1] = count
    # the deepest of each event comes last, and an unknown depth first
    depth = np.nan_to_num(survey.depth[pairs.other])
    order = np.lexsort((-pairs.apart, depth, pairs.own))
    best = pairs.keep(order[np.append(np.diff(pairs.own[order]) > 0, True)])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = survey.depth[best.other] / np.where(own.depth > 0, own.depth, np.nan)[best.own]
    values[best.own, 0] = ratio >= LEAST_DEPTH_RATIO
    values[best.own, 3] = np.log10(ratio)
    values[best.own, 4], values[best.own, 5] = best.drift, best.apart
    closeness = np.log10(np.maximum(best.drift, SMALLEST_DIFFERENCE) / MOST_DRIFT)
    closeness += np.log10(np.maximum(best.apart, SMALLEST_DIFFERENCE) / MOST_APART)
    values[best.own, 6] = values[best.own, 2] + closeness
