"""Judge a list of events with a trained model; interrupted, it goes on where it was."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from exoval.catalogs.survey_list import read_survey_list
from exoval.catalogs.table_search import files_of
from exoval.data_folder import data_folder
from exoval.ephemeris import SAME_FOUND_PERIOD, Ephemeris, is_same_signal
from exoval.errors import BadParameter, DataNotFound, ExovalError, NoEvent
from exoval.event import TransitEvent
from exoval.lightcurve import LightCurve
from exoval.missions.library import LightCurveLibrary, open_library
from exoval.missions.mission import Mission
from exoval.running.checksums import checksum, checksum_once
from exoval.running.fingerprint import files_fingerprint, fingerprint
from exoval.running.folder_lock import folder_lock
from exoval.running.journal import Journal
from exoval.running.output_path import output_path, replacing
from exoval.running.provenance import code_version, command
from exoval.running.spreadsheet import write_csv
from exoval.running.whole_folder import MANIFEST, UNFINISHED, manifest_text
from exoval.running.worker_pool import in_new_workers, in_workers
from exoval.search.search_again import search_again
from exoval.star import Star
from exoval.star_events import star_events
from exoval.vetting.caveats import of_the_cadences
from exoval.vetting.request import VettingRequest
from exoval.vetting.result import VettingResult
from exoval.vetting.summary import BETWEEN, list_summary
from exoval.vetting.trained_run import METRICS, TrainedRun, load_trained_run, with_survey_events
from exoval.vetting.vet import FARTHEST_EPOCH_DAYS, days_away, vet
from exoval.vetting.vetted_page import page_path, write_vetted_page

log = logging.getLogger(__name__)

#: an epoch as far as this from the data needs a word: BKJD and BTJD are 2167 days apart
DISTANT_EPOCH_DAYS = 1000


@dataclass(frozen=True)
class Answer:
    """The answer to one request: rows of the table, lines to read, and why it failed.

    ``failed`` is empty if nothing failed; rows that were judged before a failure are kept.
    ``no_event`` says that the search found nothing to judge, which is no failure.
    """

    rows: list[dict] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    failed: str = ""
    no_event: str = ""


@dataclass(frozen=True)
class Vetting:
    """The way a list is judged; call it with a request. It can be sent to worker processes.

    ``folder`` is the output folder of ``python -m train``; ``exoval.vetting.vet.vet`` explains
    ``planet_share``. At most ``events`` events of a searched star are judged. ``pages`` is a
    folder for one page an event. ``survey_events`` is a list that replaces the one with which the
    model compares events (``exoval.catalogs.survey_list``). Raises BadParameter for ``events``
    below 1 or a ``planet_share`` outside 0 to 1.
    """

    folder: Path
    mission: Mission | None = None
    classifier: str | None = None
    planet_share: float | None = None
    events: int = 1
    pages: Path | None = None
    survey_events: str | Path | None = None

    def __post_init__(self) -> None:
        if self.events < 1:
            raise BadParameter(f"events is {self.events}; give 1 or more")
        if self.planet_share is not None and not 0 < self.planet_share < 1:
            raise BadParameter(f"planet_share is {self.planet_share}; give a share between 0 and 1")

    @cached_property
    def run(self) -> TrainedRun:
        """The trained run, read once in each process."""
        run = load_trained_run(self.folder, self.mission)
        if self.survey_events is not None:
            run = with_survey_events(run, read_survey_list(self.survey_events))
        return run.choose(self.classifier) if self.classifier else run

    @cached_property
    def opened(self) -> dict[Path | None, LightCurveLibrary]:
        """The libraries that were opened in this process, by folder: their index is read once."""
        return {}

    def _library(self, mission: Mission, *, folder: Path | None) -> LightCurveLibrary:
        if folder not in self.opened:
            self.opened[folder] = open_library(mission, folder=folder)
        return self.opened[folder]

    def __getstate__(self) -> dict:
        return {name: value for name, value in vars(self).items() if name not in ("run", "opened")}

    def __call__(self, request: VettingRequest) -> Answer:
        rows, lines = [], []
        place = "" if request.row is None else f"row {request.row}: "
        if request.refused:
            return Answer(failed=place + request.refused)
        try:
            for result in self._results(request):
                result = replace(result, caveats=(*request.notes, *result.caveats))
                rows.append(result.row())
                lines.append(result.sentence())
                if self.pages is not None:
                    lines += self._draw(result)
        except NoEvent as error:
            return Answer(rows, [*lines, f"{request}: {error}"], no_event=str(error))
        except ExovalError as error:
            # events of the star that were judged before the error are kept
            return Answer(rows, lines, place + str(error))
        except Exception as error:  # one bad light curve must not end a list of thousands
            log.exception("unexpected error while judging %s", request)
            return Answer(rows, lines, f"{place}unexpected {type(error).__name__}: {error}")
        return Answer(rows, lines)

    def _results(self, request: VettingRequest) -> Iterator[VettingResult]:
        mission = self.run.recipe.mission
        event, target = request.event_and_target(mission)
        light_curve, star = request.light_curve(mission, target, opened=self._library)
        known = self._known(request, light_curve, event, target)
        if event is None:
            name = request.name or light_curve.target
            yield from self._searched(light_curve, star, name, known)
            return
        is_signal = request.is_signal(mission)
        name = request.name or (request.target if is_signal else f"{light_curve.target} 1")
        result = self._vet(light_curve, star, event, name, known)
        away = days_away(event.ephemeris.epoch, light_curve)
        if away > DISTANT_EPOCH_DAYS:
            caveat = (
                f"its epoch lies {away:,.0f} days from the light curve: the error of the period "
                "has grown, or the epoch is on another clock"
            )
            result = replace(result, caveats=(*result.caveats, caveat))
        yield result

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
        mission = self.run.recipe.mission
        if self.run.recipe.max_events > 1:
            known = request.signals_of_star(mission, target or light_curve.target)
        else:
            known = [] if event is None else request.other_signals(mission, event, target)
        return [one for one in known if days_away(one.epoch, light_curve) <= FARTHEST_EPOCH_DAYS]

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

    def _searched(
        self, light_curve: LightCurve, star: Star, name: str, known: Sequence[Ephemeris]
    ) -> Iterator[VettingResult]:
        """The events that the search of the model's recipe finds.

        Each is judged with the earlier ones cut out, as it was found. Later ones are cut out if
        they are other signals; at the same period they may be the other eclipses of a binary,
        which say what the first are. A recipe that searches for several events takes out the
        earlier ones alone, and always finds all: an answer does not depend on how many are asked
        for. It alone uses the ``known`` signals.
        """
        recipe = self.run.recipe
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
            result = self._vet(light_curve, star, event, f"{name} {index + 1}", others)
            same = [str(number) for number, one in enumerate(before, start=1) if _is_same(one, own)]
            if same:
                caveat = (
                    f"same period as {name} {', '.join(same)}, or half or twice it: may be its "
                    "other eclipse"
                )
                result = replace(result, caveats=(*result.caveats, caveat))
            yield result

    def _draw(self, result: VettingResult) -> list[str]:
        """Draw the page; an error is reported in a line and the answer is kept."""
        try:
            write_vetted_page(result, self.run.recipe, self.pages)
        except ExovalError as error:
            return [f"  no page: {error}"]
        return []


def vet_list(
    vetting: Vetting, requests: Sequence[VettingRequest], output: str | Path, workers: int = 1
) -> Iterator[tuple[VettingRequest, Answer]]:
    """Judge a list, write a CSV with one row an event, and yield each answer as it comes.

    The column ``failed`` says why a target could not be judged; it is empty otherwise. Where the
    search found nothing, ``caveats`` says so and no label has a probability. ``workers``
    is the number of processes, 0 for as many as the machine has cores; if one dies, the target it
    was working on fails. Answers are kept beside ``output`` until the list is finished, so that an
    interrupted list resumes; failed targets are tried again. At the end a summary of several
    targets is written beside ``output``, and last a manifest with the checksums of all files
    (``exoval.running.whole_folder``). Raises DataNotFound if the folder holds no run or ``output``
    cannot be written, BadParameter if ``workers`` is negative or another process writes there.
    """
    if workers < 0:
        raise BadParameter(f"workers is {workers}; give 0 (all cores) or more")
    if Path(output).is_dir():
        raise DataNotFound(f"cannot write {output} (it is a folder); choose another output")
    # read before the first light curve: a wrong folder must end the list, not fail a target
    vetting.run  # noqa: B018
    output = output_path(output)
    with folder_lock(output, setting="output"):
        yield from _vet_list(vetting, requests, output, workers)


def _vet_list(
    vetting: Vetting, requests: Sequence[VettingRequest], output: Path, workers: int
) -> Iterator[tuple[VettingRequest, Answer]]:
    """Judge a list while its lock is held."""
    origin = _origin(vetting, requests, output)
    manifest = output.with_name(f"{output.stem}_{MANIFEST}")
    journal = Journal(Path(f"{output}.part"), fingerprint(origin))
    with replacing(manifest) as draft:
        draft.write_text(json.dumps({UNFINISHED: "events are being judged"}))
    distinct = list(dict.fromkeys(requests))
    if len(distinct) < len(requests):
        log.warning("%d requests repeat others and are judged once", len(requests) - len(distinct))
    requests = distinct
    answers = {
        one: Answer(**entry)
        for one in requests
        if (entry := journal.entries.get(_key(one))) is not None
    }
    try:
        for one, answer in answers.copy().items():
            yield one, answer
        for one, answer in _judge(
            vetting, [one for one in requests if one not in answers], workers
        ):
            answers[one] = answer
            if not answer.failed:
                journal.add(_key(one), vars(answer))
            yield one, answer
        journal.remove()
    finally:
        _write(output, [(one, answers[one]) for one in requests if one in answers])
    files = _written_files(output, vetting.pages, answers)
    origin |= {"kind": "vetted list", "command": command(), "targets": len(answers)}
    with replacing(manifest) as draft:
        draft.write_text(manifest_text(origin, name=manifest.name, files=files))


def list_summary_of(answers: Sequence[Answer]) -> str:
    """The summary of a list, from its answers in the order in which they came."""
    return list_summary(
        [row for answer in answers for row in answer.rows],
        asked=len(answers),
        failed=[answer.failed for answer in answers if answer.failed],
        no_event=[answer.no_event for answer in answers if answer.no_event],
    )


def _written_files(
    output: Path, pages: Path | None, answers: Mapping[VettingRequest, Answer]
) -> dict[str, Path]:
    """Write the summary of several targets; the files of the list, by name beside ``output``."""
    files = [output]
    if len(answers) > 1:
        files.append(output.with_name(f"{output.stem}_summary.txt"))
        with replacing(files[-1]) as draft:
            draft.write_text(list_summary_of(list(answers.values())) + "\n")
    if pages is not None:
        names = [row["event"] for answer in answers.values() for row in answer.rows]
        files += [page_path(pages, str(name)) for name in names]
    return {
        Path(os.path.relpath(path, output.parent)).as_posix(): path
        for path in files
        if path.is_file()
    }


def _judge(
    vetting: Vetting, requests: list[VettingRequest], workers: int
) -> Iterator[tuple[VettingRequest, Answer]]:
    """Every request with its answer, in order of completion."""
    workers = min(workers or os.cpu_count() or 1, max(len(requests), 1))
    if workers == 1:
        yield from ((one, vetting(one)) for one in requests)
        return
    yield from in_new_workers(vetting, requests, workers=workers, again=partial(_alone, vetting))


def _alone(vetting: Vetting, request: VettingRequest) -> Answer:
    """The answer to one request, in a process of its own."""
    try:
        return next(in_workers(vetting, [request], workers=1))[1]
    except BrokenProcessPool:
        return Answer(
            failed="the worker process died (out of memory, or killed); give fewer "
            "workers or more memory"
        )


def _is_same(one: Ephemeris, other: Ephemeris) -> bool:
    """Whether two found events are of one signal, or of one binary."""
    return is_same_signal(one, other, within=SAME_FOUND_PERIOD)


def _key(request: VettingRequest) -> str:
    """A hash of the request and of the content of its files."""
    files = [checksum_once(path) for path in request.files if Path(path).is_file()]
    return fingerprint([repr(request), files])


def _origin(vetting: Vetting, requests: Sequence[VettingRequest], output: Path) -> dict:
    """What the answers are made from: run, settings, data and code; others' answers differ."""
    folder = vetting.folder
    run = folder / MANIFEST
    return {
        "code": code_version(),
        "run": str(folder.resolve()),
        "run_sha256": checksum(run if run.is_file() else folder / METRICS),
        "settings": {
            "mission": repr(vetting.mission),
            "classifier": vetting.run.leading,
            "planet_share": vetting.planet_share,
            "events": vetting.events,
            "pages": str(vetting.pages),
            "survey_events": str(vetting.survey_events),
        },
        "data": _data(vetting.run.recipe.mission, requests, output),
    }


def _data(mission: Mission, requests: Sequence[VettingRequest], output: Path) -> dict:
    """What identifies the light curves and tables that a list is judged by.

    The table of answers, which may lie among the tables of light curves, does not count.
    """
    found: dict = {"tables": files_fingerprint(files_of(data_folder()))}
    # files that a request names are part of its key
    for request in {one.data: one for one in requests if not one.files}.values():
        try:
            paths = request.library(mission).paths()
            read = (path for path in paths if path.resolve() != output.resolve())
            found[str(request.data or "")] = files_fingerprint(read)
        except ExovalError:
            pass  # said for every target of it
    return found


def _write(output: str | Path, answers: list[tuple[VettingRequest, Answer]]) -> None:
    """Write the answers in the order of the list."""
    rows = []
    for one, answer in answers:
        rows += [row | {"failed": ""} for row in answer.rows]
        if answer.no_event:
            caveats = BETWEEN.join((*one.notes, answer.no_event))
            rows.append({"event": str(one), "caveats": caveats, "failed": ""})
        if answer.failed:
            rows.append({"event": str(one), "failed": answer.failed})
    if not rows:
        return
    frame = pd.DataFrame(rows)
    # ``failed`` is the last column, also if the first row failed
    frame = frame[[*(name for name in frame if name != "failed"), "failed"]]
    write_csv(frame, output)
