"""``python -m simulate.plot_system``: draw one system of every scenario."""

from __future__ import annotations

import sys

import hydra
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from exoval.build import build
from exoval.errors import BadParameter, message_instead_of_traceback
from simulate.__main__ import take_mission_files


@hydra.main(config_path="pkg://conf", config_name="plot_system", version_base="1.3")
def main(config: DictConfig) -> None:
    """Build the scenarios and draw them."""
    with message_instead_of_traceback():
        # imported here so that --cfg job does not pay for the numerical libraries
        from simulate.plot_system.draw import draw_and_plot

        try:
            settings = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
            arguments = {name: build(value, name) for name, value in settings.items()}
        except (BadParameter, OmegaConfBaseException) as error:
            reason = str(error).splitlines()[0]
            raise BadParameter(
                f"configuration: {reason}; python -m simulate.plot_system --cfg job shows it"
            ) from error
        draw_and_plot(**arguments)


if __name__ == "__main__":
    take_mission_files()
    sys.exit(main())
