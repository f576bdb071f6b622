"""The folder of real data is the one that is named, and a name that is none is an error."""

import pytest
from commands import run_command

from exoval.data_folder import data_folder
from exoval.errors import BadParameter


def test_a_folder_that_does_not_exist_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path / "none"))
    with pytest.raises(BadParameter, match=r"EXOVAL_DATA is set to .*none, which is no folder"):
        data_folder()
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    assert data_folder() == tmp_path


@pytest.mark.parametrize(
    ("app", "arguments"),
    [
        ("simulate", ("n_systems=4", "executor=serial")),
        ("exoval", ("plot-event", "K00002.01")),
        ("exoval", ("doctor",)),
    ],
)
def test_no_command_goes_on_with_other_data(app, arguments, monkeypatch, tmp_path):
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path / "none"))
    done = run_command(tmp_path, app, *arguments)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith("error: EXOVAL_DATA is set to ")
    assert "PROCEDURAL" not in done.stdout + done.stderr
