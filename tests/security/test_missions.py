"""A stranger's mission runs nothing, whichever command reads it."""

import json

import pytest
from commands import run_command
from payloads import mark, ways

from exoval.errors import BadParameter
from exoval.missions.mission_file import mission_files, read_mission

__all__ = ["mark"]
LEAST = {
    "band": "kepler",
    "exposure_seconds": 600,
    "pixel_scale_arcsec": 4,
    "blend_radius_arcsec": 4,
    "minimum_period_days": 1,
    "maximum_period_days": 9,
}
#: where a payload may stand
PLACES = {
    "instead of the mission": lambda made: made,
    "as its name": lambda made: LEAST | {"name": made},
    "as its noise": lambda made: LEAST | {"noise": made},
    "as a process of its noise": lambda made: LEAST | {"noise": {"processes": {"red": made}}},
    "in a list": lambda made: LEAST | {"name_prefixes": [made]},
}


def written(folder, settings):
    # a file of JSON is one of YAML
    path = folder / "stranger.yaml"
    path.write_text(json.dumps(settings))
    return path


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("make", ways())
def test_it_names_no_code(make, place, mark, tmp_path):
    with pytest.raises(BadParameter):
        read_mission(written(tmp_path, place(make(str(mark)))))
    assert not mark.exists()


@pytest.mark.parametrize("app", ["simulate", "train", "plot-event", "vet"])
@pytest.mark.parametrize("place", ["as its name", "as its noise"])
def test_every_command_refuses_it_in_one_line(app, place, mark, tmp_path):
    settings = PLACES[place]({"_target_": "os.mkdir", "path": str(mark)})
    path = written(tmp_path, settings)
    if app in ("simulate", "train"):
        arguments = [f"mission={path}", "output=out"]
        arguments += ["labelled_set=set"] if app == "train" else ["host=procedural", "n_systems=1"]
    else:
        arguments = [app, *(["run"] if app == "vet" else []), "KIC 1", "--mission", str(path)]
    done = run_command(tmp_path, app if len(arguments[0]) > 12 else "exoval", *arguments)
    assert done.returncode == 2
    refused = ("may not name 'os.mkdir'", "name={'_target_': 'os.mkdir'")
    assert any(words in done.stderr for words in refused) and done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert not mark.exists()


@pytest.mark.parametrize(
    "text",
    [
        "${oc.create:'{_target_: os.mkdir, path: MARK}'}",
        "${oc.env:HOME}",
        "${hydra:runtime.cwd}",
        "${mission.band}",
    ],
)
def test_it_refers_to_nothing_outside_itself(text, mark, tmp_path):
    path = written(tmp_path, LEAST | {"name": text.replace("MARK", str(mark))})
    for read in (read_mission, lambda one: mission_files([f"mission={one}"])):
        with pytest.raises(BadParameter, match="refers to other settings"):
            read(path)
    assert not mark.exists()


@pytest.mark.parametrize(
    "defaults",
    [
        [{"/mission@hydra.callbacks.x": "stranger_file"}],
        [{"override /hydra/launcher": "x"}],
        ["../../stranger"],
        ["/etc/passwd"],
        "kepler",
        [None],
        ["stranger"],
    ],
)
def test_it_extends_only_missions_by_their_names(defaults, tmp_path):
    path = written(tmp_path, LEAST | {"defaults": defaults})
    for read in (read_mission, lambda one: mission_files([f"mission={one}"])):
        with pytest.raises(BadParameter, match="defaults"):
            read(path)


def test_hydra_gets_no_defaults_of_a_file(tmp_path):
    path = written(tmp_path, {"defaults": ["plato"], "exposure_seconds": 25})
    _, files = mission_files([f"mission={path}"])
    assert "defaults" not in files["stranger_file"]
    assert files["stranger_file"]["exposure_seconds"] == 25


def test_a_yaml_that_repeats_itself_a_billion_times_is_refused(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join(10 * [f'*a{n - 1}'])}]" for n in range(1, 10)]
    path = tmp_path / "stranger.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(BadParameter, match="more than 10000 values"):
        read_mission(path)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.mkdir", "!!python/name:os.mkdir"])
def test_a_yaml_with_tags_of_python_is_refused(tag, mark, tmp_path):
    path = tmp_path / "stranger.yaml"
    path.write_text(f"name: {tag} [{mark}]\n")
    with pytest.raises(BadParameter, match="is not a yaml"):
        read_mission(path)
    assert not mark.exists()
