from pathlib import Path

import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf

import conf
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess


@pytest.mark.parametrize("build", [kepler, tess])
def test_the_yaml_builds_what_the_function_builds(build):
    path = Path(conf.__file__).parent / "mission" / f"{build.__name__}.yaml"
    assert instantiate(OmegaConf.load(path), _convert_="all") == build()
    # without _convert_ lists arrive as ListConfig; they must not stay inside the mission
    assert instantiate(OmegaConf.load(path)) == build()
    assert type(instantiate(OmegaConf.load(path)).quality_bits) is tuple
