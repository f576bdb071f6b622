"""README and docs: links lead somewhere, commands exist and paste into any shell, examples run."""

import importlib
import json
import re
import runpy
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hydra import compose, initialize_config_module
from labelled_sets import gaussian_table
from sklearn.ensemble import RandomForestClassifier

import simulate.__main__ as simulate_app
from exoval.__main__ import _parser
from exoval.models.calibrate import Identity
from exoval.models.feature_pipeline import feature_pipeline
from exoval.models.fitted_model import FittedModel

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md"))]
#: run by a test of its own, tests/end_to_end/test_new_mission.py
NEW_MISSION = ROOT / "docs" / "new_mission.md"


def named(path):
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path):
    return path.read_text()


def blocks(language, documents=DOCUMENTS):
    """Every fenced block of a language, with the document it is in."""
    return [
        pytest.param(path, body, id=f"{named(path)}-{number}")
        for path in documents
        for number, body in enumerate(
            re.findall(rf"^```{language}\n(.*?)^```", text_of(path), re.DOTALL | re.MULTILINE)
        )
    ]


def outside_fences(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def test_the_readme_is_short():
    assert len(README.read_bytes()) <= 12_000


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_relative_link_leads_to_a_file_and_a_heading(path):
    for link in re.findall(r"\]\(([^)\s]+)\)", outside_fences(text_of(path))):
        if re.match(r"https?:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.is_file(), f"{link} leads nowhere"
        if anchor:
            assert anchor in headings(file), f"{link}: there is no such heading"


@cache
def headings(path):
    """Anchors of a document's headings, as GitHub makes them."""
    lines = re.findall(r"^#+ (.*)$", outside_fences(text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in lines}


def test_every_picture_of_the_documents_is_shown():
    shown = {
        (path.parent / link).resolve()
        for path in DOCUMENTS
        for link in re.findall(r"\]\(([^)\s]+\.png)\)", text_of(path))
    }
    assert shown == {path.resolve() for path in (ROOT / "docs").rglob("*.png")}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_module_and_file_that_is_named_exists(path):
    words = re.findall(r"`([^`\n]+)`", outside_fences(text_of(path)))
    for word in words:
        if re.fullmatch(r"(exoval|simulate|train)(\.\w+)+(\(.*)?", word):
            assert is_importable(word.partition("(")[0]), word
        elif re.fullmatch(r"(exoval|simulate|train|conf|benchmarks|tests)/[\w/.]*", word):
            assert "NAME" in word or (ROOT / word).exists(), word


def is_importable(dotted):
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for name in parts[end:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


@pytest.mark.parametrize(("path", "body"), blocks("bash"))
def test_commands_paste_into_bash_and_zsh(path, body):
    """An interactive zsh expands [...], * and ? that are not quoted, and knows no comments."""
    assert not re.search(r"[\[\]*?#~]", without_quoted(body)), "quote it"
    for shell in filter(shutil.which, ("bash", "zsh")):
        done = subprocess.run(
            [shell, "-n"], input=body, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def without_quoted(body):
    return re.sub(r"'[^']*'|\"[^\"]*\"|^F=\(|\$\{F\[@\]\}", "", body, flags=re.MULTILINE)


def commands(body):
    """The words of every python command of a block, as a shell expands them."""
    script = f"python() {{ printf '%s\\0' \"$@\"; echo; }}\n{body.replace('.venv/bin/', '')}"
    script = re.sub(r"^source .*$", "", script.replace("python3 ", "python "), flags=re.MULTILINE)
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True)
    return [line.split("\0")[:-1] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(("path", "body"), blocks("bash"))
def test_commands_name_what_there_is(path, body):
    """Settings compose, arguments parse, scripts are there."""
    recipes = " ".join(re.findall(r"^# conf/(\w+/\w+)\.yaml$", text_of(path), re.MULTILINE))
    for words in commands(body):
        if words[0] != "-m":
            assert (ROOT / words[0]).is_file(), words
        elif words[1] == "exoval":
            _parser().parse_args(words[2:])
        elif words[1] == "simulate" and words[2] in simulate_app.COMMANDS:
            simulate_app.parser().parse_args(words[2:])
        elif words[1] in ("simulate", "train"):
            check_settings(words[1], words[2:], recipes)
        else:
            assert words[1] in ("venv", "pip", "pytest", "simulate.plot_system"), words


def check_settings(app, words, recipes):
    """Raises unless Hydra composes the settings of a command.

    ``recipes`` are yamls that the document itself lets its reader write.
    """
    settings = [word for word in words if not word.startswith("-")]
    if "-m" in words:
        settings = [re.sub(r"=([^\[,]*),.*", r"=\1", setting) for setting in settings]
    settings = [
        setting
        for setting in settings
        if not setting.startswith("mission=heron")
        and not any(new.split("/")[1] in setting for new in recipes.split())
    ]
    with initialize_config_module("conf", version_base="1.3"):
        compose(app, settings)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A made-up labelled set and a forest, where the examples expect theirs."""
    monkeypatch.chdir(tmp_path)
    labelled_set = tmp_path / "outputs" / "kepler"
    labelled_set.mkdir(parents=True)
    table = gaussian_table(120)
    table.save(labelled_set / "features.parquet")
    truth = {
        "label": "planet",
        "status": "kept",
        "period_days": [3.0, 12.0],
        "planet_radius_earth": [1.5, 4.0],
        "log_transit_probability": [-2.0, -3.0],
        "log_prior": -4.0,
        "log_proposal": -2.0,
    }
    pd.DataFrame(truth).to_parquet(labelled_set / "truth.parquet")
    pipeline = feature_pipeline(
        RandomForestClassifier(10, random_state=0), len(table), seed=0, shape_columns=()
    )
    pipeline.fit(table.features, table.labels)
    model = FittedModel(
        name="forest",
        pipeline=pipeline,
        calibration=Identity(),
        columns=table.columns,
        meanings=table.label_meanings(),
        card={},
    )
    model.save(tmp_path / "outputs/model/models/forest")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "body"), blocks("python", [path for path in DOCUMENTS if path != NEW_MISSION])
)
def test_examples_run(path, body, folder, sample_folder):
    (folder / "example.py").write_text(body)
    names = runpy.run_path("example.py", run_name="example")
    if "rebuild" in body:
        assert (names["same"].light_curve.flux == names["done"].light_curve.flux).all()
        assert abs(names["event"].ephemeris.period - 2.2047) < 0.001
        assert json.loads((folder / "card.json").read_text())["system"]["scenario"] == "planet"
    if "reweight(" in body:
        assert np.isfinite(names["weights"]).all()
