"""``python -m simulate``: make, examine and join labelled sets.

It is the one file of this app with configuration.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from exoval.build import build, check_settings
from exoval.data_folder import data_folder, data_from
from exoval.errors import BadParameter, message_instead_of_traceback
from exoval.missions.mission_file import mission_files
from exoval.running.output_path import check_overrides

log = logging.getLogger("simulate")

#: exit status of verify where a file differs
NOT_WHOLE = 3
#: first arguments that are no settings
COMMANDS = ("status", "merge", "verify", "propose")


def main() -> None:
    """Run a command on labelled sets if the first argument names one; otherwise make a set."""
    if sys.argv[1:2] and sys.argv[1] in COMMANDS:
        parsed = parser().parse_args(sys.argv[1:])
        with message_instead_of_traceback():
            parsed.command(parsed)
    else:
        make_set()


def parser() -> argparse.ArgumentParser:
    """The command line of everything but the making of a set, which is Hydra's."""
    made = argparse.ArgumentParser(prog="python -m simulate")
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    status = commands.add_parser(
        "status",
        help="how far runs are",
        description="Print, for every scenario, how many batches and systems are done, failed and "
        "left, the rate and the time left. Nothing in the folders is changed.",
    )
    status.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="output=DIR of a run")
    status.set_defaults(command=_status)
    merge = commands.add_parser(
        "merge",
        help="join finished labelled sets",
        description="Join finished labelled sets that differ in seed, number of systems and "
        "scenarios alone. With several seeds the names of events begin with theirs, such as "
        "seed3-planet-0000017.",
    )
    merge.add_argument("output", type=Path, metavar="OUT", help="new folder, or an earlier merge")
    merge.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="a labelled set")
    merge.set_defaults(command=_merge)
    verify = commands.add_parser(
        "verify",
        help="are labelled sets whole",
        description="Compare every file of labelled sets, their shards among them, with its "
        "checksum; exit status 3 if one differs.",
    )
    verify.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="a labelled set")
    verify.set_defaults(command=_verify)
    propose = commands.add_parser(
        "propose",
        help="learn which draws are worth a search",
        description="Learn from a labelled set, and a run trained on it, which draws end near the "
        "decision, and write a proposal to FILE. A further set simulated with proposal=FILE and "
        "another seed searches mostly those; join the two with merge.",
    )
    propose.add_argument("labelled_set", type=Path, metavar="SET", help="a labelled set")
    propose.add_argument("run", type=Path, metavar="RUN", help="a run trained on it")
    propose.add_argument("file", type=Path, metavar="FILE", help="where to write the proposal")
    propose.add_argument(
        "--share", type=float, default=0.1, help="share of visible draws to search; default: 0.1"
    )
    propose.set_defaults(command=_propose)
    return made


def _status(parsed: argparse.Namespace) -> None:
    from simulate.status import status_of, status_table

    print("\n\n".join(status_table(folder, status_of(folder)) for folder in parsed.folders))


def _merge(parsed: argparse.Namespace) -> None:
    from simulate.merge import merge_sets

    manifest = merge_sets(parsed.output, parsed.folders)
    _summary(manifest, str(parsed.output))


def _verify(parsed: argparse.Namespace) -> None:
    from exoval.verify import print_verification

    if not print_verification(parsed.folders):
        raise SystemExit(NOT_WHOLE)


def _propose(parsed: argparse.Namespace) -> None:
    from simulate.propose import expectation_table, propose, save_proposal

    proposal, expected = propose(parsed.labelled_set, parsed.run, share=parsed.share)
    save_proposal(proposal, parsed.file)
    print(expectation_table(expected))
    print(f"python -m simulate ... seed=OTHER proposal={parsed.file} draws with it")


@hydra.main(config_path="pkg://conf", config_name="simulate", version_base="1.3")
def make_set(config: DictConfig) -> None:
    """Resolve the whole configuration, build its parts and run."""
    with message_instead_of_traceback():
        # imported here so that --cfg job and --help do not pay for the numerical libraries
        from simulate.run import run

        with data_from(config.data):
            data_folder()  # one that does not exist ends the command before noise is made up
            settings, arguments = _build(config)
            try:
                manifest = run(**arguments, settings=settings)
            except TypeError as error:
                if "unexpected keyword" not in str(error):
                    raise
                raise BadParameter(
                    f"{error}; python -m simulate --cfg job lists the settings"
                ) from error
        _summary(manifest, arguments["output"])
        if all(row["failed"] and not row["drawn"] for row in manifest["counts"].values()):
            print(
                "error: every example failed, for the reasons above; fix the first of them",
                file=sys.stderr,
            )
            raise SystemExit(1)


def take_mission_files() -> None:
    """Register ``mission=/path/to/mine.yaml`` as a choice of Hydra."""
    with message_instead_of_traceback():
        check_overrides(sys.argv[1:])
        sys.argv[1:], files = mission_files(sys.argv[1:])
    for name, settings in files.items():
        ConfigStore.instance().store(name=name, group="mission", node=settings)


def _build(config: DictConfig) -> tuple[dict, dict]:
    """The resolved settings as plain values, and the objects they describe."""
    hydra_config = HydraConfig.get()
    try:
        # first, since all other settings refer to the mission
        check_settings(OmegaConf.to_container(config.mission))
        settings = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
        arguments = {name: build(value, name) for name, value in settings.items()}
    except (BadParameter, OmegaConfBaseException) as error:
        reason = str(error).splitlines()[0]
        raise BadParameter(
            f"configuration: {reason}; python -m simulate --cfg job shows it"
        ) from error
    if hydra_config.mode == RunMode.MULTIRUN:
        arguments["output"] = hydra_config.runtime.output_dir
    del arguments["data"]
    return settings, arguments


def _summary(manifest: dict, output: str) -> None:
    header = ["drawn", "visible", "recovered", "kept", "failed"]
    print(f"\n{'scenario':22s}" + "".join(f"{name:>11s}" for name in [*header, "effective"]))
    for scenario, row in manifest["counts"].items():
        size = manifest["effective_sample_size"].get(scenario, {}).get("effective")
        # a scenario whose events have another one's label is counted there
        effective = "" if size is None and row["kept"] else f"{size or 0.0:.1f}"
        print(
            f"{scenario:22s}" + "".join(f"{row[name]:11d}" for name in header) + f"{effective:>11s}"
        )
    passed = [
        f"{scenario} {row['passed_over']}"
        for scenario, row in manifest["counts"].items()
        if row.get("passed_over")
    ]
    if passed:
        print(f"visible and passed over by the proposal: {', '.join(passed)}")
    for failure in manifest["failures"]:
        print(f"  {failure['count']} x {failure['stage']}: {failure['reason']}")
    if manifest["host"].get("warning"):
        print(f"{manifest['host']['kind'].upper()} HOSTS: {manifest['host']['warning']}")
    print(f"{manifest['kept']} events in {manifest['seconds']:.0f} s -> {output}")


if __name__ == "__main__":
    take_mission_files()
    sys.exit(main())
