"""Names in somebody's data stay names: no formula, no path and no HTML."""

import csv

import pandas as pd
import pytest

from exoval.running.output_path import file_name
from exoval.running.spreadsheet import as_cell, as_name, write_csv
from exoval.vetting.request import VettingRequest
from exoval.vetting.trained_run import _training_stars
from exoval.vetting.vet_list import Answer, _write

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "a\r=1",
    '=HYPERLINK("http://x";"y")',
]


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_the_answers_is_a_formula(name, tmp_path):
    row = {"event": name, "target": name, f"P_{name}": 0.5, name: name, "caveats": name}
    failed = Answer(failed=name)
    shown = as_cell(name)
    assert "\r" not in shown
    asked = VettingRequest(target=name)
    _write(tmp_path / "vetted.csv", [(asked, Answer(rows=[row])), (asked, failed)])
    with open(tmp_path / "vetted.csv", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert shown in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_numbers_and_other_names_are_written_as_they_are(tmp_path):
    frame = pd.DataFrame({"a": [-1.5, None], "b": ["KIC 1", "-2.5"], "c": [True, False]})
    write_csv(frame, tmp_path / "x.csv")
    frame.to_csv(tmp_path / "y.csv", index=False)
    assert (tmp_path / "x.csv").read_text() == (tmp_path / "y.csv").read_text()


@pytest.mark.parametrize("name", [*FORMULAS[:5], " =1", "KIC 1", "'quoted", ""])
def test_a_name_comes_back(name):
    assert as_name(as_cell(name)) == name


def test_stars_of_training_are_known_by_their_own_names(tmp_path):
    write_csv(pd.DataFrame({"target": ["=1+1", "KIC 1", "NA"]}), tmp_path / "stars.csv")
    assert _training_stars(tmp_path / "stars.csv") == {"=1+1", "KIC 1", "NA"}


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/x", "..", "-x", "a\0b", "x\n", "C:\\x", "~/x", "x" * 999, "", "é/ü"]
)
def test_a_page_lies_in_its_folder(name, tmp_path):
    path = tmp_path / f"{file_name(name)}.png"
    path.write_text("")
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert not path.name.startswith(("-", "."))


HTML = "<script>alert(1)</script>"


def test_names_in_the_report_are_text():
    pytest.importorskip("matplotlib")
    from train.report import report

    result = {
        "host": {"kind": "real", "warning": HTML},
        "verdict": [HTML],
        "simulation_config": {HTML: HTML},
        "configuration": {HTML: HTML},
        "recipe": {HTML: HTML},
    }
    pages = [report.heading(result), report.plain_table([HTML], [[HTML]], HTML)]
    run = dict.fromkeys(("command", "seed", "date", "machine", "version"), HTML)
    pages.append(report.recipe_section(result | run))
    for page in pages:
        assert "<script" not in page
        assert "&lt;script" in page
