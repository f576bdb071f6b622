"""``python -m exoval plot-event``: one page for one event, without any configuration."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from exoval.errors import BadParameter, DataNotFound, message_instead_of_traceback


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and run the command; a foreseen error is one line and status 2."""
    parsed = _parser().parse_args(arguments)
    with message_instead_of_traceback():
        _plot_event(parsed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m exoval", description=__doc__.split(":")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    plot = commands.add_parser(
        "plot-event", help="draw the page of one event",
        description="Draw light curve, folds, odd and even events, strongest other dip, centroid, "
        "periodogram and features of one event. Without an ephemeris the box search's best event "
        "is drawn.")
    plot.add_argument("target", help="such as 'KIC 10666592'")
    plot.add_argument("--mission", default="kepler", help="file in exoval/missions")
    plot.add_argument("--folder", help="light curves; default $EXOVAL_DATA/light_curves")
    plot.add_argument("--segments", help="quarters or sectors such as 1,2,3; default all")
    plot.add_argument("--period", type=float, metavar="DAYS")
    plot.add_argument("--epoch", type=float, metavar="DAYS",
                      help="mid-event, on the mission's clock (BKJD, BTJD) or BJD")
    plot.add_argument("--duration", type=float, metavar="HOURS", help="first to last contact")
    plot.add_argument("--maximum-period", type=float, metavar="DAYS",
                      help="of the search; default the mission's")
    plot.add_argument("--output", type=Path, metavar="PNG", help="default TARGET.png, here")
    return parser


def _plot_event(parsed: argparse.Namespace) -> None:
    # imported here so that --help does not pay for the numerical libraries
    from exoval.event_page import event_page
    from exoval.missions.library import open_library
    from exoval.missions.named_mission import named_mission
    from exoval.plot_event import plot_event
    from exoval.search.box_search import BoxSearch

    mission = named_mission(parsed.mission)
    ephemeris = _ephemeris(parsed, mission.time_zero)
    segments = _segments(parsed.segments)
    search = BoxSearch(mission.minimum_period_days, mission.maximum_period_days)
    if parsed.maximum_period is not None:
        search = replace(search, maximum_period_days=parsed.maximum_period)
    library = open_library(mission, parsed.folder)
    light_curve, star = library.read(parsed.target, segments), library.star(parsed.target)
    page = event_page(light_curve, star, ephemeris, search, time_zero=mission.time_zero)
    output = parsed.output or Path(f"{parsed.target.replace(' ', '_')}.png")
    try:
        plot_event(page).savefig(output, dpi=100)
    except (OSError, ValueError) as error:
        raise DataNotFound(f"cannot write {output} ({error}); choose another --output") from error
    print(output)


def _ephemeris(parsed: argparse.Namespace, time_zero: float) -> object:
    """The given ephemeris in days on the mission's clock, or None.

    Raises BadParameter if only a part is given.
    """
    from exoval.ephemeris import Ephemeris

    given = {"--period": parsed.period, "--epoch": parsed.epoch, "--duration": parsed.duration}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) == len(given):
        return None
    if missing:
        raise BadParameter(f"{', '.join(missing)} missing; give --period, --epoch and --duration, "
                           "or none of them to have the light curve searched")
    # a Julian date cannot be a mission's own time, which starts near its launch
    epoch = parsed.epoch - time_zero if parsed.epoch > 2e6 else parsed.epoch
    return Ephemeris(parsed.period, epoch, parsed.duration / 24)


def _segments(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise BadParameter(f"--segments {text}; give numbers such as 1,2,3") from None


if __name__ == "__main__":
    main()
