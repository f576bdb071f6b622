"""``python -m exoval``: vet and draw events, examine the machine and folders of results."""

from __future__ import annotations

import argparse
import difflib
import runpy
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from exoval.data_folder import data_folder, data_from, folder_named, holds_data
from exoval.errors import BadParameter, BadTable, DataNotFound, message_instead_of_traceback
from exoval.running.lasting_objects import lasting_objects
from exoval.running.output_path import file_name, make_folder, output_path
from exoval.running.provenance import SCRIPT, code_version

if TYPE_CHECKING:
    from exoval.missions.mission import Mission
    from exoval.vetting.request import VettingRequest
    from exoval.vetting.vet_list import Vetting

#: mission of a target whose name begins as no mission's stars do, such as a bare number
DEFAULT_MISSION = "kepler"
#: commands that are packages of their own, with settings instead of options
APPS = {
    "simulate": "make a labelled set (simulate --help lists settings)",
    "train": "fit, calibrate and judge classifiers (train --help lists settings)",
}
#: exit status of a list of which some targets could not be judged, and of files that are not whole
SOME_FAILED = 3


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and run the command; an expected error is one line and status 2.

    A list of which some targets could not be judged ends with status 3. This is also the console
    script ``exoval``, which runs ``simulate`` and ``train`` by the installed package, whatever
    folders of these names lie where it is called.
    """
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in APPS:
        _run_app(words[0], words[1:])
        return
    parsed = _parser().parse_args(arguments)
    # a folder may also hold light curves alone; then the command itself searches it
    data = parsed.data if parsed.data is not None and holds_data(parsed.data) else None
    with message_instead_of_traceback(), data_from(data):
        for name in ("output", "features", "pages"):
            if getattr(parsed, name, None) is not None:
                output_path(getattr(parsed, name), setting=f"--{name}")
        parsed.command(parsed)


def _run_app(name: str, words: Sequence[str]) -> None:
    """Run a package as ``python -m NAME WORDS`` does, without importing it here."""
    sys.argv = [f"exoval {name}", *words]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


class _Version(argparse.Action):
    """Print the version, which is that of the code, and end."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"exoval {code_version()}")
        parser.exit()


class _Parser(argparse.ArgumentParser):
    """A parser that takes options before, between and behind the targets."""

    _is_inside = False

    def parse_known_args(
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse as ``parse_known_intermixed_args`` does, which commands of a parser do not.

        Options that nobody knows end the command with the name of the nearest.
        """
        # that function comes back here; and the parser of the commands has no other targets
        if self._is_inside or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._is_inside = True
        try:
            parsed, unknown = self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_inside = False
        options = [one for one in unknown if one.startswith("--")]
        if options:
            self.error(f"no option {_with_nearest(options[0].split('=')[0], self._options())}")
        return parsed, unknown

    def _options(self) -> list[str]:
        return [one for action in self._actions for one in action.option_strings]

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Name the nearest of the choices."""
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(action, f"no {_with_nearest(str(value), action.choices)}")


def _with_nearest(name: str, known: Iterable[str]) -> str:
    """A name that does not exist, and the nearest that do or all that do."""
    known = list(known)
    near = difflib.get_close_matches(name, known, 1)
    return f"'{name}'; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}")


def _parser() -> argparse.ArgumentParser:
    is_script = Path(sys.argv[0]).name == SCRIPT
    parser = _Parser(
        prog=SCRIPT if is_script else "python -m exoval",
        description="Simulate, train and vet: transit candidates of surveys that have no labels.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, text in APPS.items():
        # listed here alone: main hands them over before anything is parsed
        commands.add_parser(name, help=text, add_help=False)
    plot = commands.add_parser(
        "plot-event",
        help="draw the page of one event",
        description="Draw the light curve, folds, odd and even events, strongest other dip, "
        "centroid, periodogram and features of one event. Without an ephemeris or the name of a "
        "catalogued signal, the strongest event of a search is drawn.",
    )
    plot.add_argument(
        "target",
        nargs="?",
        help="a star such as 'KIC 10666592' or a catalogued "
        "signal such as K00002.01 or 'TIC 11491822.01'",
    )
    _add_light_curve(plot)
    plot.add_argument(
        "--maximum-period",
        type=float,
        metavar="DAYS",
        help="longest period of the search; default: the mission's",
    )
    plot.add_argument(
        "--output",
        type=Path,
        metavar="PNG",
        help="file to write, with an ending that matplotlib knows; default: TARGET.png",
    )
    plot.add_argument(
        "--features",
        type=Path,
        metavar="CSV",
        help="also write the features to this file, which ends in .csv or .json",
    )
    plot.set_defaults(command=_plot_event)
    _add_vet(commands)
    _add_explain(commands)
    _add_adapt(commands)
    _add_doctor(commands)
    _add_verify(commands)
    return parser


def _add_doctor(commands: argparse._SubParsersAction) -> None:
    doctor = commands.add_parser(
        "doctor",
        help="list what is installed, found and missing",
        description="List versions of packages, the GPU, the data folder, the catalogues that are "
        "found (file, rows, date), what each missing one costs and where it is published, and the "
        "light curves of every mission.",
    )
    doctor.add_argument(
        "--data", metavar="DIR", type=folder_named, help="data folder instead of $EXOVAL_DATA"
    )
    doctor.set_defaults(command=_doctor)


def _add_adapt(commands: argparse._SubParsersAction) -> None:
    adapt = commands.add_parser(
        "adapt",
        help="probabilities of a vetted list for its own mixture of events",
        description="Learn from a vetted list, without a label, which share of its events are "
        "planets and what the rest looks like, and write the list with adapted probabilities. The "
        "list must be all events that a search of many stars found, not a choice of good ones.",
    )
    adapt.add_argument(
        "run",
        type=Path,
        metavar="RUN",
        help="output folder of python -m train, which the list used",
    )
    adapt.add_argument("list", type=Path, metavar="CSV", help="what python -m exoval vet wrote")
    adapt.add_argument(
        "--output", type=Path, metavar="CSV", help="file to write; default: NAME_adapted.csv"
    )
    adapt.set_defaults(command=_adapt, data=None)


def _add_verify(commands: argparse._SubParsersAction) -> None:
    verify = commands.add_parser(
        "verify",
        help="compare the files of a folder with their checksums",
        description="Read every file of labelled sets, trained runs and vetted lists, compare it "
        "with the checksum that was written with it, and print a table.",
        epilog="Exit status: 0 if all files are whole; 3 if some are not, or have no checksum; 2 "
        "if a folder holds no results.",
    )
    verify.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="output folder of python -m simulate or python -m train, or folder of a vetted list",
    )
    verify.set_defaults(command=_verify, data=None)


def _add_vet(commands: argparse._SubParsersAction) -> None:
    vet = commands.add_parser(
        "vet",
        help="judge events with a trained model",
        description="Give the probability of every scenario for events in real light curves, with "
        "errors and caveats. A catalogued signal is judged at its catalogued ephemeris, with the "
        "star's other signals cut out. The light curve of a star is searched for events.",
        epilog="Exit status: 0 if every target was judged, or searched and found without an event; "
        "3 if some could not be judged; 2 if the command itself is wrong.",
    )
    vet.add_argument("run", type=Path, help="output folder of python -m train")
    vet.add_argument(
        "targets",
        nargs="*",
        default=[],
        metavar="TARGET",
        help="stars such as 'KIC 10666592' and catalogued signals such as K00002.01, "
        "'Kepler-2 b' or TOI-1136.01",
    )
    _add_light_curve(vet)
    vet.add_argument(
        "--events",
        type=int,
        default=1,
        metavar="N",
        help="largest number of events to judge in a searched light curve; default: 1",
    )
    vet.add_argument("--classifier", help="classifier of the run; default: its leading one")
    vet.add_argument(
        "--planet-share",
        type=float,
        metavar="SHARE",
        help="share of planets among all events of your survey; default: that of the simulation",
    )
    _add_evidence(vet)
    vet.add_argument(
        "--mixture",
        action="store_true",
        help="leave out the posterior on the sky; probabilities of the simulated mixture alone",
    )
    vet.add_argument(
        "--table",
        type=Path,
        metavar="CSV",
        help="table of events to judge, one a row, as CSV or Parquet: a column target or file and, "
        "if known, period_days, epoch_days, duration_hours, event (a name) and star_radius, "
        "star_mass, star_teff ...; the columns of ExoFOP, the NASA Exoplanet Archive and the "
        "pipelines are understood too",
    )
    vet.add_argument(
        "--survey-events",
        metavar="CSV",
        help="list of all events of your survey, with which a model of a set with survey_events "
        "compares each: CSV or Parquet with the columns target, period_days, epoch_days, "
        "duration_hours and depth_ppm, or koi, tce, toi, spoc_tce; default: --table if it has "
        "these columns, or else the list of the training set",
    )
    vet.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="number of processes, 0 for one per core; default: 1",
    )
    vet.add_argument(
        "--address",
        metavar="ADDRESS",
        help="dask scheduler whose workers measure instead, such as tcp://10.0.0.5:8786",
    )
    vet.add_argument(
        "--output",
        type=Path,
        metavar="CSV",
        default=Path("vetted.csv"),
        help="table of answers to write; default: vetted.csv",
    )
    vet.add_argument("--pages", type=Path, metavar="DIR", help="folder for the page of every event")
    vet.add_argument(
        "--allow-failures",
        action="store_true",
        help="end with status 0 even where some targets could not be judged",
    )
    vet.set_defaults(command=_vet)


def _add_evidence(command: argparse.ArgumentParser) -> None:
    """Add the arguments for evidence that a light curve does not hold."""
    command.add_argument(
        "--contrast",
        type=Path,
        metavar="CSV",
        help="contrast curve of the target, for its posterior on the sky: separation_arcsec and "
        "magnitude_difference, up to which imaging would have shown a star",
    )
    command.add_argument(
        "--neighbours",
        type=Path,
        metavar="CSV",
        help="all known stars around the targets, in place of a model of the field: target, "
        "separation_arcsec and magnitude_difference to the target",
    )
    command.add_argument(
        "--alarms",
        type=float,
        default=1.0,
        metavar="SHARE",
        help="share of a search's false alarms that are in your list, for a catalogue from which "
        "most were sorted out; default: 1, all that the search finds",
    )


def _add_explain(commands: argparse._SubParsersAction) -> None:
    explain = commands.add_parser(
        "explain",
        help="print and draw what makes the posterior of one event",
        description="Print the posterior on the sky of one event as a product of named terms for "
        "every alternative: what the classifier says, how many such systems nature has, how many "
        "events the search finds in one, and how much rarer or more frequent those that look like "
        "this one are.",
    )
    explain.add_argument("run", type=Path, help="output folder of python -m train")
    explain.add_argument(
        "target",
        nargs="?",
        help="a star such as 'KIC 10666592' or a catalogued signal such as K00002.01",
    )
    _add_light_curve(explain)
    _add_evidence(explain)
    explain.add_argument("--classifier", help="classifier of the run; default: its leading one")
    explain.add_argument("--output", type=Path, metavar="PNG", help="file for the figure")
    explain.set_defaults(command=_explain)


def _add_light_curve(command: argparse.ArgumentParser) -> None:
    """Add the arguments that name a light curve and an event in it."""
    command.add_argument(
        "--file",
        nargs="+",
        metavar="FILE",
        help="light-curve files to read instead, in any format of the mission",
    )
    command.add_argument(
        "--data",
        "--folder",
        metavar="DIR",
        type=folder_named,
        help="folder of light curves, or folder with light_curves/ and tables/; default: "
        "$EXOVAL_DATA or, if that is not set, 'sample', which ships with exoval",
    )
    command.add_argument(
        "--mission",
        help="name of a mission, or path of a yaml that describes one; default: for vet that of "
        "the model, for plot-event by the target's name",
    )
    command.add_argument("--segments", help="quarters or sectors such as 1,2,3; default: all")
    command.add_argument("--period", type=float, metavar="DAYS", help="orbital period")
    command.add_argument(
        "--epoch",
        type=float,
        metavar="DAYS",
        help="time of mid-event, on the mission's clock (BKJD, BTJD) or as BJD",
    )
    command.add_argument(
        "--duration", type=float, metavar="HOURS", help="from first to last contact"
    )


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
    request = _request(parsed, parsed.target)
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
    output = parsed.output or Path(f"{file_name(light_curve.target)}.png")
    save_page(plot_event(page), output, setting="--output")
    print(output)
    if parsed.features is not None:
        write_features(page, parsed.features)
        print(parsed.features)


def _doctor(parsed: argparse.Namespace) -> None:
    # imported here so that --help does not pay for the numerical libraries
    from exoval.doctor import examination
    from exoval.missions.mission_file import read_mission

    files = sorted(_shipped_missions().glob("*.yaml"))
    # a folder that was named and holds no data, or does not exist, is an error
    with data_from(parsed.data):
        print(examination(read_mission(path) for path in files if path.stem != "template"))
        data_folder()


def _adapt(parsed: argparse.Namespace) -> None:
    """Adapt a list, and print how; the status is SOME_FAILED if every classifier is refused."""
    import pandas as pd

    from exoval.errors import foreign_errors_as
    from exoval.running.spreadsheet import write_csv
    from exoval.vetting.adapted_list import adapted_list, check_origin

    if not parsed.list.is_file():
        raise DataNotFound(f"there is no list {parsed.list}; write one with python -m exoval vet")
    with foreign_errors_as(BadTable, f"{parsed.list} is no list", "vet again"):
        answers = pd.read_csv(parsed.list)
    answers, adaptations = adapted_list(parsed.run, answers)
    check_origin(parsed.run, parsed.list)
    print(f"{'classifier':30}{'events':>8}{'planets':>10}{'at most':>10}{'recall':>8}{'known':>8}")
    for one in adaptations:
        if one.share is None:
            print(f"{one.classifier:30}{one.events:8d}  refused: {one.refused}")
            continue
        print(
            f"{one.classifier:30}{one.events:8d}{one.share.share:10.4f}{one.share.upper:10.4f}"
            f"{one.share.recall:8.2f}{one.at_home:8.2f}"
        )
    if all(one.share is None for one in adaptations):
        sys.exit(SOME_FAILED)
    output = parsed.output or parsed.list.with_name(f"{parsed.list.stem}_adapted.csv")
    write_csv(answers, output)
    print(f"-> {output}")


def _verify(parsed: argparse.Namespace) -> None:
    from exoval.verify import print_verification

    if not print_verification(parsed.folders):
        raise SystemExit(SOME_FAILED)


def _vet(parsed: argparse.Namespace) -> None:
    with lasting_objects():
        # imported here so that --help does not pay for scikit-learn
        from exoval.running.progress import progress
        from exoval.vetting.summary import summary
        from exoval.vetting.vet_list import list_summary_of, vet_list

        requests, vetting = _asked(parsed)
    answers = []
    judged = vet_list(vetting, requests, parsed.output, parsed.workers, address=parsed.address)
    for one, answer in progress(judged, total=len(requests), description="vet"):
        if answer.lines:
            print("\n".join(answer.lines), flush=True)
        if answer.failed:
            print(f"{one}: {answer.failed}", file=sys.stderr)
        answers.append(replace(answer, lines=[]))
    rows = [row for answer in answers for row in answer.rows]
    failed = [answer.failed for answer in answers if answer.failed]
    print(f"{len(rows)} events judged, {len(failed)} targets failed -> {parsed.output}")
    if len(answers) > 1:
        print(list_summary_of(answers))
    if rows:
        run = vetting.run
        print(summary(rows, run.models[run.leading].meanings))
    if failed and not parsed.allow_failures:
        raise SystemExit(SOME_FAILED)


def _explain(parsed: argparse.Namespace) -> None:
    with lasting_objects():
        # imported here so that --help does not pay for scikit-learn
        from exoval.labels import planet_labels
        from exoval.pages.plot_event import save_page
        from exoval.pages.plot_posterior import plot_posterior
        from exoval.vetting.judge import judge
        from exoval.vetting.vet_list import Vetting

        if parsed.target is None and parsed.file is None:
            raise BadParameter("nothing to explain; give a target such as K00002.01, or --file")
        mission = _mission(parsed.mission) if parsed.mission else None
        vetting = Vetting(
            parsed.run,
            mission,
            parsed.classifier,
            contrast=parsed.contrast,
            neighbours=parsed.neighbours,
            alarms=parsed.alarms,
        )
        run, evidence = vetting.run, vetting.evidence
    if run.leading not in run.posteriors:
        raise BadTable(
            f"{parsed.run} has no posterior of {run.leading}; train it with this version on a "
            "simulated set"
        )
    examined = vetting.examiner(_request(parsed, parsed.target))
    if not examined.events:
        raise BadTable(examined.failed or examined.no_event)
    (result,) = judge(run, examined.events[:1], evidence=evidence)
    planets = tuple(planet_labels(run.models[run.leading].meanings))
    print(result.sentence())
    print("\n".join([*result.posterior.table(), *result.posterior.changes(planets)]))
    if parsed.output is not None:
        figure = plot_posterior(
            result.posterior, run.models[run.leading].meanings, name=result.name
        )
        save_page(figure, parsed.output, setting="--output")
        print(parsed.output)


def _asked(parsed: argparse.Namespace) -> tuple[list[VettingRequest], Vetting]:
    """What is to be judged, and by what; the trained run is read."""
    from exoval.vetting.vet_list import Vetting

    requests = _requests(parsed)
    if parsed.pages is not None:
        # made first, so that a wrong name ends the command at once
        make_folder(parsed.pages, setting="--pages")
    vetting = Vetting(
        parsed.run,
        _mission(parsed.mission) if parsed.mission else None,
        parsed.classifier,
        parsed.planet_share,
        parsed.events,
        parsed.pages,
        parsed.survey_events,
        parsed.mixture,
        parsed.contrast,
        parsed.neighbours,
        parsed.alarms,
    )
    if parsed.contrast is not None and len({one.target for one in requests}) > 1:
        raise BadParameter(
            f"--contrast is the curve of one star, and {len(requests)} targets are asked for; give "
            "each its own command"
        )
    if parsed.survey_events is None and parsed.table is not None:
        vetting = _with_survey_of_table(vetting, parsed.table)
    return requests, vetting


def _with_survey_of_table(vetting: Vetting, table: Path) -> Vetting:
    """The vetting with the events of a table as those of the survey, if they have depths."""
    from exoval.catalogs.survey_list import read_survey_list

    if not vetting.run.recipe.has_survey:
        return vetting
    try:
        read_survey_list(table)
    except BadTable:
        return vetting
    return replace(vetting, survey_events=table)


def _requests(parsed: argparse.Namespace) -> list[VettingRequest]:
    """The requests of the command line, then those of its table."""
    from exoval.vetting.table_of_requests import read_requests

    requests = [_request(parsed, target) for target in parsed.targets]
    if not requests and parsed.file is not None:
        requests = [_request(parsed, None)]
    if not requests and (parsed.period, parsed.epoch, parsed.duration) != (None, None, None):
        raise BadParameter(
            "--period, --epoch and --duration are those of a target or file on the command line; "
            "give one, or write the ephemerides into the table"
        )
    if parsed.table is not None:
        requests += read_requests(
            parsed.table,
            replace(
                _request(parsed, None),
                files=(),
                period_days=None,
                epoch_days=None,
                duration_hours=None,
            ),
        )
    if not requests:
        raise BadParameter(
            "nothing to judge; give targets such as 'KIC 10666592' or K00002.01, --table or --file"
        )
    return requests


def _request(parsed: argparse.Namespace, target: str | None) -> VettingRequest:
    """The request for one target of the command line."""
    from exoval.vetting.request import VettingRequest

    if parsed.data is not None and not parsed.data.is_dir():
        raise DataNotFound(f"there is no folder {parsed.data}; give another --data")
    request = VettingRequest(
        target,
        tuple(parsed.file or ()),
        parsed.period,
        parsed.epoch,
        parsed.duration,
        _segments(parsed.segments),
        parsed.data,
    )
    # an incomplete or impossible ephemeris is an error of the command line: no target is judged
    if request.is_given and request.impossible:
        raise BadParameter(request.impossible)
    return request


def _mission(name: str) -> Mission:
    """The mission of a yaml file, of conf/mission, or of a function in exoval.missions."""
    from exoval.missions.mission_file import is_mission_file, read_mission
    from exoval.missions.named_mission import default_missions, named_mission

    shipped = _shipped_missions()
    if is_mission_file(name):
        return read_mission(name, others=shipped)
    path = shipped / f"{name}.yaml"
    if path.is_file():
        return read_mission(path)
    try:
        return named_mission(name)
    except BadParameter as error:
        known = {one.name for one in default_missions()} | {
            path.stem for path in shipped.glob("*.yaml")
        }
        raise BadParameter(
            f"no mission named {_with_nearest(name, sorted(known))}; or give the path of a yaml"
        ) from error


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
    # found and not imported: conf is Hydra's, which nothing here needs
    return Path(find_spec("conf").submodule_search_locations[0]) / "mission"


def _segments(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise BadParameter(f"--segments is '{text}'; give numbers such as 1,2,3") from None


if __name__ == "__main__":
    main()
