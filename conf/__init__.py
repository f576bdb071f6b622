"""Names and numbers; ``feature=[all]`` and ``scenario=[all]`` are every yaml of their folder."""

from pathlib import Path

from hydra.core.config_store import ConfigStore

for _group in ("feature", "scenario"):
    _names = sorted(path.stem for path in Path(__file__).with_name(_group).glob("*.yaml"))
    ConfigStore.instance().store(group=_group, name="all", node={"defaults": _names})
