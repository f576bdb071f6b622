from pathlib import Path

import pytest
from commands import run_command
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

import conf
from exoval.errors import BadParameter, DataNotFound
from exoval.missions.mission_file import mission_files, read_mission

SHIPPED = sorted((Path(conf.__file__).parent / "mission").glob("*.yaml"))
LEAST = """
band: kepler
exposure_seconds: 600
pixel_scale_arcsec: 4
blend_radius_arcsec: 4
minimum_period_days: 1
maximum_period_days: 9
"""


def written(tmp_path, text, name="mine.yaml"):
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_yaml_read_without_hydra_is_what_hydra_builds(path):
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("simulate", [f"mission={path.stem}"])
    assert read_mission(path) == instantiate(config.mission, _convert_="all")


def test_the_least_mission_is_named_after_its_file(tmp_path):
    mission = read_mission(written(tmp_path, LEAST, "my-scope.2.yaml"))
    assert mission.name == "my_scope_2"
    assert mission.target_prefix == "MY_SCOPE_2"
    assert mission.exposure_days == pytest.approx(600 / 86400)


def test_plain_parts_need_no_target(tmp_path):
    text = LEAST + "noise: {white: {photon_ppm: 7}}\ntargets: {brightest: 3}\n"
    mission = read_mission(written(tmp_path, text))
    assert mission.noise.white.photon_ppm == 7
    assert mission.targets.brightest == 3


def test_a_yaml_may_begin_from_another_beside_it(tmp_path):
    written(tmp_path, LEAST + "noise: {white: {photon_ppm: 7, floor_ppm: 5}}\n", "first.yaml")
    second = written(tmp_path, "defaults: [first]\nnoise: {white: {photon_ppm: 9}}\n")
    white = read_mission(second).noise.white
    assert (white.photon_ppm, white.floor_ppm) == (9, 5)


def test_a_yaml_may_begin_from_a_mission_that_is_there(tmp_path):
    path = written(tmp_path, "defaults: [plato, _self_]\nexposure_seconds: 25\n")
    folder = SHIPPED[0].parent
    mission, plato = read_mission(path, others=folder), read_mission(folder / "plato.yaml")
    assert mission.exposure_days == pytest.approx(25 / 86400)
    assert (mission.name, mission.noise) == (plato.name, plato.noise)


def test_a_number_without_a_point_before_its_exponent_is_a_number(tmp_path):
    assert read_mission(written(tmp_path, LEAST.replace("600", "6e2"))) == read_mission(
        written(tmp_path, LEAST)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            LEAST + "exposure_hours: 3\n",
            r"mission: unknown setting exposure_hours; did you mean exposu",
        ),
        (LEAST + "noise: {whit: {}}\n", r"mission.noise: unknown setting whit; did you mean white"),
        (LEAST + "noise: {white: {photons: 3}}\n", r"mission.noise.white: unknown setting photons"),
        ("band: kepler\n", r"needs exposure_seconds, pixel_scale_arcsec"),
        (LEAST + "_target_: os.system\n", r"may not name .os.system"),
        (
            LEAST + "_target_: exoval.missions.nothing.at_all\n",
            r"may not name .exoval.missions.nothing",
        ),
        (LEAST.replace("kepler", "gaia"), r"band 'gaia'; use the nearest of kepler, tess"),
        (LEAST.replace("600", "-600"), r"give values above 0"),
        (LEAST.replace("600", "ten"), r"mission: exposure_seconds='ten' is not a number"),
        (LEAST.replace("600", "[600]"), r"exposure_seconds=\[600\] is not a number"),
        (LEAST + "noise: {white: {photon_ppm: .nan}}\n", r"photon_ppm=nan is not a number"),
        (LEAST + "noise: {schedule: {segments: 1.5}}\n", r"segments=1.5 is not a whole number"),
        (LEAST + "noise: {schedule: {pauses: -1}}\n", r"pauses=-1; give 0 or more"),
        (LEAST + "noise: {schedule: {between_days: -3}}\n", r"between_days=-3; give 0 or more"),
        (LEAST + "targets: {dec_degrees: -147}\n", r"dec_degrees=-147; give a place on the sky"),
        (LEAST + "targets: {faintest: dim}\n", r"mission.targets: faintest='dim' is not a number"),
        ("[1, 2]", r"holds no settings"),
        ("a: [", r"is not a yaml"),
        ("", r"holds no settings"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(BadParameter, match=message):
        read_mission(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataNotFound, match=r"no mission file .*mine\.yaml"):
        read_mission(tmp_path / "mine.yaml")


def test_paths_on_the_command_line_become_names(tmp_path, monkeypatch):
    written(tmp_path, LEAST)
    monkeypatch.chdir(tmp_path)
    given = [
        "-m",
        f"mission=mine.yaml,kepler,{tmp_path}/mine.yaml",
        "seed=0,1",
        "mission.name=other",
    ]
    arguments, files = mission_files(given)
    assert arguments == [
        "-m",
        "mission=mine_file,kepler,mine_file_2",
        "seed=0,1",
        "mission.name=other",
    ]
    assert files["mine_file"] == files["mine_file_2"]
    assert files["mine_file"]["exposure_seconds"] == 600


@pytest.mark.parametrize("app", ["simulate", "train", "exoval"])
def test_the_apps_say_what_is_wrong_with_a_file(app, tmp_path):
    path = written(tmp_path, LEAST + "noise: {white: {photons_ppm: 3}}\n")
    command = (
        ["plot-event", "X 1", "--mission", str(path)]
        if app == "exoval"
        else [f"mission={path}", f"output={tmp_path}/out"]
    )
    command += ["labelled_set=nowhere"] if app == "train" else []
    done = run_command(tmp_path, app, *command)
    assert done.returncode == 2
    assert "unknown setting photons_ppm; did you mean photon_ppm?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text", ["noise: &a [*a]", "noise: &a {b: *a}", f"noise: {'[' * 60}{']' * 60}"]
)
def test_settings_without_an_end_are_refused(text, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(BadParameter, match="more than 50 deep"):
        read_mission(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("band: 5", "band=5 is not a text"),
        ("name: [a]", r"name=\['a'\] is not a text"),
        ("target_prefix: 5", "target_prefix=5 is not a text"),
        ("exposure_seconds: true", "exposure_seconds=True is not a number"),
        (f"exposure_seconds: 1{'0' * 400}", "exposure_seconds=10+ is not a number"),
        (f"band: {'x' * 3000}", "band 'x{79}; use the nearest"),
    ],
)
def test_a_setting_of_another_kind_is_named_in_short(line, message, tmp_path):
    path = tmp_path / "mine.yaml"
    settings = {
        "band": "kepler",
        "exposure_seconds": 600,
        "pixel_scale_arcsec": 4,
        "blend_radius_arcsec": 4,
        "minimum_period_days": 1,
        "maximum_period_days": 9,
    }
    settings.pop(line.partition(":")[0], None)
    path.write_text("".join(f"{key}: {value}\n" for key, value in settings.items()) + line)
    with pytest.raises(BadParameter, match=message) as caught:
        read_mission(path)
    assert len(str(caught.value)) < 300
