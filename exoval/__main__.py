"""``python -m exoval plot-event``: one page for one event, without any configuration."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from exoval.errors import BadParameter, DataNotFound, message_instead_of_traceback

if TYPE_CHECKING:
    from exoval.event import TransitEvent
    from exoval.lightcurve import LightCurve
    from exoval.missions.mission import Mission
    from exoval.star import Star

#: whose stars and signals are named so; all others are Kepler's unless --mission says otherwise
MISSION_OF = {"TIC": "tess", "TOI": "tess", "EPIC": "k2"}


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and run the command; a foreseen error is one line and status 2."""
    parsed = _parser().parse_args(arguments)
    with message_instead_of_traceback(), _data_folder(parsed.data):
        _plot_event(parsed)


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
    plot.add_argument("--file", nargs="+", metavar="FILE", help="light curves to read instead, "
                      "of any kind that the mission reads")
    plot.add_argument("--data", "--folder", metavar="DIR", type=Path, help="light curves, or the "
                      "folder with light_curves/ and tables/; default $EXOVAL_DATA")
    plot.add_argument("--mission", help="name of a mission, or the path of a yaml that "
                      "describes one; default by the target's name")
    plot.add_argument("--segments", help="quarters or sectors such as 1,2,3; default all")
    plot.add_argument("--period", type=float, metavar="DAYS")
    plot.add_argument("--epoch", type=float, metavar="DAYS",
                      help="mid-event, on the mission's clock (BKJD, BTJD) or BJD")
    plot.add_argument("--duration", type=float, metavar="HOURS", help="first to last contact")
    plot.add_argument("--maximum-period", type=float, metavar="DAYS",
                      help="of the search; default the mission's")
    plot.add_argument("--output", type=Path, metavar="PNG", help="default TARGET.png, here; "
                      "any ending that matplotlib knows")
    plot.add_argument("--features", type=Path, metavar="CSV", help="write the features too, as "
                      "CSV or JSON by the name's ending")
    return parser


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
