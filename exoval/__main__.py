"""``python -m exoval``: vet events with a trained model, draw the page of one; no configuration."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from exoval.data_folder import data_from, folder_named, holds_data
from exoval.errors import BadParameter, DataNotFound, message_instead_of_traceback
from exoval.running.output_path import make_folder, output_path

if TYPE_CHECKING:
    from exoval.missions.mission import Mission
    from exoval.vetting.request import VettingRequest

#: whose a star or signal is that is named like no mission's, such as a bare number
DEFAULT_MISSION = "kepler"


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and run the command; a foreseen error is one line and status 2."""
    parsed = _parser().parse_args(arguments)
    # a folder may also hold light curves alone, and is then looked into by the command
    data = parsed.data if parsed.data is not None and holds_data(parsed.data) else None
    with message_instead_of_traceback(), data_from(data):
        for name in ("output", "features", "pages"):
            if getattr(parsed, name, None) is not None:
                output_path(getattr(parsed, name), setting=f"--{name}")
        parsed.command(parsed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m exoval", description=__doc__.split(":")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    plot = commands.add_parser(
        "plot-event",
        help="draw the page of one event",
        description="Draw light curve, folds, odd and even events, strongest other dip, centroid, "
        "periodogram and features of one event. Without an ephemeris or a catalogue's name the "
        "best event of a search is drawn.",
    )
    plot.add_argument(
        "target",
        nargs="?",
        help="a star such as 'KIC 10666592' or a catalogued "
        "signal such as K00002.01 or 'TIC 11491822.01'",
    )
    _add_light_curve(plot)
    plot.add_argument(
        "--maximum-period", type=float, metavar="DAYS", help="of the search; default the mission's"
    )
    plot.add_argument(
        "--output",
        type=Path,
        metavar="PNG",
        help="default TARGET.png, here; any ending that matplotlib knows",
    )
    plot.add_argument(
        "--features",
        type=Path,
        metavar="CSV",
        help="write the features too, as CSV or JSON by the name's ending",
    )
    plot.set_defaults(command=_plot_event)
    _add_vet(commands)
    return parser


def _add_vet(commands: argparse._SubParsersAction) -> None:
    vet = commands.add_parser(
        "vet",
        help="judge events with a trained model",
        description="Say how probable every scenario is for events of real light curves, with "
        "errors and what stands against the numbers. A catalogued signal is judged at its "
        "catalogue's ephemeris, the star's other signals cut out; a star has its light curve "
        "searched.",
    )
    vet.add_argument("run", type=Path, help="output folder of python -m train")
    vet.add_argument(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="stars such as 'KIC 10666592' and catalogued signals such as K00002.01",
    )
    _add_light_curve(vet)
    vet.add_argument(
        "--events",
        type=int,
        default=1,
        metavar="N",
        help="at most so many of a star that is searched; default 1",
    )
    vet.add_argument("--classifier", help="of the run; default the one that leads it")
    vet.add_argument(
        "--planet-share",
        type=float,
        metavar="SHARE",
        help="of all events in your survey; default that of the simulation",
    )
    vet.add_argument(
        "--table",
        type=Path,
        metavar="CSV",
        help="events to judge, one a row: target "
        "or file, and where known period_days, epoch_days, duration_hours, event "
        "(a name) and star_radius, star_mass, star_teff ...",
    )
    vet.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="processes; 0 for as many as there are cores; default 1",
    )
    vet.add_argument(
        "--output",
        type=Path,
        metavar="CSV",
        default=Path("vetted.csv"),
        help="default vetted.csv, here",
    )
    vet.add_argument("--pages", type=Path, metavar="DIR", help="draw the page of every event")
    vet.set_defaults(command=_vet)


def _add_light_curve(command: argparse.ArgumentParser) -> None:
    """Which light curve, and which event of it."""
    command.add_argument(
        "--file",
        nargs="+",
        metavar="FILE",
        help="light curves to read instead, of any kind that the mission reads",
    )
    command.add_argument(
        "--data",
        "--folder",
        metavar="DIR",
        type=folder_named,
        help="light curves, or the folder with light_curves/ and tables/; default $EXOVAL_DATA, "
        "or without it 'sample', which ships with exoval",
    )
    command.add_argument(
        "--mission",
        help="name of a mission, or the path of a yaml that "
        "describes one; default by the target's name or, to vet, the model's",
    )
    command.add_argument("--segments", help="quarters or sectors such as 1,2,3; default all")
    command.add_argument("--period", type=float, metavar="DAYS")
    command.add_argument(
        "--epoch",
        type=float,
        metavar="DAYS",
        help="mid-event, on the mission's clock (BKJD, BTJD) or BJD",
    )
    command.add_argument("--duration", type=float, metavar="HOURS", help="first to last contact")


def _plot_event(parsed: argparse.Namespace) -> None:
    # imported here so that --help does not pay for the numerical libraries
    from exoval.pages.event_page import event_page, strongest_event
    from exoval.pages.feature_file import write_features
    from exoval.pages.plot_event import plot_event, save_page
    from exoval.real_event import measure_real_event
    from exoval.recipe import Recipe
    from exoval.search.box_search import BoxSearch

    if parsed.target is None and parsed.file is None:
        raise BadParameter("nothing to draw; give a target such as 'KIC 10666592', or --file")
    mission = _mission(parsed.mission) if parsed.mission else _mission_of(parsed.target or "")
    request = _asked(parsed, parsed.target)
    event, target = request.event_and_target(mission)
    longest = parsed.maximum_period or mission.maximum_period_days
    recipe = Recipe(
        mission=mission,
        search=BoxSearch(
            minimum_period_days=mission.minimum_period_days, maximum_period_days=longest
        ),
    )
    light_curve, star = request.light_curve(mission, target)
    others = [] if event is None else request.other_signals(mission, event, target)
    if event is None:
        event = strongest_event(light_curve, star, recipe)
    measured = measure_real_event(light_curve, event, star, recipe, others=others)
    page = event_page(measured, recipe)
    output = parsed.output or Path(f"{light_curve.target.replace(' ', '_')}.png")
    save_page(plot_event(page), output, setting="--output")
    print(output)
    if parsed.features is not None:
        write_features(page, parsed.features)
        print(parsed.features)


def _vet(parsed: argparse.Namespace) -> None:
    # imported here so that --help does not pay for torch and scikit-learn
    from exoval.running.progress import progress
    from exoval.vetting.summary import summary
    from exoval.vetting.vet_list import Vetting, vet_list

    asked = _asked_list(parsed)
    if parsed.pages is not None:
        # before anything is judged for them
        make_folder(parsed.pages, setting="--pages")
    vetting = Vetting(
        parsed.run,
        _mission(parsed.mission) if parsed.mission else None,
        parsed.classifier,
        parsed.planet_share,
        parsed.events,
        parsed.pages,
    )
    answers = []
    judged = vet_list(vetting, asked, parsed.output, parsed.workers)
    for one, answer in progress(judged, total=len(asked), description="vet"):
        answers.append(answer)
        if answer.lines:
            print("\n".join(answer.lines), flush=True)
        if answer.failed:
            print(f"{one}: {answer.failed}", file=sys.stderr)
    events, failed = (
        sum(len(answer.rows) for answer in answers),
        [answer.failed for answer in answers if answer.failed],
    )
    print(f"{events} events judged, {len(failed)} targets failed -> {parsed.output}")
    if not events:
        raise DataNotFound(f"nothing could be judged: {failed[0]}")
    rows = [row for answer in answers for row in answer.rows]
    run = vetting.run
    print(summary(rows, run.models[run.leading].meanings))


def _asked_list(parsed: argparse.Namespace) -> list[VettingRequest]:
    """What the command line names, and then the rows of its table."""
    from exoval.vetting.table_of_requests import read_requests

    asked = [_asked(parsed, target) for target in parsed.targets]
    if not asked and parsed.file is not None:
        asked = [_asked(parsed, None)]
    if parsed.table is not None:
        asked += read_requests(
            parsed.table,
            replace(
                _asked(parsed, None),
                files=(),
                period_days=None,
                epoch_days=None,
                duration_hours=None,
            ),
        )
    if not asked:
        raise BadParameter(
            "nothing to judge; give targets such as 'KIC 10666592' or K00002.01, --table or --file"
        )
    return list(dict.fromkeys(asked))


def _asked(parsed: argparse.Namespace, target: str | None) -> VettingRequest:
    """What is asked of one target of the command line."""
    from exoval.vetting.request import VettingRequest

    asked = VettingRequest(
        target,
        tuple(parsed.file or ()),
        parsed.period,
        parsed.epoch,
        parsed.duration,
        _segments(parsed.segments),
        parsed.data,
    )
    # a part of an ephemeris is a mistake of the command, not of one target
    _ = asked.is_given
    return asked


def _mission(name: str) -> Mission:
    """The mission of a yaml, of one of conf/mission, or of a function of exoval.missions."""
    from exoval.missions.mission_file import is_mission_file, read_mission
    from exoval.missions.named_mission import named_mission

    shipped = _shipped_missions()
    if is_mission_file(name):
        return read_mission(name, others=shipped)
    path = shipped / f"{name}.yaml"
    return read_mission(path) if path.is_file() else named_mission(name)


def _mission_of(target: str) -> Mission:
    """The mission whose stars or signals are named so, of exoval.missions or of conf/mission."""
    from exoval.missions.mission_file import read_mission
    from exoval.missions.named_mission import default_missions, mission_naming

    found = mission_naming(target, default_missions())
    if found is not None:
        return _mission(found.name)
    described = (read_mission(path) for path in sorted(_shipped_missions().glob("*.yaml")))
    return mission_naming(target, described) or _mission(DEFAULT_MISSION)


def _shipped_missions() -> Path:
    return Path(str(resources.files("conf"))) / "mission"


def _segments(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise BadParameter(f"--segments {text}; give numbers such as 1,2,3") from None


if __name__ == "__main__":
    main()
