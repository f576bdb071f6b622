"""Events vetted a second, and the seconds that a list takes to start, on one thread.

    python benchmarks/vetting.py [--run DIR] [--events N] [--stars N]

Real Kepler light curves of EXOVAL_DATA are judged at the ephemerides of catalogued signals: single
quarters, and all quarters of stars with fifteen or more. ``--run`` is an output folder of
``python -m train``; without it a small one of five classifiers is made, which takes minutes. A list
is judged as ``vet --table`` does it, and one event at a time with a pass over the models for every
number that is asked of them, as it was done before. Times are CPU seconds, so that a busy machine
counts as an idle one. Prints a table and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("--run", type=Path, help="output folder of python -m train")
    parser.add_argument("--events", type=int, default=64, help="events of single quarters")
    parser.add_argument("--stars", type=int, default=24, help="events of four years")
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

import pandas as pd

from exoval.catalogs.known_signals import stars_with_known_signals
from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.errors import ExovalError
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.vetting.examined_event import ExaminedEvent, examined_table
from exoval.vetting.examined_request import RequestExaminer
from exoval.vetting.judge import judge
from exoval.vetting.request import VettingRequest
from exoval.vetting.trained_run import TrainedRun, load_trained_run

CLASSIFIERS = "sparse_gp,laplace_gp,forest,histogram_gradient_boosting,ensemble"
#: quarters of a star that is observed for four years, and of the window that is judged
FEWEST_QUARTERS, FOUR_YEARS = 15, 17
PERIODS = (0.5, 30.0)


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        run_folder = options.run or trained(Path(folder))
        start = start_seconds(run_folder, Path(folder))
        run = load_trained_run(run_folder)
        quarters, years = requests(options.events, options.stars)
        found = {"vet_start_seconds": start, "classifiers": len(run.models)}
        print(f"{len(run.models)} classifiers; start of a list: {start:.1f} CPU seconds\n")
        print(
            f"{'events of':12}{'events':>8}{'failed':>8}{'list /s':>10}{'measured /s':>13}"
            f"{'one at a time /s':>18}{'ratio':>8}"
        )
        for name, asked, segments in (("quarter", quarters, 1), ("4yr", years, FOUR_YEARS)):
            found |= rates(name, asked, run, segments)
    last_line(found, options)


def rates(name: str, asked: list[VettingRequest], run: TrainedRun, segments: int) -> dict:
    """Events a second of a list and of one event at a time, in the same process."""
    recipe = replace(run.recipe, segments_per_light_curve=segments)
    run, examiner = replace(run, recipe=recipe), RequestExaminer(recipe=recipe)
    # compile and import before the clock runs
    warm = examiner(asked[0]).events
    judge(run, warm)
    judged_alone(run, warm[0])
    measure, examined = timed(lambda: [examiner(one) for one in asked])
    events = [event for one in examined for event in one.events]
    together, _ = timed(lambda: judge(run, events))
    alone, _ = timed(lambda: [judged_alone(run, event) for event in events])
    found = {
        f"vetted_per_second_{name}": len(events) / (measure + together),
        f"measured_per_second_{name}": len(events) / measure,
        f"one_at_a_time_per_second_{name}": len(events) / (measure + alone),
        f"ratio_to_one_at_a_time_{name}": (measure + alone) / (measure + together),
        f"events_{name}": len(events),
    }
    speeds = list(found.values())
    print(
        f"{name:12}{len(events):8}{sum(bool(one.failed) for one in examined):8}{speeds[0]:10.2f}"
        f"{speeds[1]:13.2f}{speeds[2]:18.2f}{speeds[3]:8.1f}"
    )
    return found


def judged_alone(run: TrainedRun, event: ExaminedEvent) -> None:
    """One event, with a pass over the models for every number that is asked of them."""
    table = examined_table([event], run.recipe)
    leading = run.models[run.leading]
    for _ in range(2):
        leading.probabilities(table)
        leading.probability_intervals(table)
    leading.planet_interval(table)
    for name, model in run.models.items():
        if name != run.leading:
            model.probabilities(table)
    if run.novelty is not None:
        run.novelty(table)


def timed(task: Callable[[], Sequence]) -> tuple[float, Sequence]:
    """CPU seconds of a task, and what it gives."""
    start = time.process_time()
    result = task()
    return time.process_time() - start, result


def start_seconds(run: Path, folder: Path) -> float:
    """CPU seconds of a command that judges one event of one quarter; the better of two."""
    (request,), _ = requests(1, 0)
    row = {
        "target": request.target,
        "period_days": request.period_days,
        "epoch_days": request.epoch_days,
        "duration_hours": request.duration_hours,
    }
    pd.DataFrame([row]).to_csv(folder / "one.csv", index=False)
    return min(
        command_seconds(
            "exoval",
            "vet",
            str(run),
            f"--table={folder / 'one.csv'}",
            f"--segments={request.segments[0]}",
            f"--output={folder / f'answers_{number}.csv'}",
        )
        for number in range(2)
    )


def command_seconds(*words: str) -> float:
    """CPU seconds of a command of this project."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def requests(events: int, stars: int) -> tuple[list[VettingRequest], list[VettingRequest]]:
    """Requests for events of single quarters, and of stars with four years of data."""
    library = open_library(kepler())
    known = stars_with_known_signals(signal_catalogues("KIC"))
    quarters, years = [], []
    for target in library.targets():
        for request in signals(target, known.get(target, ())):
            segments = library.segments(target)
            if len(quarters) < events and has_event(request, library, segments[0]):
                quarters.append(replace(request, segments=segments[:1]))
            if len(years) < stars and len(segments) >= FEWEST_QUARTERS:
                years.append(request)
        if len(quarters) >= events and len(years) >= stars:
            break
    return quarters, years


def signals(target: str, known: Sequence) -> Iterator[VettingRequest]:
    """The catalogued signals of a star within the periods that were simulated."""
    for one in known:
        ephemeris = one.ephemeris
        if ephemeris is not None and PERIODS[0] < ephemeris.period < PERIODS[1]:
            yield VettingRequest(
                target,
                period_days=ephemeris.period,
                epoch_days=ephemeris.epoch,
                duration_hours=24 * ephemeris.duration,
                name=one.name,
            )


def has_event(request: VettingRequest, library: object, segment: int) -> bool:
    """Whether the light curve of one quarter can be read."""
    try:
        return len(library.read(request.target, (segment,))) > 0
    except ExovalError:
        return False


def trained(folder: Path) -> Path:
    """A small run of five classifiers."""
    made, run = folder / "set", folder / "run"
    command_seconds("simulate", "experiment=quick", f"output={made}", "executor=serial")
    command_seconds(
        "train",
        f"labelled_set={made}",
        f"output={run}",
        "real=none",
        "learning_curve=[]",
        "bootstrap_resamples=50",
        f"classifier=[{CLASSIFIERS}]",
    )
    return run


if __name__ == "__main__":
    main(OPTIONS)
