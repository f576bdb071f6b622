"""Names and numbers; ``feature=[all]`` and ``scenario=[all]`` are every yaml of their folder.

A yaml whose first line begins with ``# on request`` is not in ``[all]`` but is named beside it.
"""

from pathlib import Path

from hydra.core.config_store import ConfigStore

for _group in ("feature", "scenario"):
    _paths = sorted(Path(__file__).with_name(_group).glob("*.yaml"))
    _names = [path.stem for path in _paths if not path.read_text().startswith("# on request")]
    ConfigStore.instance().store(group=_group, name="all", node={"defaults": _names})
