"""Judge a list of events with a trained model; interrupted, it goes on where it was."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from exoval.data_folder import data_folder
from exoval.ephemeris import Ephemeris, is_other_period
from exoval.errors import BadParameter, DataNotFound, ExovalError
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.mission import Mission
from exoval.running.journal import Journal
from exoval.running.output_path import writing
from exoval.running.worker_pool import in_new_workers, in_workers
from exoval.search.search_again import search_again
from exoval.star import Star
from exoval.vetting.request import VettingRequest
from exoval.vetting.result import VettingResult
from exoval.vetting.trained_run import TrainedRun, load_trained_run
from exoval.vetting.vet import vet
from exoval.vetting.vetted_page import write_vetted_page

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judged:
    """What came of one asked event: rows of a table, an empty list if it failed; lines to read."""

    rows: list[dict] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    failed: str = ""


@dataclass(frozen=True)
class Vetting:
    """How a list is judged; call it with an asked event. Can be sent to worker processes.

    ``folder`` is that of ``python -m train``; see ``exoval.vetting.vet.vet`` for
    ``planet_share``. Of a star that is searched at most ``events`` are judged. ``pages`` is a
    folder for one picture an event. Raises BadParameter for values that are none.
    """

    folder: Path
    mission: Mission | None = None
    classifier: str | None = None
    planet_share: float | None = None
    events: int = 1
    pages: Path | None = None

    def __post_init__(self) -> None:
        if self.events < 1:
            raise BadParameter(f"events {self.events}; give 1 or more")
        if self.planet_share is not None and not 0 < self.planet_share < 1:
            raise BadParameter(
                f"a share of planets of {self.planet_share}; give one between 0 and 1"
            )

    @cached_property
    def run(self) -> TrainedRun:
        """The run that judges, read once a process."""
        run = load_trained_run(self.folder, self.mission)
        return run.choose(self.classifier) if self.classifier else run

    def __getstate__(self) -> dict:
        return {name: value for name, value in vars(self).items() if name != "run"}

    def __call__(self, asked: VettingRequest) -> Judged:
        rows, lines = [], []
        try:
            for result in self._results(asked):
                rows.append(result.row())
                lines.append(result.sentence())
                if self.pages is not None:
                    lines += self._draw(result)
        except ExovalError as error:
            # events of the star that were judged before stay
            return Judged(rows, lines, str(error))
        except Exception as error:  # one odd light curve must not end a list of thousands
            log.exception("%s failed while it should not", asked)
            return Judged(rows, lines, f"unforeseen {type(error).__name__}: {error}")
        return Judged(rows, lines)

    def _results(self, request: VettingRequest) -> Iterator[VettingResult]:
        mission = self.run.recipe.mission
        event, target = request.event_and_target(mission)
        light_curve, star = request.light_curve(mission, target)
        if event is None:
            yield from self._searched(light_curve, star, request.name or light_curve.target)
            return
        is_signal = request.is_signal(mission)
        name = request.name or (request.target if is_signal else f"{light_curve.target} 1")
        yield self._vet(
            light_curve, star, event, name, request.other_signals(mission, event, target)
        )

    def _vet(
        self,
        light_curve: LightCurve,
        star: Star,
        event: TransitEvent,
        name: str,
        others: Sequence[Ephemeris],
    ) -> VettingResult:
        return vet(
            light_curve,
            star,
            self.run,
            event=event,
            name=name,
            others=others,
            planet_share=self.planet_share,
        )

    def _searched(self, light_curve: LightCurve, star: Star, name: str) -> Iterator[VettingResult]:
        """The events that the model's own search finds.

        Each is judged with those before it hidden, as it was found, and those after it where they
        are signals of their own: the other eclipses of a binary tell what the first are.
        """
        recipe = self.run.recipe
        found = search_again(recipe.search, recipe.detrend(light_curve), star, count=self.events)
        if not found:
            raise DataNotFound(
                f"the search finds nothing above {recipe.search.threshold:g} sigma; "
                "give period, epoch and duration"
            )
        ephemerides = [event.ephemeris for event in found]
        for index, event in enumerate(found):
            own, before = event.ephemeris, ephemerides[:index]
            after = [
                one for one in ephemerides[index + 1 :] if is_other_period(one.period, own.period)
            ]
            result = self._vet(light_curve, star, event, f"{name} {index + 1}", [*before, *after])
            same = [
                str(number)
                for number, one in enumerate(before, start=1)
                if not is_other_period(one.period, own.period)
            ]
            if same:
                caveat = (
                    f"at the period of {name} {', '.join(same)}, or half or twice it: may be its "
                    "other eclipse"
                )
                result = replace(result, caveats=(*result.caveats, caveat))
            yield result

    def _draw(self, result: VettingResult) -> list[str]:
        """Draw the page; what goes wrong costs the picture and not the answer."""
        try:
            write_vetted_page(result, self.run.recipe, self.pages)
        except ExovalError as error:
            return [f"  no page: {error}"]
        return []


def vet_list(
    vetting: Vetting, asked: Sequence[VettingRequest], output: str | Path, workers: int = 1
) -> Iterator[tuple[VettingRequest, Judged]]:
    """Judge a list and write a CSV, one row an event; yield every answer as it comes.

    A row whose ``failed`` is not empty says why a target could not be judged. ``workers``
    processes, 0 for as many as the machine has cores; one that dies costs the target that killed
    it. What is judged is kept beside ``output`` until all is, so that the same list with the same
    run goes on where it was interrupted; failures are tried again. Raises DataNotFound where the
    folder is no run or ``output`` cannot be written, BadParameter for a negative number.
    """
    if workers < 0:
        raise BadParameter(f"{workers} workers; give 0 (all cores) or more")
    if Path(output).is_dir():
        raise DataNotFound(f"cannot write {output} (it is a folder); choose another output")
    # before the first light curve is read: a wrong folder or name is no failed target
    run = vetting.run
    journal = Journal(Path(f"{output}.part"), _fingerprint(vetting, run.leading))
    asked = list(dict.fromkeys(asked))
    judged = {
        one: Judged(**entry)
        for one in asked
        if (entry := journal.entries.get(_key(one))) is not None
    }
    try:
        for one, answer in judged.copy().items():
            yield one, answer
        for one, answer in _judge(vetting, [one for one in asked if one not in judged], workers):
            judged[one] = answer
            if not answer.failed:
                journal.add(_key(one), vars(answer))
            yield one, answer
        journal.remove()
    finally:
        _write(output, [(one, judged[one]) for one in asked if one in judged])


def _judge(
    vetting: Vetting, asked: list[VettingRequest], workers: int
) -> Iterator[tuple[VettingRequest, Judged]]:
    """Every asked event with its answer, in order of completion."""
    workers = min(workers or os.cpu_count() or 1, max(len(asked), 1))
    if workers == 1:
        yield from ((one, vetting(one)) for one in asked)
        return
    yield from in_new_workers(vetting, asked, workers=workers, again=partial(_alone, vetting))


def _alone(vetting: Vetting, asked: VettingRequest) -> Judged:
    """One event in a process of its own."""
    try:
        return next(in_workers(vetting, [asked], workers=1))[1]
    except BrokenProcessPool:
        return Judged(
            failed="the worker process died (out of memory, or killed); give fewer "
            "workers or more memory"
        )


def _key(asked: VettingRequest) -> str:
    """What was asked, of files as they are now."""
    files = [
        (path.stat().st_size, path.stat().st_mtime_ns)
        for path in map(Path, asked.files)
        if path.is_file()
    ]
    return hashlib.sha256(repr((asked, files)).encode()).hexdigest()[:16]


def _fingerprint(vetting: Vetting, leading: str) -> str:
    """What a kept answer holds for: the run as it is on disk, and how it is asked."""
    metrics = (vetting.folder / "metrics.json").read_bytes()
    asked = (
        str(vetting.folder.resolve()),
        repr(vetting.mission),
        leading,
        vetting.planet_share,
        vetting.events,
        str(vetting.pages),
        str(data_folder()),
    )
    return hashlib.sha256(metrics + repr(asked).encode()).hexdigest()[:16]


def _write(output: str | Path, judged: list[tuple[VettingRequest, Judged]]) -> None:
    """The table of answers in the order of the list."""
    rows = []
    for one, answer in judged:
        rows += [row | {"failed": ""} for row in answer.rows]
        if answer.failed:
            rows.append({"event": str(one), "failed": answer.failed})
    if not rows:
        return
    frame = pd.DataFrame(rows)
    # a reader looks for the reason at the end, also where the first row has one
    frame = frame[[*(name for name in frame if name != "failed"), "failed"]]
    with writing(output):
        frame.to_csv(output, index=False)
