"""Every yaml composes, builds, and equals what is built by hand."""

import subprocess
import sys
from pathlib import Path

import pytest
from commands import run_command
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from omegaconf import OmegaConf

from exoval.detrend.quietest import Quietest
from exoval.search.box_search import BoxSearch
from simulate.scenarios.planet import Planet

ROOT = Path(__file__).parent.parent
CONF = ROOT / "conf"
#: groups whose choices are lists: each yaml carries its own name as its top key
LISTS = {"scenario", "feature", "classifier"}
#: composed by tests of their own
OTHERS = {"experiment", "tuning"}
APP_OF_GROUP = {"classifier": "train", "calibration": "train", "real": "train"}


def composed(app, *overrides):
    with initialize_config_module("conf", version_base="1.3"):
        return compose(app, list(overrides))


def choices():
    for path in sorted(CONF.glob("*/**/*.yaml")):
        group = path.parent.relative_to(CONF).as_posix()
        if group not in OTHERS:
            yield pytest.param(group, path.stem, id=f"{group}/{path.stem}")


def experiments():
    for path in sorted((CONF / "experiment").glob("*.yaml")):
        app = "train" if "python -m train" in path.read_text() else "simulate"
        yield pytest.param(app, path.stem, id=path.stem)


@pytest.mark.parametrize(("group", "name"), choices())
def test_every_choice_composes_and_builds(group, name):
    app = APP_OF_GROUP.get(group, "simulate")
    config = composed(app, f"{group}=[{name}]" if group in LISTS else f"{group}={name}")
    OmegaConf.resolve(config)
    built = instantiate(config[group], _convert_="all")
    if group in LISTS:
        assert list(built) == [name], "the top key of the yaml is its file name"
        built = built[name]
    assert built is not None or name == "none"


@pytest.mark.parametrize(("app", "name"), experiments())
def test_every_experiment_composes(app, name):
    config = composed(app, f"experiment={name}")
    assert config.output


@pytest.mark.parametrize("app", ["simulate", "train"])
def test_the_defaults_resolve(app):
    overrides = ["labelled_set=somewhere"] if app == "train" else []
    resolved = OmegaConf.to_container(
        composed(app, *overrides), resolve=True, throw_on_missing=True
    )
    assert resolved["output"]


def test_built_from_configuration_equals_built_by_hand():
    config = composed("simulate")
    assert instantiate(config.detrend) == Quietest()
    search = instantiate(config.search)
    assert search == BoxSearch(
        minimum_period_days=0.5, maximum_period_days=30.0, minimum_transits=3, threshold=7.1
    )
    planet = instantiate(config.scenario, _convert_="all")["planet"]
    assert isinstance(planet, Planet)
    assert (planet.minimum_period_days, planet.maximum_period_days) == (0.5, 30.0)


def test_an_override_reaches_the_part():
    config = composed("simulate", "mission.maximum_period_days=12", "detrend.window_days=2.5")
    built = instantiate(config, _convert_="all")
    assert built["search"].maximum_period_days == 12
    assert built["scenario"]["planet"].maximum_period_days == 12
    assert built["detrend"].window_days == 2.5


@pytest.mark.parametrize("app", ["simulate", "train"])
@pytest.mark.parametrize("override", ["detrendd=biweight", "sed=3", "+flavour=strange"])
def test_an_unknown_override_is_a_short_clear_error(app, override, tmp_path):
    labelled = [f"labelled_set={tmp_path}"] if app == "train" else []
    done = run_command(tmp_path, app, override, f"output={tmp_path}", *labelled)
    assert done.returncode != 0
    assert override.strip("+").split("=")[0] in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("app", ["simulate", "train"])
def test_showing_the_configuration_is_quick_and_imports_no_numerics(app):
    code = (
        f"import sys, runpy; sys.argv = ['{app}', '--cfg', 'job', 'output=x'];"
        "\ntry: runpy.run_module(sys.argv[0], run_name='__main__')"
        "\nexcept SystemExit: pass"
        "\nassert not {'torch', 'astropy', 'pandas', 'numba'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "output: x" in done.stdout
