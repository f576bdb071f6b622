"""``python -m train``: train and judge classifiers; the one file of this app with configuration."""

from __future__ import annotations

import inspect
import sys
import time
from pathlib import Path

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from exoval.allow_list import task_named
from exoval.build import build, check_settings
from exoval.data_folder import data_folder, data_from
from exoval.errors import BadParameter, message_instead_of_traceback
from exoval.missions.mission_file import mission_files
from exoval.running.output_path import check_overrides


@hydra.main(config_path="pkg://conf", config_name="train", version_base="1.3")
def main(config: DictConfig) -> float | None:
    """Resolve the whole configuration, build its parts and run.

    Returns the log-loss on held-out stars that are not test stars, so that a sweeper may choose
    by it.
    """
    with message_instead_of_traceback():
        settings = _resolved(config)
        # imported here so that --cfg job and --help do not pay for torch and scikit-learn
        from train.run import run

        task = task_named(settings["task"])
        known = set(inspect.signature(run).parameters)
        wanted = set(inspect.signature(task).parameters)
        _reject_unknown(settings, known | wanted | {"task", "data", "search_space"})
        check_settings(settings.get("mission"))
        arguments = _built(settings)
        if arguments.get("mission") is not None and "mission" not in wanted:
            raise BadParameter(f"task={settings['task']} takes no mission; leave mission=... out")
        # real=none is an empty yaml, which arrives here as an empty dict
        arguments["real"] = arguments.get("real") or None
        if arguments.get("tuning") is not None and "tuning" not in wanted:
            raise BadParameter(f"task={settings['task']} takes no tuning; leave tuning=... out")
        if HydraConfig.get().mode == RunMode.MULTIRUN:
            arguments["output"] = HydraConfig.get().runtime.output_dir
            settings["overrides"] = list(HydraConfig.get().overrides.task)
        arguments |= {"settings": settings}
        with data_from(settings["data"]):
            data_folder()  # one that does not exist ends the command before anything is fitted
            metrics = task(**{name: arguments[name] for name in wanted if name in arguments})
        _summary(metrics, arguments["output"])
        return metrics.get("held_back_log_loss")


def take_mission_files() -> None:
    """Register ``mission=/path/to/mine.yaml`` as a choice of Hydra."""
    with message_instead_of_traceback():
        check_overrides(sys.argv[1:])
        sys.argv[1:], files = mission_files(sys.argv[1:])
    for name, settings in files.items():
        ConfigStore.instance().store(name=name, group="mission", node=settings)


class CompareJobs(Callback):
    """A callback of Hydra that compares the jobs of a sweep after the last one."""

    def __init__(self) -> None:
        self.start = 0.0

    def on_multirun_start(self, config: DictConfig, **_: object) -> None:
        """Record the time: older metrics belong to another sweep."""
        self.start = time.time()

    def on_multirun_end(self, config: DictConfig, **_: object) -> None:
        """Write one table and one figure into the folder of the sweep."""
        from train.report.sweep import compare_jobs

        compare_jobs(Path(config.hydra.sweep.dir), self.start)


def _resolved(config: DictConfig) -> dict:
    """The settings as plain values; BadParameter if one is missing."""
    try:
        return OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        key = getattr(error, "full_key", None) or "a setting"
        raise BadParameter(
            f"{key} has no usable value ({str(error).splitlines()[0]}); give "
            f"{key}=... on the command line"
        ) from error


def _reject_unknown(settings: dict, known: set[str]) -> None:
    """Raise BadParameter for a setting that the task does not take."""
    known = known - {"settings"}
    unknown = sorted(set(settings) - known)
    if unknown:
        raise BadParameter(
            f"unknown setting {', '.join(unknown)}; train takes {', '.join(sorted(known))}"
        )


def _built(settings: dict) -> dict:
    """The objects that the settings describe, by the name of the setting."""
    if "classifier" in settings["classifier"]:
        raise BadParameter(
            "a yaml of conf/classifier with the key classifier: needs '# @package _global_' as its "
            "first line"
        )
    for name, node in settings["classifier"].items():
        if "_target_" not in node:
            raise BadParameter(
                f"classifier.{name} has settings but is not chosen; add it to "
                "classifier=[...] or remove the settings"
            )
    return {name: build(value, name) for name, value in settings.items()}


def _summary(metrics: dict, output: str) -> None:
    """Print the verdict and the output folder."""
    print("\n" + "\n".join(metrics["verdict"]))
    host = metrics.get("host", {})
    if host.get("warning"):
        print(f"{host.get('kind', 'unknown').upper()} HOSTS: {host['warning']}")
    print(f"{metrics['seconds']:.0f} s -> {output}")


if __name__ == "__main__":
    take_mission_files()
    sys.exit(main())
