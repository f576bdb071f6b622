import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from result_frame import problems

from exoval.errors import BadParameter, DataNotFound
from train.report.result_file import FRAME, frame, nan_as_null, write_result

RESULTS = Path(__file__).parents[3] / "results"
NUMBER = {"value": 0.5, "low": 0.4, "high": 0.6}


def result(**metrics):
    return frame({"classifier": "forest"}, seed=3) | {"metrics": metrics}


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_file_of_results_has_the_frame_and_an_interval_for_every_number(path):
    assert problems(json.loads(path.read_text())) == []


def test_there_are_files_of_results():
    assert len(list(RESULTS.glob("*.json"))) > 10


def test_a_result_is_read_as_it_was_written(tmp_path):
    written = result(roc_auc=NUMBER) | {"rows": np.int64(7), "share": np.float32(0.5)}
    write_result(tmp_path / "deep" / "result.json", written)
    text = (tmp_path / "deep" / "result.json").read_text()
    read = json.loads(text)
    assert read == written and set(FRAME) <= set(read) and problems(read) == []
    assert '"roc_auc": { "value": 0.5, "low": 0.4, "high": 0.6 }' in text
    assert read["seed"] == 3 and read["configuration"] == {"classifier": "forest"}
    assert abs((datetime.now(UTC).date() - datetime.fromisoformat(read["date"]).date()).days) <= 1


def test_what_is_not_finite_is_null():
    assert nan_as_null({1: [np.nan, np.inf, 2.5], "a": (np.bool_(True), "b")}) == {
        "1": [None, None, 2.5],
        "a": [True, "b"],
    }


def test_without_its_frame_nothing_is_written(tmp_path):
    with pytest.raises(BadParameter, match=r"lacks command, .*metrics"):
        write_result(tmp_path / "result.json", {"seed": 0})
    assert not (tmp_path / "result.json").exists()


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataNotFound, match=r"cannot write to .*file .*choose another file"):
        write_result(tmp_path / "file" / "result.json", result(roc_auc=NUMBER))


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ({"forest": {"roc_auc": 0.9}}, "forest/roc_auc: 0.9 has no interval"),
        ({"roc_auc": NUMBER, "ece": 0.1}, "metrics/ece: 0.1 has no interval"),
        ({"roc_auc": {"value": 0.9}}, "roc_auc: keys are value"),
        ({"roc_auc": NUMBER | {"low": None}}, "roc_auc: nothing says why"),
        ({"roc_auc": NUMBER | {"low": 0.7}}, "is empty"),
        ({"points": [{"log_loss": {"real": 1.5}}]}, "points/0/log_loss/real: 1.5 has"),
        ({"rows": 3}, "metrics is {'rows': 3}"),
    ],
)
def test_what_breaks_the_rules_is_seen(metrics, message):
    assert message in " ".join(problems(result(**metrics)))
