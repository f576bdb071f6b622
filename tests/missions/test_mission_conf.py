from dataclasses import replace
from pathlib import Path

import pytest
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from omegaconf import OmegaConf

import conf
from exoval.missions.k2 import k2
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess
from exoval.missions.tess_ffi import tess_ffi
from exoval.noise.procedural_noise import ProceduralNoise
from exoval.populations.target_stars import TargetStars

#: functions of exoval.missions and the yaml that each is built from
YAMLS = {kepler: "kepler", k2: "k2", tess: "tess_120s", tess_ffi: "tess_ffi"}


def as_read(mission):
    """What matters to light curves that are there, without what makes them up."""
    return replace(mission, noise=ProceduralNoise(processes={}), targets=TargetStars())


@pytest.mark.parametrize("build", YAMLS)
def test_the_yaml_builds_what_the_function_builds(build):
    path = Path(conf.__file__).parent / "mission" / f"{YAMLS[build]}.yaml"
    built = instantiate(OmegaConf.load(path), _convert_="all")
    assert as_read(built) == as_read(build())
    assert built.noise != build().noise, "the yaml says what a mission's noise is"
    assert type(built.quality_bits) is tuple


def test_tess_is_another_name_of_its_two_minute_cadence():
    with initialize_config_module("conf", version_base="1.3"):
        one, other = (
            instantiate(compose("simulate", [f"mission={name}"]).mission, _convert_="all")
            for name in ("tess", "tess_120s")
        )
    assert one == other


def test_the_template_explains_every_knob():
    """Every argument of what it builds is there, each line with its comment or a group's."""
    path = Path(conf.__file__).parent / "mission" / "template.yaml"
    text, config = path.read_text(), OmegaConf.to_container(OmegaConf.load(path))
    built = instantiate(OmegaConf.load(path), _convert_="all")
    given = set(config["noise"]["schedule"]) - {"_target_"}
    assert given == set(built.noise.schedule.__dataclass_fields__)
    for name, process in built.noise.processes.items():
        known = set(process.__dataclass_fields__)
        assert set(config["noise"]["processes"][name]) - {"_target_"} == known, name
    assert set(config["noise"]["white"]) - {"_target_"} == set(
        built.noise.white.__dataclass_fields__
    )
    assert set(config["noise"]["centroid"]) - {"_target_"} == set(
        built.noise.centroid.__dataclass_fields__
    )
    assert set(config["targets"]) - {"_target_"} == set(built.targets.__dataclass_fields__) - {
        "galaxy"
    }
    assert text.count("#") > 60
