"""Judge a list of events with a trained model; interrupted, it goes on where it was."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pandas as pd

from exoval.catalogs.survey_list import read_survey_list
from exoval.catalogs.table_search import files_of
from exoval.data_folder import data_folder
from exoval.errors import BadParameter, DataNotFound, ExovalError, raise_interrupt
from exoval.missions.mission import Mission
from exoval.posterior.contrast_curve import read_contrast_curve
from exoval.posterior.neighbours import read_neighbours
from exoval.posterior.outside_evidence import OutsideEvidence
from exoval.running.checksums import checksum, checksum_once
from exoval.running.dask_workers import DaskWorkers
from exoval.running.fingerprint import files_fingerprint, fingerprint
from exoval.running.folder_lock import folder_lock
from exoval.running.journal import Journal
from exoval.running.output_path import output_path, replacing
from exoval.running.provenance import code_version, command
from exoval.running.spreadsheet import write_csv
from exoval.running.whole_folder import MANIFEST, UNFINISHED, manifest_text
from exoval.running.worker_pool import in_new_workers, in_workers
from exoval.vetting.examined_request import ExaminedRequest, RequestExaminer, unexpected
from exoval.vetting.judge import ROWS, judge
from exoval.vetting.judged_in_batches import JudgedInBatches
from exoval.vetting.request import VettingRequest
from exoval.vetting.result import VettingResult
from exoval.vetting.summary import BETWEEN, list_summary
from exoval.vetting.trained_run import (
    TrainedRun,
    load_trained_run,
    run_checksum,
    with_survey_events,
)
from exoval.vetting.vetted_page import page_path, write_vetted_page

log = logging.getLogger(__name__)

#: what is said of a request whose process ends without an answer
DIED = "the worker process died (out of memory, or killed); give fewer workers or more memory"
Done = TypeVar("Done")


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
    model compares events (``exoval.catalogs.survey_list``). With ``mixture`` there are no
    posteriors on the sky beside the probabilities of the simulated mixture. ``contrast`` is a file
    with the contrast curve of the targets (``exoval.posterior.contrast_curve``), ``neighbours`` one
    with the known stars around them (``exoval.posterior.neighbours``), ``alarms`` the share of a
    search's false alarms that are in the list. Raises BadParameter for
    ``events`` below 1 or a ``planet_share`` outside 0 to 1.
    """

    folder: Path
    mission: Mission | None = None
    classifier: str | None = None
    planet_share: float | None = None
    events: int = 1
    pages: Path | None = None
    survey_events: str | Path | None = None
    mixture: bool = False
    contrast: Path | None = None
    neighbours: Path | None = None
    alarms: float = 1.0

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
        if self.mixture:
            run = replace(run, posteriors={})
        return run.choose(self.classifier) if self.classifier else run

    @cached_property
    def examiner(self) -> RequestExaminer:
        """What reads and measures the events of a request by the run's recipe."""
        return RequestExaminer(
            recipe=self.run.recipe, events=self.events, keep_light_curves=self.pages is not None
        )

    @cached_property
    def evidence(self) -> OutsideEvidence | None:
        """What is known of the targets' surroundings; None without a file of it."""
        if self.contrast is None and self.neighbours is None and self.alarms == 1:
            return None
        return OutsideEvidence(
            curve=self.contrast and read_contrast_curve(self.contrast),
            neighbours=self.neighbours and read_neighbours(self.neighbours),
            pixel_scale_arcsec=self.run.recipe.mission.pixel_scale_arcsec,
            alarms=self.alarms,
        )

    def __getstate__(self) -> dict:
        own = ("run", "examiner", "evidence")
        return {name: value for name, value in vars(self).items() if name not in own}

    def __call__(self, request: VettingRequest) -> Answer:
        """The answer to one request, as a list has it too."""
        (answer,) = self.judged([(request, self.examiner(request))])
        return answer

    def judged(self, asked: Sequence[tuple[VettingRequest, ExaminedRequest]]) -> list[Answer]:
        """The answers to requests whose events are measured, in one pass over the models."""
        events = [event for _, examined in asked for event in examined.events]
        try:
            results = iter(
                judge(self.run, events, planet_share=self.planet_share, evidence=self.evidence)
            )
            return [
                self._answer(request, examined, list(islice(results, len(examined.events))))
                for request, examined in asked
            ]
        except Exception as error:  # one bad event must not end a list of thousands
            raise_interrupt(error)
            if len(asked) > 1:
                return [answer for one in asked for answer in self.judged([one])]
            ((request, _),) = asked
            place = "" if request.row is None else f"row {request.row}: "
            is_known = isinstance(error, ExovalError)
            return [Answer(failed=place + (str(error) if is_known else unexpected(error, request)))]

    def _answer(
        self, request: VettingRequest, examined: ExaminedRequest, results: list[VettingResult]
    ) -> Answer:
        """The answer to a request whose events were judged; their pages are drawn."""
        lines = []
        for result in results:
            lines.append(result.sentence())
            if self.pages is not None:
                lines += self._draw(result)
        if examined.no_event:
            lines.append(f"{request}: {examined.no_event}")
        return Answer(
            rows=[result.row() for result in results],
            lines=lines,
            failed=examined.failed,
            no_event=examined.no_event,
        )

    def _draw(self, result: VettingResult) -> list[str]:
        """Draw the page; an error is reported in a line and the answer is kept."""
        try:
            write_vetted_page(result, self.run.recipe, self.pages)
        except ExovalError as error:
            return [f"  no page: {error}"]
        return []


def vet_list(
    vetting: Vetting,
    requests: Sequence[VettingRequest],
    output: str | Path,
    workers: int = 1,
    *,
    address: str | None = None,
) -> Iterator[tuple[VettingRequest, Answer]]:
    """Judge a list, write a CSV with one row an event, and yield each answer as it comes.

    The column ``failed`` says why a target could not be judged; it is empty otherwise. Where the
    search found nothing, ``caveats`` says so and no label has a probability. ``workers``
    is the number of processes that measure, 0 for as many as the machine has cores; if one dies,
    the target it was working on fails. With an ``address`` the workers of the dask scheduler there
    measure (``exoval.running.dask_workers``). This process judges, many events at a time; each has
    the answer that it has alone. Answers are kept beside ``output`` until the list is finished, so
    that an interrupted list resumes; failed targets are tried again. At the end a summary of
    several targets is written beside ``output``, and last a manifest with the checksums of all
    files (``exoval.running.whole_folder``). Raises DataNotFound if the folder holds no run,
    ``output`` cannot be written or no scheduler answers, BadParameter if ``workers`` is negative or
    another process writes there.
    """
    if workers < 0:
        raise BadParameter(f"workers is {workers}; give 0 (all cores) or more")
    cluster = None if address is None else _cluster(address, vetting.pages)
    if Path(output).is_dir():
        raise DataNotFound(f"cannot write {output} (it is a folder); choose another output")
    # read before the first light curve: a wrong folder must end the list, not fail a target
    vetting.run  # noqa: B018
    vetting.evidence  # noqa: B018
    output = output_path(output)
    with folder_lock(output, setting="output"):
        yield from _vet_list(vetting, requests, output, cluster or workers)


def _cluster(address: str, pages: Path | None) -> DaskWorkers:
    """The workers of a scheduler; BadParameter for pages, which they cannot draw here."""
    if pages is not None:
        raise BadParameter(
            f"the workers at address={address} write no pages for this machine; leave --pages or "
            "--address out"
        )
    return DaskWorkers(address=address, option="--address", asked_by="--address")


def _vet_list(
    vetting: Vetting,
    requests: Sequence[VettingRequest],
    output: Path,
    workers: int | DaskWorkers,
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
    answers: dict[VettingRequest, Answer] = {}

    def keep(one: VettingRequest, answer: Answer) -> None:
        # a long list keeps the rows alone in memory: lines were read once they are printed
        answers[one] = replace(answer, lines=[])
        if not answer.failed:
            journal.add(_key(one), vars(answer))

    judged = _judged(vetting, [], workers)
    try:
        for one in requests:
            entry = journal.entries.pop(_key(one), None)
            if entry is not None:
                answer = Answer(**entry)
                answers[one] = replace(answer, lines=[])
                yield one, answer
        judged = _judged(vetting, [one for one in requests if one not in answers], workers)
        for one, answer in judged:
            keep(one, answer)
            yield one, answer
        journal.remove()
    finally:
        try:
            for one, answer in judged.rest():
                keep(one, answer)
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


def _judged(
    vetting: Vetting, requests: list[VettingRequest], workers: int | DaskWorkers
) -> JudgedInBatches:
    """Every request with its answer, in order of completion.

    Workers measure, which takes the time, and this process judges. Pages need the light curve
    beside the answer, and are drawn where it was measured.
    """
    if vetting.pages is None:
        measured = _by_workers(
            vetting.examiner, requests, workers=workers, died=ExaminedRequest(failed=DIED)
        )
        return JudgedInBatches(measured, vetting.judged, size=ROWS)
    answered = _by_workers(vetting, requests, workers=workers, died=Answer(failed=DIED))
    return JudgedInBatches(answered, lambda asked: [answer for _, answer in asked], size=1)


def _by_workers(
    task: Callable[[VettingRequest], Done],
    requests: list[VettingRequest],
    *,
    workers: int | DaskWorkers,
    died: Done,
) -> Iterator[tuple[VettingRequest, Done]]:
    """Every request with what a task makes of it, or with ``died`` if it kills its process."""
    if isinstance(workers, DaskWorkers):
        if requests:
            yield from _on_cluster(workers, task, requests, died)
        return
    workers = min(workers or os.cpu_count() or 1, max(len(requests), 1))
    if workers == 1:
        yield from ((one, task(one)) for one in requests)
        return
    again = partial(_alone, task, died)
    yield from in_new_workers(task, requests, workers=workers, again=again)


def _on_cluster(
    cluster: DaskWorkers,
    task: Callable[[VettingRequest], Done],
    requests: list[VettingRequest],
    died: Done,
) -> Iterator[tuple[VettingRequest, Done]]:
    """As ``_by_workers``, on a cluster; requests that kill workers again come last, each alone."""
    with cluster.running(task, most=len(requests)) as there:
        for request, done in there.results(requests):
            if done is None:
                done = there.alone(request)
            yield request, died if done is None else done


def _alone(task: Callable[[VettingRequest], Done], died: Done, request: VettingRequest) -> Done:
    """What a task makes of one request, in a process of its own."""
    try:
        return next(in_workers(task, [request], workers=1))[1]
    except BrokenProcessPool:
        return died


def _key(request: VettingRequest) -> str:
    """A hash of the request and of the content of its files."""
    files = [checksum_once(path) for path in request.files if Path(path).is_file()]
    return fingerprint([repr(request), files])


def _origin(vetting: Vetting, requests: Sequence[VettingRequest], output: Path) -> dict:
    """What the answers are made from: run, settings, data and code; others' answers differ."""
    folder = vetting.folder
    return {
        "code": code_version(),
        "run": str(folder.resolve()),
        "run_sha256": run_checksum(folder),
        "settings": {
            "mission": repr(vetting.mission),
            "classifier": vetting.run.leading,
            "planet_share": vetting.planet_share,
            "events": vetting.events,
            "pages": str(vetting.pages),
            "survey_events": str(vetting.survey_events),
            "mixture": vetting.mixture,
            "alarms": vetting.alarms,
            # the files' content: another list under the same name gives other answers
            "evidence": [
                None if path is None else checksum(path)
                for path in (vetting.contrast, vetting.neighbours)
            ],
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
