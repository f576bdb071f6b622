"""``python -m exoval``: vet events with a trained model, draw the page of one; no configuration."""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from exoval.errors import BadParameter, DataNotFound, ExovalError, message_instead_of_traceback

if TYPE_CHECKING:
    from exoval.ephemeris import Ephemeris
    from exoval.event import TransitEvent
    from exoval.lightcurve import LightCurve
    from exoval.missions.mission import Mission
    from exoval.star import Star
    from exoval.trained_run import TrainedRun
    from exoval.vet import Vetted

#: whose stars and signals are named so; all others are Kepler's unless --mission says otherwise
MISSION_OF = {"TIC": "tess", "TOI": "tess", "EPIC": "k2"}


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and run the command; a foreseen error is one line and status 2."""
    parsed = _parser().parse_args(arguments)
    with message_instead_of_traceback(), _data_folder(parsed.data):
        parsed.command(parsed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m exoval", description=__doc__.split(":")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    plot = commands.add_parser(
        "plot-event", help="draw the page of one event",
        description="Draw light curve, folds, odd and even events, strongest other dip, centroid, "
        "periodogram and features of one event. Without an ephemeris or a catalogue's name the "
        "best event of a search is drawn.")
    plot.add_argument("target", nargs="?", help="a star such as 'KIC 10666592' or a catalogued "
                      "signal such as K00002.01 or 'TIC 11491822.01'")
    _add_light_curve(plot)
    plot.add_argument("--maximum-period", type=float, metavar="DAYS",
                      help="of the search; default the mission's")
    plot.add_argument("--output", type=Path, metavar="PNG", help="default TARGET.png, here; "
                      "any ending that matplotlib knows")
    plot.add_argument("--features", type=Path, metavar="CSV", help="write the features too, as "
                      "CSV or JSON by the name's ending")
    plot.set_defaults(command=_plot_event)
    _add_vet(commands)
    return parser


def _add_vet(commands: argparse._SubParsersAction) -> None:
    vet = commands.add_parser(
        "vet", help="judge events with a trained model",
        description="Say how probable every scenario is for events of real light curves, with "
        "errors and what stands against the numbers. A catalogued signal is judged at its "
        "catalogue's ephemeris, the star's other signals cut out; a star has its light curve "
        "searched.")
    vet.add_argument("run", type=Path, help="output folder of python -m train")
    vet.add_argument("targets", nargs="*", metavar="TARGET", help="stars such as "
                     "'KIC 10666592' and catalogued signals such as K00002.01")
    _add_light_curve(vet)
    vet.add_argument("--events", type=int, default=1, metavar="N",
                     help="at most so many of a star that is searched; default 1")
    vet.add_argument("--classifier", help="of the run; default the one that leads it")
    vet.add_argument("--planet-share", type=float, metavar="SHARE", help="of all events in your "
                     "survey; default that of the simulation")
    vet.add_argument("--output", type=Path, metavar="CSV", default=Path("vetted.csv"),
                     help="default vetted.csv, here")
    vet.add_argument("--pages", type=Path, metavar="DIR", help="draw the page of every event")
    vet.set_defaults(command=_vet)


def _add_light_curve(command: argparse.ArgumentParser) -> None:
    """Which light curve, and which event of it."""
    command.add_argument("--file", nargs="+", metavar="FILE", help="light curves to read instead, "
                         "of any kind that the mission reads")
    command.add_argument("--data", "--folder", metavar="DIR", type=Path, help="light curves, or "
                         "the folder with light_curves/ and tables/; default $EXOVAL_DATA")
    command.add_argument("--mission", help="name of a mission, or the path of a yaml that "
                         "describes one; default by the target's name or, to vet, the model's")
    command.add_argument("--segments", help="quarters or sectors such as 1,2,3; default all")
    command.add_argument("--period", type=float, metavar="DAYS")
    command.add_argument("--epoch", type=float, metavar="DAYS",
                         help="mid-event, on the mission's clock (BKJD, BTJD) or BJD")
    command.add_argument("--duration", type=float, metavar="HOURS", help="first to last contact")


@contextmanager
def _data_folder(folder: Path | None) -> Iterator[None]:
    """Let a folder with light_curves/ or tables/ stand for EXOVAL_DATA meanwhile."""
    before = os.environ.get("EXOVAL_DATA")
    if folder is not None and any((folder / part).is_dir() for part in ("light_curves", "tables")):
        os.environ["EXOVAL_DATA"] = str(folder)
    try:
        yield
    finally:
        os.environ.pop("EXOVAL_DATA", None)
        os.environ.update({} if before is None else {"EXOVAL_DATA": before})


def _plot_event(parsed: argparse.Namespace) -> None:
    # imported here so that --help does not pay for the numerical libraries
    from exoval.event_page import event_page
    from exoval.feature_file import write_features
    from exoval.plot_event import plot_event
    from exoval.search.box_search import BoxSearch

    if parsed.target is None and parsed.file is None:
        raise BadParameter("nothing to draw; give a target such as 'KIC 10666592', or --file")
    start = re.match("[A-Z]*", (parsed.target or "").strip().upper())[0]
    mission = _mission(parsed.mission or MISSION_OF.get(start, "kepler"))
    event, target = _event(parsed, mission)
    search = BoxSearch(mission.minimum_period_days, mission.maximum_period_days)
    if parsed.maximum_period is not None:
        search = replace(search, maximum_period_days=parsed.maximum_period)
    light_curve, star = _light_curve(parsed, mission, target)
    page = event_page(light_curve, star, event, search, time_zero=mission.time_zero)
    output = parsed.output or Path(f"{light_curve.target.replace(' ', '_')}.png")
    try:
        plot_event(page).savefig(output, dpi=100)
    except (OSError, ValueError) as error:
        raise DataNotFound(f"cannot write {output} ({error}); choose another --output") from error
    print(output)
    if parsed.features is not None:
        write_features(page, parsed.features)
        print(parsed.features)


def _vet(parsed: argparse.Namespace) -> None:
    # imported here so that --help does not pay for torch and scikit-learn
    import pandas as pd

    from exoval.progress import progress
    from exoval.trained_run import load_trained_run

    if not parsed.targets and parsed.file is None:
        raise BadParameter("nothing to judge; give targets such as 'KIC 10666592' or K00002.01, "
                           "or --file")
    if parsed.events < 1:
        raise BadParameter(f"--events {parsed.events}; give 1 or more")
    run = load_trained_run(parsed.run, _mission(parsed.mission) if parsed.mission else None)
    run = run.choose(parsed.classifier) if parsed.classifier else run
    targets, rows = parsed.targets or [None], []
    for target in progress(targets, len(targets), "vet"):
        one = argparse.Namespace(**vars(parsed) | {"target": target})
        for row in _vetted_rows(one, run):
            rows.append(row)
            # after every event, so that an interruption loses none
            try:
                pd.DataFrame(rows).to_csv(parsed.output, index=False)
            except OSError as error:
                raise DataNotFound(f"cannot write {parsed.output} ({error.strerror}); choose "
                                   "another --output") from error
    judged = sum(1 for row in rows if not row.get("failed"))
    print(f"{judged} events judged, {len(rows) - judged} targets failed -> {parsed.output}")
    if not judged:
        raise DataNotFound(f"nothing could be judged: {rows[0]['failed']}")


def _vetted_rows(parsed: argparse.Namespace, run: TrainedRun) -> Iterator[dict]:
    """The rows of one target's events; one with the reason if it fails."""
    from exoval.vet import vet

    try:
        mission = run.measured_by.mission
        event, target = _event(parsed, mission)
        light_curve, star = _light_curve(parsed, mission, target)
        events = [event] if event else _searched(light_curve, star, run, parsed.events)
        named = parsed.target if event and event.source.endswith(")") else None
        known = _others(parsed.target, event, mission) if named else []
        for number, one in enumerate(events):
            others = known or [other.ephemeris for other in events if other is not one]
            name = named or f"{light_curve.target} {number + 1}"
            vetted = vet(run, light_curve, star, one, name, others, parsed.planet_share)
            print(_sentence(vetted), flush=True)
            if parsed.pages is not None:
                _page_of(vetted, run, parsed.pages)
            yield vetted.row() | {"failed": ""}
    except ExovalError as error:
        print(f"{parsed.target or parsed.file[0]}: {error}", file=sys.stderr)
        yield {"event": parsed.target or parsed.file[0], "failed": str(error)}


def _searched(light_curve: LightCurve, star: Star, run: TrainedRun, count: int
              ) -> list[TransitEvent]:
    """The events that the model's own search finds."""
    from exoval.search.search_again import search_again

    found = search_again(run.search, run.measured_by.detrend(light_curve), star, count)
    if not found:
        raise DataNotFound(f"the search finds nothing above {run.measured_by.threshold:g} sigma; "
                           "give --period, --epoch and --duration")
    return found


def _others(name: str, event: TransitEvent, mission: Mission) -> list[Ephemeris]:
    """What else catalogues list of a signal's star, at other periods."""
    from exoval.catalogs.known_signals import CATALOGS, stars_with_known_signals
    from exoval.catalogs.named_signal import named_signal

    signal = named_signal(name, mission.target_prefix)
    known = stars_with_known_signals(CATALOGS.get(mission.target_prefix, ()))
    aliases = [ratio * event.ephemeris.period for ratio in (0.5, 1, 2)]
    return [other.ephemeris for other in known.get(signal.target, ())
            if min(abs(other.ephemeris.period / period - 1) for period in aliases) > 1e-3]


def _sentence(vetted: Vetted) -> str:
    """What came out of one event, in lines for people."""
    ephemeris = vetted.event.ephemeris
    return "\n  ".join([
        f"{vetted.name}: period {ephemeris.period:.6g} d, depth {1e6 * vetted.event.depth:,.0f} "
        f"ppm, {vetted.event.signal_to_noise:.1f} sigma", *_answers(vetted)])


def _answers(vetted: Vetted) -> list[str]:
    """The most probable scenarios, and what stands against the numbers."""
    ranked = sorted(vetted.probability, key=vetted.probability.get, reverse=True)
    lines = []
    for name in [*ranked[:3], *(("planet",) if "planet" not in ranked[:3] else ())]:
        error = vetted.error[name]
        spread = f" +- {error:.4f}" if math.isfinite(error) else ""
        lines.append(f"{name:22}{vetted.probability[name]:.4f}{spread}")
    return lines + [f"! {caveat}" for caveat in vetted.caveats]


def _page_of(vetted: Vetted, run: TrainedRun, folder: Path) -> None:
    """The page of a judged event, named after it."""
    from exoval.event_page import event_page
    from exoval.plot_event import plot_event
    from exoval.search.box_search import BoxSearch

    method, raw = run.measured_by, vetted.folded.undetrended
    search = run.search if isinstance(run.search, BoxSearch) else None
    page = event_page(raw, vetted.folded.star, vetted.event, search, method.detrend,
                      method.features, method.mission.time_zero)
    figure = plot_event(page)
    # beside the title, which is narrower than four fifths of the page
    lines = [part for line in _answers(vetted)
             for part in textwrap.wrap(line, 42, subsequent_indent="  ", break_long_words=False)]
    figure.text(0.79, 0.995, "\n".join(lines), va="top", fontsize=8.5, family="monospace")
    path = folder / f"{vetted.name.replace(' ', '_')}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=100)
    except (OSError, ValueError) as error:
        raise DataNotFound(f"cannot write {path} ({error}); choose another --pages") from error


def _mission(name: str) -> Mission:
    """The mission of a yaml, of one of conf/mission, or of a function of exoval.missions."""
    from exoval.missions.mission_file import is_mission_file, read_mission
    from exoval.missions.named_mission import named_mission

    shipped = Path(str(resources.files("conf"))) / "mission"
    if is_mission_file(name):
        return read_mission(name, shipped)
    path = shipped / f"{name}.yaml"
    return read_mission(path) if path.is_file() else named_mission(name)


def _event(parsed: argparse.Namespace, mission: Mission) -> tuple[TransitEvent | None, str | None]:
    """The event and the star that the command line names; None for what it leaves open.

    An ephemeris that is given goes before that of a catalogue.
    """
    from exoval.catalogs.known_signals import CATALOGS
    from exoval.catalogs.named_signal import named_signal
    from exoval.event import TransitEvent

    event, target = _given_event(parsed, mission.time_zero), parsed.target
    if target is None:
        return event, None
    prefix = mission.target_prefix
    star = re.fullmatch(rf"(?:{prefix})?[\s_-]*0*(\d+)", target.strip(), re.IGNORECASE)
    if star:
        return event, f"{prefix} {int(star[1])}"
    if prefix not in CATALOGS:
        return event, target.strip()
    if re.fullmatch(r"[A-Za-z]{3}\s*\d+", target.strip()):
        raise DataNotFound(f"'{target}' is no target of {mission.name}, whose stars are written "
                           f"'{prefix} 1234567'; choose another --mission")
    signal = named_signal(target, prefix)
    named = TransitEvent(signal.ephemeris, source=f"{signal.name} in {signal.provenance} "
                                                  f"({signal.label})")
    return event or named, signal.target


def _given_event(parsed: argparse.Namespace, time_zero: float) -> TransitEvent | None:
    """The given ephemeris in days on the mission's clock, or None.

    Raises BadParameter if only a part is given.
    """
    from exoval.ephemeris import Ephemeris
    from exoval.event import TransitEvent

    given = {"--period": parsed.period, "--epoch": parsed.epoch, "--duration": parsed.duration}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) == len(given):
        return None
    if missing:
        raise BadParameter(f"{', '.join(missing)} missing; give --period, --epoch and --duration, "
                           "or none of them to have the light curve searched")
    # a Julian date cannot be a mission's own time, which starts near its launch
    epoch = parsed.epoch - time_zero if parsed.epoch > 2e6 else parsed.epoch
    return TransitEvent(Ephemeris(parsed.period, epoch, parsed.duration / 24), source="as given")


def _light_curve(parsed: argparse.Namespace, mission: Mission, target: str | None
                 ) -> tuple[LightCurve, Star]:
    """The light curve of the files given, or else of the target's in the library; its star."""
    from exoval.missions.library import open_library

    if parsed.file is None:
        data = parsed.data
        inside = data is not None and (data / "light_curves").is_dir()
        library = open_library(mission, data / "light_curves" if inside else data)
        return library.read(target, _segments(parsed.segments)), library.star(target)
    light_curve, star = _read_files(parsed.file, mission)
    if target is not None and light_curve.target != target:
        raise BadParameter(f"{parsed.file[0]} shows {light_curve.target} and not {target}; "
                           "leave the target out or give another --file")
    return light_curve, star


def _read_files(paths: list[str], mission: Mission) -> tuple[LightCurve, Star]:
    from exoval.errors import BadLightCurve
    from exoval.lightcurve import stitch
    from exoval.star import Star

    light_curve = stitch([mission.read(path) for path in paths])
    try:
        return light_curve, mission.read_star(paths[-1])
    except BadLightCurve:
        # a file of another maker says nothing of the star
        return light_curve, Star(light_curve.target)


def _segments(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise BadParameter(f"--segments {text}; give numbers such as 1,2,3") from None


if __name__ == "__main__":
    main()
