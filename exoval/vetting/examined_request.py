"""A request with its events measured: the part of vetting a list that workers do."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from threadpoolctl import ThreadpoolController

from exoval.ephemeris import SAME_FOUND_PERIOD, Ephemeris, is_same_signal
from exoval.errors import ExovalError, NoEvent, raise_interrupt
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.library import LightCurveLibrary, open_library
from exoval.missions.mission import Mission
from exoval.recipe import Recipe
from exoval.search.search_again import search_again
from exoval.star import Star
from exoval.star_events import star_events
from exoval.vetting.caveats import of_the_cadences
from exoval.vetting.examined_event import FARTHEST_EPOCH_DAYS, ExaminedEvent, days_away, examine
from exoval.vetting.request import VettingRequest

log = logging.getLogger(__name__)

#: an epoch as far as this from the data needs a word: BKJD and BTJD are 2167 days apart
DISTANT_EPOCH_DAYS = 1000


@dataclass(frozen=True, kw_only=True)
class ExaminedRequest:
    """The events of one request, and why there are no more of them.

    ``failed`` is empty if nothing failed; events that were measured before a failure are kept.
    ``no_event`` says that the search found nothing, which is no failure.
    """

    events: tuple[ExaminedEvent, ...] = ()
    failed: str = ""
    no_event: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestExaminer:
    """Reads and measures what a request asks for; call it with one. It can be sent to workers.

    ``recipe`` is that of the model, at most ``events`` events of a searched star are measured. Only
    with ``keep_light_curves`` have these events what a page needs.
    """

    recipe: Recipe
    events: int = 1
    keep_light_curves: bool = False

    @cached_property
    def opened(self) -> dict[Path | None, LightCurveLibrary]:
        """The libraries that were opened in this process, by folder: their index is read once."""
        return {}

    def __getstate__(self) -> dict:
        return {name: value for name, value in vars(self).items() if name != "opened"}

    def __call__(self, request: VettingRequest) -> ExaminedRequest:
        """The events of a request; whatever goes wrong is said in the answer."""
        place = "" if request.row is None else f"row {request.row}: "
        if request.refused:
            return ExaminedRequest(failed=place + request.refused)
        events, failed, no_event = [], "", ""
        try:
            # on one thread, as workers have: matrix products on several round differently
            with _libraries().limit(limits=1, user_api="blas"):
                for event in self.examined(request):
                    kept = event if self.keep_light_curves else event.without_light_curve()
                    events.append(kept)
        except NoEvent as error:
            no_event = str(error)
        except ExovalError as error:
            # events of the star that were measured before the error are kept
            failed = place + str(error)
        except Exception as error:  # one bad light curve must not end a list of thousands
            raise_interrupt(error)
            failed = f"{place}{unexpected(error, request)}"
        return ExaminedRequest(events=tuple(events), failed=failed, no_event=no_event)

    def examined(self, request: VettingRequest) -> Iterator[ExaminedEvent]:
        """Yield the measured events of a request; raises what reading and measuring raise."""
        mission = self.recipe.mission
        event, target = request.event_and_target(mission)
        light_curve, star = request.light_curve(mission, target, opened=self._library)
        known = self._known(request, light_curve, event, target)
        if event is None:
            name = request.name or light_curve.target
            found = self._searched(light_curve, star, name, known)
        else:
            is_signal = request.is_signal(mission)
            name = request.name or (request.target if is_signal else f"{light_curve.target} 1")
            found = iter([self._given(light_curve, star, event, name, known)])
        for one in found:
            yield replace(one, notes=request.notes)

    def _library(self, mission: Mission, *, folder: Path | None) -> LightCurveLibrary:
        if folder not in self.opened:
            self.opened[folder] = open_library(mission, folder=folder)
        return self.opened[folder]

    def _known(
        self,
        request: VettingRequest,
        light_curve: LightCurve,
        event: TransitEvent | None,
        target: str | None,
    ) -> list[Ephemeris]:
        """The signals of the star that are known beside the event.

        For a model of several events these are all signals of the star, however it is asked for:
        what the search finds, or is asked for itself, is among them once.
        """
        mission = self.recipe.mission
        if self.recipe.max_events > 1:
            known = request.signals_of_star(mission, target or light_curve.target)
        else:
            known = [] if event is None else request.other_signals(mission, event, target)
        return [one for one in known if days_away(one.epoch, light_curve) <= FARTHEST_EPOCH_DAYS]

    def _given(
        self,
        light_curve: LightCurve,
        star: Star,
        event: TransitEvent,
        name: str,
        known: Sequence[Ephemeris],
    ) -> ExaminedEvent:
        """The event of a given or catalogued ephemeris."""
        examined = examine(light_curve, star, self.recipe, event=event, name=name, others=known)
        away = days_away(event.ephemeris.epoch, light_curve)
        if away <= DISTANT_EPOCH_DAYS:
            return examined
        caveat = (
            f"its epoch lies {away:,.0f} days from the light curve: the error of the period "
            "has grown, or the epoch is on another clock"
        )
        return replace(examined, further=(caveat,))

    def _searched(
        self, light_curve: LightCurve, star: Star, name: str, known: Sequence[Ephemeris]
    ) -> Iterator[ExaminedEvent]:
        """The events that the search of the model's recipe finds.

        Each is judged with the earlier ones cut out, as it was found. Later ones are cut out if
        they are other signals; at the same period they may be the other eclipses of a binary,
        which say what the first are. A recipe that searches for several events takes out the
        earlier ones alone, and always finds all: an answer does not depend on how many are asked
        for. It alone uses the ``known`` signals.
        """
        recipe = self.recipe
        if recipe.max_events > 1:
            found = star_events(light_curve, star, recipe)
        else:
            flat = recipe.detrend(light_curve)
            found = search_again(recipe.search, flat, star, count=self.events)
        if not found:
            said = "; ".join(of_the_cadences(recipe.detrend(light_curve)))
            raise NoEvent(
                f"the search finds no event above {recipe.search.threshold:g} sigma; to judge one "
                "below, give period, epoch and duration"
                + (f". Of the light curve: {said}" if said else "")
            )
        ephemerides = [event.ephemeris for event in found]
        for index, event in enumerate(found[: self.events]):
            own, before = event.ephemeris, ephemerides[:index]
            after = [one for one in ephemerides[index + 1 :] if not _is_same(one, own)]
            others = known if recipe.max_events > 1 else [*before, *after]
            examined = examine(
                light_curve, star, recipe, event=event, name=f"{name} {index + 1}", others=others
            )
            same = [str(number) for number, one in enumerate(before, start=1) if _is_same(one, own)]
            if same:
                caveat = (
                    f"same period as {name} {', '.join(same)}, or half or twice it: may be its "
                    "other eclipse"
                )
                examined = replace(examined, further=(caveat,))
            yield examined


@cache
def _libraries() -> ThreadpoolController:
    """The numerical libraries of this process, looked for once: all are imported by now."""
    return ThreadpoolController()


def unexpected(error: Exception, request: VettingRequest) -> str:
    """What is said of an error that nobody foresaw; the log gets all of it."""
    log.error("unexpected error while judging %s", request, exc_info=error)
    return f"unexpected {type(error).__name__}: {error}"


def _is_same(one: Ephemeris, other: Ephemeris) -> bool:
    """Whether two found events are of one signal, or of one binary."""
    return is_same_signal(one, other, within=SAME_FOUND_PERIOD)
